"""Servers that are not ours: whether DATABASE_URL and REDIS_URL answer and are new enough."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from flaresmith.kit.errors import Unavailable

SECONDS = 10.0
OLDEST_POSTGRES = 15


def check_database(url: str) -> str:
    """The version of the PostgreSQL behind a URL, as `18.1`; Unavailable says what is wrong and never the password."""
    import asyncpg

    try:
        version = asyncio.run(_server_version(url))
    except (OSError, ValueError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        hint = "Check DATABASE_URL, or unset it to use the PostgreSQL that comes along."
        raise Unavailable(f"No PostgreSQL answers at {_place(url)}: {_words(error, url)}.", hint=hint) from None
    if int(version.split(".")[0]) < OLDEST_POSTGRES:
        message = f"PostgreSQL {version} at {_place(url)} is too old."
        raise Unavailable(message, hint=f"Use PostgreSQL {OLDEST_POSTGRES} or newer, or unset DATABASE_URL.")
    return version


async def _server_version(url: str) -> str:
    import asyncpg

    connection = await asyncpg.connect(url, timeout=SECONDS)
    try:
        found: str = await connection.fetchval("show server_version")
        return found.split()[0]  # `18.1 (Debian 18.1-1)`
    finally:
        await connection.close(timeout=SECONDS)


def check_redis(url: str) -> str:
    """The version of the Redis or Valkey behind a URL; Unavailable says what is wrong and never the password."""
    import redis

    try:
        with redis.Redis.from_url(url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS) as client:
            found = client.info("server")
    except (OSError, ValueError, redis.RedisError) as error:
        hint = "Check REDIS_URL, or unset it to use the Valkey that comes along."
        raise Unavailable(f"No Redis answers at {_place(url)}: {_words(error, url)}.", hint=hint) from None
    return str(found.get("valkey_version") or found.get("redis_version") or "unknown")


def _place(url: str) -> str:
    try:
        parts = urlsplit(url)
        return f"{parts.hostname or 'its host'}:{parts.port or 'its port'}{parts.path}"
    except ValueError:
        return "the given URL"


def _words(error: Exception, url: str) -> str:
    try:
        password = urlsplit(url).password or ""
    except ValueError:
        return "the URL is malformed"
    text = (str(error) or type(error).__name__).splitlines()[0].rstrip(".")
    return text.replace(password, "…") if password else text
