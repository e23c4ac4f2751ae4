"""What must happen to a database so that it holds the tables of a changed spec: steps as data, and revisions of them.

Renames are not guessed: a field that vanished and one that appeared are a drop and an add, and the drop says so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.model import Entity, Migration, SchemaOperation
from flaresmith.compiler.tables import (
    Check,
    Column,
    ForeignKey,
    Table,
    TableIndex,
    Unique,
    creation_order,
    from_json,
    tables,
    to_json,
)
from flaresmith.compiler.tables.convert import conversion
from flaresmith.compiler.tables.sql import quoted

SLUG_LENGTH = 40
Tables = Sequence[Entity] | Sequence[Table]
Key = Check | ForeignKey | Unique | TableIndex
_RENAMED = "; a rename is written as a drop and an add, so copy the values first if it was one"


def schema_operations(before: Tables, after: Tables) -> tuple[SchemaOperation, ...]:
    """The steps from one set of tables to another, in an order the database accepts; none when they are equal.

    Both sides are the persisted entities of a model, or tables read back by `tables_from_json`.
    """
    return tuple(_Difference(_as_tables(before), _as_tables(after)).operations())


def table_json(entities: Sequence[Entity]) -> list[dict[str, Any]]:
    """The snapshot of the tables that `flaresmith.lock` keeps: canonical, the same for the same tables."""
    return to_json(tables(entities))


def tables_from_json(value: Any) -> tuple[Table, ...]:
    """The tables of a snapshot, none for None; SnapshotUnreadable (a ValueError) when it is damaged."""
    return from_json(value)


def next_migration(previous: Sequence[Migration], operations: Sequence[SchemaOperation]) -> Migration:
    """The revision that follows `previous`; its id is 12 hex digits of a hash over its parent and its steps."""
    parent = previous[-1].revision if previous else ""
    steps = [[operation.op, operation.table, operation.arguments] for operation in operations]
    canonical = json.dumps([parent, steps], sort_keys=True, separators=(",", ":"), default=list)
    revision = hashlib.sha256(canonical.encode()).hexdigest()[:12]
    return Migration(revision, parent, _slug(operations), tuple(operations))


def _as_tables(items: Tables) -> tuple[Table, ...]:
    entities = [item for item in items if isinstance(item, Entity)]
    return tables(entities) if entities else tuple(item for item in items if isinstance(item, Table))


def _slug(operations: Sequence[SchemaOperation]) -> str:
    words = " ".join(_phrase(operation) for operation in operations[:2])
    more = f" and {len(operations) - 2} more" if len(operations) > 2 else ""
    return naming.shorten(naming.snake(words + more), SLUG_LENGTH) if operations else "nothing"


def _phrase(operation: SchemaOperation) -> str:
    what = operation.arguments.get("column") or operation.arguments.get("name") or ""
    name = what.get("name", "") if isinstance(what, Mapping) else str(what)
    return f"{operation.op} {name} {operation.table}".replace("_table", "").replace("_column", "")


class _Difference:
    """Two sets of tables, compared once."""

    def __init__(self, before: Sequence[Table], after: Sequence[Table]) -> None:
        self.before = {table.name: table for table in before}
        self.after = {table.name: table for table in after}
        self.rebuilt = {n for n in self._shared() if self.before[n].primary_key != self.after[n].primary_key}
        self.kept = [n for n in self._shared() if n not in self.rebuilt]
        self._tied = self._tied_keys()

    def operations(self) -> Iterator[SchemaOperation]:
        """Keys that are gone, tables that are new, columns, new keys, and what is lost last."""
        yield from self._dropped_keys()
        yield from self._dropped_tables(sorted(self.rebuilt), "its primary key changed")
        yield from self._created_tables()
        for name in self.kept:
            yield from self._columns(self.before[name], self.after[name])
        yield from self._added_keys()
        yield from self._seeded()
        for name in self.kept:
            yield from _dropped_columns(self.before[name], self.after[name])
        gone = sorted(self.before.keys() - self.after.keys())
        yield from self._dropped_tables(gone, "it is no longer in the specs")

    def _tied_keys(self) -> frozenset[str]:
        """Keys of tables that go, which would hold on to another table or close a circle."""
        removed = [table for name, table in self.before.items() if name not in self.kept]
        _, late = creation_order(removed)
        keys = ((table, key) for table in removed for key in table.foreign_keys if key.target != table.name)
        return late | {key.name for _, key in keys if key.target in self.rebuilt or not self._stays(key)}

    def _stays(self, key: ForeignKey) -> bool:
        """Whether what a key stands on is untouched."""
        if key.target not in self.kept:
            return True
        new = self.after[key.target]
        uniques = {unique.columns for unique in new.uniques} | {new.primary_key}
        return (key.target_column,) in uniques and self._stands_already(key)

    def _shared(self) -> list[str]:
        return sorted(self.before.keys() & self.after.keys())

    def _dropped_keys(self) -> Iterator[SchemaOperation]:
        for name in sorted(self.before):
            for key in self.before[name].foreign_keys:
                if self._is_dropped(name, key):
                    yield _drop(name, "drop_foreign_key", key)
        for name in self.kept:
            yield from self._dropped_constraints(self.before[name], self.after[name])

    def _is_dropped(self, name: str, key: ForeignKey) -> bool:
        """Whether a key goes by itself, before what it stands on changes; others go with their table."""
        if name in self.kept:
            return key.target in self.rebuilt or not self._has_foreign_key(name, key)
        return key.name in self._tied

    def _has_foreign_key(self, name: str, key: ForeignKey) -> bool:
        return key in self.after[name].foreign_keys and _end_types(self.before, name, key) == _end_types(
            self.after, name, key
        )

    def _dropped_constraints(self, old: Table, new: Table) -> Iterator[SchemaOperation]:
        retyped = {c.name for c in old.columns if (other := new.column(c.name)) and other.type != c.type}
        for check in old.checks:
            if check not in new.checks or any(column in check.expression for column in retyped):
                yield _drop(old.name, "drop_check", check)
        for index in old.indexes:
            if index not in new.indexes:
                yield _drop(old.name, "drop_index", index)
        for unique in old.uniques:
            if unique not in new.uniques:
                yield _drop(old.name, "drop_unique", unique)

    def _dropped_tables(self, names: Sequence[str], reason: str) -> Iterator[SchemaOperation]:
        ordered, _ = creation_order([self.before[name] for name in names])
        for table in reversed(ordered):
            loses = f"drops table {table.name} and all its rows"
            arguments = _table_arguments(table, self._tied)
            yield SchemaOperation("drop_table", table.name, arguments, f"{_of(table)}: {reason}", True, loses)

    def _created_tables(self) -> Iterator[SchemaOperation]:
        ordered, late = self._new_tables()
        for table in ordered:
            reason = f"{table.why or _of(table)} was added"
            yield SchemaOperation("create_table", table.name, _table_arguments(table, late), reason)

    def _new_tables(self) -> tuple[Sequence[Table], frozenset[str]]:
        """Tables to create in order, and their keys that wait: they close a circle, or stand on what changes too."""
        new = [table for name, table in self.after.items() if name not in self.kept]
        ordered, late = creation_order(new)
        waiting = {key.name for table in new for key in table.foreign_keys if not self._stands_already(key)}
        return ordered, late | waiting

    def _stands_already(self, key: ForeignKey) -> bool:
        if key.target not in self.kept:
            return True
        old, new = self.before[key.target], self.after[key.target]
        was, now = old.column(key.target_column), new.column(key.target_column)
        uniques = {unique.columns for unique in old.uniques} | {old.primary_key}
        return (key.target_column,) in uniques and was is not None and now is not None and was.type == now.type

    def _columns(self, old: Table, new: Table) -> Iterator[SchemaOperation]:
        for column in new.columns:
            was = old.column(column.name)
            if was is None:
                yield _added_column(new, column)
            elif _shape(was) != _shape(column):
                yield _altered_column(new, was, column)

    def _added_keys(self) -> Iterator[SchemaOperation]:
        for name in self.kept:
            old, new = self.before[name], self.after[name]
            for unique in new.uniques:
                if unique not in old.uniques:
                    yield _add(name, "add_unique", unique, "it fails, changing nothing, when rows share a value")
            for check in new.checks:
                yield from _added_check(old, new, check)
            for index in new.indexes:
                if index not in old.indexes:
                    yield _add(name, "add_index", index, "reads and lookups use it")
        ordered, late = self._new_tables()
        for table in ordered:
            for key in table.foreign_keys:
                if key.name in late:
                    yield _add(table.name, "add_foreign_key", key, f"{key.column} refers to {key.target}")
        for name in self.kept:
            for key in self.after[name].foreign_keys:
                if key.target in self.rebuilt or not self._had_foreign_key(name, key):
                    why = f"{key.column} refers to {key.target}"
                    yield _add(name, "add_foreign_key", key, why, existing=key.target in self.rebuilt)

    def _seeded(self) -> Iterator[SchemaOperation]:
        """Rows that exist from the start, after what they refer to; rows that are no longer named stay."""
        if not any(table.seeds for table in self.after.values()):
            return
        for table in creation_order(list(self.after.values()))[0]:
            known = self.before[table.name].seeds if table.name in self.kept else ()
            new = [row for row in table.seeds if row not in known]
            for columns in dict.fromkeys(row.columns for row in new):
                yield _inserted(table, columns, [row.values for row in new if row.columns == columns])

    def _had_foreign_key(self, name: str, key: ForeignKey) -> bool:
        return key in self.before[name].foreign_keys and _end_types(self.before, name, key) == _end_types(
            self.after, name, key
        )


def _end_types(tables_: Mapping[str, Table], name: str, key: ForeignKey) -> tuple[str, ...]:
    ends = (tables_[name].column(key.column), tables_[key.target].column(key.target_column))
    return tuple(end.type if end else "" for end in ends)


def _added_column(table: Table, column: Column) -> SchemaOperation:
    arguments: dict[str, Any] = {"column": _column_json(column)}
    reason = f"{column.why or column.name} was added"
    if column.nullable or column.default:
        return SchemaOperation("add_column", table.name, arguments, reason)
    if target := _target_of(table, column.name):
        return _filled_reference(table, column.name, target, "add_column", arguments, reason)
    arguments["filler"] = column.filler
    return SchemaOperation("add_column", table.name, arguments, f"{reason}; rows that exist get {column.filler}")


def _inserted(table: Table, columns: tuple[str, ...], rows: Sequence[tuple[str | None, ...]]) -> SchemaOperation:
    found = [column for name in columns if (column := table.column(name))]
    arguments: dict[str, Any] = {
        "columns": list(columns),
        "types": [column.type for column in found],
        "rows": [list(row) for row in rows],
    }
    if identity := next((column.name for column in found if column.default == "identity"), ""):
        arguments["identity"] = identity
    counted = f"{len(rows)} row{'s' if len(rows) > 1 else ''}"
    return SchemaOperation("insert_rows", table.name, arguments, f"{counted} of {_of(table)} from the start")


def _filled_reference(
    table: Table, column: str, target: ForeignKey, op: str, arguments: dict[str, Any], reason: str
) -> SchemaOperation:
    """No spec can tell what old rows should refer to: they get the first row there is, when that is allowed."""
    key, referred = quoted(target.target_column), quoted(target.target)
    arguments["filler"] = f"(SELECT {key} FROM {referred} ORDER BY {key} LIMIT 1)"  # noqa: S608 - quoted names only
    loses = (
        f"rows of {table.name} without {column} get the first row of {target.target}; "
        "make the field optional or give it a default to avoid that"
    )
    return SchemaOperation(op, table.name, arguments, f"{reason}; {loses}", True, loses)


def _target_of(table: Table, column: str) -> ForeignKey | None:
    return next((key for key in table.foreign_keys if key.column == column), None)


def _altered_column(table: Table, was: Column, now: Column) -> SchemaOperation:
    change = conversion(was, now)
    arguments: dict[str, Any] = {"column": now.name, "before": _column_json(was), "after": _column_json(now)}
    if change.using:
        arguments["using"] = change.using
    reason = f"{now.why or now.name} changed: {change.words}"
    if was.nullable and not now.nullable:
        if target := _target_of(table, now.name):
            return _filled_reference(table, now.name, target, "alter_column", arguments, reason)
        arguments["filler"] = now.filler
        reason += f"; empty values become {now.filler}"
    return SchemaOperation("alter_column", table.name, arguments, reason, bool(change.loses), change.loses)


def _added_check(old: Table, new: Table, check: Check) -> Iterator[SchemaOperation]:
    """A check over old rows holds for what is written from now on; only values that went are replaced."""
    if check in old.checks and not _touches_retyped(old, new, check):
        return
    removed = _removed_values(old, new, check)
    if removed:
        yield removed
        return
    yield _add(new.name, "add_check", check, "rows that exist keep their values, writes must fit", existing=True)


def _touches_retyped(old: Table, new: Table, check: Check) -> bool:
    retyped = (c.name for c in old.columns if (other := new.column(c.name)) and other.type != c.type)
    return any(name in check.expression for name in retyped)


def _removed_values(old: Table, new: Table, check: Check) -> SchemaOperation | None:
    for column in new.columns:
        was = old.column(column.name)
        gone = [value for value in was.values if value not in column.values] if was else []
        if column.values and gone and check.name.endswith(f"__{column.name}__values__check"):
            arguments = _key_json(check) | {"column": column.name, "gone": gone}
            arguments["instead"] = "NULL" if column.nullable else column.filler
            shown = ", ".join(repr(value) for value in gone)
            loses = f"{new.name}.{column.name} loses {shown}: rows that hold it get {arguments['instead']}"
            return SchemaOperation("add_check", new.name, arguments, f"{column.why} changed: {loses}", True, loses)
    return None


def _dropped_columns(old: Table, new: Table) -> Iterator[SchemaOperation]:
    for column in old.columns:
        if new.column(column.name) is None:
            loses = f"drops column {old.name}.{column.name} and its values"
            reason = f"field `{column.field or column.name}` of {_of(old)} is no longer in the specs{_RENAMED}"
            arguments = {"column": _column_json(column)}
            yield SchemaOperation("drop_column", old.name, arguments, reason, True, loses)


def _add(table: str, op: str, key: Key, why: str, *, existing: bool = False) -> SchemaOperation:
    arguments = _key_json(key) | ({"existing": True} if existing else {})
    return SchemaOperation(op, table, arguments, f"{key.name} was added: {why}")


def _drop(table: str, op: str, key: Key) -> SchemaOperation:
    return SchemaOperation(op, table, _key_json(key), f"{key.name} changed or is no longer needed")


def _of(table: Table) -> str:
    return f"entity `{table.entity}`" if table.entity else f"table {table.name}"


def _shape(column: Column) -> tuple[str, bool, str]:
    return (column.type, column.nullable, column.default)


def _key_json(key: Key) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(key).items()}


def _column_json(column: Column) -> dict[str, Any]:
    written: dict[str, Any] = {"name": column.name, "type": column.type, "nullable": column.nullable}
    return written | ({"default": column.default} if column.default else {})


def _table_arguments(table: Table, late: frozenset[str]) -> dict[str, Any]:
    return {
        "columns": [_column_json(column) for column in table.columns],
        "primary_key": list(table.primary_key),
        "foreign_keys": [_key_json(key) for key in table.foreign_keys if key.name not in late],
        "uniques": [_key_json(unique) for unique in table.uniques],
        "checks": [_key_json(check) for check in table.checks],
        "indexes": [_key_json(index) for index in table.indexes],
    }
