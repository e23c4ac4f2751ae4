"""Example values that a field accepts: the n-th sample of a field is always the same, and differs from the others
where the field's type leaves room.
"""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as regex_parser  # type: ignore[attr-defined]
from typing import Any

from flaresmith.compiler import naming, patterns
from flaresmith.compiler.backtracking import is_affordable, is_exponential
from flaresmith.compiler.examples import example
from flaresmith.compiler.model import Field, Kind, Limits, Type
from flaresmith.compiler.patterns import LONGEST_PATTERN

FIRST_DAY = datetime.date(2024, 1, 1)
_NAMESPACE = uuid.UUID("8f1c6a52-3f0e-5e0b-9a51-6d2b7f0c4e11")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"
_OTHERS = " -_.,:/#@!%&*+=~"
_BOUNDS = {Kind.INTEGER: (-(2**31), 2**31 - 1), Kind.BIGINT: (-(2**63), 2**63 - 1)}
_LONGEST_PATTERN_SAMPLE = 2000
_MOST_STEPS = 20_000
_MIXED = 36**5 * 29 + 36**3 * 28
_FORMATS = {
    "email": "person{n}@example.com",
    "uri": "https://example.com/{n}",
    "url": "https://example.com/{n}",
    "hostname": "host{n}.example.com",
    "ipv4": "192.0.2.{b}",
    "ip": "192.0.2.{b}",
    "ipv6": "2001:db8::{b:x}",
    "phone": "+4930{n:07d}",
    "date-time": "2024-01-01T00:00:{s:02d}Z",
}


