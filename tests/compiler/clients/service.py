"""The service of the example, generated and served on a real PostgreSQL, for clients to call."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.make.machine import copy_database, drop_database

from flaresmith.compiler.model import Model
from flaresmith.compiler.parse import parse
from flaresmith.compiler.targets import all_targets

EXAMPLE = Path(__file__).parents[3] / "examples/tool-library/specs"
SERVICE = ("fastapi", "pydantic", "sqlalchemy")


def example_files() -> dict[str, bytes]:
    """The spec files of the example."""
    return {path.relative_to(EXAMPLE).as_posix(): path.read_bytes() for path in EXAMPLE.rglob("*") if path.is_file()}


def example() -> Model:
    """The example as a model."""
    return parse(example_files(), name="tool-library")


def write(model: Model, folder: Path, *targets: str) -> Path:
    """The files of some targets on disk."""
    for target in targets:
        for file in all_targets()[target].emit(model):
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, encoding="utf-8")
    return folder


@contextlib.contextmanager
def served(folder: Path, postgres: str) -> Iterator[str]:
    """The address of the example's service, with an empty, migrated database behind it."""
    from flaresmith.compiler.build import build

    for file in build(example_files(), name="tool-library", targets=SERVICE).files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    name = f"clients_{uuid.uuid4().hex[:12]}"
    url = copy_database(postgres, name, template="template0")
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        migrate = [sys.executable, "-m", "alembic", "upgrade", "head"]
        subprocess.run(migrate, cwd=folder / "api", env=environment, check=True, capture_output=True, timeout=60)
        with _running(folder / "api", environment) as address:
            yield address
    finally:
        drop_database(postgres, name)


@contextlib.contextmanager
def _running(api: Path, environment: dict[str, str]) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    argv = [sys.executable, "-m", "uvicorn", "app.main:app", "--port", str(port), "--log-level", "warning"]
    server = subprocess.Popen(argv, cwd=api, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        _await_answer(address, server)
        yield address
    finally:
        server.terminate()
        server.communicate(timeout=20)


def _await_answer(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"{address}/alive")
            return
    output = server.communicate(timeout=5)[0] if server.poll() is not None else b""
    pytest.fail(f"the service did not answer: {output.decode()[-3000:]}")
