"""What every HTTP door shares: pure ASGI middleware, the error envelope, and who is asking.

Order, outermost first: request id and log · security headers · body cap · path rewriting · authentication · routes.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

import orjson
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flaresmith.kit import clock, observe
from flaresmith.kit.actor import NOBODY, Actor
from flaresmith.kit.errors import BadRequest, Failed, Forbidden, NotFound, Problem, TooLarge, Unauthenticated
from flaresmith.kit.tx import Tx, begin

COOKIE = "fs_session"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
SECURITY_HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), payment=()",
}

Authenticator = Callable[[str, str, str], Awaitable[Actor | None]]


class Observed:
    """Gives each request an id, counts and times it, and logs one line when it has ended."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request_id = _request_id(Headers(scope=scope).get("x-request-id", ""))
        scope.setdefault("state", {})["request_id"] = request_id
        started, status = time.perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = headers["x-trace-id"] = request_id
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            elapsed = (time.perf_counter() - started) * 1000
            observe.requests_total.labels(scope["method"], str(status)).inc()
            observe.request_duration.observe(elapsed)
            level = "warning" if status >= 500 else "debug" if status < 400 else "info"
            getattr(observe.log(), level)(
                "request",
                requestId=request_id,
                method=scope["method"],
                path=scope["path"],
                status=status,
                durationMs=round(elapsed, 1),
            )


class Secured:
    """Adds the security headers to every reply, of a bug too, and refuses bodies above the cap, told or streamed."""

    def __init__(self, app: ASGIApp, *, max_body_bytes: int) -> None:
        self.app, self.max_body_bytes = app, max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        told = Headers(scope=scope).get("content-length", "0")
        refusal = TooLarge(f"A request may have at most {self.max_body_bytes:,} bytes.")
        if not is_number(told) or int(told) > self.max_body_bytes:
            await problem_response(refusal, _id_of(scope))(scope, receive, _with_headers(send))
            return
        seen, started = 0, False

        async def counting() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.max_body_bytes:
                raise refusal
            return message

        async def sending(message: Message) -> None:
            nonlocal started
            if started or seen <= self.max_body_bytes:  # what the app makes of the refusal is not what we say
                started = True
                await send(message)

        reply: Response | None = None
        try:
            await self.app(scope, counting, _with_headers(sending))
        except Exception as error:
            if started:
                raise
            # Starlette would answer outside of all middleware: without these headers and without the request's id
            reply = await scope["app"].exception_handlers[Exception](Request(scope), error)
        if seen > self.max_body_bytes and not started:
            reply = problem_response(refusal, _id_of(scope))
        if reply is not None:
            await reply(scope, receive, _with_headers(send))


class Rewritten:
    """Answers the paths that documents name without `/api/v1` (product.md, decision 6); pages win for browsers."""

    def __init__(self, app: ASGIApp, *, bare: re.Pattern[str]) -> None:
        self.app, self.bare = app, bare

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = scope["path"]
            if path.startswith("/api/") and not path.startswith("/api/v1/"):
                path = "/api/v1" + path[4:]
            elif self.bare.match(path) and not _wants_page(scope):
                path = "/api/v1" + path
            if path != scope["path"]:
                scope = {**scope, "path": path, "raw_path": path.encode()}
        await self.app(scope, receive, send)


class Authentication:
    """Finds out who is asking, by bearer token or session cookie; the routes decide whether somebody must be."""

    def __init__(self, app: ASGIApp, *, authenticate: Authenticator) -> None:
        self.app, self.authenticate = app, authenticate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                scope.setdefault("state", {})["actor"] = await self._actor(scope)
            except Problem as problem:
                return await problem_response(problem, _id_of(scope))(scope, receive, send)
        return await self.app(scope, receive, send)

    async def _actor(self, scope: Scope) -> Actor:
        request = Request(scope)
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and bearer:
            found = await self.authenticate(bearer.strip(), "bearer", _id_of(scope))
            if found is None:
                raise TokenInvalid()
            return found
        cookie = request.cookies.get(f"__Host-{COOKIE}") or request.cookies.get(COOKIE)
        if not cookie:
            return NOBODY
        if request.method not in SAFE and not same_origin(request):
            raise CrossSite()
        return await self.authenticate(cookie, "cookie", _id_of(scope)) or NOBODY


class TokenInvalid(Unauthenticated):
    """This token is unknown, expired or revoked. Sign in again."""

    code = "AUTH_TOKEN_INVALID"


class CrossSite(Forbidden):
    """This request came from another site."""

    code = "AUTH_CROSS_SITE"


def anyone(request: Request) -> Actor:
    """Who is asking, maybe nobody."""
    actor: Actor = request.scope.get("state", {}).get("actor", NOBODY)
    return actor


def signed(request: Request) -> Actor:
    """Who is asking; Unauthenticated when nobody is."""
    actor = anyone(request)
    if actor.anonymous:
        raise Unauthenticated()
    return actor


