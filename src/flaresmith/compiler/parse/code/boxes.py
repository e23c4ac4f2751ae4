"""Diagrams of characters: boxes with a name and fields, the lines between them with their cardinalities."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from flaresmith.compiler import naming
from flaresmith.compiler.model import Cardinality, Notation, Relationship, Source
from flaresmith.compiler.parse.drafts import EntityDraft, Written, field_draft
from flaresmith.compiler.parse.findings import Findings

OUTLINE = re.compile(r"[┌╔╭][─═-]{3,}[^\n]{0,300}[┐╗╮]|^\s*\+-{3,}\+", re.M)
_WIDEST, _TALLEST, _MOST = 400, 200, 500
_TOP = re.compile(r"[┌╔╭][─═┬┴╤╧▼-]{2,}[┐╗╮]|\+[-=]{3,}\+")
_SIDES = frozenset("│║|┤├╢╟┼▶◀►◄><")
_LEFT_BOTTOM = frozenset("└╚╰+")
_RULE = re.compile(r"[\s─═┄-]{3,}")
_NAME = re.compile(r"(?:«\w+»\s*)?([^\W\d][\w .-]{0,60}?)\s*(?:\(([^()]{0,60})\))?\s*$")
_FIELD = re.compile(
    r"(?:[-+*•●#~▪◦]\s*)?(?:(PK|FK|UK|PK,\s*FK)\s*[:|]?\s+)?([^\W\d]\w{0,80})(\?)?(?:\s*:\s*|\s+)?"
    r"([A-Za-z][\w\[\]<>(), |?]{0,60}?)?\s*([(\[][^()\[\]]{0,80}[)\]])?\s*((?:PK|FK|UK|UNIQUE|NOT NULL|,|\s)*)$"
)
_KEYS = re.compile(r"\b(?:PK|FK|UK|UNIQUE|INDEX|NULL)\b", re.I)
_END = r"\(?(0\.\.[1*NM]|1\.\.[*NM]|[1NM*])\)?"
_CARDINAL = re.compile(rf"(?<![\w.]){_END}\s*(?::|to|[─—=-]{{1,40}}[<>]?[─—=-]{{0,40}})\s*{_END}(?![\w.])")
_ELSEWHERE = re.compile(r"existing|from\b|external|spec\b|unchanged", re.I)


@dataclass(slots=True)
class _Box:
    """One box: its edges in lines and columns, the lines inside with their line numbers."""

    top: int
    left: int
    right: int
    bottom: int = 0
    inside: list[tuple[int, int, str]] = field(default_factory=list)
    draft: EntityDraft | None = None


def read_boxes(text: str, at: Source, findings: Findings) -> list[EntityDraft]:
    """The entities of a diagram, with the relationships whose cardinality it says."""
    lines = [line[:_WIDEST].expandtabs(4) for line in text.split("\n")[:2000]]
    boxes = list(_boxes(lines))
    boxes = [box for box in boxes if not any(_holds(box, other) for other in boxes)]
    for box in boxes:
        box.draft = _entity(box, at, findings)
    named = [box for box in boxes if box.draft is not None]
    _link(named, lines, at)
    return [box.draft for box in named if box.draft is not None and (box.draft.fields or box.draft.relationships)]


def _boxes(lines: list[str]) -> Iterator[_Box]:
    count = 0
    for number, line in enumerate(lines):
        for match in _TOP.finditer(line):
            box = _Box(number, match.start(), match.end() - 1)
            if count < _MOST and _fill(box, lines):
                count += 1
                yield box


def _fill(box: _Box, lines: list[str]) -> bool:
    """Follows the left side down to the corner; False where there is none."""
    for number in range(box.top + 1, min(box.top + _TALLEST, len(lines))):
        line = lines[number]
        mark = _side(line, box.left)
        if mark in _LEFT_BOTTOM and mark and (mark != "+" or line[box.left : box.left + 3] in ("+--", "+==")):
            if mark == "+" and _goes_on(box, lines, number):
                box.inside.append((number, box.left, "---"))
                continue
            box.bottom = number
            return bool(box.inside)
        if mark not in _SIDES or not mark:
            return False
        box.inside.append((number, box.left + 1, _between(line, box)))
    return False


def _side(line: str, left: int) -> str:
    """The mark at the left side of a box; people draw it one column beside its place."""
    near = [line[place : place + 1] for place in (left, left - 1, left + 1) if place >= 0]
    return next((mark for mark in near if mark and (mark in _SIDES or mark in _LEFT_BOTTOM)), "")


def _goes_on(box: _Box, lines: list[str], number: int) -> bool:
    """A rule of `+---+` inside a box: another side follows below."""
    below = lines[number + 1] if number + 1 < len(lines) else ""
    return below[box.left : box.left + 1] == "|" and len([one for one in box.inside if one[2] == "---"]) == 0


def _between(line: str, box: _Box) -> str:
    """The text of a line inside a box; its right side may stand a little beside its place."""
    inner = line[box.left + 1 : box.right + 4]
    ends = [place for place, mark in enumerate(inner) if mark in "│║|┤├" and place >= box.right - box.left - 5]
    return inner[: ends[0]] if ends else line[box.left + 1 : box.right]


def _holds(box: _Box, other: _Box) -> bool:
    return box is not other and box.top < other.top <= other.bottom < box.bottom and box.left < other.left < box.right


def _entity(box: _Box, at: Source, findings: Findings) -> EntityDraft | None:
    """The first line is the name; below it stand fields, or only words."""
    inside = [(line, column, text.lstrip("│║|")) for line, column, text in box.inside]
    rows = [(line, column, text) for line, column, text in inside if text.strip() and not _RULE.fullmatch(text)]
    match = _NAME.match(rows[0][2].strip()) if rows else None
    if match is None or naming.unsafe_reason(match.group(1)):
        return None
    source = Source(at.file, at.line + rows[0][0], rows[0][1] + 1)
    draft = EntityDraft(match.group(1).strip(), source, notation=Notation.ASCII, raw=rows[0][2].strip(), confidence=0.6)
    below = rows[1:]
    said = match.group(2) or ""
    if below and (note := re.fullmatch(r"\s*\(([^()]{1,60})\)\s*", below[0][2])):
        said, below = note.group(1), below[1:]
    draft.delta = bool(_ELSEWHERE.search(said))
    found = [(line, column, text, _FIELD.match(text.strip())) for line, column, text in below]
    fields = [(line, column, text, one) for line, column, text, one in found if one is not None and _is_field(text)]
    if len(fields) * 2 > len(below) and any(_is_certain(one) for _, _, _, one in fields):
        for line, column, text, one in fields:
            _add(draft, one, Source(at.file, at.line + line, column + 1), text.strip(), findings)
    return draft


def _is_field(text: str) -> bool:
    return (
        " " not in re.sub(r"^[-+*•●]\s*", "", text.strip()).split("(")[0].strip()
        or bool(_KEYS.search(text))
        or ":" in text
    )


def _is_certain(match: re.Match[str]) -> bool:
    """Whether a line says that it is a field: a key, a type, or the name `id`."""
    return bool(match.group(1) or match.group(4) or _KEYS.search(match.group(5) or "") or match.group(2) == "id")


def _add(draft: EntityDraft, match: re.Match[str], source: Source, raw: str, findings: Findings) -> None:
    keys = " ".join(filter(None, (match.group(1), (match.group(5) or "").strip("()[]"), match.group(6))))
    constraints = re.sub(r"\bUK\b", "unique", re.sub(r"\bFK\b", "", keys))
    written = Written(
        match.group(2),
        source,
        raw,
        (match.group(4) or "").strip(),
        constraints.strip(" ,"),
        presence=False if match.group(3) else None,
        notation=Notation.ASCII,
    )
    made = field_draft(written, findings)
    if made is not None:
        confidence = min(made.field.confidence, 0.8)
        made.field = replace(made.field, confidence=confidence, notation=Notation.ASCII)
        draft.add(made)


# the lines between boxes


def _link(boxes: list[_Box], lines: list[str], at: Source) -> None:
    for box in boxes:
        for other in boxes:
            if box is other:
                continue
            if other.left > box.right and box.top <= other.bottom and other.top <= box.bottom:
                _beside(box, other, boxes, lines, at)
            elif other.top > box.bottom and other.left <= box.right and box.left <= other.right:
                _below(box, other, boxes, lines, at)


def _beside(box: _Box, other: _Box, boxes: list[_Box], lines: list[str], at: Source) -> None:
    rows = range(max(box.top, other.top), min(box.bottom, other.bottom) + 1)
    if any(
        box.right < third.left < other.left and third.top <= rows.stop and third.bottom >= rows.start for third in boxes
    ):
        return
    gaps = [lines[number][box.right + 1 : other.left] for number in rows]
    if not any(re.search(r"[─═]{2}|--", gap) for gap in gaps):
        return
    for number, gap in zip(rows, gaps, strict=True):
        if match := _CARDINAL.search(gap.strip("│║ ┤├")):
            _relate(box, other, match, Source(at.file, at.line + number))
            return


def _below(box: _Box, other: _Box, boxes: list[_Box], lines: list[str], at: Source) -> None:
    """Straight lines down from one box to the next."""
    if other.top - box.bottom > 12:
        return
    for column in range(max(box.left, other.left), min(box.right, other.right) + 1):
        marks = [lines[number][column : column + 1] for number in range(box.bottom + 1, other.top)]
        if not marks or any(mark not in "│║|┼▼v↓" or not mark for mark in marks):
            continue
        for number in range(box.bottom + 1, other.top):
            near = lines[number][max(0, column - 9) : column + 9]
            if match := _CARDINAL.search(near.replace("│", " ")):
                _relate(box, other, match, Source(at.file, at.line + number))
                return


def _relate(box: _Box, other: _Box, match: re.Match[str], source: Source) -> None:
    if box.draft is None or other.draft is None:
        return
    left, right = _is_many(match.group(1)), _is_many(match.group(2))
    cardinality = {
        (False, False): Cardinality.ONE_TO_ONE,
        (False, True): Cardinality.ONE_TO_MANY,
        (True, False): Cardinality.MANY_TO_ONE,
        (True, True): Cardinality.MANY_TO_MANY,
    }[(left, right)]
    name = naming.snake(other.draft.name)
    box.draft.relationships.append(Relationship(name, other.draft.name, cardinality, source))


def _is_many(word: str) -> bool:
    return word[-1] in "NM*"
