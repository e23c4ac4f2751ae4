"""JSON and YAML with the line of every mapping: safe, bounded in depth and size, aliases shared, in linear time."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import yaml  # type: ignore[import-untyped]

MAX_DEPTH = 64
MAX_NODES = 400_000  # after aliases are followed


class Unreadable(Exception):
    """The text is not a document that can be read; `line` and `column` are 1-based."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


@dataclass(slots=True)
class Document:
    """A parsed document, the place of each mapping and sequence, and of each key of a mapping."""

    root: Any
    places: dict[int, tuple[int, int]] = field(default_factory=dict)
    keys: dict[tuple[int, str], tuple[int, int]] = field(default_factory=dict)
    doubled: list[tuple[str, int, int]] = field(default_factory=list)

    def place(self, value: object, key: str | None = None) -> tuple[int, int]:
        """Line and column of a mapping, or of one of its keys."""
        if key is not None and (found := self.keys.get((id(value), key))):
            return found
        return self.places.get(id(value), (1, 1))


def read_document(text: str, *, json_text: bool) -> Document:
    """The first document of a text; raises `Unreadable` with the place of what is wrong."""
    if json_text:
        _check_json(text)
    builder = _Builder()
    for event in _json_events(text) if json_text else _yaml_events(text):
        builder.take(event)
        if builder.finished:
            break
    return builder.document


@dataclass(frozen=True, slots=True)
class _Event:
    kind: str  # map, list, end, scalar, alias
    line: int
    column: int
    value: Any = None
    anchor: str | None = None


class _Builder:
    """Builds the tree from events with a stack of its own, so that no depth can exhaust Python's."""

    def __init__(self) -> None:
        self.document = Document(None)
        self.finished = False
        self._open: list[tuple[Any, str | None, tuple[int, int], str | None]] = []  # container, key, its place, anchor
        self._anchors: dict[str, Any] = {}
        self._sizes: dict[int, int] = {}
        self._count = 0

    def take(self, event: _Event) -> None:
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

    def _start(self, event: _Event) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise Unreadable(f"the document is nested deeper than {MAX_DEPTH} levels", event.line, event.column)
        container: Any = {} if event.kind == "map" else []
        self.document.places[id(container)] = (event.line, event.column)
        self._count += 1
        self._sizes[id(container)] = self._count
        self._open.append((container, None, (0, 0), event.anchor))

    def _end(self, event: _Event) -> None:
        container, _, _, anchor = self._open.pop()
        self._sizes[id(container)] = self._count - self._sizes[id(container)] + 1
        if anchor:
            self._anchors[anchor] = container
        self._attach(container, event)

    def _attach(self, value: Any, event: _Event) -> None:
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


def _yaml_events(text: str) -> Any:
    if match := re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
        raise Unreadable("a control character stands here", text.count("\n", 0, match.start()) + 1, 1)
    if match := re.search(r"[\[{(]{200}|(?:- ){200}|(?:\? ){200}", text):
        raise Unreadable(
            f"the document is nested deeper than {MAX_DEPTH} levels", text.count("\n", 0, match.start()) + 1, 1
        )
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(text, Loader=loader):
            if made := _from_yaml(event):
                yield made
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise Unreadable(f"not valid YAML: {problem.problem or problem.context}", line, column) from None
    except (yaml.YAMLError, UnicodeError, ValueError) as problem:
        raise Unreadable(f"not valid YAML: {str(problem).splitlines()[0][:200]}", 1, 1) from None


def _from_yaml(event: Any) -> _Event | None:
    line, column = event.start_mark.line + 1, event.start_mark.column + 1
    if isinstance(event, yaml.ScalarEvent):
        value = _scalar(event.value) if event.implicit[0] and not event.style else event.value
        return _Event("scalar", line, column, value, event.anchor)
    if isinstance(event, yaml.MappingStartEvent):
        return _Event("map", line, column, anchor=event.anchor)
    if isinstance(event, yaml.SequenceStartEvent):
        return _Event("list", line, column, anchor=event.anchor)
    if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
        return _Event("end", line, column)
    if isinstance(event, yaml.AliasEvent):
        return _Event("alias", line, column, event.anchor)
    return None


_NUMBER = re.compile(r"[-+]?(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?(?:[eE][-+]?\d{1,3})?")
_CONSTANTS = {"": None, "~": None, "null": None, "Null": None, "NULL": None, "true": True, "True": True, "TRUE": True}
_CONSTANTS |= {"false": False, "False": False, "FALSE": False}


def _scalar(text: str) -> Any:
    """YAML 1.2 as OpenAPI asks for it: `yes`, `on` and dates stay text."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[:1] in "-+0123456789" and len(text) < 40 and _NUMBER.fullmatch(text):
        return float(text) if any(mark in text for mark in ".eE") else int(text)
    return text


def _check_json(text: str) -> None:
    try:
        json.loads(text)
    except json.JSONDecodeError as problem:
        raise Unreadable(f"not valid JSON: {problem.msg}", problem.lineno, problem.colno) from None
    except RecursionError:
        raise Unreadable(f"the document is nested deeper than {MAX_DEPTH} levels", 1, 1) from None
    except ValueError as problem:
        raise Unreadable(f"not valid JSON: {str(problem)[:200]}", 1, 1) from None


_JSON = re.compile(r"\s*(?:([{\[])|([}\]])|(\"(?:[^\"\\]|\\.)*\")|([^\s,:{}\[\]\"]+)|[,:])")


def _json_events(text: str) -> Any:
    """The events of a text that is known to be valid JSON."""
    line, line_start, at = 1, 0, 0
    for match in _JSON.finditer(text):
        start = match.start(match.lastindex) if match.lastindex else match.end()
        if broken := text.count("\n", at, start):
            line += broken
            line_start = text.rfind("\n", at, start) + 1
        at, column = start, start - line_start + 1
        if match.group(1):
            yield _Event("map" if match.group(1) == "{" else "list", line, column)
        elif match.group(2):
            yield _Event("end", line, column)
        elif match.lastindex:
            yield _Event("scalar", line, column, json.loads(match.group(match.lastindex)))
