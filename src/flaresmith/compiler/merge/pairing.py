"""Which unit of one version is which of another: by name, by content, then by likeness between known neighbours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from flaresmith.compiler.merge.units import Unit

_ALIKE = 0.5
_LONGEST = 200  # tokens that are compared for likeness
_COMPARED = 20  # candidates that are compared with each


def pairs(before: Sequence[Unit], after: Sequence[Unit], *, alike: bool = True) -> dict[int, int]:
    """Index in `after` → index in `before` of the same unit; `alike` also pairs nameless units that resemble."""
    found: dict[int, int] = {}
    for group in _named(before, after):
        found |= group
    if alike:
        found |= _resembling(before, after, found)
    return found


def _named(before: Sequence[Unit], after: Sequence[Unit]) -> Iterator[dict[int, int]]:
    """Units of one name; where several have it, or none, those of equal content first."""
    old, new = _by_name(before), _by_name(after)
    for name in old.keys() & new.keys():
        if name and len(old[name]) == len(new[name]) == 1:
            yield {new[name][0]: old[name][0]}
        else:
            equal = _equal([before[i].code for i in old[name]], [after[j].code for j in new[name]])
            matched = {new[name][j]: old[name][i] for j, i in equal.items()}
            yield matched
            if name:
                left = [i for i in old[name] if i not in matched.values()]
                yield dict(zip((j for j in new[name] if j not in matched), left, strict=False))


def _by_name(units: Sequence[Unit]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for index, unit in enumerate(units):
        found[unit.name].append(index)
    return found


def _equal(before: Sequence[str], after: Sequence[str]) -> dict[int, int]:
    """Equal contents, in order as far as that goes; then wherever they stand."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    found = {b.b + k: b.a + k for b in matcher.get_matching_blocks() for k in range(b.size)}
    taken = set(found.values())
    left: dict[str, list[int]] = defaultdict(list)
    for index, code in enumerate(before):
        if index not in taken:
            left[code].append(index)
    for index, code in enumerate(after):
        if index not in found and left[code]:
            found[index] = left[code].pop(0)
    return found


def _resembling(before: Sequence[Unit], after: Sequence[Unit], known: dict[int, int]) -> dict[int, int]:
    """Nameless units without a partner, between the same neighbours, that have much in common."""
    found: dict[int, int] = {}
    taken = set(known.values())
    for old, new in _gaps(len(before), len(after), known):
        rest = [i for i in old if i not in taken and not before[i].name]
        fresh = [j for j in new if j not in known and not after[j].name]
        if len(rest) == len(fresh) == 1:
            found[fresh[0]] = rest[0]
            continue
        for j in fresh:
            likeness = {i: _likeness(before[i].code, after[j].code) for i in rest[:_COMPARED]}
            best = max(likeness, key=lambda i: (likeness[i], -i), default=-1)
            if best >= 0 and likeness[best] >= _ALIKE:
                found[j] = best
                rest = [i for i in rest if i > best]
    return found


def _gaps(old: int, new: int, known: dict[int, int]) -> Iterator[tuple[range, range]]:
    i = j = 0
    for place in sorted(known):
        if known[place] >= i:
            yield range(i, known[place]), range(j, place)
            i, j = known[place] + 1, place + 1
    yield range(i, old), range(j, new)


def _likeness(one: str, other: str) -> float:
    """How much of the tokens is common, from 0 to 1."""
    matcher = SequenceMatcher(None, _tokens(one), _tokens(other), autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= _ALIKE else 0.0


def _tokens(code: str) -> list[str]:
    found = code.split("\x1f", _LONGEST)
    return found[:_LONGEST] if len(found) > 1 else code.split(None, _LONGEST)[:_LONGEST]
