"""All services of this machine, as kept on disk: found again at the start, each with a port of its own."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flaresmith.kit.errors import NotFound, Unavailable
from flaresmith.kit.machine import storage
from flaresmith.kit.machine.ports import is_free
from flaresmith.providers.local import names
from flaresmith.providers.local.runtime.instance import Order
from flaresmith.providers.local.runtime.release import Releases
from flaresmith.providers.local.runtime.sandbox import Sandbox
from flaresmith.providers.local.runtime.service import Limits, Record, Service
from flaresmith.providers.local.settings import LocalSettings

# Below the range from which systems take the ports of outgoing connections, so that ours are free after a restart.
_FIRST_PORT, _PORTS = 21_000, 10_000


class Services:
    """The services by name."""

    def __init__(self, home: Path, sandbox: Sandbox, releases: Releases, settings: LocalSettings) -> None:
        self._home = home
        self._services: dict[str, Service] = {}
        limits = Limits(
            settings.start_timeout_s,
            settings.health_timeout_s,
            settings.migrate_timeout_s,
            settings.service_memory_mb,
            asyncio.Semaphore(max(2, os.cpu_count() or 2) + 1),
        )
        self._releases = releases
        self._new: Callable[[Record], Service] = lambda record: Service(record, home, sandbox, releases, limits)
        storage.private_directory(home / "services")
        storage.private_directory(home / "scratch")

    async def restore(self, complain: Callable[[str], None]) -> None:
        """Bring every service on disk back, all at the same time; what cannot come back is complained of and kept."""
        for path in sorted((self._home / "services").glob("[!.]*.json")):
            try:
                record = Record.read(path)
            except (ValueError, TypeError, KeyError) as error:
                complain(f"{path.name} cannot be read and is left alone: {error}")
                continue
            self._services[record.name] = self._new(record)
        outcomes = await asyncio.gather(*(one.restore() for one in self._services.values()), return_exceptions=True)
        for name, outcome in zip(self._services, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                complain(f"{name} is not back: {outcome}")

    async def deploy(self, name: str, owner: str, order: Order, spec_hash: str) -> dict[str, Any]:
        """Run an order under a name; a new name gets a port that it keeps."""
        service = self._services.get(names.checked(name))
        if service is None:
            record = Record(name, names.checked_owner(owner), self._free_port(name))
            service = self._services[name] = self._new(record)
            record.write(self._home / "services" / f"{name}.json")
        view = await service.deploy(owner, order, spec_hash)
        await self._releases.forget_unused(self._used())
        return view

    def get(self, name: str) -> Service:
        """The service of that name; raises NotFound."""
        service = self._services.get(name)
        if service is None:
            raise NotFound(f"There is no service `{name}`.")
        return service

    async def list(self) -> list[dict[str, Any]]:
        """All services with their health, by name."""
        services = [self._services[name] for name in sorted(self._services)]
        return list(await asyncio.gather(*(service.view() for service in services)))

    async def remove(self, name: str, owner: str) -> None:
        """Remove a service; one that is gone is removed already."""
        service = self._services.get(name)
        if service is not None:
            await service.remove(owner)
            self._services.pop(name, None)

    async def close(self) -> None:
        """End all processes; the records stay for the next start."""
        await asyncio.gather(*(service.close() for service in self._services.values()))

    def _used(self) -> set[str]:
        orders = [service.record.order for service in self._services.values()]
        return {part for order in orders if order for part in (order.commit, order.commit[:12])}

    def _free_port(self, name: str) -> int:
        """A free port that nobody of ours has; the same name tends to get the same one."""
        taken = {service.record.port for service in self._services.values()}
        first = int.from_bytes(hashlib.sha256(f"{self._home}:{name}".encode()).digest()[:4], "big")
        for step in range(_PORTS):
            port = _FIRST_PORT + (first + step) % _PORTS
            if port not in taken and is_free(port):
                return port
        raise Unavailable("No port is free for another service.", hint="Destroy projects that are not used.")
