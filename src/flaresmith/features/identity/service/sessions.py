"""Verbs of sessions: open, rotate, touch, end. They run as the machine: a session decides who somebody is."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Executable, exists, func, select, update

from flaresmith.features.identity import queries
from flaresmith.features.identity.errors import RefreshExpired, RefreshInvalid, RefreshTokenReused, SessionNotFound
from flaresmith.features.identity.events import RefreshReused
from flaresmith.features.identity.models import Session, User
from flaresmith.features.identity.schemas import Visitor
from flaresmith.features.identity.service import tokens
from flaresmith.kit import ids
from flaresmith.kit.audit import audit
from flaresmith.kit.crypto import token_hash
from flaresmith.kit.errors import Unauthenticated
from flaresmith.kit.tx import Tx

ACCESS = timedelta(minutes=15)
REFRESH = timedelta(days=7)
WEB_IDLE = timedelta(days=7)
ABSOLUTE = timedelta(days=30)
LOCAL = timedelta(days=365)
GRACE = timedelta(seconds=10)  # how long a replaced token still gets its successor's answer
SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Issued:
    """The tokens of a session, in the clear for the only time. A session of `kind` web or local is never refreshed."""

    session_id: uuid.UUID
    user_id: uuid.UUID
    access: str
    access_expires_at: datetime
    refresh: str
    refresh_expires_at: datetime
    ends_at: datetime


async def open_session(
    tx: Tx, person: queries.Person, kind: str, visitor: Visitor, *, label: str = "", family: uuid.UUID | None = None
) -> Issued:
    """Sign a person in: always a new session with new tokens (nothing presented before is adopted)."""
    session_id = ids.new()
    pair = tokens.first(session_id)
    ends_at = tx.now + (LOCAL if kind == "local" else ABSOLUTE)
    row = Session(
        id=session_id,
        user_id=person.id,
        org_id=await queries.find_home(tx, person.id),
        family=family or session_id,
        realm=person.role,
        kind=kind,
        label=label,
        token_hash=token_hash(pair.access),
        access_expires_at=min(tx.now + _lifetime(kind), ends_at),
        refresh_hash=token_hash(pair.refresh) if kind == "api" else None,
        refresh_expires_at=min(tx.now + REFRESH, ends_at) if kind == "api" else None,
        ends_at=ends_at,
        user_agent=visitor.user_agent,
        ip=visitor.ip,
        last_seen_at=tx.now,
    )
    tx.add(row)
    await tx.session.execute(update(User).where(User.id == person.id).values(last_sign_in_at=tx.now))
    audit(tx, "auth.sign_in", "session", session_id, org_id=row.org_id, kind=kind, ip=visitor.ip)
    await tx.flush()
    refresh_until = row.refresh_expires_at or ends_at
    return Issued(session_id, person.id, pair.access, row.access_expires_at, pair.refresh, refresh_until, ends_at)


async def rotate(tx: Tx, refresh: str) -> Issued | Unauthenticated:
    """Replace the tokens of a session by their successors, in one conditional update.

    A twin that comes within GRACE gets the same successor. An older token ends the whole family. The refusal is
    returned, not raised: what it changed must be committed.
    """
    session_id = tokens.session_of(refresh)
    if session_id is None:
        return RefreshInvalid()
    pair = tokens.after(refresh, session_id)
    row = (await tx.session.execute(_rotation(tx.now, token_hash(refresh), pair))).one_or_none()
    return _issued(row, pair) if row is not None else await _not_current(tx, session_id, refresh, pair)


async def touch(tx: Tx, found: queries.Presented) -> None:
    """Note that a session was used, and push the idle limit of a cookie out."""
    values: dict[str, object] = {"last_seen_at": tx.now}
    if found.kind == "web":
        values["access_expires_at"] = func.least(tx.now + WEB_IDLE, Session.ends_at)
    await tx.session.execute(update(Session).where(Session.id == found.session_id).values(values))


async def end_session(tx: Tx, session_id: uuid.UUID, *, user_id: uuid.UUID) -> None:
    """End one session of this person; SessionNotFound when it is not theirs or has ended."""
    if not await _end(tx, Session.id == session_id, Session.user_id == user_id):
        raise SessionNotFound()
    audit(tx, "auth.sign_out", "session", session_id)


async def end_all(tx: Tx, *, user_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """End every session of this person; returns which (003:FR-010)."""
    ended = await _end(tx, Session.user_id == user_id)
    audit(tx, "auth.sign_out_all", "user", user_id, sessions=len(ended))
    return ended


def _lifetime(kind: str) -> timedelta:
    return {"api": ACCESS, "web": WEB_IDLE, "local": LOCAL}[kind]


_STATE = (
    Session.id,
    Session.user_id,
    Session.access_expires_at,
    Session.refresh_expires_at,
    Session.ends_at,
)


def _rotation(now: datetime, presented: bytes, pair: tokens.Pair) -> Executable:
    enabled = exists().where(User.id == Session.user_id, User.disabled_at.is_(None), User.role == Session.realm)
    return (
        update(Session)
        .where(
            Session.refresh_hash == presented,
            Session.revoked_at.is_(None),
            Session.refresh_expires_at > now,
            Session.ends_at > now,
            enabled,
        )
        .values(
            previous_token_hash=Session.token_hash,
            previous_expires_at=func.least(now + GRACE, Session.access_expires_at),
            previous_refresh_hash=Session.refresh_hash,
            token_hash=token_hash(pair.access),
            refresh_hash=token_hash(pair.refresh),
            rotated_at=now,
            last_seen_at=now,
            access_expires_at=func.least(now + ACCESS, Session.ends_at),
            refresh_expires_at=func.least(now + REFRESH, Session.ends_at),
        )
        .returning(*_STATE)
        .execution_options(synchronize_session=False)
    )


def _issued(row: Any, pair: tokens.Pair) -> Issued:
    session_id, user_id, access_expires_at, refresh_expires_at, ends_at = row
    return Issued(
        session_id, user_id, pair.access, access_expires_at, pair.refresh, refresh_expires_at or ends_at, ends_at
    )


async def _not_current(tx: Tx, session_id: uuid.UUID, refresh: str, pair: tokens.Pair) -> Issued | Unauthenticated:
    session = await tx.session.get(Session, session_id)
    presented = token_hash(refresh)
    if session is None or session.revoked_at is not None or not tokens.is_ours(refresh):
        return RefreshInvalid()
    if session.refresh_hash == presented:
        return RefreshExpired() if _has_expired(session, tx.now) else RefreshInvalid()
    rotated_at = session.rotated_at or session.created_at
    if session.previous_refresh_hash == presented and tx.now - rotated_at <= GRACE:
        row = (await tx.session.execute(select(*_STATE).where(Session.id == session_id))).one()
        return _issued(row, pair)
    await _end_family(tx, session)
    return RefreshTokenReused()


def _has_expired(session: Session, now: datetime) -> bool:
    return min(session.refresh_expires_at or session.ends_at, session.ends_at) <= now


async def _end_family(tx: Tx, session: Session) -> None:
    ended = await _end(tx, Session.family == session.family)
    audit(
        tx,
        "auth.refresh_reused",
        "session",
        session.id,
        org_id=session.org_id,
        outcome="failure",
        severity="critical",
        user_id=str(session.user_id),
        sessions=len(ended),
    )
    await tx.emit(RefreshReused(user_id=session.user_id, session_id=session.id))


async def _end(tx: Tx, *which: ColumnElement[bool]) -> Sequence[uuid.UUID]:
    ended = await tx.session.scalars(
        update(Session)
        .where(*which, Session.revoked_at.is_(None))
        .values(revoked_at=tx.now)
        .returning(Session.id)
        .execution_options(synchronize_session=False)
    )
    return ended.all()
