"""A real PostgreSQL of our own: from the wheel, in one folder, loopback TCP only, password (SCRAM) for everybody."""

from __future__ import annotations

import shutil
import signal
import socket
import struct
from pathlib import Path

from flaresmith.kit.errors import Unavailable
from flaresmith.kit.machine import lock, process, server, storage
from flaresmith.kit.machine.binaries import postgres_program
from flaresmith.kit.machine.ports import LOOPBACK
from flaresmith.kit.machine.server import EmbeddedServer, Running

SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] %d ",
}
_CREATE_DATABASE = """
select format('create database %I', :'name') where not exists (select from pg_database where datname = :'name') \\gexec
"""


def start(
    data_dir: Path | str,
    *,
    port: int = 0,
    log: Path | None = None,
    isolation: process.Isolation | None = None,
    dies_with_us: bool = True,
) -> Running:
    """Start PostgreSQL in a folder (made on first use) and return when it answers.

    Returns `Running(url, pid, port)`; its `url` is the superuser's DSN of the database `postgres`, its `stop()` shuts
    the server down. With `dies_with_us` the server ends when the calling *thread* ends, even by kill -9.
    """
    options = {"port": port, "log": log, "isolation": isolation, "dies_with_us": dies_with_us}
    return server.start(Postgres(Path(data_dir), **options))  # type: ignore[arg-type]


class Postgres(EmbeddedServer):
    """PostgreSQL in one folder. Half a data directory is never used, and no pid file is believed."""

    title = "PostgreSQL"
    space = 150
    stop_signals = (signal.SIGINT, signal.SIGQUIT)  # fast, then immediate

    def is_ready(self) -> bool:
        """Whether the postmaster says that it takes connections (last line of postmaster.pid), and answers."""
        lines = self._pid_file()
        return len(lines) >= 8 and lines[7].strip() == "ready" and lines[3] == str(self.port) and self._answers()

    def is_orphaned(self) -> bool:
        """Whether backends live on after their postmaster was killed; they keep its shared memory, and it from us."""
        pid = self.pid
        return pid != 0 and pid not in lock.holders(self.home / "lock")

    def _answers(self) -> bool:
        """Ask whether it speaks TLS: the cheapest question, and one that a dying server leaves unanswered."""
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=1.0) as client:
                client.sendall(struct.pack("!ii", 8, 80877103))
                return client.recv(1) in (b"N", b"S")
        except OSError:
            return False

    @property
    def pid(self) -> int:
        """The process id of the postmaster, 0 when no server lives."""
        lines = self._pid_file() if self.is_running() else []
        return int(lines[0]) if lines and lines[0].isdecimal() else 0

    def _pid_file(self) -> list[str]:
        return storage.read_text(self.data / "postmaster.pid").splitlines()

    def url(self, database: str = "postgres") -> str:
        """The superuser's DSN of one database."""
        return f"postgresql://{SUPERUSER}:{self.password}@{LOOPBACK}:{self.port}/{database}"

    def ensure_database(self, name: str) -> None:
        """Create an empty database when there is none of this name; the server must be ready."""
        self._psql(_CREATE_DATABASE, name=name)

    def _psql(self, script: str, **variables: str) -> None:
        path = self.home / "script.sql"
        storage.write_private(path, script)
        argv = [str(postgres_program("psql")), "-XqAt", "-f", str(path), "-d", "postgres", "-v", "ON_ERROR_STOP=1"]
        for name, value in variables.items():
            argv += ["-v", f"{name}={value}"]
        where = {"PGHOST": LOOPBACK, "PGPORT": str(self.port), "PGUSER": SUPERUSER, "PGPASSWORD": self.password}
        if process.run(process.Program(argv, self.log, environment=where)):
            raise self.explain()

    def _prepare(self, held: int) -> None:
        storage.require_space(self.home, self.space)
        if not (self.data / "PG_VERSION").exists():
            self._initialize(held)
        self._refuse_other_version()
        # We hold the lock, so no server of ours lives; the pid in this file may belong to anything by now.
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _initialize(self, held: int) -> None:
        draft = self.home / "data.init"
        shutil.rmtree(draft, ignore_errors=True)
        self._owned_by_the_server(draft)
        storage.kept_secret(self.home / "password")
        argv = [str(postgres_program("initdb")), "-D", str(draft), "-U", SUPERUSER, "-A", "scram-sha-256"]
        argv += ["--pwfile", str(self.home / "password"), "-E", "UTF8", "--no-instructions"]
        argv += ["--locale-provider=builtin", "--locale=C.UTF-8"]
        if process.run(self._run(argv, held)):
            shutil.rmtree(draft, ignore_errors=True)
            raise self.explain()
        draft.rename(self.data)

    def _refuse_other_version(self) -> None:
        made, ours = storage.read_text(self.data / "PG_VERSION"), _major()
        if made != ours:
            message = f"{self.data} was made by PostgreSQL {made}, and this is PostgreSQL {ours}."
            raise Unavailable(message, hint=f"Dump it with PostgreSQL {made} and load it, or use --data DIR.")

    def _program(self, held: int) -> process.Program:
        argv = [str(postgres_program("postgres")), "-D", str(self.data), "-p", str(self.port)]
        for name, value in SETTINGS.items():
            argv += ["-c", f"{name}={value}"]
        return self._run(argv, held)

    def _run(self, argv: list[str], held: int) -> process.Program:
        death = signal.SIGINT if self.dies_with_us else 0
        return process.Program(argv, self.log, isolation=self._mode(), death_signal=death, keep=(held,))


def _major() -> str:
    """The major version of the wheel's PostgreSQL, as in its PG_VERSION files."""
    header = postgres_program("postgres").parents[1] / "include" / "pg_config.h"
    for line in storage.read_text(header).splitlines():
        if line.startswith("#define PG_MAJORVERSION "):
            return line.split('"')[1]
    return ""
