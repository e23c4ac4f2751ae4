"""A parsed document with the place of each mapping, sequence and key; how events become one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MAX_DEPTH = 64
MAX_NODES = 400_000  # of YAML, after aliases are followed


class Unreadable(Exception):
    """The text is not a document that can be read; `line` and `column` are 1-based."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


@dataclass(frozen=True, slots=True)
class Repair:
    """What was read differently from how it is written: `length` characters at a place stand for `text`."""

    cause: str
    line: int
    column: int
    length: int
    text: str


@dataclass(slots=True)
class Document:
    """A parsed document, the place of each mapping and sequence, and of each key of a mapping.

    `located` finds places that were not noted while reading. `text` is what was read, empty where it was repaired.
    """

    root: Any
    text: str = ""
    places: dict[int, tuple[int, int]] = field(default_factory=dict)
    keys: dict[tuple[int, str], tuple[int, int]] = field(default_factory=dict)
    doubled: list[tuple[str, int, int]] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    lost: list[Unreadable] = field(default_factory=list)
    located: Callable[[object, str | None], tuple[int, int] | None] | None = None

    def place(self, value: object, key: str | None = None) -> tuple[int, int]:
        """Line and column of a mapping, or of one of its keys."""
        if self.located is not None:
            return self.located(value, key) or (1, 1)
        if key is not None and (found := self.keys.get((id(value), key))):
            return found
        return self.places.get(id(value), (1, 1))


@dataclass(frozen=True, slots=True)
class Event:
    """One step of reading, with its place."""

    kind: str  # map, list, end, scalar, alias
    line: int
    column: int
    value: Any = None
    anchor: str | None = None


class Builder:
    """Builds the tree from events with a stack of its own, so that no depth can exhaust Python's."""

    def __init__(self) -> None:
        self.document = Document(None)
        self.finished = False
        self._open: list[tuple[Any, str | None, tuple[int, int], str | None]] = []  # container, key, its place, anchor
        self._anchors: dict[str, Any] = {}
        self._sizes: dict[int, int] = {}
        self._count = 0

    def take(self, event: Event) -> None:
        if event.kind in ("map", "list"):
            self._start(event)
        elif event.kind == "end":
            self._end(event)
        elif event.kind == "alias":
            if event.value not in self._anchors:
                raise Unreadable(f"the alias *{event.value} has no anchor", event.line, event.column)
            self._count += self._sizes.get(id(self._anchors[event.value]), 1)
            self._attach(self._anchors[event.value], event)
        else:
            self._count += 1
            if event.anchor:
                self._anchors[event.anchor] = event.value
            self._attach(event.value, event)
        if self._count > MAX_NODES:
            raise Unreadable(
                f"the document has more than {MAX_NODES:,} values once its aliases are followed",
                event.line,
                event.column,
            )

    def _start(self, event: Event) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise Unreadable(f"the document is nested deeper than {MAX_DEPTH} levels", event.line, event.column)
        container: Any = {} if event.kind == "map" else []
        self.document.places[id(container)] = (event.line, event.column)
        self._count += 1
        self._sizes[id(container)] = self._count
        self._open.append((container, None, (0, 0), event.anchor))

    def _end(self, event: Event) -> None:
        container, _, _, anchor = self._open.pop()
        self._sizes[id(container)] = self._count - self._sizes[id(container)] + 1
        if anchor:
            self._anchors[anchor] = container
        self._attach(container, event)

    def _attach(self, value: Any, event: Event) -> None:
        if not self._open:
            self.document.root, self.finished = value, True
            return
        container, key, place, anchor = self._open[-1]
        if isinstance(container, list):
            container.append(value)
        elif key is None:
            self._open[-1] = (container, _key(value), (event.line, event.column), anchor)
        else:
            self._put(container, key, value, place)
            self._open[-1] = (container, None, (0, 0), anchor)

    def _put(self, container: dict[str, Any], key: str, value: Any, place: tuple[int, int]) -> None:
        if key == "<<" and isinstance(value, dict):
            for name, inherited in value.items():
                container.setdefault(name, inherited)
            return
        if key in container and (id(container), key) in self.document.keys:
            self.document.doubled.append((key, *place))
        container[key] = value
        self.document.keys[(id(container), key)] = place


def _key(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return "null" if value is None else "?"
    return str(value).lower() if isinstance(value, bool) else str(value)
