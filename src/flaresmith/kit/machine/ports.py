"""Loopback ports: a free one, a remembered one, a fixed one, and who has it when it is taken."""

from __future__ import annotations

import contextlib
import errno
import socket
import time
from pathlib import Path

from flaresmith.kit.errors import Unavailable
from flaresmith.kit.machine.process import POLL

LOOPBACK = "127.0.0.1"


def listen(port: int, host: str = LOOPBACK, *, patience: float = 0.0) -> socket.socket:
    """A listening socket; port 0 takes any free one. A taken port is Unavailable and says by whom it is taken.

    Connections wait in its backlog from now on, so a port is never refused while the process behind it (re)starts.
    `patience` is how many seconds a predecessor may take to let go.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            return _bind(host, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise _explain(error, port) from error
        time.sleep(POLL)


def listen_near(port: int) -> socket.socket:
    """A listening socket on this port when it is free, else on any other."""
    try:
        return listen(port)
    except Unavailable:
        return listen(0)


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    try:
        _bind(LOOPBACK, port).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with _bind(LOOPBACK, 0) as listener:
        return int(listener.getsockname()[1])


def user_of(port: int) -> str:
    """Who listens on a port, as `node (process 123)`; empty when the kernel does not tell us."""
    sockets = {f"socket:[{inode}]" for inode in _inodes(port)}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and sockets and _has_one_of(entry, sockets):
            return f"{(entry / 'comm').read_text().strip()} (process {entry.name})"
    return ""


def _bind(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


def _explain(error: OSError, port: int) -> Unavailable:
    if error.errno == errno.EACCES:
        return Unavailable(f"Port {port} is reserved for root.", hint="Choose a port above 1023.")
    if error.errno != errno.EADDRINUSE:
        return Unavailable(f"Port {port} cannot be used: {error.strerror}.", hint="Check the host name.")
    by = user_of(port)
    return Unavailable(f"Port {port} is taken{f' by {by}' if by else ''}.", hint="Stop it, or use --ports auto.")


def _inodes(port: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:  # 0A: listening
                    found.add(fields[9])
    return found


def _has_one_of(process: Path, sockets: set[str]) -> bool:
    with contextlib.suppress(OSError):
        return any(_target(link) in sockets for link in (process / "fd").iterdir())
    return False


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""
