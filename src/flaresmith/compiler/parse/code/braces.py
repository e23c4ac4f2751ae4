"""Schema languages of the form `keyword Name { … }`: their blocks with the places of their bodies, in one pass.

Prisma has no parser in Python. GraphQL's reference parser and the one for protobuf were tried and left out: both refuse
a whole document for one `...`, the first takes 0.7 s to import, the second 1 s per 100 KB and reports to the terminal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

DEEPEST = 100  # blocks nested more deeply are passed by: no schema has them
_MARK = re.compile(r"\"\"\".{0,4000}?\"\"\"|\"(?:[^\"\\\n]|\\.){0,1000}\"|//[^\n]*|#[^\n]*|/\*.{0,4000}?\*/|[{}]", re.S)
_HEAD = re.compile(r"([A-Za-z]{1,20})[ \t]+([^\W\d][\w.]{0,100})([^{}\n;]{0,300})$")


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its keyword, name and what follows them, and the offsets of its name and body."""

    keyword: str
    name: str
    rest: str
    at: int
    start: int
    end: int
    depth: int


def braced(text: str) -> list[Block]:
    """The blocks of a text in order, inner ones behind their outer one; one that is not closed ends with the text."""
    found: list[Block] = []
    waiting: list[tuple[int, int]] = []  # place in `found` or -1, offset of the brace
    for match in _MARK.finditer(text):
        if match.group() == "{":
            begin = max(text.rfind("\n", 0, match.start()) + 1, match.start() - 500)
            before = text[begin : match.start()].split("}")[-1].split(";")[-1]
            head = _HEAD.search(before) if len(waiting) < DEEPEST else None
            waiting.append((len(found) if head else -1, match.end()))
            if head:
                at = match.start() - (len(head.string) - head.start(2))
                found.append(
                    Block(head.group(1), head.group(2), head.group(3), at, match.end(), len(text), len(waiting) - 1)
                )
        elif match.group() == "}" and waiting:
            place, _ = waiting.pop()
            if place >= 0:
                found[place] = _closed(found[place], match.start())
    return found


def inner_blocks(blocks: list[Block], place: int) -> list[Block]:
    """The blocks inside the one at a place; they stand directly behind it."""
    end, last = blocks[place].end, place + 1
    while last < len(blocks) and blocks[last].at < end:
        last += 1
    return blocks[place + 1 : last]


def own_text(text: str, block: Block, inner: list[Block]) -> str:
    """The body of a block with inner ones blanked out, so that offsets stay."""
    pieces, at = [], block.start
    for one in inner:
        if one.at >= at:
            pieces += [text[at : one.at], " " * (min(one.end, block.end) - one.at)]
            at = min(one.end, block.end)
    return "".join([*pieces, text[at : block.end]])


def body_lines(text: str, block: Block) -> Iterator[tuple[int, str]]:
    """The lines of a body with their offsets."""
    at = block.start
    for line in text[block.start : block.end].split("\n"):
        yield at, line
        at += len(line) + 1


def _closed(block: Block, end: int) -> Block:
    return Block(block.keyword, block.name, block.rest, block.at, block.start, end, block.depth)