_ADDRESSES = frozenset({"uri", "url"})
_CHECKED = _ADDRESSES | {"email"}
_ADDRESS = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$")
_CHECKS = {"email": re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$"), "uri": _ADDRESS, "url": _ADDRESS}


class NoSample(ValueError):
    """No value could be found that the field accepts, a pattern that contradicts itself for instance."""


def sample(field: Field, n: int = 1) -> Any:
    """The n-th JSON value that the field accepts; NoSample when none is found."""
    return _sample(field.type, field.limits, n, naming.snake(field.name).replace("_", " "))


def _sample(kind: Type, limits: Limits, n: int, name: str) -> Any:
    match kind.kind:
        case Kind.STRING | Kind.TEXT:
            return _text(kind, limits, n, name)
        case Kind.ENUM:
            return kind.values[(n - 1) % len(kind.values)] if kind.values else f"value-{n}"
        case Kind.UUID:
            return str(uuid.uuid5(_NAMESPACE, f"{name} {n}"))
        case Kind.INTEGER | Kind.BIGINT:
            return _whole(kind, limits, n)
        case Kind.NUMBER:
            return float(_decimal(None, limits, n))
        case Kind.DECIMAL:
            return str(_decimal(kind, limits, n))
        case Kind.BOOLEAN:
            return n % 2 == 0
        case Kind.JSON:
            return {"sample": n} if kind.schema is None else example(kind.schema, {}, name, changed=n % 2 == 0)
        case Kind.BINARY:
            return "AAEC"
        case Kind.ARRAY:
            return [_sample(kind.items or Type(Kind.STRING), Limits(), n, name)]
    return _moment(kind.kind, n)


def _moment(kind: Kind, n: int) -> str:
    if kind is Kind.DATE:
        return (FIRST_DAY + datetime.timedelta(days=n)).isoformat()
    if kind is Kind.TIME:
        return f"{n % 24:02d}:30:00"
    start = datetime.datetime.combine(FIRST_DAY, datetime.time(9), datetime.UTC)
    return (start + datetime.timedelta(days=n)).isoformat().replace("+00:00", "Z")


def _whole(kind: Type, limits: Limits, n: int) -> int:
    least, most = _BOUNDS[kind.kind]
    low = 1 if limits.minimum is None else int(_ceiling(limits.minimum)) + _excluded(limits.minimum, limits, low=True)
    high = most if limits.maximum is None else int(limits.maximum // 1) - _excluded(limits.maximum, limits, low=False)
    if limits.minimum is None and high < low:
        low = max(least, high - 1000)
    if not least <= low <= high:
        raise NoSample(f"no whole number between {low} and {high}")
    return low + (n - 1) % (min(high, most) - low + 1)


def _excluded(bound: float, limits: Limits, *, low: bool) -> int:
    exclusive = limits.exclusive_minimum if low else limits.exclusive_maximum
    return int(exclusive and bound == int(bound))


def _ceiling(number: float) -> float:
    return -(-number // 1)


def _decimal(kind: Type | None, limits: Limits, n: int) -> Decimal:
    scale = min(kind.scale or 0, 6) if kind and kind.precision else 2
    step = Decimal(1).scaleb(-scale)
    low = Decimal(1) if limits.minimum is None else Decimal(str(limits.minimum))
    high = low + 100_000 if limits.maximum is None else Decimal(str(limits.maximum))
    if kind and kind.precision:
        high = min(high, Decimal(10) ** (kind.precision - (kind.scale or 0)) - step)
    low = _least_decimal(low, high, step, limits)
    if limits.exclusive_maximum:
        high -= step
    if low > high:
        raise NoSample(f"no number between {low} and {high}")
    room = int((high - low) / step) + 1
    return (low + step * ((n - 1) * 25 % room)).quantize(step)


def _least_decimal(low: Decimal, high: Decimal, step: Decimal, limits: Limits) -> Decimal:
    if limits.minimum is None:
        return low if low <= high else high - 100 * step
    rounded = (low / step).to_integral_value(rounding="ROUND_CEILING") * step
    return rounded + step if limits.exclusive_minimum and rounded == low else rounded


def _text(kind: Type, limits: Limits, n: int, name: str) -> str:
    least = limits.min_length or 0
    most = min(x for x in (kind.length, limits.max_length, 10**6) if x)
    if least > most:
        raise NoSample(f"no text of {least} to {most} characters")
    if limits.pattern:
        return _of_format(kind.format, matching(limits.pattern, n, least, most))
    made = _formatted(kind.format, n, least)
    if made and least <= len(made) <= most:
        return made
    if kind.format in _CHECKED:
        return _shortest(kind.format, n, least, most)
    return fitted(f"{name.capitalize()} {n}", n, least, most)


def _formatted(form: str, n: int, least: int) -> str:
    """A sample of a format, as long as asked where the format allows that."""
    if form == "date":
        return _moment(Kind.DATE, n)
    if form == "uuid":
        return str(uuid.uuid5(_NAMESPACE, f"text {n}"))
    made = _FORMATS[form].format(n=n, b=n % 250 + 1, s=n % 60) if form in _FORMATS else ""
    if form == "email":
        return "x" * (least - len(made)) + made
    return made + "x" * (least - len(made)) if form in _ADDRESSES else made


def _of_format(form: str, text: str) -> str:
    wanted = _CHECKS.get(form)
    if wanted and not wanted.search(text):
        raise NoSample(f"the pattern leaves no room for the format {form}")
    return text


def _shortest(form: str, n: int, least: int, most: int) -> str:
    """The shortest address of a format that the service checks."""
    made = f"{_short(n, 2)}@b.co" if form == "email" else f"a:{_short(n, 2)}"
    if not least <= len(made) <= most:
        raise NoSample(f"no {form} of {least} to {most} characters")
    return made


def fitted(text: str, n: int, least: int, most: int) -> str:
    """The text made as long as asked, still different for each n where there is room."""
    if len(text) > most:
        text = _short(n, most)
    return text + "x" * (least - len(text))


def _short(n: int, most: int) -> str:
    alphabet, text = _LETTERS + _DIGITS, ""
    while n and len(text) < most:
        n, place = divmod(n, len(alphabet))
        text = alphabet[place] + text
    return text


def matching(pattern: str, n: int, least: int = 0, most: int = 10**6) -> str:
    """The n-th text that matches a regular expression; NoSample where none is found.

    A pattern that could make the matcher hang is never run: a text is then only written along it.
    """
    tree, wanted = _compiled(pattern)
    if is_exponential(tree) or not is_affordable(tree, least):
        return _unchecked(pattern, least, most)
    steps = _MOST_STEPS
    for start in (0, _MIXED):  # a second try mixes letters and digits, for patterns that look ahead
        for length in _lengths(least, most):
            writer = _Writer(n + start, length)
            text = writer.write(tree)
            steps -= writer.steps
            if steps < 0:
                break
            if least <= len(text) <= most and is_affordable(tree, len(text)) and wanted.search(text):
                return text
    return _unchecked(pattern, least, most)


def is_match(pattern: str, text: str) -> bool:
    """Whether a text surely matches a pattern; False also where the pattern could make the matcher hang."""
    try:
        tree, wanted = _compiled(pattern)
    except NoSample:
        return False
    return not is_exponential(tree) and is_affordable(tree, len(text)) and wanted.search(text) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> tuple[Any, re.Pattern[str]]:
    if len(pattern) > LONGEST_PATTERN:
        raise NoSample(f"a pattern of more than {LONGEST_PATTERN} characters is not tried")
    try:
        return regex_parser.parse(pattern), re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as problem:
        raise NoSample(f"{pattern!r} is not a regular expression Python reads: {problem}") from None


def _unchecked(pattern: str, least: int, most: int) -> str:
    """A text written along a pattern that every language reads alike."""
    text = patterns.matching(pattern, least, most)
    if text is None:
        raise NoSample(f"no text found for {pattern!r}")
    return text


def _lengths(least: int, most: int) -> Iterator[int]:
    yield from (length for length in (6, 3, 1, 0, 12, 36, 64, least, least + 1) if length <= most)
    yield from range(max(least, 1), min(least + 40, most, _LONGEST_PATTERN_SAMPLE) + 1)


@dataclass(slots=True)
class _Writer:
    """Writes one text along a parsed expression; each choice uses up a part of `n`, repeats run up to `length`."""

    n: int
    length: int
    depth: int = 0
    steps: int = 0

    def write(self, tree: Any) -> str:
        self.depth += 1
        self.steps += 1
        text = ""
        if self.depth < 50:
            for code, argument in reversed(list(tree)):
                text = (self._part(code, argument) + text)[-_LONGEST_PATTERN_SAMPLE:]
        self.depth -= 1
        return text

    def _part(self, code: Any, argument: Any) -> str:
        if code is codes.LITERAL:
            return chr(argument)
        if code is codes.NOT_LITERAL:
            return self._pick([c for c in _LETTERS + _DIGITS if ord(c) != argument])
        if code is codes.ANY:
            return self._pick(_LETTERS + _DIGITS)
        if code is codes.IN:
            return self._pick(_members(argument))
        if code is codes.BRANCH:
            return self.write(argument[1][0])
        if code is codes.SUBPATTERN:
            return self.write(argument[-1])
        if code in {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}:
            return self._repeated(*argument)
        return ""

    def _repeated(self, least: int, most: Any, tree: Any) -> str:
        optional_group = least == 0 and not _is_single(tree)
        count = least if optional_group else max(least, min(int(most), self.length))
        return "".join(reversed([self.write(tree) for _ in range(min(count, _LONGEST_PATTERN_SAMPLE))]))

    def _pick(self, choices: Sequence[str]) -> str:
        if not choices:
            return ""
        self.n, place = divmod(self.n, len(choices))
        return choices[place]


def _is_single(tree: Any) -> bool:
    items = list(tree)
    return len(items) == 1 and items[0][0] in {codes.LITERAL, codes.NOT_LITERAL, codes.ANY, codes.IN}


def _members(options: Any) -> list[str]:
    """The letters, digits and signs a character class allows, plain ones first."""
    candidates = _LETTERS + _DIGITS + _LETTERS.upper() + _OTHERS
    negated = any(code is codes.NEGATE for code, _ in options)
    chosen = [c for c in candidates if any(_allows(code, argument, c) for code, argument in options) != negated]
    return chosen or [chr(argument) for code, argument in options if code is codes.LITERAL]


def _allows(code: Any, argument: Any, character: str) -> bool:
    if code is codes.LITERAL:
        return bool(ord(character) == argument)
    if code is codes.RANGE:
        return bool(argument[0] <= ord(character) <= argument[1])
    if code is codes.CATEGORY:
        return _in_category(argument, character)
    return False


def _in_category(category: Any, character: str) -> bool:
    tests = {
        codes.CATEGORY_DIGIT: character.isdigit(),
        codes.CATEGORY_NOT_DIGIT: not character.isdigit(),
        codes.CATEGORY_WORD: character.isalnum() or character == "_",
        codes.CATEGORY_NOT_WORD: not (character.isalnum() or character == "_"),
        codes.CATEGORY_SPACE: character.isspace(),
        codes.CATEGORY_NOT_SPACE: not character.isspace(),
    }
    return bool(tests.get(category, False))
