"""The PostgreSQL server on which databases are made: short connections as its administrator, and addresses on it."""

from __future__ import annotations

import contextlib
import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import asyncpg

from flaresmith.kit.errors import Forbidden, Unavailable

_TIMEOUT_S = 120.0


@dataclass(frozen=True, slots=True)
class Server:
    """One server: the administrator's address, and the key from which the passwords of environments are derived."""

    dsn: str
    key: bytes

    @property
    def host(self) -> str:
        """Where it listens."""
        return urlsplit(self.dsn).hostname or "127.0.0.1"

    @property
    def port(self) -> int:
        """On which port."""
        return urlsplit(self.dsn).port or 5432

    def password(self, role: str) -> str:
        """The password of a role: the same every time it is asked for, unknown to whom the key is unknown."""
        return hmac.digest(self.key, f"database:{role}".encode(), "sha256").hex()

    def url(self, role: str, database: str) -> str:
        """The address with which a role reaches a database."""
        netloc = f"{quote(role)}:{self.password(role)}@{self._netloc()}"
        return urlunsplit(urlsplit(self.dsn)._replace(scheme="postgresql", netloc=netloc, path=f"/{quote(database)}"))

    def _netloc(self) -> str:
        return urlsplit(self.dsn).netloc.rpartition("@")[2] or "127.0.0.1"

    @contextlib.asynccontextmanager
    async def session(self, database: str | None = None) -> AsyncIterator[Any]:
        """A connection as administrator, to the database of the address or to another; closed in any case."""
        parts = urlsplit(self.dsn)
        wanted = database or unquote(parts.path.lstrip("/")) or "postgres"
        dsn = urlunsplit(parts._replace(scheme="postgresql"))
        try:
            connection = await asyncpg.connect(dsn, database=wanted, timeout=10, command_timeout=_TIMEOUT_S)
        except (OSError, TimeoutError, asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError) as error:
            raise Unavailable(
                f"The database server at {self.host}:{self.port} does not answer ({type(error).__name__}).",
                hint="Start it with `flaresmith up`, or check DATABASE_URL.",
                retry_after=1,
            ) from None
        except asyncpg.InvalidAuthorizationSpecificationError:
            raise Forbidden(
                f"The database server at {self.host}:{self.port} refuses the user of DATABASE_URL.",
                hint="Name a user who may create databases and roles.",
            ) from None
        try:
            yield connection
        except TimeoutError:
            connection.terminate()
            raise Unavailable(f"The database server did not finish within {_TIMEOUT_S:.0f} s.", retry_after=1) from None
        finally:
            with contextlib.suppress(TimeoutError, OSError):
                await connection.close(timeout=5)
