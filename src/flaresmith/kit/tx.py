"""The one place that opens a transaction. A `Tx` is an open transaction that knows who is asking.

A transaction never waits for the outside world: `inside()` tells whether one is open, and `kit.http` refuses then.
"""

from __future__ import annotations

import asyncio
import uuid
import weakref
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import orjson
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from flaresmith.kit import clock
from flaresmith.kit.actor import Actor, Realm
from flaresmith.kit.errors import BadRequest, Conflict, NotFound, Problem, Unauthenticated, Unavailable
from flaresmith.kit.events import Event, EventRow
from flaresmith.kit.model import APP, SYSTEM
from flaresmith.kit.permissions import Permission, check_role
from flaresmith.kit.settings import settings

T = TypeVar("T")
_open: ContextVar[bool] = ContextVar("transaction_open", default=False)

_REFUSED = "42501"  # insufficient_privilege: a row policy said no, so the row is of somebody else
_NOT_TEXT = ("22021", "22P05")  # a NUL in text, in text inside JSON
_IDENTITY = text(
    "SELECT set_config('role', :db_role, true), set_config('flaresmith.user_id', :user_id, true),"
    " set_config('flaresmith.org_id', :org_id, true), set_config('flaresmith.realm', :realm, true),"
    " set_config('flaresmith.role', :role, true)"
)


class DatabaseUnavailable(Unavailable):
    """The database does not answer; nothing was changed. Try again in a moment."""

    code = "DATABASE_UNAVAILABLE"


@dataclass(frozen=True, slots=True)
class Tx:
    """An open transaction: whose it is, the session to read and write with, and what happened in it."""

    actor: Actor
    session: AsyncSession
    now: datetime

    def require(self, needed: Permission, role: str = "") -> None:
        """Raise unless the actor may do this; `role` is the actor's role in the project at hand.

        The system may do everything. Scoped actors (API keys, tools) need the permission's name among their scopes.
        """
        if self.actor.realm is Realm.SYSTEM:
            return
        if self.actor.anonymous:
            raise Unauthenticated()
        if self.actor.scopes is not None and needed.name not in self.actor.scopes:
            check_role("", needed)
        if needed.roles:
            check_role(role, needed)

    def add(self, row: Any) -> None:
        """Have a row written with this transaction."""
        self.session.add(row)

    async def flush(self, taken: Mapping[str, type[Problem]] | None = None) -> None:
        """Write now; a violated constraint named in `taken` becomes that error."""
        try:
            await self.session.flush()
        except IntegrityError as error:
            raise _translated(error, taken or {}) from error

    async def emit(self, event: Event, *, key: str = "") -> uuid.UUID:
        """Say what happened, in this transaction, and have its listeners started when it commits.

        With `key` (an idempotency key) the event's id is deterministic: saying it twice starts nothing twice.
        """
        row = EventRow.of(event, self.actor, key=key)
        await self.session.execute(
            text("SELECT auth.emit(:id, :name, CAST(:payload AS jsonb), :org_id, :actor_id, :request_id)"),
            {
                "id": row.id,
                "name": row.name,
                "payload": orjson.dumps(row.payload).decode(),
                "org_id": row.org_id,
                "actor_id": row.actor_id,
                "request_id": row.request_id,
            },
        )
        return row.id


@asynccontextmanager
async def begin(actor: Actor, *, read_only: bool = False) -> AsyncIterator[Tx]:
    """Open a transaction as `actor`; commit at the end, roll back on any exception.

    `read_only` makes PostgreSQL refuse every write. Nesting raises. Raises DatabaseUnavailable when it is down.
    """
    if _open.get():
        raise RuntimeError("a transaction is already open: pass its tx on instead of opening another")
    session = _sessions()(actor.realm)
    _open.set(True)
    try:
        async with session:
            try:
                async with session.begin():
                    if read_only:
                        await session.connection(execution_options={"postgresql_readonly": True})
                    await session.execute(_IDENTITY, _identity(actor))
                    yield Tx(actor, session, clock.now())
            except IntegrityError as error:
                raise _translated(error, {}) from error
            except (OperationalError, InterfaceError, ConnectionError, TimeoutError) as error:
                raise DatabaseUnavailable() from error
            except DBAPIError as error:
                if error.connection_invalidated:
                    raise DatabaseUnavailable() from error
                if getattr(error.orig, "sqlstate", "") == _REFUSED:
                    raise NotFound() from error
                if getattr(error.orig, "sqlstate", "") in _NOT_TEXT:
                    raise BadRequest("Text cannot hold a NUL character.") from error
                raise
    finally:
        _open.set(False)


def inside() -> bool:
    """Whether a transaction is open here."""
    return _open.get()


async def ping() -> None:
    """One round trip; raises DatabaseUnavailable."""
    try:
        async with _sessions().engines[Realm.USER].connect() as connection:
            await connection.execute(text("SELECT 1"))
    except (DBAPIError, OSError, TimeoutError) as error:
        raise DatabaseUnavailable() from error


async def close() -> None:
    """Close the pools of this event loop."""
    found = _by_loop.pop(asyncio.get_running_loop(), None)
    if found is not None:
        for engine in {id(e): e for e in found.engines.values()}.values():
            await engine.dispose()


class _Sessions:
    """The pools of one event loop: users and the rest apart, so that one cannot starve the other."""

    def __init__(self) -> None:
        user = _engine(settings().pool_size)
        reserved = _engine(max(2, settings().pool_size // 4))
        self.engines: dict[Realm, AsyncEngine] = {Realm.USER: user, Realm.ADMIN: reserved, Realm.SYSTEM: reserved}
        self.makers = {realm: async_sessionmaker(e, expire_on_commit=False) for realm, e in self.engines.items()}

    def __call__(self, realm: Realm) -> AsyncSession:
        return self.makers[realm]()


_by_loop: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Sessions] = weakref.WeakKeyDictionary()


def _sessions() -> _Sessions:
    loop = asyncio.get_running_loop()
    if loop not in _by_loop:
        _by_loop[loop] = _Sessions()
    return _by_loop[loop]


def _engine(size: int) -> AsyncEngine:
    if not settings().database_url:
        raise Unavailable("DATABASE_URL is not set; `flaresmith up` brings a database of its own.")
    url = settings().database_url.replace("postgres://", "postgresql://", 1)
    return create_async_engine(
        url.replace("postgresql://", "postgresql+asyncpg://", 1),
        pool_size=size,
        max_overflow=size,
        pool_timeout=10,
        pool_pre_ping=True,
        hide_parameters=True,  # values of a failed statement do not belong in logs
        connect_args={"timeout": 10, "server_settings": {"jit": "off", "application_name": "flaresmith"}},
    )


def _identity(actor: Actor) -> dict[str, str]:
    return {
        "db_role": SYSTEM if actor.realm is Realm.SYSTEM else APP,
        "user_id": str(actor.user_id or ""),
        "org_id": str(actor.org_id or ""),
        "realm": actor.realm.value,
        "role": actor.role,
    }


def _translated(error: IntegrityError, taken: Mapping[str, type[Problem]]) -> Problem:
    constraint = getattr(getattr(error.orig, "__cause__", None), "constraint_name", None) or ""
    return taken[constraint]() if constraint in taken else Conflict(context={"constraint": constraint})
