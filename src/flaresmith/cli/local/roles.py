"""What a copy of Flaresmith consists of, as a table: the roles, their ports, and what runs before and after them."""

from __future__ import annotations

import importlib
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Role:
    """One process. `run` gets the socket to listen on, None for a role without a `port`, and returns when it ends."""

    name: str
    port: int | None
    run: Callable[[socket.socket | None], None]


@dataclass(frozen=True, slots=True)
class Product:
    """Everything `up` starts. `migrate`, `first_owner` and `seed` run in processes of their own, in this order.

    `first_owner` returns a one-time sign-in URL, `seed` provisions the specs in a folder. `companions` are started
    like roles and are no roles. `preload` imports what all of them need, once.
    """

    roles: tuple[Role, ...]
    companions: tuple[Role, ...] = ()
    preload: Callable[[], None] | None = None
    migrate: Callable[[str], None] | None = None
    first_owner: Callable[[], str] | None = None
    seed: Callable[[Path], None] | None = None


def environment(data: Path, database: str, redis: str, urls: Mapping[str, str]) -> dict[str, str]:
    """The settings of the roles' processes, as environment variables."""
    addresses = {f"FLARESMITH_{name.upper()}_URL": url for name, url in urls.items()}
    return {"FLARESMITH_DATA": str(data), "DATABASE_URL": database, "REDIS_URL": redis, **addresses}


def serve_application(application: Any, listener: socket.socket | None) -> None:
    """Serve an ASGI application on a listening socket until SIGTERM; streams get 5 s to end."""
    import uvicorn

    config = uvicorn.Config(
        application,
        loop="uvloop",
        http="httptools",
        access_log=False,
        server_header=False,
        log_config=None,
        timeout_graceful_shutdown=5,
    )
    uvicorn.Server(config).run(sockets=[listener] if listener else None)


def _application(factory: str, *arguments: str) -> Callable[[socket.socket | None], None]:
    def run(listener: socket.socket | None) -> None:
        _begin()
        serve_application(_load(factory)(*arguments), listener)

    return run


def _process(entry: str) -> Callable[[socket.socket | None], None]:
    def run(_: socket.socket | None) -> None:
        _begin()
        _load(entry)()

    return run


def _begin() -> None:
    """Forget the settings of the process we were forked from, and log in our own way."""
    from flaresmith.kit.observe import configure_logs
    from flaresmith.kit.settings import settings

    settings.cache_clear()
    configure_logs(settings().log_level)


def _load(entry: str) -> Callable[..., Any]:
    module, _, name = entry.partition(":")
    loaded: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return loaded


def _preload() -> None:
    for module in ("uvicorn", "uvloop", "httptools", *sorted({entry.partition(":")[0] for entry in _ENTRIES})):
        importlib.import_module(module)


def _migrate(database_url: str) -> None:
    from flaresmith.kit.migrate import migrate

    migrate(database_url)


_APP, _GATEWAY, _WORKER = "flaresmith.app:create_app", "flaresmith.gateway:create_app", "flaresmith.worker:run"
_RUNTIME = "flaresmith.providers.local.runtime.daemon:run"
_ENTRIES = (_APP, _GATEWAY, _WORKER, _RUNTIME)

PRODUCT = Product(
    roles=(
        Role("web", 3000, _application(_APP, "web")),
        Role("api", 4000, _application(_APP, "api")),
        Role("orchestrator", 4001, _application(_APP, "orchestrator")),
        Role("preview", 4002, _application(_GATEWAY)),
        Role("worker", None, _process(_WORKER)),
    ),
    companions=(Role("runtime", None, _process(_RUNTIME)),),
    preload=_preload,
    migrate=_migrate,
)
