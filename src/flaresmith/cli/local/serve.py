"""`flaresmith serve`: what production starts. It uses the servers it is given and never starts any."""

from __future__ import annotations

import enum
import socket
from typing import Annotated

import typer

from flaresmith import cli
from flaresmith.cli.local import roles
from flaresmith.cli.local.roles import PRODUCT, Product, Role
from flaresmith.kit.errors import Unavailable
from flaresmith.kit.machine import part, ports
from flaresmith.kit.machine.supervisor import StopRequested, Supervisor
from flaresmith.kit.settings import Settings, settings, weaknesses

RoleName = enum.StrEnum("RoleName", [*(role.name for role in PRODUCT.roles), "all"])  # type: ignore[misc]


def serve(
    role: Annotated[RoleName, typer.Option(help="Which role this process plays.")],
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 in a container.")] = ports.LOOPBACK,
    port: Annotated[int | None, typer.Option(envvar="PORT", min=1, max=65535, help="Instead of the usual one.")] = None,
    migrate: Annotated[bool, typer.Option("--migrate", help="Bring the database to this version first.")] = False,
    as_json: cli.AsJson = False,
) -> None:
    """Serve one role, or all of them, with the servers that DATABASE_URL and REDIS_URL name."""
    given = settings()
    _refuse_incomplete(given)
    if migrate and PRODUCT.migrate is not None:
        PRODUCT.migrate(given.database_url)
    chosen = [one for one in PRODUCT.roles if role in (one.name, "all")]
    if len(chosen) == 1:
        serve_one(chosen[0], host, port)
    else:
        serve_all(PRODUCT, host)


def serve_one(role: Role, host: str, port: int | None) -> None:
    """Play one role in this very process."""
    listener = None if role.port is None else _listen(role, host, port)
    role.run(listener)


def serve_all(product: Product, host: str) -> None:
    """Play every role, each in a process of its own that is restarted when it crashes; logs go to our output."""
    listeners = {role.name: _listen(role, host) for role in product.roles if role.port is not None}
    with Supervisor(lambda text: cli.err.print(text, markup=False)) as supervisor:
        try:
            supervisor.start(_part(role, listeners.get(role.name)) for role in product.roles)
            supervisor.run()
        except StopRequested:
            pass


def _listen(role: Role, host: str, port: int | None = None) -> socket.socket:
    wanted = port or (role.port if role.has_address else None)
    return ports.listen(wanted, host) if wanted is not None else ports.listen_near(0)


def _part(role: Role, listener: socket.socket | None) -> part.Part:
    roles.import_needs(role)
    return part.forked(role.name, lambda: role.run(listener), keep=[listener] if listener else [])


def _refuse_incomplete(given: Settings) -> None:
    for name, value in (("DATABASE_URL", given.database_url), ("REDIS_URL", given.redis_url)):
        if not value:
            raise Unavailable(f"{name} is not set.", hint="`serve` starts no servers: `flaresmith up` does.")
    if weak := weaknesses(given):
        raise Unavailable(f"Production does not start like this: {'; '.join(weak)}.")
