"""Spelling of PostgreSQL: types, quoted names and literals, and default values as text."""

from __future__ import annotations

import datetime
import json
import re
import uuid
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flaresmith.compiler import naming, resolve
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
_RANGES = {Kind.INTEGER: 2**31, Kind.BIGINT: 2**63}
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


def literal_text(kind: Type, value: Any, longest: int | None = None) -> str | None:
    """The text PostgreSQL reads as `value` of that type, or None where the value does not fit the type."""
    try:
        return _literal_text(kind, value, longest)
    except (ValueError, TypeError, InvalidOperation, OverflowError):
        return None


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


def _literal_text(kind: Type, value: Any, longest: int | None) -> str | None:
    match kind.kind:
        case Kind.STRING | Kind.TEXT:
            return _short_enough(value, longest) if isinstance(value, (str, int, float)) else None
        case Kind.ENUM:
            return value if isinstance(value, str) and (value in kind.values or not kind.values) else None
        case Kind.BOOLEAN:
            return ("true" if value else "false") if isinstance(value, bool) else None
        case Kind.INTEGER | Kind.BIGINT:
            return _whole(value, _RANGES[kind.kind])
        case Kind.NUMBER | Kind.DECIMAL:
            return _number(value)
        case Kind.JSON:
            return json.dumps(value, ensure_ascii=True, sort_keys=True, allow_nan=False)
        case Kind.ARRAY:
            return _array(kind, value)
        case Kind.BINARY:
            return None
    return _moment(kind.kind, value) if isinstance(value, str) else None


def _short_enough(value: str | float, longest: int | None) -> str | None:
    text = str(value)
    fits = (not longest or len(text) <= longest) and "\x00" not in text and text.isprintable()
    return text if fits else None


def _whole(value: Any, limit: int) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    return str(int(value)) if -limit <= int(value) < limit else None


def _number(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    number = Decimal(str(value))
    return f"{number:f}" if number.is_finite() and abs(number.adjusted()) < 100 else None


def _array(kind: Type, value: Any) -> str | None:
    if not isinstance(value, list):
        return None
    if _scalar(kind, None) == "jsonb":
        return json.dumps(value, ensure_ascii=True, allow_nan=False)
    items = [literal_text(kind.items or Type(Kind.STRING), item) for item in value]
    if None in items:
        return None
    return "{" + ",".join('"' + str(i).replace("\\", "\\\\").replace('"', '\\"') + '"' for i in items) + "}"


def _moment(kind: Kind, value: str) -> str | None:
    if kind is Kind.UUID:
        return str(uuid.UUID(value))
    if kind is Kind.DATE:
        return datetime.date.fromisoformat(value).isoformat()
    if kind is Kind.TIME:
        return datetime.time.fromisoformat(value).replace(tzinfo=None).isoformat()
    moment = datetime.datetime.fromisoformat(value)
    return moment.replace(tzinfo=moment.tzinfo or datetime.UTC).isoformat()


def is_generated_default(default: str) -> bool:
    """Whether a column default is made by the database rather than a literal."""
    return bool(default) and not default.startswith("=")


def jsonable(value: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of an operation without what is empty, so that they read well in a plan."""
    return {key: item for key, item in value.items() if item not in ("", (), [], False, None)}
