"""Where everything stands: parts that no line connects are laid out alone and then packed side by side."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flaresmith.compiler.diagram.graph import Box, Graph, Line
from flaresmith.compiler.diagram.layers import Layers, Slot, layers
from flaresmith.compiler.diagram.route import TRACK, Bend, channel_widths, routes

MARGIN = 24
_BETWEEN = 56  # between parts
_SHAPE = 1.7  # how much wider than tall the whole may be


@dataclass(frozen=True, slots=True)
class Placed:
    """A box and its upper left corner."""

    box: Box
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Routed:
    """A line as corners; the first stands at the parent, the last at the child."""

    line: Line
    points: tuple[Bend, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything at its place."""

    width: float
    height: float
    boxes: tuple[Placed, ...]
    lines: tuple[Routed, ...]


def place(graph: Graph) -> Picture:
    """The picture of a graph; the same graph always gives the same picture."""
    parts = [_part(boxes, lines) for boxes, lines in _connected(graph)]
    parts.sort(key=lambda part: (-part.height, -part.width))
    widest = max([part.width for part in parts] + [math.sqrt(sum(_area(part) for part in parts) * _SHAPE)], default=0)
    return _packed(parts, widest)


def _area(part: Picture) -> float:
    return (part.width + _BETWEEN) * (part.height + _BETWEEN)


def _connected(graph: Graph) -> Iterable[tuple[list[Box], list[Line]]]:
    """The parts of the graph; boxes without a line are parts of one box."""
    near: dict[str, list[str]] = defaultdict(list)
    for line in graph.lines:
        near[line.child].append(line.parent)
        near[line.parent].append(line.child)
    group: dict[str, int] = {}
    for number, box in enumerate(graph.boxes):
        waiting = [box.name]
        while waiting:
            name = waiting.pop()
            if name not in group:
                group[name] = number
                waiting += near[name]
    boxes: dict[int, list[Box]] = defaultdict(list)
    lines: dict[int, list[Line]] = defaultdict(list)
    for box in graph.boxes:
        boxes[group[box.name]].append(box)
    for line in graph.lines:
        lines[group[line.child]].append(line)
    return [(boxes[number], lines[number]) for number in boxes]


def _part(boxes: Sequence[Box], lines: Sequence[Line]) -> Picture:
    """One connected part, its upper left corner at zero."""
    made = layers(boxes, lines)
    xs, width = _columns(made)
    top = min(slot.y for column in made.columns for slot in column)
    drawn = [Routed(path.line, tuple(Bend(x, y - top) for x, y in points)) for path, points in routes(made, xs)]
    drawn += [Routed(line, _loop(slot, line, xs[slot.column], top)) for slot, line in made.loops]
    placed = [Placed(slot.box, xs[slot.column], slot.y - top) for column in made.columns for slot in column if slot.box]
    bottom = max([each.y + each.box.height for each in placed] + [p.y for r in drawn for p in r.points])
    return Picture(width, bottom, tuple(placed), tuple(drawn))


def _columns(made: Layers) -> tuple[list[float], float]:
    """The left edge of each column, and the width of all."""
    channels = channel_widths(made)
    xs: list[float] = []
    x = 0.0
    for column, channel in zip(made.columns, channels, strict=True):
        xs.append(x)
        x += max((slot.width for slot in column), default=0) + channel
    return xs, x


def _loop(slot: Slot, line: Line, x: float, top: float) -> tuple[Bend, ...]:
    """A line from a box to itself, around its right side."""
    assert slot.box is not None
    right, above = x + slot.box.width, slot.y - top
    start, end = above + slot.box.row_at(""), above + slot.box.row_at(line.row)
    out = right + 2 * TRACK
    return Bend(right, start), Bend(out, start), Bend(out, end), Bend(right, end)


def _packed(parts: Sequence[Picture], widest: float) -> Picture:
    """Parts in rows from left to right; small ones stand below each other beside a taller one."""
    boxes: list[Placed] = []
    lines: list[Routed] = []
    x = y = float(MARGIN)
    row = right = 0.0
    below: list[tuple[float, float, float]] = []  # columns of the current row: x, next y, width
    for part in parts:
        spot = next((c for c in below if c[2] >= part.width and c[1] + part.height <= y + row), None)
        if spot is not None:
            at_x, at_y = spot[0], spot[1]
            below[below.index(spot)] = (at_x, at_y + part.height + _BETWEEN, spot[2])
        else:
            if x > MARGIN and x + part.width > MARGIN + widest:
                x, y, row, below = float(MARGIN), y + row + _BETWEEN, 0.0, []
            at_x, at_y = x, y
            row = max(row, part.height)
            below.append((x, y + part.height + _BETWEEN, part.width))
            x += part.width + _BETWEEN
        right = max(right, at_x + part.width)
        boxes += [Placed(each.box, each.x + at_x, each.y + at_y) for each in part.boxes]
        lines += [Routed(r.line, tuple(Bend(p.x + at_x, p.y + at_y) for p in r.points)) for r in part.lines]
    return Picture(right + MARGIN, y + row + MARGIN, tuple(boxes), tuple(lines))
