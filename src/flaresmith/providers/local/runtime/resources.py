"""The kinds `service` and `build`, as the engine calls them: clients of the daemon."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flaresmith.kit.errors import Conflict, Invalid, NotFound
from flaresmith.kit.resources import Call, Found
from flaresmith.providers.local import names
from flaresmith.providers.local.database.database import DatabaseKind
from flaresmith.providers.local.runtime.client import Daemon

_OUTPUTS = ("url", "port", "commit", "release", "isolation", "health")


class ServiceKind:
    """Deployed services.

    `spec`: `repository`, `commit`, `environment`, `database_url`, and `kind`, which is `python`. `health` in the
    outputs is `ok`, `failing`, `starting` or `down`, as seen at the moment of reading.
    """

    name = "service"
    secret_outputs: frozenset[str] = frozenset()

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon

    async def read(self, call: Call) -> Found | None:
        """The service with its actual health, or None if no version of it has ever run."""
        view = await _get(self._daemon, "services", names.checked(call.name))
        return _service(view) if view and view["commit"] else None

    async def create(self, call: Call) -> Found:
        """Deploy the commit: check out, migrate, start, wait for /health, switch."""
        await call.log(f"Deploying {str(call.spec.get('commit'))[:7]} to `{call.name}`")
        view = await self._daemon.request("PUT", "services", names.checked(call.name), body=_order(call))
        await call.log(f"`{call.name}` serves {view['commit'][:7]} at {view['url']}")
        return _service(view)

    async def update(self, call: Call, found: Found) -> Found:
        """Deploy the new commit beside the running one and switch; if it does not run, the old one stays."""
        return await self.create(call)

    async def delete(self, call: Call) -> None:
        """End the service and free its port."""
        await self._daemon.request("DELETE", "services", names.checked(call.name), owner=call.owner)

    async def list(self, owner: str | None = None) -> Sequence[Found]:
        """Every service, also one whose first version has not come to run."""
        found = [_service(view) for view in await self._daemon.request("GET", "services")]
        return [one for one in found if owner is None or one.owner == owner]

    async def logs(self, name: str, lines: int = 200) -> Sequence[str]:
        """The newest lines of a service's log, oldest first."""
        answer = await self._daemon.request("GET", "services", names.checked(name), "logs", lines=str(lines))
        return tuple(map(str, answer["lines"]))

    async def restart(self, name: str, owner: str) -> Found:
        """Start the same version anew and switch to it."""
        return _service(await self._daemon.request("POST", "services", names.checked(name), "restart", owner=owner))


class BuildKind:
    """Builds: the tests of a commit against a database that exists only meanwhile.

    `spec`: `repository`, `commit`. Outputs: `passed`, `failed`, `skipped`, `seconds`, and `report` with all of it.
    """

    name = "build"
    secret_outputs: frozenset[str] = frozenset()

    def __init__(self, daemon: Daemon, databases: DatabaseKind) -> None:
        self._daemon = daemon
        self._databases = databases

    async def read(self, call: Call) -> Found | None:
        """The build if its tests have passed, or None."""
        build = await _get(self._daemon, "builds", names.checked(call.name))
        return _build(build) if build else None

    async def create(self, call: Call) -> Found:
        """Check the commit out, check its dependencies, run its tests; TestsFailed names those that fail."""
        found = await self.read(call)
        if found is not None and found.owner != call.owner:
            raise Conflict(f"The build `{call.name}` belongs to another project.")
        if found is not None and found.spec_hash == call.spec_hash:
            await self._databases.delete(_scratch(call))  # what an interrupted build may have left
            return found
        build = await self._test(call)
        report = build["report"]
        await call.log(f"{report['passed']} tests of {build['commit'][:7]} passed in {report['seconds']:.1f} s")
        return _build(build)

    async def update(self, call: Call, found: Found) -> Found:
        """Run the tests of the wanted commit."""
        return await self.create(call)

    async def delete(self, call: Call) -> None:
        """Forget the report."""
        await self._daemon.request("DELETE", "builds", names.checked(call.name), owner=call.owner)

    async def list(self, owner: str | None = None) -> Sequence[Found]:
        """Every build whose tests have passed."""
        found = [_build(build) for build in await self._daemon.request("GET", "builds")]
        return [one for one in found if owner is None or one.owner == owner]

    async def _test(self, call: Call) -> Any:
        scratch = _scratch(call)
        await self._databases.delete(scratch)  # what a build that was killed may have left
        found = await self._databases.create(scratch)
        try:
            order = _order(call, environment="test", database_url=found.outputs["url"])
            return await self._daemon.request("PUT", "builds", names.checked(call.name), body=order)
        finally:
            await self._databases.delete(scratch)


def _scratch(call: Call) -> Call:
    commit = names.checked_commit(call.spec.get("commit"))
    mine = hashlib.sha256(f"{call.owner}/{commit}".encode()).hexdigest()

    async def silent(_line: str) -> None:
        return None

    return replace(call, name=f"fs_test_{mine[:24]}", spec={}, spec_hash="", log=silent)


def _order(call: Call, **given: str) -> dict[str, Any]:
    wanted = {**call.spec, **given}
    if wanted.get("kind", "python") != "python":
        raise Invalid(f"The local runtime runs Python services, not {wanted['kind']!r}.")
    order = {name: wanted.get(name) for name in ("repository", "commit", "environment", "database_url")}
    if missing := [name for name, value in order.items() if not isinstance(value, str)]:
        raise Invalid(f"`{call.name}` cannot be deployed without {', '.join(missing)}.")
    names.checked_commit(order["commit"])
    return {"owner": names.checked_owner(call.owner), "order": order, "spec_hash": call.spec_hash}


async def _get(daemon: Daemon, *path: str) -> Any:
    try:
        return await daemon.request("GET", *path)
    except NotFound:
        return None


def _service(view: dict[str, Any]) -> Found:
    outputs = {name: view[name] for name in _OUTPUTS}
    return Found(view["name"], view["name"], view["owner"], outputs, view["spec_hash"])


def _build(build: dict[str, Any]) -> Found:
    report = build["report"]
    outputs = {name: report[name] for name in ("passed", "failed", "skipped", "seconds")}
    outputs |= {"commit": build["commit"], "report": report}
    return Found(build["name"], build["name"], build["owner"], outputs, build["spec_hash"])
