"""Register, sign in, refresh and sign out: what must answer now. Hashing happens between transactions, never in one."""

from __future__ import annotations

import uuid
from dataclasses import replace

from prometheus_client import Counter

from flaresmith.features.identity import queries
from flaresmith.features.identity import service as identity
from flaresmith.features.identity.errors import InvalidCredentials, LinkInvalid
from flaresmith.features.identity.live import hashing
from flaresmith.features.identity.live.recognise import forget
from flaresmith.features.identity.queries import Person
from flaresmith.features.identity.schemas import Credentials, NewAccount, Visitor
from flaresmith.features.identity.service import Issued
from flaresmith.kit.actor import Actor, Realm, system
from flaresmith.kit.errors import Problem
from flaresmith.kit.observe import REGISTRY
from flaresmith.kit.tx import begin

_attempts = Counter("auth_sign_in_attempts_total", "Sign-ins tried.", registry=REGISTRY)
_successes = Counter("auth_sign_in_success_total", "Sign-ins that succeeded.", registry=REGISTRY)
_refreshes = Counter("auth_refresh_success_total", "Refresh tokens exchanged.", registry=REGISTRY)
_sign_outs = Counter("auth_sign_out_total", "Sessions ended by their owners.", registry=REGISTRY)
_sign_outs_all = Counter("auth_sign_out_all_total", "Times somebody ended all their sessions.", registry=REGISTRY)


async def register(new: NewAccount, visitor: Visitor, *, kind: str) -> tuple[Issued, Person]:
    """Open an account and sign it in. Raises WeakPassword, AccountExists, SignInBusy."""
    identity.refuse_weak(new.password, email=new.email)
    password_hash = await hashing.hashed(new.password)
    async with begin(system(request_id=visitor.request_id)) as tx:
        person = await identity.open_account(tx, email=new.email, name=new.name or "", password_hash=password_hash)
        return await identity.open_session(tx, person, kind, visitor), person


async def sign_in(given: Credentials, visitor: Visitor, *, kind: str) -> tuple[Issued, Person]:
    """Check address and password and open a session of `kind` (`web` or `api`).

    An unknown address, a wrong password, a disabled account and one without a password are answered alike, and as
    slowly. Raises InvalidCredentials, TooManyAttempts, Locked, SignInBusy.
    """
    _attempts.inc()
    person, refusal = await _look_up(given.email, visitor)
    if refusal is not None:
        raise refusal
    usable = person if person is not None and not person.disabled and person.role == Realm.USER else None
    if not await hashing.verified(given.password, usable.password_hash if usable else None) or usable is None:
        raise InvalidCredentials()
    issued = await _open(usable, given, visitor, kind)
    _successes.inc()
    return issued, usable


async def sign_in_by_link(token: str, visitor: Visitor) -> Issued:
    """Spend a one-time link and open a browser's session. Raises LinkInvalid."""
    async with begin(system(request_id=visitor.request_id)) as tx:
        person = await queries.find_person(tx, user_id=await identity.use_link(tx, token))
        if person is None or person.disabled:
            raise LinkInvalid()
        return await identity.open_session(tx, person, "web", visitor)


async def refresh(refresh_token: str, visitor: Visitor) -> Issued:
    """Exchange a refresh token. Raises RefreshInvalid, RefreshExpired; RefreshTokenReused after ending the family."""
    async with begin(system(request_id=visitor.request_id)) as tx:
        outcome = await identity.rotate(tx, refresh_token)
    if isinstance(outcome, Problem):
        forget()
        raise outcome
    _refreshes.inc()
    return outcome


async def sign_out(actor: Actor, session_id: uuid.UUID | None = None) -> None:
    """End one session of the actor: this one, or another of theirs. Raises SessionNotFound."""
    assert actor.user_id is not None
    async with begin(_as_machine(actor)) as tx:
        await identity.end_session(tx, session_id or actor.session_id or uuid.UUID(int=0), user_id=actor.user_id)
    forget()
    _sign_outs.inc()


async def sign_out_all(actor: Actor) -> int:
    """End every session of the actor; returns how many there were."""
    assert actor.user_id is not None
    async with begin(_as_machine(actor)) as tx:
        ended = await identity.end_all(tx, user_id=actor.user_id)
    forget()
    _sign_outs_all.inc()
    return len(ended)


async def _look_up(email: str, visitor: Visitor) -> tuple[Person | None, Problem | None]:
    async with begin(system(request_id=visitor.request_id)) as tx:
        return await queries.find_person(tx, email=email), await identity.count_attempt(tx, email, visitor.ip)


async def _open(person: Person, given: Credentials, visitor: Visitor, kind: str) -> Issued:
    kept = person.password_hash or ""
    upgraded = await hashing.hashed(given.password) if hashing.is_outdated(kept) else None
    async with begin(system(request_id=visitor.request_id)) as tx:
        await identity.forget_attempts(tx, given.email, visitor.ip)
        if upgraded is not None:
            await identity.replace_password_hash(tx, person.id, upgraded)
        return await identity.open_session(tx, person, kind, visitor)


def _as_machine(actor: Actor) -> Actor:
    """The machine, on this person's behalf: sessions are written by it alone, and the audit log says for whom."""
    return replace(actor, realm=Realm.SYSTEM, role="system")
