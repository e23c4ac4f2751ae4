"""Markdown as the blocks in which facts stand: headings, bullets, tables, fences and lines of prose.

One pass, line by line, in linear time: no construct of the text can make it slow. Tables may lack their separator row,
fences may lack their end, bullets may be continued on indented lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

LONGEST_FACT = 4000  # characters of a line that are looked at for a fact


@dataclass(slots=True)
class Heading:
    """`## Text` with its level."""

    line: int
    level: int
    text: str


@dataclass(slots=True)
class Bullet:
    """A list item with its continuation lines joined; `indent` counts columns."""

    line: int
    column: int
    indent: int
    text: str
    children: list[Bullet] = field(default_factory=list)


@dataclass(slots=True)
class Row:
    """One table row: its cells, trimmed, and the text it was written as."""

    line: int
    cells: list[str]
    raw: str


@dataclass(slots=True)
class Table:
    """Rows that belong together; `separated` tells whether a `|---|` line follows the first one."""

    line: int
    rows: list[Row]
    separated: bool


@dataclass(slots=True)
class Fence:
    """A fenced code block: the word after the fence, and its lines; `line` is that of the first code line."""

    line: int
    language: str
    lines: list[str]
    closed: bool


@dataclass(slots=True)
class Prose:
    """One line of text."""

    line: int
    text: str


Block = Heading | Bullet | Table | Fence | Prose

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)")
_BULLET = re.compile(r"([ \t]*)(?:[-*+•◦▪‣]|\d{1,9}[.)])[ \t]+(?=\S)")
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})[ \t]*([\w+#.-]*)")
_SEPARATOR_CELL = re.compile(r":?-+:?")
_SEPARATOR_ROW = re.compile(r"\|?(?:\s*:?-{1,80}:?\s*\|)+(?:\s*:?-{1,80}:?\s*)?")
_MARKS = frozenset("[<*`_~")  # without one of these a text is plain
_LINK = re.compile(r"\[([^\]\[\n]{0,400})\]\([^()\n]{0,400}\)")
_BREAK = re.compile(r"<br ?/?>")
_EMPHASIS = re.compile(r"\*\*|`|__(?=\W|$)|(?:^|(?<=\W))__|~~")
_RULE_MARKS = frozenset("-*_ ")


def blocks(text: str, first_line: int = 1) -> list[Block]:
    """The blocks of a document in order."""
    return _Scanner(text.split("\n"), first_line).scan()


def flat(bullets: Sequence[Bullet]) -> Iterator[Bullet]:
    """Each bullet, then its children, depth first."""
    for bullet in bullets:
        yield bullet
        yield from flat(bullet.children)


class _Scanner:
    def __init__(self, lines: list[str], first_line: int) -> None:
        self._lines = lines
        self._first = first_line
        self._at = 0
        self._found: list[Block] = []
        self._bullets: list[Bullet] = []  # open bullets, outermost first

    def scan(self) -> list[Block]:
        self._skip_front_matter()
        while self._at < len(self._lines):
            self._take_block(self._lines[self._at])
        return self._found

    def _skip_front_matter(self) -> None:
        if self._lines[0].rstrip() != "---":
            return
        for number, line in enumerate(self._lines[1:200], start=1):
            if line.rstrip() in ("---", "..."):
                self._at = number + 1
                return

    def _take_block(self, line: str) -> None:
        stripped = line.strip()
        if not stripped:
            self._at += 1
        elif stripped.startswith("<!--"):
            self._skip_comment()
        elif (fence := _FENCE.match(line)) and fence.start(1) <= 40:
            self._take_fence(fence.group(1), fence.group(2))
        elif heading := _HEADING.match(line):
            self._take_heading(heading, line)
        elif (stripped.startswith("|") and stripped.count("|", 0, LONGEST_FACT) > 1) or self._bare_table(stripped):
            self._take_table()
        elif (bullet := _BULLET.match(line)) and not _is_rule(stripped):
            self._take_bullet(bullet, line)
        elif level := self._underlined(line, stripped):
            self._found.append(Heading(self._at + self._first, level, stripped))
            self._bullets.clear()
            self._at += 2
        else:
            self._take_prose(line, stripped)

    def _bare_table(self, stripped: str) -> bool:
        """`Field | Type` above `--- | ---`: a table without pipes at its edges."""
        return _is_row(stripped) and bool(_SEPARATOR_ROW.fullmatch(self._after()))

    def _underlined(self, line: str, stripped: str) -> int:
        """The level of a heading that is underlined with `===` or `---`, else 0; a sentence above a rule is none."""
        below = self._after()
        alone = not self._at or not self._lines[self._at - 1].strip()
        if len(below) < 3 or not alone or line[:1] in " \t>" or len(stripped) > 80 or stripped[-1] in ".:;,!?":
            return 0
        return {"=": 1, "-": 2}.get(below[0], 0) if len(set(below)) == 1 else 0

    def _after(self) -> str:
        return self._lines[self._at + 1].strip()[:LONGEST_FACT] if self._at + 1 < len(self._lines) else ""

    def _skip_comment(self) -> None:
        while self._at < len(self._lines) and "-->" not in self._lines[self._at]:
            self._at += 1
        self._at += 1

    def _take_fence(self, marks: str, language: str) -> None:
        self._bullets.clear()
        start = self._at + 1
        end = start
        while end < len(self._lines) and not _closes(self._lines[end], marks):
            end += 1
        body = self._lines[start:end]
        self._found.append(Fence(start + self._first, language.lower(), body, end < len(self._lines)))
        self._at = end + 1

    def _take_heading(self, heading: re.Match[str], line: str) -> None:
        self._bullets.clear()
        text = line[heading.end() :].strip().rstrip("#").strip()
        self._found.append(Heading(self._at + self._first, len(heading.group(1)), text))
        self._at += 1

    def _take_table(self) -> None:
        self._bullets.clear()
        start, separated = self._at, False
        rows: list[Row] = []
        while self._at < len(self._lines) and _is_row(text := self._lines[self._at].strip()):
            cells = split_row(text)
            if cells and all(_SEPARATOR_CELL.fullmatch(cell) for cell in cells):
                separated = separated or len(rows) == 1
            elif any(cells):
                rows.append(Row(self._at + self._first, cells, text))
            self._at += 1
        if rows:
            self._found.append(Table(start + self._first, rows, separated))

    def _take_bullet(self, match: re.Match[str], line: str) -> None:
        indent = len(match.group(1).expandtabs(4))
        bullet = Bullet(self._at + self._first, match.end() + 1, indent, line[match.end() :].strip())
        while self._bullets and self._bullets[-1].indent + 2 > indent:  # a child stands below its parent's text
            self._bullets.pop()
        if self._bullets:
            self._bullets[-1].children.append(bullet)
        else:
            self._found.append(bullet)
        if len(self._bullets) < 20:
            self._bullets.append(bullet)
        self._at += 1

    def _take_prose(self, line: str, stripped: str) -> None:
        previous = self._lines[self._at - 1].strip() if self._at else ""
        if self._bullets and previous and line[:1] in " \t":
            self._bullets[-1].text = f"{self._bullets[-1].text[:LONGEST_FACT]} {stripped[:LONGEST_FACT]}"
        elif not _is_rule(stripped):
            if line[:1] not in " \t":
                self._bullets.clear()
            self._found.append(Prose(self._at + self._first, stripped.removeprefix(">").strip()))
        self._at += 1


def _is_row(text: str) -> bool:
    return text.startswith("|") or ("|" in text[:LONGEST_FACT] and text[0] not in "#>`~<" and not _BULLET.match(text))


def split_row(text: str) -> list[str]:
    """The cells of a table row; `\\|` and pipes between backticks do not separate."""
    cells: list[str] = []
    cell: list[str] = []
    ticked = False
    text = text.strip()[:LONGEST_FACT]
    ticks = text.count("`")
    for piece in re.split(r"(\\\||[|`])", text.removeprefix("|")):
        if piece == "`" and ticks > 1:
            ticked = not ticked
        if piece == "|" and not ticked:
            cells.append("".join(cell).strip())
            cell = []
        else:
            cell.append("|" if piece == "\\|" else piece)
    if tail := "".join(cell).strip():
        cells.append(tail)
    return cells


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """The text without emphasis, ticks, links and HTML breaks."""
    text = text[:LONGEST_FACT]
    if _MARKS.isdisjoint(text):
        return text.strip()
    text = _BREAK.sub(" ", _LINK.sub(r"\1", text))
    return _EMPHASIS.sub("", text).strip()


def _closes(line: str, marks: str) -> bool:
    stripped = line.strip(" \t>")
    return stripped.startswith(marks) and not stripped.strip(marks[0])


def _is_rule(stripped: str) -> bool:
    return len(stripped) >= 3 and set(stripped[:200]) <= _RULE_MARKS and not stripped[0].isspace()
