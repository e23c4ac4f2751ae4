"""A pattern of a spec never makes the compiler hang, and a sensible one still gives different samples."""

from __future__ import annotations

import contextlib
import re
import time
from re import _parser as regex_parser  # type: ignore[attr-defined]

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flaresmith.compiler.backtracking import is_exponential
from flaresmith.compiler.samples import NoSample, matching

SENSIBLE = [
    r"^[a-z0-9]+(-[a-z0-9]+)*$",
    r"^([a-z]+\.)+[a-z]{2,}$",
    r"^TL-[0-9]{5}$",
    r"^(draft|published|old)-\d+$",
    r"^[A-Z]{2}\d{2}(?: ?\d{4}){3,7}$",
    r"^#[0-9a-f]{6}$",
    r"^(?=.*\d)[a-z0-9]{4,8}$",
]
HOSTILE = [
    r"^(a+)+$",
    r"(a|a)*b",
    r"(a|aa)+$",
    r"^(\w+\s?)*!$",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"(x+x+)+y",
    r"^(?=(a+)+b)a{40}$",
    r"(.*)*(.*)*$",
    r"^(a|b|ab)*c\1$",
    r"^((a{1,50}){1,50}){1,50}$",
]


@pytest.mark.parametrize("pattern", SENSIBLE)
def test_sensible_patterns_give_different_samples(pattern: str) -> None:
    made = {matching(pattern, n) for n in range(1, 9)}
    assert len(made) == 8
    assert all(re.search(pattern, text) for text in made)


@pytest.mark.parametrize("pattern", HOSTILE)
def test_hostile_patterns_are_never_run(pattern: str) -> None:
    assert is_exponential(regex_parser.parse(pattern))
    start = time.process_time()
    with contextlib.suppress(NoSample):
        matching(pattern, 3, 25, 60)
    assert time.process_time() - start < 0.5


def test_a_chain_of_repeats_is_not_tried_on_long_texts() -> None:
    start = time.process_time()
    with pytest.raises(NoSample):
        matching(r"^\d*\d*\d*\d*\d*\d*\d*\d*x(?!x)$", 1, 1500, 2000)
    assert time.process_time() - start < 0.5


PIECES = st.sampled_from(["a", "b", "[ab]", ".", r"\d", "-", "a+", "b*", "[ab]{2,9}", "(a|b)", "(a|ab)", "x?"])


@settings(max_examples=150, deadline=None)
@given(st.recursive(PIECES, lambda inner: st.lists(inner, min_size=1, max_size=3).map(lambda p: f"({''.join(p)})+")))
def test_no_pattern_takes_long(pattern: str) -> None:
    start = time.process_time()
    for n in (1, 2):
        with contextlib.suppress(NoSample):
            matching(f"^{pattern}$", n, 20, 64)
    assert time.process_time() - start < 1
