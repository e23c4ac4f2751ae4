"""What the tests of the providers share: a real PostgreSQL, a store of content, and calls as the engine makes them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from flaresmith.kit.resources import Call, spec_hash
from flaresmith.providers.local.code.commit import CommitKind
from flaresmith.providers.local.code.repository import RepositoryKind

OWNER = "0b7f5c1e-7d3e-4d0e-9c55-0d6a4a1f0001"
STRANGER = "0b7f5c1e-7d3e-4d0e-9c55-0d6a4a1f0002"


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
