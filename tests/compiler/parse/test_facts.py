"""Facts beside the fields: indexes, constraints, relationships, transitions, deltas, and what is not a table."""

import pytest

from flaresmith.compiler.model import Cardinality, EntityKind

ORDER = """
### Customer
- id (uuid)

### Order
- id (uuid)
- customerId (uuid) REQUIRED → Customer.id
- number (string) REQUIRED, unique per customer
- status (enum: draft|placed|paid|cancelled) default draft
"""


@pytest.mark.parametrize(
    ("text", "fields", "unique"),
    [
        ("Indexes:\n- (customerId, status)\n", ("customerId", "status"), False),
        ("**Indexes**:\n- `(customerId, status)` UNIQUE\n", ("customerId", "status"), True),
        ("Index: (customerId, status).\n", ("customerId", "status"), False),
        ("Unique constraint: (customerId, status).\n", ("customerId", "status"), True),
        ("Constraints:\n- (customerId, status) unique\n", ("customerId", "status"), True),
        ("#### Indexes\n- `UNIQUE idx_o` on `(customer_id, status)`\n", ("customerId", "status"), True),
        ("#### Indexes\n- composite on `customerId`, `status`\n", ("customerId", "status"), False),
        ("- unique(customerId, status)\n", ("customerId", "status"), True),
    ],
)
def test_indexes(model_of, text, fields, unique):
    order = model_of(ORDER + ("\n" if not text.startswith("- ") else "") + text).entity("Order")
    assert (fields, unique) in [(index.fields, index.unique) for index in order.indexes]


def test_unique_per_is_a_composite_unique(model_of):
    assert (("customerId", "number"), True) in [(i.fields, i.unique) for i in model_of(ORDER).entity("Order").indexes]


def test_an_index_over_an_unknown_field_is_reported_and_left_out(model_of):
    model = model_of(ORDER + "\nIndexes:\n- (colour)\n")
    assert [d.source.line for d in model.diagnostics if d.rule == "index-unknown-field"] == [12]
    assert all("colour" not in index.fields for index in model.entity("Order").indexes)


def test_global_index_sections_find_their_table(model_of):
    model = model_of(ORDER + "\n## Indexing Strategy\n- orders(status, number) for the board\n")
    assert (("status", "number"), False) in [(i.fields, i.unique) for i in model.entity("Order").indexes]


@pytest.mark.parametrize(
    ("line", "left", "right", "cardinality"),
    [
        ("- Customer 1:N Order", "Customer", "Order", Cardinality.ONE_TO_MANY),
        ("- Customer 1—N Order (many)", "Customer", "Order", Cardinality.ONE_TO_MANY),
        ("- A Customer has many Orders", "Customer", "Order", Cardinality.ONE_TO_MANY),
        ("- Order belongs to Customer", "Order", "Customer", Cardinality.MANY_TO_ONE),
        ("- **Order** M:N **Customer**", "Order", "Customer", Cardinality.MANY_TO_MANY),
    ],
)
def test_relationships(model_of, line, left, right, cardinality):
    model = model_of(f"{ORDER}\n## Relationships\n{line}\n")
    assert (right, cardinality) in [(r.target, r.cardinality) for r in model.entity(left).relationships]


def test_a_foreign_key_is_a_relationship_too(model_of):
    assert [(r.target, r.field) for r in model_of(ORDER).entity("Order").relationships] == [("Customer", "customerId")]


@pytest.mark.parametrize(
    "text",
    [
        "State transitions:\n- status: draft → placed (trigger: place)\n- status: placed → paid (pay)\n",
        "\n## State Transitions\n### Order\n- draft -> placed (via place)\n- placed -> paid: pay\n",
        (
            "\n#### Lifecycle\n| From | To | Trigger |\n|---|---|---|\n| draft | placed | place |\n"
            "| placed | paid | Pay |\n"
        ),
        "\n#### States\n```mermaid\nstateDiagram-v2\n  draft --> placed : place\n  placed --> paid : pay\n```\n",
    ],
)
def test_transitions_with_triggers(model_of, text):
    order = model_of(f"{ORDER}\n{text}").entity("Order")
    assert [(t.field, t.before, t.after, t.trigger) for t in order.transitions] == [
        ("status", "draft", "placed", "place"),
        ("status", "placed", "paid", "pay"),
    ]


