"""The steps of a migration as calls of Alembic's `op`, forward and backward."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flaresmith.compiler.model import SchemaOperation
from flaresmith.compiler.python.layout import Node, call, lines, text
from flaresmith.compiler.tables.sql import insert_statements, literal, quoted
from flaresmith.compiler.targets.sqlalchemy.types import default_items, sql_text, type_expression

Arguments = Mapping[str, Any]
Step = Callable[[str, Arguments], list[str]]
INDENT = 4


def forward(operation: SchemaOperation) -> list[str]:
    """The lines that apply a step."""
    return _FORWARD[operation.op](operation.table, operation.arguments)


def backward(operation: SchemaOperation) -> list[str]:
    """The lines that take a step back; what it lost stays lost."""
    return _BACKWARD[operation.op](operation.table, operation.arguments)


def _lines(node: Node) -> list[str]:
    return lines(node, INDENT)


def _create_table(table: str, arguments: Arguments) -> list[str]:
    items: list[Node] = [text(table)]
    items += [_column(column) for column in arguments["columns"]]
    items.append(call("sa.PrimaryKeyConstraint(", *map(text, arguments["primary_key"])))
    for key in arguments["foreign_keys"]:
        ends = (f"[{text(key['column'])}]", f"[{text(key['target'] + '.' + key['target_column'])}]")
        items.append(call("sa.ForeignKeyConstraint(", *ends, f"name={text(key['name'])}", *_on_delete(key)))
    for unique in arguments["uniques"]:
        items.append(call("sa.UniqueConstraint(", *map(text, unique["columns"]), f"name={text(unique['name'])}"))
    for check in arguments["checks"]:
        items.append(call("sa.CheckConstraint(", sql_text(check["expression"]), f"name={text(check['name'])}"))
    made = _lines(call("op.create_table(", *items))
    return made + [line for index in arguments["indexes"] for line in _add_index(table, index)]


def _drop_table(table: str, _: Arguments) -> list[str]:
    return _lines(call("op.drop_table(", text(table)))


def _column(column: Arguments, *, nullable: bool | None = None, default: str | None = None) -> Node:
    allowed = column["nullable"] if nullable is None else nullable
    items: list[Node] = [text(column["name"]), type_expression(column["type"])]
    items += default_items(column.get("default", "") if default is None else default)
    return call("sa.Column(", *items, f"nullable={allowed}")


def _add_column(table: str, arguments: Arguments) -> list[str]:
    column, filler = arguments["column"], arguments.get("filler", "")
    if not filler:
        return _lines(call("op.add_column(", text(table), _column(column)))
    return [
        *_lines(call("op.add_column(", text(table), _column(column, nullable=True))),
        *_fill(table, column["name"], filler),
        *_lines(call("op.alter_column(", text(table), text(column["name"]), "nullable=False")),
    ]


def _drop_column(table: str, arguments: Arguments) -> list[str]:
    return _lines(call("op.drop_column(", text(table), text(arguments["column"]["name"])))


def _restore_column(table: str, arguments: Arguments) -> list[str]:
    """A column that comes back is empty; it may be null when nothing fills it."""
    column = arguments["column"]
    return _lines(call("op.add_column(", text(table), _column(column, nullable=not column.get("default"))))


def _fill(table: str, column: str, filler: str) -> list[str]:
    """Gives every row without a value one; `numbered__rows` counts them."""
    name, place = quoted(table), quoted(column)
    numbered = f"SELECT ctid AS place, row_number() OVER () AS n FROM {name}"  # noqa: S608 - a quoted name
    rows = f"({numbered}) AS numbered__rows"
    where = f"{name}.ctid = numbered__rows.place AND {name}.{place} IS NULL"
    return _execute(f"UPDATE {name} SET {place} = {filler} FROM {rows} WHERE {where}")  # noqa: S608 - as above


def _execute(sql: str) -> list[str]:
    return _lines(call("op.execute(", call("sa.text(", sql_text(sql))))


def _alter_column(table: str, arguments: Arguments) -> list[str]:
    before, after = arguments["before"], arguments["after"]
    return _altered(table, before, after, arguments.get("using", ""), arguments.get("filler", ""))


def _restore_altered(table: str, arguments: Arguments) -> list[str]:
    before, after = arguments["before"], arguments["after"]
    using = f"{quoted(before['name'])}::text::{before['type']}" if before["type"] != after["type"] else ""
    return _altered(table, after, before | {"nullable": before["nullable"] or after["nullable"]}, using, "")


def _altered(table: str, before: Arguments, after: Arguments, using: str, filler: str) -> list[str]:
    """Default off, type, fill, emptiness, default on: in this order each step is allowed."""
    made, old, new = [], before.get("default", ""), after.get("default", "")
    retyped, name = before["type"] != after["type"], after["name"]
    if old and (old != new or retyped):
        made += _default_off(table, name, old)
    if retyped:
        made += _alter(table, name, f"type_={type_expression(after['type'])}", f"postgresql_using={text(using)}")
    if filler:
        made += _fill(table, name, filler)
    if before["nullable"] != after["nullable"]:
        made += _alter(table, name, f"nullable={after['nullable']}")
    if new and (old != new or retyped):
        made += _default_on(table, name, new)
    return made


def _alter(table: str, column: str, *items: Node) -> list[str]:
    return _lines(call("op.alter_column(", text(table), text(column), *items))


def _default_off(table: str, column: str, default: str) -> list[str]:
    if default == "identity":
        return _execute(f"ALTER TABLE {quoted(table)} ALTER COLUMN {quoted(column)} DROP IDENTITY IF EXISTS")
    return _alter(table, column, "server_default=None")


def _default_on(table: str, column: str, default: str) -> list[str]:
    if default != "identity":
        return _alter(table, column, *default_items(default))
    name, place = quoted(table), quoted(column)
    sequence = f"pg_get_serial_sequence({literal(name)}, {literal(column)})"
    start = f"SELECT setval({sequence}, coalesce(max({place}), 0) + 1, false) FROM {name}"  # noqa: S608 - quoted
    made = f"ALTER TABLE {name} ALTER COLUMN {place} ADD GENERATED BY DEFAULT AS IDENTITY"
    return [*_execute(made), *_execute(start)]


def _add_index(table: str, index: Arguments) -> list[str]:
    items: list[Node] = [text(index["name"]), text(table), call("[", *map(text, index["columns"]), close="]")]
    items += ["unique=True"] if index.get("unique") else []
    items += [f"postgresql_using={text(index['method'])}"] if index.get("method") else []
    items += [call("postgresql_where=sa.text(", sql_text(index["where"]))] if index.get("where") else []
    return _lines(call("op.create_index(", *items))


def _insert_rows(table: str, arguments: Arguments) -> list[str]:
    return [line for statement in insert_statements(table, arguments) for line in _execute(statement)]


def _keep_rows(table: str, _: Arguments) -> list[str]:
    """Rows that somebody may have changed or referred to since are not taken back."""
    return []


def _drop_index(table: str, index: Arguments) -> list[str]:
    return _lines(call("op.drop_index(", text(index["name"]), f"table_name={text(table)}"))


def _add_unique(table: str, unique: Arguments) -> list[str]:
    columns = call("[", *map(text, unique["columns"]), close="]")
    return _lines(call("op.create_unique_constraint(", text(unique["name"]), text(table), columns))


def _add_foreign_key(table: str, key: Arguments) -> list[str]:
    ends = (f"[{text(key['column'])}]", f"[{text(key['target_column'])}]")
    names = (text(key["name"]), text(table), text(key["target"]))
    unchecked = ["postgresql_not_valid=True"] if key.get("existing") else []
    return _lines(call("op.create_foreign_key(", *names, *ends, *_on_delete(key), *unchecked))


def _on_delete(key: Arguments) -> list[Node]:
    return [f"ondelete={text(key['on_delete'].upper())}"] if key.get("on_delete") else []


def _add_check(table: str, check: Arguments) -> list[str]:
    replaced = _replace_values(table, check) if check.get("gone") else []
    unchecked = ["postgresql_not_valid=True"] if check.get("existing") else []
    items = (text(check["name"]), text(table), call("sa.text(", sql_text(check["expression"])))
    return [*replaced, *_lines(call("op.create_check_constraint(", *items, *unchecked))]


def _replace_values(table: str, check: Arguments) -> list[str]:
    name, place = quoted(table), quoted(check["column"])
    gone = ", ".join(map(literal, check["gone"]))
    return _execute(f"UPDATE {name} SET {place} = {check['instead']} WHERE {place} IN ({gone})")  # noqa: S608 - quoted


def _restore_check(table: str, check: Arguments) -> list[str]:
    return _add_check(table, dict(check) | {"existing": True, "gone": []})


def _restore_foreign_key(table: str, key: Arguments) -> list[str]:
    return _add_foreign_key(table, dict(key) | {"existing": True})


def _drop_constraint(kind: str) -> Step:
    def dropped(table: str, key: Arguments) -> list[str]:
        return _lines(call("op.drop_constraint(", text(key["name"]), text(table), f"type_={text(kind)}"))

    return dropped


_FORWARD: dict[str, Step] = {
    "create_table": _create_table,
    "drop_table": _drop_table,
    "add_column": _add_column,
    "drop_column": _drop_column,
    "alter_column": _alter_column,
    "add_index": _add_index,
    "drop_index": _drop_index,
    "add_unique": _add_unique,
    "drop_unique": _drop_constraint("unique"),
    "add_foreign_key": _add_foreign_key,
    "drop_foreign_key": _drop_constraint("foreignkey"),
    "add_check": _add_check,
    "drop_check": _drop_constraint("check"),
    "insert_rows": _insert_rows,
}
_BACKWARD: dict[str, Step] = {
    "create_table": _drop_table,
    "drop_table": _create_table,
    "add_column": _drop_column,
    "drop_column": _restore_column,
    "alter_column": _restore_altered,
    "add_index": _drop_index,
    "drop_index": _add_index,
    "add_unique": _drop_constraint("unique"),
    "drop_unique": _add_unique,
    "add_foreign_key": _drop_constraint("foreignkey"),
    "drop_foreign_key": _restore_foreign_key,
    "add_check": _drop_constraint("check"),
    "drop_check": _restore_check,
    "insert_rows": _keep_rows,
}
