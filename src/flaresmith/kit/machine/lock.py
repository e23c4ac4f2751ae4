"""Locks that tell the truth: the kernel drops them with the last process that holds them, so nothing goes stale."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
from pathlib import Path

from flaresmith.kit.machine.process import wait_until


def acquire(path: Path, patience: float = 0.0) -> int | None:
    """Take the lock; returns its file descriptor, or None when somebody else has kept it for `patience` seconds."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if wait_until(lambda: _try(descriptor), patience):
        return descriptor
    os.close(descriptor)
    return None


def is_held(path: Path) -> bool:
    """Whether any process holds the lock; looking leaves no trace."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not _try(descriptor, fcntl.LOCK_SH)  # shared: two who look do not disturb each other
    finally:
        os.close(descriptor)


def holders(path: Path) -> list[int]:
    """Ids of the processes that hold the lock, ourselves left out; only those that we may look into."""
    try:
        wanted = path.stat()
    except FileNotFoundError:
        return []
    pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal())
    return sorted(pid for pid in pids if pid != os.getpid() and _holds(pid, wanted))


def evict(path: Path, patience: float) -> None:
    """Wait for the holders to go by themselves, then kill what is left."""
    if not wait_until(lambda: not is_held(path), patience):
        for pid in holders(path):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not is_held(path), patience)


def _try(descriptor: int, kind: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holds(pid: int, wanted: os.stat_result) -> bool:
    try:
        return any(_is_locked(pid, link, wanted) for link in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:  # gone, or not ours to look into
        return False


def _is_locked(pid: int, link: Path, wanted: os.stat_result) -> bool:
    with contextlib.suppress(OSError):
        found = link.stat()
        if (found.st_dev, found.st_ino) == (wanted.st_dev, wanted.st_ino):
            return "FLOCK" in Path(f"/proc/{pid}/fdinfo/{link.name}").read_text()
    return False
