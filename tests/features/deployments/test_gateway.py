"""The preview gateway: members reach what runs, others do not, and nothing of ours goes through."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send
from tests.cast import Person
from tests.make.running import serving

from flaresmith import gateway
from flaresmith.features.projects import service as projects
from flaresmith.kit.actor import system
from flaresmith.kit.converge import Action, State, Status
from flaresmith.kit.machine.ports import free_port
from flaresmith.kit.tx import begin


@dataclass
class Upstream:
    """What runs in an environment: answers with what it was sent, streams, and waits to be told to go on."""

    go: asyncio.Event
    gone: asyncio.Event

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/stream":
            await self.stream(receive, send)
            return
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        seen = {
            "method": scope["method"],
            "path": scope["raw_path"].decode(),
            "query": scope["query_string"].decode(),
            "headers": [[k.decode(), v.decode()] for k, v in scope["headers"]],
            "body": body.decode("latin-1"),
        }
        status = int(dict(seen["headers"]).get("x-status", "200"))
        headers = [
            (b"content-type", b"application/json"), (b"set-cookie", b"fs_session=stolen"), (b"x-kept", b"yes"),
            (b"connection", b"x-gone"), (b"x-gone", b"hop"), (b"keep-alive", b"timeout=1"), (b"location", b"/there"),
        ]  # fmt: skip
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(seen).encode()})

    async def stream(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
        await self.go.wait()
        await send({"type": "http.response.body", "body": b"data: 2\n\n"})


@pytest.fixture
def upstream() -> Upstream:
    return Upstream(asyncio.Event(), asyncio.Event())


@pytest.fixture
async def door(upstream: Upstream, ada: Person) -> AsyncIterator[httpx.AsyncClient]:
    """The gateway with Ada's project `shop` behind it, whose dev is the upstream; staging is down, prod empty."""
    async with serving(upstream) as behind, serving(gateway.create_app(), lifespan="on") as url:
        await shop(ada, behind)
        async with httpx.AsyncClient(base_url=url, timeout=10) as client:
            yield client


async def shop(ada: Person, dev: str) -> None:
    made = (await ada.client.post("/api/v1/projects", json={"name": "Shop"})).json()
    addresses = {"dev": dev, "staging": f"http://127.0.0.1:{free_port()}"}
    states = [
        State(key=f"service-{name}", provider="local", kind="service", name=f"shop-{name}", environment=name,
              status=Status.READY, action=Action.CREATE, outputs={"url": url})
        for name, url in addresses.items()
    ]  # fmt: skip
    async with begin(system(org_id=ada.org_id)) as tx:
        await projects.write_journal(tx, uuid.UUID(made["id"]), uuid.UUID(made["run"]["id"]), states, [])


def as_(person: Person, **more: str) -> dict[str, str]:
    return {"authorization": f"Bearer {person.token}", **more}


async def test_a_member_reaches_what_runs(door: httpx.AsyncClient, ada: Person) -> None:
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = await door.request(method, "/shop/dev/a/b%20c?q=1&q=2", headers=as_(ada), content=b"hello")
        seen = answer.json()
        assert answer.status_code == 200
        assert (seen["method"], seen["query"], seen["body"]) == (method, "q=1&q=2", "hello")
        assert seen["path"] in ("/a/b%20c", "/a/b c")
    assert (await door.head("/shop/dev/", headers=as_(ada))).status_code == 200
    through_cookie = await door.get("/shop/dev/x", headers={"cookie": f"fs_session={ada.token}"})
    assert through_cookie.status_code == 200


async def test_the_answer_passes_back_as_it_is(door: httpx.AsyncClient, ada: Person) -> None:
    for status in (201, 302, 404, 422, 500):
        answer = await door.get("/shop/dev/x", headers=as_(ada, **{"x-status": str(status)}))
        assert (answer.status_code, answer.headers["x-kept"]) == (status, "yes")


