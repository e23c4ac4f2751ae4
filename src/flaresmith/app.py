"""The web door: mounts the routes and pages of every feature, for the role that this process plays."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from flaresmith.features.identity import live as identity
from flaresmith.features.projects.live.git import git_application
from flaresmith.kit import asgi, cache, discover, stream, tx
from flaresmith.kit.errors import Problem
from flaresmith.kit.settings import settings, weaknesses
from flaresmith.ui import static
from flaresmith.ui.product import problem_page

ROLES = ("web", "api", "orchestrator", "all")
_BARE = re.compile(r"^/(auth|projects|runs|specs|organizations|deployments)(/|$)")


def create_app(role: str = "all") -> ASGIApp:
    """The application of one role: `web` pages and the API they call, `api` the API and Git, `orchestrator` the run
    streams, `all` everything in one process."""
    if role not in ROLES:
        raise ValueError(f"There is no role {role}; there are {', '.join(ROLES)}.")
    if weak := weaknesses(settings()):
        raise SystemExit("Refusing to start in production: " + "; ".join(weak) + ".")
    app = FastAPI(
        title="Flaresmith",
        version="1",
        openapi_url="/openapi.json" if role != "orchestrator" else None,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        middleware=_middleware(),
        separate_input_output_schemas=False,
    )
    asgi.install_errors(app, page=_problem_page if role in ("web", "all") else None)
    asgi.health_routes(role, {"database": tx.ping, "cache": cache.ping})(app)
    app.include_router(_joined(_routers(role)), prefix="/api/v1")
    if role in ("web", "all"):
        _mount_pages(app)
    return _with_git(app) if role in ("api", "all") else app


def _middleware() -> list[Middleware]:
    return [
        Middleware(asgi.Observed),
        Middleware(asgi.Secured, max_body_bytes=settings().max_body_bytes),
        Middleware(asgi.Rewritten, bare=_BARE),
        Middleware(asgi.Authentication, authenticate=identity.authenticate),
    ]


def _routers(role: str) -> Iterable[APIRouter]:
    for module in discover.modules("routes"):
        if role != "orchestrator":
            yield module.router
        if hasattr(module, "stream_router"):
            yield module.stream_router


def _joined(routers: Iterable[APIRouter]) -> APIRouter:
    """One router with the routes of all."""
    return APIRouter(routes=sorted((route for router in routers for route in router.routes), key=_literal_first))


def _literal_first(route: Any) -> list[bool]:
    """`/projects/new` is tried before `/projects/{project}`, whichever feature they come from."""
    return [segment.startswith("{") for segment in route.path.split("/")]


def _mount_pages(app: FastAPI) -> None:
    app.include_router(_joined(module.router for module in discover.modules("pages")), include_in_schema=False)
    app.mount("/static", static.StaticFiles())

    @app.get("/", include_in_schema=False)
    async def home() -> Response:
        return RedirectResponse("/projects", 303)

    @app.get("/favicon.ico", include_in_schema=False)
    async def favicon() -> Response:
        return RedirectResponse(static.url("logo.svg"), 301)


def _with_git(app: FastAPI) -> ASGIApp:
    """Packs are large and streamed: the Git door stands beside the middleware, with its own limits."""
    git = git_application(identity.authenticate)

    async def door(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/git/"):
            await git({**scope, "root_path": "/git"}, receive, send)
        else:
            await app(scope, receive, send)

    return door


async def _problem_page(request: Request, problem: Problem) -> Response:
    if problem.status == 401:
        return RedirectResponse(f"/sign-in?next={request.url.path}", 303)
    return problem_page(request, asgi.anyone(request), problem, request.scope.get("state", {}).get("request_id", ""))


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    yield
    await stream.close()
    await tx.close()
    await cache.close()
