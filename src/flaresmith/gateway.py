"""The preview door: an authenticated reverse proxy to what runs in an environment. Data path only.

`/<project>/<environment>/…` goes to that environment's service when the sender is a member of the project. The
upstream comes from our own records alone. Bodies stream both ways; hop-by-hop headers, our cookies and forged
identity headers never pass.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from fastapi import FastAPI, Request
from fastapi.responses import Response, StreamingResponse
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from flaresmith.features.identity import live as identity
from flaresmith.features.projects import queries
from flaresmith.kit import asgi, cache, tx
from flaresmith.kit.actor import Actor
from flaresmith.kit.errors import NotFound, Unavailable, Upstream
from flaresmith.kit.settings import settings

_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer"}
    | {"transfer-encoding", "upgrade", "host", "content-length"}
)
_OURS = frozenset({"cookie", "authorization", "x-user-id", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"})
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class UpstreamDown(Upstream):
    """What runs in this environment does not answer."""

    code = "PREVIEW_UPSTREAM_DOWN"


def create_app() -> ASGIApp:
    """The gateway's application."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, lifespan=_lifespan, middleware=_middleware())
    asgi.install_errors(app)
    asgi.health_routes("preview", {"database": tx.ping, "cache": cache.ping})(app)
    app.add_api_route("/{project}/{environment}/{path:path}", forward, methods=_METHODS, include_in_schema=False)
    return app


async def forward(request: Request, actor: asgi.Signed, project: str, environment: str, path: str) -> Response:
    """Pass the request on and stream the answer back."""
    base = await _upstream(actor, project, environment)
    query = f"?{request.url.query}" if request.url.query else ""
    session: aiohttp.ClientSession = request.app.state.session
    try:
        answer = await session.request(
            request.method,
            f"{base}/{path}{query}",
            data=request.stream() if _has_body(request) else None,
            headers=_passed_on(request, actor),
            allow_redirects=False,
        )
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise UpstreamDown() from error
    return StreamingResponse(_chunks(answer), answer.status, _passed_back(answer))


async def _upstream(actor: Actor, project: str, environment: str) -> str:
    async with tx.begin(actor, read_only=True) as reading:
        found = await queries.get_project(reading, project)
        target = await queries.get_environment(reading, found.id, environment)
    if target.state == "archived":
        raise NotFound("This environment is archived.")
    if not target.url:
        raise Unavailable("Nothing runs in this environment yet.")
    return target.url.rstrip("/")


def _passed_on(request: Request, actor: Actor) -> dict[str, str]:
    dropped = _HOP_BY_HOP | _OURS | _named_in(request.headers.get("connection", ""))
    headers = {name: value for name, value in request.headers.items() if name not in dropped}
    if _has_body(request) and (length := request.headers.get("content-length")):
        headers["content-length"] = length
    return {**headers, "x-user-id": str(actor.user_id), "x-forwarded-proto": request.url.scheme}


def _passed_back(answer: aiohttp.ClientResponse) -> dict[str, str]:
    dropped = (_HOP_BY_HOP - {"content-length"}) | _named_in(answer.headers.get("connection", "")) | {"set-cookie"}
    return {name: value for name, value in answer.headers.items() if name.lower() not in dropped}


def _named_in(connection: str) -> frozenset[str]:
    return frozenset(name.strip().lower() for name in connection.split(","))


def _has_body(request: Request) -> bool:
    return "content-length" in request.headers or "transfer-encoding" in request.headers


async def _chunks(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.content.iter_any():
            yield chunk
    finally:
        answer.release()


def _middleware() -> list[Middleware]:
    return [
        Middleware(asgi.Observed),
        Middleware(asgi.Secured, max_body_bytes=settings().max_body_bytes),
        Middleware(asgi.Authentication, authenticate=identity.authenticate),
    ]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    timeout = aiohttp.ClientTimeout(total=None, connect=5, sock_read=60)
    connector = aiohttp.TCPConnector(limit=200, keepalive_timeout=30)
    async with aiohttp.ClientSession(
        timeout=timeout, connector=connector, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        app.state.session = session
        yield
    await tx.close()
    await cache.close()
