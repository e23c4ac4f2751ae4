"""JSON, read at the speed of a C library; lines are found afterwards, in one pass, for those who ask."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

import orjson

from flaresmith.compiler.parse.documents.tree import MAX_DEPTH, Builder, Document, Event, Unreadable

_STRING = r'"(?:[^"\\]++|\\.)*+"'
_CONTAINER = re.compile(rf'(?:[^"{{}}\[\]]++|{_STRING}(?!\s*+:\s*+[{{\[]))*+(?:({_STRING})\s*+:\s*+)?([{{}}\[\]])')
_ENTRY = re.compile(rf"[\s,]*+({_STRING})\s*+:\s*+")
_SCALAR = re.compile(rf"{_STRING}|[^\s,{{}}\[\]]++")
COUNTED = 1024 * 1024  # characters up to which every key is looked at for a double


def read_json(text: str) -> Document:
    """The document of a text; raises `Unreadable` with the place of what is wrong."""
    try:
        root = orjson.loads(text)
    except orjson.JSONDecodeError as problem:
        raise Unreadable(f"not valid JSON: {problem.msg.split(':')[0][:200]}", problem.lineno, problem.colno) from None
    except ValueError as problem:  # a lone surrogate
        raise Unreadable(f"not valid JSON: {str(problem)[:200]}", 1, 1) from None
    places = _Places(text, root)
    if len(text) <= COUNTED and _has_doubles(text):
        return _exactly(text)
    return Document(root, text, located=places.find)


class _Places:
    """Where the containers of a document begin, and where their keys stand."""

    def __init__(self, text: str, root: Any) -> None:
        self._text = text
        self._breaks: list[int] | None = None
        self._starts: dict[int, tuple[int, int]] = {}  # container → offsets of its key and of its bracket
        self._walk(root)

    def find(self, value: object, key: str | None) -> tuple[int, int] | None:
        """Line and column of a container or of one of its keys; None for what is no part of the document."""
        start = self._starts.get(id(value))
        if start is None:
            return None
        offset = start[1]
        if key is not None and isinstance(value, dict) and key in value:
            child = self._starts.get(id(value[key]))
            offset = child[0] if child else self._scalar(value, offset, key)
        return self._line(offset)

    def _walk(self, root: Any) -> None:
        """One pass over the brackets, beside a walk over the tree that was read from them."""
        open_: list[tuple[Any, Iterator[Any] | None]] = []
        for match in _CONTAINER.finditer(self._text):
            if match.group(2) in "}]":
                if open_:
                    open_.pop()
                continue
            value = _child(open_[-1], match.group(1)) if open_ else root
            if len(open_) >= MAX_DEPTH:
                line, column = self._line(match.start(2))
                raise Unreadable(f"the document is nested deeper than {MAX_DEPTH} levels", line, column)
            at = match.start(2)
            self._starts[id(value)] = (match.start(1) if match.group(1) else at, at)
            inner = (each for each in value if isinstance(each, dict | list)) if isinstance(value, list) else None
            open_.append((value, inner))

    def _scalar(self, value: dict[str, Any], bracket: int, wanted: str) -> int:
        """The place of a key whose value is no container: past the entries before it."""
        at = bracket + 1
        while (entry := _ENTRY.match(self._text, at)) is not None:
            key = orjson.loads(entry.group(1))
            if key == wanted:
                return entry.start(1)
            child = value.get(key)
            at = self._end(child, entry.end()) if isinstance(child, dict | list) else self._after(entry.end())
        return bracket

    def _after(self, at: int) -> int:
        match = _SCALAR.match(self._text, at)
        return match.end() if match else at

    def _end(self, container: object, at: int) -> int:
        depth = 0
        for match in _CONTAINER.finditer(self._text, at):
            depth += 1 if match.group(2) in "{[" else -1
            if not depth:
                return match.end()
        return at

    def _line(self, offset: int) -> tuple[int, int]:
        if self._breaks is None:
            self._breaks = [match.start() for match in re.finditer("\n", self._text)]
        line = bisect_left(self._breaks, offset)
        return line + 1, offset - (self._breaks[line - 1] if line else -1)


def _child(parent: tuple[Any, Iterator[Any] | None], key: str | None) -> Any:
    value, inner = parent
    if inner is not None:
        return next(inner, None)
    return value.get(orjson.loads(key)) if isinstance(value, dict) and key is not None else None


def _has_doubles(text: str) -> bool:
    """Whether a mapping has a key twice: rare, and worth a slower reading that tells where."""
    found = False

    def counted(pairs: list[tuple[str, Any]]) -> None:
        nonlocal found
        found = found or len({key for key, _ in pairs}) < len(pairs)

    json.loads(text, object_pairs_hook=counted)
    return found


def _exactly(text: str) -> Document:
    builder = Builder()
    for event in _json_events(text):
        builder.take(event)
        if builder.finished:
            break
    builder.document.text = text
    return builder.document


_JSON = re.compile(r"\s*(?:([{\[])|([}\]])|(\"(?:[^\"\\]|\\.)*\")|([^\s,:{}\[\]\"]+)|[,:])")


def _json_events(text: str) -> Iterator[Event]:
    """The events of a text that is known to be valid JSON."""
    line, line_start, at = 1, 0, 0
    for match in _JSON.finditer(text):
        start = match.start(match.lastindex) if match.lastindex else match.end()
        if broken := text.count("\n", at, start):
            line += broken
            line_start = text.rfind("\n", at, start) + 1
        at, column = start, start - line_start + 1
        if match.group(1):
            yield Event("map" if match.group(1) == "{" else "list", line, column)
        elif match.group(2):
            yield Event("end", line, column)
        elif match.lastindex:
            yield Event("scalar", line, column, json.loads(match.group(match.lastindex)))
