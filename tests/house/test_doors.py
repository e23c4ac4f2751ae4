"""Every address of every door: nobody gets 401 (or the sign-in page), another tenant 404. Whatever is mounted is tried.

An address that is open to everybody stands in `OPEN` with the reason; one that names no tenant's thing must show only
what is one's own. A new path parameter or a body that a route insists on is told in `World` and `BODIES`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, NamedTuple

import httpx
import pytest
from tests.cast import make_client
from tests.house.conftest import SPECS, World

OPEN = {
    "GET /": "sends on to the projects, where one has to be known",
    "GET /alive": "asked by supervisors; says nothing but that the process lives",
    "GET /favicon.ico": "a picture",
    "GET /health": "asked by load balancers; names parts, not data",
    "GET /metrics": "scraped by Prometheus inside the network; counts, not data",
    "GET /openapi.json": "the published contract",
    "GET /register": "how somebody gets known",
    "POST /register": "how somebody gets known",
    "GET /sign-in": "how somebody becomes known",
    "POST /sign-in": "how somebody becomes known",
    "GET /sign-in/link/{token}": "the link is the proof",
    "POST /sign-in/link/{token}": "the link is the proof",
    "POST /sign-out": "ending what is not there is fine",
    "POST /theme": "a cookie about colours",
    "POST /api/v1/auth/register": "how somebody gets known",
    "POST /api/v1/auth/login": "how somebody becomes known",
    "POST /api/v1/auth/refresh": "the refresh token is the proof",
    "MOUNT /static": "style sheets and scripts, the same for everybody",
}

# What a route needs in its body before it looks whose thing it is.
BODIES: dict[str, dict[str, Any]] = {
    "PATCH /api/v1/projects/{project}": {"name": "Mine now"},
    "PUT /api/v1/projects/{project}/members/{user_id}": {"role": "owner"},
    "POST /api/v1/specs/plan": {"projectId": "{project}", "files": SPECS},
    "POST /api/v1/specs/apply": {"projectId": "{project}", "files": SPECS},
    "POST /api/v1/specs/check": {"files": SPECS},
    "POST /api/v1/organizations": {"name": "Another of Bob's"},
    "POST /api/v1/projects": {"name": "Shelves of Bob"},
}

# Another tenant's thing is not in the path here, but in the body.
NAMED_IN_BODY = {"POST /api/v1/specs/plan", "POST /api/v1/specs/apply"}


class Address(NamedTuple):
    """One method of one path."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def at(self, world: World) -> str:
        """The path with Ada's ids in it."""
        return _filled(self.path, world)

    @property
    def is_page(self) -> bool:
        return not self.path.startswith("/api/")


@pytest.fixture(scope="module")
def addresses(installation: str) -> list[Address]:
    """Everything that the roles `web` and `orchestrator` mount, which is all that `all` mounts and more."""
    from flaresmith.app import create_app

    found = {one for role in ("web", "orchestrator") for one in _walk(create_app(role).router.routes)}  # type: ignore[attr-defined]
    return sorted(found)


@pytest.fixture(scope="module")
async def preview(installation: str, base_url: str, anyio_backend: str) -> AsyncIterator[httpx.AsyncClient]:
    """The preview gateway; nobody is signed in."""
    from flaresmith.gateway import create_app

    app = create_app()
    async with app.router.lifespan_context(app), make_client(app, base_url) as client:  # type: ignore[attr-defined]
        yield client


def test_what_is_open_exists(addresses: list[Address]) -> None:
    assert OPEN.keys() - set(map(str, addresses)) == set()
    assert BODIES.keys() - set(map(str, addresses)) == set()


async def test_nobody_is_turned_away(world: World, addresses: list[Address], anonymous: httpx.AsyncClient) -> None:
    closed = [one for one in addresses if not one.is_page and str(one) not in OPEN]
    assert len(closed) > 25
    answers = {str(one): await _ask(anonymous, one, world) for one in closed}
    assert {name: reply.status_code for name, reply in answers.items() if reply.status_code != 401} == {}
    for reply in answers.values():
        assert reply.json()["error"]["code"] == "AUTH_TOKEN_MISSING"
        assert reply.headers["www-authenticate"] == "Bearer"


async def test_nobody_at_a_browser_is_led_to_the_sign_in(
    world: World, addresses: list[Address], anonymous: httpx.AsyncClient
) -> None:
    anonymous.headers["accept"] = "text/html"
    pages = [one for one in addresses if one.is_page and str(one) not in OPEN]
    assert len(pages) > 8
    for page in pages:
        reply = await _ask(anonymous, page, world)
        assert (reply.status_code, reply.headers.get("location", "").partition("?")[0]) == (303, "/sign-in"), page


