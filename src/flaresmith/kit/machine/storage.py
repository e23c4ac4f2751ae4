"""Private folders and files: 0700 and 0600, written whole or not at all, and clear words when the disk refuses."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from flaresmith.kit.errors import Unavailable

MEBIBYTE = 1024 * 1024


def private_directory(path: Path) -> Path:
    """Make a folder that only we may enter (0700), parents included; an existing one of ours is closed to others."""
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            path.mkdir(mode=0o700)
        found = path.stat()
        if not stat.S_ISDIR(found.st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))
        if found.st_uid != os.geteuid() or found.st_mode & stat.S_ISVTX:
            raise Unavailable(f"{path} belongs to somebody else or is shared.", hint="Name a folder of your own.")
        if stat.S_IMODE(found.st_mode) != 0o700:
            path.chmod(0o700)
    return path


def write_private(path: Path, text: str) -> None:
    """Replace a file (0600) so that a reader, or a crash, sees the old text or the new one and nothing between."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with explained(path):
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise


def kept_secret(path: Path) -> str:
    """The secret in a file; made on first use, 24 random characters that need no quoting anywhere."""
    if text := read_text(path):
        return text
    secret = secrets.token_urlsafe(18).replace("-", "x").replace("_", "y")
    write_private(path, secret)
    return secret


def read_text(path: Path) -> str:
    """The text of a small file without surrounding space, empty when there is none."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def require_space(path: Path, mebibytes: int) -> None:
    """Refuse to start when the disk under `path` is too full or read-only."""
    with explained(path):
        disk = os.statvfs(path)
    free = disk.f_bavail * disk.f_frsize // MEBIBYTE
    if disk.f_flag & os.ST_RDONLY:
        raise _explain(OSError(errno.EROFS, ""), path)
    if free < mebibytes:
        message = f"The disk is full: {path} has {free} MiB left and needs {mebibytes} MiB."
        raise Unavailable(message, hint="Free some space, or choose another disk with --data DIR.")


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what the operating system says about a path into one sentence that says what to do."""
    try:
        yield
    except OSError as error:
        raise _explain(error, path) from error


def _explain(error: OSError, path: Path) -> Unavailable:
    message, hint = _words(error, path)
    return Unavailable(message, hint=hint)


def _words(error: OSError, path: Path) -> tuple[str, str]:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"The disk is full: {path} cannot be written.",
            "Free some space, or choose another disk with --data DIR.",
        )
    if error.errno == errno.EROFS:
        return f"{path} is on a read-only disk.", "Choose a folder that can be written with --data DIR."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"You may not write to {path}.", "Choose a folder of your own with --data DIR."
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return "Too many files are open.", "Raise the limit: `ulimit -n 4096`."
    return f"{path} cannot be used: {error.strerror or error}.", "Choose another folder with --data DIR."
