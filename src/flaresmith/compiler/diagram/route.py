"""Lines with right angles: each turns once between two columns, on a track that no other line uses there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from flaresmith.compiler.diagram.layers import Layers, Path, Slot

TRACK = 12  # between two lines side by side
ROOM = 26  # for the feet of lines, on either side of a channel


class Bend(NamedTuple):
    """A corner of a line."""

    x: float
    y: float


class Step(NamedTuple):
    """One turn in a channel: from the height where a line comes in to the one where it goes out.

    Steps of one `bundle` start at the same point: they share a track, and look like one line that branches.
    """

    bundle: str
    start: float
    end: float


def routes(made: Layers, xs: Sequence[float]) -> Iterator[tuple[Path, list[Bend]]]:
    """Every line as its corners, from the parent to the child."""
    tracks = [_tracks(steps) for steps in _channels(made)]
    widths = [max((slot.width for slot in column), default=0) for column in made.columns]
    for path in made.paths:
        points: list[Bend] = []
        for one, other in pairwise(path.slots):
            step = _step(path, one, other)
            x = xs[one.column] + widths[one.column] + ROOM + tracks[one.column][step] * TRACK
            left = xs[one.column] + (one.width or widths[one.column])
            points += [Bend(left, step.start)] if one.box else []
            points += [Bend(x, step.start), Bend(x, step.end)]
            points += [Bend(xs[other.column], step.end)] if other.box else []
        yield path, (points[::-1] if path.is_turned else points)


def channel_widths(made: Layers) -> list[float]:
    """The room right of each column: for its tracks, and for loops of the last."""
    widths: list[float] = []
    for number, steps in enumerate(_channels(made)):
        count = max(_tracks(steps).values(), default=-1) + 1
        looped = any(slot.column == number for slot, _ in made.loops)
        widths.append(2 * ROOM + count * TRACK if steps else 3 * TRACK if looped else 0)
    return widths


def _channels(made: Layers) -> list[list[Step]]:
    channels: list[list[Step]] = [[] for _ in made.columns]
    for path in made.paths:
        for one, other in pairwise(path.slots):
            channels[one.column].append(_step(path, one, other))
    return channels


def _step(path: Path, one: Slot, other: Slot) -> Step:
    start, end = _height(path, one, is_left=True), _height(path, other, is_left=False)
    bundle = f"{one.name} {start}" if one.box and not path.is_turned else f"{other.name} {end} {path.is_turned}"
    if not path.is_turned and not one.box:
        bundle = f"{one.name}"
    return Step(bundle, start, end)


def _height(path: Path, slot: Slot, *, is_left: bool) -> float:
    """Where a line meets a slot: at its row of a box, or the middle of where it passes."""
    if slot.box is None:
        return slot.middle
    is_parent = is_left != path.is_turned
    return slot.y + slot.box.row_at(path.line.key if is_parent else path.line.row)


def _tracks(steps: Iterable[Step]) -> dict[Step, int]:
    """Step → number of its track, from the left; bundles whose heights overlap never share one."""
    bundles: dict[str, list[Step]] = defaultdict(list)
    for step in dict.fromkeys(steps):
        bundles[step.bundle].append(step)
    spans = {name: _span(bundle) for name, bundle in bundles.items()}
    order = sorted(bundles, key=lambda name: _turn(bundles[name], spans[name]))
    first = _before(bundles)
    taken: list[list[tuple[float, float]]] = []
    chosen: dict[str, int] = {}
    for name in _respecting(order, first):
        low, high = spans[name]
        track = max((chosen[each] + 1 for each in first[name] if each in chosen), default=0)
        while track < len(taken) and not all(high + 6 < a or low - 6 > b for a, b in taken[track]):
            track += 1
        taken += [[] for _ in range(track + 1 - len(taken))]
        taken[track].append((low, high))
        chosen[name] = track
    return {step: chosen[name] for name, bundle in bundles.items() for step in bundle}


def _span(steps: Sequence[Step]) -> tuple[float, float]:
    heights = [height for step in steps for height in (step.start, step.end)]
    return min(heights), max(heights)


def _before(bundles: dict[str, list[Step]]) -> dict[str, set[str]]:
    """Bundle → those that must turn left of it: they come in at the height at which it goes out."""
    coming: dict[int, set[str]] = defaultdict(set)
    for name, steps in bundles.items():
        for step in steps:
            coming[round(step.start / 4)].add(name)
    return {name: {b for s in steps for b in coming[round(s.end / 4)] if b != name} for name, steps in bundles.items()}


def _respecting(order: Sequence[str], first: dict[str, set[str]]) -> list[str]:
    """The order, but each behind those that must come first, where that is possible."""
    found: dict[str, None] = {}
    for name in order:
        for each in sorted(first[name]):
            if name not in first[each]:
                found.setdefault(each)
        found.setdefault(name)
    return list(found)


def _turn(steps: Sequence[Step], span: tuple[float, float]) -> tuple[bool, float, float]:
    """Lines that go down turn late when they start high, those that go up when they start low: few cross."""
    down = sum(step.end - step.start for step in steps) >= 0
    return down, -steps[0].start if down else steps[0].start, span[0]
