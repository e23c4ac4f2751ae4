"""Regular expressions as specs write them: whether every language reads them alike, and a text that matches one.

No expression is ever run here: a hostile one can make a matcher hang, but not a reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

LONGEST_PATTERN = 1000
LONGEST_SAMPLE = 2000
_MAX_DEPTH = 40
_MOST_EXTRA = 300
_UNBOUNDED = 1 << 30
_CLASSES = {"d": "0123456789", "w": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", "s": " "}
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v"}
_PRINTABLE = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" + "".join(
    chr(c) for c in range(32, 127) if not chr(c).isalnum()
)


class _NotPortable(Exception):
    """Uses what is not the same in Python, PostgreSQL and JavaScript."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece and how often it may stand: one of `choices` (sequences of parts), or one of `letters`."""

    least: int
    most: int
    letters: str = ""
    choices: tuple[tuple[_Part, ...], ...] = ()


def is_portable(pattern: str) -> bool:
    """Whether the pattern is made only of what Python, JavaScript and PostgreSQL understand alike."""
    return _read(pattern) is not None


def matching(pattern: str, least: int = 0, most: int | None = None) -> str | None:
    """A text between `least` and `most` characters that the pattern matches, or None where none was found."""
    choices = _read(pattern)
    if choices is None:
        return None
    for choice in choices:
        for extra in range(min(max(least, 16), _MOST_EXTRA) + 1):
            text = _write(choice, extra)
            if text is not None and len(text) < least and not pattern.endswith("$"):
                text += "a" * (least - len(text))
            if text is not None and least <= len(text) <= (LONGEST_SAMPLE if most is None else most):
                return text
    return None


@lru_cache(maxsize=4096)
def _read(pattern: str) -> tuple[tuple[_Part, ...], ...] | None:
    if len(pattern) > LONGEST_PATTERN:
        return None
    try:
        reader = _Reader(pattern)
        choices = reader.choices(0)
        return choices if reader.at == len(pattern) else None
    except (_NotPortable, IndexError):
        return None


def _write(parts: Sequence[_Part], extra: int) -> str | None:
    text = ""
    for part in parts:
        piece = part.letters[:1] if part.letters else _write(part.choices[0], extra)
        times = min(part.least + extra, part.most)
        if piece is None or len(text) + len(piece) * times > LONGEST_SAMPLE:
            return None
        text += piece * times
    return text


class _Reader:
    """Reads one pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def choices(self, depth: int) -> tuple[tuple[_Part, ...], ...]:
        if depth > _MAX_DEPTH:
            raise _NotPortable
        found = [self.sequence(depth)]
        while self.peek() == "|":
            self.at += 1
            found.append(self.sequence(depth))
        return tuple(found)

    def sequence(self, depth: int) -> tuple[_Part, ...]:
        parts = []
        while (letter := self.peek()) and letter not in "|)":
            start = self.at == 0 or self.pattern[self.at - 1] in "(|:"
            part = self.atom(depth)
            if part is None:
                if letter == "^" and not start:
                    raise _NotPortable
                if letter == "$" and self.peek() not in ("", "|", ")"):
                    raise _NotPortable
                continue
            parts.append(self.repeated(part))
        return tuple(parts)

    def atom(self, depth: int) -> _Part | None:
        letter = self.take()
        if letter in "^$":
            return None
        if letter == "(":
            return self.group(depth)
        if letter == "[":
            return _Part(1, 1, self.letter_class())
        if letter == "\\":
            return _Part(1, 1, self.escape())
        if letter in "*+?{}]":
            raise _NotPortable
        return _Part(1, 1, _PRINTABLE if letter == "." else letter)

    def group(self, depth: int) -> _Part:
        if self.peek() == "?":
            if self.pattern[self.at : self.at + 2] != "?:":
                raise _NotPortable
            self.at += 2
        choices = self.choices(depth + 1)
        if self.take() != ")":
            raise _NotPortable
        return _Part(1, 1, "", choices)

    def repeated(self, part: _Part) -> _Part:
        letter = self.peek()
        if letter not in ("*", "+", "?", "{"):
            return part
        self.at += 1
        least, most = {"*": (0, _UNBOUNDED), "+": (1, _UNBOUNDED), "?": (0, 1)}.get(letter) or self.bounds()
        if self.peek() in ("*", "+", "?", "{"):
            raise _NotPortable
        return _Part(least, most, part.letters, part.choices)

    def bounds(self) -> tuple[int, int]:
        end = self.pattern.index("}", self.at) if "}" in self.pattern[self.at :] else len(self.pattern)
        low, comma, high = self.pattern[self.at : end].partition(",")
        self.at = end + 1
        if not (low.isascii() and low.isdigit()) or (high and not (high.isascii() and high.isdigit())) or len(low) > 4:
            raise _NotPortable
        most = int(high[:5]) if high else _UNBOUNDED if comma else int(low)
        if most < int(low) or int(low) > 255 or (high and most > 255):  # PostgreSQL's limit
            raise _NotPortable
        return int(low), most

    def letter_class(self) -> str:
        negated = self.peek() == "^"
        self.at += negated
        letters = ""
        while (letter := self.take()) != "]":
            if letter == "[":
                raise _NotPortable
            first = self.escape() if letter == "\\" else letter
            if self.peek() == "-" and self.pattern[self.at + 1] != "]":
                first = self.letter_range(first)
            letters += first
        if not letters:
            raise _NotPortable
        return next((c for c in _PRINTABLE if c not in letters), "") or _fail() if negated else letters

    def letter_range(self, first: str) -> str:
        self.at += 1
        last = self.take()
        last = self.escape() if last == "\\" else last
        if len(first) != 1 or len(last) != 1 or last < first:
            raise _NotPortable
        return "".join(map(chr, range(ord(first), min(ord(last), ord(first) + 256) + 1)))

    def escape(self) -> str:
        letter = self.take()
        if letter in _CLASSES:
            return _CLASSES[letter]
        if letter in _CONTROLS:
            return _CONTROLS[letter]
        if letter.isalnum() or not letter.isascii():
            raise _NotPortable
        return letter

    def peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def take(self) -> str:
        letter = self.pattern[self.at]
        self.at += 1
        return letter


def _fail() -> str:
    raise _NotPortable