def test_a_chain_of_states_with_alternatives(model_of):
    order = model_of(f"{ORDER}\nState transitions:\n- draft → placed → paid | cancelled\n").entity("Order")
    assert [(t.before, t.after) for t in order.transitions] == [
        ("draft", "placed"),
        ("placed", "paid"),
        ("placed", "cancelled"),
    ]


def test_validation_rules_narrow_the_field_they_begin_with(model_of):
    book = model_of(
        "### Book\n- id: uuid\n- title: string\n- pages: integer\n- kind: string\n\n**Validation rules**:\n"
        "- `title` must be at most 80 characters\n- pages must be between 1 and 5000\n"
        "- kind must be one of: novel, atlas\n"
    ).entity("Book")
    assert book.field("title").limits.max_length == 80
    assert (book.field("pages").limits.minimum, book.field("pages").limits.maximum) == (1, 5000)
    assert book.field("kind").type.values == ("novel", "atlas")
    assert len(book.rules) == 3


def test_limits_of_numbers_are_bounds_and_of_texts_are_lengths(model_of):
    book = model_of(
        "### Book\n- id: uuid\n- title (string, 3..64)\n- pages (integer, 1..5000)\n- price (decimal(8,2), >= 0)\n"
    ).entity("Book")
    assert (book.field("title").limits.min_length, book.field("title").type.length) == (3, 64)
    assert (book.field("pages").limits.minimum, book.field("pages").limits.maximum) == (1, 5000)
    assert book.field("price").limits.minimum == 0


# what changes nothing, and what is not a table


@pytest.mark.parametrize(
    "text",
    [
        "# Data Model\n\nThis feature introduces **no new tables**.\n\n| Order | Table |\n|---|---|\n| 1 | users |\n",
        "# Data Model\n\nNo schema changes are needed.\n",
        (
            "# Data Model\n\n## Overview\n- Fast: yes\n- name: what it is called\n\n## Decisions\n"
            "- **Storage**: PostgreSQL\n"
        ),
        "# Data Model\n\n## Open Questions\n1. Should it be\n2. Or not\n",
        "",
        "```\n┌─────┐\n│ a:b │\n└─────┘\n```\n",
        "### User ID\n- **Type**: UUID\n- **Purpose**: identifies a user\n",
        '### Example\n```json\n{"id": 1}\n```\n',
    ],
)
def test_files_without_entities_give_none(model_of, text):
    assert model_of(text).tables == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("### CreateBookRequest\n- title: string\n", EntityKind.DTO),
        ("### Book (read model)\n- id: uuid\n- title: string\n", EntityKind.DERIVED),
        ("### Session (in-memory)\n- token: string\n", EntityKind.DERIVED),
        ("## API DTOs\n### Book\n- title: string\n", EntityKind.DTO),
        ("### Settings\nPersisted as `app.config.json`.\n\n- theme: string\n", EntityKind.DERIVED),
        ("### Payment (external)\n- id: uuid\n", EntityKind.EXTERNAL),
        ("### Config\n| Field | Type | Notes |\n|---|---|---|\n| db.host | string | where |\n", EntityKind.DTO),
        ("```ts\ninterface Row { title: string; count: number; }\n```\n", EntityKind.DTO),
        ("### Book\n- title: string\n", EntityKind.PERSISTED),
        ("### AppConfig\n- id: uuid\n- theme: string\n", EntityKind.PERSISTED),
    ],
)
def test_kinds(model_of, text, kind):
    assert [e.kind for e in model_of(text).entities] == [kind]


def test_a_later_feature_extends_an_earlier_entity(read):
    model = read(
        {
            "specs/001-a/data-model.md": "### Book\n- id (uuid)\n- title (string)\n",
            "specs/002-b/data-model.md": "### Book (modified)\n- isbn (string) OPTIONAL\n",
        }
    )
    assert [f.name for f in model.entity("Book").fields] == ["id", "title", "isbn"]
    assert [[f.name for f in e.fields] for feature in model.features for e in feature.entities] == [
        ["id", "title"],
        ["isbn"],
    ]
    assert not [d for d in model.diagnostics if d.rule == "entity-defined-twice"]


