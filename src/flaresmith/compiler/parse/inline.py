"""Fields that stand in one line: `**Fields**: `a`, `b` (uuid), c?` and `users ( id UUID PK, name text )`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flaresmith.compiler.model import Notation, Source
from flaresmith.compiler.parse import english
from flaresmith.compiler.parse.drafts import Written
from flaresmith.compiler.parse.findings import excerpt
from flaresmith.compiler.parse.markdown import LONGEST_FACT
from flaresmith.compiler.parse.types import read_type

_PIECE = re.compile(
    r"^(?:and |y |и |et |und |e )?[`*]{0,3}([^\W\d][\w$]{0,80}(?:\.\w{1,60})?)(\?)?[`*]{0,3}(?:\[\])?"
    r"(?:\s*\((.{1,300})\)|\s*:\s*(.{1,200})|\s+([A-Za-z].{0,200}))?[`.]*$"
)
_TICKED_FIELD = r"`[^\W\d]\w{0,80}\??\s*:\s*[^`]{1,200}`"
_TICKED_FIELDS = rf"({_TICKED_FIELD}(?:\s*,\s*(?:and )?{_TICKED_FIELD}){{0,60}})"
_TICKED = re.compile(r"`([^\W\d]\w{0,80})(\??)\s*:\s*([^`]{1,200})`")
_NAMED = re.compile(rf"^`([A-Z]\w{{1,80}})`\s*[:=]\s*{_TICKED_FIELDS}\s*\.?$")
_LISTED = re.compile(
    rf"\b(?:fields|attributes|columns|properties|campos|champs|felder|поля)\s*:\s*{_TICKED_FIELDS}", re.I
)
_PSEUDO = re.compile(r"^[-*+]?\s*(?:table\s+)?[`\"]?([^\W\d][\w.]{0,80})[`\"]?\s*\(\s*(.{5,3900})\)\s*[;.`]*$", re.I)


def read_inline(text: str, source: Source) -> Iterator[Written]:
    """The fields of a list in one line; nothing where a piece of it is no field."""
    found = [_written(piece, source, excerpt(text)) for piece in _pieces(english.narrow(text[:LONGEST_FACT]))]
    if found and all(found):
        yield from (written for written in found if written)


def read_pseudo(text: str, source: Source) -> tuple[str, list[Written]] | None:
    """The table and the columns of `users ( id UUID PK, name text )` in one line; None for other text."""
    match = _PSEUDO.match(text[:LONGEST_FACT])
    if match is None:
        return None
    pieces = [_PIECE.match(piece) for piece in _pieces(match.group(2))]
    columns = [piece for piece in pieces if piece and piece.group(5)]
    typed = [piece for piece in columns if (reading := read_type(piece.group(5))) and reading.known]
    if len(typed) < 2 or len(typed) * 4 < len(pieces) * 3:
        return None
    written = [
        Written(piece.group(1), source, excerpt(text), piece.group(5), notation=Notation.PSEUDO) for piece in columns
    ]
    return match.group(1).rsplit(".", 1)[-1], written


def read_named(text: str, source: Source) -> tuple[str, list[Written]] | None:
    """`` `PageResult`: `items: List<Item>`, `total: int` ``: a type and its fields in one line."""
    match = _NAMED.match(text[:LONGEST_FACT])
    return (match.group(1), list(read_ticked(match.group(2), source))) if match else None


def read_listed(text: str, source: Source) -> Iterator[Written]:
    """`… Fields: `a: int`, `b: text`. …`: the fields that a sentence lists."""
    if match := _LISTED.search(text[:LONGEST_FACT]):
        yield from read_ticked(match.group(1), source)


def read_ticked(text: str, source: Source) -> Iterator[Written]:
    """The fields of a list whose items stand each between ticks with their types."""
    for name, optional, typed in _TICKED.findall(text):
        raw = excerpt(text)
        yield Written(name, source, raw, typed, presence=False if optional else None, notation=Notation.INLINE)


def _pieces(text: str) -> list[str]:
    """The parts between commas, slashes and semicolons that stand in no bracket and no tick."""
    parts, depth, ticked, start = [], 0, False, 0
    for match in re.finditer(r"[()\[\]{}<>`,;]|\s/\s|\s·\s", text):
        mark = match.group().strip()
        if mark == "`":
            ticked = not ticked
        elif mark in "([{<":
            depth += 1
        elif mark in ")]}>":
            depth = max(0, depth - 1)
        elif depth == 0 and not ticked:
            parts.append(text[start : match.start()].strip())
            start = match.end()
    return [part for part in [*parts, text[start:].strip()] if part.strip(". ")]


def _written(piece: str, source: Source, raw: str) -> Written | None:
    match = _PIECE.match(piece.strip())
    if match is None:
        return None
    name, optional, inside, typed, spaced = match.groups()
    if spaced and not ((reading := read_type(spaced)) and reading.known):
        return None
    body = inside or typed or spaced or ""
    first, _, more = body.partition(",")
    is_type = bool(read_type(first)) if first else False
    return Written(
        name,
        source,
        raw,
        (first if inside else body).strip("` ") if is_type else "",
        (more if inside else "") if is_type else body,
        presence=False if optional else None,
        notation=Notation.INLINE,
    )
