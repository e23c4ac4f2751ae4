"""CHECK conditions: the values, ranges, lengths and patterns that they mean for one column."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from flaresmith.compiler.model import Kind
from flaresmith.compiler.parse.drafts import EntityDraft, FieldDraft
from flaresmith.compiler.parse.limits import settled
from flaresmith.compiler.parse.types import enum_of, literal_values

_COLUMN = r"\(?\"?([^\W\d]\w{0,100})\"?\)?(?:::\w{1,30})?"
_IN = re.compile(rf"{_COLUMN}\s+(?:IN\s*\(|=\s*ANY\s*\(\s*\(?\s*ARRAY\s*\[)(\s*'[^()]{{0,4000}}?)[)\]]", re.I)
_NULL_OR = re.compile(rf"{_COLUMN}\s+IS\s+NULL\s+OR\s+", re.I)
_BETWEEN = re.compile(
    rf"{_COLUMN}\s+BETWEEN\s+(-?\d{{1,15}}(?:\.\d{{1,9}})?)\s+AND\s+(-?\d{{1,15}}(?:\.\d{{1,9}})?)", re.I
)
_COMPARED = re.compile(rf"(?<![\w(]){_COLUMN}\s*(>=|<=|>|<)\s*(-?\d{{1,15}}(?:\.\d{{1,9}})?)(?![\w.])", re.I)
_LENGTH = re.compile(
    rf"(?:char_length|character_length|length|len)\s*\(\s*(?:trim\s*\(\s*)?{_COLUMN}\s*\)?\s*\)?"
    r"\s*(>=|<=|>|<|=|BETWEEN)\s*(\d{1,9})(?:\s+AND\s+(\d{1,9}))?",
    re.I,
)
_PATTERN = re.compile(rf"{_COLUMN}\s*~\*?\s*'((?:[^'\n]|''){{1,500}})'")
_OR = re.compile(r"\bOR\b", re.I)


def apply_check(draft: EntityDraft, condition: str) -> None:
    """Narrows the columns that a condition speaks of; one with alternatives says nothing of a single column."""
    text = _NULL_OR.sub("", condition.strip(), count=1)
    if match := _IN.search(text):
        _values(draft.find(match.group(1)), match.group(2), alone=not _OR.search(text))
    if _OR.search(text) or re.search(r"\bCASE\b|\bNOT\s*\(", text, re.I):
        return
    for match in _LENGTH.finditer(text):
        _length(draft.find(match.group(1)), match.group(2).upper(), int(match.group(3)), match.group(4))
    for match in _BETWEEN.finditer(text):
        _limit(draft.find(match.group(1)), minimum=_number(match.group(2)), maximum=_number(match.group(3)))
    for match in _COMPARED.finditer(_LENGTH.sub(" ", text)):
        _compared(draft.find(match.group(1)), match.group(2), _number(match.group(3)))
    if match := _PATTERN.search(text):
        _pattern(draft.find(match.group(1)), match.group(2).replace("''", "'"))


def _values(known: FieldDraft | None, written: str, *, alone: bool) -> None:
    values = literal_values(written)
    if known is not None and alone and values and known.field.type.kind in (Kind.STRING, Kind.TEXT, Kind.ENUM):
        typed = enum_of(values, known.field.type.raw)
        known.field = replace(known.field, type=typed, limits=type(known.field.limits)())


def _length(known: FieldDraft | None, sign: str, number: int, second: str | None) -> None:
    if sign == "BETWEEN":
        _limit(known, min_length=number, max_length=int(second) if second else None)
    elif sign == "=":
        _limit(known, min_length=number, max_length=number)
    elif sign in (">", ">="):
        _limit(known, min_length=number + (sign == ">"))
    else:
        _limit(known, max_length=number - (sign == "<"))


def _compared(known: FieldDraft | None, sign: str, number: float | int) -> None:
    if sign in (">", ">="):
        _limit(known, minimum=number, exclusive_minimum=sign == ">")
    else:
        _limit(known, maximum=number, exclusive_maximum=sign == "<")


def _pattern(known: FieldDraft | None, pattern: str) -> None:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return
    _limit(known, pattern=pattern)


def _limit(known: FieldDraft | None, **bounds: Any) -> None:
    if known is None:
        return
    limits = replace(known.field.limits, **{key: bound for key, bound in bounds.items() if bound is not None})
    limits, typed = settled(limits, known.field.type)
    known.field = replace(known.field, limits=limits, type=typed)


def _number(text: str) -> float | int:
    return float(text) if "." in text else int(text)
