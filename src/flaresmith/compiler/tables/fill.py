"""What rows that already exist get in a column that may not be empty."""

from __future__ import annotations

from flaresmith.compiler.literals import literal_text
from flaresmith.compiler.model import Field, Kind
from flaresmith.compiler.samples import NoSample, sample
from flaresmith.compiler.tables.sql import column_default, column_type, literal

_EMPTY = {Kind.JSON: "{}", Kind.ARRAY: "{}", Kind.BOOLEAN: "false", Kind.BINARY: ""}
_NOW = {Kind.DATETIME: "now()", Kind.DATE: "current_date", Kind.TIME: "localtime"}
_ZEROABLE = frozenset({Kind.INTEGER, Kind.BIGINT, Kind.NUMBER, Kind.DECIMAL})


def filler(field: Field) -> str:
    """An SQL expression of the field's type: its default, else an empty, zero, first or present value.

    `numbered__rows.n` stands for the number of the row, so that a unique column gets different values.
    """
    default = column_default(field)
    if default.startswith("="):
        return f"{literal(default[1:])}::{column_type(field)}"
    if default and default != "identity":
        return default
    return _distinct_filler(field) if field.unique else _plain_filler(field)


def _plain_filler(field: Field) -> str:
    kind = field.type.kind
    if kind is Kind.UUID:
        return "gen_random_uuid()"
    if kind in _NOW:
        return _NOW[kind]
    text = "[]" if column_type(field) == "jsonb" and kind is Kind.ARRAY else _EMPTY.get(kind)
    return f"{literal(text if text is not None else _least(field))}::{column_type(field)}"


def _least(field: Field) -> str:
    """Nothing or zero where the field allows it, else its first sample."""
    limits, kind = field.limits, field.type.kind
    if kind in {Kind.STRING, Kind.TEXT} and not limits.min_length and not limits.pattern:
        return ""
    if kind in _ZEROABLE and _is_zero_allowed(field):
        return "0"
    try:
        return literal_text(field.type, sample(field)) or ""
    except NoSample:
        return "0" if kind in _ZEROABLE else ""


def _is_zero_allowed(field: Field) -> bool:
    low, high = field.limits.minimum, field.limits.maximum
    above = low is None or low < 0 or (low == 0 and not field.limits.exclusive_minimum)
    return above and (high is None or high > 0 or (high == 0 and not field.limits.exclusive_maximum))


def _distinct_filler(field: Field) -> str:
    kind = column_type(field)
    if field.type.kind in _ZEROABLE:
        start = int(field.limits.minimum or 0)
        return f"({start} + numbered__rows.n)::{kind}"
    if field.type.kind in {Kind.STRING, Kind.TEXT}:
        longest = min(field.type.length or 32, field.limits.max_length or 32, 32)
        return f"right(md5(numbered__rows.n::text), {longest})::{kind}"
    if field.type.kind is Kind.DATE:
        return "(current_date - numbered__rows.n::integer)"
    if field.type.kind is Kind.DATETIME:
        return "(now() - numbered__rows.n * interval '1 second')"
    return _plain_filler(field)
