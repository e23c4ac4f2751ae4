"""Ranges, lengths and patterns in the words of a spec, and what they mean for a type."""

from __future__ import annotations

import re
from dataclasses import replace

from flaresmith.compiler.model import Kind, Limits, Type

_RANGE = re.compile(
    r"(?<![\w.])(-?\d{1,18}(?:\.\d{1,9})?)\s*(?:\.\.\.?|–|—|(?<=\d)-(?=\d)"
    r"| to )\s*(-?\d{1,18}(?:\.\d{1,9})?)(?![\w.]|-\d)\s*(char|letter|symbol|digit|code point)?",
    re.I,
)
_BETWEEN = re.compile(
    r"\b(?:between|range|from)\b[ :]*[\[(]?\s*(-?\d{1,18}(?:\.\d{1,9})?)\s*(?:and|,|to|-|–"
    r"|\.\.)\s*(-?\d{1,18}(?:\.\d{1,9})?)",
    re.I,
)
_COMPARE = re.compile(r"(>=|<=|≥|≤|>|<)\s*(-?\d{1,18}(?:\.\d{1,9})?)(?![\w%])")
_MAX = re.compile(
    r"\bmax(?:imum)?(?:[ _-]?(?:length|len|chars|characters))?[ :=]*[(]?\s*(\d{1,9})\b\s*(%|[kmg]i?b"
    r"|bytes|items|per\b)?",
    re.I,
)
_MIN = re.compile(
    r"\bmin(?:imum)?(?:[ _-]?(?:length|len|chars|characters))?[ :=]*[(]?\s*(\d{1,9})\b\s*(%|[kmg]i?b"
    r"|bytes|items|per\b)?",
    re.I,
)
_CHARACTERS = re.compile(r"(?:≤|<=|up to|at most)\s*(\d{1,9})\s*(?:char|letter)", re.I)
_POSITIVE = re.compile(r"\bpositive\b", re.I)
_NON_NEGATIVE = re.compile(r"\bnon[ -]?negative\b|\bunsigned\b", re.I)
_PATTERN = re.compile(
    r"(?:regex|pattern|match(?:es)?|format)[^`/\n]{0,20}(?:`/?(\^?[^`\n]{1,300}?)/?`|/(\^[^/\n]{1,300})/)", re.I
)


def read_limits(text: str) -> Limits:
    """The bounds, lengths and pattern that a constraint text names."""
    limits = Limits()
    if match := _RANGE.search(text):
        limits = _span(match.group(1), match.group(2), characters=bool(match.group(3)))
    elif match := _BETWEEN.search(text):
        limits = _span(match.group(1), match.group(2), characters="char" in text.lower())
    for match in _COMPARE.finditer(text):
        limits = _compared(limits, match.group(1), _number(match.group(2)))
    if (match := _CHARACTERS.search(text)) or ((match := _MAX.search(text)) and not match.group(2)):
        limits = replace(limits, max_length=int(match.group(1)))
    if (match := _MIN.search(text)) and not match.group(2):
        limits = replace(limits, min_length=int(match.group(1)))
    if limits.minimum is None and _NON_NEGATIVE.search(text):
        limits = replace(limits, minimum=0)
    elif limits.minimum is None and _POSITIVE.search(text):
        limits = replace(limits, minimum=0, exclusive_minimum=True)
    pattern = _pattern(text)
    return replace(limits, pattern=pattern) if pattern else limits


def settled(limits: Limits, typed: Type) -> tuple[Limits, Type]:
    """Limits and type brought together: ranges of text are lengths, lengths of numbers are bounds."""
    if typed.kind in (Kind.STRING, Kind.TEXT):
        return _text_limits(limits, typed)
    if typed.kind in (Kind.INTEGER, Kind.BIGINT, Kind.NUMBER, Kind.DECIMAL):
        return _number_limits(limits), typed
    if typed.kind is Kind.ARRAY:
        return replace(limits, minimum=None, maximum=None, pattern=""), typed
    return Limits(), typed


def _span(low: str, high: str, *, characters: bool) -> Limits:
    least, most = _number(low), _number(high)
    if most < least:
        return Limits()
    if characters:
        return Limits(min_length=int(least), max_length=int(most))
    return Limits(minimum=least, maximum=most)


def _compared(limits: Limits, sign: str, number: int | float) -> Limits:
    if sign in (">", ">=", "≥") and limits.minimum is None:
        return replace(limits, minimum=number, exclusive_minimum=sign == ">")
    if sign in ("<", "<=", "≤") and limits.maximum is None:
        return replace(limits, maximum=number, exclusive_maximum=sign == "<")
    return limits


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)


def _pattern(text: str) -> str:
    match = _PATTERN.search(text)
    found = (match.group(1) or match.group(2)) if match else ""
    if not found or not re.search(r"[\^$\[\\+*]", found):
        return ""
    try:
        re.compile(found)
    except (re.error, OverflowError, RecursionError):
        return ""
    return found


def _text_limits(limits: Limits, typed: Type) -> tuple[Limits, Type]:
    low, high = limits.minimum, limits.maximum
    least = limits.min_length if limits.min_length is not None else _whole(low, limits.exclusive_minimum, 1)
    most = limits.max_length if limits.max_length is not None else _whole(high, limits.exclusive_maximum, -1)
    most = most if most is None or most > 0 else None
    if typed.kind is Kind.STRING and typed.length is None and most is not None:
        typed = replace(typed, length=most)
    return Limits(min_length=least or None, max_length=most or typed.length, pattern=limits.pattern), typed


def _whole(number: float | int | None, exclusive: bool, step: int) -> int | None:
    if number is None or number < 0:
        return None
    return int(number) + (step if exclusive else 0)


def _number_limits(limits: Limits) -> Limits:
    low = limits.minimum if limits.minimum is not None else limits.min_length
    high = limits.maximum if limits.maximum is not None else limits.max_length
    return replace(limits, minimum=low, maximum=high, min_length=None, max_length=None, pattern="")
