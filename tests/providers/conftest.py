"""What the tests of the providers share: a real PostgreSQL, a real daemon, and calls as the engine makes them."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from flaresmith.kit.machine import postgres
from flaresmith.kit.resources import Call, spec_hash
from flaresmith.providers.local.code.commit import CommitKind
from flaresmith.providers.local.code.repository import RepositoryKind
from flaresmith.providers.local.database.database import DatabaseKind
from flaresmith.providers.local.database.server import Server
from flaresmith.providers.local.settings import LocalSettings

OWNER = "0b7f5c1e-7d3e-4d0e-9c55-0d6a4a1f0001"
STRANGER = "0b7f5c1e-7d3e-4d0e-9c55-0d6a4a1f0002"


def wait_for(condition: Callable[[], Any], seconds: float = 20.0) -> Any:
    """Wait until a condition holds; its value."""
    ends = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < ends, f"not within {seconds} s"
        time.sleep(0.01)
    return value


@dataclass
class Calls:
    """Makes calls the way the engine does, and keeps what was written to the run's log."""

    lines: list[str] = field(default_factory=list)

    def __call__(self, name: str, spec: Mapping[str, Any] | None = None, owner: str = OWNER) -> Call:
        return Call(owner, f"{owner}-{name}", name, spec or {}, spec_hash(spec or {}), self._log)

    async def _log(self, line: str) -> None:
        self.lines.append(line)


@dataclass
class Store:
    """Content by its hash, on disk as the store of the kit keeps it."""

    directory: Path

    def put(self, content: bytes) -> str:
        sha = hashlib.sha256(content).hexdigest()
        path = self.directory / sha[:2] / sha
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return sha

    async def read(self, sha: str) -> bytes:
        return (self.directory / sha[:2] / sha).read_bytes()

    def files(self, tree: Mapping[str, str | bytes]) -> dict[str, str]:
        return {path: self.put(text.encode() if isinstance(text, str) else text) for path, text in tree.items()}


@dataclass
class Machine:
    """A data folder with a database server, and the runtime daemon as a process that can be killed."""

    data: Path
    database_url: str
    process: subprocess.Popen[bytes] | None = None
    isolation: str = "auto"

    @property
    def settings(self) -> LocalSettings:
        return LocalSettings(data=self.data, database_url=self.database_url)

    def start(self) -> None:
        assert self.process is None
        (self.data / "wheels").mkdir(exist_ok=True)
        environment = {
            "PATH": os.environ["PATH"],
            "FLARESMITH_DATA": str(self.data),
            "DATABASE_URL": self.database_url,
            "FLARESMITH_LOCAL_HEALTH_TIMEOUT": "1",
            "FLARESMITH_LOCAL_ISOLATION": self.isolation,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.data / "wheels"),
            "UV_NO_INDEX": "1",
            "UV_FIND_LINKS": str(self.data / "wheels"),
            "UV_OFFLINE": "1",
            "A_SECRET_OF_OURS": "hidden-hidden-hidden",
        }
        with (self.data / "daemon.log").open("ab") as log:
            command = [sys.executable, "-m", "flaresmith.providers.local.runtime.daemon"]
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        wait_for(self._announced)

    def _announced(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.data / "daemon.log").read_text()
        path = self.data / "runtime" / "daemon.json"
        return path.exists() and f'"pid":{self.process.pid}' in path.read_text()

    def kill(self, number: int = signal.SIGKILL) -> None:
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait()
        self.process = None

    def close(self) -> None:
        if self.process is not None:
            self.kill(signal.SIGTERM)

    def processes(self) -> list[int]:
        """Every program that runs for this data folder: first in a list of its own, or at home in a release."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal() and _is_ours(entry, str(self.data)):
                found.append(int(entry.name))
        return sorted(found)


def _is_ours(entry: Path, data: str) -> bool:
    try:
        state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
        if (entry / "cwd").readlink().is_relative_to(f"{data}/runtime/releases"):
            return state != "Z"
        return state != "Z" and data.encode() in (entry / "mountinfo").read_bytes() and _is_sandboxed(entry)
    except OSError:
        return False


def _is_sandboxed(entry: Path) -> bool:
    lines = (entry / "status").read_text().splitlines()
    ids = next(line.split()[1:] for line in lines if line.startswith("NSpid:"))
    return len(ids) > 1 and ids[-1] == "1"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def call() -> Calls:
    return Calls()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "blobs")


@pytest.fixture
def repositories(tmp_path: Path) -> RepositoryKind:
    return RepositoryKind(tmp_path / "repositories")


@pytest.fixture
def commits(repositories: RepositoryKind, store: Store) -> CommitKind:
    return CommitKind(repositories, store.read)


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    running = postgres.start(tmp_path_factory.mktemp("postgres"))
    try:
        asyncio.run(_hurry(running.url))
        yield running.url
    finally:
        running.stop()


async def _hurry(url: str) -> None:
    """Nothing here outlives its server, so nothing needs to reach the disk."""
    connection = await asyncpg.connect(url)
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        await connection.execute(f"alter system set {setting} = off")
    await connection.execute("select pg_reload_conf()")
    await connection.close()


@pytest.fixture
def databases(database_url: str) -> DatabaseKind:
    return DatabaseKind(Server(database_url, b"the key of these tests"))


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[Machine]:
    machine = Machine(tmp_path_factory.mktemp("data"), database_url)
    machine.start()
    try:
        yield machine
    finally:
        machine.close()