async def _in_tx(actor: Annotated[Actor, Depends(signed)]) -> AsyncIterator[Tx]:
    async with begin(actor) as tx:
        yield tx


async def _in_tx_anyone(actor: Annotated[Actor, Depends(anyone)]) -> AsyncIterator[Tx]:
    async with begin(actor) as tx:
        yield tx


Anyone = Annotated[Actor, Depends(anyone)]
Signed = Annotated[Actor, Depends(signed)]
# scope="function": commit before the reply is sent, so that a failing commit is a failing request
InTx = Annotated[Tx, Depends(_in_tx, scope="function")]
InTxAnyone = Annotated[Tx, Depends(_in_tx_anyone, scope="function")]


def envelope(problem: Problem, request_id: str) -> dict[str, Any]:
    """The error envelope (flaresmith §12.1); empty optionals are left out."""
    error = {
        "code": problem.code,
        "message": problem.message,
        "severity": problem.severity,
        "retryPolicy": problem.retry,
        "requestId": request_id,
        "traceId": request_id,
        "timestamp": clock.rfc3339(clock.now()),
        "context": problem.context,
        "hint": problem.hint,
        "causeChain": list(problem.causes),
        "details": problem.details,
    }
    return {"error": {k: v for k, v in error.items() if v not in ("", None, [], {})}}


def problem_response(problem: Problem, request_id: str) -> Response:
    """The JSON reply for a problem; counts it."""
    observe.errors_total.labels(problem.code, problem.severity).inc()
    headers = {"retry-after": str(max(1, round(problem.retry_after)))} if problem.retry_after else {}
    if isinstance(problem, Unauthenticated):
        headers["www-authenticate"] = "Bearer"
    body = orjson.dumps(envelope(problem, request_id), default=str)
    return Response(body, problem.status, headers, "application/json")


Renderer = Callable[[Request, Problem], Awaitable[Response]]


def install_errors(app: FastAPI, *, page: Renderer | None = None) -> None:
    """Render every problem in one envelope; `page` renders it for browsers that asked for a page."""

    async def render(request: Request, problem: Problem) -> Response:
        if page is not None and _wants_page(request.scope) and not request.url.path.startswith("/api/"):
            observe.errors_total.labels(problem.code, problem.severity).inc()
            return await page(request, problem)
        return problem_response(problem, _id_of(request.scope))

    async def known(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return await render(request, error)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        issues = [{"path": ".".join(map(str, e["loc"])), "message": e["msg"]} for e in error.errors()[:50]]
        return await render(request, BadRequest("The request does not fit.", details={"issues": issues}))

    async def plain(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 404:
            return await render(request, NotFound("There is nothing at this address."))
        problem = Problem(str(error.detail))
        problem.status, problem.code = error.status_code, "METHOD_NOT_ALLOWED" if error.status_code == 405 else "HTTP"  # type: ignore[misc]
        return await render(request, problem)

    async def unexpected(request: Request, error: Exception) -> Response:
        observe.log().error("unexpected", requestId=_id_of(request.scope), code="INTERNAL_UNEXPECTED", exc_info=error)
        return await render(request, Failed())

    app.add_exception_handler(Problem, known)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, plain)
    app.add_exception_handler(Exception, unexpected)


def health_routes(role: str, checks: Mapping[str, observe.Check]) -> Callable[[FastAPI], None]:
    """`GET /health` (503 when a needed part is down), `GET /alive` and `GET /metrics` for a role."""

    async def health() -> Response:
        ok, parts = await observe.health(checks)
        body = {
            "ok": ok,
            "status": "healthy" if ok else "unhealthy",
            "role": role,
            "parts": parts,
            "timestamp": clock.rfc3339(clock.now()),
        }
        return Response(orjson.dumps(body), 200 if ok else 503, media_type="application/json")

    async def alive() -> Response:
        return Response(b'{"ok":true}', media_type="application/json")

    async def metrics() -> Response:
        return Response(observe.metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")

    def install(app: FastAPI) -> None:
        observe.up.labels(role).set(1)
        for path, endpoint in (("/health", health), ("/alive", alive), ("/metrics", metrics)):
            app.add_api_route(path, endpoint, include_in_schema=False)

    return install


def _request_id(given: str) -> str:
    return given if re.fullmatch(r"[A-Za-z0-9._-]{8,64}", given) else str(uuid.uuid4())


def is_number(text: str) -> bool:
    """Whether `text` is a number as headers write it: ASCII digits alone."""
    return text.isascii() and text.isdigit()


def _id_of(scope: Scope) -> str:
    found: str = scope.get("state", {}).get("request_id", "")
    return found


def _wants_page(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return "text/html" in headers.get("accept", "") and "authorization" not in headers


def same_origin(request: Request) -> bool:
    """Whether a request comes from a page of ours, or from a program: by Sec-Fetch-Site, else by Origin."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("cache-control", "no-store")
        await send(message)

    return sending
