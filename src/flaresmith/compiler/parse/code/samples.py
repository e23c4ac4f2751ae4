"""Sample payloads in JSON and YAML: the names and the likely types of fields that nothing else describes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.model import EntityKind, Field, Kind, Notation, Source, Type
from flaresmith.compiler.parse.code.declared import Typed
from flaresmith.compiler.parse.code.typetext import object_of
from flaresmith.compiler.parse.drafts import EntityDraft, FieldDraft, guessed_kind
from flaresmith.compiler.parse.types import enum_of, read_type

JSON_LABELS = frozenset(("json", "jsonc", "json5"))
YAML_LABELS = frozenset(("yaml", "yml"))
CONFIDENCE = 0.5
_LONGEST, _DEEPEST = 100_000, 30
_COMMENTS = re.compile(r"(\"(?:[^\"\\\n]|\\.){0,2000}\")|//[^\n]*|/\*.{0,4000}?\*/|\.\.\.(?:\s*,)?|…", re.S)
_TRAILING = re.compile(r",(\s*[}\]])")
_UUID = re.compile(r"[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}", re.I)
_DATETIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?")
_CHOICE = re.compile(r"[\w-]{1,40}(?:\s?\|\s?[\w-]{1,40}){1,20}")
_LINE = re.compile(r"([^\W\d][\w-]{0,80}):(?:\s+(.{0,500})|\s*)$")
_MARK = re.compile(r"\"(?:[^\"\\\n]|\\.){0,2000}\"(?=(\s*:)?)|[{}\[\]]")
_SCHEMA = frozenset(("$schema", "openapi", "properties", "paths", "$ref", "swagger", "asyncapi"))


def read_sample(language: str, text: str, at: Source) -> list[EntityDraft]:
    """One nameless draft of the fields that a sample shows; the heading above it has the name."""
    if len(text) > _LONGEST:
        return []
    found = _json(text) if language in JSON_LABELS else _yaml(text)
    if not isinstance(found, Mapping) or len(found) < 2 or _SCHEMA & set(found):
        return []
    if any(naming.unsafe_reason(str(name)) or not re.fullmatch(r"[^\W\d][\w-]*", str(name)) for name in found):
        return []
    places = dict(_places(text) if language in JSON_LABELS else _yaml_places(text))
    lines = text.split("\n")
    draft = EntityDraft("", at, notation=Notation.SAMPLE, confidence=CONFIDENCE)
    for name, value in found.items():
        line = places.get(str(name), 0)
        draft.add(_field(str(name), value, Source(at.file, at.line + line), lines[line].strip()[:400]))
    if not any(known.field.name.lower() in ("id", "_id", "uuid") for known in draft.fields):
        draft.kind = EntityKind.DTO
    return [draft]


def _json(text: str) -> Any:
    clean = _TRAILING.sub(r"\1", _COMMENTS.sub(lambda match: match.group(1) or "", text))
    if _depth(clean) > _DEEPEST:
        return None
    try:
        found = json.loads(clean)
    except ValueError:
        return None
    return found[0] if isinstance(found, list) and found else found


def _depth(text: str) -> int:
    depth = deepest = 0
    for match in re.finditer(r"[{\[]|[}\]]", text):
        depth += 1 if match.group() in "{[" else -1
        deepest = max(deepest, depth)
    return deepest


def _yaml(text: str) -> dict[str, Any]:
    """The keys at the margin; what is indented below one is an object or a list, whose inside is not read."""
    found: dict[str, Any] = {}
    last = ""
    for line in text.split("\n"):
        if match := _LINE.match(line.rstrip()):
            last = match.group(1)
            found[last] = _scalar((match.group(2) or "").split(" #")[0].strip())
        elif last and line.strip().startswith("- ") and found[last] is None:
            found[last] = []
        elif last and line[:1] == " " and found[last] is None:
            found[last] = {}
    return found


def _scalar(text: str) -> Any:
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"-?\d{1,15}(\.\d{1,9})?", text):
        return float(text) if "." in text else int(text)
    if text[:1] in "[{":
        return [] if text[0] == "[" else {}
    return text if text[:1] in "|>" else text.strip("'\"")


def _places(text: str) -> Iterator[tuple[str, int]]:
    """The line of each key of the outermost object, or of the first one of a list."""
    depth, base = 0, 2 if text.lstrip()[:1] == "[" else 1
    line = at = 0
    seen: set[str] = set()
    for match in _MARK.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        mark = match.group()
        if mark in "{[":
            depth += 1
        elif mark in "}]":
            depth -= 1
        elif depth == base and match.group(1) and mark[1:-1] not in seen:
            seen.add(mark[1:-1])
            yield mark[1:-1], line


def _yaml_places(text: str) -> Iterator[tuple[str, int]]:
    for number, line in enumerate(text.split("\n")):
        if match := _LINE.match(line.rstrip()):
            yield match.group(1), number


def _field(name: str, value: Any, source: Source, raw: str) -> FieldDraft:
    typed = type_of(value, name)
    made = Field(name, typed, source, raw=raw, confidence=CONFIDENCE, notation=Notation.SAMPLE)
    return FieldDraft(made, None if value is not None else False, sql=True)


def type_of(value: Any, name: str, depth: int = 0) -> Type:
    """The type that a value suggests; a text may be the name of a type, or the values of an enum."""
    if isinstance(value, bool):
        return Type(Kind.BOOLEAN)
    if isinstance(value, int):
        return Type(Kind.INTEGER if abs(value) < 2**31 else Kind.BIGINT)
    if isinstance(value, float):
        return Type(Kind.NUMBER)
    if isinstance(value, list):
        return Type(Kind.ARRAY, items=type_of(value[0], "", depth + 1) if value else Type(Kind.JSON))
    if isinstance(value, dict):
        inner = [(key, Typed(type_of(one, key, depth + 1)), one is not None) for key, one in value.items()]
        return object_of(inner).type if depth < _DEEPEST else Type(Kind.JSON)
    return _text_type(value) if isinstance(value, str) else Type(guessed_kind(name or "value"))


def _text_type(value: str) -> Type:
    if _UUID.fullmatch(value):
        return Type(Kind.UUID)
    if _DATETIME.fullmatch(value):
        return Type(Kind.DATETIME)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return Type(Kind.DATE)
    if _CHOICE.fullmatch(value):
        return replace(enum_of(tuple(part.strip() for part in value.split("|"))), raw=value)
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]{2,10}", value):
        return Type(Kind.STRING, format="email")
    if value.startswith(("http://", "https://")):
        return Type(Kind.STRING, format="uri")
    reading = read_type(value) if re.fullmatch(r"[A-Za-z]\w{2,20}(?:\(\d+\)|\[\])?", value) else None
    return reading.type if reading is not None and reading.known and value.islower() else Type(Kind.STRING)
