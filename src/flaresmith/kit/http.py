"""Calls to the outside over HTTP, each with a timeout, a bounded answer and a trace; refused inside a transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from flaresmith.kit import tx
from flaresmith.kit.errors import Unavailable, Upstream


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; Upstream when it is not."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise Upstream("The answer is not JSON.") from None


async def request(
    method: str,
    url: str,
    *,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 30,
    max_bytes: int = 32 * 1024 * 1024,
) -> Reply:
    """One call. Raises Unavailable when nothing answers in `timeout` seconds, Upstream when the answer is too long."""
    if tx.inside():
        raise RuntimeError("a transaction is open: nothing may wait for the outside world in it")
    body = None if json is None else orjson.dumps(json)
    sent = {**({"Content-Type": "application/json"} if body is not None else {}), **(headers or {})}
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=timeout)) as session,
            session.request(method, url, data=body, headers=sent, allow_redirects=False) as response,
        ):
            content = await response.content.read(max_bytes + 1)
            while len(content) <= max_bytes and (more := await response.content.read(max_bytes)):
                content += more
            if len(content) > max_bytes:
                raise Upstream("The answer is too long.")
            return Reply(response.status, dict(response.headers), content)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Unavailable(f"Nothing answers at {url.split('?')[0]}.") from error
