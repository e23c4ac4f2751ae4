"""Content-addressed bytes: a blob is written once under its SHA-256 and never changes."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from flaresmith.kit.errors import Failed
from flaresmith.kit.settings import settings


async def put(content: bytes) -> str:
    """Keep the bytes; returns their address, hex SHA-256."""
    return await asyncio.to_thread(_put, content)


async def put_all(files: Mapping[str, bytes]) -> dict[str, str]:
    """Keep many files; returns path → address."""
    return await asyncio.to_thread(lambda: {path: _put(content) for path, content in files.items()})


async def get(address: str) -> bytes:
    """The bytes at an address; Failed when they are gone or changed."""
    return await asyncio.to_thread(_get, address)


async def get_all(files: Mapping[str, str]) -> dict[str, bytes]:
    """Many files: path → address becomes path → bytes."""
    return await asyncio.to_thread(lambda: {path: _get(address) for path, address in files.items()})


async def find_all(wanted: Iterable[str]) -> dict[str, bytes]:
    """Those of some contents that are here, by address."""

    def look() -> dict[str, bytes]:
        found = {}
        for address in wanted:
            with contextlib.suppress(Failed):
                found[address] = _get(address)
        return found

    return await asyncio.to_thread(look)


def addresses(files: Mapping[str, bytes]) -> dict[str, str]:
    """What `put_all` would return, without writing."""
    return {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}


def tree_address(files: Iterable[tuple[str, str]]) -> str:
    """One address for a whole tree of path → address."""
    return hashlib.sha256("\n".join(f"{path}\0{address}" for path, address in sorted(files)).encode()).hexdigest()


def _put(content: bytes) -> str:
    address = hashlib.sha256(content).hexdigest()
    path = _path(address)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"{address}.{os.getpid()}.{id(content)}")
        draft.write_bytes(content)
        draft.replace(path)
    return address


def _get(address: str) -> bytes:
    if len(address) != 64 or not all(c in "0123456789abcdef" for c in address):
        raise Failed("That is not the address of a stored file.")
    try:
        content = _path(address).read_bytes()
    except FileNotFoundError:
        raise Failed(f"A stored file is missing: {address[:12]}.") from None
    if hashlib.sha256(content).hexdigest() != address:
        raise Failed(f"A stored file was changed on disk: {address[:12]}.")
    return content


def _path(address: str) -> Path:
    return settings().data / "blobs" / address[:2] / address
