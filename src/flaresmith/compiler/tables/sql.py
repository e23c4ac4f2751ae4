"""Spelling of PostgreSQL: types, quoted names and literals, and default values as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flaresmith.compiler import naming, resolve
from flaresmith.compiler.literals import literal_text
from flaresmith.compiler.model import Field, Kind, Type

MAX_VARCHAR = 10_485_760
MAX_PRECISION = 1000
_PLAIN = {
    Kind.TEXT: "text",
    Kind.UUID: "uuid",
    Kind.INTEGER: "integer",
    Kind.BIGINT: "bigint",
    Kind.NUMBER: "double precision",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.DATETIME: "timestamptz",
    Kind.TIME: "time",
    Kind.JSON: "jsonb",
    Kind.BINARY: "bytea",
}
_SIMPLE = re.compile(r"[a-z_][a-z0-9_]*")
GENERATED = {"now": "now()", "uuid": "gen_random_uuid()", "increment": "identity"}


def quoted(name: str) -> str:
    """A column name as SQL: quoted where PostgreSQL would read it as something else."""
    if _SIMPLE.fullmatch(name) and name not in naming.SQL_RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """Text as an SQL literal; NUL cannot be stored and is left out."""
    return "'" + value.replace("\x00", "").replace("'", "''") + "'"


def insert_statements(table: str, arguments: Mapping[str, Any]) -> Iterator[str]:
    """The SQL of an `insert_rows` step, a statement per row: a row that is there already is left as it is."""
    name = quoted(table)
    columns = [quoted(column) for column in arguments["columns"]]
    for row in arguments["rows"]:
        values = [_value(value, kind) for value, kind in zip(row, arguments["types"], strict=True)]
        same = " AND ".join(f"{c} IS NOT DISTINCT FROM {v}" for c, v in zip(columns, values, strict=True))
        there = f"SELECT 1 FROM {name} WHERE {same}"  # noqa: S608 - quoted names and literals only
        chosen = f"SELECT {', '.join(values)} WHERE NOT EXISTS ({there})"
        yield f"INSERT INTO {name} ({', '.join(columns)}) {chosen} ON CONFLICT DO NOTHING"
    if identity := arguments.get("identity"):
        sequence = f"pg_get_serial_sequence({literal(name)}, {literal(identity)})"
        yield f"SELECT setval({sequence}, (SELECT max({quoted(identity)}) FROM {name}))"  # noqa: S608 - as above


def _value(value: str | None, kind: str) -> str:
    return f"NULL::{kind}" if value is None else f"{literal(value)}::{kind}"


def column_type(field: Field) -> str:
    """PostgreSQL's type for a field, `varchar(200)` for instance."""
    longest = field.type.length or field.limits.max_length
    return _scalar(field.type, longest)


def column_default(field: Field) -> str:
    """The default of a column: `now()`, `gen_random_uuid()`, `identity`, `=<text of a literal>` or nothing."""
    if made := resolve.generated(field):
        return "(gen_random_uuid())::text" if made == "uuid" and field.type.kind is Kind.STRING else GENERATED[made]
    if not field.has_default or field.default is None:
        return ""
    text = literal_text(field.type, field.default, field.type.length or field.limits.max_length)
    return "" if text is None else f"={text}"


def _scalar(kind: Type, longest: int | None) -> str:
    if kind.kind is Kind.STRING:
        return f"varchar({longest})" if longest and 0 < longest <= MAX_VARCHAR else "varchar"
    if kind.kind is Kind.ENUM:
        # A checked varchar rather than a PostgreSQL enum: a new value is one cheap constraint, and one can be removed.
        return f"varchar({max(64, *map(len, kind.values))})" if kind.values else "varchar"
    if kind.kind is Kind.DECIMAL:
        return _numeric(kind)
    if kind.kind is Kind.ARRAY:
        item = kind.items or Type(Kind.STRING)
        return "jsonb" if item.kind in {Kind.ARRAY, Kind.JSON} else f"{_scalar(item, item.length)}[]"
    return _PLAIN[kind.kind]


def _numeric(kind: Type) -> str:
    precision, scale = kind.precision, kind.scale or 0
    if not precision or not 0 < precision <= MAX_PRECISION or not 0 <= scale <= precision:
        return "numeric"
    return f"numeric({precision}, {scale})"
