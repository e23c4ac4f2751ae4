"""JSON values of a spec as the text that PostgreSQL reads for a type, where they fit it."""

from __future__ import annotations

import datetime
import json
import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

from flaresmith.compiler.model import Kind, Limits, Type

_RANGES = {Kind.INTEGER: 2**31, Kind.BIGINT: 2**63}


def literal_text(kind: Type, value: Any, longest: int | None = None) -> str | None:
    """The text PostgreSQL reads as `value` of that type, or None where the value does not fit the type."""
    try:
        return _literal_text(kind, value, longest)
    except (ValueError, TypeError, InvalidOperation, OverflowError):
        return None


def fits(kind: Type, limits: Limits, value: Any) -> bool:
    """Whether a literal is a value of the type within the limits; patterns are not tried."""
    longest = min((n for n in (kind.length, limits.max_length) if n), default=None)
    text = literal_text(kind, value, longest)
    if text is None:
        return False
    if kind.kind in {Kind.STRING, Kind.TEXT}:
        return len(text) >= (limits.min_length or 0)
    if kind.kind in {Kind.INTEGER, Kind.BIGINT, Kind.NUMBER, Kind.DECIMAL}:
        return _is_between(Decimal(text), limits) and _is_short(Decimal(text), kind)
    return True


def _is_between(number: Decimal, limits: Limits) -> bool:
    low, high = limits.minimum, limits.maximum
    above = low is None or number > Decimal(str(low)) or (number == Decimal(str(low)) and not limits.exclusive_minimum)
    most = None if high is None else Decimal(str(high))
    below = most is None or number < most or (number == most and not limits.exclusive_maximum)
    return above and below


def _is_short(number: Decimal, kind: Type) -> bool:
    if kind.kind is not Kind.DECIMAL or not kind.precision:
        return True
    return abs(number) < Decimal(10) ** (kind.precision - (kind.scale or 0))


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
    if kind.items and kind.items.kind in {Kind.ARRAY, Kind.JSON}:
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
