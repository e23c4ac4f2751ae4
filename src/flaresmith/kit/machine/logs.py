"""Log files of the parts: kept small, and followed while they grow."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

LIMIT = 10 * 1024 * 1024  # bytes
KEEP = 3  # old files: name.log.1 (the youngest) to name.log.3


def rotate(path: Path, *, limit: int = LIMIT, keep: int = KEEP) -> bool:
    """Move a log that has grown past `limit` bytes to `.1`; True when it did.

    The writer keeps its file, which is copied and emptied: a line written in between may be lost, none is torn.
    """
    try:
        if path.stat().st_size <= limit:
            return False
        for number in range(keep, 1, -1):
            older = _numbered(path, number - 1)
            if older.exists():
                older.replace(_numbered(path, number))
        shutil.copyfile(path, _numbered(path, 1))
        _numbered(path, 1).chmod(0o600)
        os.truncate(path, 0)
    except OSError:  # a full disk must not stop the supervisor; the log is then cut without a copy
        if path.exists():
            os.truncate(path, 0)
    return True


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")


class Follower:
    """Reads the lines that are added to a log from now on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offset = path.stat().st_size if path.exists() else 0
        self._rest = b""

    def lines(self) -> Iterator[str]:
        """The whole lines that have been added since the last call."""
        try:
            with self.path.open("rb") as file:
                if os.fstat(file.fileno()).st_size < self._offset:  # rotated
                    self._offset = 0
                file.seek(self._offset)
                added = file.read()
        except FileNotFoundError:
            return
        self._offset += len(added)
        *whole, self._rest = (self._rest + added).split(b"\n")
        for line in whole:
            yield line.decode("utf-8", "replace")
