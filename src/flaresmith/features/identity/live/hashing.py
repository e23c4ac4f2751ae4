"""Password hashes: argon2id (19 MiB, two passes) in as many threads as there are cores, never on the event loop.

More work than the threads finish in about a second is refused at once with 503, so that a flood of sign-ins slows
sign-ins down and nothing else.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from flaresmith.features.identity.errors import SignInBusy
from flaresmith.kit.crypto import new_token

T = TypeVar("T")
_THREADS = os.cpu_count() or 1
_WAITING = 50 * _THREADS  # some 17 ms each
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, hash_len=32, salt_len=16)
_under_way = 0


async def hashed(password: str) -> str:
    """The hash to keep, in PHC notation. Raises SignInBusy."""
    return await _in_pool(lambda: _hasher.hash(password))


async def verified(password: str, kept: str | None) -> bool:
    """Whether the password is the one behind `kept`; takes as long when there is none. Raises SignInBusy."""
    right = await _in_pool(lambda: _matches(kept or _nobodys_hash(), password))
    return right and kept is not None


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


async def _in_pool(work: Callable[[], T]) -> T:
    global _under_way
    if _under_way >= _WAITING:
        raise SignInBusy(retry_after=1)
    _under_way += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_pool(), work)
    finally:
        _under_way -= 1


def _matches(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _pool() -> ThreadPoolExecutor:
    """Made at first use, because threads do not survive a fork; the hash of nobody is ready before the first check."""
    _nobodys_hash()
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="argon2")


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(new_token())
