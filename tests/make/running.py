"""A whole copy for one test module: the worker and the runtime daemon as processes, and the doors on a real port."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx
import psycopg
import uvicorn
from psycopg import sql
from tests.cast import Person, make_client, make_person
from tests.make.clone import Clone
from tests.make.machine import drop_database, empty_database

from flaresmith.kit.stream import tail

SPEC = """# Feature Specification: Notes

### User Story 1 - Keep notes (Priority: P1)

A person writes notes down.

1. **Given** nothing, **When** a note is written, **Then** it is kept.

## Requirements

- **FR-001**: The system MUST keep notes.

## Success Criteria

- **SC-001**: A note is found again.
"""
MODEL = """# Data Model: Notes

## Entities

### Note

Something to remember (FR-001).

- id (uuid, pk) REQUIRED
- title (string, 1..80) REQUIRED
- stars (integer, 0..5) OPTIONAL
"""
DOCUMENTS = {"specs/001-notes/spec.md": SPEC, "specs/001-notes/data-model.md": MODEL}


def documents(*more_fields: str, without: str = "") -> dict[str, str]:
    """The tiny product's documents, with these lines added to its one entity, and those that hold `without` gone."""
    lines = [line for line in MODEL.splitlines() if not without or without not in line]
    return {**DOCUMENTS, "specs/001-notes/data-model.md": "\n".join([*lines, *more_fields]) + "\n"}


async def eventually(condition: Callable[[], Awaitable[Any]], seconds: float = 30) -> Any:
    """Wait until a condition holds; its value."""
    ends = time.monotonic() + seconds
    while not (value := await condition()):
        assert time.monotonic() < ends, f"not within {seconds} s"
        await asyncio.sleep(0.02)
    return value


@dataclass
class Running:
    """A copy that runs. `url` is where its doors answer, `ada` its first person, `bob` one of another organization."""

    app: Any
    url: str
    data: Path
    database: str
    ada: Person
    bob: Person
    worker: subprocess.Popen[bytes] | None = None

    def start_worker(self) -> None:
        self.worker = _process("worker", self.data / "worker.log")

    def kill_worker(self) -> None:
        assert self.worker is not None
        self.worker.kill()
        self.worker.wait()
        self.worker = None

    async def create(self, name: str, specs: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
        """A project of these documents, provisioned to its end; its view with the finished run."""
        answer = await self.ada.client.post("/api/v1/projects", json={"name": name, "specs": specs or {}, **more})
        assert answer.status_code == 201, answer.text
        return {**answer.json(), "run": await self.ended(answer.json()["run"])}

    async def ended(self, run: dict[str, Any], seconds: float = 90) -> dict[str, Any]:
        """The run, once it has ended and everything that its end started, too."""

        async with asyncio.timeout(seconds):
            async for _ in tail(self.ada.actor, uuid.UUID(run["id"])):
                pass
        await eventually(self.idle)
        return dict((await self.ada.client.get(f"/api/v1/runs/{run['id']}")).json())

    async def idle(self) -> bool:
        """Whether no workflow waits or works."""
        with psycopg.connect(self.database) as connection:
            statement = "SELECT count(*) FROM dbos.workflow_status WHERE status IN ('PENDING', 'ENQUEUED', 'DELAYED')"
            return connection.execute(statement).fetchone() == (0,)

    async def plan(self, project: str, files: dict[str, str], **more: Any) -> dict[str, Any]:
        answer = await self.ada.client.post("/api/v1/specs/plan", json={"projectId": project, "files": files, **more})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def apply(self, project: str, files: dict[str, str], **more: Any) -> httpx.Response:
        """Ask to apply; the reply as it came."""
        return await self.ada.client.post("/api/v1/specs/apply", json={"projectId": project, "files": files, **more})

    async def applied(self, project: str, files: dict[str, str], **more: Any) -> dict[str, Any]:
        """Apply, and see the run succeed."""
        answer = await self.apply(project, files, **more)
        assert answer.status_code == 202, answer.text
        run = await self.ended(answer.json()["run"])
        assert run["status"] == "succeeded", run["report"]
        return {**answer.json(), "run": run}

    def clone(self, folder: Path, project: dict[str, Any], token: str = "", branch: str = "dev") -> Clone:
        """A working copy of the project's repository that is still to be cloned."""
        address = self.url.replace("://", f"://ada:{token or self.ada.token}@")
        return Clone(folder / f"{project['slug']}-{branch}", f"{address}/git/{project['handle']}.git", branch)

    async def environments(self, project: str) -> dict[str, dict[str, Any]]:
        found = (await self.ada.client.get(f"/api/v1/projects/{project}/environments")).json()
        return {e["name"]: e for e in found["environments"]}

    async def call(self, project: str, environment: str, method: str, path: str, **options: Any) -> httpx.Response:
        """Ask the deployed product itself."""
        base = (await self.environments(project))[environment]["url"]
        async with httpx.AsyncClient(base_url=base, timeout=20) as client:
            return await client.request(method, path, **options)


@contextlib.asynccontextmanager
async def running(app: object, base_url: str, database: str, data: Path) -> AsyncIterator[Running]:
    """Start everything on an empty database; afterwards everything is stopped and the database is empty again."""
    empty_database(database)
    ada, bob = await make_person(app, base_url, "ada"), await make_person(app, base_url, "bob")
    async with serving(app) as url, ada.client, bob.client:
        copy = Running(app, url, data, database, ada, bob)
        daemon = _process("daemon", data / "daemon.log")
        try:
            copy.start_worker()
            yield copy
        finally:
            daemon.terminate()
            if copy.worker is not None:
                copy.kill_worker()
            daemon.wait(30)
            _forget(database, data)


def _forget(database: str, data: Path) -> None:
    """Remove everything that the projects of a copy had made: their names are free again."""
    empty_database(database)
    for folder in ("repositories", "collections", "runtime"):
        shutil.rmtree(data / folder, ignore_errors=True)
    with psycopg.connect(database, autocommit=True) as connection:
        for (name,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'fs\\_%'").fetchall():
            drop_database(database, name)
        for (name,) in connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'fs\\_%'").fetchall():
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@contextlib.asynccontextmanager
async def serving(app: Any, *, lifespan: Literal["on", "off"] = "off") -> AsyncIterator[str]:
    """The app on a free port of loopback, on the event loop of the tests; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, lifespan=lifespan, log_level="error", timeout_graceful_shutdown=1))
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        with _signals_untouched(server):
            task = asyncio.create_task(server.serve(sockets=[listener]))
            while not server.started:  # noqa: ASYNC110 - uvicorn offers no event
                await asyncio.sleep(0.005)
            try:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}"
            finally:
                server.should_exit = True
                await task


@contextlib.contextmanager
def _signals_untouched(server: uvicorn.Server) -> Iterator[None]:
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    yield


def _process(which: str, log: Path) -> subprocess.Popen[bytes]:
    module = {"worker": "flaresmith.worker", "daemon": "flaresmith.providers.local.runtime.daemon"}[which]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-c", f"from {module} import run; run()"],
            env={**os.environ, "PYTHONWARNINGS": "default"},
            stdout=output,
            stderr=output,
        )


__all__ = ["DOCUMENTS", "MODEL", "SPEC", "Running", "documents", "eventually", "make_client", "running", "serving"]
