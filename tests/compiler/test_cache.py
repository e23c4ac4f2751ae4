"""The build cache: results are reused exactly when everything they read is equal."""

from __future__ import annotations

from functools import partial

import pytest

from flaresmith.compiler.cache import Cache, interned, remembered, remembered_asking


def build(cache: Cache, **reads: object) -> dict[str, list[object]]:
    """A build of one piece per keyword; the lists tell new results from old ones by identity."""
    with cache.in_use():
        return {name: remembered(("piece", name), (value,), partial(list, [value])) for name, value in reads.items()}


def test_without_a_cache_everything_is_made() -> None:
    assert remembered(("a",), (1,), lambda: [1]) is not remembered(("a",), (1,), lambda: [1])


def test_only_what_reads_something_new_is_made_again() -> None:
    cache = Cache()
    first = build(cache, a=1, b=(2, "x"))
    second = build(cache, a=1, b=(2, "y"))
    assert second["a"] is first["a"]
    assert second["b"] == [(2, "y")]
    assert (cache.made, cache.reused) == (1, 1)


def test_what_a_build_did_not_use_is_forgotten() -> None:
    cache = Cache()
    first = build(cache, a=1, b=2)
    build(cache, a=1)
    assert build(cache, a=1, b=2)["b"] is not first["b"]


def test_a_build_that_fails_leaves_the_results_of_the_one_before() -> None:
    cache = Cache()
    first = build(cache, a=1)
    with pytest.raises(ZeroDivisionError), cache.in_use():
        remembered(("piece", "a"), (2,), lambda: [2 / 0])
    assert build(cache, a=1)["a"] is first["a"]


def test_an_equal_value_becomes_the_one_of_the_build_before() -> None:
    cache = Cache()
    first, second = ([1, 2], [1, 2])
    with cache.in_use():
        interned(("value",), first)
    with cache.in_use():
        assert interned(("value",), second) is first


def test_a_cache_in_use_is_seen_only_inside() -> None:
    cache = Cache()
    build(cache, a=1)
    remembered(("piece", "b"), (1,), lambda: [1])
    assert cache.made == 1


def test_one_and_true_are_not_the_same_to_read() -> None:
    cache = Cache()
    build(cache, a={"default": 1})
    assert repr(build(cache, a={"default": True})["a"]) == "[{'default': True}]"


def test_what_was_asked_on_the_way_decides_too() -> None:
    cache = Cache()

    def total(answers: dict[str, int]) -> list[int]:
        with cache.in_use():
            return remembered_asking(("total",), (), answers.__getitem__, lambda ask: [ask("a") + ask("b")])

    first = total({"a": 1, "b": 2, "c": 3})
    assert total({"a": 1, "b": 2, "c": 4}) is first, "c was never asked for"
    assert total({"a": 1, "b": 5, "c": 4}) == [6]
