"""The four dialects of data models, and the forms in which people really write fields."""

import pytest

from flaresmith.compiler.model import EntityKind, Kind, Reference

BOOK = [
    ("id", Kind.UUID, True),
    ("title", Kind.STRING, True),
    ("subtitle", Kind.TEXT, False),
    ("authorId", Kind.UUID, True),
]

DIALECTS = {
    "bullets with parentheses": """
### Author
- id (uuid) REQUIRED

### Book
A book on the shelf.
- id (uuid) REQUIRED
- title (string, 1..120) REQUIRED
- subtitle (text) OPTIONAL
- authorId (uuid) REQUIRED → Author.id
""",
    "bullets with colons": """
### Author
- id: uuid (pk)

### Book
- id: uuid (pk)
- title: string (1..120)
- subtitle: text (nullable)
- authorId: uuid (fk → Author)
""",
    "table": """
### Author
| Field | Type | Notes |
|-------|------|-------|
| id | uuid | PK |

### Book
| Field | Type | Constraints | Notes |
|-------|------|-------------|-------|
| id | uuid | PK | |
| title | string | not null, 1-120 chars | |
| subtitle | text | nullable | |
| authorId | uuid | FK → Author(id), required | |
""",
    "table without a separator": """
### Author
| Field | Type | Notes |
| id | uuid | PK |

### Book
| Field | Type | Constraints | Notes |
| id | uuid | PK | |
| title | string | not null, 1-120 chars | |
| subtitle | text | nullable | |
| authorId | uuid | FK->Author(id), not null | |
""",
    "pseudo-SQL": """
### Author
```
authors (
  id UUID PK
)
```

### Book
```
books (
  id UUID PK,
  title VARCHAR(120) NOT NULL,
  subtitle TEXT NULL,
  authorId UUID NOT NULL REFERENCES authors(id) ON DELETE CASCADE
)
```
""",
    "SQL": """
## Schema
```sql
CREATE TABLE "Author" (id UUID PRIMARY KEY DEFAULT gen_random_uuid());
CREATE TABLE IF NOT EXISTS public."Book" (
  id UUID PRIMARY KEY,
  title VARCHAR(120) NOT NULL, -- on the cover
  subtitle TEXT,
  "authorId" UUID NOT NULL,
  FOREIGN KEY ("authorId") REFERENCES "Author"(id) ON DELETE CASCADE
);
```
""",
    "TypeScript": """
### Entities
```typescript
export interface Author { id: uuid; }
export interface Book {
  id: uuid;
  title: string;
  /** below the title */
  subtitle?: Text | null;
  authorId: uuid; // FK → Author.id
}
```
""",
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_gives_the_same_book(model_of, dialect):
    model = model_of(DIALECTS[dialect])
    book = model.entity("Book")
    assert [(f.name, f.type.kind, f.required) for f in book.fields] == BOOK
    assert book.kind is EntityKind.PERSISTED
    assert [f.name for f in book.primary_key] == ["id"]
    reference = book.field("authorId").references
    assert (reference.entity, reference.field) == ("Author", "id")
    if "Type" not in dialect:
        assert 120 in (book.field("title").type.length, book.field("title").limits.max_length)
    assert [e.name for e in model.entities] == ["Author", "Book"]
    assert not model.errors
    assert model.not_understood == 0


@pytest.mark.parametrize(
    ("line", "name", "kind"),
    [
        ("- `pages`: integer, how thick it is", "pages", Kind.INTEGER),
        ("- **pages**: integer", "pages", Kind.INTEGER),
        ("- **pages** (integer): how thick it is", "pages", Kind.INTEGER),
        ("- `pages` (integer, required, > 0): how thick it is", "pages", Kind.INTEGER),
        ("- `pages: integer` how thick it is", "pages", Kind.INTEGER),
        ("- `pages integer NOT NULL`", "pages", Kind.INTEGER),
        ("- `pages` INTEGER NOT NULL", "pages", Kind.INTEGER),
        ("- `pages` (`integer`)", "pages", Kind.INTEGER),
        ("- pages: int (optional)", "pages", Kind.INTEGER),
        ("- pages?: number", "pages", Kind.NUMBER),
        ("* pages - integer", "pages", Kind.INTEGER),
        ("- [ ] pages (integer)", "pages", Kind.INTEGER),
        ("- `price`: decimal(12,2)", "price", Kind.DECIMAL),
        ("- `tags`: string[]", "tags", Kind.ARRAY),
        ("- `tags`: List<string>", "tags", Kind.ARRAY),
        ("- `soldAt`: timestamp with time zone", "soldAt", Kind.DATETIME),
        ("- state: 'new' | 'used'", "state", Kind.ENUM),
    ],
)
def test_bullet_forms(field_of, line, name, kind):
    field = field_of(line)
    assert (field.name, field.type.kind) == (name, kind)


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("enum(a|b|c)", ("a", "b", "c")),
        ("enum: a|b|c", ("a", "b", "c")),
        ("enum('a','b','c')", ("a", "b", "c")),
        ("'a' | 'b' | 'c'", ("a", "b", "c")),
        ("string, one of: a, b, c", ("a", "b", "c")),
        ("string, values: a|b|c", ("a", "b", "c")),
        ("text, `a` / `b` / `c`", ("a", "b", "c")),
        ("text, in {a, b, c}", ("a", "b", "c")),
        ("text ∈ {a, b, c}", ("a", "b", "c")),
        ("text CHECK (state IN ('a', 'b', 'c'))", ("a", "b", "c")),
    ],
)
def test_enum_forms(field_of, written, values):
    field = field_of(f"- `state`: {written}" if "`" not in written and "(" not in written else f"- state ({written})")
    assert field.type.kind is Kind.ENUM
    assert field.type.values == values


