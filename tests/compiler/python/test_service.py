"""The generated service at work: migrated, served by uvicorn, used over HTTP, and passing its own tests."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from tests.compiler.python.conftest import Emit, NewDatabase, ran, run
from tests.compiler.python.odd_models import AUTHOR, BOOK, ODD, SHOP, entity, field, model_of, uuid_key

from flaresmith.compiler.model import Kind, Model


@contextlib.contextmanager
def served(api: Path, url: str, **environment: str) -> Iterator[httpx.Client]:
    """The service under a real server, and a client of it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    argv = [sys.executable, "-m", "uvicorn", "app.main:app", "--port", str(port), "--log-level", "warning"]
    settings = {"PATH": os.environ["PATH"], "DATABASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1", **environment}
    server = subprocess.Popen(argv, cwd=api, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
            _await_answer(client, server)
            yield client
    finally:
        server.terminate()
        server.communicate(timeout=20)


def _await_answer(client: httpx.Client, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            client.get("/alive")
            return
    output = server.communicate(timeout=5)[0] if server.poll() is not None else b""
    pytest.fail(f"the service did not answer: {output.decode()[-3000:]}")


def test_a_shop_end_to_end(emitted: Emit, new_database: NewDatabase) -> None:
    api, url = emitted(SHOP), new_database()
    ran(api, url, "alembic", "upgrade", "head")
    with served(api, url, FLARESMITH_COMMIT="abc123") as client:
        assert client.get("/health").json() == {"ok": True, "status": "ok", "commit": "abc123"}
        author = client.post("/authors", json={"name": "Ada", "email": "ada@example.com"})
        assert author.status_code == 201
        _use_books(client, author.json()["id"])


def _use_books(client: httpx.Client, author: str) -> None:
    made = client.post("/books", json={"title": "One", "authorId": author, "price": 12.5})
    assert made.status_code == 201
    assert (made.json()["price"], made.json()["status"]) == ("12.50", "draft")
    where = made.headers["Location"]
    assert client.get(where).json() == made.json()
    stale = client.patch(where, json={"pages": 3}, headers={"If-Match": '"another"'})
    assert (stale.status_code, stale.json()["error"]["code"]) == (412, "VERSION_CONFLICT")
    changed = client.patch(where, json={"pages": 3}, headers={"If-Match": made.headers["ETag"]})
    assert (changed.status_code, changed.json()["pages"]) == (200, 3)
    assert changed.json()["updatedAt"] > made.json()["updatedAt"]
    back = client.put(where, json=changed.json() | {"title": "Two"})
    assert (back.status_code, back.json()["title"], back.json()["pages"]) == (200, "Two", 3)
    fewer = client.put(where, json={"title": "Two", "authorId": author, "price": "1"})
    assert (fewer.status_code, fewer.json()["pages"]) == (200, None)
    _refusals(client, author, where)
    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404


def _refusals(client: httpx.Client, author: str, where: str) -> None:
    book = {"title": "Three", "authorId": author, "price": 1}
    cases = [
        (client.post("/books", json={}), 400, "VALIDATION_ERROR"),
        (client.post("/books", json=book | {"price": -1}), 400, "VALIDATION_ERROR"),
        (client.post("/books", json=book | {"title": "Two"}), 409, "ALREADY_EXISTS"),
        (client.post("/books", json=book | {"title": "a\0b"}), 400, "VALIDATION_ERROR"),
        (client.post("/books", json=book | {"authorId": where[-36:]}), 409, "REFERENCE_NOT_FOUND"),
        (client.post("/books", json=book | {"unknown": 1}), 400, "VALIDATION_ERROR"),
        (client.post("/books", content=b"{"), 400, "VALIDATION_ERROR"),
        (
            client.post("/books", content=b"[" * 50_000, headers={"Content-Type": "application/json"}),
            400,
            "BAD_REQUEST",
        ),
        (client.post("/books", content=b" " * 1_100_000), 413, "BODY_TOO_LARGE"),
        (client.post("/books", content=(b" " * 9_000 for _ in range(200))), 413, "BODY_TOO_LARGE"),
        (client.patch(where, json={"status": "withdrawn"}), 409, "INVALID_TRANSITION"),
        (client.post(f"{where}/withdraw"), 409, "INVALID_TRANSITION"),
        (client.patch(where, json={"title": None}), 400, "VALIDATION_ERROR"),
        (client.get("/books", params={"status": "unheard"}), 400, "VALIDATION_ERROR"),
        (client.get("/books", params={"limit": "101"}), 400, "VALIDATION_ERROR"),
        (client.get("/books", params={"sort": "pages"}), 400, "VALIDATION_ERROR"),
        (client.get("/books", params={"cursor": "e30"}), 400, "INVALID_CURSOR"),
        (client.get("/books/nonsense"), 404, "RESOURCE_NOT_FOUND"),
        (client.delete("/books"), 405, "METHOD_NOT_ALLOWED"),
    ]
    for answer, status, code in cases:
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
        assert answer.headers["X-Request-Id"] == answer.json()["error"]["requestId"]
        assert not {"INSERT", "asyncpg", "sqlalchemy"} & set(answer.text.replace(".", " ").split())


def test_pages_follow_any_order_while_rows_come(emitted: Emit, new_database: NewDatabase) -> None:
    api, url = emitted(SHOP), new_database()
    ran(api, url, "alembic", "upgrade", "head")
    with served(api, url) as client:
        author = client.post("/authors", json={"name": "Ada", "email": "ada@example.com"}).json()["id"]
        for number in range(7):
            body = {"title": f"Book {number}", "authorId": author, "price": str(number % 3)}
            assert client.post("/books", json=body).status_code == 201
        for sort in (None, "title", "-title", "price", "-price", "createdAt"):
            shown = _all_pages(client, {"limit": 2} | ({"sort": sort} if sort else {}))
            assert len({book["id"] for book in shown}) == len(shown) == 7
        cheap = [book["price"] for book in _all_pages(client, {"limit": 3, "sort": "price"})]
        assert cheap == sorted(cheap)
        found = client.get("/books", params={"authorId": author, "price": "2"}).json()["items"]
        assert [book["title"] for book in found] == ["Book 5", "Book 2"]
        wrong = client.get("/books", params={"limit": 1, "sort": "title", "cursor": _cursor(client)})
        assert wrong.json()["error"]["code"] == "INVALID_CURSOR"


def _cursor(client: httpx.Client) -> str:
    return str(client.get("/books", params={"limit": 1}).json()["nextCursor"])


def _all_pages(client: httpx.Client, asked: dict[str, object]) -> list[dict[str, str]]:
    shown: list[dict[str, str]] = []
    cursor = None
    while True:
        page = client.get("/books", params=asked | ({"cursor": cursor} if cursor else {})).json()
        shown += page["items"]
        cursor = page["nextCursor"]
        if not page["hasMore"]:
            return shown


def test_health_tells_when_the_database_is_away(emitted: Emit) -> None:
    with served(emitted(SHOP), "postgresql://nobody:nothing@127.0.0.1:9/none") as client:
        assert client.get("/alive").json() == {"ok": True}
        answer = client.get("/health")
        assert (answer.status_code, answer.json()["ok"]) == (503, False)
        refused = client.get("/books")
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "DATABASE_UNAVAILABLE")


def test_a_missing_setting_is_named(emitted: Emit) -> None:
    done = run(emitted(SHOP), "", "uvicorn", "app.main:app", "--port", "0")
    assert done.returncode != 0
    assert "DATABASE_URL is not set" in done.stderr


@pytest.mark.parametrize(("name", "model"), [("odd", ODD), ("empty", Model("nothing"))])
def test_any_model_migrates_agrees_and_passes_its_tests(
    name: str, model: Model, emitted: Emit, new_database: NewDatabase
) -> None:
    api, url = emitted(model), new_database()
    ran(api, url, "alembic", "upgrade", "head")
    assert "No new upgrade operations detected" in ran(api, url, "alembic", "check")
    output = ran(api, url, "pytest", "-p", "no:cacheprovider", "--strict-markers", "-W", "error", "-rs", "-v")
    assert " passed" in output
    assert "skipped" not in output
    ran(api, url, "alembic", "downgrade", "base")
    with psycopg.connect(url) as connection:
        left = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert left == (1,)  # Alembic's own


def test_the_tests_leave_a_live_database_alone(emitted: Emit, new_database: NewDatabase) -> None:
    api, url = emitted(SHOP), new_database()
    ran(api, url, "alembic", "upgrade", "head")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("INSERT INTO authors (name, email) VALUES ('Live', 'live@example.com')")
        ran(api, url, "pytest", "-p", "no:cacheprovider", "tests/test_author.py")
        assert connection.execute("SELECT name FROM authors").fetchall() == [("Live",)]
        schemas = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'test%'").fetchall()
    assert schemas == []


def test_two_deployments_migrate_at_once(emitted: Emit, new_database: NewDatabase) -> None:
    api, url = emitted(SHOP), new_database()
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": url}
    argv = [sys.executable, "-m", "alembic", "upgrade", "head"]
    both = [subprocess.Popen(argv, cwd=api, env=environment, stderr=subprocess.PIPE) for _ in range(2)]
    errors = [one.communicate(timeout=60)[1].decode() for one in both]
    assert [one.returncode for one in both] == [0, 0], errors
    assert sum("Running upgrade" in error for error in errors) == 1


def test_the_first_model_grows_over_live_rows(emitted: Emit, new_database: NewDatabase) -> None:
    """Additive changes migrate what is there; the rows answer with sensible values afterwards."""
    url = new_database()
    ran(emitted(SHOP), url, "alembic", "upgrade", "head")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO authors (name, email) VALUES ('Ada', 'a@example.com'), ('Bob', 'b@example.com')"
        )
        connection.execute(
            "INSERT INTO books (title, author_id, price, pages) SELECT name || n, id, 5, 300 FROM authors, "
            "generate_series(1, 3) n"
        )
    grown = entity(
        "Book",
        *BOOK.fields[:-3],
        field("pages", Kind.BIGINT),
        *BOOK.fields[-2:],
        field("isbn", unique=True),
        field("blurb", Kind.TEXT),
        field("rating", Kind.INTEGER, unique=True),
        field("soldOut", Kind.BOOLEAN),
        transitions=BOOK.transitions,
    )
    shelf = entity("Shelf", uuid_key(), field("label"))
    model = model_of(AUTHOR, grown, shelf, before=SHOP)
    assert not any(operation.destructive for operation in model.migrations[-1].operations)
    api = emitted(model)
    ran(api, url, "alembic", "upgrade", "head")
    assert "No new upgrade operations detected" in ran(api, url, "alembic", "check")
    with served(api, url) as client:
        books = client.get("/books").json()["items"]
        assert len(books) == 6
        assert {(book["blurb"], book["pages"], book["soldOut"]) for book in books} == {("", 300, False)}
        assert len({book["isbn"] for book in books}) == len({book["rating"] for book in books}) == 6
        assert client.patch(f"/books/{books[0]['id']}", json={"soldOut": True}).status_code == 200
        assert client.get("/shelves").json() == {"items": [], "hasMore": False, "nextCursor": None}
    ran(api, url, "alembic", "downgrade", "-1")
    ran(api, url, "alembic", "upgrade", "head")