def test_two_full_definitions_are_reported_and_the_first_rules(read):
    model = read(
        {
            "specs/001-a/data-model.md": "### Book\n- id (uuid)\n- pages (integer)\n",
            "specs/002-b/data-model.md": "### books\n- id (uuid)\n- pages (boolean)\n- isbn (string)\n",
        }
    )
    assert [e.name for e in model.entities] == ["Book"]
    assert [f.name for f in model.entities[0].fields] == ["id", "pages", "isbn"]
    assert {d.rule for d in model.diagnostics} >= {"entity-defined-twice", "type-conflict"}


def test_references_find_their_entity_in_any_spelling(model_of):
    model = model_of(
        "### OrderItem\n- id: uuid\n\n### Note\n- id: uuid\n- a: uuid (fk → order_items)\n"
        "- b: uuid (fk → order_items(id))\n"
        "- c: uuid (references OrderItems.id)\n- order_item_id: uuid\n- orderItemId2: uuid\n"
    )
    note = model.entity("Note")
    assert [bool(f.references) for f in note.fields] == [False, True, True, True, True, False]
    assert note.field("order_item_id").confidence < 1
    assert {f.references.entity for f in note.fields if f.references} == {"OrderItem"}


def test_a_dangling_reference_stays_a_plain_field(model_of):
    model = model_of("### Note\n- id: uuid\n- ownerId: uuid (fk → Ghost)\n")
    assert model.entity("Note").field("ownerId").references is None
    assert [(d.rule, d.source.line) for d in model.diagnostics if d.rule.startswith("dang")] == [
        ("dangling-reference", 3)
    ]


def test_a_foreign_key_takes_the_type_of_what_it_refers_to(model_of):
    model = model_of("### Hall\n- id: integer (pk)\n\n### Seat\n- id: uuid\n- hallId: uuid (fk → Hall)\n")
    assert model.entity("Seat").field("hallId").type.kind == "integer"
    assert "type-conflict" in {d.rule for d in model.diagnostics}


def test_tables_without_a_key_get_one(model_of):
    model = model_of("### Book\n- title: string\n")
    book = model.entity("Book")
    assert [(f.name, f.default) for f in book.primary_key] == [("id", {"generated": "uuid"})]
    assert "implied-primary-key" in {d.rule for d in model.diagnostics}
    assert [f.name for f in model.features[0].entities[0].fields] == ["title"]


def test_referred_tables_come_first_and_cycles_end(model_of):
    model = model_of(
        "### A\n- id: uuid\n- bId: uuid (fk → B)\n\n### B\n- id: uuid\n- cId: uuid (fk → C)\n\n"
        "### C\n- id: uuid\n- aId: uuid (fk → A)\n\n### D\n- id: uuid\n"
    )
    assert [e.name for e in model.tables] == ["C", "B", "A", "D"]


def test_types_that_name_an_entity_become_references_and_relationships(model_of):
    model = model_of("### Author\n- id: uuid\n- books: Book[]\n\n### Book\n- id: uuid\n- author: Author (required)\n")
    assert model.entity("Book").field("author").references.entity == "Author"
    assert model.entity("Book").field("author").type.kind == "uuid"
    assert model.entity("Author").field("books") is None
    assert ("Book", Cardinality.ONE_TO_MANY) in [
        (r.target, r.cardinality) for r in model.entity("Author").relationships
    ]


def test_an_enum_list_with_commas_ends_where_the_grammar_goes_on(model_of):
    model = model_of(
        "### Bill\n- id: uuid\n- `state` (enum: open, paid, void; default open)\n\nConstraints:\n- `UNIQUE (state)`\n"
    )
    state = model.entity("Bill").field("state")
    assert (state.type.values, state.default, state.unique) == (("open", "paid", "void"), "open", True)
