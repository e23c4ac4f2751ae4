"""One service: a public socket that stays open for its whole life, and behind it the last version that works."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from flaresmith.kit.errors import Conflict, Problem, Unavailable
from flaresmith.kit.machine import storage
from flaresmith.kit.machine.ports import LOOPBACK, listen
from flaresmith.providers.local.runtime.instance import Instance, Order
from flaresmith.providers.local.runtime.logs import Log
from flaresmith.providers.local.runtime.release import Release, Releases
from flaresmith.providers.local.runtime.sandbox import Sandbox

_STEADY_AFTER_S = 20.0
_LONGEST_BACKOFF_S = 15.0
_HEALTH_EVERY_S = 30.0
_HUNG_AFTER = 3
_STOP_S = 3.0


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept on disk of a service: whose it is, its port, and the last order that came to run."""

    name: str
    owner: str
    port: int
    order: Order | None = None
    spec_hash: str = ""
    deployed_at: float = 0.0

    def write(self, path: Path) -> None:
        """Keep it; a reader sees the old record or the new one."""
        storage.write_private(path, orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2).decode())

    @classmethod
    def read(cls, path: Path) -> Record:
        """The record in a file that `write` has written."""
        values = orjson.loads(path.read_bytes())
        order = values.pop("order")
        return cls(**values, order=Order(**order) if order else None)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things may take, in seconds, how much memory a process may address, and how many start at once."""

    start_s: float
    health_s: float
    migrate_s: float
    memory_mb: int
    starting: asyncio.Semaphore


class Service:
    """Deploys, keeps alive and removes one service. The public socket is held here, so no switch refuses anybody."""

    def __init__(self, record: Record, home: Path, sandbox: Sandbox, releases: Releases, limits: Limits) -> None:
        self.record = record
        self._path = home / "services" / f"{record.name}.json"
        self._scratch = home / "scratch" / record.name
        self._sandbox, self._releases, self._limits = sandbox, releases, limits
        self._log = Log(home / "logs" / f"{record.name}.log")
        self._public: socket.socket | None = None
        self._current: Instance | None = None
        self._lock = asyncio.Lock()
        self._opening = asyncio.Lock()
        self._keeper: asyncio.Task[None] | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self._restarts = 0
        self._trouble = ""
        self._removed = False

    async def open(self, patience_s: float = 5.0) -> None:
        """Take the port; Unavailable says who has it instead."""
        async with self._opening:  # two who tried at once would shut each other out
            if self._public is None:
                self._public = await asyncio.to_thread(listen, self.record.port, LOOPBACK, patience=patience_s)
                self._public.setblocking(False)

    async def restore(self) -> None:
        """After a restart of the daemon: take the port again and run the last order that came to run."""
        if self.record.order is None:
            return
        self._keeper = asyncio.create_task(self._keep())
        with contextlib.suppress(Unavailable):  # the keeper goes on trying
            await self.open(2.0)

    async def deploy(self, owner: str, order: Order, spec_hash: str) -> dict[str, Any]:
        """Bring an order to run beside the current one, then switch; if it does not run, nothing has changed."""
        self._refuse_strangers(owner)
        async with self._lock:
            if self._removed:
                raise Conflict(f"The service `{self.record.name}` has just been removed.", hint="Apply again.")
            await self.open()
            if self.record.order != order or self._current is None or self._current.ended.done():
                await self._replace(order)
            self.record = replace(self.record, order=order, spec_hash=spec_hash, deployed_at=time.time())
            self.record.write(self._path)
            self._keeper = self._keeper or asyncio.create_task(self._keep())
            return self._view("ok")

    async def view(self) -> dict[str, Any]:
        """What it is, and its actual health: `ok`, `failing`, `starting`, `down` or `none`."""
        return self._view(await self._health())

    async def restart(self, owner: str) -> dict[str, Any]:
        """Start the same order anew beside the running one, then switch."""
        self._refuse_strangers(owner)
        async with self._lock:
            if self.record.order is not None:
                await self._replace(self.record.order, migrate=False)
        return await self.view()

    async def remove(self, owner: str) -> None:
        """End it, free its port, and delete what it wrote."""
        self._refuse_strangers(owner)
        async with self._lock:
            self._removed = True
            await self.close()
            self._path.unlink(missing_ok=True)
            self._log.remove()
            await asyncio.to_thread(shutil.rmtree, self._scratch, True)

    async def close(self) -> None:
        """End every process and let go of the port; the record stays."""
        for task in filter(None, [self._keeper, *self._leaving]):
            task.cancel()
        self._keeper = None
        if self._current is not None:
            await self._current.kill(_STOP_S)
            self._current = None
        if self._public is not None:
            self._public.close()
            self._public = None
        self._log.close()

    def tail(self, lines: int) -> list[str]:
        """The newest lines of its log."""
        return self._log.tail(lines)

    async def _replace(self, order: Order, *, migrate: bool = True) -> None:
        self._log.write(f"flaresmith: deploying {order.commit[:12]}")
        try:
            release = await self._releases.get(order.repository, order.commit)
            async with self._starting(release, order, migrate=migrate) as instance:
                await instance.until("migrated", self._limits.migrate_s)
                await instance.until("listening", self._limits.start_s)
                await instance.until_healthy(self._limits.start_s, self._limits.health_s)
                await instance.serve()
        except Problem as problem:
            self._trouble = problem.message
            self._log.write(f"flaresmith: {order.commit[:12]} is not deployed: {problem.message.splitlines()[0]}")
            raise
        self._switch(instance)
        self._trouble, self._restarts = "", 0
        self._log.write(f"flaresmith: {order.commit[:12]} serves")

    @contextlib.asynccontextmanager
    async def _starting(self, release: Release, order: Order, *, migrate: bool) -> AsyncIterator[Instance]:
        """A new process that is ended again if what follows fails; only so many start at a time."""
        assert self._public is not None
        async with self._limits.starting:
            instance = await Instance.start(
                self._sandbox,
                release,
                order,
                self._public,
                self._scratch,
                self._log,
                migrate=migrate,
                memory_mb=self._limits.memory_mb,
            )
            try:
                yield instance
            except BaseException:
                await instance.kill()
                raise

    def _switch(self, instance: Instance) -> None:
        before, self._current = self._current, instance
        if before is not None:
            task = asyncio.create_task(before.drain())
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    async def _keep(self) -> None:
        """Start it again whenever it ends: at once the first time, then ever later, up to 15 s."""
        watching = asyncio.create_task(self._watch())
        try:
            while True:
                current = self._current
                if current is not None:
                    await asyncio.wait({current.ended})
                    if current is not self._current:
                        continue
                    self._count(current)
                await asyncio.sleep(self._backoff())
                await self._revive(current)
        finally:
            watching.cancel()

    def _count(self, ended: Instance) -> None:
        lived = time.monotonic() - ended.started_at
        self._restarts = 1 if lived > _STEADY_AFTER_S else self._restarts + 1
        self._log.write(f"flaresmith: the process ended after {lived:.1f} s and is started again")

    def _backoff(self) -> float:
        return 0.0 if self._restarts <= 1 else min(0.5 * 2.0 ** (self._restarts - 2), _LONGEST_BACKOFF_S)

    async def _revive(self, ended: Instance | None) -> None:
        order = self.record.order
        async with self._lock:
            if self._current is not ended or order is None:
                return
            try:
                await self.open()
                release = await self._releases.get(order.repository, order.commit)
                async with self._starting(release, order, migrate=False) as instance:
                    await instance.until("listening", self._limits.start_s)
                    await instance.serve()
            except (Problem, OSError, TimeoutError) as problem:
                self._trouble = str(problem)
                self._restarts += 1
                self._log.write(f"flaresmith: it could not be started: {self._trouble.splitlines()[0]}")
            else:
                self._current, self._trouble = instance, ""

    async def _watch(self) -> None:
        """End a process that has stopped answering, so that it is started again."""
        silent, asked = 0, None
        while True:
            await asyncio.sleep(_HEALTH_EVERY_S)
            current = self._current
            if current is None or current.ended.done():
                continue
            try:
                await current.health(5.0)
                silent = 0
            except (OSError, TimeoutError, ValueError):
                silent = silent + 1 if current is asked else 1
            asked = current
            if silent >= _HUNG_AFTER:
                self._log.write("flaresmith: the process does not answer and is ended")
                await current.kill()

    async def _health(self) -> str:
        if self.record.order is None:
            return "none"
        current = self._current
        if current is None or current.ended.done():
            return "down" if self._trouble else "starting"
        try:
            status, _ = await current.health(2.0)
        except (OSError, TimeoutError, ValueError):
            return "failing" if current.serving else "starting"
        return "ok" if status == 200 else "failing"

    def _view(self, health: str) -> dict[str, Any]:
        record, current = self.record, self._current
        order = record.order
        return {
            "name": record.name,
            "owner": record.owner,
            "spec_hash": record.spec_hash,
            "port": record.port,
            "url": f"http://{LOOPBACK}:{record.port}",
            "commit": order.commit if order else None,
            "environment": order.environment if order else None,
            "release": current.release.id if current else (order.commit[:12] if order else None),
            "pid": current.pid if current and not current.ended.done() else None,
            "isolation": self._sandbox.isolation,
            "health": health,
            "restarts": self._restarts,
            "trouble": self._trouble,
            "deployed_at": record.deployed_at,
        }

    def _refuse_strangers(self, owner: str) -> None:
        if self.record.owner != owner:
            raise Conflict(f"The service `{self.record.name}` belongs to another project.", hint="Choose another name.")
