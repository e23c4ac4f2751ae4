"""Cursor pages: an opaque cursor over (created_at, id), newest first (001:FR-025, D-011)."""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, tuple_

from flaresmith.kit.errors import BadRequest

T = TypeVar("T")


class InvalidCursor(BadRequest):
    """This cursor is not one of ours."""

    code, severity = "INVALID_CURSOR", "error"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items and where to go on. On the wire `{items, hasMore, nextCursor}`."""

    items: Sequence[T]
    next_cursor: str | None

    @property
    def has_more(self) -> bool:
        return self.next_cursor is not None

    def to_json(self, render: Callable[[T], Any]) -> dict[str, Any]:
        return {"items": [render(i) for i in self.items], "hasMore": self.has_more, "nextCursor": self.next_cursor}


def after(statement: Select[Any], table: Any, cursor: str | None, limit: int) -> Select[Any]:
    """The statement for one page of `limit` rows (1..100) behind `cursor`, newest first; fetches one more."""
    if cursor:
        statement = statement.where(tuple_(table.created_at, table.id) < tuple_(*decode(cursor)))
    return statement.order_by(table.created_at.desc(), table.id.desc()).limit(min(max(limit, 1), 100) + 1)


def page(rows: Sequence[T], limit: int) -> Page[T]:
    """A page of the rows that `after` fetched."""
    limit = min(max(limit, 1), 100)
    shown: Any = rows[:limit]
    return Page(shown, encode(shown[-1].created_at, shown[-1].id) if len(rows) > limit else None)


def encode(created_at: datetime, row_id: uuid.UUID) -> str:
    """The opaque cursor of a row."""
    return base64.urlsafe_b64encode(f"{created_at.isoformat()}|{row_id}".encode()).decode().rstrip("=")


def decode(cursor: str) -> tuple[datetime, uuid.UUID]:
    """Back to time and id; InvalidCursor for anything else."""
    try:
        moment, row_id = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split("|")
        return datetime.fromisoformat(moment), uuid.UUID(row_id)
    except (ValueError, binascii.Error):
        raise InvalidCursor() from None
