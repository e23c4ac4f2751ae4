"""Repositories written to disk, databases of their own, and commands run in them as a user would."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.make.machine import copy_database, drop_database

from flaresmith.compiler.model import File, Model

Emit = Callable[[Model], Path]
NewDatabase = Callable[[], str]
PYTHON_TARGETS = ("fastapi", "pydantic", "sqlalchemy")


def files_of(model: Model) -> dict[str, File]:
    """Every file of the Python service, by path."""
    targets = (importlib.import_module(f"flaresmith.compiler.targets.{name}").TARGET for name in PYTHON_TARGETS)
    return {file.path: file for target in targets for file in target.emit(model)}


def write(model: Model, folder: Path) -> Path:
    """The service on disk; its `api` folder."""
    for file in files_of(model).values():
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    return folder / "api"


def run(api: Path, url: str, *argv: str, seconds: float = 120) -> subprocess.CompletedProcess[str]:
    """A module of Python run in the service's folder; its output is checked by the caller."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "DATABASE"))}
    environment |= {"DATABASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", *argv]
    return subprocess.run(
        command, cwd=api, env=environment, capture_output=True, text=True, timeout=seconds, check=False
    )


def ran(api: Path, url: str, *argv: str, seconds: float = 120) -> str:
    """The output of a command that must succeed."""
    done = run(api, url, *argv, seconds=seconds)
    assert done.returncode == 0, f"{' '.join(argv)}\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
    return done.stdout + done.stderr


@pytest.fixture
def emitted(tmp_path: Path) -> Emit:
    """Writes a model's service into a fresh folder."""
    return lambda model: write(model, tmp_path / uuid.uuid4().hex)


@pytest.fixture
def new_database(servers: dict[str, str]) -> Iterator[NewDatabase]:
    """Makes empty databases; they are gone after the test."""
    made: list[str] = []

    def make() -> str:
        made.append(f"service_{uuid.uuid4().hex[:12]}")
        return copy_database(servers["postgres"], made[-1], template="template0")

    yield make
    for name in made:
        drop_database(servers["postgres"], name)
