"""The generated services of one model, side by side: Python and TypeScript, each on a database of its own."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import httpx
import psycopg
from psycopg import sql
from tests.make import node

from flaresmith.compiler import naming
from flaresmith.compiler.model import Model

PYTHON = ("pydantic", "sqlalchemy", "fastapi")
TYPESCRIPT = ("zod", "drizzle", "hono")
START_SECONDS = 60
_RANDOM = """SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND column_default = 'gen_random_uuid()'"""
_TABLES = """SELECT table_name FROM information_schema.tables
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> 'alembic_version'"""


@dataclass(frozen=True, slots=True)
class Twins:
    """Clients of both services, and the addresses of their databases."""

    python: httpx.Client
    typescript: httpx.Client
    databases: tuple[str, str]

    def empty(self) -> None:
        """Removes every row, and starts the ids again."""
        for url in self.databases:
            with psycopg.connect(url, autocommit=True) as connection:
                found = connection.execute(_TABLES).fetchall()
                names = sql.SQL(", ").join(sql.Identifier(name) for (name,) in found)
                connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(names))
                connection.execute("ALTER SEQUENCE same_ids RESTART")


def write(model: Model, folder: Path, targets: Sequence[str]) -> None:
    """The files of some targets on disk."""
    for name in targets:
        for file in import_module(f"flaresmith.compiler.targets.{name}").TARGET.emit(model):
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, encoding="utf-8")


def build(model: Model, folder: Path, *, strict: bool = False) -> Path:
    """The TypeScript service, ready to run; the repository's folder. `strict` checks its types, which takes longer."""
    write(model, folder, TYPESCRIPT)
    node.link(folder, f"@{naming.kebab(model.name)}")
    for package in ("types", "database", "service"):
        cwd = folder / "packages" / package
        quick = ("esbuild/bin/esbuild", "src/**/*.ts", "--outdir=dist", "--outbase=src", "--format=esm")
        done = node.run(*(("typescript/bin/tsc",) if strict else quick), cwd=cwd)
        if done.returncode:
            raise AssertionError(f"packages/{package} does not compile:\n{done.stdout[-4000:]}{done.stderr[-2000:]}")
    return folder


@contextlib.contextmanager
def twins(model: Model, folder: Path, databases: tuple[str, str], **settings: str) -> Iterator[Twins]:
    """Both services, migrated and running."""
    one = python_service(model, folder / "python", databases[0], **settings)
    other = typescript_service(model, folder / "typescript", databases[1], **settings)
    with one as python, other as typescript:
        for url in databases:
            _give_same_ids(url)
        yield Twins(python, typescript, databases)


def _give_same_ids(url: str) -> None:
    """Random ids would order the rows of the two differently: here the n-th id of both is the same."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SEQUENCE same_ids")
        for table, column in connection.execute(_RANDOM).fetchall():
            wanted = sql.SQL("ALTER TABLE {} ALTER COLUMN {} SET DEFAULT md5(nextval('same_ids')::text)::uuid")
            connection.execute(wanted.format(sql.Identifier(table), sql.Identifier(column)))


@contextlib.contextmanager
def python_service(model: Model, folder: Path, url: str, **settings: str) -> Iterator[httpx.Client]:
    """The FastAPI service under uvicorn, its database made by Alembic."""
    write(model, folder, PYTHON)
    api, port = folder / "api", _free_port()
    environment = _environment(url) | settings
    _must([sys.executable, "-m", "alembic", "upgrade", "head"], api, environment)
    command = [sys.executable, "-m", "uvicorn", "app.main:app", "--port", str(port), "--log-level", "warning"]
    with _served(command, api, environment, port) as client:
        yield client


@contextlib.contextmanager
def typescript_service(model: Model, folder: Path, url: str, **settings: str) -> Iterator[httpx.Client]:
    """The Hono service under Node, its database made by Drizzle's migrator."""
    build(model, folder)
    port = _free_port()
    environment = _environment(url) | {"PORT": str(port)} | settings
    program = str(node.node())
    _must([program, "dist/migrate.js"], folder / "packages/database", environment)
    with _served([program, "dist/node.js"], folder / "packages/service", environment, port) as client:
        yield client


def _environment(url: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "DATABASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1"}


def _must(command: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> None:
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise AssertionError(f"{' '.join(command)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _served(command: Sequence[str], cwd: Path, environment: Mapping[str, str], port: int) -> Iterator[httpx.Client]:
    log = cwd / "service.log"
    with log.open("w") as output:
        server = subprocess.Popen(command, cwd=cwd, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
                _await(client, server, log)
                yield client
        finally:
            server.terminate()
            server.wait(timeout=20)


def _await(client: httpx.Client, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            client.get("/alive")
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(timeout=0.05)
    raise AssertionError(f"the service did not answer: {log.read_text()[-3000:]}")
