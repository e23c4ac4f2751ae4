"""Which paths may be written: relative, portable, and one file each on every file system."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

MAX_PATH_BYTES = 1024
MAX_SEGMENT_BYTES = 255
_GIT_FOLDERS = frozenset({".git", "git~1"})


@lru_cache(maxsize=1 << 16)
def why_unsafe(path: str) -> str:
    """What is wrong with a path, in words that end a sentence; empty when nothing is."""
    if not path or path.startswith("/") or (len(path) > 1 and path[1] == ":"):
        return "is not relative"
    if "\\" in path or any(unicodedata.category(c) in {"Cc", "Cs"} for c in path):
        return "contains a backslash or a control character"
    segments = path.split("/")
    if any(segment in {"", ".", ".."} for segment in segments):
        return "has an empty, `.` or `..` segment"
    if any(_is_git(segment) for segment in segments):
        return "reaches into `.git`"
    if len(path.encode()) > MAX_PATH_BYTES or any(len(s.encode()) > MAX_SEGMENT_BYTES for s in segments):
        return f"is longer than {MAX_PATH_BYTES} bytes, or one segment is longer than {MAX_SEGMENT_BYTES}"
    return ""


def collisions(paths: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of paths that are one file on some file system, or of which one is the folder of the other."""
    seen: dict[str, str] = {}
    found = []
    for path in paths:
        if (other := seen.setdefault(_folded(path), path)) is not path:
            found.append((other, path))
    for folded, path in seen.items():
        head = folded
        while (slash := head.rfind("/")) > 0:
            head = head[:slash]
            if head in seen:
                found.append((seen[head], path))
                break
    return found


def _is_git(segment: str) -> bool:
    visible = "".join(c for c in segment if unicodedata.category(c) != "Cf")
    return visible.split(":")[0].rstrip(". ").lower() in _GIT_FOLDERS


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()
