"""Examples are valid for their schema, the same each time, and finite for hostile schemas."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from flaresmith.compiler.examples import example, resolved

BOUND = st.integers(-50, 50)
LENGTH = st.integers(0, 12)
SCALARS = st.one_of(
    st.builds(lambda low, span: {"type": "integer", "minimum": low, "maximum": low + span}, BOUND, st.integers(0, 9)),
    st.builds(lambda low: {"type": "number", "exclusiveMinimum": low}, BOUND),
    st.builds(lambda low, step: {"type": "integer", "minimum": low, "multipleOf": step}, BOUND, st.integers(1, 9)),
    st.builds(lambda n, span: {"type": "string", "minLength": n, "maxLength": n + span}, LENGTH, LENGTH),
    st.builds(lambda values: {"enum": values}, st.lists(st.text(max_size=4), min_size=1, max_size=3)),
    st.sampled_from([{"type": "boolean"}, {"type": ["string", "null"]}, {"const": 4}, {}]),
)
SCHEMAS = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.builds(lambda items, n: {"type": "array", "items": items, "minItems": n}, inner, st.integers(0, 3)),
        st.builds(
            lambda fields: {"type": "object", "properties": fields, "required": sorted(fields)},
            st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3),
        ),
        st.builds(lambda choices: {"anyOf": choices}, st.lists(inner, min_size=1, max_size=2)),
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(SCHEMAS, st.booleans())
def test_an_example_is_valid_and_always_the_same(schema: dict[str, Any], changed: bool) -> None:
    value = example(schema, {}, "title", changed=changed)
    Draft202012Validator(schema).validate(value)
    assert value == example(schema, {}, "title", changed=changed)


def test_a_circle_of_references_ends() -> None:
    schemas = {"Node": {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/x/Node"}}}}
    assert "next" in example({"$ref": "#/x/Node"}, schemas)
    assert resolved({"$ref": "#/x/A"}, {"A": {"$ref": "#/x/B"}, "B": {"$ref": "#/x/A"}}) == {}


def test_all_of_is_one_object() -> None:
    schemas = {"Base": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}}
    more = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    folded = resolved({"allOf": [{"$ref": "#/x/Base"}, more]}, schemas)
    assert folded["required"] == ["id", "name"]
    assert set(example({"allOf": [{"$ref": "#/x/Base"}, more]}, schemas)) == {"id", "name"}


def test_the_end_comes_after_the_start() -> None:
    day = {"type": "string", "format": "date"}
    period = example({"type": "object", "properties": {"startsOn": day, "endsOn": day}}, {})
    assert period["startsOn"] < period["endsOn"]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "minLength": 10**12},
        {"type": "array", "minItems": 10**12, "items": {"type": "array", "minItems": 10**12}},
        {"type": "integer", "minimum": float("nan")},
        {"type": ["null"]},
        {"type": "object", "properties": "x", "required": 3},
        {"allOf": "x"},
        {"enum": []},
        {"type": {"a": 1}},
    ],
)
def test_a_hostile_schema_gives_something_small(schema: dict[str, Any]) -> None:
    assert len(repr(example(schema, {}))) < 300_000