async def test_another_tenant_finds_nothing(world: World, addresses: list[Address]) -> None:
    hers = [one for one in addresses if not one.is_page and _names_a_thing(one) and str(one) not in OPEN]
    assert len(hers) > 15
    replies = {str(one): await _ask(world.bob.client, one, world) for one in hers}
    assert {name: (r.status_code, r.text[:200]) for name, r in replies.items() if r.status_code != 404} == {}
    assert [name for name, reply in replies.items() if _leaks(reply, world)] == []


async def test_another_tenant_at_a_browser_finds_nothing(
    world: World, addresses: list[Address], bobs_browser: httpx.AsyncClient
) -> None:
    pages = [one for one in addresses if one.is_page and _names_a_thing(one) and str(one) not in OPEN]
    replies = {str(one): await _ask(bobs_browser, one, world) for one in pages}
    assert {name: (r.status_code, r.text[:200]) for name, r in replies.items() if r.status_code != 404} == {}


async def test_what_names_nothing_shows_only_ones_own(world: World, addresses: list[Address]) -> None:
    own = [one for one in addresses if not _names_a_thing(one) and str(one) not in OPEN]
    own = [one for one in own if "signout" not in one.path.lower() and "logout" not in one.path]
    for one in own:
        reply = await _ask(world.bob.client, one, world)
        assert reply.status_code < 500, (one, reply.text)
        assert not _leaks(reply, world), one


async def test_nothing_of_hers_can_be_claimed_in_a_body(world: World) -> None:
    body = {"name": "Planted by Bob", "orgId": str(world.ada.org_id)}
    reply = await world.bob.client.post("/api/v1/projects", json=body)
    assert reply.status_code in (403, 404), reply.text
    seen = (await world.ada.client.get("/api/v1/projects")).json()
    assert "Planted by Bob" not in str(seen)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_the_gateway_asks_who_you_are(world: World, preview: httpx.AsyncClient, method: str) -> None:
    path = f"/{world.project}/dev/shelves"
    assert (await preview.request(method, path)).status_code == 401
    token = {"authorization": f"Bearer {world.bob.token}"}
    assert (await preview.request(method, path, headers=token)).status_code == 404
    assert (await preview.request(method, f"/{world.slug}/dev/shelves", headers=token)).status_code == 404


def test_the_gateway_has_no_other_address(installation: str) -> None:
    from flaresmith.gateway import create_app

    paths = {one.path for one in _walk(create_app().router.routes)}  # type: ignore[attr-defined]
    assert paths == {"/health", "/alive", "/metrics", "/{project}/{environment}/{path:path}"}


@pytest.mark.parametrize("service", ["git-upload-pack", "git-receive-pack"])
async def test_the_git_door_asks_who_you_are(world: World, anonymous: httpx.AsyncClient, service: str) -> None:
    for method, path in (("GET", f"info/refs?service={service}"), ("POST", service)):
        address = f"/git/{world.handle}.git/{path}"
        nobody = await anonymous.request(method, address)
        assert nobody.status_code == 401
        assert nobody.headers["www-authenticate"].startswith("Basic")
        assert (await anonymous.request(method, address, headers=_basic(world.bob.token))).status_code == 404
        assert (await anonymous.request(method, address, headers=_basic("no-such-token"))).status_code == 401


def _walk(routes: Iterable[Any], prefix: str = "") -> Iterator[Address]:
    for route in routes:
        if (inner := getattr(route, "original_router", None)) is not None:
            yield from _walk(inner.routes, prefix + route.include_context.prefix)
        else:
            methods = (getattr(route, "methods", None) or {"MOUNT"}) - {"HEAD"}
            yield from (Address(method, prefix + route.path) for method in methods)


async def _ask(client: httpx.AsyncClient, one: Address, world: World) -> httpx.Response:
    body = BODIES.get(str(one), {})
    body = {name: _filled(value, world) if isinstance(value, str) else value for name, value in body.items()}
    sent: dict[str, Any] = {} if one.method == "GET" else {"data": body} if one.is_page else {"json": body}
    return await client.request(one.method, one.at(world), **sent)


def _filled(text: str, world: World) -> str:
    ids = {
        "project": world.project,
        "environment": world.environment,
        "run_id": world.run,
        "session_id": world.ada.session_id,
        "user_id": world.ada.id,
        "token": "not-a-link",
        "rule": "not-a-rule",  # rules are everybody's, so only one that does not exist is not found
    }
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: str(ids[found[1]]), text)


def _names_a_thing(one: Address) -> bool:
    return "{" in one.path or str(one) in NAMED_IN_BODY


def _leaks(reply: httpx.Response, world: World) -> bool:
    hers = (world.ada.id, world.ada.org_id, world.handle, world.ada.email)
    return any(str(one) in reply.text for one in hers)


def _basic(token: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"me:{token}".encode()).decode()}
