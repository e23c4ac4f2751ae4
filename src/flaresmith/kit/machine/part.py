"""A part: something that the supervisor starts, watches, restarts and stops."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flaresmith.kit.errors import Problem
from flaresmith.kit.machine import launch, process
from flaresmith.kit.machine.server import EmbeddedServer

_PR_SET_NAME = 15


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Part:
    """`start` begins it and returns its process id; `is_ready` tells whether it answers.

    `stop_signals` are sent in turn, `grace` seconds apart, and then SIGKILL. `log` is None for one that shares our
    output. `explain` says why it did not start.
    """

    name: str
    start: Callable[[], int]
    is_ready: Callable[[], bool] = _always
    log: Path | None = None
    stop_signals: tuple[int, ...] = (signal.SIGTERM,)
    grace: float = 10.0
    explain: Callable[[], Problem] | None = None


def served(name: str, server: EmbeddedServer) -> Part:
    """A part that is an embedded server."""
    return Part(name, server.spawn, server.is_ready, server.log, server.stop_signals, 20.0, server.explain)


def program(name: str, argv: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> Part:
    """A part that is another program; it ends with us."""
    order = process.Program(argv, log, environment=environment or {})
    return Part(name, lambda: process.spawn(order), log=log)


def forked(
    name: str,
    run: Callable[[], None],
    *,
    log: Path | None = None,
    is_ready: Callable[[], bool] = _always,
    environment: Mapping[str, str] | None = None,
    keep: Sequence[socket.socket] = (),
    grace: float = 10.0,
) -> Part:
    """A part that is a function, run in a fork of this process: what is imported here is imported there.

    The child inherits no open file but those in `keep`; `environment` is set in the child alone.
    """

    def start() -> int:
        return fork(name, run, log=log, environment=environment or {}, keep=[one.fileno() for one in keep])

    return Part(name, start, is_ready, log, grace=grace)


def fork(
    name: str,
    run: Callable[[], None],
    *,
    log: Path | None,
    environment: Mapping[str, str],
    keep: Sequence[int] = (),
) -> int:
    """Run a function in a child process of its own session that dies with us; returns the child's id."""
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        _begin_life(name, parent, log)
        _close_others(keep)
        os.environ.update(environment)
        run()
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # never back into the supervisor's code


def _begin_life(name: str, parent: int, log: Path | None) -> None:
    launch.libc.prctl(_PR_SET_NAME, f"fs:{name}".encode()[:15], 0, 0, 0)  # as `ps` and `top` show it
    os.setsid()  # Ctrl-C in the terminal is for the supervisor, which then stops us in good order
    launch.die_with_parent(signal.SIGKILL, parent)
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.umask(0o077)
    with Path(os.devnull).open() as nothing:
        os.dup2(nothing.fileno(), 0)
    if log is not None:
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.close(output)


def _close_others(keep: Sequence[int]) -> None:
    """Not the lock, which would outlive the supervisor, and not the ports of others."""
    for link in list(Path("/proc/self/fd").iterdir()):
        if (number := int(link.name)) > 2 and number not in keep:
            with contextlib.suppress(OSError):  # the descriptor of the listing itself is gone already
                os.close(number)
