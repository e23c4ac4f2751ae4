"""Whether a regular expression can make Python's matcher hang, told from its parsed form without running it."""

from __future__ import annotations

from collections.abc import Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from typing import Any

MOST_STEPS = 10_000_000
_REPEATS = frozenset({codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT})
_EVERYTHING = frozenset(range(32, 127)) | {9, 10, 13}
_CATEGORIES = {
    codes.CATEGORY_DIGIT: frozenset(map(ord, "0123456789")),
    codes.CATEGORY_WORD: frozenset(c for c in _EVERYTHING if chr(c).isalnum() or chr(c) == "_"),
    codes.CATEGORY_SPACE: frozenset({9, 10, 13, 32}),
}
_OPPOSITES = {
    codes.CATEGORY_NOT_DIGIT: codes.CATEGORY_DIGIT,
    codes.CATEGORY_NOT_WORD: codes.CATEGORY_WORD,
    codes.CATEGORY_NOT_SPACE: codes.CATEGORY_SPACE,
}
_OTHERS = 1 << 20  # stands for all letters beyond ASCII


def is_exponential(tree: Any) -> bool:
    """Whether a repeat holds another one, or alternatives, that can split the same text in several ways."""
    return any(_is_ambiguous(body) for body in _repeated(tree)) or any(
        code in {codes.GROUPREF, codes.GROUPREF_EXISTS} for code, _ in _parts(tree)
    )


def is_affordable(tree: Any, length: int) -> bool:
    """Whether matching a text of this length is surely over soon: at worst each repeat is tried at each place."""
    variable = sum(1 for code, argument in _parts(tree) if code in _REPEATS and argument[0] != argument[1])
    return bool(max(length, 2) ** (variable + 1) <= MOST_STEPS)


def _parts(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every part of an expression, those inside of others too."""
    waiting = [tree]
    while waiting:
        for code, argument in waiting.pop():
            yield code, argument
            waiting += _inside(code, argument)


def _inside(code: Any, argument: Any) -> list[Any]:
    if code is codes.BRANCH:
        return list(argument[1])
    if code in _REPEATS:
        return [argument[2]]
    if code in {codes.ASSERT, codes.ASSERT_NOT}:
        return [argument[1]]
    if code in {codes.SUBPATTERN, codes.ATOMIC_GROUP}:
        return [argument[-1] if code is codes.SUBPATTERN else argument]
    return [part for part in argument[1:] if part is not None] if code is codes.GROUPREF_EXISTS else []


def _repeated(tree: Any) -> Iterator[Any]:
    """The bodies of repeats that may run several times."""
    return (argument[2] for code, argument in _parts(tree) if code in _REPEATS and argument[1] > 1)


def _is_ambiguous(body: Any) -> bool:
    if any(code is codes.BRANCH and not _are_apart(argument[1]) for code, argument in _parts(body)):
        return True
    items = _flat(body)
    return any(_is_variable(*item) and not _ends_surely(items, place) for place, item in enumerate(items))


def _is_variable(code: Any, argument: Any) -> bool:
    """Whether a part of a body can be of several lengths."""
    return any(c in _REPEATS and a[0] != a[1] for c, a in _parts([(code, argument)]))


def _ends_surely(items: list[Any], place: int) -> bool:
    """Whether what follows a part, the start of the next round too, shares no letter with it."""
    own = _all_letters(items[place])
    for step in range(1, len(items) + 1):
        following = items[(place + step) % len(items)]
        if step == len(items) or own & _all_letters(following):
            return False
        if _is_needed(*following):
            return True
    return False


def _is_needed(code: Any, argument: Any) -> bool:
    return bool(argument[0] > 0) if code in _REPEATS else _letters(code, argument) is not None


def _are_apart(choices: Any) -> bool:
    """Whether alternatives start with different letters, so that at most one can match."""
    seen: set[int] = set()
    for choice in choices:
        items = _flat(choice)
        first = _letters(*items[0]) if items else None
        if first is None or seen & first:
            return False
        seen |= first
    return True


def _flat(tree: Any) -> list[Any]:
    """The parts of a body, with groups that hold it whole opened."""
    items = list(tree)
    while len(items) == 1 and items[0][0] is codes.SUBPATTERN:
        items = list(items[0][1][-1])
    return items


def _letters(code: Any, argument: Any) -> frozenset[int] | None:
    """The letters a part of exactly one letter stands for; None for any other part."""
    if code is codes.LITERAL:
        return frozenset({argument if argument < 127 else _OTHERS})
    if code is codes.NOT_LITERAL:
        return (_EVERYTHING | {_OTHERS}) - {argument}
    if code is codes.ANY:
        return _EVERYTHING | {_OTHERS}
    if code is codes.IN:
        return _class_letters(argument)
    return None


def _class_letters(options: Any) -> frozenset[int]:
    found: set[int] = set()
    for code, argument in options:
        if code is codes.LITERAL:
            found.add(argument if argument < 127 else _OTHERS)
        elif code is codes.RANGE:
            found |= {c for c in _EVERYTHING if argument[0] <= c <= argument[1]}
            found |= {_OTHERS} if argument[1] > 126 else set()
        elif code is codes.CATEGORY:
            found |= _category(argument)
    negated = any(code is codes.NEGATE for code, _ in options)
    return (_EVERYTHING | {_OTHERS}) - found if negated else frozenset(found)


def _category(category: Any) -> frozenset[int]:
    if category in _CATEGORIES:
        return _CATEGORIES[category] | {_OTHERS}
    return (_EVERYTHING | {_OTHERS}) - _CATEGORIES.get(_OPPOSITES.get(category), frozenset())


def _all_letters(item: Any) -> frozenset[int]:
    """Every letter that a part can stand for, at any place."""
    found: frozenset[int] = frozenset()
    for code, argument in _parts([item]):
        found |= _letters(code, argument) or frozenset()
    return found
