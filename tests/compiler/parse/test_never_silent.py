"""Nothing that looks like a fact is passed over in silence, wherever in a data model it stands."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flaresmith.compiler.model import EntityKind
from flaresmith.compiler.parse import parse

EXAMPLE = Path(__file__).parents[3] / "examples" / "tool-library" / "specs"
MODELS = {path.parent.name: path.read_text() for path in sorted(EXAMPLE.glob("*/data-model.md"))}

BODIES = {
    "bullets with parentheses": """A room with tools.

- id (uuid, pk) REQUIRED
- title (string, 3..80) REQUIRED
- toolId (uuid) OPTIONAL → Tool.id
""",
    "bullets with colons": "- id: uuid (pk)\n- title: string (3..80)\n- toolId: uuid (nullable)\n",
    "bold bullets": "* **id**: uuid, pk\n* **title**: string, 3..80\n* **toolId**: uuid, nullable\n",
    "a table": """
| Field | Type | Required | Notes |
|-------|------|----------|-------|
| id | uuid | yes | PK |
| title | string | yes | |
| toolId | uuid | no | |
""",
    "a table without outer pipes": """
Field | Type | Required
--- | --- | ---
id | uuid | yes
title | string | yes
toolId | uuid | no
""",
    "SQL": """
```sql
CREATE TABLE workshop (
  id UUID PRIMARY KEY,
  title VARCHAR(80) NOT NULL,
  tool_id UUID
);
```
""",
    "pseudo-SQL": "\n```\nworkshops (\n  id UUID PK,\n  title VARCHAR(80) NOT NULL,\n  tool_id UUID NULL\n)\n```\n",
    "TypeScript": "\n```ts\ninterface Workshop {\n  id: string;\n  title: string;\n  toolId?: string;\n}\n```\n",
}


def boundaries(text):
    """The lines before which a heading stands, and the end of the file."""
    lines = text.split("\n")
    fences = [place for place, line in enumerate(lines) if line.startswith("```")]
    assert not fences
    return [*(place for place, line in enumerate(lines) if line.startswith("#")), len(lines)][1:]


def injected(feature, place, block):
    lines = MODELS[feature].split("\n")
    texts = dict(MODELS) | {feature: "\n".join([*lines[:place], block, *lines[place:]])}
    return parse({f"specs/{name}/data-model.md": text.encode() for name, text in texts.items()}, name="library")


PLACES = [(feature, place) for feature, text in MODELS.items() for place in boundaries(text)]
BEFORE = parse({f"specs/{name}/data-model.md": text.encode() for name, text in MODELS.items()}, name="library")


@settings(max_examples=120, deadline=None)
@given(
    where=st.sampled_from(PLACES),
    level=st.integers(2, 6),
    dialect=st.sampled_from(sorted(BODIES)),
    blank=st.sampled_from(["\n", "\n\n"]),
)
def test_an_entity_at_any_heading_is_read(where, level, dialect, blank):
    block = f"{'#' * level} Workshop{blank}{BODIES[dialect]}"
    model = injected(*where, block)
    assert len(model.entities) == len(BEFORE.entities) + 1
    workshop = model.entity("Workshop") or model.entity("workshops") or model.entity("workshop")
    assert [field.name.replace("tool_id", "toolId") for field in workshop.fields] == ["id", "title", "toolId"]
    assert model.not_understood == 0
    for known in BEFORE.entities:
        assert [f.name for f in model.entity(known.name).fields] == [f.name for f in known.fields]


@settings(max_examples=80, deadline=None)
@given(
    where=st.sampled_from(PLACES),
    heading=st.sampled_from(
        ["", "## Notes", "### Usage", "## Appendix", "**Details**:", "> quoted", "## Open questions"]
    ),
    line=st.sampled_from(["- shelf (string, max 20) OPTIONAL", "- **shelf**: string", "| shelf | string | no | |"]),
)
def test_a_field_anywhere_is_a_fact_or_is_counted(where, heading, line):
    quoted = heading.startswith(">")
    model = injected(*where, f"> {line}\n" if quoted else f"{heading}\n\n{line}\n")
    fields = [field.name for entity in model.entities for field in entity.fields]
    said = [d for d in model.diagnostics if d.rule == "not-understood" and "shelf" in d.message]
    assert (fields.count("shelf"), len(said)) in ((1, 0), (0, 1))
    assert model.not_understood == len(said)
    assert all(d.source.line >= where[1] and "shelf" in d.message for d in said)


@pytest.mark.parametrize(
    "group",
    ["Relationships", "Notes", "Appendix A: more", "Enums", "State transitions", "Indexes", "Constraints", "Changelog"],
)
@pytest.mark.parametrize("dialect", sorted(BODIES))
def test_entities_stand_below_any_group(model_of, group, dialect):
    model = model_of(
        f"# Data Model\n\n### Tool\n- id: uuid\n- name: string\n\n## {group}\n\n### Workshop\n{BODIES[dialect]}"
    )
    workshop = next(entity for entity in model.entities if entity.name.lower().startswith("workshop"))
    assert len(workshop.fields) == 3
    assert model.not_understood == 0


@pytest.mark.parametrize(
    ("group", "kind"),
    [("Request DTOs", EntityKind.DTO), ("Read models", EntityKind.DERIVED), ("Enums", EntityKind.PERSISTED)],
)
def test_the_group_still_tells_the_kind(model_of, group, kind):
    model = model_of(f"## {group}\n\n### Workshop\n{BODIES['bullets with parentheses']}")
    assert [(e.name, e.kind) for e in model.entities] == [("Workshop", kind)]


@pytest.mark.parametrize(
    "name", ["Workflow", "Record", "Member", "Requirement", "Note", "Transitions", "Security", "Schema"]
)
def test_common_words_are_entities_where_fields_with_a_key_stand_below(model_of, name):
    model = model_of(f"## Entities\n\n### {name}\n- id (uuid, pk) REQUIRED\n- title (string) REQUIRED\n")
    assert [(e.name, [f.name for f in e.fields]) for e in model.entities] == [(name, ["id", "title"])]


@pytest.mark.parametrize("title", ["Workshop\n========", "Workshop\n--------", "Appendix B: Workshop"])
def test_headings_of_other_forms(model_of, title):
    title = title if "\n" in title else f"## {title}"
    model = model_of(f"### Tool\n- id: uuid\n- name: string\n\n{title}\n\n- id (uuid, pk)\n- title (string)\n")
    assert [(e.name, len(e.fields)) for e in model.entities] == [("Tool", 2), ("Workshop", 2)]


def test_a_heading_with_two_qualifiers_is_an_entity(model_of):
    model = model_of(
        "### Product (Sheet: 'Products') — EXISTING, MODIFIED\n\n"
        "| Column | Field | Type |\n|-|-|-|\n| A | id | uuid |\n"
    )
    assert [(e.name, [f.name for f in e.fields]) for e in model.entities] == [("Product", ["id"])]


def test_a_table_of_unknown_form_below_an_entity_is_counted(model_of):
    rows = "| Bay | Lamp |\n|---|---|\n| north | red |\n| south | blue |\n"
    model = model_of(f"### Tool\n- id: uuid\n- name: string\n\nWhere it hangs.\n\n{rows}")
    assert [d.source.line for d in model.diagnostics if d.rule == "not-understood"] == [9, 10]
    assert model.not_understood == 2
    assert not model_of(f"### Tool\n- id: uuid\n- name: string\n\n## Background\n\n{rows}").not_understood


def test_diagrams_are_told_once_and_not_counted(model_of):
    box = "```\n┌────────┐     ┌────────┐\n│ Tool   │────>│ Loan   │\n└────────┘     └────────┘\n```\n"
    flow = "```mermaid\nsequenceDiagram\n  A->>B: borrow\n```\n"
    tree = "```\nsrc/\n├── a.py\n└── b.py\n```\n"
    model = model_of(f"# Data Model\n\n## Overview\n\n{box}\n{flow}\n{tree}\n### Tool\n- id: uuid\n- name: string\n")
    assert [(d.source.line, d.severity) for d in model.diagnostics if d.rule == "diagram-not-read"] == [
        (6, "info"),
        (12, "info"),
    ]
    assert model.not_understood == 0


def test_code_of_other_languages_is_counted_unless_its_entity_is_described(model_of):
    code = (
        "```swift\nstruct Tool {\n    let id: UUID\n    let name: String\n\n"
        "    func rename(_ name: String) -> Tool {\n        return self\n    }\n}\n```\n"
    )
    assert model_of(f"## Notes\n\n{code}").not_understood == 2
    assert model_of(f"### Tool\n- id: uuid\n- name: string\n\n{code}").not_understood == 0


def test_fields_inside_an_object_are_shown_beside_it(model_of):
    model = model_of("### Tool\n- id: uuid\n- size: json\n  - width: number\n  - height: number\n")
    said = [d for d in model.diagnostics if d.rule == "inside-of-json"]
    assert [(d.source.line, "width, height" in d.message) for d in said] == [(3, True)]
    assert model.not_understood == 0


@pytest.mark.parametrize(
    "prose",
    [
        "- **Redis**: Password authentication and network isolation",
        "- Details array optional for additional context",
        "- Project path not found → exit with error",
        "- Encrypted backup to an external vault",
        "- **Type**: UUID",
        "- Email: sent to each member on signup",
        "| 401 | UNAUTHORIZED |",
    ],
)
def test_prose_is_not_taken_for_fields(model_of, prose):
    model = model_of(f"### Tool\n- id: uuid\n- name: string\n\n## Security\n\n{prose}\n")
    assert [len(e.fields) for e in model.entities] == [2]
    assert model.not_understood == 0
