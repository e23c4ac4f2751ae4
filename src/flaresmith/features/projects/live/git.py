"""The door of the local repositories: Git over HTTP for members, with an access token as the password."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from flaresmith.features.projects import queries
from flaresmith.kit.actor import Actor
from flaresmith.kit.asgi import TokenInvalid, problem_response
from flaresmith.kit.errors import NotFound, Problem, Unauthenticated
from flaresmith.kit.permissions import CONTRIBUTORS, permission
from flaresmith.kit.tx import begin
from flaresmith.providers.local import git_http

PUSH = permission("projects:push", roles=CONTRIBUTORS, description="Push to a project's repository.")


def git_application(authenticate: Callable[[str, str, str], Awaitable[Actor | None]]) -> ASGIApp:
    """Serve `/<handle>.git`; nobody gets 401, another tenant 404, a viewer who pushes 403."""

    async def allowed(_repository: str, _service: str, _headers: Mapping[str, str]) -> bool:
        return True

    git = git_http.create_app(allowed)

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            await _check(scope, authenticate)
        except Problem as problem:
            response = problem_response(problem, "")
            if isinstance(problem, Unauthenticated):
                response.headers["www-authenticate"] = 'Basic realm="Flaresmith"'
            await response(scope, receive, send)
        else:
            inner = {**scope, "path": _inside(scope), "root_path": ""}
            await git(inner, receive, send)

    return door


async def _check(scope: Scope, authenticate: Callable[[str, str, str], Awaitable[Actor | None]]) -> None:
    token = _password(Headers(scope=scope).get("authorization", ""))
    if not token:
        raise Unauthenticated("Sign in with any name and an access token as the password.")
    actor = await authenticate(token, "bearer", "")
    if actor is None:
        raise TokenInvalid()
    handle, _, rest = _inside(scope).lstrip("/").partition(".git")
    pushing = rest.endswith("git-receive-pack") or b"service=git-receive-pack" in scope["query_string"]
    async with begin(actor, read_only=True) as tx:
        project = await queries.find_project_by_handle(tx, handle)
        if project is None:
            raise NotFound("There is no such repository, or it is not yours.")
        tx.require(PUSH if pushing else queries.READ, project.role)


def _inside(scope: Scope) -> str:
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    return path.removeprefix(root)


def _password(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""
