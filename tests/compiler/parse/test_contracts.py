"""OpenAPI, JSON Schema and tool contracts, and what is wrong with them."""

import json
import textwrap

import pytest

from flaresmith.compiler.parse import parse

BOOKS = """
openapi: 3.0.3
info: {title: Books, version: "1"}
security: [{bearer: []}]
paths:
  /books:
    parameters:
      - $ref: '#/components/parameters/Limit'
    get:
      operationId: listBooks
      summary: All books (FR-001)
      responses:
        200:
          description: ok
          content:
            application/json:
              schema: {type: array, items: {$ref: '#/components/schemas/Book'}}
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [title], properties: {title: {type: string, nullable: true}}}
      responses:
        '201':
          $ref: '#/components/responses/Made'
components:
  parameters:
    Limit: {name: limit, in: query, schema: {type: integer, minimum: 0, exclusiveMinimum: true}}
  responses:
    Made:
      description: made
      content:
        application/json:
          schema: {type: object, properties: {id: {type: string}}}
  securitySchemes:
    bearer: {type: http, scheme: bearer}
  schemas:
    Book:
      type: object
      properties: {next: {$ref: '#/components/zod/Shelf'}, up: {$ref: '#/components/schemas/Book'}}
  zod:
    Shelf: {type: string, nullable: true, enum: [a, b]}
"""


@pytest.fixture
def contract(read):
    return lambda text, path="specs/001-shop/contracts/openapi.yaml": read({path: textwrap.dedent(text)})


def rules(model):
    return [(d.rule, d.severity.value, d.source.line) for d in model.diagnostics if d.rule != "operation-needs-code"]


def test_operations_with_their_places_and_schemas(contract):
    model = contract(BOOKS)
    get, post = model.endpoints
    assert (get.method, get.path, get.operation_id, get.source.line) == ("GET", "/books", "listBooks", 9)
    assert get.requirements == ("FR-001",)
    assert get.security == ({"bearer": []},)
    assert model.security_schemes == {"bearer": {"type": "http", "scheme": "bearer"}}
    assert [(p.name, p.location, p.schema) for p in get.parameters] == [
        ("limit", "query", {"type": "integer", "exclusiveMinimum": 0})
    ]
    assert get.responses[0].schema == {"type": "array", "items": {"$ref": "#/components/schemas/Book"}}
    assert post.operation_id == "postBooks"
    assert post.request_required
    assert post.request_schema == {"$ref": "#/components/schemas/PostBooksRequest"}
    assert post.responses[0].schema == {"$ref": "#/components/schemas/PostBooksResponse201"}
    assert model.schemas["PostBooksRequest"]["properties"]["title"] == {"type": ["string", "null"]}
    assert model.schemas["Shelf"] == {"type": ["string", "null"], "enum": ["a", "b", None]}
    assert model.schemas["Book"]["properties"]["next"] == {"$ref": "#/components/schemas/Shelf"}
    assert rules(model) == [("operation-id-missing", "info", 18)]


def test_a_json_contract_knows_its_lines_too(contract):
    document = {
        "openapi": "3.1.0",
        "paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "ok"}}}}},
    }
    model = contract(json.dumps(document, indent=2), "specs/001-shop/contracts/api.json")
    assert [(e.operation_id, e.source.line) for e in model.endpoints] == [("a", 5)]


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("openapi.yaml", "openapi: 3.1.0\npaths:\n  /a: [\n", 4),
        ("openapi.yaml", "openapi: 3.1.0\n  paths: 1\n", 2),
        ("openapi.yaml", "a: &x 1\nb: *y\n", 2),
        ("openapi.yaml", "a:\n\tb: 1\n", 2),
        ("api.json", '{\n  "openapi": "3.1.0",\n  nope\n}', 3),
        ("api.json", "", 1),
    ],
)
def test_broken_contracts_block_with_file_and_line(contract, path, text, line):
    model = contract(text, f"specs/001-shop/contracts/{path}")
    assert [(d.rule, d.severity.value, d.source.file, d.source.line) for d in model.errors] == [
        ("contract-unreadable", "error", f"specs/001-shop/contracts/{path}", line)
    ]


def test_a_dangling_reference_is_an_error_at_its_place(contract):
    model = contract(BOOKS.replace("components/schemas/Book'}}", "components/schemas/Ghost'}}", 1))
    assert ("dangling-ref", "error", 17) in rules(model)


def test_cyclic_references_end(contract):
    model = contract(
        """
        openapi: 3.1.0
        paths:
          /a:
            get:
              parameters: [{$ref: '#/components/parameters/Loop'}]
              responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/x/self'}}}}}
        components:
          parameters: {Loop: {$ref: '#/components/parameters/Loop'}}
          schemas: {Node: {type: object, properties: {next: {$ref: '#/components/schemas/Node'}}}}
        x:
          self: {type: object, properties: {again: {$ref: '#/x/self'}}}
        """
    )
    assert model.schemas["Node"]["properties"]["next"] == {"$ref": "#/components/schemas/Node"}
    assert {rule for rule, _, _ in rules(model)} >= {"cyclic-ref"}


