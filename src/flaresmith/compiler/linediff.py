"""Differences of two texts by line, in time that does not explode on large generated files.

Lines that stand once on both sides anchor the comparison (as in Git's patience diff); only the short stretches between
anchors are compared in full.
"""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence

Block = tuple[int, int, int, int]  # before[a:b] became after[c:d]; all else is equal

_COMPARED_IN_FULL = 400  # lines on a side; beyond it a stretch without anchors counts as replaced
_DEPTH = 40  # of anchors between anchors; ordinary files need two or three


def changed_blocks(before: Sequence[str], after: Sequence[str]) -> list[Block]:
    """The stretches that differ, in order; each is before[a:b] → after[c:d]."""
    return [block for block in _blocks(before, after, 0, 0) if block[0] < block[1] or block[2] < block[3]]


def count_lines(before: str, after: str) -> tuple[int, int]:
    """How many lines were added and removed."""
    blocks = changed_blocks(_lines(before), _lines(after))
    return sum(d - c for _, _, c, d in blocks), sum(b - a for a, b, _, _ in blocks)


def unified_diff(path: str, before: str | None, after: str | None, *, context: int = 3) -> str:
    """A unified diff as `git diff` prints it; None is a file that does not exist. Empty when nothing differs."""
    old, new = _lines(before or ""), _lines(after or "")
    blocks = changed_blocks(old, new)
    if not blocks:
        return ""
    lines = [
        f"--- {'/dev/null' if before is None else 'a/' + path}",
        f"+++ {'/dev/null' if after is None else 'b/' + path}",
    ]
    for group in _groups(blocks, context):
        lines += _hunk(group, old, new, context)
    return "\n".join(lines) + "\n"


def _lines(text: str) -> list[str]:
    """Lines without their newline; a last line that has none says so, as Git does."""
    *lines, rest = text.split("\n")
    return [*lines, f"{rest}\n\\ No newline at end of file"] if rest else lines


def _blocks(before: Sequence[str], after: Sequence[str], a: int, c: int, depth: int = 0) -> Iterator[Block]:
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    before, after = before[head : len(before) - tail], after[head : len(after) - tail]
    a, c = a + head, c + head
    if not before or not after:
        yield a, a + len(before), c, c + len(after)
    elif depth < _DEPTH and (anchors := _anchors(before, after)):
        for i, j, k, m in _between(anchors, len(before), len(after)):
            yield from _blocks(before[i:j], after[k:m], a + i, c + k, depth + 1)
    elif len(before) <= _COMPARED_IN_FULL and len(after) <= _COMPARED_IN_FULL:
        for tag, i, j, k, m in difflib.SequenceMatcher(None, before, after).get_opcodes():
            if tag != "equal":
                yield a + i, a + j, c + k, c + m
    else:
        yield a, a + len(before), c, c + len(after)


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    length = min(len(before), len(after))
    return next((i for i in range(length) if before[i] != after[i]), length)


def _between(anchors: Sequence[tuple[int, int]], old: int, new: int) -> Iterator[Block]:
    i = k = 0
    for j, m in [*anchors, (old, new)]:
        if i < j or k < m:
            yield i, j, k, m
        i, k = j + 1, m + 1


def _anchors(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Lines that stand exactly once on both sides: the longest run of them in the same order."""
    once = {line for line, count in Counter(after).items() if count == 1}
    once &= {line for line, count in Counter(before).items() if count == 1}
    place = {line: index for index, line in enumerate(after) if line in once}
    return _rising([(index, place[line]) for index, line in enumerate(before) if line in once])


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    tops: list[int] = []
    last: list[int] = []
    previous: list[int] = []
    for index, (_, value) in enumerate(pairs):
        pile = bisect_left(tops, value)
        tops[pile : pile + 1] = [value]
        previous.append(last[pile - 1] if pile else -1)
        last[pile : pile + 1] = [index]
    chain = []
    index = last[-1] if last else -1
    while index >= 0:
        chain.append(pairs[index])
        index = previous[index]
    return chain[::-1]


def _groups(blocks: Sequence[Block], context: int) -> Iterator[list[Block]]:
    group = [blocks[0]]
    for block in blocks[1:]:
        if block[0] - group[-1][1] > 2 * context:
            yield group
            group = []
        group.append(block)
    yield group


def _hunk(group: Sequence[Block], old: Sequence[str], new: Sequence[str], context: int) -> list[str]:
    lead = min(context, group[0][0])
    trail = min(context, len(old) - group[-1][1])
    first_old, first_new = group[0][0] - lead, group[0][2] - lead
    end_old, end_new = group[-1][1] + trail, group[-1][3] + trail
    lines = [f"@@ -{_span(first_old, end_old)} +{_span(first_new, end_new)} @@"]
    at = first_old
    for a, b, c, d in group:
        lines += [f" {line}" for line in old[at:a]]
        lines += [f"-{line}" for line in old[a:b]]
        lines += [f"+{line}" for line in new[c:d]]
        at = b
    return lines + [f" {line}" for line in old[at:end_old]]


def _span(start: int, end: int) -> str:
    return f"{start + 1 if end > start else start},{end - start}"
