"""The Redis-protocol server: what may be lost. Without it nothing becomes wrong, only slower or refused."""

from __future__ import annotations

import asyncio
import weakref
from typing import Any

from redis import asyncio as aioredis
from redis.exceptions import RedisError

from flaresmith.kit.errors import Unavailable
from flaresmith.kit.settings import settings

_by_loop: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Any] = weakref.WeakKeyDictionary()


def client() -> Any:
    """The client of this event loop; Unavailable when REDIS_URL is not set."""
    loop = asyncio.get_running_loop()
    if loop not in _by_loop:
        if not settings().redis_url:
            raise Unavailable("REDIS_URL is not set; `flaresmith up` brings a server of its own.")
        _by_loop[loop] = aioredis.from_url(settings().redis_url, socket_timeout=2, socket_connect_timeout=2)
    return _by_loop[loop]


async def ping() -> None:
    """One round trip; Unavailable when it does not answer."""
    try:
        await client().ping()
    except (RedisError, OSError) as error:
        raise Unavailable("The Redis server does not answer.") from error


async def close() -> None:
    """Close the connections of this event loop."""
    found = _by_loop.pop(asyncio.get_running_loop(), None)
    if found is not None:
        await found.aclose()
