"""The log of one service: what its processes print, without secrets, in files that do not grow without end."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from flaresmith.kit.machine import storage
from flaresmith.kit.machine.logs import rotate
from flaresmith.kit.redact import BY_VALUE, redacted_text

_LARGEST_FILE = 5 * 1024 * 1024
_KEPT_FILES = 3
_LONGEST_LINE = 16 * 1024
_TAIL_BYTES = 256 * 1024


class Log:
    """Appends lines to `<name>.log`. A write is one small append to a local file: it does not hold up the loop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        storage.private_directory(path.parent)
        self._file: int | None = None
        self._size = 0

    def write(self, line: str) -> None:
        """Add one line with the time in front."""
        text = f"{datetime.now(UTC).isoformat(timespec='milliseconds')} {line}\n".encode(errors="replace")
        if self._file is None or self._size > _LARGEST_FILE:
            self._open()
        assert self._file is not None
        try:
            self._size += os.write(self._file, text)
        except OSError:  # a full disk must not take the service down
            return

    def tail(self, lines: int) -> list[str]:
        """The newest lines, oldest first."""
        try:
            with self._path.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
                return file.read().decode(errors="replace").splitlines()[-lines:]
        except FileNotFoundError:
            return []

    def remove(self) -> None:
        """Close and delete the log with its older files."""
        self.close()
        for path in self._path.parent.glob(f"{self._path.name}*"):
            path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file; the next write opens it again."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self) -> None:
        self.close()
        rotate(self._path, limit=_LARGEST_FILE, keep=_KEPT_FILES)
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._size = os.fstat(self._file).st_size


async def follow(stream: asyncio.StreamReader, log: Log, last: deque[str], secrets: Iterable[str]) -> None:
    """Write every line of a process to its log and to `last`, with its secrets blotted out, until it ends."""
    hidden = [secret for secret in secrets if len(secret) >= 8]
    while True:
        try:
            line = await stream.readuntil(b"\n")
        except asyncio.IncompleteReadError as end:
            line = end.partial
        except asyncio.LimitOverrunError as long:
            line = await stream.readexactly(min(long.consumed, _LONGEST_LINE) or 1)
        if not line:
            return
        text = _without(hidden, line.decode(errors="replace").rstrip("\n"))
        last.append(text)
        log.write(text)


def _without(secrets: Iterable[str], text: str) -> str:
    for secret in secrets:
        text = text.replace(secret, BY_VALUE)
    return redacted_text(text[:_LONGEST_LINE])
