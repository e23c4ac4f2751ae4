"""Where there is a contract, the contract rules: its paths, bodies, shapes and statuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from tests.compiler.python.conftest import Emit, NewDatabase, files_of, ran
from tests.compiler.python.odd_models import AUTHOR, BOOK, SOURCE, model_of
from tests.compiler.python.test_service import served

from flaresmith.compiler.model import Endpoint, Model, Parameter, Response

JSON = Mapping[str, Any]
BOOK_VIEW: JSON = {
    "type": "object",
    "required": ["book_id", "title"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "title": {"type": "string"},
        "price": {"type": "number"},
        "cover": {"type": "string"},
    },
}
SCHEMAS: dict[str, JSON] = {
    "Book": {**BOOK_VIEW, "required": ["id", "title"]},
    "NewBook": {
        "type": "object",
        "required": ["title", "price"],
        "additionalProperties": False,
        "properties": {
            "title": {"type": "string", "minLength": 3},
            "price": {"type": "number"},
            "status": {"$ref": "#/components/schemas/Status"},
        },
    },
    "Status": {"type": "string", "enum": ["draft", "published", "withdrawn"]},
    "Node": {
        "type": "object",
        "properties": {"next": {"$ref": "#/components/schemas/Node"}, "any": {"$ref": "#/components/schemas/Loop"}},
    },
    "Loop": {"oneOf": [{"$ref": "#/components/schemas/Loop"}, {"type": "integer"}]},
    "Lost": {"$ref": "#/components/schemas/Nowhere"},
    "class": {"allOf": [{"$ref": "#/components/schemas/Book"}, {"type": "object", "properties": {"def": {}}}]},
    "Tree": {"type": "object", "properties": {"leaf": {"type": "object", "properties": {"size": {"type": "integer"}}}}},
}


def ref(name: str) -> JSON:
    return {"$ref": f"#/components/schemas/{name}"}


def query(name: str, **schema: Any) -> Parameter:
    return Parameter(name, "query", False, schema or {"type": "string"})


def operation(method: str, path: str, name: str, action: str = "", *responses: Response, **facts: Any) -> Endpoint:
    return Endpoint(
        method, path, name, SOURCE, entity="Book" if action else "", action=action, responses=responses, **facts
    )


PAGE: JSON = {
    "type": "object",
    "required": ["data", "pagination"],
    "properties": {
        "data": {"type": "array", "items": ref("Book")},
        "pagination": {"type": "object", "properties": {"total": {"type": "integer"}, "page": {"type": "integer"}}},
        "etag": {"type": "string"},
    },
}
OPERATIONS = (
    operation(
        "GET",
        "/v1/catalogue",
        "listCatalogue",
        "list",
        Response("200", "", PAGE),
        parameters=(query("page_size", type="integer"), query("page", type="integer"), query("status"), query("q")),
    ),
    operation(
        "GET",
        "/writers/{writer-id}/books",
        "listBooksOfWriter",
        "list",
        Response("200", "", {"type": "array", "items": ref("Book")}),
    ),
    operation(
        "POST",
        "/authors/{authorId}/books",
        "addBook",
        "create",
        Response("202", "", {"type": "object", "required": ["book"], "properties": {"book": ref("Book")}}),
        Response("422", "refused"),
        request_schema=ref("NewBook"),
        request_required=True,
    ),
    operation("GET", "/v1/catalogue/{bookId}", "getBook", "get", Response("200", "", ref("Book"))),
    operation("DELETE", "/v1/catalogue/{bookId}", "removeBook", "delete", Response("200", "gone")),
    operation(
        "POST", "/v1/catalogue/{bookId}/publish", "publish", "transition:publish", Response("200", "", ref("Book"))
    ),
    operation("GET", "/v1/catalogue/random", "randomBook", "", Response("200", "", ref("Book"))),
    operation(
        "POST",
        "/v1/catalogue/{bookId}/lend/{days}",
        "lendBook",
        "",
        Response("201", ""),
        parameters=(
            Parameter("bookId", "path", True, {"type": "string", "format": "uuid"}),
            Parameter("days", "path", True, {"type": "integer"}),
            Parameter("X-Branch", "header", True, {"type": "string", "enum": ["north", "south"]}),
        ),
        request_schema={
            "type": "object",
            "required": ["to"],
            "properties": {"to": {"type": "string", "format": "email"}},
        },
        request_required=True,
    ),
    operation("POST", "/upload", "upload", "", request_schema={"type": "string"}, request_media_type="image/png"),
    operation("GET", "/health", "theirHealth", ""),
)
LIBRARY = Model(
    "library",
    entities=(AUTHOR, BOOK),
    endpoints=OPERATIONS,
    schemas=SCHEMAS,
    migrations=model_of(AUTHOR, BOOK).migrations,
)


@pytest.fixture
def library(emitted: Emit, new_database: NewDatabase) -> Iterator[tuple[httpx.Client, str, Path]]:
    """The service, the id of an author, and its folder."""
    api, url = emitted(LIBRARY), new_database()
    ran(api, url, "alembic", "upgrade", "head")
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute("INSERT INTO authors (name, email) VALUES ('Ada', 'a@example.com') RETURNING id")
        author = str(found.fetchall()[0][0])
    with served(api, url) as client:
        yield client, author, api


def test_the_contract_rules(library: tuple[httpx.Client, str, Path]) -> None:
    client, author, _ = library
    made = client.post(f"/authors/{author}/books", json={"title": "First", "price": 9.5})
    assert made.status_code == 202
    assert made.json() == {"book": {"id": made.json()["book"]["id"], "title": "First", "price": 9.5}}
    book = made.json()["book"]
    assert client.get(f"/writers/{author}/books").status_code == 501  # no field is called writer
    page = client.get("/v1/catalogue", params={"page_size": 1, "status": "draft"})
    assert page.json() == {"data": [book], "pagination": {"total": 1, "page": 1}}
    assert client.get("/v1/catalogue", params={"page": 2, "page_size": 1}).json()["data"] == []
    assert client.get(f"/v1/catalogue/{book['id']}").json() == book
    assert client.post(f"/v1/catalogue/{book['id']}/publish").json() == book
    assert client.post(f"/v1/catalogue/{book['id']}/publish").status_code == 409
    gone = client.delete(f"/v1/catalogue/{book['id']}")
    assert (gone.status_code, gone.content) == (200, b"")
    assert client.get(f"/v1/catalogue/{book['id']}").status_code == 404


def test_refusals_have_the_status_the_contract_names(library: tuple[httpx.Client, str, Path]) -> None:
    client, author, _ = library
    where = f"/authors/{author}/books"
    cases = [
        (client.post(where, json={}), 422, "VALIDATION_ERROR"),
        (client.post(where, json={"title": "ab", "price": 1}), 422, "VALIDATION_ERROR"),
        (client.post(where, json={"title": "a" * 300, "price": 1}), 422, "VALIDATION_ERROR"),  # the entity's own rule
        (client.post(where, json={"title": "abc", "price": -1}), 422, "VALIDATION_ERROR"),
        (client.post(where, json={"title": "abc", "price": 1, "extra": 1}), 422, "VALIDATION_ERROR"),
        (client.post("/authors/nobody/books", json={"title": "abc", "price": 1}), 422, "VALIDATION_ERROR"),
        (client.get("/v1/catalogue", params={"status": "unheard"}), 400, "VALIDATION_ERROR"),
        (client.get("/v1/catalogue", params={"unknown": "1"}), 400, "VALIDATION_ERROR"),
        (client.get("/v1/catalogue", params={"page_size": "0"}), 400, "VALIDATION_ERROR"),
        (client.get("/v1/catalogue", params={"q": "search"}), 501, "NOT_IMPLEMENTED"),
    ]
    for answer, status, code in cases:
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text


def test_operations_that_only_a_person_can_write(library: tuple[httpx.Client, str, Path]) -> None:
    client, _, _ = library
    random = client.get("/v1/catalogue/random")
    assert (random.status_code, random.json()["error"]["details"]) == (501, {"operationId": "randomBook"})
    lend = "/v1/catalogue/00000000-0000-4000-8000-000000000000/lend"
    body, branch = {"to": "ada@example.com"}, {"X-Branch": "north"}
    assert client.post(f"{lend}/3", json=body, headers=branch).status_code == 501
    assert client.post(f"{lend}/3", json=body, headers={"X-Branch": "west"}).status_code == 400
    assert client.post(f"{lend}/3", json=body).status_code == 400
    assert client.post(f"{lend}/soon", json=body, headers=branch).status_code == 400
    assert client.post(f"{lend}/3", json={"to": "nobody"}, headers=branch).status_code == 400
    assert client.post("/upload", content=b"\x89PNG").status_code == 501
    assert client.get("/health").json()["ok"] is True


def test_a_handler_that_was_written_answers(emitted: Emit, new_database: NewDatabase) -> None:
    api, url = emitted(LIBRARY), new_database()
    path = api / "app/handlers/lend_book.py"
    code = path.read_text()
    assert "call: Call[contract.LendBookRequest]" in code
    written = 'return {"for": call.path["days"], "to": call.body.to, "at": call.headers["X-Branch"]}'
    path.write_text(code.replace('raise NotWritten("lendBook")', written))
    with served(api, url) as client:
        answer = client.post(
            "/v1/catalogue/00000000-0000-4000-8000-000000000000/lend/3",
            json={"to": "ada@example.com"},
            headers={"X-Branch": "north"},
        )
    assert (answer.status_code, answer.json()) == (201, {"for": 3, "to": "ada@example.com", "at": "north"})


def test_handlers_are_seeds_one_per_operation() -> None:
    seeds = {path for path, file in files_of(LIBRARY).items() if file.seed}
    named = {"random_book", "lend_book", "upload", "list_books_of_writer", "__init__"}
    assert seeds == {f"api/app/handlers/{name}.py" for name in named}


def test_a_contract_without_tables_runs_and_passes_its_tests(emitted: Emit, new_database: NewDatabase) -> None:
    model = Model("only contract", endpoints=tuple(e for e in OPERATIONS if not e.entity), schemas=SCHEMAS)
    api, url = emitted(model), new_database()
    ran(api, url, "alembic", "upgrade", "head")
    ran(api, url, "pytest", "-p", "no:cacheprovider", "-W", "error")


def test_the_library_is_clean_and_passes_its_tests(emitted: Emit, new_database: NewDatabase) -> None:
    api, url = emitted(LIBRARY), new_database()
    for argv in (("format", "--check", "."), ("check", "--no-cache", ".")):
        ran(api, url, "ruff", *argv)
    ran(api, url, "pytest", "-p", "no:cacheprovider", "-W", "error")
