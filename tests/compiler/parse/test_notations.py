"""Every notation of fields and of facts beside them, with what it means."""

import pytest

from flaresmith.compiler.model import Cardinality, Kind, Notation


def test_names_of_two_fields_in_one_cell(entity_of):
    entity = entity_of(
        "### Book\n| Field | Type |\n|---|---|\n| id | uuid PK |\n| `createdAt` / `updatedAt` | datetime |\n"
        "| a<br>b | int |\n| c and d | text |\n| `e`, `f` | text |\n"
    )
    assert [f.name for f in entity.fields] == ["id", "createdAt", "updatedAt", "a", "b", "c", "d", "e", "f"]
    assert entity.fields[0].primary_key
    assert entity.field("updatedAt").source.line == 5


def test_constraints_stand_in_the_type_cell_and_beside_the_name(model_of):
    model = model_of(
        "### Team\n- id: uuid\n\n### Player\n| Field | Type | Notes |\n|---|---|---|\n| id (PK) | uuid | |\n"
        "| team | UUID FK → Team | |\n| nick | varchar(20) NOT NULL UNIQUE | |\n| note | string, optional | |\n"
    )
    player = model.entity("Player")
    assert [f.name for f in player.primary_key] == ["id"]
    assert player.field("team").references.entity == "Team"
    assert (player.field("nick").unique, player.field("nick").type.length) == (True, 20)
    assert not player.field("note").required


def test_marks_in_columns_and_what_an_empty_cell_means(entity_of):
    entity = entity_of(
        "### Book\n| PK | Field | Type | Unique | Required |\n|---|---|---|---|---|\n| ✓ | code | text | | ✓ |\n"
        "| | isbn | text | ✓ | ✓ |\n| | note | text | | |\n"
    )
    assert [(f.name, f.primary_key, f.unique, f.required) for f in entity.fields] == [
        ("code", True, False, True),
        ("isbn", False, True, True),
        ("note", False, False, False),
    ]


def test_a_table_without_types_takes_them_from_its_rules(entity_of):
    entity = entity_of(
        "### Book\nField | Rule | Notes\n--- | --- | ---\nid | UUID, PK | the key\ntitle "
        "| string, required, 1..50 chars |\n"
        "pages | > 0 | how many\n"
    )
    assert [(f.name, f.type.kind) for f in entity.fields] == [
        ("id", Kind.UUID),
        ("title", Kind.STRING),
        ("pages", Kind.INTEGER),
    ]
    assert entity.field("title").limits.max_length == 50
    assert entity.field("pages").confidence < 1


def test_pipes_inside_ticks_and_escaped_ones(entity_of):
    entity = entity_of(
        "### Book\n| Field | Type | Required |\n|---|---|---|\n| a | enum(x\\|y) | no |\n| b | `'p' | 'q'` | yes |\n"
    )
    assert [(f.type.values, f.required) for f in entity.fields[-2:]] == [(("x", "y"), False), (("p", "q"), True)]


def test_nested_bullets_are_the_shape_of_an_object(entity_of):
    address = entity_of(
        "### Book\n- id: uuid\n- address: object\n  - street: string\n  - zip: string (optional)\n  - geo: object\n"
        "    - lat: number\n    - lng: number\n"
    ).field("address")
    assert address.type.kind is Kind.JSON
    assert set(address.type.schema["properties"]) == {"street", "zip", "geo"}
    assert address.type.schema["required"] == ["street", "geo"]
    assert set(address.type.schema["properties"]["geo"]["properties"]) == {"lat", "lng"}


@pytest.mark.parametrize(
    ("written", "schema"),
    [
        ("string | number", {"anyOf": [{"type": "string"}, {"type": "number"}]}),
        (
            "{ a: string; b?: boolean }",
            {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "boolean"}}, "required": ["a"]},
        ),
    ],
)
def test_unions_and_inline_objects_are_json_with_a_shape(field_of, written, schema):
    field = field_of(f"- value: {written}")
    assert (field.type.kind, field.type.schema) == (Kind.JSON, schema)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("string | null", Kind.STRING),
        ("int | float", Kind.NUMBER),
        ("'a' | 'b'", Kind.ENUM),
        ("email|phone", Kind.ENUM),
    ],
)
def test_unions_that_are_one_type(field_of, written, kind):
    assert field_of(f"- value: {written}").type.kind is kind


def test_money(field_of):
    assert (field_of("- price: money").type.kind, field_of("- price: money").type.format) == (Kind.DECIMAL, "money")


def test_an_inline_list_of_fields(entity_of):
    entity = entity_of("### Book\n**Fields**: `id`, `isbn` (string, unique), `pages` (int), `note?`\n")
    assert [(f.name, f.type.kind) for f in entity.fields][1:3] == [("isbn", Kind.STRING), ("pages", Kind.INTEGER)]
    assert entity.field("isbn").unique
    assert not entity.field("note").required
    assert {f.notation for f in entity.fields} == {Notation.INLINE}


def test_a_table_in_one_line(model_of):
    users = model_of("## Tables\n\nusers ( id UUID PK, name text NOT NULL, team_id UUID NULL )\n").entity("users")
    assert [(f.name, f.required, f.primary_key) for f in users.fields] == [
        ("id", True, True),
        ("name", True, False),
        ("team_id", False, False),
    ]
    assert {f.notation for f in users.fields} == {Notation.PSEUDO}


def test_a_type_in_one_line(model_of):
    page = model_of("## Results\n\n`PageResult`: `items: string[]`, `total: int`\n").features[0].entities[0]
    assert [(f.name, f.type.kind) for f in page.fields] == [("items", Kind.ARRAY), ("total", Kind.INTEGER)]


