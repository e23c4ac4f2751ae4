"""Who is behind an access token: one look into the database, remembered in this process for a second at most."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import replace
from datetime import datetime

from flaresmith.features.identity import queries
from flaresmith.features.identity import service as identity
from flaresmith.features.identity.errors import TokenExpired
from flaresmith.features.identity.queries import Presented
from flaresmith.kit import clock
from flaresmith.kit.actor import Actor, system
from flaresmith.kit.crypto import token_hash
from flaresmith.kit.tx import begin

SECOND = 1.0  # how long another process may go on believing in a session that was ended
_MOST = 10_000
_LONGEST = 256
_known: OrderedDict[bytes, tuple[float, datetime, Actor]] = OrderedDict()


async def authenticate(token: str, via: str, request_id: str) -> Actor | None:
    """The actor behind a token (a cookie's or a bearer's), None for an unknown, ended or expired one.

    Raises TokenExpired for an expired bearer, so that its program knows to refresh; DatabaseUnavailable.
    """
    if len(token) > _LONGEST or not token.isascii():
        return None
    key = token_hash(token)
    actor = _remembered(key) or await _found(key, via, request_id)
    return replace(actor, via=via, request_id=request_id) if actor is not None else None


def forget() -> None:
    """Believe in no session without looking again, because one has ended."""
    _known.clear()


def _remembered(key: bytes) -> Actor | None:
    until, expires_at, actor = _known.get(key, (0.0, clock.now(), None))
    return actor if time.monotonic() < until and clock.now() < expires_at else None


async def _found(key: bytes, via: str, request_id: str) -> Actor | None:
    asked = time.monotonic()
    async with begin(system(request_id=request_id)) as tx:
        found = await queries.find_presented(tx, key)
        if found is None:
            return None
        if found.expires_at > tx.now and tx.now - found.last_seen_at > identity.SEEN_EVERY:
            await identity.touch(tx, found)
    if found.expires_at > tx.now:
        return _remember(key, asked + SECOND, found)
    if via == "bearer":
        raise TokenExpired()
    return None


def _remember(key: bytes, until: float, found: Presented) -> Actor:
    actor = Actor(
        realm=found.realm,
        user_id=found.user_id,
        org_id=found.org_id,
        session_id=found.session_id,
        role=found.role,
        email=found.email,
    )
    _known[key] = (until, found.expires_at, actor)
    while len(_known) > _MOST:
        _known.popitem(last=False)
    return actor
