"""Contracts in the forms in which people write them: broken YAML, texts, tools, code, large JSON."""

from __future__ import annotations

import json
import time

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flaresmith.compiler.parse import parse
from flaresmith.compiler.parse.contracts.guessing import schema_of_sample
from flaresmith.compiler.parse.documents import Unreadable, read_document

PATHS = "openapi: 3.1.0\npaths:\n  /books:\n    get:\n      operationId: listBooks\n"
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


@pytest.fixture
def contract(read):
    """The model of one contract file."""
    return lambda name, text: read({f"specs/001-shop/contracts/{name}": text})


def of(model, *rules):
    return [(d.rule, d.source.line) for d in model.diagnostics if d.rule in rules]


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("      summary: 列表: 所有\n", 6),
        ("      summary: `All` books\n", 6),
        ("      summary: @all books\n", 6),
        ("      summary: **All** books\n", 6),
        ("      description: [DRAFT] all books\n", 6),
    ],
)
def test_an_unquoted_value_is_read_as_meant_and_told(contract, before, line):
    model = contract("openapi.yaml", PATHS + before + "      responses: {}\n")
    [endpoint] = model.endpoints
    assert (endpoint.operation_id, endpoint.source.line) == ("listBooks", 4)
    assert (endpoint.summary or endpoint.description) == before.partition(": ")[2].strip()
    assert of(model, "contract-repaired") == [("contract-repaired", line)]
    assert not model.errors


def test_the_fix_of_a_repair_names_the_value_alone(contract):
    model = contract("openapi.yaml", PATHS + "      summary: a: b\n")
    [told] = [d for d in model.diagnostics if d.rule == "contract-repaired"]
    [edit] = told.fix.edits
    assert (edit.source.line, edit.source.column, edit.length, edit.text) == (6, 16, 4, "'a: b'")


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("---\ntitle: Books\n---\n", "", 7),
        ("# Books\n\n```yaml\n", "```\n\nMore words.\n", 7),
        ("\ufeff", "", 4),
    ],
)
def test_what_stands_around_a_contract_does_not_hide_it(contract, before, after, line):
    [endpoint] = contract("openapi.yaml", before + PATHS + after).endpoints
    assert (endpoint.operation_id, endpoint.source.line) == ("listBooks", line)


def test_what_cannot_be_repaired_is_left_out_and_the_rest_is_read(contract):
    text = (
        PATHS + "  /broken:\n    get:\n       - x\n      - : [\n  /shelves:\n    get:\n      operationId: listShelves\n"
    )
    model = contract("openapi.yaml", text)
    assert [e.operation_id for e in model.endpoints if e.path != "/broken"] == ["listBooks", "listShelves"]
    assert [(d.rule, d.source.line) for d in model.errors][:1] == [("contract-unreadable", 9)]


def test_several_documents_in_one_file(contract):
    model = contract("all.yaml", PATHS + "---\n" + PATHS.replace("ooks", "oats"))
    assert [(e.path, e.source.line) for e in model.endpoints] == [("/books", 4), ("/boats", 10)]


def test_json_with_comments_and_a_last_comma(contract):
    text = '{"openapi": "3.1.0", // now\n "paths": {"/a": {"get": {"operationId": "a",},},}\n}'
    model = contract("openapi.json", text)
    assert [(e.operation_id, e.source.line) for e in model.endpoints] == [("a", 2)]
    assert {line for _, line in of(model, "contract-repaired")} == {1, 2}


@given(DOCUMENTS)
@settings(max_examples=60, deadline=None)
def test_every_place_in_json_is_where_it_stands(value):
    text = json.dumps({"root": value}, indent=1)
    document = read_document(text, json_text=True)
    lines = text.split("\n")
    waiting = [document.root]
    while waiting:
        found = waiting.pop()
        line, column = document.place(found)
        assert lines[line - 1][column - 1] in "{["
        for key, inner in found.items() if isinstance(found, dict) else ():
            line, column = document.place(found, key)
            assert lines[line - 1][column - 1 :].startswith(json.dumps(key))
            waiting += [inner] if isinstance(inner, dict | list) else []
        waiting += [each for each in found if isinstance(each, dict | list)] if isinstance(found, list) else []


