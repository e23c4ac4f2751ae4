"""Rows that keep the conditions of a data model, found where they exist and never invented where not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flaresmith.compiler.conditions import Conditions
from flaresmith.compiler.model import Rule, Source


def conditions(*expressions: str) -> Conditions:
    """Conditions of these expressions."""
    return Conditions([Rule(text, Source("data-model.md", 1), text) for text in expressions])


@pytest.mark.parametrize(
    ("expression", "row", "kept"),
    [
        ("endsOn >= startsOn", {"startsOn": "2030-01-15", "endsOn": "2030-02-15"}, True),
        ("endsOn >= startsOn", {"startsOn": "2030-02-15", "endsOn": "2030-01-15"}, False),
        ("endsOn >= startsOn", {"startsOn": "2030-02-15", "endsOn": None}, True),
        ("(days BETWEEN 30 AND 60)", {"days": 1}, False),
        ("layer IN ('base', 'overlay')", {"layer": "other"}, False),
        ("a <> b", {"a": "x", "b": "x"}, False),
        ("price <= 5.00", {"price": "10.0"}, False),
        ("price <= 5.00", {"price": "4.5"}, True),
        ("NOT is_external OR url IS NOT NULL", {"is_external": True, "url": None}, False),
        ("NOT is_external OR url IS NOT NULL", {"is_external": False, "url": None}, True),
        ("char_length(name) >= 3", {"name": "ab"}, False),
        ("low + 1 <= high", {"low": 3, "high": 3}, False),
        ("x <@ ARRAY['a']", {"x": ["b"]}, True),
        ("this is not SQL (", {}, True),
        ("1; DROP TABLE x", {}, True),
    ],
)
def test_a_row_keeps_or_violates(expression: str, row: dict[str, Any], kept: bool) -> None:
    assert conditions(expression).hold(row) is kept


@pytest.mark.parametrize(
    ("expressions", "row", "free"),
    [
        (["days BETWEEN 30 AND 60"], {"days": 1}, {"days": [2]}),
        (["a <> b"], {"a": "x", "b": "x"}, {"b": ["y"]}),
        (["layer IN ('base', 'overlay')", "share <= 1"], {"layer": "?", "share": "10.0"}, {"layer": [], "share": []}),
        (
            ["(kind = 'all' AND note IS NULL) OR (kind <> 'all' AND note IS NOT NULL)"],
            {"kind": "all", "note": "x"},
            {"note": [None]},
        ),
        (["balance <= amount", "amount > 5"], {"balance": 30, "amount": 1}, {"balance": [1], "amount": [6]}),
    ],
)
def test_a_row_is_repaired(expressions: list[str], row: dict[str, Any], free: dict[str, list[Any]]) -> None:
    rules = conditions(*expressions)
    repaired = rules.repaired(row, free)
    assert repaired is not None
    assert rules.hold(repaired)
    assert {name for name in row if repaired[name] != row[name]} <= free.keys()


def test_what_cannot_be_repaired_is_not_pretended() -> None:
    assert conditions("a <> b").repaired({"a": "x", "b": "x"}, {}) is None
    assert conditions("a < 1 AND a > 1").repaired({"a": 1}, {"a": [0, 2]}) is None


VALUES = st.none() | st.integers(-3, 3) | st.sampled_from(["a", "b"]) | st.booleans()


@given(
    st.lists(st.sampled_from(["a < b", "a <> c", "b IS NOT NULL", "c IN (1, 2)", "a + b = c", "NOT a"]), max_size=4),
    st.fixed_dictionaries({"a": VALUES, "b": VALUES, "c": VALUES}),
)
def test_a_repaired_row_always_keeps_the_conditions(expressions: list[str], row: dict[str, Any]) -> None:
    rules = conditions(*expressions)
    repaired = rules.repaired(row, {name: [1, 2, "a", None] for name in row})
    assert repaired is None or rules.hold(repaired)
    if rules.hold(row):
        assert repaired == row
