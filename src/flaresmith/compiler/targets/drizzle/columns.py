"""Columns of PostgreSQL as Drizzle writes them."""

from __future__ import annotations

import re

from flaresmith.compiler.model import Field
from flaresmith.compiler.tables import Column
from flaresmith.compiler.tables.sql import literal as sql_literal
from flaresmith.compiler.typescript.layout import Node, call, flat, obj, template
from flaresmith.compiler.typescript.text import literal
from flaresmith.compiler.typescript.types import json_type

_SIZED = re.compile(r"(varchar|numeric)\((\d+)(?:, (\d+))?\)")
_OPTIONS = {
    "bigint": '{ mode: "number" }',
    "timestamptz": '{ withTimezone: true, mode: "string" }',
}
_FUNCTIONS = {"double precision": "doublePrecision", "timestamptz": "timestamp"}
_MADE = {"now()": "defaultNow()", "identity": "generatedByDefaultAsIdentity()"}
_WHOLE = re.compile(r"-?\d{1,15}")
_REAL = re.compile(r"-?\d{1,12}(\.\d{1,12})?")


def column(found: Column, field: Field | None, values: str, *, is_key: bool) -> list[str]:
    """The calls that make one column; `values` is the constant with the words that it may hold, or empty."""
    calls = [_type(found, values), *_shape_of(found, field), *(["array()"] if found.type.endswith("[]") else [])]
    if is_key:
        calls.append("primaryKey()")
    elif not found.nullable:
        calls.append("notNull()")
    return [*calls, *default(found)]


def function(kind: str) -> str:
    """The function of Drizzle that makes a column of that type."""
    bare = kind.removesuffix("[]")
    sized = _SIZED.fullmatch(bare)
    return sized.group(1) if sized else _FUNCTIONS.get(bare, bare)


def default(found: Column) -> list[str]:
    """The call that sets a default, or nothing."""
    if not found.default:
        return []
    if found.default == "gen_random_uuid()" and found.type == "uuid":
        return ["defaultRandom()"]
    if found.default in _MADE:
        return [_MADE[found.default]]
    if not found.default.startswith("="):
        return [f"default({template('sql', found.default)})"]
    return [f"default({_literal(found.type, found.default[1:])})"]


def key_name(table: str) -> str:
    """What PostgreSQL calls the primary key of a table."""
    return f"{table[:58]}_pkey"


def constant(kind: str, text: str) -> bool | int | float | str:
    """The text of a default as a value of JavaScript, where the type has one that keeps every digit."""
    if kind == "boolean":
        return text == "true"
    if kind in {"integer", "bigint"} and _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if kind == "double precision" and _REAL.fullmatch(text) else text


def _literal(kind: str, text: str) -> str:
    """The default as an expression; PostgreSQL reads what JavaScript has no value for."""
    found = constant(kind, text)
    if not isinstance(found, str):
        return literal(int(found) if not isinstance(found, bool) and found == int(found) else found)
    if kind == "text" or (kind.startswith(("varchar", "numeric")) and not kind.endswith("[]")):
        return literal(found)
    return template("sql", sql_literal(found))


def _type(found: Column, values: str) -> str:
    bare = found.type.removesuffix("[]")
    options: dict[str, Node] = {}
    if sized := _SIZED.fullmatch(bare):
        names = ("length",) if sized.group(1) == "varchar" else ("precision", "scale")
        options = dict(zip(names, (number for number in sized.groups()[1:] if number), strict=True))
    if values:
        options["enum"] = values
    name = literal(found.name)
    items: list[Node] = [name, *([obj(options)] if options else [])]
    items += [_OPTIONS[bare]] if bare in _OPTIONS else []
    return flat(call(f"{function(bare)}(", *items))


def _shape_of(found: Column, field: Field | None) -> list[str]:
    """What is known of the JSON inside."""
    return [f"$type<{json_type(field.type)}>()"] if found.type == "jsonb" and field else []
