"""A database table as data: columns, keys, checks and indexes, with the exact names the database will know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


class SnapshotUnreadable(ValueError):
    """The snapshot of tables in `flaresmith.lock` is damaged: restore the file from Git."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `type` is PostgreSQL's spelling; `default` is `""`, `=<literal>`, `now()`, `gen_random_uuid()`…

    `values` lists what an enum column may hold; `field` is the name in the spec. `why` says where it stands, and
    `filler` is the SQL that fills rows which have no value yet (`numbered__rows.n` counts them); neither is in a
    snapshot.
    """

    name: str
    type: str
    nullable: bool = False
    default: str = ""
    values: tuple[str, ...] = ()
    field: str = ""
    why: str = ""
    filler: str = ""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A reference of one column to a key of another table. `on_delete` is empty, cascade, restrict or set null."""

    name: str
    column: str
    target: str
    target_column: str
    on_delete: str = ""


@dataclass(frozen=True, slots=True)
class Unique:
    """A unique constraint over columns."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """A check constraint; `expression` is SQL over quoted column names."""

    name: str
    expression: str


@dataclass(frozen=True, slots=True)
class TableIndex:
    """An index; `where` is SQL and makes it partial, `method` is empty for a btree."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    where: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True)
class SeedRow:
    """One row that is there from the start: its columns, and each value as the text that PostgreSQL reads, or None."""

    columns: tuple[str, ...]
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `entity` is the entity's name in the spec, empty for the join table of an N:M relationship."""

    name: str
    entity: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    uniques: tuple[Unique, ...] = ()
    checks: tuple[Check, ...] = ()
    indexes: tuple[TableIndex, ...] = ()
    why: str = ""
    seeds: tuple[SeedRow, ...] = ()

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)


def to_json(tables: Sequence[Table]) -> list[dict[str, Any]]:
    """The tables as JSON, without what only explains: the same tables always give the same value."""
    return [_without_reasons(asdict(table)) for table in sorted(tables, key=lambda table: table.name)]


def from_json(value: Any) -> tuple[Table, ...]:
    """The tables that `to_json` wrote; nothing for None. SnapshotUnreadable when the value is damaged."""
    if value is None:
        return ()
    try:
        return tuple(_table(entry) for entry in value)
    except (KeyError, TypeError, AttributeError) as problem:
        raise SnapshotUnreadable(f"The snapshot of tables is damaged: {problem}") from None


def _without_reasons(value: dict[str, Any]) -> dict[str, Any]:
    value.pop("why")
    if not value["seeds"]:  # what older versions did not know is left out where it says nothing
        value.pop("seeds")
    for index in value["indexes"]:
        if not index["method"]:
            index.pop("method")
    for column in value["columns"]:
        column.pop("why"), column.pop("filler")
    plain: dict[str, Any] = _plain(value)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _table(entry: Mapping[str, Any]) -> Table:
    return Table(
        name=_text(entry, "name"),
        entity=_text(entry, "entity"),
        columns=tuple(Column(**_tuples(column)) for column in entry["columns"]),
        primary_key=tuple(entry["primary_key"]),
        foreign_keys=tuple(ForeignKey(**_tuples(key)) for key in entry["foreign_keys"]),
        uniques=tuple(Unique(**_tuples(unique)) for unique in entry["uniques"]),
        checks=tuple(Check(**_tuples(check)) for check in entry["checks"]),
        indexes=tuple(TableIndex(**_tuples(index)) for index in entry["indexes"]),
        seeds=tuple(SeedRow(**_tuples(row)) for row in entry.get("seeds", ())),
    )


def _text(entry: Mapping[str, Any], key: str) -> str:
    if not isinstance(value := entry[key], str):
        raise TypeError(f"{key} is not text")
    return value


def _tuples(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
