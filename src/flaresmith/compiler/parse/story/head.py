"""What stands at the head of a spec: front matter, title, branch, status, the features it builds on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flaresmith.compiler.parse.documents import Unreadable, read_document
from flaresmith.compiler.parse.story import words

_FRONT = re.compile(r"\A(---[ \t]*\n)(.*?)^(?:---|\.\.\.)[ \t]*$", re.S | re.M)
_META = re.compile(
    r"^(?:[*_]{2}\s*([^*:：\n]{2,60}?)\s*[:：]?\s*[*_]{2}\s*[:：]?\s*|([^*:：\n|`#]{2,60}?)\s*[:：]\s+)(.*)$", re.S
)
_NAMES = {name: re.compile(rf"(?:{text})", re.I) for name, text in words.META.items()}
_SPEC_TITLE = re.compile(
    r"^[^:：—–]{0,60}?(?:spec(?:ification)?\b|especificaci[óo]n|sp[ée]cification|especifica[çc][ãa]o|规[格范]"
    r"|規[格範]|仕様|명세|사양"
    r"|спецификаци|^feature\b|^FEAT-\d+)[^:：—–]{0,40}[:：—–]\s*|^[^:：]{0,60}(?:spec(?:ification)?)\s+-\s+",
    re.I,
)
MOST_FRONT_MATTER = 20_000


def front_matter(text: str) -> dict[str, Any]:
    """The YAML between `---` at the very beginning; what cannot be read is left to the reader of text."""
    match = _FRONT.match(text)
    if match is None or len(match.group(2)) > MOST_FRONT_MATTER:
        return {}
    try:
        found = read_document(match.group(2), json_text=False).root
    except Unreadable:
        return {}
    return (
        {str(key).lower().replace("-", "_"): value for key, value in found.items()} if isinstance(found, dict) else {}
    )


def front_text(front: Mapping[str, Any], *names: str) -> str:
    """The first of several keys as text."""
    found = next((front[name] for name in names if isinstance(front.get(name), str | int | float)), "")
    return str(found).strip()[:300]


def title_of(heading: str) -> str:
    """The product's word for the feature: `Feature Specification: Book Shop` → `Book Shop`."""
    short = _SPEC_TITLE.sub("", heading, count=1).strip()
    return short or heading.strip()


def meta(text: str) -> tuple[str, str] | None:
    """`branch`, `status` or `depends` with its value, from a line like `**Status**: Draft`."""
    match = _META.match(text[:600])
    if match is None:
        return None
    said = (match.group(1) or match.group(2)).strip()
    name = next((name for name, pattern in _NAMES.items() if pattern.fullmatch(said)), None)
    return (name, match.group(3).strip().strip("`*").strip()) if name else None
