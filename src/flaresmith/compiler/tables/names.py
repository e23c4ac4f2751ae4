"""Names of tables and columns, the same for the schema, its migrations and the seeds."""

from __future__ import annotations

from collections.abc import Sequence

from flaresmith.compiler import naming
from flaresmith.compiler.model import Entity

RESERVED_TABLES = frozenset({"alembic_version"})
SYSTEM_COLUMNS = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"})


def table_names(persisted: Sequence[Entity]) -> dict[str, str]:
    """Entity name → table name; two entities never share one."""
    chosen = naming.distinct((naming.plural(entity.name) for entity in persisted), RESERVED_TABLES)
    return dict(zip((entity.name for entity in persisted), chosen, strict=True))


def column_names(entity: Entity) -> dict[str, str]:
    """Field name → column name."""
    chosen = naming.distinct((naming.snake(field.name) for field in entity.fields), SYSTEM_COLUMNS)
    return dict(zip((field.name for field in entity.fields), chosen, strict=True))
