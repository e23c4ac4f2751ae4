"""Requirement ids as people write and cite them: `FR-001`, `FR-001a`, `FR-1.2`, `FR-AUTH-001`, `FR-001 to FR-004`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flaresmith.compiler.model import RequirementKind

ID = (
    r"(?:[A-Z][A-Z0-9]{1,11}-)?(?:FR|SC|NFR|NF|REQ)(?:[-_]|[ ]?(?=\d{2}))"
    r"(?:[A-Z][A-Z0-9]{0,11}[-_]){0,2}\d{1,4}(?:\.\d{1,3}){0,3}[a-z]?(?![A-Za-z0-9])"
)
_CITED = re.compile(rf"(?<![A-Za-z0-9])({ID})")
_RANGE = re.compile(
    r"[*`\s]{0,4}(?:to|through|thru|until|al?|à|até|bis|до|至|から|~|〜|–|—|-|…|\.{2,3})[*`\s]{0,4}"
    r"((?:[A-Z]{1,12}-){0,3})(\d{1,4})(?![\w%.]|\s?%)"
)
_ALSO = re.compile(r"\s?[/,]\s?(\d{2,4}[a-z]?)(?![\w%.:])")
_NUMBER = re.compile(r"(\d{1,4})$")
MOST_IN_RANGE = 60


def cited(text: str) -> tuple[str, ...]:
    """Every requirement that a text names, ranges and short lists spelled out, in the order of the text."""
    return tuple(dict.fromkeys(identifier for identifier, _ in citations(text)))


def citations(text: str) -> Iterator[tuple[str, int]]:
    """Each citation with the place where it begins; those that a range implies have the place of its first one."""
    for match in _CITED.finditer(text):
        first = match.group(1)
        yield first, match.start()
        for more in _following(first, text, match.end()):
            yield more, match.start()


def kind_of(identifier: str) -> RequirementKind:
    """What an id says that it numbers."""
    parts = re.split(r"[-_ ]|(?<=[A-Z])(?=\d)", identifier)
    if "SC" in parts:
        return RequirementKind.SUCCESS
    return RequirementKind.NON_FUNCTIONAL if {"NFR", "NF"} & set(parts) else RequirementKind.FUNCTIONAL


def loose(identifier: str) -> str:
    """An id without its marks and leading zeros: `FR-001`, `FR1` and `FR 01` are the same."""
    return re.sub(r"(?<!\d)0+(?=\d)", "", re.sub(r"[-_ ]", "", identifier)).upper()


def _following(first: str, text: str, at: int) -> Iterator[str]:
    """What stands behind an id without being one: the end of a range, the rest of `FR-001/002`."""
    number = _NUMBER.search(first)
    if number is None:
        return
    stem, width = first[: number.start()], len(number.group())
    if (match := _RANGE.match(text, at)) and (match.group(1) or len(match.group(2)) == width >= 2):
        if match.group(1) in ("", stem):
            last = int(match.group(2))
            for value in range(int(number.group()) + 1, min(last, int(number.group()) + MOST_IN_RANGE) + 1):
                yield f"{stem}{value:0{width}d}"
        return
    while match := _ALSO.match(text, at):
        if len(match.group(1).rstrip("abcdefghijklmnopqrstuvwxyz")) == width:
            yield f"{stem}{match.group(1)}"
        at = match.end()