def test_ten_megabytes_of_json_are_read_in_linear_time():
    def seconds(operations):
        paths = {f"/p{n}": {"get": {"operationId": f"get{n}", "description": "x" * 1000}} for n in range(operations)}
        text = orjson.dumps({"openapi": "3.1.0", "paths": paths}, option=orjson.OPT_INDENT_2)
        start = time.perf_counter()
        model = parse({"001-a/contracts/openapi.json": text}, name="x")
        assert len(model.endpoints) == operations
        assert not model.errors
        return time.perf_counter() - start, len(text)

    small, _ = seconds(500)
    large, size = seconds(10_000)
    assert size > 10_000_000
    assert large < max(60 * small, 6)


def test_nothing_reads_what_is_no_json():
    with pytest.raises(Unreadable) as problem:
        read_document('{"a": 1,\n "b" 2}', json_text=True)
    assert problem.value.line == 2


TOOL = {"name": "find", "description": "Finds (FR-003)"}
SCHEMA = {"type": "object", "properties": {"q": {"type": "string"}}}
TOOLS = {
    "list": [TOOL | {"inputSchema": SCHEMA}],
    "tools": {"version": "1.2.0", "tools": [TOOL | {"input_schema": SCHEMA}]},
    "named": {"tools": {"find": {"description": "Finds (FR-003)", "parameters": SCHEMA}}},
    "servers": {"servers": [{"name": "s", "tools": [TOOL | {"inputSchema": SCHEMA}]}]},
    "server map": {"mcpServers": {"s": {"tools": [TOOL | {"inputSchema": SCHEMA}]}}},
    "function": [{"type": "function", "function": TOOL | {"parameters": SCHEMA}}],
    "reply": {"result": {"tools": [TOOL | {"inputSchema": SCHEMA}]}},
    "bare properties": {"tools": [TOOL | {"input": {"q": {"type": "string"}}}]},
    "words": {"tools": [TOOL | {"parameters": {"q": "string"}}]},
    "parameter list": {"tools": [TOOL | {"parameters": [{"name": "q", "type": "string"}]}]},
    "reference": {"definitions": {"Q": SCHEMA}, "tools": [TOOL | {"inputSchema": {"$ref": "#/definitions/Q"}}]},
}


@pytest.mark.parametrize("form", TOOLS)
def test_tools_in_each_shape(contract, form):
    [feature] = contract("mcp-tools.json", json.dumps(TOOLS[form], indent=1)).features
    [tool] = feature.tools
    assert (tool.name, tool.input_schema, tool.requirements) == ("find", SCHEMA, ("FR-003",))
    assert tool.version == ("1.2.0" if form == "tools" else "")


def test_versions_examples_and_annotations_of_tools(contract):
    tool = TOOL | {
        "title": "Find",
        "version": "2",
        "annotations": {"readOnlyHint": True},
        "examples": [{"arguments": {"q": "a"}, "result": [1]}, {"q": "b"}],
        "specRef": "FR-009",
    }
    [found] = contract("mcp-tools.json", json.dumps([tool])).features[0].tools
    assert (found.version, found.annotations) == ("2", {"readOnlyHint": True, "title": "Find"})
    assert found.examples == ({"input": {"q": "a"}, "output": [1]}, {"input": {"q": "b"}})
    assert found.requirements == ("FR-003", "FR-009")


ENDPOINTS = {
    "heading": "### POST /books/:id/lend — Lend one\n",
    "ticked": "### `POST /books/{id}/lend` — Lend one\n",
    "numbered": "## 1. POST /books/<id>/lend - Lend one\n",
    "labelled": "#### Lend one\n- **Endpoint**: `POST /books/:id/lend` — Lend one\n",
    "two labels": "#### Lend\n**Method**: POST\n**Path**: `/books/:id/lend`\n",
    "table": "| Method | Path | Description |\n|---|---|---|\n| POST | `/books/{id}/lend` | Lend one |\n",
    "one column": "| Endpoint | Purpose |\n|---|---|\n| `POST /books/{id}/lend` | Lend one |\n",
    "bullet": "- `POST /books/{id}/lend` — Lend one\n",
    "host": "### POST https://api.example.com/books/[id]/lend - Lend one\n",
}


