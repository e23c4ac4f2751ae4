"""What an embedded server is to others: one folder, one loopback port, one password, and a process while it runs.

Layout of its folder: `data/` (the server's own), `password`, `port`, `lock` (held by the server's processes, and by
nobody else, exactly as long as one of them lives: no pid file is ever believed), `server.log` unless named otherwise.
"""

from __future__ import annotations

import os
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from flaresmith.kit.errors import Unavailable
from flaresmith.kit.machine import launch, lock, ports, process, storage

PATIENCE = 20.0  # seconds a predecessor that lost its supervisor may take to shut down
START_SECONDS = 90.0  # crash recovery of a large database on a busy machine included


class EmbeddedServer(ABC):
    """A server program from a wheel that runs in one private folder. `spawn` it, then ask `is_ready`."""

    title: ClassVar[str]
    space: ClassVar[int]  # MiB that must be free before it starts
    stop_signals: ClassVar[tuple[int, ...]]

    def __init__(
        self,
        home: Path,
        *,
        port: int = 0,
        log: Path | None = None,
        isolation: process.Isolation | None = None,
        dies_with_us: bool = True,
    ) -> None:
        """`home` is its folder; `port` 0 takes the remembered port when free, else another one."""
        self.home = home.resolve()
        self.fixed_port = port
        self.log = log or self.home / "server.log"
        self.isolation = isolation
        self.dies_with_us = dies_with_us

    @property
    def data(self) -> Path:
        """The server's own folder."""
        return self.home / "data"

    @property
    def port(self) -> int:
        """The loopback port it has, or had last; 0 when it never ran."""
        text = storage.read_text(self.home / "port")
        return int(text) if text.isdecimal() else 0

    @property
    def pid(self) -> int:
        """The id of its first process, 0 when none lives."""
        return min(lock.holders(self.home / "lock"), default=0)

    @property
    def password(self) -> str:
        """The password that clients give."""
        return storage.kept_secret(self.home / "password")

    def spawn(self) -> int:
        """Start it and return its process id at once. A predecessor that is dying is waited for, then killed."""
        storage.private_directory(self.home)
        held = self._claim()
        try:
            with storage.explained(self.home):
                self._prepare(held)
                self._choose_port()
                return process.spawn(self._program(held))
        finally:
            os.close(held)  # the server has inherited it

    def keep_port(self) -> None:
        """From now on restart on this port and no other, since clients know it."""
        self.fixed_port = self.port

    def is_running(self) -> bool:
        """Whether any process of this server lives."""
        return lock.is_held(self.home / "lock")

    def is_orphaned(self) -> bool:
        """Whether only processes live on whose first process is gone: nobody stops those but us."""
        return False

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether it answers clients now."""

    @abstractmethod
    def url(self) -> str:
        """The URL, password included, that a client connects to."""

    @abstractmethod
    def _prepare(self, held: int) -> None:
        """Make the data folder if there is none yet, and clear what a crash has left."""

    @abstractmethod
    def _program(self, held: int) -> process.Program:
        """The command that runs the server."""

    def may_start_again(self) -> bool:
        """Whether another `spawn` gets round what stopped the last one: it then takes another port."""
        return not self.fixed_port and "ddress already in use" in tail(self.log, 2000)

    def explain(self) -> Unavailable:
        """Why it did not start, in one sentence, from the end of its log."""
        return _from_log(self.title, tail(self.log), self.log, self.home)

    def _claim(self) -> int:
        path = self.home / "lock"
        with storage.explained(path):
            held = lock.acquire(path)
            if held is None:
                lock.evict(path, 1.0 if self.is_orphaned() else PATIENCE)
                held = lock.acquire(path, patience=1.0)
        if held is None:
            pids = ", ".join(map(str, lock.holders(path))) or "unknown"
            raise Unavailable(f"Another {self.title} (process {pids}) runs in {self.home}.", hint="Stop it first.")
        return held

    def _choose_port(self) -> None:
        wanted = self.fixed_port or self.port
        if wanted and not ports.is_free(wanted):
            if self.fixed_port:
                ports.listen(wanted, patience=1.0).close()  # says who has it
            wanted = 0
        storage.write_private(self.home / "port", f"{wanted or ports.free_port()}\n")

    def _owned_by_the_server(self, path: Path) -> None:
        path.mkdir(mode=0o700, exist_ok=True)
        if self._mode() == "nobody":
            os.chown(path, launch.NOBODY, launch.NOBODY)

    def _mode(self) -> process.Isolation:
        """As the data folder was made: its owner must not change."""
        if self.isolation or os.geteuid() != 0 or not self.data.exists():
            return self.isolation or process.isolation()
        return "nobody" if self.data.stat().st_uid == launch.NOBODY else "namespace"


@dataclass(slots=True)
class Running:
    """A running server. `owned` tells whether we started it: `stop` leaves a server of somebody else alone."""

    server: EmbeddedServer
    url: str
    pid: int
    port: int
    owned: bool

    def stop(self) -> None:
        """Shut it down in good order and return when every process of it is gone."""
        if self.owned:
            process.end(self.pid, *self.server.stop_signals)
            lock.evict(self.server.home / "lock", 2.0)
            self.owned = False


def start(server: EmbeddedServer) -> Running:
    """Start a server and return when it answers; one that already runs in the folder is returned as it is."""
    process.wait_until(lambda: server.is_ready() or not server.is_running() or server.is_orphaned(), PATIENCE)
    if server.is_running() and server.is_ready():
        return Running(server, server.url(), server.pid, server.port, owned=False)
    for attempt in (1, 2, 3):
        pid = server.spawn()
        if _answers(server, pid):
            return Running(server, server.url(), pid, server.port, owned=True)
        if attempt == 3 or not server.may_start_again():
            break
    raise server.explain()


def _answers(server: EmbeddedServer, pid: int) -> bool:
    """Wait until it is ready (True) or has ended (False); one that does neither in time is ended."""
    if process.wait_until(lambda: server.is_ready() or not process.is_alive(pid), START_SECONDS):
        return process.is_alive(pid)
    process.end(pid, *server.stop_signals)
    return False


def tail(path: Path, size: int = 4000) -> str:
    """The last `size` bytes of a log as text, empty when there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - size))
            return file.read().decode("utf-8", "replace").strip()
    except OSError:
        return ""


_CAUSES = (
    (r"(?i)no space left on device|disk quota exceeded", "the disk is full", "Free some space, or use --data DIR."),
    (r"(?i)read-only file system", "its folder is on a read-only disk", "Use --data DIR on another disk."),
    (r"(?i)address already in use", "its port is taken", "Start again: another port is chosen."),
    (r"(?i)does not allow the isolation", "it may not run as root here", "Run as an ordinary user."),
    (r"(?i)permission denied", "it may not use its folder", "Give the folder back to its owner, or use --data DIR."),
    (r"(?i)cannot allocate memory|out of memory", "there is too little memory", "Free some memory."),
    (
        r"(?i)not compatible with this version",
        "its data were made by another version",
        "Use --data DIR, or dump first.",
    ),
)


def _from_log(title: str, text: str, log: Path, home: Path) -> Unavailable:
    for pattern, cause, hint in _CAUSES:
        if re.search(pattern, text):
            return Unavailable(f"{title} did not start in {home}: {cause}.", hint=hint, details=text)
    last = text.splitlines()[-1] if text else "it wrote nothing"
    return Unavailable(f"{title} did not start in {home}: {last}", hint=f"The whole log is {log}.", details=text)
