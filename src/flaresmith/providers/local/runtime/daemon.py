"""The daemon that holds the services of this machine: one per data folder, on loopback, with a token."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import os
import secrets
import signal
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from flaresmith.kit import observe
from flaresmith.kit.errors import Failed, Invalid, NotFound, Problem, Unauthenticated
from flaresmith.kit.machine import lock, storage
from flaresmith.kit.machine.ports import LOOPBACK
from flaresmith.providers.local.runtime.builds import Builds
from flaresmith.providers.local.runtime.dependencies import Layers
from flaresmith.providers.local.runtime.failures import to_json
from flaresmith.providers.local.runtime.instance import Order
from flaresmith.providers.local.runtime.release import Releases
from flaresmith.providers.local.runtime.sandbox import Sandbox
from flaresmith.providers.local.runtime.services import Services
from flaresmith.providers.local.settings import LocalSettings

_PREDECESSOR_S = 15.0
_LARGEST_REQUEST = 64 * 1024

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def run() -> None:
    """Serve until SIGTERM or SIGINT; returns at once if another daemon serves this data folder and stays."""
    observe.configure_logs()
    settings = LocalSettings()
    home = storage.private_directory(settings.directory) / "runtime"
    held = lock.acquire(storage.private_directory(home) / "daemon.lock", patience=_PREDECESSOR_S)
    if held is None:
        observe.log().warning("runtime.already_running", folder=str(home))
        return
    try:
        asyncio.run(_serve(settings, home))
    finally:
        os.close(held)


async def _serve(settings: LocalSettings, home: Path) -> None:
    sandbox = Sandbox(settings.directory, try_namespaces=settings.isolation == "auto")
    await sandbox.open()
    releases = Releases(home / "releases", settings.directory / "repositories", Layers(home / "layers"))
    services = Services(home, sandbox, releases, settings)
    builds = Builds(home, sandbox, releases, settings)
    token = secrets.token_urlsafe(32)
    application = _application(services, builds, sandbox, token)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    listening = socket.create_server((LOOPBACK, 0), backlog=256)
    address = f"http://{LOOPBACK}:{listening.getsockname()[1]}"
    try:
        await services.restore(lambda text: observe.log().error("runtime.restore", message=text))
        await web.SockSite(runner, listening).start()
        _announce(home / "daemon.json", address, token)
        observe.log().info("runtime.ready", url=address, isolation=sandbox.isolation)
        await _until_told_to_stop()
    finally:
        (home / "daemon.json").unlink(missing_ok=True)
        await services.close()
        await sandbox.close()
        await runner.cleanup()


def _announce(path: Path, address: str, token: str) -> None:
    """Say where we are, to those who may read the data folder."""
    storage.write_private(path, orjson.dumps({"url": address, "token": token, "pid": os.getpid()}).decode())


async def _until_told_to_stop() -> None:
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    await told.wait()


def _application(services: Services, builds: Builds, sandbox: Sandbox, token: str) -> web.Application:
    application = web.Application(middlewares=[_guard(token)], client_max_size=_LARGEST_REQUEST)
    routes = _Routes(services, builds, sandbox)
    application.add_routes(
        [
            web.get("/health", routes.health),
            web.get("/services", routes.list_services),
            web.get("/services/{name}", routes.get_service),
            web.put("/services/{name}", routes.deploy),
            web.delete("/services/{name}", routes.remove_service),
            web.post("/services/{name}/restart", routes.restart),
            web.get("/services/{name}/logs", routes.logs),
            web.get("/builds", routes.list_builds),
            web.get("/builds/{name}", routes.get_build),
            web.put("/builds/{name}", routes.build),
            web.delete("/builds/{name}", routes.remove_build),
        ]
    )
    return application


def _guard(token: str) -> Any:
    """Let in who has the token, and turn problems into answers."""
    expected = f"Bearer {token}".encode()

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            given = request.headers.get("Authorization", "").encode(errors="replace")
            if request.path != "/health" and not hmac.compare_digest(given, expected):
                raise Unauthenticated("The token in daemon.json is needed.")
            return await handler(request)
        except Problem as problem:
            return _answer(to_json(problem), problem.status)
        except web.HTTPException as refused:
            return _answer(to_json(NotFound(refused.reason)), refused.status)
        except Exception as error:  # the last door: whatever it is, the caller gets a sentence and the log the rest
            observe.log().exception("runtime.failed", path=request.path)
            return _answer(to_json(Failed(f"The local runtime failed: {type(error).__name__}: {error}")), 500)

    return guard


class _Routes:
    """What the daemon answers; each is one call."""

    def __init__(self, services: Services, builds: Builds, sandbox: Sandbox) -> None:
        self._services, self._builds, self._sandbox = services, builds, sandbox

    async def health(self, _request: web.Request) -> web.Response:
        return _answer({"ok": True, "isolation": self._sandbox.isolation})

    async def list_services(self, _request: web.Request) -> web.Response:
        return _answer(await self._services.list())

    async def get_service(self, request: web.Request) -> web.Response:
        return _answer(await self._services.get(_name(request)).view())

    async def deploy(self, request: web.Request) -> web.Response:
        owner, order, spec_hash = await _order(request)
        return _answer(await self._services.deploy(_name(request), owner, order, spec_hash))

    async def restart(self, request: web.Request) -> web.Response:
        return _answer(await self._services.get(_name(request)).restart(_owner(request)))

    async def remove_service(self, request: web.Request) -> web.Response:
        await self._services.remove(_name(request), _owner(request))
        return _answer({})

    async def logs(self, request: web.Request) -> web.Response:
        lines = request.query.get("lines", "200")
        count = min(int(lines), 10_000) if lines.isdecimal() else 200
        return _answer({"lines": self._services.get(_name(request)).tail(count)})

    async def list_builds(self, _request: web.Request) -> web.Response:
        return _answer(self._builds.list())

    async def get_build(self, request: web.Request) -> web.Response:
        if (build := self._builds.get(_name(request))) is None:
            raise NotFound("There is no such build.")
        return _answer(build)

    async def build(self, request: web.Request) -> web.Response:
        owner, order, spec_hash = await _order(request)
        return _answer(await self._builds.run(_name(request), owner, order, spec_hash))

    async def remove_build(self, request: web.Request) -> web.Response:
        self._builds.remove(_name(request), _owner(request))
        return _answer({})


def _name(request: web.Request) -> str:
    return request.match_info["name"]


def _owner(request: web.Request) -> str:
    return request.query.get("owner", "")


async def _order(request: web.Request) -> tuple[str, Order, str]:
    with contextlib.suppress(ValueError, KeyError, TypeError):
        body = orjson.loads(await request.read())
        order = Order(*(str(body["order"][name]) for name in ("repository", "commit", "environment", "database_url")))
        return str(body["owner"]), order, str(body["spec_hash"])
    raise Invalid("The order is not understood.")


def _answer(content: Any, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(content), status=status, content_type="application/json")


if __name__ == "__main__":
    run()
