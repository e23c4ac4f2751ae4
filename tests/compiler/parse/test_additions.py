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
    "Category": (CATALOGUE, "- updatedAt (datetime, default now) REQUIRED\n\nSeed data:\n"),
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


FILTERS = (
    "parameters: [{name: status, in: query, schema: {type: string}}, {name: q, in: query, schema: {type: string}}]"
)


def with_operation(method, path, *, more=""):
    """The example with one more operation at the end of its paths, or in the path that is there."""
    contract = "specs/002-lending/contracts/openapi.yaml"
    operation = f"    {method}:\n{more}      responses: {{'200': {{description: ok}}}}\n"
    text = FILES[contract].decode()
    if f"  {path}:\n" in text:
        text = text.replace(f"  {path}:\n", f"  {path}:\n{operation}")
    else:
        text = text.replace("components:\n", f"  {path}:\n{operation}components:\n", 1)
    model = parse(FILES | {contract: text.encode()}, name="library")
    found = next(e for e in model.endpoints if (e.method, e.path) == (method.upper(), path) and not e.derived)
    return model, found


BODY = (
    "      requestBody: {content: {application/json: {schema: {type: object, properties: {note: {type: string}}}}}}\n"
)
LISTED = f"      {FILTERS}\n"


@pytest.mark.parametrize(
    ("method", "path", "more", "entity", "action"),
    [
        ("put", "/loans/{loanId}", BODY, "Loan", "replace"),
        ("patch", "/reservations/{reservationId}", BODY, "Reservation", "update"),
        ("get", "/reviews", LISTED, "Review", "list"),
        ("post", "/reviews", BODY, "Review", "create"),
        ("get", "/members", LISTED, "Member", "list"),
        ("delete", "/members/{member_id}", "", "Member", "delete"),
        ("get", "/tools", LISTED, "Tool", "list"),
        ("get", "/tools/{id}", "", "Tool", "get"),
        ("get", "/tool-tags", "", "ToolTag", "list"),
        ("get", "/members/{memberId}/loans", LISTED, "Loan", "list"),
        ("post", "/tools/{toolId}/loans", BODY, "Loan", "create"),
        ("get", "/tools/{toolId}/loans/{loanId}", "", "Loan", "get"),
        ("get", "/categories/{categoryId}/tools", "", "Tool", "list"),
        ("get", "/loans/{loanId}/reviews", "", "Review", "list"),
        ("get", "/tools/{toolId}/reviews", LISTED, "Review", "list"),
        ("get", "/tools/{toolId}/reviews/{reviewId}", "", "Review", "get"),
        ("get", "/tools/{toolId}/tags", "", "Tag", "list"),
    ],
)
def test_one_more_operation_finds_its_entity(method, path, more, entity, action):
    model, found = with_operation(method, path, more=more)
    assert (found.entity, found.action) == (entity, action)
    assert "operation-needs-code" not in {d.rule for d in model.diagnostics if d.source == found.source}


@pytest.mark.parametrize(
    ("method", "path", "more"),
    [
        ("post", "/tools/{toolId}/reviews", BODY),  # of which loan?
        ("delete", "/tools/{toolId}/tags/{tagId}", ""),  # takes a tag off a tool, and deletes no tag
        ("get", "/members/{memberId}/tools", ""),  # lent or reserved?
        ("get", "/tools/search", LISTED),
        ("post", "/loans/{loanId}/burn", ""),
    ],
)
def test_what_a_person_could_not_tell_is_left_to_a_person(method, path, more):
    model, found = with_operation(method, path, more=more)
    assert (found.entity, found.action) == ("", "")
    assert "operation-needs-code" in {d.rule for d in model.diagnostics if d.source == found.source}


def test_what_is_reached_through_another_table_is_said():
    model, found = with_operation("get", "/tools/{toolId}/reviews")
    said = [d for d in model.diagnostics if d.rule == "operation-indirect"]
    assert [(d.source, "through Loan" in d.message) for d in said] == [(found.source, True)]


def test_a_list_below_another_resource_takes_nothing_away():
    before = {(e.method, e.path) for e in parse(FILES, name="library").endpoints}
    for path in ("/tools/{toolId}/reviews", "/categories/{categoryId}/tools", "/loans/{loanId}/reviews"):
        model, _ = with_operation("get", path)
        assert {(e.method, e.path) for e in model.endpoints} == before | {("GET", path)}


def test_a_field_that_is_written_twice_in_two_ways_is_said(model_of):
    model = model_of(
        "### Book\n- id (uuid)\n- pages (integer) REQUIRED\n- title (string)\n- pages (integer) OPTIONAL\n"
    )
    assert [(d.rule, d.source.line) for d in model.diagnostics if "pages" in d.message] == [("field-doubled", 5)]
