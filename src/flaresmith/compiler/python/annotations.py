"""Types of fields as annotations of a Pydantic schema, with every constraint the spec gives."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from functools import lru_cache

from flaresmith.compiler.model import Field, Kind, Limits, Type
from flaresmith.compiler.patterns import is_portable
from flaresmith.compiler.python.layout import Either, Node, call, raw, text

_READ = {
    Kind.TEXT: "str",
    Kind.UUID: "uuid.UUID",
    Kind.INTEGER: "int",
    Kind.BIGINT: "int",
    Kind.NUMBER: "float",
    Kind.DECIMAL: "decimal.Decimal",
    Kind.BOOLEAN: "bool",
    Kind.DATE: "datetime.date",
    Kind.DATETIME: "pydantic.AwareDatetime",
    Kind.TIME: "datetime.time",
    Kind.JSON: "Any",
    Kind.BINARY: "Binary",
}
# What a client sends is taken as JSON says it; what the database holds has its type already.
_SENT = _READ | {
    Kind.UUID: "Uuid",
    Kind.INTEGER: "Int32",
    Kind.BIGINT: "Int64",
    Kind.NUMBER: "Real",
    Kind.DECIMAL: "Number",
    Kind.BOOLEAN: "pydantic.StrictBool",
    Kind.DATE: "IsoDate",
    Kind.DATETIME: "IsoDatetime",
    Kind.TIME: "IsoTime",
}
_FORMATS = {"email": "Email", "uri": "Uri", "url": "Uri"}
_SPELLED = frozenset({Kind.INTEGER, Kind.BIGINT, Kind.NUMBER, Kind.BOOLEAN})
_NUMBERS = frozenset({Kind.INTEGER, Kind.BIGINT, Kind.NUMBER, Kind.DECIMAL})
SPELLED = "Spelled"  # reads the text of a query first
_REPEAT = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_MOST_REPEATS = 200


def annotation(field: Field, enum: str, *, asked: bool = False) -> Node:
    """The annotation of one field that a client sends; `enum` names its list of values; in a query it is `asked`."""
    return of_type(field.type, field.limits, enum, asked=asked)


def of_type(kind: Type, limits: Limits, enum: str = "", *, sent: bool = True, asked: bool = False) -> Node:
    """The annotation of a type under limits: as a client sends it in a body or as text, or as it is read."""
    if kind.kind is Kind.ENUM:
        return enum if enum and kind.values else literals(kind.values) if kind.values else "str"
    if kind.kind is Kind.ARRAY:
        item = kind.items or Type(Kind.STRING)
        return call("list[", of_type(item, Limits(), enum, sent=sent, asked=asked), close="]")
    known = _SENT if sent else _READ
    name = _FORMATS.get(kind.format, "str") if kind.kind is Kind.STRING else known[kind.kind]
    spelled = [SPELLED] if asked and kind.kind in _SPELLED else []
    return annotated(name, list(_constraints(kind, limits)), [*_extra(kind, limits), *spelled])


def literals(values: tuple[str, ...]) -> Node:
    """`Literal["a", "b"]`."""
    return call("Literal[", *map(text, values), close="]")


def annotated(name: str, constraints: list[str], extra: list[Node]) -> Node:
    """`Annotated[name, Field(…)]`, or the name alone where nothing constrains it."""
    items: list[Node] = [call("Field(", *constraints)] if constraints else []
    return call("Annotated[", name, *items, *extra, close="]") if items or extra else name


def optional(node: Node) -> Node:
    """The annotation, or None."""
    return node if node == "Any" else Either((node, "None"))


def _constraints(kind: Type, limits: Limits) -> Iterator[str]:
    if kind.kind in _NUMBERS:
        yield from _digits(kind)
        yield from _bounds(kind, limits)
    if kind.kind in {Kind.STRING, Kind.TEXT}:
        yield from _lengths(kind, limits)
        if limits.pattern and is_linear(limits.pattern):
            yield f"pattern={raw(limits.pattern)}"


def _digits(kind: Type) -> Iterator[str]:
    scale = kind.scale or 0
    if kind.kind is Kind.DECIMAL and kind.precision and 0 < kind.precision <= 1000 and 0 <= scale <= kind.precision:
        yield f"max_digits={kind.precision}"
        yield f"decimal_places={scale}"


def _bounds(kind: Type, limits: Limits) -> Iterator[str]:
    if limits.minimum is not None and abs(limits.minimum) < 1e30:
        yield f"{'gt' if limits.exclusive_minimum else 'ge'}={_bound(kind, limits.minimum)}"
    if limits.maximum is not None and abs(limits.maximum) < 1e30:
        yield f"{'lt' if limits.exclusive_maximum else 'le'}={_bound(kind, limits.maximum)}"


def _bound(kind: Type, number: float) -> str:
    if number == int(number):
        return repr(int(number))
    return f"decimal.Decimal({text(repr(number))})" if kind.kind is Kind.DECIMAL else repr(number)


def _lengths(kind: Type, limits: Limits) -> Iterator[str]:
    longest = [n for n in (kind.length, limits.max_length) if n and n > 0]
    if limits.min_length:
        yield f"min_length={int(limits.min_length)}"
    if longest:
        yield f"max_length={int(min(longest))}"


def _extra(kind: Type, limits: Limits) -> Iterator[Node]:
    pattern = limits.pattern if kind.kind in {Kind.STRING, Kind.TEXT} else ""
    if pattern and not is_linear(pattern) and is_python(pattern):
        yield call("matches(", raw(pattern))


def is_linear(pattern: str) -> bool:
    """Whether Pydantic's own engine, which runs in linear time, surely reads the expression."""
    size = 1
    for low, high in _REPEAT.findall(pattern):
        size *= max(1, int(high or low or 1))
    return size <= _MOST_REPEATS and is_portable(pattern)


@lru_cache(maxsize=4096)
def is_python(pattern: str) -> bool:
    """Whether Python reads the expression."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a later Python may read otherwise
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True
