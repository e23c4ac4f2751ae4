"""The worker is killed at random moments while it provisions and applies: it always converges, nothing twice.

Five kills here; `FLARESMITH_KILLS=50 pytest tests/journeys/test_kill.py` does more and prints what it counted.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.make.machine import copy_database, drop_database

KILLS = int(os.environ.get("FLARESMITH_KILLS", "5"))

_UNSETTLED = """
SELECT (SELECT count(*) FROM project_runs WHERE status IN ('queued', 'running'))
    + (SELECT count(*) FROM dbos.workflow_status WHERE status IN ('ENQUEUED', 'PENDING'))
"""
SPEC = "# Feature Specification: Notes\n\n## Requirements\n\n- **FR-001**: People keep notes.\n"
MODEL = """# Data Model

## Entities

### Note

- id (uuid, pk) REQUIRED
- title (string, max 80) REQUIRED
"""


def specs(round_: int) -> dict[str, str]:
    """The notes of FR-001, with one more optional field each round."""
    more = "".join(f"- extra{n} (string, max 40) OPTIONAL\n" for n in range(round_))
    return {"specs/001-notes/spec.md": SPEC, "specs/001-notes/data-model.md": MODEL + more}


@contextmanager
def process(code: str, env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as out:
        started = subprocess.Popen([sys.executable, "-c", code], env=env, stdout=out, stderr=out)
    try:
        yield started
    finally:
        started.kill()
        started.wait()


@pytest.fixture
def copy(servers: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A database, a data folder and a runtime daemon of its own."""
    from flaresmith.kit.settings import settings

    name = f"kill_{os.getpid()}"
    url = copy_database(servers["postgres"], name)
    told = {"DATABASE_URL": url, "REDIS_URL": servers["valkey"], "FLARESMITH_DATA": str(tmp_path)}
    for key, value in told.items():
        monkeypatch.setenv(key, value)
    settings.cache_clear()
    env = {**os.environ, **told}
    daemon = "from flaresmith.providers.local.runtime.daemon import run; run()"
    with process(daemon, env, tmp_path / "daemon.log"):
        yield env
    settings.cache_clear()
    _drop_environments(servers["postgres"])
    drop_database(servers["postgres"], name)
    shutil.rmtree(tmp_path, ignore_errors=True)


def test_killed_at_random_moments_it_converges_with_nothing_twice_and_no_orphan(copy, tmp_path, capsys):
    seen = asyncio.run(_survive(copy, tmp_path))
    with capsys.disabled():
        print(f"\n  {KILLS} kills: {dict(seen)}")
    projects = seen["projects"]
    assert seen["runs not succeeded"] == 0
    assert seen["owners unknown"] == 0
    assert seen["repository"] == projects
    assert seen["database"] == seen["service"] == seen["commit"] == 3 * projects
    assert seen["collection"] == 4 * projects
    assert seen["revisions"] == seen["commits on dev"]
    assert seen["resource rows"] == seen["resources found"]
    assert seen["deployments"] == seen["deployments wanted"]
    assert seen["intents left"] == 0
    assert seen["invariants broken"] == 0


async def _survive(env: dict[str, str], folder: Path) -> Counter[str]:
    from flaresmith.kit import cache, discover, stream, tx

    discover.load_models()
    chance = random.Random(20261121)
    actor = await _owner()
    worker = _Worker(env, folder / "worker.log")
    projects: list[tuple[Any, int]] = []
    kills = 0
    try:
        while kills < KILLS:
            projects = await _ask_for_work(actor, projects, chance)
            for _ in range(chance.randint(1, 3)):
                await asyncio.sleep(chance.uniform(0.0, 2.5))  # the random moment is what is tested
                worker.kill()
                kills += 1
                worker.start()
            await _settled(actor)
        await _settled(actor)
        return await _count(actor, projects)
    finally:
        worker.kill()
        await stream.close()
        await cache.close()
        await tx.close()


class _Worker:
    def __init__(self, env: dict[str, str], log: Path) -> None:
        self.env, self.log = env, log
        self.start()

    def start(self) -> None:
        code = "from flaresmith.worker import run; run()"
        with self.log.open("ab") as out:
            self.process = subprocess.Popen([sys.executable, "-c", code], env=self.env, stdout=out, stderr=out)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


