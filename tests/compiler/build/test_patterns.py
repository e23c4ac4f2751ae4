"""Patterns: what is portable, and texts that match, without ever running a hostile expression."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flaresmith.compiler.patterns import is_portable, matching


@pytest.mark.parametrize(
    "pattern",
    [
        "^[a-z0-9]+(-[a-z0-9]+)*$",
        "^TL-[0-9]{5}$",
        "^#[0-9a-f]{6}$",
        r"^\d{3}-\d{2,4}$",
        "^(draft|final)$",
        r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$",
        "^v?[0-9]+(\\.[0-9]+){2}$",
        "[A-Z]{2}",
        "^a/b$",
        "^.+$",
        "^[+-]?[0-9]+$",
        "",
    ],
)
def test_the_text_matches(pattern: str) -> None:
    assert is_portable(pattern)
    text = matching(pattern, 0, 40)
    assert text is not None
    assert re.search(pattern, text)


@pytest.mark.parametrize("least", [0, 1, 5, 17, 40])
def test_the_text_is_as_long_as_asked(least: int) -> None:
    text = matching("^[a-z]+$", least, 40)
    assert text is not None
    assert least <= len(text) <= 40
    assert re.fullmatch("[a-z]+", text)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?=a)b",
        r"(?P<n>a)",
        r"(a)\1",
        "a**",
        "a++",
        "[b-a]",
        "[",
        "(",
        ")",
        "a{2,1}",
        "a{999999}",
        r"\p{L}",
        "a$b",
        "b^a",
        "(" * 100 + ")" * 100,
        "a" * 5000,
        "\\",
    ],
)
def test_what_languages_read_differently_is_not_portable(pattern: str) -> None:
    assert not is_portable(pattern)
    assert matching(pattern) is None


def test_no_text_is_given_when_the_lengths_contradict_the_pattern() -> None:
    assert matching("^[a-z]{3}$", 10, 20) is None


@pytest.mark.parametrize("pattern", ["^(a+)+$", "(((a{255}){255}){255}){255}", "(a|aa)+" * 50])
def test_a_hostile_pattern_costs_nothing(pattern: str) -> None:
    start = time.perf_counter()
    matching(pattern, 5, 30)
    assert time.perf_counter() - start < 0.5


@given(st.text(alphabet="ab0^$()[]{}|*+?.\\-,dws", max_size=12))
def test_whatever_is_portable_is_read_by_python_and_its_text_matches(pattern: str) -> None:
    if is_portable(pattern):
        compiled = re.compile(pattern)
        if (text := matching(pattern)) is not None:
            assert compiled.search(text)
