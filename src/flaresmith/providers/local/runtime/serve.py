"""Serve a release inside its sandbox. Runs by itself: standard library, and what the release depends on.

Descriptors: 3 is the line to the daemon, 4 a private listening socket for its health checks, 5 the public socket.
 Arguments: `migrate` or `keep`, then folders to import from. It says `migrated` and `listening`; told `serve`, it
also accepts on the public socket; told `drain`, it accepts no more, closes each connection after its next answer, and
ends. When the daemon goes, it goes.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import os
import socket
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any, NoReturn

CONTROL, PRIVATE, PUBLIC = 3, 4, 5
LINGER_S = 5.0
_DAEMON_GONE = 125
_MIGRATION_FAILED = 3

App = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]


def main() -> None:
    """Migrate if told so, while the application is imported, then serve it."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    sys.path[:0] = [str(Path.cwd()), *sys.argv[2:]]
    migrating = 0
    if sys.argv[1] == "migrate":
        with contextlib.suppress(ImportError):  # what both halves need is read once
            importlib.import_module("sqlalchemy.ext.asyncio")
        migrating = os.fork() or _migrate()
    app = importlib.import_module("app.main").app
    if migrating and os.waitstatus_to_exitcode(os.waitpid(migrating, 0)[1]) != 0:
        sys.exit(_MIGRATION_FAILED)
    control = socket.socket(fileno=CONTROL)
    _say(control, "migrated")
    _serve(app, control)


def _migrate() -> NoReturn:
    """Bring the database to the newest migration, in a process that ends with it."""
    code = 1
    try:
        from alembic.config import main as alembic

        if Path("alembic.ini").exists():
            alembic(["--raiseerr", "upgrade", "head"])
        code = 0
    except SystemExit as stop:
        code = int(bool(stop.code))
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _serve(app: App, control: socket.socket) -> None:
    import uvicorn

    gate = _Gate(app)

    class Server(uvicorn.Server):
        """Starts on the private socket alone and does what the daemon says."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=[socket.socket(fileno=PRIVATE)])
            self.told = asyncio.create_task(_obey(self, gate, control))

    config = uvicorn.Config(
        gate, log_level="info", access_log=False, server_header=False, timeout_graceful_shutdown=10, backlog=2048
    )
    Server(config).run()


async def _obey(server: Any, gate: _Gate, control: socket.socket) -> None:
    control.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=control)
    writer.write(b'{"event": "listening"}\n')
    while line := await reader.readline():
        word = json.loads(line)["do"]
        if word == "serve":
            await _open_to_the_public(server)
            writer.write(b'{"event": "serving"}\n')
        elif word == "drain":
            await _drain(server, gate)
    os._exit(_DAEMON_GONE)


async def _open_to_the_public(server: Any) -> None:
    config = server.config

    def connection(_loop: asyncio.AbstractEventLoop | None = None) -> asyncio.Protocol:
        protocol: asyncio.Protocol = config.http_protocol_class(
            config=config, server_state=server.server_state, app_state=server.lifespan.state, _loop=_loop
        )
        return protocol

    loop = asyncio.get_running_loop()
    public = socket.socket(fileno=PUBLIC)
    server.servers.append(await loop.create_server(connection, sock=public, backlog=config.backlog))


async def _drain(server: Any, gate: _Gate) -> None:
    """Leave new connections to the successor; end open ones after their next answer, idle ones after a while."""
    gate.closing = True
    for one in server.servers:
        one.close()
    ends = time.monotonic() + LINGER_S
    while server.server_state.connections and time.monotonic() < ends:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.02)
    server.should_exit = True


class _Gate:
    """The application; once `closing`, every answer tells the client to connect anew."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.closing = False

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def closing(message: MutableMapping[str, Any]) -> None:
            if self.closing and message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
            await send(message)

        return await self.app(scope, receive, closing)


def _say(control: socket.socket, event: str) -> None:
    control.sendall(json.dumps({"event": event}).encode() + b"\n")


if __name__ == "__main__":
    main()
