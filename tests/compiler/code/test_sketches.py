"""What is no language: boxes of characters, samples, and lines with types."""

from __future__ import annotations

import pytest

from flaresmith.compiler.model import Cardinality, EntityKind, Kind, Notation

BOXES = """\
┌─────────────────┐       ┌──────────────────┐       ┌──────────────┐
│   Provider      │       │   Model           │       │  UsageLog    │
├─────────────────┤       ├──────────────────┤       ├──────────────┤
│ id (PK)         │◄─1:N──┤ id (PK)          │◄──────┤ id (PK)      │
│ name            │       │ providerId (FK)  │       │ modelId (FK) │
│ createdAt       │       │ size: int        │       │ cost (UNIQUE)│
└─────────────────┘       └──────────────────┘      │ tokens       │
        │                                            └──────────────┘
        │ 1:N
    ┌───▼───────────────┐    +-----------+        +---------+
    │ usage   (existing)│    | Loan      |--N:1---| Tool    |
    │  - id (PK)        │    +-----------+        +---------+
    │  - app_id (FK)    │    | id: uuid  |
    └───────────────────┘    | PK key int|
                             +-----------+
"""


def test_boxes_with_fields_are_entities(read):
    boxes = read("", BOXES)
    assert boxes.names == ["Provider", "Model", "UsageLog", "usage", "Loan"]
    assert boxes.shape("Model") == {"id": "uuid primary_key", "providerId": "uuid", "size": "integer"}
    assert boxes.shape("UsageLog") == {
        "id": "uuid primary_key",
        "modelId": "uuid",
        "cost": "string unique",
        "tokens": "string",
    }
    assert boxes.shape("Loan") == {"id": "uuid", "key": "integer primary_key"}
    size = boxes.field("Model", "size").field
    assert (size.source.line, size.notation, size.raw) == (16, Notation.ASCII, "size: int")
    assert size.confidence < 1
    assert boxes.entity("usage").delta


def test_lines_between_boxes_say_cardinalities(read):
    boxes = read("text", BOXES)
    assert [(r.target, r.cardinality) for r in boxes.entity("Provider").relationships] == [
        ("Model", Cardinality.ONE_TO_MANY),
        ("usage", Cardinality.ONE_TO_MANY),
    ]
    assert [(r.target, r.cardinality) for r in boxes.entity("Loan").relationships] == [
        ("Tool", Cardinality.MANY_TO_ONE)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "┌─────────┐   ┌──────────┐\n│ Browser │──>│ API      │\n└─────────┘   └──────────┘",
        "┌──────────────────────┐\n│ Step one              │\n│ do this, then that    │\n└──────────────────────┘",
        "src/\n├── a.py\n└── b.py",
        "draft → live → gone",
        "┌──────────┐\n│ open box │\n",
    ],
)
def test_other_drawings_declare_nothing(read, text):
    assert read("", text).entities == []


def test_a_json_sample_suggests_types(read):
    sample = read(
        "json",
        '{\n  "id": "550e8400-e29b-41d4-a716-446655440000", // the key\n  "at": "2025-09-30T10:00:00Z",\n'
        '  "tone": "warm|cold",\n  "count": 3, "tags": ["a"], "inner": {"x": 1, "y": null},\n'
        '  "mail": "a@b.example", "gone": null,\n  ...\n}',
    )
    assert sample.names == [""]
    assert sample.shape("") == {
        "id": "uuid",
        "at": "datetime",
        "tone": "enum",
        "count": "integer",
        "tags": "array",
        "inner": "json",
        "mail": "string",
        "gone": "string?",
    }
    count = sample.field("", "count").field
    assert (count.confidence, count.notation, count.source.line) == (0.5, Notation.SAMPLE, 15)
    assert sample.field("", "inner").field.type.schema["required"] == ["x"]


def test_a_yaml_sample_gives_its_outer_keys(read):
    sample = read("yaml", '---\ntitle: "Implement"\nn: 3\nlog: |\n  - x\ntags:\n  - a\n---\n')
    assert sample.shape("") == {"title": "string", "n": "integer", "log": "string", "tags": "array"}
    assert sample.entity("").kind is EntityKind.DTO


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("json", '{"openapi": "3.1.0", "paths": {}}'),
        ("json", '{"$schema": "x", "properties": {}}'),
        ("json", "[1, 2]"),
        ("json", '{"GET /users": 1, "b": 2}'),
        ("json", '{"a": '),
        ("yaml", "- a\n- b"),
        ("json", "[" * 5000 + "]" * 5000),
    ],
)
def test_documents_and_broken_samples_are_no_entities(read, language, text):
    assert read(language, text).entities == []


def test_lines_with_types(read):
    lines = read(
        "text",
        "User {\n  id: uuid (PK)\n  name: string, required  // what they are called\n  mail?: string\n}\n"
        "Post:\n  - id: uuid\n  - author: User\n",
    )
    assert lines.names == ["User", "Post"]
    assert lines.shape("User") == {"id": "uuid primary_key", "name": "string", "mail": "string?"}
    assert lines.field("User", "name").field.description == "what they are called"
    assert lines.field("Post", "author").target == "User"
    assert lines.field("Post", "id").field.notation is Notation.PSEUDO


def test_lines_with_types_and_no_name_belong_to_the_heading(read):
    lines = read("", "id: uuid\nname: string\nage: int\n")
    assert lines.names == [""]
    assert lines.field("", "age").field.type.kind is Kind.INTEGER


@pytest.mark.parametrize(
    "text",
    ["Step 1: do that\nStep 2: text\n", "GET /users\nHost: example\n", "key: value\nother: thing\nurl: here\n", "a: b"],
)
def test_lines_with_values_are_no_fields(read, text):
    assert read("", text).entities == []