def test_names_over_contracts_are_made_unique(read):
    def document(kind):
        user = {"$ref": "#/components/schemas/User"}
        reply = {"description": "ok", "content": {"application/json": {"schema": user}}}
        things = {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}
        return json.dumps(
            {
                "openapi": "3.1.0",
                "paths": {f"/x/{kind}": {"get": {"operationId": "getIt", "responses": {"200": reply}}}},
                "components": {"schemas": {"Thing": {"type": kind}, "Same": {"type": "string"}, "User": things}},
            }
        )

    model = read(
        {
            "specs/001-a/contracts/openapi.yaml": document("string"),
            "specs/002-b/contracts/openapi.yaml": document("integer"),
        }
    )
    assert [e.operation_id for e in model.endpoints] == ["getIt", "getIt_2"]
    assert sorted(model.schemas) == ["Same", "Thing", "Thing2", "User", "User2"]
    assert model.schemas["User2"]["items"] == {"$ref": "#/components/schemas/Thing2"}
    assert model.endpoints[1].responses[0].schema == {"$ref": "#/components/schemas/User2"}
    assert {"operation-id-doubled", "schema-defined-twice"} <= {rule for rule, _, _ in rules(model)}


def test_json_schemas_tools_and_other_files(read):
    model = read(
        {
            "specs/001-a/contracts/openapi.yaml": (
                "openapi: 3.1.0\npaths: {}\ncomponents: {schemas: {Box: {$ref: './schemas/token.json'}}}\n"
            ),
            "specs/001-a/contracts/schemas/token.json": (
                '{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", '
                '"properties": {"a": {"$ref": "#/properties/b"}, "b": {"type": "string"}}}'
            ),
            "specs/001-a/contracts/mcp-tools.json": (
                '{"version": "1", "tools": [{"name": "book.find", "description": "finds", "examples": [{"input": {}}],'
                ' "inputSchema": {"type": "object"}}]}'
            ),
            "specs/001-a/contracts/api.ts": "export interface A {}",
            "specs/001-a/contracts/README.md": "# x",
        }
    )
    assert model.schemas["Token"]["properties"]["a"] == {"type": "string"}
    assert model.schemas["Box"] == {"$ref": "#/components/schemas/Token"}
    assert [(t.name, t.input_schema) for t in model.features[0].tools] == [("book.find", {"type": "object"})]
    assert [(d.rule, d.source.file.rsplit("/", 1)[1]) for d in model.diagnostics] == [("contract-not-read", "api.ts")]


@pytest.mark.parametrize("name", ["../../etc", "a b; drop", "{{7*7}}", "${x}", "a'b", "a`b"])
def test_hostile_names_are_refused(contract, name):
    model = contract(
        json.dumps(
            {
                "openapi": "3.1.0",
                "paths": {
                    f"/{name}": {"get": {"operationId": "a", "responses": {}}},
                    "/ok": {
                        "get": {"operationId": name, "parameters": [{"name": name, "in": "query"}], "responses": {}}
                    },
                },
                "components": {"schemas": {name: {"type": "string"}}},
            }
        ),
        "specs/001-shop/contracts/api.json",
    )
    assert name not in model.schemas
    assert [(e.path, e.operation_id, e.parameters) for e in model.endpoints if e.path == "/ok"] == [
        ("/ok", "getOk", ())
    ]
    assert {"unsafe-name", "parameter-not-read"} <= {d.rule for d in model.diagnostics}


def test_duplicate_keys_old_versions_and_odd_statuses_are_said(contract):
    model = contract(
        "swagger: '2.0'\npaths:\n  /a:\n    get:\n      operationId: a\n"
        "      responses: {okay: {}}\n  /a:\n    get: {operationId: b, responses: {}}\n"
    )
    assert {"openapi-version", "duplicate-key"} <= {rule for rule, _, _ in rules(model)}
    assert [e.operation_id for e in model.endpoints] == ["b"]


def test_names_that_only_stand_for_each_other_are_an_error_at_their_line_and_a_tree_is_not() -> None:
    contract = """
openapi: 3.1.0
info: {title: x, version: "1"}
paths: {}
components:
  schemas:
    Node: {type: object, properties: {child: {$ref: "#/components/schemas/Node"}}}
    A: {$ref: "#/components/schemas/B"}
    B: {$ref: "#/components/schemas/A"}
"""
    files = {"001-a/spec.md": b"# A\n\n- **FR-001**: x\n", "001-a/contracts/openapi.yaml": contract.encode()}
    found = {(d.rule, d.source.line) for d in parse(files, name="x").errors}
    assert found == {("cyclic-ref", 8), ("cyclic-ref", 9)}