def test_an_unknown_type_is_said(model_of):
    model = model_of("### Book\n- id (uuid)\n- mood (feeling)\n")
    assert model.entity("Book").field("mood").confidence < 1
    assert [d.source.line for d in model.diagnostics if d.rule == "unknown-type"] == [3]


BOOK = (
    "### Book\n- id: uuid\n- title: string\n- kind: enum(a"
    "|b)\n- startsOn: date\n- endsOn: date\n- price: decimal(8,2)\n\n"
)


def test_tables_of_relationships_indexes_and_transitions(model_of):
    model = model_of(
        "### Author\n- id: uuid\n\n" + BOOK + "#### Relationships\n| From | To | Cardinality |\n|---|---|---|\n"
        "| Author | Book | 1:N |\n\n#### Indexes\n| Name | Columns | Unique | Where |\n|---|---|---|---|\n"
        "| idx_a | title, kind | Yes | kind = 'a' |\n\n#### State transitions\n| Current state | Next state "
        "| Trigger |\n"
        "|---|---|---|\n| a | b | close |\n"
    )
    assert [(r.target, r.cardinality) for r in model.entity("Author").relationships] == [
        ("Book", Cardinality.ONE_TO_MANY)
    ]
    book = model.entity("Book")
    assert [(i.fields, i.unique, i.where) for i in book.indexes] == [(("title", "kind"), True, "kind = 'a'")]
    assert [(t.field, t.before, t.after, t.trigger) for t in book.transitions] == [("kind", "a", "b", "close")]


@pytest.mark.parametrize(
    ("rule", "expression"),
    [
        ("`endsOn` must be after `startsOn`", "endsOn > startsOn"),
        ("ends_on >= starts_on", "endsOn >= startsOn"),
        ("endsOn cannot be before startsOn", "endsOn >= startsOn"),
        ("price must be greater than 0", "price > 0"),
        ("CHECK (endsOn >= startsOn)", "endsOn >= startsOn"),
        ("endsOn must be after the summer", ""),
        ("the shelf must be tidy", ""),
    ],
)
def test_rules_become_conditions_where_they_are_understood(model_of, rule, expression):
    book = model_of(f"{BOOK}**Rules**:\n- {rule}\n").entity("Book")
    assert [r.expression for r in book.rules] == [expression]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Retention: deleted after 90 days\n", 90),
        ("**TTL**: 24 hours\n", 1),
        ("- Retention: 2 years\n", 730),
        ("\n## Data Retention\n- Book: 30 days\n- Other: 5 days\n", 30),
    ],
)
def test_retention(model_of, text, days):
    assert [
        r.days
        for r in model_of(f"{BOOK.rstrip()}\n\n{text}" if text[0] != "-" else BOOK.rstrip() + "\n" + text)
        .entity("Book")
        .retention
    ] == [days]


def test_seed_rows_as_a_table_and_as_json(model_of):
    book = model_of(
        BOOK + "#### Seed data\n| title | price |\n|---|---|\n| Atlas | 12.5 |\n\n```json\n"
        '[{"title": "Novel", "kind": "a"}]\n```\n'
    ).entity("Book")
    assert [(dict(s.values), s.source.line) for s in book.seeds] == [
        ({"title": "Atlas", "price": 12.5}, 12),
        ({"title": "Novel", "kind": "a"}, 15),
    ]
    assert len(book.fields) == 6


def test_what_has_no_key_lives_inside_of_what_holds_it(model_of):
    model = model_of("### Order\n- id: uuid\n- lines: Line[]\n\n### Line\n- sku: string\n- count: integer\n")
    lines = model.entity("Order").field("lines")
    assert (lines.type.kind, set(lines.type.items.schema["properties"])) == (Kind.ARRAY, {"sku", "count"})


def test_computed_fields_are_kept_by_the_feature_and_get_no_column(model_of):
    model = model_of(
        "### Book\n- id: uuid\n- title: string\n\n**Derived properties**:\n- `age: number` — since it was bought\n"
    )
    assert [f.name for f in model.entity("Book").fields] == ["id", "title"]
    assert [f.name for f in model.features[0].entities[0].fields] == ["id", "title", "age"]


def test_every_fact_has_its_notation_and_its_words(model_of):
    model = model_of("### 1. Book (new)\n| Field | Type |\n|---|---|\n| id | uuid |\n")
    book = model.entity("Book")
    assert (book.notation, book.raw, book.confidence) == (Notation.TABLE, "1. Book (new)", 1.0)
    assert (book.fields[0].notation, book.fields[0].raw) == (Notation.TABLE, "| id | uuid |")


def test_a_field_that_is_called_deleted_stays(entity_of):
    entity = entity_of(
        "### Book\n| Field | Type |\n|---|---|\n| id | uuid |\n| deleted | bool |\n| `removed` (bool) | |\n"
        "| ~~old~~ | text |\n"
        "| gone (removed) | text |\n"
    )
    assert [f.name for f in entity.fields] == ["id", "deleted", "removed"]


@pytest.mark.parametrize(
    "text",
    [
        "\n## State Machines\n### Book Kind\na → b (close)\n",
        "\n## Book Lifecycle State Transitions\n```mermaid\nstateDiagram-v2\n  [*] --> a\n  a --> b: close\n```\n",
        "\n## Lifecycle\n`a -> (b)` during cleaning\n",
        "- **State Transitions**:\n  - `a → b` when it is closed\n",
    ],
)
def test_arrows_find_the_entity_whose_states_they_move(model_of, text):
    book = model_of((BOOK if text[0] == "\n" else BOOK.rstrip() + "\n") + text).entity("Book")
    assert [(t.field, t.before, t.after) for t in book.transitions] == [("kind", "a", "b")]
