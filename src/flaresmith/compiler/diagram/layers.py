"""Columns: what is referred to stands left of what refers to it, and a few sweeps keep crossings rare."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flaresmith.compiler.diagram.graph import Box, Line

GAP = 26  # between boxes of a column
_THIN = 10  # the height of a line that passes a column
_SWEEPS = 6


@dataclass(slots=True)
class Slot:
    """A place in a column: a box, or where a line passes. `y` is its top."""

    name: str
    column: int
    height: int
    width: int = 0
    y: float = 0.0
    box: Box | None = None

    @property
    def middle(self) -> float:
        """Half way down."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Path:
    """A line through the columns, from left to right; `is_turned` where the child stands on the left."""

    line: Line
    slots: tuple[Slot, ...]
    is_turned: bool


@dataclass(frozen=True, slots=True)
class Layers:
    """The columns of one connected part, and the lines through them."""

    columns: list[list[Slot]]
    paths: list[Path]
    loops: list[tuple[Slot, Line]]


def layers(boxes: Sequence[Box], lines: Sequence[Line]) -> Layers:
    """The columns of boxes that lines connect, each in an order with few crossings."""
    edges = [(line.parent, line.child) for line in lines if line.parent != line.child]
    ranks = _ranks([box.name for box in boxes], edges)
    columns_of = _wrapped(boxes, ranks)
    slots = {box.name: Slot(box.name, columns_of[box.name], box.height, box.width, box=box) for box in boxes}
    columns: list[list[Slot]] = [[] for _ in range(max(columns_of.values()) + 1)]
    for slot in slots.values():
        columns[slot.column].append(slot)
    passing: dict[str, Slot] = {}
    paths = [_path(line, slots, columns, passing) for line in lines if line.parent != line.child]
    loops = [(slots[line.child], line) for line in lines if line.parent == line.child]
    _untangle(columns, _neighbours(paths))
    return Layers(columns, paths, loops)


def _ranks(names: Sequence[str], edges: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Longest way from a box that refers to nothing; the last line of a circle counts for nothing."""
    parents: dict[str, list[str]] = defaultdict(list)
    for parent, child in edges:
        parents[child].append(parent)
    ranks: dict[str, int] = {}
    for start in names:
        waiting = [(start, False)]
        open_: set[str] = set()
        while waiting:
            name, is_done = waiting.pop()
            if is_done:
                open_.discard(name)
                ranks[name] = max((ranks[p] + 1 for p in parents[name] if p in ranks and p not in open_), default=0)
            elif name not in ranks and name not in open_:
                open_.add(name)
                waiting.append((name, True))
                waiting += [(parent, False) for parent in parents[name] if parent not in ranks and parent not in open_]
    return ranks


def _wrapped(boxes: Sequence[Box], ranks: Mapping[str, int]) -> dict[str, int]:
    """Box → column: a rank that would be much taller than the picture is wide takes several columns."""
    area = sum((box.height + GAP) * (box.width + 90) for box in boxes)
    tallest = max(700.0, math.sqrt(area * 0.75))
    found: dict[str, int] = {}
    column = 0
    by_rank: dict[int, list[Box]] = defaultdict(list)
    for box in boxes:
        by_rank[ranks[box.name]].append(box)
    for rank in sorted(by_rank):
        parts = max(1, math.ceil(sum(box.height + GAP for box in by_rank[rank]) / tallest))
        share = math.ceil(len(by_rank[rank]) / parts)
        for index, box in enumerate(by_rank[rank]):
            found[box.name] = column + index // share
        column = max(found[box.name] for box in by_rank[rank]) + 1
    return found


def _path(line: Line, slots: Mapping[str, Slot], columns: list[list[Slot]], passing: dict[str, Slot]) -> Path:
    """The line with a thin slot in every column that it passes; lines from one key pass together."""
    parent, child = slots[line.parent], slots[line.child]
    turned = parent.column > child.column
    first, last = (child, parent) if turned else (parent, child)
    passed = []
    shared = f"{line.child} {line.row} {line.parent}" if turned or line.is_many else f"{line.parent} {line.key}"
    for column in range(first.column + 1, last.column):
        name = f"{shared} at {column}"
        if name not in passing:
            passing[name] = Slot(name, column, _THIN)
            columns[column].append(passing[name])
        passed.append(passing[name])
    return Path(line, (first, *passed, last), turned)


def _neighbours(paths: Iterable[Path]) -> tuple[dict[str, list[Slot]], dict[str, list[Slot]]]:
    left: dict[str, list[Slot]] = defaultdict(list)
    right: dict[str, list[Slot]] = defaultdict(list)
    seen: set[tuple[str, str]] = set()
    for path in paths:
        for one, other in pairwise(path.slots):
            if (one.name, other.name) not in seen:
                seen.add((one.name, other.name))
                right[one.name].append(other)
                left[other.name].append(one)
    return left, right


def _untangle(columns: list[list[Slot]], neighbours: tuple[dict[str, list[Slot]], dict[str, list[Slot]]]) -> None:
    """Orders each column by the mean place of its neighbours, forth and back, then lets boxes slide towards them."""
    left, right = neighbours
    for column in columns:
        _stack(column)
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        for column in columns if forth else reversed(columns):
            near = left if forth else right
            column.sort(key=lambda slot: (_mean(near[slot.name], slot), slot.name))
            _stack(column)
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        for column in columns if forth else reversed(columns):
            _slide(column, left if forth else right)


def _mean(near: Sequence[Slot], slot: Slot) -> float:
    return sum(each.middle for each in near) / len(near) if near else slot.middle


def _stack(column: Sequence[Slot]) -> None:
    """One below the other, the whole around the middle."""
    y = -(sum(slot.height for slot in column) + sum(_gap(a, b) for a, b in pairwise(column))) / 2
    before: Slot | None = None
    for slot in column:
        slot.y = y = y + (_gap(before, slot) if before else 0)
        y += slot.height
        before = slot


def _gap(one: Slot, other: Slot) -> int:
    """Lines that pass may stand closer than boxes."""
    return GAP if one.box and other.box else GAP * 2 // 3 if one.box or other.box else _THIN // 3


def _slide(column: Sequence[Slot], near: Mapping[str, Sequence[Slot]]) -> None:
    """As close to the neighbours as the order allows: blocks of boxes that touch move together."""
    blocks: list[tuple[float, float, list[Slot]]] = []  # wanted top, height, members
    for slot in column:
        wanted, height, members = _mean(near.get(slot.name, ()), slot) - slot.height / 2, float(slot.height), [slot]
        while blocks and blocks[-1][0] + blocks[-1][1] + (gap := _gap(blocks[-1][2][-1], members[0])) > wanted:
            above, tall, others = blocks.pop()
            count, more = len(others), len(members)
            shifted = wanted - tall - gap
            wanted = (above * count + shifted * more) / (count + more)
            height, members = tall + gap + height, [*others, *members]
        blocks.append((wanted, height, members))
    for top, _, members in blocks:
        y = top
        for place, slot in enumerate(members):
            y += _gap(members[place - 1], slot) if place else 0
            slot.y = round(y, 1)
            y += slot.height
