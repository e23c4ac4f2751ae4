"""Collections: kept as files in one step, and run against one service and nothing else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from flaresmith.kit.errors import Invalid
from flaresmith.providers.local.collections import script
from flaresmith.providers.local.collections.collection import CollectionKind
from flaresmith.providers.local.collections.runner import Limits, Report, requests_of, run

from .conftest import Calls, Store

pytestmark = pytest.mark.anyio

INFO = {"name": "Base", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}


def item(method: str, url: Any, *lines: str, **more: Any) -> dict[str, Any]:
    event = [{"listen": "test", "script": {"type": "text/javascript", "exec": list(lines)}}]
    return {"name": f"{method} {url}", "event": event, "request": {"method": method, "url": url, **more}}


def collection(*items: Any, **more: Any) -> dict[str, Any]:
    return {"info": INFO, "item": list(items), **more}


def status(code: int) -> str:
    return f'pm.test("status is {code}", () => pm.response.to.have.status({code}));'


@asynccontextmanager
async def books(seen: list[str] | None = None) -> AsyncIterator[str]:
    """A service with books, a redirect, a large answer and a slow one."""
    kept: dict[str, Any] = {}
    application = web.Application()

    async def create(request: web.Request) -> web.Response:
        body = await request.json()
        kept[f"b{len(kept)}"] = body
        return web.json_response({"id": f"b{len(kept) - 1}", "data": {"odd name": body["title"]}, "n": 7}, status=201)

    async def read(request: web.Request) -> web.Response:
        return web.json_response(kept[request.match_info["id"]] | {"key": request.headers.get("X-Key")})

    async def slow(_request: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.Response()

    async def moved(_request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"})

    async def large(_request: web.Request) -> web.Response:
        return web.Response(body=b"x" * 200_000)

    @web.middleware
    async def note(request: web.Request, handler: Any) -> Any:
        if seen is not None:
            seen.append(request.path)
        return await handler(request)

    application.middlewares.append(note)
    application.add_routes([web.post("/books", create), web.get("/books/{id}", read), web.get("/slow", slow)])
    application.add_routes([web.get("/moved", moved), web.get("/large", large)])
    runner = web.AppRunner(application, shutdown_timeout=0.01)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_a_run_from_top_to_bottom() -> None:
    created = item(
        "POST",
        {"raw": "{{baseUrl}}/books"},
        status(201),
        'pm.test("has id", () => pm.expect(pm.response.json()).to.have.property("id"));',
        'pm.collectionVariables.set("bookId", pm.response.json().id);',
        'pm.collectionVariables.set("title", pm.response.json().data["odd name"]);',
        'pm.collectionVariables.set("n", pm.response.json().n);',
        body={"mode": "raw", "raw": '{"title": "{{wanted}}"}'},
        header=[{"key": "Content-Type", "value": "application/json"}],
    )
    header = [{"key": "X-Key", "value": "{{n}}"}, {"key": "Host", "value": "elsewhere"}]
    found = item("GET", "{{baseUrl}}/books/{{bookId}}", status(200), header=header)
    document = collection({"name": "Books", "item": [created, found]}, variable=[{"key": "wanted", "value": "Dune"}])
    async with books() as url:
        report = await run(document, base_url=url)
    assert report.ok
    assert report.counts == {"passed": 6, "failed": 0, "not_run": 0}
    assert [(outcome.folder, outcome.status) for outcome in report.outcomes] == [("Books", 201), ("Books", 200)]
    assert report.outcomes[1].url == f"{url}/books/b0"
    assert json.loads(json.dumps(report.to_json()))["requests"][0]["checks"][0]["outcome"] == "passed"


async def test_what_fails_is_said() -> None:
    lines = (status(404), 'pm.expect(pm.response.json()).to.have.property("nothing");', "eval('1')", "// a comment", "")
    document = collection(
        item("POST", "{{baseUrl}}/books", *lines, body={"mode": "raw", "raw": '{"title": "x"}'}),
        item("GET", "{{baseUrl}}/large", 'pm.collectionVariables.set("x", pm.response.json().id);'),
    )
    async with books() as url:
        report = await run(document, base_url=url)
    assert not report.ok
    assert report.counts == {"passed": 0, "failed": 3, "not_run": 1}
    messages = [check.message for outcome in report.outcomes for check in outcome.checks]
    assert messages[0] == "expected status 404, got 201"
    assert "no property 'nothing'" in messages[1]
    assert "not in the vocabulary" in messages[2]
    assert "not JSON" in messages[3]


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:1/books",
        "http://user:pw@{{host}}/books",
        "{{baseUrl}}.example.org/books",
        "{{baseUrl}}@example.org/",
        "file:///etc/passwd",
        "//example.org/",
        "/books",
        "",
        "{{unknown}}/books",
    ],
)
async def test_a_collection_reaches_only_its_service(address: str) -> None:
    seen: list[str] = []
    async with books(seen) as url:
        host = url.removeprefix("http://")
        document = collection(item("GET", address, status(200)), variable=[{"key": "host", "value": host}])
        report = await run(document, base_url=url, environment={"baseUrl": "http://example.org"})
    assert seen == []
    assert report.outcomes[0].status == 0
    assert report.outcomes[0].error
    assert not report.ok


async def test_limits_and_redirects() -> None:
    document = collection(
        item("GET", "{{baseUrl}}/slow", status(200)),
        item("GET", "{{baseUrl}}/large", status(200)),
        item("GET", "{{baseUrl}}/moved", status(302)),
        item("POST", "{{baseUrl}}/books", status(201), body={"mode": "formdata", "formdata": []}),
    )
    async with books() as url:
        report = await run(document, base_url=url, limits=Limits(request_s=0.3, answer_bytes=100_000))
        late = await run(document, base_url=url, limits=Limits(run_s=-1))
    slow, large, moved, form = report.outcomes
    assert slow.error
    assert "larger than" in large.error
    assert (moved.status, moved.error) == (302, "")
    assert "'formdata' is not sent here" in form.error
    assert {outcome.error for outcome in late.outcomes} == {"the run took too long"}
    assert _sums(report)


def _sums(report: Report) -> bool:
    return sum(report.counts.values()) == len([c for o in report.outcomes for c in o.checks]) + report.counts["failed"]


@pytest.mark.parametrize(
    "document",
    [{}, {"item": 1}, {"item": ["x"]}, {"item": [{"name": "x"}]}, {"item": [{"request": "GET"}]}, {"item": None}],
)
def test_what_is_no_collection_is_refused(document: Any) -> None:
    with pytest.raises(Invalid):
        requests_of(document)


def test_folders_without_end_are_refused() -> None:
    deep: dict[str, Any] = {"item": []}
    for _ in range(50):
        deep = {"item": [{"name": "f", **deep}]}
    with pytest.raises(Invalid):
        requests_of(deep)


@given(st.text(max_size=120), st.binary(max_size=40))
def test_no_line_is_guessed_and_none_crashes(line: str, body: bytes) -> None:
    checks = list(script.run([line], script.Reply(200, body), {}))
    assert len(checks) <= 1
    assert not checks or line.strip().startswith("pm.") or checks[0].outcome == "not run here"


async def test_files_are_kept_with_the_address_filled_in(tmp_path: Path, store: Store, call: Calls) -> None:
    kind = CollectionKind(tmp_path / "collections", store.read)
    values = [{"key": "baseUrl", "value": "http://localhost:8000"}, {"key": "environment", "value": "dev"}]
    tree: dict[str, str | bytes] = {
        "postman/dev.postman_collection.json": json.dumps(collection()),
        "postman/dev.postman_environment.json": json.dumps({"name": "dev", "values": values}),
    }
    spec = {"name": "Shop", "environment": "dev", "base_url": "http://127.0.0.1:9/", "files": store.files(tree)}
    found = await kind.create(call("shop-dev", spec))
    kept = json.loads(await kind.read_file("shop-dev", "postman/dev.postman_environment.json"))
    assert {value["key"]: value["value"] for value in kept["values"]} == {
        "baseUrl": "http://127.0.0.1:9",
        "environment": "dev",
    }
    assert found.outputs["files"] == sorted(tree)
    del tree["postman/dev.postman_environment.json"]
    found = await kind.update(call("shop-dev", {**spec, "files": store.files(tree)}), found)
    assert found.outputs["files"] == ["postman/dev.postman_collection.json"]
    assert len([path for path in (tmp_path / "collections" / "shop-dev").iterdir() if path.is_dir()]) == 1


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("postman/x.json", "not json"),
        ("postman/x.json", "[]"),
        ("postman/x.json", "{}"),
        ("postman/x.json", json.dumps({"info": {"schema": "v1"}, "item": []})),
        ("../x.json", json.dumps(collection())),
        ("/etc/x.json", json.dumps(collection())),
    ],
)
async def test_hostile_files_are_refused(tmp_path: Path, store: Store, call: Calls, path: str, content: str) -> None:
    kind = CollectionKind(tmp_path / "collections", store.read)
    spec = {
        "name": "Shop",
        "environment": "dev",
        "base_url": "http://127.0.0.1:9",
        "files": {path: store.put(content.encode())},
    }
    with pytest.raises(Invalid):
        await kind.create(call("shop-dev", spec))
    assert await kind.list() == []
    with pytest.raises(Invalid):
        await kind.create(call("shop-dev", {**spec, "files": {}, "base_url": "file:///etc"}))
