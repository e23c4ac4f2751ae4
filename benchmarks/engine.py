"""The convergence engine on a real PostgreSQL: plan, apply and no-op of resources that do nothing, and provisioning
with slow providers against its critical path.

    python benchmarks/engine.py            all of it
    python benchmarks/engine.py --quick    100 and 1,000 resources only

Every resource is journaled twice (its intent, then its end) in one row of its own. The ratio at the end says how
apply grows: time per resource at the largest size over that at the smallest (1.0 is linear).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

LATENCY = 0.05


class NoOp:
    """A kind of resource that exists as soon as it is asked for, after `latency` seconds."""

    name = "thing"
    secret_outputs: frozenset[str] = frozenset()

    def __init__(self, latency: float = 0.0) -> None:
        self.latency = latency
        self.found: dict[str, Any] = {}

    async def read(self, call: Any) -> Any:
        await asyncio.sleep(self.latency)
        return self.found.get(call.name)

    async def create(self, call: Any) -> Any:
        from flaresmith.kit.resources import Found

        await asyncio.sleep(self.latency)
        names = ("name", "url", "commit")
        outputs = dict.fromkeys(names, call.name)
        self.found[call.name] = Found(call.name, call.name, call.owner, outputs, call.spec_hash)
        return self.found[call.name]

    async def update(self, call: Any, _found: Any) -> Any:
        return await self.create(call)

    async def delete(self, call: Any) -> None:
        await asyncio.sleep(self.latency)
        self.found.pop(call.name, None)

    async def list(self, owner: str | None = None) -> Sequence[Any]:
        return [f for f in self.found.values() if owner in (None, f.owner)]


async def main(sizes: Sequence[int]) -> None:
    from flaresmith.kit import tx

    per_resource = []
    print(f"{'resources':>10} {'plan s':>8} {'apply s':>8} {'no-op s':>8} {'ms each':>8}")
    for size in sizes:
        planned, applied, nothing = await measure(size)
        per_resource.append(applied / size)
        print(f"{size:>10,} {planned:>8.3f} {applied:>8.3f} {nothing:>8.3f} {1000 * applied / size:>8.2f}")
    print(f"apply per resource, largest over smallest: {per_resource[-1] / per_resource[0]:.2f} (1.0 is linear)")
    wall, path = await provision()
    told = f"provisioning with {LATENCY * 1000:.0f} ms per call: {wall:.3f} s"
    print(f"{told} over a critical path of {path:.3f} s = {wall / path:.2f}")
    await tx.close()


async def measure(size: int) -> tuple[float, float, float]:
    """Seconds to plan, apply and apply again `size` resources, every tenth of which needs the one before."""
    from flaresmith.kit.converge import converge, pending, plan
    from flaresmith.kit.resources import Desired

    journal, project = await a_journal(f"bench {size}")
    graph = [
        Desired(f"r{n}", "none", "thing", f"n{n}", spec={"n": n}, needs=(f"r{n - 1}",) if n % 10 else ())
        for n in range(size)
    ]
    kind = NoOp()

    async def kinds(_provider: str, _kind: str) -> Any:
        return kind

    started = time.perf_counter()
    changes = plan(graph, {})
    planned = time.perf_counter() - started
    started = time.perf_counter()
    report = await converge(changes, owner=project, states={}, journal=journal, kinds=kinds, limits={"none": 64})
    applied = time.perf_counter() - started
    assert report.ok
    assert len(kind.found) == size
    started = time.perf_counter()
    states = await load(journal)
    assert not pending(plan(graph, states))
    nothing = time.perf_counter() - started
    return planned, applied, nothing


async def provision() -> tuple[float, float]:
    """Wall seconds to converge a real project's graph on slow providers, and the seconds of its longest chain."""
    from flaresmith.features.projects.live.graph import WantedCode, WantedEnvironment, WantedProject, desired
    from flaresmith.kit import clock, ids
    from flaresmith.kit.converge import converge, plan

    journal, project = await a_journal("slow")
    code = WantedCode(1, "first", clock.now(), {f"api/f{n}.py": "0" * 64 for n in range(80)}, [], None)
    environments = [WantedEnvironment(name, name, code) for name in ("dev", "staging", "prod")]
    roles = dict.fromkeys(("code", "database", "runtime", "collections"), "none")
    graph = desired(WantedProject(ids.new(), "Slow", "slow", roles, environments))
    kind = NoOp(LATENCY)

    async def kinds(_provider: str, _kind: str) -> Any:
        return kind

    changes = plan(graph, {})
    started = time.perf_counter()
    report = await converge(changes, owner=project, states={}, journal=journal, kinds=kinds, limits={"none": 8})
    wall = time.perf_counter() - started
    assert report.ok
    depth: dict[str, int] = {}
    for change in changes:
        assert change.desired is not None
        depth[change.key] = 1 + max((depth[need] for need in change.desired.needs), default=0)
    return wall, LATENCY * max(depth.values())


async def a_journal(name: str) -> tuple[Any, str]:
    """A project with a run in a real database, and its journal."""
    from flaresmith.features.identity import live as identity
    from flaresmith.features.projects import service as projects
    from flaresmith.features.projects.live import _Journal
    from flaresmith.features.projects.schemas import NewProject
    from flaresmith.kit.actor import system
    from flaresmith.kit.tx import begin

    actor = await identity.authenticate(await identity.local_token(), "bearer", "")
    assert actor is not None
    async with begin(actor) as tx:
        project, run, _ = await projects.create(tx, NewProject(name=name))
    return _Journal(system(org_id=project.org_id), project.id, run.id), str(project.id)


async def load(journal: Any) -> Any:
    """What the journal says of every resource."""
    from flaresmith.features.projects import service as projects
    from flaresmith.kit.tx import begin

    async with begin(journal.actor) as tx:
        return await projects.load_states(tx, journal.project_id)


def run() -> None:
    """Start a database of our own, measure, and stop it."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--quick", action="store_true")
    sizes = [100, 1000] if options.parse_args().quick else [100, 1000, 2000]
    from flaresmith.kit import discover
    from flaresmith.kit.machine import postgres
    from flaresmith.kit.migrate import migrate

    with tempfile.TemporaryDirectory(prefix="flaresmith-bench-") as folder:
        server = postgres.start(Path(folder) / "postgres")
        try:
            os.environ.update(DATABASE_URL=server.url, FLARESMITH_DATA=folder)
            migrate(server.url)
            discover.load_models()
            asyncio.run(main(sizes))
        finally:
            server.stop()


if __name__ == "__main__":
    run()
