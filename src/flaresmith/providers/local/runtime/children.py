"""Started programs as the daemon sees them, from a fresh Python or from the fork server: output, end, exit code."""

from __future__ import annotations

import array
import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from flaresmith.providers.local.runtime import launch

_SCRIPTS = Path(launch.__file__).parent
_START_S = 30.0
_LONGEST_LINE = 64 * 1024


class Child:
    """A guardian process with the program behind it; `output` carries what both streams of the program say."""

    def __init__(self, pid: int, output: asyncio.StreamReader) -> None:
        self.pid = pid
        self.output = output
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.watching: asyncio.Task[None] | None = None

    @property
    def returncode(self) -> int | None:
        """Its exit code once it has ended, negative for a signal."""
        return self.ended.result() if self.ended.done() else None

    async def wait(self) -> int:
        """Its exit code, when it has ended."""
        return await asyncio.shield(self.ended)

    async def end(self, grace_s: float = 0.0) -> None:
        """End it and everything it started, with `grace_s` seconds to do it itself."""
        if grace_s:
            self._signal(signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.wait(), grace_s)
        self._signal(signal.SIGKILL)
        await self.wait()

    def has_ended(self, code: int) -> None:
        """Note its end."""
        with contextlib.suppress(OSError):  # what it left behind, where it was not alone in its list of processes
            os.killpg(self.pid, signal.SIGKILL)
        if not self.ended.done():
            self.ended.set_result(code)

    def _signal(self, number: int) -> None:
        if not self.ended.done():
            with contextlib.suppress(OSError):
                os.killpg(self.pid, number) if number == signal.SIGKILL else os.kill(self.pid, number)


class ForkServer:
    """The fork server of this daemon. It is started on first use and again when it has ended."""

    def __init__(self) -> None:
        self._line: socket.socket | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._asked: deque[asyncio.Future[int]] = deque()
        self._children: dict[int, Child] = {}
        self._early: dict[int, int] = {}
        self._lock = asyncio.Lock()

    async def start(self) -> None:
        """Start it; it reads the libraries while we go on."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", str(_SCRIPTS / "forkserver.py"), str(theirs.fileno())),
                env={"PATH": os.defpath, "LANG": "C.UTF-8"},
                cwd="/",
                pass_fds=[theirs.fileno()],
                stdin=asyncio.subprocess.DEVNULL,
                start_new_session=True,
            )
        ours.setblocking(False)
        self._line = ours
        asyncio.get_running_loop().add_reader(ours, self._hear)

    async def spawn(self, order: dict[str, Any], keep: Sequence[int]) -> Child:
        """Start a program; ConnectionError if the server cannot."""
        async with self._lock:
            if self._line is None:
                await self.start()
            assert self._line is not None
            outgoing, output = os.pipe2(os.O_CLOEXEC)
            reading, writing = os.pipe2(os.O_CLOEXEC)
            asked: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            try:
                rights = array.array("i", [reading, output, *keep])
                self._line.sendmsg([b"start"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
                self._asked.append(asked)
            except OSError as error:
                os.close(outgoing)
                os.close(writing)
                raise ConnectionError(f"the fork server does not listen: {error}") from None
            finally:
                os.close(reading)
                os.close(output)
        stream = await _reader(outgoing)
        await asyncio.to_thread(_write_all, writing, orjson.dumps(order))
        pid = await self._pid(asked)
        child = self._children.setdefault(pid, Child(pid, stream))
        if pid in self._early:
            self._end(pid, self._early.pop(pid))
        return child

    async def _pid(self, asked: asyncio.Future[int]) -> int:
        """The answer to a start; a server that gives none is ended, so that no start can come true later."""
        try:
            async with asyncio.timeout(_START_S):
                return await asked
        except TimeoutError:
            await self.stop()
            raise ConnectionError("the fork server does not answer") from None

    async def stop(self) -> None:
        """End it, and with it every program that it started."""
        self._lose()
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    def _hear(self) -> None:
        assert self._line is not None
        try:
            message = self._line.recv(4096)
        except BlockingIOError:
            return None
        except OSError:
            message = b""
        if not message:
            return self._lose()
        pid, value = orjson.loads(message)
        if pid == 0:
            self._asked.popleft().set_result(value)
        elif pid in self._children:
            self._end(pid, value)
        else:
            self._early[pid] = value
        return None

    def _end(self, pid: int, code: int) -> None:
        self._children.pop(pid).has_ended(code)

    def _lose(self) -> None:
        """The server has ended, and its programs with it."""
        if self._line is not None:
            asyncio.get_running_loop().remove_reader(self._line)
            self._line.close()
            self._line = None
        while self._asked:
            asked = self._asked.popleft()
            if not asked.done():
                asked.set_exception(ConnectionError("the fork server has ended"))
        for pid in list(self._children):
            self._end(pid, -signal.SIGKILL)


async def spawn_fresh(order: dict[str, Any], keep: Sequence[int]) -> Child:
    """Start a program in a fresh Python."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", launch.__file__),
        env={},
        pass_fds=keep,
        stdin=pipe,
        stdout=pipe,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        limit=_LONGEST_LINE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(orjson.dumps({**order, "keep": list(keep)}))
    process.stdin.close()
    child = Child(process.pid, process.stdout)

    async def watch() -> None:
        child.has_ended(await process.wait())

    child.watching = asyncio.create_task(watch())
    return child


async def _reader(descriptor: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=_LONGEST_LINE)
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(descriptor, "rb", 0))
    return reader


def _write_all(descriptor: int, content: bytes) -> None:
    with os.fdopen(descriptor, "wb") as pipe, contextlib.suppress(BrokenPipeError):
        pipe.write(content)
