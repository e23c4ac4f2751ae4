"""A person adds one field or one operation to a spec that is there: it must take effect, however it is spelled."""

from pathlib import Path

import pytest

from flaresmith.compiler.model import Kind
from flaresmith.compiler.parse import parse

EXAMPLE = Path(__file__).parents[3] / "examples" / "tool-library" / "specs"
FILES = {f"specs/{path.relative_to(EXAMPLE)}": path.read_bytes() for path in EXAMPLE.rglob("*") if path.is_file()}
CATALOGUE, LENDING = "specs/001-catalogue/data-model.md", "specs/002-lending/data-model.md"

SPELLINGS = [
    "- shelf (string, max 20) OPTIONAL",
    "- shelf: string (nullable)",
    "- shelf: string, nullable",
    "- shelf: string?",
    "- **shelf**: string",
    "- **shelf** (string, optional)",
    "- `shelf`: string",
    "- `shelf` (string) — where it stands",
    "- `shelf: string`",
    "- shelf string",
    "- shelf string optional",
    "-\tshelf\t(string)\tOPTIONAL",
    "- shelf (string, max 20) OPTIONAL   ",
    "* shelf (string, max 20) OPTIONAL",
    "+ shelf (string, max 20) OPTIONAL",
    " - shelf (string, max 20) OPTIONAL",
    "\t- shelf (string, max 20) OPTIONAL",
    "| shelf | string | no | max 20 characters |",
    "| shelf | string | no |",
    "shelf | string | no | max 20 characters",
    "| `shelf` | string | optional | max 20 characters |",
]
# the last field of an entity, and the last line of its section
ANCHORS = {
    "Category": (CATALOGUE, "- updatedAt (datetime, default now) REQUIRED\n\n### Tool\n"),
    "Tag": (CATALOGUE, "- colour (string, pattern `^#[0-9a-f]{6}$`) OPTIONAL\n"),
    "Tool": (CATALOGUE, "- (categoryId, name)\n"),
    "ToolTag": (CATALOGUE, "- (toolId, tagId) unique\n"),
    "Review": (LENDING, "| createdAt | datetime | yes | default now |\n\n## Relationships"),
    "Loan": (LENDING, "- (toolId, status)\n"),
    "Reservation": (LENDING, "- CHECK (endsOn >= startsOn)\n"),
}


def with_line(entity, line, *, blank="", ends="\n", mark=b""):
    path, anchor = ANCHORS[entity]
    text = FILES[path].decode()
    assert text.count(anchor) == 1
    first, _, rest = anchor.partition("\n")
    changed = text.replace(anchor, f"{first}\n{blank}{line}\n{rest}").replace("\n", ends)
    return parse(FILES | {path: mark + changed.encode()}, name="library")


@pytest.mark.parametrize("entity", sorted(ANCHORS))
@pytest.mark.parametrize("line", SPELLINGS)
def test_one_more_field_is_read(entity, line):
    if "|" in line and entity not in ("Review",) and not line.startswith("|"):
        pytest.skip("a row without pipes at its edges needs its table directly above")
    before = parse(FILES, name="library")
    model = with_line(entity, line)
    shelf = model.entity(entity).field("shelf")
    assert shelf is not None, [d.message for d in model.diagnostics if d.rule == "not-understood"]
    assert shelf.type.kind is Kind.STRING
    assert model.not_understood == 0
    if any(word in line.lower() for word in ("optional", "nullable", "?", "| no |")):
        assert not shelf.required
    for known in before.entities:
        wanted = [f.name for f in known.fields] + (["shelf"] if known.name == entity else [])
        assert [f.name for f in model.entity(known.name).fields] == wanted
        assert [i.fields for i in model.entity(known.name).indexes] == [i.fields for i in known.indexes]
        assert len(model.entity(known.name).rules) == len(known.rules)


@pytest.mark.parametrize("entity", sorted(ANCHORS))
@pytest.mark.parametrize(
    "how", [{"ends": "\r\n"}, {"mark": b"\xef\xbb\xbf"}, {"blank": "\n"}, {"ends": "\r\n", "mark": b"\xef\xbb\xbf"}]
)
def test_line_ends_marks_and_blank_lines_do_not_matter(entity, how):
    model = with_line(entity, "- shelf (string, max 20) OPTIONAL", **how)
    shelf = model.entity(entity).field("shelf")
    assert (shelf.type.kind, shelf.limits.max_length or shelf.type.length, shelf.required) == (Kind.STRING, 20, False)
    assert model.not_understood == 0


def test_a_rule_on_a_field_stays_a_rule(entity_of):
    entity = entity_of(
        "### Book\n- id: uuid\n- title: string\n\nValidation rules:\n- title: string, max 80\n- price: decimal, min 0\n"
    )
    assert [field.name for field in entity.fields] == ["id", "title"]
    assert len(entity.rules) == 2


def test_an_index_on_one_column_stays_an_index(entity_of):
    entity = entity_of(
        "### Book\n- id: uuid\n- title: string\n- slug: string\n\nIndexes:\n- slug (unique)\n- `title`\n- title, slug\n"
    )
    assert [field.name for field in entity.fields] == ["id", "title", "slug"]
    assert entity.field("slug").unique
    assert [index.fields for index in entity.indexes] == [("title",), ("title", "slug")]