async def test_nothing_of_ours_reaches_the_upstream_and_nothing_of_its_connection_reaches_us(
    door: httpx.AsyncClient, ada: Person
) -> None:
    sent = as_(
        ada, cookie="fs_session=secret; other=1", connection="x-private, keep-alive", **{
            "x-private": "1", "te": "trailers", "proxy-authorization": "secret", "x-user-id": str(uuid.uuid4()),
            "x-forwarded-for": "10.0.0.1", "x-forwarded-host": "evil.example", "x-kept": "1", "upgrade": "h2c",
        },
    )  # fmt: skip
    answer = await door.get("/shop/dev/x", headers=sent)
    headers = dict(answer.json()["headers"])
    assert ada.token not in answer.text
    assert "secret" not in answer.text
    for name in ("cookie", "authorization", "x-private", "te", "proxy-authorization", "x-forwarded-for",
                 "x-forwarded-host", "upgrade"):  # fmt: skip
        assert name not in headers, name
    assert headers["x-kept"] == "1"
    assert headers["x-user-id"] == str(ada.id)
    assert "evil" not in answer.text
    for name in ("set-cookie", "x-gone", "keep-alive"):
        assert name not in answer.headers, name


async def test_it_streams_both_ways(door: httpx.AsyncClient, upstream: Upstream, ada: Person) -> None:
    async with door.stream("GET", "/shop/dev/stream", headers=as_(ada)) as answer:
        chunks = answer.aiter_text()
        assert await asyncio.wait_for(anext(chunks), 5) == "data: 1\n\n"
        upstream.go.set()
        assert await asyncio.wait_for(anext(chunks), 5) == "data: 2\n\n"

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b"x" * 4096

    chunked = await door.post("/shop/dev/x", headers=as_(ada), content=parts())
    assert len(chunked.json()["body"]) == 64 * 4096


async def test_nobody_and_others_are_turned_away(door: httpx.AsyncClient, ada: Person, bob: Person) -> None:
    for method in ("GET", "POST"):
        nobody = await door.request(method, "/shop/dev/x")
        assert (nobody.status_code, nobody.json()["error"]["code"]) == (401, "AUTH_TOKEN_MISSING")
        other = await door.request(method, "/shop/dev/x", headers=as_(bob))
        assert (other.status_code, other.json()["error"]["code"]) == (404, "PROJECT_NOT_FOUND")
    unknown = await door.get("/shop/nowhere/x", headers=as_(ada))
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "ENV_NOT_FOUND")
    crossing = {"cookie": f"fs_session={ada.token}", "origin": "https://evil.example"}
    assert (await door.post("/shop/dev/x", headers=crossing)).status_code == 403


async def test_an_upstream_that_is_down_or_not_there_yet_is_said(door: httpx.AsyncClient, ada: Person) -> None:
    down = await door.get("/shop/staging/x", headers=as_(ada))
    assert (down.status_code, down.json()["error"]["code"]) == (502, "PREVIEW_UPSTREAM_DOWN")
    empty = await door.get("/shop/prod/x", headers=as_(ada))
    assert (empty.status_code, empty.json()["error"]["code"]) == (503, "UNAVAILABLE")
    assert "Nothing runs" in empty.json()["error"]["message"]


@pytest.mark.parametrize("path", ["//evil.example/x", "/@evil.example/", "/..%2f..%2fx", "/%0d%0aHost:%20x", "/\\x"])
async def test_no_path_leads_anywhere_else(door: httpx.AsyncClient, ada: Person, path: str) -> None:
    answer = await door.get(f"/shop/dev{path}", headers=as_(ada))
    assert answer.status_code in (200, 307, 400, 404)
    if answer.status_code == 200:
        host = dict(answer.json()["headers"])["host"]
        assert host.startswith("127.0.0.1:")


async def test_its_health(door: httpx.AsyncClient) -> None:
    health: dict[str, Any] = (await door.get("/health")).json()
    assert (health["ok"], health["role"]) == (True, "preview")
