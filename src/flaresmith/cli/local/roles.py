"""What a copy of Flaresmith consists of, as a table: the roles, their ports, and what runs before and after them."""

from __future__ import annotations

import gc
import importlib
import socket
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flaresmith.cli.local import owner
from flaresmith.kit.errors import Failed

ANY_PORT = -1


@dataclass(frozen=True, slots=True)
class Role:
    """One process. `run` gets the socket to listen on, None for a role without a `port`, and returns when it ends.

    `needs` are modules that are imported once, before the process is forked, and so shared with the roles after it.
    """

    name: str
    port: int | None
    run: Callable[[socket.socket | None], None]
    needs: tuple[str, ...] = ()

    @property
    def has_address(self) -> bool:
        """Whether people are told where it is; a role on ANY_PORT answers for its health alone."""
        return self.port is not None and self.port != ANY_PORT


@dataclass(frozen=True, slots=True)
class Product:
    """Everything `up` starts. `migrate`, `first_owner` and `seed` run in processes of their own, in this order.

    `first_owner` returns a one-time sign-in URL, `seed` provisions the specs in a folder. `companions` are started
    like roles and are no roles. The role that shows the first page comes first.
    """

    roles: tuple[Role, ...]
    companions: tuple[Role, ...] = ()
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
        proxy_headers=False,  # no forged X-Forwarded-For dodges a throttle
        log_config=None,
        timeout_graceful_shutdown=5,
    )
    uvicorn.Server(config).run(sockets=[listener] if listener else None)


def import_needs(role: Role) -> None:
    """Import what a role needs; Failed when Flaresmith is not installed whole."""
    gc.disable()  # what an import makes, stays: looking for garbage in it costs a tenth of the time
    try:
        for module in role.needs:
            importlib.import_module(module)
    except Exception as error:
        message = f"Flaresmith cannot be imported: {error}."
        raise Failed(message, hint="Run `make install`.", details=traceback.format_exc()) from error
    finally:
        gc.enable()


def _application(role: str) -> Callable[[socket.socket | None], None]:
    def run(listener: socket.socket | None) -> None:
        from flaresmith.app import create_app

        _begin()
        serve_application(create_app(role), listener)

    return run


def _preview(listener: socket.socket | None) -> None:
    from flaresmith.gateway import create_app

    _begin()
    serve_application(create_app(), listener)


def _worker(listener: socket.socket | None) -> None:
    from flaresmith.worker import run

    _begin()
    run(listener)


def _runtime(_: socket.socket | None) -> None:
    from flaresmith.providers.local.runtime.daemon import run

    _begin()
    run()


def _begin() -> None:
    """Forget the settings of the process we were forked from, and log in our own way."""
    from flaresmith.kit.observe import configure_logs
    from flaresmith.kit.settings import settings

    settings.cache_clear()
    configure_logs(settings().log_level)


def _migrate(database_url: str) -> None:
    from flaresmith.kit.migrate import migrate

    migrate(database_url)


def _first_owner() -> str:
    _begin()
    return owner.first_owner()


def _seed(folder: Path) -> None:
    _begin()
    owner.seed(folder)


_WEB = ("uvicorn", "uvicorn.protocols.http.httptools_impl", "uvicorn.loops.uvloop", "flaresmith.app")

PRODUCT = Product(
    roles=(
        Role("web", 3000, _application("web"), _WEB),
        Role("api", 4000, _application("api"), _WEB),
        Role("orchestrator", 4001, _application("orchestrator"), _WEB),
        Role("preview", 4002, _preview, ("flaresmith.gateway",)),
        Role("worker", ANY_PORT, _worker),  # imports the engine by itself: no page waits for that
    ),
    companions=(Role("runtime", None, _runtime, ("flaresmith.providers.local.runtime.daemon",)),),
    migrate=_migrate,
    first_owner=_first_owner,
    seed=_seed,
)
