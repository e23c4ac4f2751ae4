"""Markdown as units: sections in sections, their paragraphs, the lines of lists and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from flaresmith.compiler.merge.units import Block, Unit, lines_of

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*$")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_ITEM = re.compile(r"\s*([-*+]\s|\d+[.)]\s|\|)")


def read(text: str) -> Block:
    """The sections of a text; what stands before the first heading is a section of no name."""
    return _sections(_headings(lines_of(text)), 0)


def _headings(lines: Sequence[str]) -> list[tuple[int, str, list[str], int]]:
    """Level, title, lines and first line of every stretch that begins with a heading."""
    found: list[tuple[int, str, list[str], int]] = [(0, "", [], 1)]
    fence = ""
    for number, line in enumerate(lines, 1):
        fence = _fence(line, fence)
        heading = None if fence else _HEADING.match(line)
        if heading:
            found.append((len(heading[1]), heading[2], [], number))
        found[-1][2].append(line)
    return found if found[0][2] or len(found) == 1 else found[1:]


def _fence(line: str, open_: str) -> str:
    mark = _FENCE.match(line)
    if not mark:
        return open_
    if not open_:
        return mark[1]
    return "" if mark[1].startswith(open_) else open_


def _sections(stretches: Sequence[tuple[int, str, list[str], int]], above: int) -> Block:
    units = []
    at = 0
    while at < len(stretches):
        level, title, lines, number = stretches[at]
        end = at + 1
        while end < len(stretches) and stretches[end][0] > level > 0:
            end += 1
        inner = _sections(stretches[at + 1 : end], level)
        name = f"{'#' * level} {title}" if level else "opening"
        own = _paragraphs(lines, number)
        units.append(Unit(name, (own, inner), own.code + "\x1d" + inner.code, number))
        at = end
    return Block(tuple(units))


def _paragraphs(lines: Sequence[str], number: int) -> Block:
    """Stretches between blank lines, each with the blank lines behind it."""
    units: list[Unit] = []
    for chunk in _chunks(lines):
        text = "".join(chunk)
        name = "heading" if not units and _HEADING.match(text) else ""
        items = sum(bool(_ITEM.match(line)) for line in chunk)
        slot: str | Block = _items(chunk, number) if items else text
        units.append(Unit(name, (slot,), text, number))
        number += len(chunk)
    return Block(tuple(units))


def _chunks(lines: Sequence[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    fence = ""
    for line in lines:
        if chunk and not fence and not chunk[-1].strip() and line.strip():
            yield chunk
            chunk = []
        fence = _fence(line, fence)
        chunk.append(line)
    if chunk:
        yield chunk


def _items(lines: Sequence[str], number: int) -> Block:
    """The lines of a list or a table, each item with the lines that continue it."""
    units: list[Unit] = []
    for line in lines:
        if units and not _ITEM.match(line):
            text = units[-1].text + line
            units[-1] = Unit("", (text,), text.rstrip(), units[-1].line)
        else:
            units.append(Unit("", (line,), line.rstrip(), number))
        number += 1
    blank = "".join(line for line in units[-1].text.splitlines(keepends=True) if not line.strip()) if units else ""
    if blank and units[-1].text.endswith(blank):  # the blank lines behind the last item stay behind the last
        text = units[-1].text.removesuffix(blank)
        units[-1] = Unit("", (text,), text.rstrip(), units[-1].line)
        return Block(tuple(units), tail=blank)
    return Block(tuple(units))