def test_enum_values_in_a_table_cell_with_bare_pipes(entity_of):
    entity = entity_of(
        "### Token\n| Field | Type | Notes |\n|---|---|---|\n| id | uuid | PK |\n| mode | text | light|dark |\n"
    )
    assert entity.field("mode").type.values == ("light", "dark")


def test_enum_headings_give_their_values_to_the_fields_of_that_type(model_of):
    model = model_of(
        "### OrderStatus (enum)\n- `open` - new\n- `paid`\n\n### Order\n- id: uuid (pk)\n- status: OrderStatus\n"
    )
    assert model.entity("OrderStatus").kind is EntityKind.ENUM
    assert model.entity("Order").field("status").type.values == ("open", "paid")


@pytest.mark.parametrize(
    ("written", "default"),
    [
        ("(integer) REQUIRED default 0", 0),
        ('(string, default "main")', "main"),
        ("(enum: a|b) default b", "b"),
        ("(boolean) default false (true for previews)", False),
        ("(datetime) default now()", {"generated": "now"}),
        ("(uuid) DEFAULT gen_random_uuid()", {"generated": "uuid"}),
    ],
)
def test_defaults(field_of, written, default):
    field = field_of(f"- thing {written}")
    assert field.has_default
    assert field.default == default


@pytest.mark.parametrize(
    ("header", "required"),
    [
        ("Required", "Yes"),
        ("Required", "✅"),
        ("필수", "필수"),
        ("Nullable", "No"),
        ("Null?", "no"),
        ("Obligatorio", "sí"),
    ],
)
def test_presence_columns(entity_of, header, required):
    other = "No" if header not in ("Nullable", "Null?") else "yes"
    entity = entity_of(
        f"### Book\n| Field | Type | {header} |\n|---|---|---|\n| id | uuid | {required} |\n"
        f"| title | text | {required} |\n| note | text | {other} |\n"
    )
    assert [(f.name, f.required) for f in entity.fields][1:] == [("title", True), ("note", False)]


def test_sql_indexes_checks_and_alterations(entity_of):
    entity = entity_of(
        """
### Seat
```sql
CREATE TABLE seats (
  id BIGSERIAL PRIMARY KEY,
  hall TEXT NOT NULL,
  row INT NOT NULL CHECK (row > 0),
  CONSTRAINT once UNIQUE (hall, row),
  CONSTRAINT far CHECK (row < 100)
);
CREATE INDEX idx_hall ON seats (hall) WHERE row > 3;
ALTER TABLE seats ADD COLUMN note TEXT;
CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN; x (a int); END; $$ LANGUAGE plpgsql;
```
"""
    )
    assert [f.name for f in entity.fields] == ["id", "hall", "row", "note"]
    assert entity.fields[0].default == {"generated": "increment"}
    assert [(i.fields, i.unique, i.where) for i in entity.indexes] == [
        (("hall", "row"), True, ""),
        (("hall",), False, "row > 3"),
    ]
    assert [rule.expression for rule in entity.rules] == ["(row < 100)"]


def test_mermaid_entities(model_of):
    model = model_of(
        "```mermaid\nerDiagram\n  AUTHOR ||--o{ BOOK : writes\n  AUTHOR {\n    uuid id PK\n"
        "    string name\n  }\n  BOOK {\n    uuid id PK\n    uuid author_id FK\n  }\n```\n"
    )
    assert [f.name for f in model.entity("AUTHOR").fields] == ["id", "name"]
    assert model.entity("BOOK").field("author_id").references == Reference("AUTHOR", "id")


def test_every_fact_knows_its_file_line_and_column(model_of):
    model = model_of("# Data\n\n### Book\n- id (uuid)\n- title (string)\n\nConstraints:\n- (title) unique\n")
    book = model.entity("Book")
    assert (book.source.file, book.source.line) == ("specs/001-shop/data-model.md", 3)
    assert [(f.source.line, f.source.column) for f in book.fields] == [(4, 3), (5, 3)]


def test_lines_that_look_like_fields_are_never_dropped_in_silence(model_of):
    model = model_of(
        "### Book\n- id (uuid)\n- title (string)\n- colour: glorp\n| Field | Type |\n|---|---|\n| ??? | x |\n"
    )
    lines = [d.source.line for d in model.diagnostics if d.rule == "not-understood"]
    assert model.not_understood == len(lines) > 0
    assert 4 in lines or model.entity("Book").field("colour") is not None
    assert 7 in lines


@pytest.mark.parametrize(
    "heading",
    [
        "### 1. Book",
        "### 2.1 Book",
        "### `Book`",
        "### Entity: Book",
        "### Book Entity",
        "### Book (new)",
        "### Book（本）",
        "#### **Book**",
        "### Book Table",
    ],
)
def test_headings(model_of, heading):
    assert [
        e.name for e in model_of(f"# Data Model\n## Entities\n{heading}\n- id: uuid\n- title: string\n").entities
    ] == ["Book"]
