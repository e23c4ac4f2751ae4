"""Git objects made in memory: blobs, trees, commits and tags, handed to Git together as one pack.

No index, no work tree and no temporary ref is needed, nothing is left behind by a kill, and two who make the same
objects at the same time make the same pack.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

TREE = "40000"
FILE = "100644"

_KINDS = {"commit": 1, "tree": 2, "blob": 3, "tag": 4}


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a tree: its mode as Git writes it, and the hash of its content."""

    mode: str
    blob: str


def object_hash(kind: str, content: bytes) -> str:
    """The hash under which Git keeps this content."""
    return hashlib.sha1(b"%s %d\0" % (kind.encode(), len(content)) + content, usedforsecurity=False).hexdigest()


class Objects:
    """Objects to be written; those that the repository has already (`known`) are left out."""

    def __init__(self, known: Collection[str] = ()) -> None:
        self._known = known
        self._made: dict[str, tuple[int, bytes]] = {}

    def add(self, kind: str, content: bytes) -> str:
        """Make one object of kind commit, tree, blob or tag; its hash."""
        sha = object_hash(kind, content)
        if sha not in self._known:
            self._made[sha] = (_KINDS[kind], content)
        return sha

    def add_tree(self, entries: Mapping[str, Entry]) -> str:
        """Make the trees that hold these files by path; the hash of the outermost."""
        root: dict[str, Any] = {}
        for path, entry in entries.items():
            *folders, name = path.split("/")
            place = root
            for folder in folders:
                place = place.setdefault(folder, {})
            place[name] = entry
        return self._add_folder(root)

    def pack(self) -> bytes:
        """All objects in Git's pack format, version 2."""
        parts = [b"PACK" + (2).to_bytes(4, "big") + len(self._made).to_bytes(4, "big")]
        for kind, content in self._made.values():
            parts += [_header(kind, len(content)), zlib.compress(content, 1)]
        packed = b"".join(parts)
        return packed + hashlib.sha1(packed, usedforsecurity=False).digest()

    def _add_folder(self, folder: Mapping[str, Any]) -> str:
        lines = []
        for name, found in folder.items():
            inner = isinstance(found, dict)
            mode, sha = (TREE, self._add_folder(found)) if inner else (found.mode, found.blob)
            raw = name.encode(errors="surrogateescape")
            lines.append((raw + b"/" if inner else raw, mode.encode() + b" " + raw + b"\0" + bytes.fromhex(sha)))
        return self.add("tree", b"".join(line for _, line in sorted(lines)))


def _header(kind: int, size: int) -> bytes:
    """Kind and size of an object, the size in groups of 4, 7, 7 … bits with the lowest first."""
    first, size = kind << 4 | size & 15, size >> 4
    header = bytearray()
    while size:
        header.append(first | 128)
        first, size = size & 127, size >> 7
    header.append(first)
    return bytes(header)
