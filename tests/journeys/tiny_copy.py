"""The `flaresmith` command with a tiny product: the real start, and roles that only say who they are."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flaresmith.__main__ import main
from flaresmith.cli.local import serve, startup, up
from flaresmith.cli.local.roles import Product, Role, serve_application

Scope = dict[str, Any]


NEEDS = ("uvicorn", "uvloop", "asyncpg", "uvicorn.protocols.http.httptools_impl")


def application(role: str) -> Callable[..., Any]:
    async def app(scope: Scope, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        if scope["type"] == "lifespan":
            return
        names = ("FLARESMITH_DATA", "DATABASE_URL", "REDIS_URL", "FLARESMITH_WEB_URL", "FLARESMITH_API_URL")
        told = {name: os.environ.get(name, "") for name in names}
        body = json.dumps({"ok": True, "role": role, "pid": os.getpid(), **told}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": body})

    return app


def web_role(name: str, offset: int) -> Role:
    port = int(os.environ.get("TINY_PORT", "0")) + offset  # fixed, and still not in the way of others

    def run(listener: socket.socket | None) -> None:
        if os.environ.get("TINY_BROKEN") == name:
            raise RuntimeError(f"the role {name} is broken on purpose")
        print(f"{name} begins", flush=True)
        serve_application(application(name), listener)

    return Role(name, port, run, NEEDS)


def idle(_: socket.socket | None) -> None:
    if os.environ.get("TINY_BROKEN") == "worker":
        raise RuntimeError("the worker is broken on purpose")
    print("begins", flush=True)
    while True:
        signal.pause()


def migrate(database_url: str) -> None:
    import asyncpg

    async def create() -> None:
        connection = await asyncpg.connect(database_url)
        await connection.execute("create table if not exists starts (at timestamptz default now())")
        await connection.execute("insert into starts default values")
        await connection.close()

    asyncio.run(create())


def first_owner() -> str:
    return f"{os.environ['FLARESMITH_WEB_URL']}/sign-in/once"


def seed(folder: Path) -> None:
    if (folder / "broken").exists():
        raise SystemExit("this example cannot be provisioned")
    print(f"seeding {folder.name}", flush=True)
    Path(os.environ["FLARESMITH_DATA"], "seeded").write_text(f"{folder}\n{time.time()}\n")


TINY = Product(
    roles=(
        web_role("web", 0),
        web_role("api", 1),
        web_role("orchestrator", 2),
        web_role("preview", 3),
        Role("worker", None, idle),
    ),
    companions=(Role("runtime", None, idle),),
    migrate=migrate,
    first_owner=first_owner,
    seed=seed,
)

if __name__ == "__main__":
    up.PRODUCT = serve.PRODUCT = TINY
    startup.STEADY_SECONDS = 0.2  # nothing here takes longer to begin
    sys.argv[0] = "flaresmith"
    main()
