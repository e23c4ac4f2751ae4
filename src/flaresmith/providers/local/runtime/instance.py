"""One running process of a service: started, watched until it listens, opened to the public, drained."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from flaresmith.kit.machine import storage
from flaresmith.providers.local.runtime.children import Child
from flaresmith.providers.local.runtime.failures import DeploymentFailed
from flaresmith.providers.local.runtime.logs import Log, follow
from flaresmith.providers.local.runtime.release import Release
from flaresmith.providers.local.runtime.sandbox import Program, Sandbox

_DRAIN_S = 20.0
_POLL_S = 0.05
_MIGRATION_FAILED = 3


@dataclass(frozen=True, slots=True)
class Order:
    """What to run: which commit, in which environment, on which database."""

    repository: str
    commit: str
    environment: str
    database_url: str

    def variables(self, port: int) -> dict[str, str]:
        """The whole environment of the process besides PATH, LANG and HOME."""
        return {
            "DATABASE_URL": self.database_url,
            "PORT": str(port),
            "FLARESMITH_COMMIT": self.commit,
            "FLARESMITH_ENVIRONMENT": self.environment,
        }

    def secrets(self) -> list[str]:
        """What must never stand in a log."""
        password = self.database_url.rpartition("@")[0].rpartition(":")[2]
        return [self.database_url, password]


class Instance:
    """A process that runs a release. Nothing outlives it, and it does not outlive the daemon."""

    def __init__(self, release: Release, order: Order, process: Child, port: int) -> None:
        self.release, self.order = release, order
        self.started_at = time.monotonic()
        self.last_lines: deque[str] = deque(maxlen=40)
        self.serving = False
        self._process = process
        self._private_port = port
        self._said: dict[str, asyncio.Event] = {word: asyncio.Event() for word in ("migrated", "listening", "serving")}
        self._tasks: list[asyncio.Task[None]] = []
        self._writer: asyncio.StreamWriter | None = None
        self.ended = asyncio.create_task(self._wait())

    @classmethod
    async def start(
        cls,
        sandbox: Sandbox,
        release: Release,
        order: Order,
        public: socket.socket,
        scratch: Path,
        log: Log,
        *,
        migrate: bool,
        memory_mb: int,
    ) -> Instance:
        """Start the process; it has no connection to the public until `serve`."""
        storage.private_directory(scratch)
        ours, theirs = socket.socketpair()
        with contextlib.ExitStack() as unless_started, theirs, socket.create_server(("127.0.0.1", 0)) as private:
            unless_started.callback(ours.close)
            program = Program(
                "serve.py",
                ("migrate" if migrate else "keep",),
                release.path,
                release.folder,
                scratch,
                release.layer,
                order.variables(public.getsockname()[1]),
                (theirs, private, public),
                memory_mb,
                warm=True,
            )
            process = await sandbox.start(program)
            unless_started.pop_all()
            instance = cls(release, order, process, private.getsockname()[1])
        await instance._attach(ours, log)
        return instance

    async def _attach(self, ours: socket.socket, log: Log) -> None:
        ours.setblocking(False)
        reader, self._writer = await asyncio.open_connection(sock=ours)
        following = follow(self._process.output, log, self.last_lines, self.order.secrets())
        self._tasks = [asyncio.create_task(following), asyncio.create_task(self._listen(reader))]

    @property
    def pid(self) -> int:
        """Process id of its guardian."""
        return self._process.pid

    async def until(self, word: str, timeout_s: float) -> None:
        """Wait until the process has said `migrated`, `listening` or `serving`; DeploymentFailed if it will not."""
        said = asyncio.create_task(self._said[word].wait())
        try:
            done, _ = await asyncio.wait({said, self.ended}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            said.cancel()
        if self._said[word].is_set():
            return
        raise self._failure(word if done else f"{word} within {timeout_s:g} s")

    async def until_healthy(self, silent_s: float, sick_s: float) -> None:
        """Wait until `GET /health` answers 200 on the private socket; DeploymentFailed with what it said last.

        It may be silent for `silent_s` seconds, and say for `sick_s` that it is not healthy.
        """
        deadline = time.monotonic() + silent_s
        status, body = 0, b""
        while time.monotonic() < deadline and not self.ended.done():
            sick = status != 0
            with contextlib.suppress(OSError, TimeoutError, ValueError):
                status, body = await self.health(5.0)
            if status == 200:
                return
            if status and not sick:
                deadline = min(deadline, time.monotonic() + sick_s)
            await asyncio.sleep(_POLL_S)
        said = f": {status} {body[:200].decode(errors='replace')}" if status else ""
        raise self._failure(f"healthy{said}")

    async def health(self, timeout_s: float) -> tuple[int, bytes]:
        """Status and body of `GET /health` over the private socket; OSError or TimeoutError if there is no answer."""
        async with asyncio.timeout(timeout_s):
            reader, writer = await asyncio.open_connection("127.0.0.1", self._private_port)
            try:
                writer.write(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                head, _, body = (await reader.read(64 * 1024)).partition(b"\r\n\r\n")
                return int(head.split(b" ", 2)[1]) if head else 0, body
            finally:
                writer.close()

    async def serve(self) -> None:
        """Open it to the public."""
        self._tell("serve")
        await self.until("serving", 10.0)
        self.serving = True

    async def drain(self) -> None:
        """Let it finish what it has begun, then end it."""
        self._tell("drain")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self.ended), _DRAIN_S)
        await self.kill()

    async def kill(self, grace_s: float = 0.0) -> None:
        """End it now, or after `grace_s` seconds in which it may finish what it has begun."""
        await self._process.end(grace_s)
        await self.ended

    async def _wait(self) -> None:
        """Ends when the process has ended and everything it printed is in the log."""
        await self._process.wait()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()

    def _tell(self, word: str) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(orjson.dumps({"do": word}) + b"\n")

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError, ValueError, KeyError):
            while line := await reader.readline():
                self._said[_event(line)].set()

    def _failure(self, missed: str) -> DeploymentFailed:
        code = self._process.returncode
        if code == _MIGRATION_FAILED:
            what = "the migration failed"
        elif code is not None:
            what = f"the process ended with {code} before it was {missed}"
        else:
            what = f"it is not {missed}"
        lines = list(self.last_lines)[-15:]
        return DeploymentFailed(
            f"The release {self.release.id} does not run: {what}." + "".join(f"\n    {line}" for line in lines[-5:]),
            hint="See the log of the service, mend the cause, then apply again.",
            details={"lines": lines},
        )


def _event(line: bytes) -> str:
    said: dict[str, Any] = orjson.loads(line)
    return str(said["event"])
