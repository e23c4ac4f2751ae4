"""`spec.md` and the folders around it."""

from flaresmith.compiler.model import RequirementKind
from flaresmith.compiler.parse import parse, spec_hash

SPEC = """# Feature Specification: Book Shop

**Feature Branch**: `001-book-shop`
**Status**: Draft

## User Scenarios

### User Story 1 - Buy a book (Priority: P1)

As a reader I want to buy.

1. **Given** a book in stock, **When** the reader pays, **Then** it is sent.
2. **Given** no stock, **When** the reader pays, **Then** it is refused.

### User Story 2 — Return a book (Priority: P2)

- Given a sold book When it comes back Then money flows.

## Requirements

- **FR-001**: The shop MUST sell books.
- FR-002a: The shop MUST count [NEEDS CLARIFICATION: how often?].
- **FR-PAY-003** — pays
- **NFR-001**: fast

| ID | Text |
|----|------|
| FR-1.2 | in a table |

### Key Entities

- **Book**: what is sold
- **Shelf** (place): where it stands

## Success Criteria

- **SC-001**: 95 % are happy.

## Traceability
- FR-001: tested by the first scenario
"""


def test_the_facts_of_a_specification(read):
    model = read(
        {
            "specs/001-book-shop/spec.md": SPEC,
            "specs/001-book-shop/data-model.md": "### Book\n- id: uuid\n- title: string\n",
        }
    )
    feature = model.features[0]
    assert (feature.id, feature.title, feature.branch, feature.status) == (
        "001-book-shop",
        "Book Shop",
        "001-book-shop",
        "Draft",
    )
    assert [(s.number, s.title, s.priority, len(s.scenarios)) for s in feature.stories] == [
        ("1", "Buy a book", "P1", 2),
        ("2", "Return a book", "P2", 1),
    ]
    first = feature.stories[0].scenarios[0]
    assert (first.given, first.when, first.then) == ("a book in stock", "the reader pays", "it is sent.")
    assert [r.id for r in feature.requirements] == ["FR-001", "FR-002a", "FR-PAY-003", "NFR-001", "FR-1.2"]
    assert [r.source.line for r in feature.requirements] == [21, 22, 23, 24, 28]
    assert feature.requirements[3].kind is RequirementKind.NON_FUNCTIONAL
    assert [(c.id, c.text) for c in feature.success_criteria] == [("SC-001", "95 % are happy.")]
    rules = {(d.rule, d.source.line) for d in model.diagnostics}
    assert ("needs-clarification", 22) in rules
    assert ("entity-without-fields", 33) in rules
    assert [e.name for e in model.entities] == ["Book"]


def test_features_are_found_at_any_depth_and_in_order(read):
    book = "### Book\n- id: uuid\n"
    assert [f.id for f in read({"002-b/data-model.md": book, "001-a/spec.md": "# A"}).features] == ["001-a", "002-b"]
    assert [f.id for f in read({"kitty-specs/007-x/spec.md": "# X"}).features] == ["007-x"]
    assert [
        f.id for f in read({"platform/api/specs/0012-x/contracts/openapi.yaml": "openapi: 3.1.0\npaths: {}"}).features
    ] == ["0012-x"]
    assert [f.id for f in read({"spec.md": "# X", "data-model.md": book}).features] == ["shop"]
    assert [f.id for f in read({"books/spec.md": "# X"}).features] == ["books"]


def test_the_constitution_gives_its_version(read):
    model = read(
        {".specify/memory/constitution.md": "# C\n**Version**: 1.2.0 | **Ratified**: x\n", "001-a/spec.md": "# A"}
    )
    assert model.constitution_version == "1.2.0"


def test_copies_of_a_data_model_are_named_and_left_out(read):
    model = read({"001-a/data-model.md": "### A\n- id: uuid\n", "001-a/data-model 2.md": "### B\n- id: uuid\n"})
    assert [e.name for e in model.entities] == ["A"]
    assert [d.rule for d in model.diagnostics if d.source.file.endswith("2.md")] == ["duplicate-file"]


def test_the_hash_changes_with_content_and_path_and_not_with_order():
    one, two = {"a": b"1", "b": b"2"}, {"b": b"2", "a": b"1"}
    assert spec_hash(one) == spec_hash(two) == parse(one, name="x").spec_hash
    assert len({spec_hash(files) for files in (one, {"a": b"12"}, {"a": b"2", "b": b"1"}, {"ab": b"12"}, {})}) == 5


def test_windows_text_is_read_with_a_warning():
    model = parse({"001-a/spec.md": "# Caf\xe9\r\n- **FR-001**: it\x92s\r\n".encode("latin-1")}, name="x")
    assert model.features[0].title == "Café"
    assert model.features[0].requirements[0].text == "it’s"
    assert [(d.rule, d.source.line) for d in model.diagnostics] == [("not-utf8", 1)]
