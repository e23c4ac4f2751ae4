"""Start programs from a process that has read the libraries of a service already. Runs by itself.

A fresh Python needs a second of work to read FastAPI, SQLAlchemy and Alembic; a fork of this one needs none, and shares
the memory. It never sees an order: it gets descriptors (first the order's pipe, then the output, then what the program
keeps), forks, and the fork reads. So no program finds anything of another's in its memory. It tells the daemon of every
start (`[0, pid]`, in the order of asking) and every end (`[pid, code]`).

Arguments: the descriptor of the line to the daemon.
"""

from __future__ import annotations

import array
import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
from typing import Any, NoReturn

_READ_BEFORE = (
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvloop",
    "sqlalchemy.ext.asyncio",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "alembic.config",
    "alembic.command",
    "alembic.runtime.migration",
    "fastapi",
    "fastapi.responses",
    "pydantic_settings",
    "asyncpg",
)
_MOST_DESCRIPTORS = 16


def main() -> None:
    """Read the libraries, then fork on request until the daemon goes."""
    sys.path.insert(0, os.path.dirname(__file__))  # noqa: PTH120 - nothing else is read for it
    launch = importlib.import_module("launch")
    del sys.path[0]
    line = socket.socket(fileno=int(sys.argv[1]))
    launch.die_with(os.getppid())
    for name in _READ_BEFORE:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # what is shared stays shared: the collector does not write to it
    with contextlib.suppress(ConnectionError):  # a daemon that is killed resets the line instead of closing it
        _serve(line, launch)


def _serve(line: socket.socket, launch: Any) -> None:
    wakeups, wakeup = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wakeup)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ready, _, _ = select.select([line.fileno(), wakeups], [], [])
        if wakeups in ready:
            os.read(wakeups, 4096)
            _tell_of_ends(line)
        if line.fileno() in ready:
            descriptors = _receive(line)
            if descriptors is None:
                return
            pid = os.fork()
            if pid == 0:
                _begin(descriptors, [wakeups, wakeup, line.fileno()], launch)
            line.send(json.dumps([0, pid]).encode())
            for descriptor in descriptors:
                os.close(descriptor)


def _receive(line: socket.socket) -> list[int] | None:
    """The descriptors of one request, None when the daemon has gone."""
    size = array.array("i").itemsize
    message, ancillary, _, _ = line.recvmsg(16, socket.CMSG_SPACE(_MOST_DESCRIPTORS * size))
    if not message:
        return None
    descriptors = array.array("i")
    for _level, _kind, data in ancillary:
        descriptors.frombytes(data[: len(data) - len(data) % size])
    return list(descriptors)


def _tell_of_ends(line: socket.socket) -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            line.send(json.dumps([pid, os.waitstatus_to_exitcode(status)]).encode())


def _begin(descriptors: list[int], foreign: list[int], launch: Any) -> NoReturn:
    """In the fork: let go of what is the server's, read the order, and carry it out."""
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        server = os.getppid()
        os.setsid()
        for descriptor in foreign:
            os.close(descriptor)
        order_pipe, output, *keep = descriptors
        with os.fdopen(order_pipe, "rb") as pipe:
            order = json.loads(pipe.read())
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.close(output)
        order["keep"] = keep
        launch.carry_out(order, server, _run)
    except BaseException as error:
        os.write(2, f"the program could not be started: {error!r}\n".encode())
    os._exit(126)


def _run(order: dict[str, Any]) -> NoReturn:
    """Be the program: its arguments, its environment, its script; the same as if Python had been started with them."""
    code = 1
    try:
        os.environ.clear()
        os.environ.update(order["env"])
        sys.argv = order["argv"][2:]
        runpy.run_path(sys.argv[0], run_name="__main__")
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        if isinstance(stop.code, str):
            os.write(2, f"{stop.code}\n".encode())
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
