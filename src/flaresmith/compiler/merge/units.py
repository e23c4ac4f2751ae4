"""A file as a tree of units: imports, classes, methods, fields, keys, sections, whose texts together are the file.

Readers of each language make the tree; `engine` merges three of them. No byte is left out: `Unit.text` and
`Block.text` give back exactly what was read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class Order(StrEnum):
    """What the order of units means: `free` ones may both gain neighbours in one place, `strict` ones may not."""

    FREE = "free"
    STRICT = "strict"


@dataclass(frozen=True)
class Names:
    """An import of names from one place: they are a set. `opening` and `closing` hold them on several lines."""

    prefix: str
    names: tuple[str, ...]
    suffix: str
    opening: str
    closing: str
    spaced: bool = False  # one line is written `{ a, b }`


@dataclass(frozen=True)
class Unit:
    """One unit: `name` is its kind and name, unique among its siblings as a rule, or empty.

    `slots` are its pieces in order: text, or a block of finer units. `after` is what follows the comma that separates
    it from the next one. `code` is its content apart from layout; `line` is where it starts, from 1.
    """

    name: str
    slots: tuple[str | Block, ...]
    code: str
    line: int = 1
    after: str = ""
    names: Names | None = None

    @cached_property
    def body(self) -> str:
        """The text in front of the separating comma."""
        return "".join(slot if isinstance(slot, str) else slot.text for slot in self.slots)

    @cached_property
    def text(self) -> str:
        """Everything that was read, but for the separating comma."""
        return self.body + self.after


@dataclass(frozen=True)
class Block:
    """Units in a row. With `comma` they are separated by one, and the last has one too when `trailing`."""

    units: tuple[Unit, ...]
    order: Order = Order.FREE
    comma: bool = False
    trailing: bool = False
    tail: str = ""

    @cached_property
    def text(self) -> str:
        """Exactly what was read."""
        if not self.comma:
            return "".join(unit.text for unit in self.units) + self.tail
        last = len(self.units) - 1
        return "".join(
            unit.body + ("," if index < last or self.trailing else "") + unit.after
            for index, unit in enumerate(self.units)
        ) + (self.tail)

    @cached_property
    def code(self) -> str:
        """The content of all units, apart from layout."""
        return "\x1e".join(unit.code for unit in self.units)


@dataclass(frozen=True)
class Tree:
    """A whole file: its units, and the name of the syntax in which it was read."""

    syntax: str
    block: Block
    notes: Sequence[str] = field(default=())


def plain(text: str, *, name: str = "", line: int = 1) -> Unit:
    """A unit that is nothing but text."""
    return Unit(name, (text,), text, line)


def lines_of(text: str) -> list[str]:
    """The lines of a text with their ends; only a newline ends a line."""
    return list(_lines(text))


def _lines(text: str) -> Iterator[str]:
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start : end + 1]
        start = end + 1
    if start < len(text):
        yield text[start:]
