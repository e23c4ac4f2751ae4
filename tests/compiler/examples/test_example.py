"""The example is understood to the last line, and the service made from it does what its collection expects."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest
from tests.make.machine import copy_database, drop_database

from flaresmith.compiler.build import Build, build
from flaresmith.compiler.model import EntityKind, Severity
from flaresmith.providers.local.collections import runner

EXAMPLES = Path(__file__).parents[3] / "examples"
FOLDERS = sorted(path for path in EXAMPLES.iterdir() if path.is_dir())


def read(folder: Path) -> dict[str, bytes]:
    """The spec files of an example."""
    specs = folder / "specs"
    return {p.relative_to(specs).as_posix(): p.read_bytes() for p in sorted(specs.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def built(request: pytest.FixtureRequest) -> Build:
    """The build of one example."""
    return build(read(request.param), name=request.param.name.replace("-", " ").capitalize())


def test_every_line_is_understood(built: Build) -> None:
    assert [d for d in built.model.diagnostics if d.severity is not Severity.INFO] == []
    assert built.model.not_understood == 0


def test_it_is_worth_looking_at(built: Build) -> None:
    model = built.model
    assert len(model.features) >= 2
    assert len([e for e in model.entities if e.kind is EntityKind.PERSISTED]) >= 6
    assert len(model.endpoints) >= 15
    assert any(entity.transitions for entity in model.entities)
    assert any(not endpoint.derived for endpoint in model.endpoints)
    assert all(endpoint.action for endpoint in model.endpoints)
    assert all(feature.stories and feature.requirements for feature in model.features)


def test_its_collection_passes_against_its_service(built: Build, servers: Mapping[str, str], tmp_path: Path) -> None:
    for file in built.files:
        (tmp_path / file.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file.path).write_bytes(file.text.encode())
    database = copy_database(servers["postgres"], "example_service", template="template0")
    try:
        with service(tmp_path / "api", database) as url:
            collection = json.loads((tmp_path / "postman/dev.postman_collection.json").read_bytes())
            report = run(collection, url)
    finally:
        drop_database(servers["postgres"], "example_service")
    failed = [
        f"{outcome.method} {outcome.url} {outcome.status}: {outcome.error or check.message}"
        for outcome in report.outcomes
        for check in outcome.checks
        if check.outcome != "passed"
    ]
    assert failed == []
    assert report.ok
    assert report.counts["passed"] > len(built.model.endpoints)


def run(collection: dict[str, object], url: str) -> runner.Report:
    """One run of a collection."""
    import asyncio

    return asyncio.run(runner.run(collection, base_url=url))


@contextlib.contextmanager
def service(folder: Path, database: str) -> Iterator[str]:
    """The generated service, migrated and answering; its URL."""
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": database, "LANG": "C.UTF-8"}
    python = [sys.executable, "-m"]
    subprocess.run(
        [*python, "alembic", "upgrade", "head"], cwd=folder, env=environment, check=True, capture_output=True
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ["uvicorn", "app.main:app", "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
    process = subprocess.Popen([*python, *arguments], cwd=folder, env=environment, stderr=subprocess.PIPE)
    try:
        yield _answering(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.communicate(timeout=10)


def _answering(url: str, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, process.stderr and process.stderr.read().decode()
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{url}/health").status_code == 200:
                return url
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    raise AssertionError("the service did not answer within 30 seconds")
