"""Rows that keep the conditions of a data model, found where they exist and never invented where not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flaresmith.compiler.model import Entity, Field, Kind, Rule, Source, Type
from flaresmith.compiler.service.solving import Rules

SOURCE = Source("data-model.md", 1)
KINDS = {
    "startsOn": Kind.DATE,
    "endsOn": Kind.DATE,
    "low": Kind.INTEGER,
    "high": Kind.INTEGER,
    "price": Kind.DECIMAL,
    "layer": Kind.STRING,
    "url": Kind.STRING,
    "isExternal": Kind.BOOLEAN,
}


def rules(*expressions: str) -> Rules:
    """The rules of an entity with these conditions."""
    fields = tuple(Field(name, Type(kind), SOURCE, required=name != "url") for name, kind in KINDS.items())
    return Rules(Entity("Thing", SOURCE, fields=fields, rules=tuple(Rule(e, SOURCE, e) for e in expressions)))


@pytest.mark.parametrize(
    ("expression", "row", "kept"),
    [
        ("endsOn >= startsOn", {"startsOn": "2030-01-15", "endsOn": "2030-02-15"}, True),
        ("endsOn >= startsOn", {"startsOn": "2030-02-15", "endsOn": "2030-01-15"}, False),
        ("low between 30 and 60", {"low": 1}, False),
        ("layer in ('base', 'overlay')", {"layer": "other"}, False),
        ("layer <> url", {"layer": "x", "url": "x"}, False),
        ("price <= 5.00", {"price": "10.0"}, False),
        ("price <= 5.00", {"price": "4.5"}, True),
        ("isExternal = false or url is not null", {"isExternal": True, "url": None}, False),
        ("isExternal = false or url is not null", {"isExternal": False, "url": None}, True),
        ("this is not SQL (", {}, True),
        ("1; DROP TABLE x", {}, True),
    ],
)
def test_a_row_keeps_or_violates(expression: str, row: dict[str, Any], kept: bool) -> None:
    assert (rules(expression).solved(row, frozenset()) is not None) is kept


def test_a_row_is_repaired_with_few_changes() -> None:
    row = {"startsOn": "2030-02-15", "endsOn": "2030-01-15", "low": 1}
    found = rules("endsOn >= startsOn").solved(row, frozenset({"endsOn"}))
    assert found is not None
    assert (found["startsOn"], found["low"]) == ("2030-02-15", 1)
    assert found["endsOn"] >= found["startsOn"]


def test_what_contradicts_itself_is_not_repaired() -> None:
    assert rules("low > 5", "low < 3").solved({"low": 4}, frozenset({"low"})) is None


@given(low=st.integers(-1000, 1000), high=st.integers(-1000, 1000))
def test_a_repaired_row_keeps_every_rule(low: int, high: int) -> None:
    made = rules("low <= high", "low >= 0")
    found = made.solved({"low": low, "high": high}, frozenset({"low", "high"}))
    if found is not None:
        assert 0 <= found["low"] <= found["high"]
        assert made.solved(found, frozenset()) == found
