"""Bringing one copy up, in order: lock, ports, servers, schema, roles, first owner, example; then watching over it."""

from __future__ import annotations

import contextlib
import gc
import os
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from flaresmith.cli.local import roles
from flaresmith.cli.local.outside import check_database, check_redis
from flaresmith.cli.local.roles import Product, Role
from flaresmith.kit.errors import Conflict, Problem
from flaresmith.kit.machine import health, part, ports
from flaresmith.kit.machine.home import Home
from flaresmith.kit.machine.part import Part
from flaresmith.kit.machine.postgres import Postgres
from flaresmith.kit.machine.server import EmbeddedServer
from flaresmith.kit.machine.supervisor import StopRequested, Supervisor, Work
from flaresmith.kit.machine.valkey import Valkey

READY_SECONDS = 120.0  # crash recovery and a busy machine included
STEADY_SECONDS = 1.0  # a worker that lives so long has begun its work
PREDECESSOR_SECONDS = 5.0  # how long a killed copy may take to let go of its ports
DATABASE = "flaresmith"


class AlreadyRuns(Conflict):
    """This copy runs already."""


class Reporter(Protocol):
    """Whom we tell how it goes."""

    def say(self, text: str) -> None: ...
    def show(self, part: str, line: str) -> None: ...
    def ready(self, run: Mapping[str, str]) -> None: ...
    def done(self) -> None: ...
    def failed(self, problem: Problem) -> None: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a copy shall run. An empty `database` or `redis` URL means: bring your own server."""

    home: Home
    ports: Literal["auto", "fixed"] = "fixed"
    database: str = ""
    redis: str = ""
    seed: Path | None = None
    verbose: bool = False


def run(wanted: Wanted, product: Product, reporter: Reporter) -> None:
    """Run a copy until somebody stops it. Raises a Problem when it does not come up."""
    home = wanted.home
    home.create()
    with _claimed(home):
        show = reporter.show if wanted.verbose else None
        unclean = home.forget_run()
        with _listening(wanted, product, unclean) as listeners, Supervisor(reporter.say, show) as supervisor:
            try:
                _Startup(wanted, product, reporter, supervisor, listeners).bring_up()
                supervisor.run()
            except StopRequested:
                reporter.say("Stopping.")
            finally:
                home.forget_run()


@contextlib.contextmanager
def _claimed(home: Home) -> Iterator[None]:
    held = home.claim()
    if held is None:
        where = (home.read_run() or {}).get("web") or str(home.path)
        message = f"This copy runs already: {where} (process {home.supervisor()})."
        raise AlreadyRuns(message, hint="`flaresmith down` stops it; --data DIR starts another one.")
    try:
        yield
    finally:
        os.close(held)


@contextlib.contextmanager
def _listening(wanted: Wanted, product: Product, unclean: bool) -> Iterator[dict[str, socket.socket]]:
    """The roles' listening sockets, bound once: a role that restarts never loses its port."""
    remembered = wanted.home.ports()
    with contextlib.ExitStack() as stack:
        listeners = {}
        for role in product.roles:
            if role.port is None:
                continue
            if wanted.ports == "auto" or role.port == roles.ANY_PORT:
                listener = ports.listen_near(remembered.get(role.name, 0))
            else:
                listener = ports.listen(role.port, patience=PREDECESSOR_SECONDS if unclean else 0.0)
            listeners[role.name] = stack.enter_context(listener)
        wanted.home.remember_ports({name: one.getsockname()[1] for name, one in listeners.items()})
        yield listeners


@dataclass
class _Startup:
    wanted: Wanted
    product: Product
    reporter: Reporter
    supervisor: Supervisor
    listeners: Mapping[str, socket.socket]
    run: dict[str, str] = field(default_factory=dict)

    def bring_up(self) -> None:
        servers = self._start_servers()
        roles.import_needs(self.product.roles[0])  # while the servers start
        self.supervisor.wait_ready(READY_SECONDS)
        self._describe(servers)
        self._check_outside()
        self._migrate()
        self._start_roles()
        self.run["sign_in"] = self._first_owner()
        self.wanted.home.write_run(self.run)
        self.reporter.ready(self.run)
        self._seed()
        self.supervisor.wait_steady(STEADY_SECONDS)
        self.reporter.done()

    def _start_servers(self) -> dict[str, EmbeddedServer]:
        home, servers = self.wanted.home, dict[str, EmbeddedServer]()
        if not self.wanted.database:
            servers["database"] = Postgres(home.postgres, log=home.log("postgres"))
        if not self.wanted.redis:
            servers["redis"] = Valkey(home.valkey, log=home.log("valkey"))
        self.supervisor.start(part.served(one.log.stem, one) for one in servers.values())
        return servers

    def _describe(self, servers: Mapping[str, EmbeddedServer]) -> None:
        self.run = {role.name: _url(self.listeners[role.name]) for role in self.product.roles if role.has_address}
        self.run |= {"database": self.wanted.database, "redis": self.wanted.redis}
        for name, server in servers.items():
            server.keep_port()
            self.run[name] = server.url()
            if isinstance(server, Postgres):
                server.ensure_database(DATABASE)
                self.run[name] = server.url(DATABASE)

    def _check_outside(self) -> None:
        if url := self.wanted.database:
            self._once("database", lambda: check_database(url))
        if cache := self.wanted.redis:
            self._once("redis", lambda: check_redis(cache))

    def _migrate(self) -> None:
        if (migrate := self.product.migrate) is not None:
            self._once("migrate", lambda: migrate(self.run["database"]))

    def _start_roles(self) -> None:
        """Those that show pages first and alone: what nobody looks at does not compete with them for the processor."""
        pages = [role for role in self.product.roles if role.has_address]
        self.supervisor.start(map(self._imported, pages))
        self.supervisor.wait_ready(READY_SECONDS)
        self.supervisor.start(map(self._imported, self.product.companions))
        self.supervisor.start(self._imported(role) for role in self.product.roles if not role.has_address)

    def _first_owner(self) -> str:
        first_owner = self.product.first_owner
        return self._once("first owner", first_owner) if first_owner else self.run.get("web", "")

    def _seed(self) -> None:
        """Provision the example. When that fails the copy stays up: it is how one finds out why."""
        folder, seed = self.wanted.seed, self.product.seed
        if folder is None or seed is None:
            return
        try:
            self._once("seed", lambda: seed(folder), tell=True)
        except Problem as problem:
            self.reporter.failed(problem)

    def _imported(self, role: Role) -> Part:
        """A role's part, once its modules are here: the roles before it begin while we import for the next one."""
        roles.import_needs(role)
        gc.freeze()  # the forks share these pages for good
        return self._part(role)

    def _part(self, role: Role) -> Part:
        listener = self.listeners.get(role.name)
        return part.forked(
            role.name,
            lambda: role.run(listener),
            log=self.wanted.home.log(role.name),
            environment=self._environment(),
            keep=[listener] if listener else [],
            is_ready=lambda: listener is None or health.is_well(_url(listener), 0.5),
        )

    def _once(self, name: str, work: Work, *, tell: bool = False) -> str:
        return self.supervisor.once(
            name,
            work,
            log=self.wanted.home.log(name.lower().replace(" ", "-")),
            environment=self._environment(),
            tell=tell,
        )

    def _environment(self) -> dict[str, str]:
        urls = {role.name: self.run[role.name] for role in self.product.roles if role.has_address}
        return roles.environment(self.wanted.home.path, self.run["database"], self.run["redis"], urls)


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{host}:{port}"
