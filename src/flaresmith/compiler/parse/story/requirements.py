"""One requirement or success criterion: as a bullet, a line, a heading, a table row, with any mark around its id."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flaresmith.compiler.citations import ID, kind_of
from flaresmith.compiler.model import Requirement, RequirementKind, Source
from flaresmith.compiler.parse.markdown import Bullet, flat, plain

_DECLARED = re.compile(
    rf"^(?:\[[ xX✓✔~-]\]\s*)?(?P<struck>~~)?(?P<open>[*_`\[]{{1,4}})?(?P<id>{ID})"
    r"(?(open)(?:(?P<inner>[^*`\n]{0,160}?)[*_`\]]{1,4})?)(?:~~)?\s*"
    r"(?P<about>\([^()]{0,120}\)|\[[^\[\]]{0,80}\]|（[^（）]{0,80}）)?[*_`]{0,3}\s*(?P<mark>->|[:：.—–|→-])?"
    r"[*_`~]{0,4}\s*(?P<text>.*)$",
    re.S,
)
_LIST = re.compile(
    r"^\s*(?:['’,/&+]|and\b|to\b|through\b|[–—-]\s*(?:[A-Z]{2,}-){0,3}\d{1,4}\b(?!\s*%)|\.{2,}|…|~(?!~))"
)
_GROUP = re.compile(r"^\**(?:functional|non-functional|success)\b", re.I)
LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Declared:
    """A requirement as its line declares it: `marked` where a mark follows the id or surrounds it, `bold` where it is
    set apart, `withdrawn` where it is struck out."""

    id: str
    text: str
    marked: bool
    bold: bool
    withdrawn: bool


def declared(text: str) -> Declared | None:
    """What a line declares, or None where it declares nothing (a list of ids is a citation)."""
    match = _DECLARED.match(text[:20_000])
    if match is None or _LIST.match(text[match.end("id") : match.end("id") + 40].lstrip("*_`")):
        return None
    inner = (match.group("inner") or "").strip(" ()[].:：-–—")
    body = ": ".join(part for part in (inner, match.group("text").strip()) if part)
    bold = bool(match.group("open"))
    struck = match.group("struck") is not None
    return Declared(match.group("id"), plain(body)[:LONGEST], bold or bool(match.group("mark")), bold, struck)


def requirement(found: Declared, source: Source) -> Requirement:
    """The fact that a declaration states."""
    return Requirement(found.id, kind_of(found.id), found.text, source)


def is_success(requirement: Requirement) -> bool:
    """Whether it is a criterion of success."""
    return requirement.kind is RequirementKind.SUCCESS


def with_details(text: str, bullet: Bullet) -> str:
    """The text of a bullet, and what stands below it where it only announces that."""
    if text and not text.rstrip().endswith((":", "：")):
        return text
    details = "; ".join(plain(child.text).rstrip(" ;.") for child in flat(bullet.children))
    return f"{text} {details}".strip()[:LONGEST]


def reads_as_requirement(text: str) -> bool:
    """Whether a bullet without an id says what must be: for a section of requirements."""
    clean = plain(text)
    return len(clean) >= 12 and not _GROUP.match(clean) and bool(_MODAL.search(clean))


_MODAL = re.compile(
    r"\b(?:must|shall|should|will|can|cannot|debe[nr]?|deber[áa]n?|doit|doivent|devra|deve[mr]?|dever[áa])\b"
    r"|必须|必須|应|應|しなければ|する(?:こと|必要)|해야|долж[а-я]+",
    re.I,
)
