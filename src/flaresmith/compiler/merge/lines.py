"""The three-way merge of lines (diff3), where nothing finer is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flaresmith.compiler.linediff import Block, changed_blocks


@dataclass(frozen=True, slots=True)
class Same:
    """A stretch on which both sides agree, or that only one of them changed."""

    text: str


@dataclass(frozen=True, slots=True)
class Clash:
    """A stretch that both sides changed, differently; `line` counts the lines of ours before it."""

    base: str
    ours: str
    theirs: str
    line: int


def merged(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> Iterator[Same | Clash]:
    """The pieces of the merge, in order. Changes that touch each other are one clash."""
    at = shift_ours = shift_theirs = 0
    for start, end, mine, new in _regions(changed_blocks(base, ours), changed_blocks(base, theirs)):
        yield Same("".join(base[at:start]))
        our_start, their_start = start + shift_ours, start + shift_theirs
        shift_ours += _growth(mine)
        shift_theirs += _growth(new)
        old = "".join(base[start:end])
        ours_text = "".join(ours[our_start : end + shift_ours])
        theirs_text = "".join(theirs[their_start : end + shift_theirs])
        if not new or ours_text == theirs_text or theirs_text == old:
            yield Same(ours_text)
        elif not mine or ours_text == old:
            yield Same(theirs_text)
        else:
            yield Clash(old, ours_text, theirs_text, our_start)
        at = end
    yield Same("".join(base[at:]))


def _regions(ours: Sequence[Block], theirs: Sequence[Block]) -> Iterator[tuple[int, int, list[Block], list[Block]]]:
    """Stretches of the base in which something changed, with the changes of each side."""
    waiting = sorted([(block, 0) for block in ours] + [(block, 1) for block in theirs])
    while waiting:
        block, side = waiting.pop(0)
        found: tuple[list[Block], list[Block]] = ([], [])
        found[side].append(block)
        start, end = block[0], block[1]
        while waiting and _touches(waiting[0][0], start, end):
            block, side = waiting.pop(0)
            found[side].append(block)
            end = max(end, block[1])
        yield start, end, *found


def _touches(block: Block, start: int, end: int) -> bool:
    """Adjacent changes clash as overlapping ones do: one of them may have been made because of the other."""
    return block[0] <= end


def _growth(blocks: Sequence[Block]) -> int:
    return sum((d - c) - (b - a) for a, b, c, d in blocks)
