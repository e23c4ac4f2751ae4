"""The small parts: conditions, samples, literals."""

from __future__ import annotations

import ast
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.compiler.python.odd_models import HOSTILE, enum, field

from flaresmith.compiler.model import Kind, Limits, Type
from flaresmith.compiler.python import layout
from flaresmith.compiler.samples import NoSample, matching, sample
from flaresmith.compiler.tables.expressions import read_condition, to_sql

COLUMNS = {
    "startsOn": ("starts_on", Type(Kind.DATE)),
    "endsOn": ("ends_on", Type(Kind.DATE)),
    "price": ("price", Type(Kind.DECIMAL)),
    "order": ("order", Type(Kind.INTEGER)),
    "status": ("status", Type(Kind.ENUM, values=("a", "b"))),
    "isOpen": ("is_open", Type(Kind.BOOLEAN)),
    "extra": ("extra", Type(Kind.JSON)),
}


@pytest.mark.parametrize(
    ("condition", "sql"),
    [
        ("endsOn >= startsOn", "ends_on >= starts_on"),
        ("ends_on ≥ startsOn", "ends_on >= starts_on"),
        ("price > 0 and order <= 5", 'price > 0 AND "order" <= 5'),
        ("status in ('a', 'it''s')", "status IN ('a', 'it''s')"),
        ("status = 'a' and endsOn not null", "status = 'a' AND ends_on IS NOT NULL"),
        ("(isOpen = true or price is null)", "(is_open = true OR price IS NULL)"),
        ("price between 1 and 2", "price >= 1 AND price <= 2"),
        ("startsOn > '2024-01-01'", "starts_on > '2024-01-01'"),
    ],
)
def test_conditions_become_sql(condition: str, sql: str) -> None:
    assert to_sql(condition, COLUMNS) == sql


@pytest.mark.parametrize(
    "condition",
    [
        "1 = 1; DROP TABLE books",
        "price > 0) OR (1 = 1",
        "pg_sleep(5) > 0",
        "price > 'text'",
        "startsOn > 'soon'",
        "endsOn >= price",
        "status ~ 'x'",
        "unknown = 1",
        "price > -- 1",
        "1 = 1",
        "extra = 'x'",
        "(" * 50 + "price > 1" + ")" * 50,
        "price > 0 " + "and price > 0 " * 500,
        "",
    ],
)
def test_what_is_not_surely_understood_is_left_out(condition: str) -> None:
    assert to_sql(condition, COLUMNS) is None


def test_a_condition_knows_when_it_holds() -> None:
    found = read_condition("price >= 1 or status = 'a'", COLUMNS)
    assert found is not None
    assert found.holds({"price": "0.5", "status": "a"}) is True
    assert found.holds({"price": "0.5", "status": "b"}) is False
    assert found.holds({"price": "0.5"}) is None


@given(st.text())
def test_any_condition_is_read_or_refused(condition: str) -> None:
    sql = to_sql(condition, COLUMNS)
    assert sql is None or ";" not in re.sub(r"'(?:[^']|'')*'", "", sql)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[a-z0-9]+(-[a-z0-9]+)*$",
        r"^TL-[0-9]{5}$",
        r"^#[0-9a-f]{6}$",
        r"^(?=.*\d)[a-z0-9]{4,8}$",
        r"^https?://[^\s]+$",
        r"\d{3}-\d{4}",
        r"^[^@]+@[^@]+\.[a-z]{2,}$",
        r"^(draft|final)-v\d+$",
    ],
)
def test_samples_match_their_pattern_and_differ(pattern: str) -> None:
    made = {matching(pattern, n) for n in range(1, 13)}
    assert all(re.search(pattern, text) for text in made)
    assert len(made) == 12


def test_an_impossible_pattern_has_no_sample() -> None:
    with pytest.raises(NoSample):
        matching("^a$b", 1)


@settings(max_examples=200)
@given(
    st.integers(1, 500),
    st.integers(0, 30),
    st.integers(0, 30),
    st.sampled_from([Kind.STRING, Kind.TEXT]),
)
def test_text_samples_fit(n: int, least: int, more: int, kind: Kind) -> None:
    limits = Limits(min_length=least, max_length=least + more + 1)
    made = sample(field("someName", kind, limits=limits), n)
    assert least <= len(made) <= least + more + 1


@settings(max_examples=200)
@given(st.integers(1, 500), st.integers(-1000, 1000), st.integers(0, 50), st.booleans())
def test_number_samples_fit(n: int, low: int, room: int, exclusive: bool) -> None:
    limits = Limits(minimum=low, maximum=low + room + 2, exclusive_minimum=exclusive, exclusive_maximum=exclusive)
    for kind in (Kind.INTEGER, Kind.NUMBER, Kind.DECIMAL):
        made = float(sample(field("a", kind, limits=limits), n))
        assert low <= made <= low + room + 2
        assert not exclusive or low < made < low + room + 2


def test_samples_of_an_enum_go_round() -> None:
    assert [sample(enum("a", "x", "y"), n) for n in (1, 2, 3)] == ["x", "y", "x"]


@given(st.text())
def test_literals_survive(value: str) -> None:
    assert ast.literal_eval(layout.text(value)) == value
    assert ast.literal_eval(layout.raw(value)) == value


@given(st.text(), st.text(), st.text())
def test_docstrings_stay_docstrings(first: str, second: str, third: str) -> None:
    code = "\n".join(layout.docstring(first, second, third))
    statements = ast.parse(code).body
    assert len(statements) == 1
    assert isinstance(statements[0], ast.Expr)
    assert isinstance(statements[0].value, ast.Constant)


def test_hostile_prose_is_only_prose() -> None:
    assert '"""' not in layout.prose(HOSTILE)
    assert layout.prose(HOSTILE).isprintable()
