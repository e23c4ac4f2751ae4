"""Programs as child processes: started without privileges, tied to our life, ended for certain."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from flaresmith.kit.errors import Unavailable
from flaresmith.kit.machine import launch

Isolation = Literal["none", "namespace", "nobody"]
POLL = 0.02  # seconds between two looks at a condition the kernel does not announce
_DEFAULTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGPIPE)


@dataclass(frozen=True, slots=True)
class Program:
    """A program to run. `keep` are file descriptors it inherits; `death_signal` is sent when we die, 0 for none.

    The kernel ties `death_signal` to the *thread* that starts the program: start it from a thread that stays.
    """

    argv: Sequence[str]
    log: Path
    cwd: Path = Path("/")
    environment: Mapping[str, str] = field(default_factory=dict)
    isolation: Isolation = "none"
    death_signal: int = signal.SIGTERM
    keep: tuple[int, ...] = ()


def spawn(program: Program) -> int:
    """Start a program in a session of its own, its output appended to its log; returns the process id."""
    order = {
        "argv": list(program.argv),
        "env": {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", **program.environment},
        "cwd": str(program.cwd),
        "isolation": program.isolation,
        "death_signal": int(program.death_signal),
        "parent": os.getpid(),
    }
    argv = [sys.executable, "-I", "-S", launch.__file__, json.dumps(order)]
    with _inherited(program.keep):
        return os.posix_spawn(
            sys.executable,
            argv,
            {"PATH": os.defpath, "LC_ALL": "C"},
            file_actions=_output_to(program.log),
            setsid=True,
            setsigmask=[],
            setsigdef=_DEFAULTS,
        )


def _output_to(log: Path) -> list[tuple[object, ...]]:
    return [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]


@contextlib.contextmanager
def _inherited(descriptors: Sequence[int]) -> Iterator[None]:
    for descriptor in descriptors:
        os.set_inheritable(descriptor, True)
    try:
        yield
    finally:
        for descriptor in descriptors:
            os.set_inheritable(descriptor, False)


@cache
def isolation() -> Isolation:
    """How servers that refuse to be root run here: as they are, in a user namespace, or as user nobody."""
    if os.geteuid() != 0:
        return "none"
    return "namespace" if can_isolate("namespace") else "nobody"


def can_isolate(mode: Isolation) -> bool:
    """Whether this kernel lets us isolate a program in this way; tried, not guessed."""
    pid = spawn(Program(argv=(), log=Path(os.devnull), isolation=mode, death_signal=0))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def run(program: Program) -> int:
    """Run a program to its end; returns its exit code, negative when a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(spawn(program), 0)[1])


def exit_code(pid: int) -> int | None:
    """The exit code of a child of ours that has ended (it is then forgotten), None while it runs."""
    done, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if done else None


def is_alive(pid: int) -> bool:
    """Whether a process runs: it has an entry and is not a zombie. Reaps it when it is a child of ours."""
    with contextlib.suppress(ChildProcessError):
        if os.waitpid(pid, os.WNOHANG)[0]:
            return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


def end(pid: int, *signals: int, grace: float = 10.0) -> None:
    """End a process: each signal in turn, `grace` seconds after each, then SIGKILL. Returns when it is gone."""
    for number in (*signals, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        if wait_until(lambda: not is_alive(pid), grace):
            return
    raise Unavailable(f"Process {pid} does not end, not even killed.", hint="It hangs in the kernel: see `dmesg`.")


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for a condition; False when it did not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL)
    return True
