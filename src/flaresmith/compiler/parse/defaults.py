"""A written default becomes a JSON value or a generated one; anything else is refused, never passed on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A default that is neither a literal nor a known generator."""

    text: str


UNREADABLE = object()  # nothing that claims to be a default stands here

_NOW = re.compile(
    r"(?:now|current_timestamp|localtimestamp|utcnow|getdate|sysdate"
    r"|current_date)\b\s*(?:\(\s*\d?\s*\))?|(?:datetime|date)\.now\b|current (?:time|timestamp"
    r"|date)\b|DateTime\.UtcNow",
    re.I,
)
_UUID = re.compile(
    r"(?:gen_random_uuid|uuid_generate_v[147](?:mc)?|uuidv?[47]?|newid|new_?guid|random_uuid"
    r"|cuid)\s*\(\s*\)|uuid\s?v?[47]?\b(?!\s*\w)",
    re.I,
)
_INCREMENT = re.compile(r"(?:autoincrement|nextval|auto[ _-]?increment)\b\s*(?:\([^()]{0,100}\))?", re.I)
_QUOTED = re.compile(r"'((?:[^'\n]|''){0,500})'|\"([^\"\n]{0,500})\"|`([^`\n]{0,500})`")
_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,9})?(?![\w.]*\w)")
_EMPTY = re.compile(r"\{\s*\}|\[\s*\]")
_WORD = re.compile(r"[A-Za-z_][\w-]{0,80}")
_ENDS = re.compile(
    r"\s*(?:$|[,;.)\]|(—–]|\s[-/]\s|(?:required|optional|unique|not null|pk|fk|check|indexed|nullable|references)\b)",
    re.I,
)
_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None, "none": None}
_TEMPLATE = re.compile(r"\$\{|\{\{|\{%|<%|\$\(|[`;\\\x00-\x1f]|--|/\*")
_CALL = re.compile(r"[\w.]{1,80}\(")
_PROSE = frozenset(
    [
        "is",
        "are",
        "for",
        "when",
        "if",
        "of",
        "the",
        "a",
        "an",
        "in",
        "on",
        "by",
        "with",
        "and",
        "or",
        "from",
        "value",
        "values",
        "to",
        "depends",
        "based",
    ]
)


def read_default(text: str) -> Any:
    """The default at the start of a text: a JSON value, `{"generated": …}`, `Unreadable`, or UNREADABLE for prose."""
    text = text.strip()[:600]
    for pattern, generated in ((_NOW, "now"), (_UUID, "uuid"), (_INCREMENT, "increment")):
        if pattern.match(text.strip("`'\"( ")):
            return {"generated": generated}
    return _literal(text)


def is_plain(value: object) -> bool:
    """Whether a text default is a plain literal: no template, shell or statement syntax."""
    return not isinstance(value, str) or not _TEMPLATE.search(value)


def _literal(text: str) -> Any:
    if match := _QUOTED.match(text):
        inner = next(group for group in match.groups() if group is not None).replace("''", "'")
        return _inside_quotes(inner, ticked=match.group(3) is not None)
    if text[:1] in ("'", '"', "`"):
        return Unreadable(text[:80])
    if match := _EMPTY.match(text):
        return {} if match.group()[0] == "{" else []
    if match := _NUMBER.match(text):
        return float(match.group()) if "." in match.group() else int(match.group())
    if _TEMPLATE.match(text) or _CALL.match(text):
        return Unreadable(text[:80])
    match = _WORD.match(text)
    if match is None or match.group().lower() in _PROSE or not _ENDS.match(text[match.end() :]):
        return UNREADABLE
    return _CONSTANTS.get(match.group().lower(), match.group())


def _inside_quotes(inner: str, *, ticked: bool) -> Any:
    if not is_plain(inner):
        return Unreadable(inner[:80])
    if ticked:
        read = _literal(inner)
        return Unreadable(inner[:80]) if read is UNREADABLE else read
    if _EMPTY.fullmatch(inner.strip()):
        return {} if inner.strip()[0] == "{" else []
    return inner
