"""Talk to the daemon; while it restarts, wait for it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import orjson

from flaresmith.providers.local.runtime.failures import RuntimeUnavailable, from_json

_PATIENCE_S = 20.0
_PAUSE_S = 0.1


class Daemon:
    """The daemon of one data folder, wherever it is right now."""

    def __init__(self, home: Path, *, patience_s: float = _PATIENCE_S, longest_s: float = 900.0) -> None:
        self._announcement = home / "daemon.json"
        self._patience_s = patience_s
        self._timeout = aiohttp.ClientTimeout(total=longest_s, connect=5)

    async def request(self, method: str, *path: str, body: Any = None, **query: str) -> Any:
        """The answer to one request, or the problem it tells of; every request of ours may be repeated.

        RuntimeUnavailable if the daemon cannot be reached for 20 s.
        """
        heard = time.monotonic()
        while time.monotonic() - heard < self._patience_s:
            asked = time.monotonic()
            with contextlib.suppress(OSError, ValueError, KeyError, TimeoutError, aiohttp.ClientError, _NotHere):
                return await self._once(method, path, body, query)
            if time.monotonic() - asked > self._patience_s:
                heard = time.monotonic()  # it worked for long and was then cut off: wait for its successor
            await asyncio.sleep(_PAUSE_S)
        raise RuntimeUnavailable(
            "The local runtime does not answer.", hint="Start it with `flaresmith up`.", retry_after=2
        )

    async def _once(self, method: str, path: tuple[str, ...], body: Any, query: dict[str, str]) -> Any:
        where = orjson.loads(await asyncio.to_thread(self._announcement.read_bytes))
        url = "/".join([where["url"], *(quote(part, safe="") for part in path)])
        headers = {"Authorization": f"Bearer {where['token']}"}
        data = orjson.dumps(body) if body is not None else None
        async with (
            aiohttp.ClientSession(timeout=self._timeout) as session,
            session.request(method, url, data=data, params=query, headers=headers) as answer,
        ):
            content = await answer.read()
            if answer.status == 401:
                raise _NotHere
            if answer.status >= 400:
                raise from_json(orjson.loads(content))
            return orjson.loads(content)


class _NotHere(Exception):
    """Another program has the port of a daemon that is gone."""
