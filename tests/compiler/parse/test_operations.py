"""What operations do to entities, and what is derived for entities without a contract."""

import pytest

DATA = """
### Author
- id (uuid)

### Book
- id (uuid)
- authorId (uuid) REQUIRED → Author.id
- status (enum: draft|live)

State transitions:
- status: draft → live (trigger: publish)

### OrderItem
- id (uuid)
"""


def document(*operations):
    paths = "".join(
        f"  {path}:\n    {method.lower()}: {{operationId: op{place}, responses: {{}}}}\n"
        for place, (method, path) in enumerate(operations)
    )
    return f"openapi: 3.1.0\npaths:\n{paths}"


@pytest.mark.parametrize(
    ("method", "path", "entity", "action"),
    [
        ("GET", "/books", "Book", "list"),
        ("POST", "/api/v1/books", "Book", "create"),
        ("GET", "/books/{bookId}", "Book", "get"),
        ("PUT", "/book/{id}", "Book", "replace"),
        ("PATCH", "/books/{book_id}", "Book", "update"),
        ("DELETE", "/books/{id}", "Book", "delete"),
        ("POST", "/books/{id}/publish", "Book", "transition:publish"),
        ("GET", "/authors/{authorId}/books", "Book", "list"),
        ("POST", "/authors/{authorId}/books", "Book", "create"),
        ("GET", "/order-items", "OrderItem", "list"),
        ("GET", "/orderItems/{id}", "OrderItem", "get"),
        ("POST", "/books/{id}/burn", "", ""),
        ("GET", "/books/{isbn}", "", ""),
        ("GET", "/authors/{authorId}/order-items", "", ""),
        ("GET", "/authors/books", "", ""),
        ("GET", "/books/me", "", ""),
        ("POST", "/auth/login", "", ""),
        ("DELETE", "/books", "", ""),
    ],
)
def test_contract_operations_find_their_entity(read, method, path, entity, action):
    model = read({"specs/001-a/data-model.md": DATA, "specs/001-a/contracts/openapi.yaml": document((method, path))})
    found = next(e for e in model.endpoints if not e.derived)
    assert (found.entity, found.action) == (entity, action)
    assert ("operation-needs-code" in {d.rule for d in model.diagnostics}) == (entity == "")


def test_the_names_of_bodies_help_where_the_path_does_not(read):
    text = """
openapi: 3.1.0
paths:
  /catalogue:
    get:
      operationId: a
      responses:
        '200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/BookPage'}}}}
    post:
      operationId: b
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/CreateBookRequest'}}}}
      responses: {}
components:
  schemas:
    Book: {type: object}
    CreateBookRequest: {type: object}
    BookPage: {type: object, properties: {items: {type: array, items: {$ref: '#/components/schemas/Book'}}}}
"""
    model = read({"specs/001-a/data-model.md": DATA, "specs/001-a/contracts/openapi.yaml": text})
    assert [(e.entity, e.action) for e in model.endpoints if not e.derived] == [("Book", "list"), ("Book", "create")]


def test_entities_without_a_contract_get_rest_resources(model_of):
    endpoints = [
        (e.method, e.path, e.operation_id, e.entity, e.action) for e in model_of(DATA).endpoints if e.entity == "Book"
    ]
    assert endpoints == [
        ("GET", "/books", "listBooks", "Book", "list"),
        ("POST", "/books", "createBook", "Book", "create"),
        ("GET", "/books/{id}", "getBook", "Book", "get"),
        ("PATCH", "/books/{id}", "updateBook", "Book", "update"),
        ("PUT", "/books/{id}", "replaceBook", "Book", "replace"),
        ("DELETE", "/books/{id}", "deleteBook", "Book", "delete"),
        ("POST", "/books/{id}/publish", "publishBook", "Book", "transition:publish"),
    ]
    assert all(e.derived for e in model_of(DATA).endpoints)


def test_where_there_is_a_contract_the_contract_rules(read):
    model = read({"specs/001-a/data-model.md": DATA, "specs/001-a/contracts/openapi.yaml": document(("GET", "/books"))})
    assert [e.action for e in model.endpoints if e.entity == "Book"] == ["list"]
    assert len([e for e in model.endpoints if e.entity == "Author"]) == 6


def test_operation_ids_and_routes_are_unique(read):
    model = read(
        {
            "specs/001-a/data-model.md": DATA,
            "specs/001-a/contracts/openapi.yaml": (
                "openapi: 3.1.0\npaths:\n  /x:\n    get: {operationId: listBooks, responses: {}}\n"
                "  /authors/{x}:\n    get: {operationId: z, responses: {}}\n"
            ),
        }
    )
    names = [e.operation_id for e in model.endpoints]
    assert len(set(names)) == len(names)
    routes = [(e.method, e.path.replace("{x}", "{id}")) for e in model.endpoints]
    assert len(set(routes)) == len(routes)


def test_a_composite_key_is_addressed_by_all_its_parts(model_of):
    model = model_of(
        "### A\n- id: uuid\n\n### B\n- id: uuid\n\n### AB\n- aId: uuid (pk, fk → A)\n- bId: uuid (pk, fk → B)\n"
    )
    assert [
        (p.name, p.schema) for e in model.endpoints if e.entity == "AB" and e.action == "get" for p in e.parameters
    ] == [
        ("aId", {"type": "string", "format": "uuid"}),
        ("bId", {"type": "string", "format": "uuid"}),
    ]
