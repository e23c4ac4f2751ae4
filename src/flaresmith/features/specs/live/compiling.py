"""Compiling off the event loop: a project that is compiled again makes only what has changed."""

from __future__ import annotations

import asyncio
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock as Mutex

from flaresmith.compiler.build import Build, build
from flaresmith.compiler.cache import Cache
from flaresmith.compiler.lock import Lock

KEPT = 4  # projects whose last build each process keeps; one of 1,000 schemas holds some 150 MB


async def compiled(
    project_id: uuid.UUID, files: Mapping[str, bytes], *, name: str, lock: Lock | None = None, emit: bool = True
) -> Build:
    """Everything that is generated from the documents, or with `emit` False only what is understood of them."""
    return await asyncio.to_thread(_compiled, project_id, files, name, lock, emit)


def _compiled(project_id: uuid.UUID, files: Mapping[str, bytes], name: str, lock: Lock | None, emit: bool) -> Build:
    targets = None if emit else ()
    mutex, cache = _kept(project_id)
    if not mutex.acquire(blocking=False):  # somebody compiles it at this moment: nothing is worth waiting for
        return build(files, name=name, lock=lock, targets=targets)
    try:
        return build(files, name=name, lock=lock, targets=targets, cache=cache if emit else None)
    finally:
        mutex.release()


_caches: OrderedDict[uuid.UUID, tuple[Mutex, Cache]] = OrderedDict()
_turn = Mutex()


def _kept(project_id: uuid.UUID) -> tuple[Mutex, Cache]:
    with _turn:
        kept = _caches.setdefault(project_id, (Mutex(), Cache()))
        _caches.move_to_end(project_id)
        while len(_caches) > KEPT:
            _caches.popitem(last=False)
        return kept
