"""What must happen to a database when a spec changes, as data."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.compiler.python.odd_models import AUTHOR, BOOK, ODD, SOURCE, entity, enum, field, reference, uuid_key

from flaresmith.compiler.diff import next_migration, schema_operations, table_json, tables_from_json
from flaresmith.compiler.model import Entity, Index, Kind, Limits, SchemaOperation, Source, Type
from flaresmith.compiler.tables import SnapshotUnreadable, Table


def changed(*fields, name: str = "Book") -> Entity:
    return entity(name, uuid_key(), *fields)


def steps(before: Entity, after: Entity) -> list[SchemaOperation]:
    return list(schema_operations((AUTHOR, before), (AUTHOR, after)))


def shapes(entities: tuple[Entity, ...]) -> list[Table]:
    """The tables without the names that the spec gives them; the order within a table is no difference."""
    return [
        replace(
            table,
            entity="",
            columns=_sorted(replace(c, field="", values=()) for c in table.columns),
            uniques=_sorted(table.uniques),
            indexes=_sorted(table.indexes),
            checks=_sorted(table.checks),
            foreign_keys=_sorted(table.foreign_keys),
        )
        for table in tables_from_json(table_json(entities))
    ]


def _sorted(parts: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(parts, key=lambda part: part.name))


def test_referenced_tables_are_created_first() -> None:
    operations = schema_operations((), (BOOK, AUTHOR))
    assert [(o.op, o.table) for o in operations] == [("create_table", "authors"), ("create_table", "books")]
    assert operations[0].reason == "FR-001: entity `Author` in 001-shop/data-model.md:3 was added"


def test_a_circle_of_references_is_closed_last() -> None:
    one = entity("One", uuid_key(), reference("twoId", "Two", required=False))
    two = entity("Two", uuid_key(), reference("oneId", "One", required=False))
    operations = schema_operations((), (one, two))
    assert [o.op for o in operations] == ["create_table", "create_table", "add_foreign_key"]


def test_a_snapshot_read_back_needs_nothing() -> None:
    snapshot = json.loads(json.dumps(table_json(ODD.tables)))
    assert schema_operations(tables_from_json(snapshot), ODD.tables) == ()


def test_a_snapshot_does_not_depend_on_lines_or_order() -> None:
    moved = replace(BOOK, source=Source("001-shop/data-model.md", 99))
    assert table_json((moved, AUTHOR)) == table_json((AUTHOR, BOOK))


@pytest.mark.parametrize("damaged", [5, "text", [1], [{"name": 3}], [{}], {"a": 1}])
def test_a_damaged_snapshot_says_so(damaged: object) -> None:
    with pytest.raises(SnapshotUnreadable):
        tables_from_json(damaged)


def test_no_snapshot_is_an_empty_database() -> None:
    assert tables_from_json(None) == ()


@pytest.mark.parametrize(
    ("added", "filler"),
    [
        (field("a"), "''::varchar"),
        (field("a", limits=Limits(min_length=3)), "'A 1'::varchar"),
        (field("a", Kind.INTEGER), "'0'::integer"),
        (field("a", Kind.INTEGER, limits=Limits(minimum=5)), "'5'::integer"),
        (field("a", Kind.BOOLEAN), "'false'::boolean"),
        (field("a", Kind.DATETIME), "now()"),
        (field("a", Kind.JSON), "'{}'::jsonb"),
        (enum("a", "x", "y"), "'x'::varchar(64)"),
    ],
)
def test_a_required_column_fills_the_rows_that_exist(added, filler: str) -> None:
    operation = steps(changed(), changed(added))[0]
    assert (operation.op, operation.destructive) == ("add_column", False)
    assert operation.arguments["filler"] == filler
    assert f"rows that exist get {filler}" in operation.reason


def test_a_column_with_a_default_or_that_may_be_empty_needs_no_filler() -> None:
    both = steps(changed(), changed(field("a", default="x", has_default=True), field("b", required=False)))
    assert [("filler" in o.arguments, o.destructive) for o in both] == [(False, False), (False, False)]


def test_a_required_reference_on_rows_that_exist_must_be_allowed() -> None:
    operations = steps(changed(), changed(reference("authorId", "Author")))
    assert operations[0].destructive
    assert "first row of authors" in operations[0].loses


def test_a_dropped_column_says_what_is_lost_and_does_not_guess_a_rename() -> None:
    operations = steps(changed(field("subtitle")), changed(field("subTitleText")))
    assert [o.op for o in operations] == ["add_column", "drop_column"]
    assert operations[1].destructive
    assert operations[1].loses == "drops column books.subtitle and its values"
    assert "rename" in operations[1].reason


def test_a_dropped_entity_loses_its_rows() -> None:
    operations = schema_operations((AUTHOR, BOOK), (AUTHOR,))
    assert [(o.op, o.destructive, o.loses) for o in operations] == [
        ("drop_table", True, "drops table books and all its rows")
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Type(Kind.STRING, length=20), Type(Kind.STRING, length=40)),
        (Type(Kind.STRING, length=20), Type(Kind.TEXT)),
        (Type(Kind.INTEGER), Type(Kind.BIGINT)),
        (Type(Kind.BIGINT), Type(Kind.DECIMAL)),
        (Type(Kind.UUID), Type(Kind.STRING)),
        (Type(Kind.DECIMAL, precision=8, scale=2), Type(Kind.DECIMAL, precision=12, scale=4)),
        (Type(Kind.ENUM, values=("a",)), Type(Kind.ENUM, values=("a", "b"))),
    ],
)
def test_a_wider_type_loses_nothing(before: Type, after: Type) -> None:
    operations = steps(changed(field("a", type_=before)), changed(field("a", type_=after)))
    assert operations
    assert not any(o.destructive for o in operations)


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        (Type(Kind.STRING, length=40), Type(Kind.STRING, length=20), "text longer than 20 characters is cut"),
        (Type(Kind.TEXT), Type(Kind.INTEGER), "values that are no integer"),
        (Type(Kind.BOOLEAN), Type(Kind.DATE), "all values"),
        (Type(Kind.ENUM, values=("a", "b")), Type(Kind.ENUM, values=("a",)), "loses 'b'"),
        (Type(Kind.DECIMAL, precision=12, scale=4), Type(Kind.DECIMAL, precision=8, scale=2), "all values"),
    ],
)
def test_a_narrower_type_says_what_is_lost(before: Type, after: Type, lost: str) -> None:
    operations = steps(changed(field("a", type_=before)), changed(field("a", type_=after)))
    assert any(o.destructive and lost in o.loses for o in operations)


def test_a_new_rule_does_not_judge_old_rows() -> None:
    operations = steps(changed(field("a")), changed(field("a", limits=Limits(min_length=3))))
    assert [(o.op, o.arguments.get("existing"), o.destructive) for o in operations] == [("add_check", True, False)]


def test_becoming_required_fills_what_is_empty() -> None:
    operation = steps(changed(field("a", required=False)), changed(field("a")))[0]
    assert (operation.op, operation.arguments["filler"], operation.destructive) == (
        "alter_column",
        "''::varchar",
        False,
    )


def test_indexes_and_unique_constraints_come_and_go() -> None:
    plain, indexed = changed(field("a"), field("b")), changed(field("a", unique=True), field("b", indexed=True))
    assert [o.op for o in steps(plain, indexed)] == ["add_unique", "add_index"]
    assert [o.op for o in steps(indexed, plain)] == ["drop_index", "drop_unique"]


def test_a_revision_depends_on_its_steps_and_its_parent_alone() -> None:
    operations = schema_operations((), (AUTHOR,))
    moved = schema_operations((), (replace(AUTHOR, source=Source("other.md", 77)),))
    first = next_migration((), operations)
    assert first.revision == next_migration((), moved).revision
    assert len(first.revision) == 12
    assert first.parent == ""
    second = next_migration((first,), operations)
    assert second.parent == first.revision
    assert second.revision != first.revision
    assert second.slug == "create_authors"


_NAMES = st.sampled_from(["title", "Title", "order", "größe", "x" * 90, "a-b", "updatedAt"])
_TYPES = st.sampled_from(
    [
        Type(Kind.STRING),
        Type(Kind.STRING, length=20),
        Type(Kind.INTEGER),
        Type(Kind.DECIMAL, precision=8, scale=2),
        Type(Kind.ENUM, values=("a", "b")),
        Type(Kind.DATETIME),
        Type(Kind.JSON),
    ]
)
_FIELDS = st.builds(
    lambda name, kind, required, unique: field(name, type_=kind, required=required, unique=unique),
    _NAMES,
    _TYPES,
    st.booleans(),
    st.booleans(),
)
_ENTITIES = st.builds(
    lambda names, fields, over: tuple(
        Entity(name, SOURCE, fields=tuple(fields), indexes=(Index(tuple(over), True, SOURCE),)) for name in names
    ),
    st.lists(st.sampled_from(["Book", "book", "Books", "Order"]), max_size=3, unique=True),
    st.lists(_FIELDS, max_size=5),
    st.lists(_NAMES, min_size=1, max_size=2),
)


@settings(max_examples=60, deadline=None)
@given(_ENTITIES, _ENTITIES)
def test_differences_end_where_they_should(before: tuple[Entity, ...], after: tuple[Entity, ...]) -> None:
    assert schema_operations(before, before) == ()
    operations = schema_operations(before, after)
    assert (operations == ()) == (shapes(before) == shapes(after))
    assert all(bool(o.loses) == o.destructive and o.reason for o in operations)
