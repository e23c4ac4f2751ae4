"""Tables and the row policies that stand beside them.

Every table declares `__policy__`: a `Policy` (row-level security, enabled and forced) or `PUBLIC` with a reason. The
policies are written into migrations as plain SQL; a house test compares the migrated database with what stands here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import DateTime, MetaData, Text, func
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

APP, SYSTEM = "flaresmith_app", "flaresmith_system"


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may see and change a row, as SQL over its columns, for the application role. None: nobody.

    The system role (workflows) sees all rows. `update` also guards the new row.
    """

    select: str | None = None
    insert: str | None = None
    update: str | None = None
    delete: str | None = None
    system: str = "SELECT, INSERT, UPDATE, DELETE"


@dataclass(frozen=True, slots=True)
class Public:
    """A table without tenant rows, and why it needs no policy."""

    reason: str


class Table(DeclarativeBase):
    """Every table of ours."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        uuid.UUID: UUID(as_uuid=True),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        str: Text,
    }
    __policy__: ClassVar[Policy | Public]


class Row:
    """The columns that most tables share: a random id and two times."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


def policy_statements(name: str, policy: Policy | Public) -> Iterator[str]:
    """The SQL that gives one table its grants and policies."""
    if isinstance(policy, Public):
        yield f"GRANT SELECT ON {name} TO {APP}, {SYSTEM}"
        return
    yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"
    yield f"GRANT {policy.system} ON {name} TO {SYSTEM}"
    yield f"CREATE POLICY {name}_system ON {name} TO {SYSTEM} USING (true) WITH CHECK (true)"
    for verb in ("select", "insert", "update", "delete"):
        rule = getattr(policy, verb)
        if rule is not None:
            yield f"GRANT {verb.upper()} ON {name} TO {APP}"
            yield f"CREATE POLICY {name}_{verb} ON {name} FOR {verb.upper()} TO {APP} {_clause(verb, rule)}"


def _clause(verb: str, rule: str) -> str:
    if verb == "insert":
        return f"WITH CHECK ({rule})"
    return f"USING ({rule}) WITH CHECK ({rule})" if verb == "update" else f"USING ({rule})"


def tables() -> dict[str, type[Table]]:
    """Every mapped table by its name."""
    return {mapper.class_.__tablename__: mapper.class_ for mapper in Table.registry.mappers}