async def _owner() -> Any:
    from flaresmith.features.identity import live as identity

    await identity.local_token()
    actor = await identity.authenticate(await identity.local_token(), "bearer", "")
    assert actor is not None
    return actor


async def _ask_for_work(actor: Any, projects: list[tuple[Any, int]], chance: random.Random) -> list[tuple[Any, int]]:
    """Create a project, or apply one more field to one that exists."""
    from flaresmith.features.specs import live
    from flaresmith.features.specs import service as specs_service
    from flaresmith.features.specs.schemas import ApplyRequest, NewProjectWithSpecs
    from flaresmith.kit.tx import begin

    if not projects or (chance.random() < 0.3 and len(projects) < 4):
        new = NewProjectWithSpecs(name=f"Notes {len(projects)}", specs=specs(0))
        prepared = await live.prepare_new(new.name, new.specs)
        async with begin(actor) as tx:
            made, _ = await specs_service.create_project(tx, new, prepared)
        return [*projects, (made.id, 0)]
    chosen = chance.randrange(len(projects))
    project, round_ = projects[chosen]
    request = ApplyRequest(project_id=project, files=specs(round_ + 1))
    prepared = await live.prepare(actor, request)
    async with begin(actor) as tx:
        await specs_service.apply(tx, request, prepared)
    return [*projects[:chosen], (project, round_ + 1), *projects[chosen + 1 :]]


async def _settled(actor: Any) -> None:
    """Wait until no run and no workflow is queued or running."""
    from sqlalchemy import text

    from flaresmith.kit.actor import system
    from flaresmith.kit.tx import begin

    deadline = time.monotonic() + 120
    while True:
        async with begin(system()) as tx:
            left = await tx.session.scalar(text(_UNSETTLED))
        if not left:
            return
        assert time.monotonic() < deadline, "a run did not end within two minutes of the last kill"
        await asyncio.sleep(0.1)


async def _count(actor: Any, projects: list[tuple[Any, int]]) -> Counter[str]:
    """Ask the providers what exists, and the database what it knows."""
    from sqlalchemy import text

    from flaresmith.features.projects.live import providers
    from flaresmith.kit import discover
    from flaresmith.kit.actor import system
    from flaresmith.kit.tx import begin

    seen: Counter[str] = Counter(projects=len(projects), revisions=sum(1 + rounds for _, rounds in projects))
    owners = {str(project) for project, _ in projects}
    for name, kind in (await providers.connect("local")).items():
        for found in await kind.list():
            elsewhere = name == "database" and found.owner not in owners and "notes" not in found.name
            if not elsewhere:  # another test's, on the same server
                seen[name] += 1
                seen["resources found"] += 1
                seen["owners unknown"] += found.owner not in owners
    code: Any = await providers.kind("local", "repository")
    for found in await code.list():
        history = await code.log(found.name, "dev", 1000)
        seen["commits on dev"] += len(history) - 1  # the repository's own first one
    queries = {
        "runs not succeeded": "SELECT count(*) FROM project_runs WHERE status <> 'succeeded'",
        "resource rows": "SELECT count(*) FROM resources WHERE status = 'ready'",
        "intents left": "SELECT count(*) FROM resources WHERE status = 'intended'",
        "deployments": "SELECT count(*) FROM deployments",
        "deployments wanted": "SELECT count(*) + 2 * (SELECT count(*) FROM projects) FROM project_runs",
    }
    async with begin(system()) as tx:
        for key, query in queries.items():
            seen[key] = await tx.session.scalar(text(query)) or 0
        for module in discover.modules("invariants"):
            for query in module.INVARIANTS.values():
                seen["invariants broken"] += len((await tx.session.execute(text(query))).all())
    return seen


def _drop_environments(server_url: str) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        made = "SELECT datname FROM pg_database WHERE datname LIKE 'fs\\_notes\\_%'"
        for (name,) in connection.execute(made).fetchall():
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        for (name,) in connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'fs\\_notes\\_%'"
        ).fetchall():
            connection.execute(f'DROP ROLE "{name}"')