def test_destructive_changes_do_what_they_say(emitted: Emit, new_database: NewDatabase) -> None:
    url = new_database()
    ran(emitted(SHOP), url, "alembic", "upgrade", "head")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("INSERT INTO authors (name, email) VALUES ('Ada', 'a@example.com')")
        connection.execute(
            "INSERT INTO books (title, author_id, price, status) SELECT 'A long title', id, 5, 'withdrawn' FROM authors"
        )
    kept = [f for f in BOOK.fields if f.name not in {"pages", "status", "title"}]
    narrowed = entity(
        "Book",
        *kept,
        field("title", type_=BOOK.fields[1].type.__class__(Kind.STRING, length=6)),
        field("status", type_=BOOK.fields[3].type.__class__(Kind.ENUM, values=("draft", "published"))),
    )
    model = model_of(AUTHOR, narrowed, before=SHOP)
    lost = [operation.loses for operation in model.migrations[-1].operations if operation.destructive]
    assert len(lost) == 3
    api = emitted(model)
    ran(api, url, "alembic", "upgrade", "head")
    assert "No new upgrade operations detected" in ran(api, url, "alembic", "check")
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT title, status FROM books").fetchall() == [("A long", "draft")]


def test_it_describes_itself(emitted: Emit, new_database: NewDatabase) -> None:
    with served(emitted(ODD), new_database()) as client:
        document = client.get("/openapi.json").json()
    assert json.dumps(document)
    assert document["info"]["title"] == "shop"
