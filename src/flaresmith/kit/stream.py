"""One append-only event log per stream, and its readers. Every projection (SSE, page, CLI) is a pure function of it."""

from __future__ import annotations

import asyncio
import uuid
import weakref
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import orjson
from sqlalchemy import BigInteger, ForeignKey, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from flaresmith.kit.actor import Actor
from flaresmith.kit.clock import rfc3339
from flaresmith.kit.errors import NotFound
from flaresmith.kit.model import Policy, Row, Table
from flaresmith.kit.redact import redacted
from flaresmith.kit.settings import settings
from flaresmith.kit.tx import Tx, begin

_CHANNEL = "flaresmith_streams"
_MINE = "project_id IN (SELECT auth.my_projects())"


class StreamRow(Row, Table):
    """One stream: what it belongs to, how far it has come, and when it ended."""

    __tablename__ = "streams"
    __policy__ = Policy(select=_MINE, insert=_MINE, update=_MINE)

    org_id: Mapped[uuid.UUID] = mapped_column(index=True)
    project_id: Mapped[uuid.UUID] = mapped_column(index=True)
    kind: Mapped[str]
    last_seq: Mapped[int] = mapped_column(BigInteger, server_default="0")
    closed_at: Mapped[datetime | None]


class StreamEventRow(Table):
    """One event of a stream."""

    __tablename__ = "stream_events"
    __policy__ = Policy(select="stream_id IN (SELECT id FROM streams)", insert="stream_id IN (SELECT id FROM streams)")

    stream_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("streams.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    type: Mapped[str]
    payload: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(server_default=func.now())


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One event as read: `seq` counts from 1 without gaps."""

    seq: int
    type: str
    payload: dict[str, Any]
    at: datetime

    def to_json(self) -> dict[str, Any]:
        return {"seq": self.seq, "at": rfc3339(self.at), "type": self.type, **self.payload}

    def to_sse(self) -> bytes:
        """As a server-sent event whose id is the sequence number."""
        return b"id: %d\ndata: %b\n\n" % (self.seq, orjson.dumps(self.to_json()))


async def open_stream(tx: Tx, stream_id: uuid.UUID, kind: str, *, org_id: uuid.UUID, project_id: uuid.UUID) -> None:
    """Begin a stream; its id is the caller's (a run's id, say)."""
    tx.add(StreamRow(id=stream_id, kind=kind, org_id=org_id, project_id=project_id))
    await tx.flush()


_APPEND = text("""
WITH stream AS (
    UPDATE streams SET last_seq = last_seq + :n, updated_at = now(),
        closed_at = CASE WHEN :close THEN now() ELSE closed_at END
    WHERE id = :id RETURNING id, last_seq - :n AS before
), appended AS (
    INSERT INTO stream_events (stream_id, seq, type, payload, at)
    SELECT stream.id, stream.before + e.position, e.event ->> 0, e.event -> 1, :now
    FROM stream, jsonb_array_elements(CAST(:events AS jsonb)) WITH ORDINALITY AS e(event, position)
)
SELECT pg_notify(:channel, CAST(id AS text)) FROM stream
""")


async def append(tx: Tx, stream_id: uuid.UUID, *events: tuple[str, dict[str, Any]], close: bool = False) -> None:
    """Append events in order; readers wake when the transaction commits. Secrets are redacted. One round trip."""
    sent = orjson.dumps([(type_, redacted(payload)) for type_, payload in events], default=str).decode()
    found = await tx.session.execute(
        _APPEND,
        {
            "n": len(events),
            "id": stream_id,
            "close": close,
            "events": sent.replace("\\u0000", "\\ufffd"),
            "now": tx.now,
            "channel": _CHANNEL,
        },
    )
    if found.first() is None:
        raise NotFound()


async def read(tx: Tx, stream_id: uuid.UUID, after: int = 0, limit: int = 1000) -> Sequence[StreamEvent]:
    """Events behind `after`, at most `limit`."""
    rows = await tx.session.scalars(
        select(StreamEventRow)
        .where(StreamEventRow.stream_id == stream_id, StreamEventRow.seq > after)
        .order_by(StreamEventRow.seq)
        .limit(limit)
    )
    return [StreamEvent(r.seq, r.type, r.payload, r.at) for r in rows]


async def tail(actor: Actor, stream_id: uuid.UUID, after: int = 0) -> AsyncIterator[StreamEvent | None]:
    """Events behind `after`, then new ones as they come, until the stream closes.

    Yields None every 15 s without an event, so that a caller can send a heartbeat. No transaction stays open between
    events. The caller has checked that the actor may read the stream; the row policy checks again.
    """
    wakeups = await _wakeups()
    with wakeups.subscribe(stream_id) as woken:
        while True:
            woken.clear()
            async with begin(actor, read_only=True) as tx:
                closed = await tx.session.scalar(select(StreamRow.closed_at).where(StreamRow.id == stream_id))
                events = await read(tx, stream_id, after)
            for event in events:
                after = event.seq
                yield event
            if closed is not None and len(events) < 1000:
                return
            if not events:
                try:
                    await asyncio.wait_for(woken.wait(), 15)
                except TimeoutError:
                    await wakeups.connect()
                    yield None


class _Wakeups:
    """One LISTEN connection per event loop that wakes the readers of a stream."""

    def __init__(self) -> None:
        self.waiting: dict[str, set[asyncio.Event]] = {}
        self.connection: asyncpg.Connection[Any] | None = None
        self.connecting = asyncio.Lock()

    def subscribe(self, stream_id: uuid.UUID) -> _Subscription:
        return _Subscription(self.waiting, str(stream_id))

    async def connect(self) -> None:
        async with self.connecting:
            if self.connection is None or self.connection.is_closed():
                self.connection = await asyncpg.connect(settings().database_url, timeout=10)
                await self.connection.add_listener(_CHANNEL, self._notified)

    def _notified(self, _connection: Any, _pid: int, _channel: str, stream_id: Any) -> None:
        for event in self.waiting.get(str(stream_id), ()):
            event.set()


@dataclass(slots=True)
class _Subscription:
    waiting: dict[str, set[asyncio.Event]]
    stream_id: str
    event: asyncio.Event | None = None

    def __enter__(self) -> asyncio.Event:
        self.event = asyncio.Event()
        self.waiting.setdefault(self.stream_id, set()).add(self.event)
        return self.event

    def __exit__(self, *_: object) -> None:
        events = self.waiting.get(self.stream_id, set())
        if self.event is not None:
            events.discard(self.event)
        if not events:
            self.waiting.pop(self.stream_id, None)


_by_loop: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Wakeups] = weakref.WeakKeyDictionary()


async def _wakeups() -> _Wakeups:
    found = _by_loop.setdefault(asyncio.get_running_loop(), _Wakeups())
    await found.connect()
    return found


async def close() -> None:
    """End the LISTEN connection of this event loop."""
    found = _by_loop.pop(asyncio.get_running_loop(), None)
    if found is not None and found.connection is not None:
        await found.connection.close()
