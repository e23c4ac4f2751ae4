"""PostgreSQL types and defaults as SQLAlchemy expressions, for models and migrations alike."""

from __future__ import annotations

import re

from flaresmith.compiler.python.layout import Node, call, text
from flaresmith.compiler.tables.sql import literal

_PLAIN = {
    "text": "sa.Text()",
    "uuid": "sa.Uuid()",
    "integer": "sa.Integer()",
    "bigint": "sa.BigInteger()",
    "double precision": "sa.Double()",
    "boolean": "sa.Boolean()",
    "date": "sa.Date()",
    "timestamptz": "sa.DateTime(timezone=True)",
    "time": "sa.Time()",
    "bytea": "sa.LargeBinary()",
    "jsonb": "postgresql.JSONB(none_as_null=True)",
    "varchar": "sa.String()",
    "numeric": "sa.Numeric()",
}
_SIZED = re.compile(r"(varchar|numeric)\(([0-9, ]+)\)")


def type_expression(sql: str) -> str:
    """`varchar(200)` → `sa.String(200)`; ValueError for a type no field can have."""
    if sql.endswith("[]"):
        return f"postgresql.ARRAY({type_expression(sql[:-2])})"
    if sized := _SIZED.fullmatch(sql):
        return f"sa.{'String' if sized.group(1) == 'varchar' else 'Numeric'}({sized.group(2)})"
    if sql not in _PLAIN:
        raise ValueError(f"{sql!r} is not a column type")
    return _PLAIN[sql]


def default_items(default: str) -> list[Node]:
    """The arguments of a column for its default: literals are plain text that PostgreSQL casts."""
    if not default:
        return []
    if default == "identity":
        return ["sa.Identity()"]
    if default.startswith("=") and "'" in default:
        return [call("server_default=sa.text(", sql_text(literal(default[1:])))]  # Alembic compares plain text unquoted
    if default.startswith("="):
        return [f"server_default={text(default[1:])}"]
    return [call("server_default=sa.text(", sql_text(default))]


def sql_text(sql: str) -> str:
    """SQL as a literal for `sa.text`, in which a colon would else name a parameter."""
    return text(sql.replace(":", "\\:"))


def uses_dialect(types: list[str]) -> bool:
    """Whether a module with these column types needs the PostgreSQL dialect."""
    return any(kind == "jsonb" or kind.endswith("[]") for kind in types)
