"""Code below the headings of a data model."""

from __future__ import annotations

import pytest

from flaresmith.compiler.model import EntityKind, Notation
from flaresmith.compiler.parse import parse


@pytest.fixture
def model_of():
    def build(text: str):
        return parse({"specs/001-shop/data-model.md": text.encode()}, name="shop")

    return build


def test_a_heading_takes_the_code_of_its_name(model_of):
    model = model_of("### User\n\n```prisma\nmodel User {\n  id String @id\n  mail String @unique\n}\n```\n")
    user = model.entity("User")
    assert [(field.name, field.source.line) for field in user.fields] == [("id", 5), ("mail", 6)]
    assert user.notation is Notation.PRISMA


def test_a_sample_counts_only_where_nothing_else_gives_the_fields(model_of):
    sample = '```json\n{ "id": "x", "title": "y", "extra": 1 }\n```\n'
    alone = model_of(f"## Entities\n\n### Book\n\n{sample}").entity("Book")
    assert [(f.name, f.confidence) for f in alone.fields] == [("id", 0.5), ("title", 0.5), ("extra", 0.5)]
    table = "| Field | Type |\n|---|---|\n| id | uuid |\n| title | string |\n\n"
    both = model_of(f"## Entities\n\n### Book\n\n{table}{sample}").entity("Book")
    assert [field.name for field in both.fields] == ["id", "title"]
    assert model_of(f"## Notes\n\n{sample}").entities == ()


def test_members_without_a_declaration_go_to_the_heading(model_of):
    model = model_of("## Entities\n\n### Book\n\n```ts\nid: string;\ntitle?: string;\n```\n")
    assert [(f.name, f.required) for f in model.entity("Book").fields] == [("id", True), ("title", False)]


def test_enums_of_one_block_type_the_columns_of_another(model_of):
    model = model_of(
        "## Schema\n\n```sql\nCREATE TYPE mood AS ENUM ('sad', 'glad');\n```\n\n"
        "```sql\nCREATE TABLE people (id UUID PRIMARY KEY, mood mood NOT NULL DEFAULT 'sad');\n```\n"
    )
    assert model.entity("people").field("mood").type.values == ("sad", "glad")
    assert model.entity("people").kind is EntityKind.PERSISTED


def test_boxes_add_nothing_to_what_a_table_describes(model_of):
    box = "```\n┌──────────┐\n│ Book     │\n├──────────┤\n│ id (PK)  │\n│ shelf    │\n└──────────┘\n```\n"
    table = "| Field | Type |\n|---|---|\n| id | uuid |\n| title | string |\n"
    model = model_of(f"## Overview\n\n{box}\n### Book\n\n{table}")
    assert [field.name for field in model.entity("Book").fields] == ["id", "title"]
