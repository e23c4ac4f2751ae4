"""YAML 1.2 as contracts need it: all documents of a text, every key with its place, bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml  # type: ignore[import-untyped]

from flaresmith.compiler.parse.documents.tree import MAX_DEPTH, Builder, Document, Event, Unreadable

NOT_YAML = "not valid YAML"


def read_yaml(text: str) -> Iterator[Document]:
    """Each document of a text that is not empty; raises `Unreadable` with the place of what is wrong."""
    builder = Builder()
    for event in _yaml_events(text):
        builder.take(event)
        if builder.finished:
            builder.document.text = text
            yield builder.document
            builder = Builder()


def _yaml_events(text: str) -> Iterator[Event]:
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
        raise Unreadable(f"{NOT_YAML}: {problem.problem or problem.context}", line, column) from None
    except (yaml.YAMLError, UnicodeError, ValueError) as problem:
        raise Unreadable(f"{NOT_YAML}: {str(problem).splitlines()[0][:200]}", 1, 1) from None


def _from_yaml(event: Any) -> Event | None:
    line, column = event.start_mark.line + 1, event.start_mark.column + 1
    if isinstance(event, yaml.ScalarEvent):
        value = _scalar(event.value) if event.implicit[0] and not event.style else event.value
        return Event("scalar", line, column, value, event.anchor)
    if isinstance(event, yaml.MappingStartEvent):
        return Event("map", line, column, anchor=event.anchor)
    if isinstance(event, yaml.SequenceStartEvent):
        return Event("list", line, column, anchor=event.anchor)
    if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
        return Event("end", line, column)
    if isinstance(event, yaml.AliasEvent):
        return Event("alias", line, column, event.anchor)
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
