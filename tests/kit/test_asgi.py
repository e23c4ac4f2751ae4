"""What every HTTP door shares: caps, headers, ids, who is asking, and one envelope for all that goes wrong."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from starlette.middleware import Middleware
from tests.cast import Person

from flaresmith.kit import asgi, errors
from flaresmith.kit.actor import Actor

FAMILIES = [
    errors.Invalid, errors.BadRequest, errors.Unauthenticated, errors.PaymentNeeded, errors.Forbidden, errors.NotFound,
    errors.Conflict, errors.TooLarge, errors.TooMany, errors.Failed, errors.NotOffered, errors.Upstream,
    errors.Unavailable,
]  # fmt: skip
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


async def nobody_known(token: str, via: str, request_id: str) -> Actor | None:
    return None


def make_app(cap: int = 1000) -> FastAPI:
    middleware = [
        Middleware(asgi.Observed),
        Middleware(asgi.Secured, max_body_bytes=cap),
        Middleware(asgi.Authentication, authenticate=nobody_known),
    ]
    app = FastAPI(middleware=middleware)
    asgi.install_errors(app)

    @app.get("/raise/{family}")
    async def fail(family: str) -> None:
        raise getattr(errors, family)(hint="a hint", details={"a": 1}, context={"b": 2}, causes=("C",), retry_after=3)

    @app.get("/bug")
    async def bug() -> None:
        raise KeyError("something private")

    @app.post("/echo")
    async def echo(body: dict[str, str]) -> dict[str, str]:
        return body

    @app.get("/number/{n}")
    async def number(n: int) -> int:
        return n

    return app


@pytest.fixture
async def plain() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=make_app(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:3000") as client:
        yield client


def assert_secured(answer: httpx.Response) -> None:
    for name, value in asgi.SECURITY_HEADERS.items():
        assert answer.headers.get(name) == value, (answer.status_code, name)
    assert answer.headers["cache-control"]
    assert answer.headers["x-request-id"] == answer.headers["x-trace-id"]
    assert "unsafe" not in answer.headers["content-security-policy"]


class TestTheEnvelope:
    @pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
    async def test_of_every_family(self, plain: httpx.AsyncClient, family: type[errors.Problem]) -> None:
        answer = await plain.get(f"/raise/{family.__name__}")
        error = answer.json()["error"]
        assert answer.status_code == family.status
        assert (error["code"], error["severity"], error["retryPolicy"]) == (family.code, family.severity, family.retry)
        assert error["message"] == family().message
        assert (error["hint"], error["details"], error["context"]) == ("a hint", {"a": 1}, {"b": 2})
        assert error["causeChain"] == ["C"]
        assert error["requestId"] == error["traceId"] == answer.headers["x-request-id"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", error["timestamp"])
        assert answer.headers["retry-after"] == "3"
        assert answer.headers.get("www-authenticate") == ("Bearer" if family.status == 401 else None)
        assert_secured(answer)

    async def test_of_a_bug_tells_nothing_about_it(self, plain: httpx.AsyncClient) -> None:
        answer = await plain.get("/bug")
        assert (answer.status_code, answer.json()["error"]["code"]) == (500, "INTERNAL_UNEXPECTED")
        assert "private" not in answer.text
        assert answer.json()["error"]["requestId"] == answer.headers["x-request-id"]
        assert_secured(answer)

    async def test_of_input_that_does_not_fit_names_where(self, plain: httpx.AsyncClient) -> None:
        for answer in (await plain.get("/number/x"), await plain.post("/echo", json={"a": 1})):
            assert (answer.status_code, answer.json()["error"]["code"]) == (400, "VALIDATION_ERROR")
            assert answer.json()["error"]["details"]["issues"][0]["path"] in ("path.n", "body.a")
            assert_secured(answer)
        broken = await plain.post("/echo", content=b"{", headers={"content-type": "application/json"})
        assert broken.status_code == 400

    async def test_of_no_such_address_and_no_such_method(self, plain: httpx.AsyncClient) -> None:
        nowhere, never = await plain.get("/nowhere"), await plain.delete("/number/1")
        assert (nowhere.status_code, nowhere.json()["error"]["code"]) == (404, "RESOURCE_NOT_FOUND")
        assert (never.status_code, never.json()["error"]["code"]) == (405, "METHOD_NOT_ALLOWED")
        assert_secured(nowhere)
        assert_secured(never)


class TestTheBodyCap:
    async def test_a_body_within_it_passes(self, plain: httpx.AsyncClient) -> None:
        assert (await plain.post("/echo", json={"a": "x" * 900})).status_code == 200

    async def test_a_told_length_above_it_is_refused_unread(self, plain: httpx.AsyncClient) -> None:
        answer = await plain.post("/echo", json={"a": "x" * 1000})
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "REQUEST_TOO_LARGE")
        assert_secured(answer)

    async def test_a_chunked_body_is_counted(self, plain: httpx.AsyncClient) -> None:
        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(20):
                yield b" " * 100

        answer = await plain.post("/echo", content=chunks(), headers={"content-type": "application/json"})
        assert "content-length" not in answer.request.headers
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "REQUEST_TOO_LARGE")
        assert_secured(answer)

    @pytest.mark.parametrize("told", ["-1", "1e3", "²", "abc"])
    async def test_a_length_that_is_no_number_is_refused(self, told: str) -> None:
        scope = {"type": "http", "method": "POST", "path": "/echo", "query_string": b"", "raw_path": b"/echo",
                 "headers": [(b"content-length", told.encode("latin-1"))], "http_version": "1.1", "scheme": "http",
                 "server": ("127.0.0.1", 3000), "client": ("127.0.0.1", 1)}  # fmt: skip
        sent: list[dict[str, object]] = []

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        await make_app()(scope, receive, send)  # type: ignore[arg-type]
        assert sent[0]["status"] == 413


class TestRequestIds:
    @pytest.mark.parametrize("given", ["abcdefgh", "A.b-c_d0" * 8])
    async def test_a_proper_one_is_kept(self, plain: httpx.AsyncClient, given: str) -> None:
        assert (await plain.get("/number/1", headers={"x-request-id": given})).headers["x-request-id"] == given

    @pytest.mark.parametrize("given", ["", "short", "x" * 65, "with space 1", "<script>alert(1)", "a\tbcdefgh"])
    async def test_anything_else_is_replaced(self, plain: httpx.AsyncClient, given: str) -> None:
        answer = await plain.get("/number/1", headers={"x-request-id": given})
        assert UUID.fullmatch(answer.headers["x-request-id"])


class TestWhoIsAsking:
    @pytest.mark.parametrize("token", ["unknown-token", "fsa_" + "x" * 40, "x" * 5000, "'; DROP TABLE users; --"])
    async def test_a_bearer_that_is_nobodys_is_401(self, client: httpx.AsyncClient, token: str) -> None:
        answer = await client.get("/api/v1/projects", headers={"authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "AUTH_TOKEN_INVALID")
        assert answer.headers["www-authenticate"] == "Bearer"
        assert token not in answer.text
        assert_secured(answer)

    async def test_a_cookie_that_is_nobodys_is_nobody(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/api/v1/projects", headers={"cookie": "fs_session=unknown"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "AUTH_TOKEN_MISSING")

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"sec-fetch-site": "cross-site"}, 403),
            ({"sec-fetch-site": "same-site"}, 403),
            ({"sec-fetch-site": "same-origin"}, 201),
            ({"origin": "https://evil.example"}, 403),
            ({"origin": "null"}, 403),
            ({"origin": "http://127.0.0.1:3001"}, 403),
            ({"origin": "http://127.0.0.1:3000"}, 201),
            ({"origin": "http://127.0.0.1:3000", "sec-fetch-site": "cross-site"}, 403),
            ({}, 201),
        ],
    )
    async def test_another_site_cannot_use_the_cookie(
        self, client: httpx.AsyncClient, ada: Person, headers: dict[str, str], status: int
    ) -> None:
        cookie = {"cookie": f"fs_session={ada.token}", **headers}
        answer = await client.post("/api/v1/projects", json={"name": "Crossing"}, headers=cookie)
        assert answer.status_code == status
        if status == 403:
            assert answer.json()["error"]["code"] == "AUTH_CROSS_SITE"
            assert (await ada.client.get("/api/v1/projects")).json()["items"] == []

    async def test_reading_with_the_cookie_needs_no_origin(self, client: httpx.AsyncClient, ada: Person) -> None:
        headers = {"cookie": f"fs_session={ada.token}", "sec-fetch-site": "cross-site"}
        assert (await client.get("/api/v1/projects", headers=headers)).status_code == 200


class TestPaths:
    @pytest.mark.parametrize("path", ["/projects", "/api/projects", "/api/v1/projects"])
    async def test_documented_paths_answer_json(self, ada: Person, path: str) -> None:
        answer = await ada.client.get(path)
        assert (answer.status_code, answer.json()) == (200, {"items": [], "hasMore": False, "nextCursor": None})
        assert_secured(answer)

    async def test_a_browser_gets_the_page_of_the_same_path(self, client: httpx.AsyncClient, ada: Person) -> None:
        headers = {"cookie": f"fs_session={ada.token}", "accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
        answer = await client.get("/projects", headers=headers)
        assert answer.headers["content-type"].startswith("text/html")
        assert "No projects yet" in answer.text
        assert_secured(answer)
        as_program = await ada.client.get("/projects", headers={"accept": headers["accept"]})
        assert as_program.headers["content-type"] == "application/json"

    async def test_a_browser_that_nobody_is_signed_in_with_is_led_to_the_door(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/projects/x/plan", headers={"accept": "text/html"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/projects/x/plan")

    async def test_what_is_not_there_is_a_page_for_a_browser_with_the_id_to_quote(
        self, client: httpx.AsyncClient, ada: Person
    ) -> None:
        headers = {"cookie": f"fs_session={ada.token}", "accept": "text/html", "x-request-id": "quote-me-1234"}
        for path in ("/nothing/here", "/projects/unknown", "/runs/not-an-id"):
            answer = await client.get(path, headers=headers)
            assert answer.status_code in (400, 404), path
            assert answer.headers["content-type"].startswith("text/html")
            assert "quote-me-1234" in answer.text
            assert_secured(answer)

    async def test_odd_paths_do_no_harm(self, ada: Person) -> None:
        for path in ("/projects/%2e%2e%2f", "/projects/..%2fx", "/projects/%00", "/projects/" + "x" * 4000):
            answer = await ada.client.get(path)
            if answer.status_code == 307:  # a slash too many: the same address without it
                assert answer.headers["location"].startswith("http://127.0.0.1:3000/")
            else:
                assert answer.status_code in (400, 404), (path, answer.text)
                assert json.loads(answer.text)["error"]["requestId"]


async def test_health_tells_every_part(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health")
    assert (answer.status_code, answer.json()["ok"], answer.json()["role"]) == (200, True, "all")
    assert b'"ok":true' in answer.content
    assert answer.json()["parts"] == {"database": "ok", "cache": "ok"}
    assert (await client.get("/alive")).json() == {"ok": True}
    metrics = await client.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'http_requests_total{method="GET",status="200"}' in metrics.text
