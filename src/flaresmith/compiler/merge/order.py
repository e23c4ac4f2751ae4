"""In which order units stand after a merge, when each side may have moved some and added others."""

from __future__ import annotations

from collections.abc import Sequence


def same_order(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether what both have stands in the same order."""
    common = set(one) & set(other)
    return [key for key in one if key in common] == [key for key in other if key in common]


def interleaved(ours: Sequence[str], theirs: Sequence[str], *, spine: str = "") -> list[str]:
    """All of both, each once: the spine in its order (`ours`, else theirs), the rest behind its neighbour before.

    Where both added something in one place, what belongs to the spine stands first.
    """
    first, second = (ours, theirs) if spine == "ours" else (theirs, ours)
    known, extra = set(first), set(second)
    after: dict[str | None, list[str]] = {}
    anchor: str | None = None
    for key in second:
        if key in known:
            anchor = key
        else:
            after.setdefault(anchor, []).append(key)
    return _placed(first, extra, after)


def _placed(first: Sequence[str], extra: set[str], after: dict[str | None, list[str]]) -> list[str]:
    result: list[str] = []
    waiting = after.get(None, [])
    for key in first:
        if key in extra:
            result += waiting
            waiting = after.get(key, [])
        result.append(key)
    return result + waiting
