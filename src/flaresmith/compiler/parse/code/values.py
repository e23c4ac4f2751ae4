"""Defaults in code: literals, members of enums, and the calls that make a time, a uuid or a number."""

from __future__ import annotations

import re
from typing import Any

from flaresmith.compiler.parse.code.declared import DeclaredField
from flaresmith.compiler.parse.code.expressions import Expression, value_of
from flaresmith.compiler.parse.defaults import UNREADABLE, Unreadable, read_default

_NOW = re.compile(
    r"(?:^|\.)(?:now|utcnow|current_timestamp|defaultnow|time\.now|new_utc)$|^(?:func|timezone|datetime|instant|date"
    r"|localdatetime|offsetdatetime|zoneddatetime|localdate|utc|chrono|datetimeoffset)\.(?:now|utcnow|today)$|^date$",
    re.I,
)
_UUID = re.compile(
    r"(?:^|\.)(?:uuid_?v?[1-7]?|uuid[1-7]|new_v[47]|newguid|randomuuid|gen_random_uuid|cuid2?|nanoid|ulid)$", re.I
)
_INCREMENT = re.compile(r"(?:^|\.)(?:autoincrement|nextval|serial|identity)$", re.I)
_SQL_TEXT = frozenset(("text", "sql", "raw", "dbgenerated"))
_EMPTY: dict[str, Any] = {
    "list": [],
    "array": [],
    "set": [],
    "tuple": [],
    "arraylist": [],
    "dict": {},
    "hashmap": {},
    "object": {},
}


def set_default(known: DeclaredField, written: Expression | None) -> None:
    """Gives the field a default that can be read; what cannot is left out, never passed on."""
    value = default_of(written)
    if value is not UNREADABLE:
        known.default, known.has_default = value, True


def default_of(written: Expression | None) -> Any:
    """The value of a default: JSON, `{"generated": …}`, the member of an enum by name, or UNREADABLE."""
    if written is None:
        return UNREADABLE
    if written.kind == "function":
        return default_of(written.first())
    literal = value_of(written)
    if literal is not UNREADABLE:
        return literal
    if made := generated(written):
        return {"generated": made}
    return _named(written)


def listed_values(comment: str, default: Any) -> tuple[str, ...]:
    """The values of `free, premium, enterprise` in a comment, where the default is one of them."""
    values = tuple(part.strip(" '\"`.") for part in re.split(r"\s*[,|/]\s*", comment[:500]))
    plain = len(values) > 1 and all(re.fullmatch(r"\w[\w-]{0,40}", value) for value in values)
    return values if plain and default in values else ()


def generated(written: Expression) -> str:
    """How a call makes its value: now, uuid, increment, or empty."""
    dotted = written.dotted
    if _NOW.search(dotted) and (written.kind == "call" or "." in dotted or "_" in dotted):
        return "now"
    if _UUID.search(dotted):
        return "uuid"
    return "increment" if _INCREMENT.search(dotted) else ""


def _named(written: Expression) -> Any:
    if written.kind == "call":
        return _call(written)
    if written.kind != "name" or written.name == "Empty":
        return UNREADABLE
    if written.base is None:
        return _EMPTY.get(written.name.lower(), UNREADABLE) if written.name[:1].islower() else UNREADABLE
    if written.name == "value":
        return written.base.name  # Status.ACTIVE.value
    inner = value_of(written.base)
    return written.name if inner is UNREADABLE else UNREADABLE


def _call(written: Expression) -> Any:
    name, first = written.name.lower(), written.first()
    if name in _SQL_TEXT and first is not None and first.kind == "text":
        read = read_default(first.name)
        return UNREADABLE if isinstance(read, Unreadable) else read
    if name in _EMPTY and not written.arguments and not written.named:
        return _EMPTY[name]
    if name in ("decimal", "bigdecimal", "int", "str", "valueof") and first is not None:
        return value_of(first)
    return UNREADABLE
