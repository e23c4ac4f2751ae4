"""`flaresmith.base`: what was generated last, where it stands nowhere else; the base of the next three-way merge.

One file beside `flaresmith.lock`: a line of magic, then per content its checksum, its packed length and its bytes
packed by zlib, in order of checksum. It only helps: what is damaged or missing in it is as if it were not there.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping

BASES_PATH = "flaresmith.base"
MAX_CONTENT = 16 * 1024 * 1024
_MAGIC = b"flaresmith.base 1\n"
_ENTRY = re.compile(rb"([0-9a-f]{64}) (\d{1,9})\n")


def read(data: bytes | None, wanted: Iterable[str]) -> dict[str, bytes]:
    """The wanted contents by checksum (hex sha256), as far as they are there and undamaged."""
    found = {}
    packed = dict(_entries(data or b""))
    for checksum in wanted:
        content = _unpacked(packed.get(checksum, b""))
        if content is not None and hashlib.sha256(content).hexdigest() == checksum:
            found[checksum] = content
    return found


def write(contents: Mapping[str, bytes], before: bytes | None = None) -> bytes:
    """The file that holds these contents by checksum; what `before` holds already is taken over as it is."""
    known = dict(_entries(before or b""))
    parts = [_MAGIC]
    for checksum in sorted(contents):
        packed = known.get(checksum)
        if packed is None or _unpacked(packed) != contents[checksum]:
            packed = zlib.compress(contents[checksum], 6)
        parts += [f"{checksum} {len(packed)}\n".encode(), packed]
    return b"".join(parts)


def _entries(data: bytes) -> Iterator[tuple[str, bytes]]:
    if not data.startswith(_MAGIC):
        return
    at = len(_MAGIC)
    while entry := _ENTRY.match(data, at):
        end = entry.end() + int(entry[2])
        if end > len(data):
            return
        yield entry[1].decode(), data[entry.end() : end]
        at = end


def _unpacked(packed: bytes) -> bytes | None:
    """The content; None where it is damaged, or larger than anything that was generated."""
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(packed, MAX_CONTENT)
    except zlib.error:
        return None
    return content if unpacker.eof else None
