"""Paths that cannot leave their folder, and a key that is made once."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path, PurePosixPath

from flaresmith.kit.errors import Invalid
from flaresmith.kit.machine import storage

ReadBlob = Callable[[str], Awaitable[bytes]]


def read_or_make_key(path: Path) -> bytes:
    """The secret bytes kept in a file (0600); made on first use, and the same for everybody who asks at once."""
    if not path.exists():
        storage.private_directory(path.parent)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(6)}")
        storage.write_private(draft, secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_bytes()


def checked_path(path: str) -> str:
    """A relative path that stays inside its folder and out of `.git`, on every system; raises Invalid."""
    parts = PurePosixPath(path).parts
    hostile = (
        not parts
        or path.startswith("/")
        or any(char in path for char in "\\\0\n\r")
        or path != "/".join(parts)
        or any(part in (".", "..") or part.casefold().rstrip(". ") in (".git", "git~1") for part in parts)
        or len(path.encode(errors="surrogatepass")) > 1024
    )
    if hostile:
        raise Invalid(f"The path {path[:200]!r} is refused.", hint="Use a relative path without .., backslash or .git.")
    return path