@pytest.mark.parametrize("form", ENDPOINTS)
def test_endpoints_of_a_text(contract, form):
    [endpoint] = contract("api.md", f"# API\n\n{ENDPOINTS[form]}").endpoints
    assert (endpoint.method, endpoint.path) == ("POST", "/books/{id}/lend")
    assert [(p.name, p.location) for p in endpoint.parameters] == [("id", "path")]
    assert 0 < endpoint.confidence < 1
    assert endpoint.summary in ("Lend one", "")


def test_what_stands_below_an_endpoint_describes_it(contract):
    text = """# Books
### POST /books
Makes a book (FR-004).
**Headers**
| Header | Required |
|---|---|
| X-Key | Yes |
**Request Body**
```json
{"title": "A", "pages": 3, "tags": ["x"], "at": "2026-01-02T03:04:05Z"}
```
**Response 201**
```json
{"id": "550e8400-e29b-41d4-a716-446655440000"}
```
| Status | Meaning |
|---|---|
| 409 | taken |
"""
    [endpoint] = contract("books.md", text).endpoints
    assert endpoint.requirements == ("FR-004",)
    assert [(p.name, p.location, p.required) for p in endpoint.parameters] == [("X-Key", "header", True)]
    assert endpoint.request_schema["properties"] == {
        "title": {"type": "string"},
        "pages": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "at": {"type": "string", "format": "date-time"},
    }
    assert [(r.status, bool(r.schema)) for r in endpoint.responses] == [("201", True), ("409", False)]


def test_what_others_serve_is_not_ours(contract):
    model = contract("external-pay-api.md", "# Pay\n### POST /charge\n")
    assert [e.path for e in model.endpoints] == []
    assert of(model, "contract-foreign") == [("contract-foreign", 2)]


def test_openapi_counts_where_a_text_says_the_same(read):
    model = read(
        {"001-a/contracts/openapi.yaml": PATHS, "001-a/contracts/books.md": "### GET /books\n\n### GET /shelves\n"}
    )
    assert [(e.path, e.confidence) for e in model.features[0].endpoints] == [("/books", 1.0), ("/shelves", 0.9)]
    assert ("second-notation", 1) in of(model, "second-notation")


def test_a_text_without_endpoints_is_told(contract):
    assert of(contract("cli.md", "# CLI\n\n`tool run`\n"), "contract-not-read") == [("contract-not-read", 1)]


def test_types_of_code_are_schemas_and_comments_name_endpoints(contract):
    text = """// POST /api/books/:id/lend — Lend one
export interface LendRequest {
  due: string;
  note?: string;
}
export interface LendResponse {
  loan: Loan;
}
export interface Loan {
  id: string;
}
"""
    model = contract("lending.ts", text)
    [endpoint] = [e for e in model.endpoints if not e.derived]
    assert (endpoint.method, endpoint.path, endpoint.source.line) == ("POST", "/api/books/{id}/lend", 1)
    assert endpoint.request_schema == {"$ref": "#/components/schemas/LendRequest"}
    assert model.schemas["LendRequest"]["required"] == ["due"]
    assert model.schemas["LendResponse"]["properties"]["loan"] == {"$ref": "#/components/schemas/Loan"}
    assert not model.tables


def test_asyncapi_gives_schemas_and_says_what_it_does_not_give(contract):
    text = "asyncapi: 3.0.0\nchannels:\n  made: {}\ncomponents:\n  schemas:\n    Made: {type: object}\n"
    model = contract("events.yaml", text)
    assert model.schemas["Made"] == {"type": "object"}
    assert of(model, "channels-not-generated") == [("channels-not-generated", 2)]


@given(DOCUMENTS)
@settings(max_examples=60, deadline=None)
def test_a_sample_always_has_a_schema(value):
    assert isinstance(schema_of_sample(value), dict)
