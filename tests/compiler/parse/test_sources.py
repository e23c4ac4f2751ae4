"""One entity described in several places: what rules, what disagrees, and how later features change earlier ones."""

import pytest

from flaresmith.compiler.model import Change, Kind, Notation

BULLETS = "### Book\n- id: uuid\n- pages: integer REQUIRED\n- title: string\n- state: enum(a|b)\n\n"
SQL = (
    "## Schema\n```sql\nCREATE TABLE book (id UUID PRIMARY KEY, pages {pages}, title TEXT, state TEXT CHECK"
    " (state IN ({values})), isbn TEXT);\n```\n"
)


def said(model, rule):
    return [(d.source.line, d.message) for d in model.diagnostics if d.rule == rule]


def test_code_rules_over_bullets_and_each_adds_what_the_other_lacks(model_of):
    model = model_of(BULLETS + "- extra: text\n\n" + SQL.format(pages="INT NOT NULL", values="'a','b'"))
    book = model.entity("Book")
    assert book.notation is Notation.SQL
    assert [f.name for f in book.fields] == ["id", "pages", "title", "state", "isbn", "extra"]
    assert {f.name: f.notation for f in book.fields}["extra"] is Notation.BULLET
    assert not said(model, "sources-disagree")


@pytest.mark.parametrize(
    ("pages", "values", "words"),
    [
        ("BOOLEAN NOT NULL", "'a','b'", ("boolean", "integer")),
        ("INT", "'a','b'", ("optional", "required")),
        ("INT NOT NULL", "'a','c'", ("a|c", "a|b")),
    ],
)
def test_disagreements_name_both_places(model_of, pages, values, words):
    model = model_of(BULLETS + SQL.format(pages=pages, values=values))
    ((line, message),) = said(model, "sources-disagree")
    assert line in (3, 5)
    assert all(word in message for word in words)
    assert "data-model.md:9" in message


def test_a_narrower_type_is_no_disagreement(model_of):
    model = model_of(
        "### Book\n| Field | Type |\n|---|---|\n| id | uuid |\n| soldAt | datetime |\n| price | decimal(8,2) |\n\n"
        "```ts\ninterface Book { id: string; soldAt: string; price: number; }\n```\n"
    )
    assert [f.type.kind for f in model.entity("Book").fields] == [Kind.UUID, Kind.DATETIME, Kind.DECIMAL]
    assert not said(model, "sources-disagree")


def test_a_heading_and_a_table_of_a_longer_name_are_one_entity(model_of):
    model = model_of(
        "### Snapshot\n```\nmcp_snapshots (\n  id UUID PK,\n  title TEXT NOT NULL\n)\n```\n\n"
        "### Order Line (`order_items`)\n\nWhat is bought.\n\n## SQL\n```sql\nCREATE TABLE order_items (id UUID"
        " PRIMARY KEY,"
        " snap UUID REFERENCES mcp_snapshots(id));\n```\n"
    )
    assert [e.name for e in model.entities] == ["Snapshot", "order_items"]
    assert model.entity("order_items").field("snap").references.entity == "Snapshot"


FIRST = "### Book\n- id (uuid)\n- title (string) REQUIRED\n- pages (integer)\n"


def two(read, second):
    return read({"specs/001-books/data-model.md": FIRST, "specs/002-more/data-model.md": second})


def test_a_delta_adds_changes_and_removes_fields(read):
    model = two(
        read,
        "### Book (modified)\n| Field | Type | Change |\n|---|---|---|\n| isbn | string | Add |\n| title | text "
        "| Change |\n"
        "| pages | integer | Remove |\n",
    )
    assert [(f.name, f.type.kind) for f in model.entity("Book").fields] == [
        ("id", Kind.UUID),
        ("title", Kind.TEXT),
        ("isbn", Kind.STRING),
    ]
    assert [e.change for e in model.features[1].entities] == [Change.MODIFIED]
    assert not said(model, "entity-defined-twice")


@pytest.mark.parametrize("words", ["existing", "unchanged", "defined in 001-books", "기존", "不变", "sin cambios"])
def test_a_mention_as_existing_adds_nothing(read, words):
    model = two(read, f"### Book ({words})\n- id (uuid)\n- colour (string)\n\n### Shelf\n- id (uuid)\n")
    if "defined" not in words:
        assert [f.name for f in model.entity("Book").fields] == ["id", "title", "pages"]
        assert [line for line, _ in said(model, "unchanged-adds-nothing")] == [1]
    assert [e.name for e in model.entities] == ["Book", "Shelf"]


def test_extends_names_the_feature_that_must_have_the_entity(read):
    right = two(read, "### Book (extends 001-books)\n- isbn (string)\n")
    assert right.entity("Book").field("isbn") is not None
    assert right.features[1].entities[0].extends == "001-books"
    assert not said(right, "extends-unknown")
    wrong = two(read, "### Book (extends 003-other)\n- isbn (string)\n")
    assert [line for line, _ in said(wrong, "extends-unknown")] == [1]


def test_a_delta_of_what_nobody_defines_is_said(read):
    model = two(read, "### Author (modified)\n- name (string)\n\n### `Shelf` (existing)\n\nAs it is.\n")
    assert [line for line, _ in said(model, "delta-without-entity")] == [1, 4]
    assert [e.name for e in model.tables] == ["Book"]


def test_the_old_and_the_new_column_of_a_delta(read):
    model = two(
        read,
        "### Book\n| Field | Old | New | Notes |\n|---|---|---|---|\n| pages | integer | *(removed)* | |\n"
        "| length | — | decimal(5,1) | in cm |\n",
    )
    assert [(f.name, f.type.kind) for f in model.entity("Book").fields][-1] == ("length", Kind.DECIMAL)
    assert model.entity("Book").field("pages") is None
