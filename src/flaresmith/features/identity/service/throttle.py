"""How often somebody may try to sign in: per address and origin, known account or not, counted before the check.

Five tries a minute; the tenth failure in a row locks for a quarter of an hour. A success forgets everything.
"""

from __future__ import annotations

import math
from datetime import timedelta

from sqlalchemy import delete, text

from flaresmith.features.identity.errors import Locked, TooManyAttempts
from flaresmith.features.identity.models import SignInAttempts
from flaresmith.kit.audit import audit
from flaresmith.kit.crypto import token_hash
from flaresmith.kit.errors import Problem
from flaresmith.kit.tx import Tx

PER_WINDOW, WINDOW = 5, timedelta(minutes=1)
FAILURES, LOCK = 10, timedelta(minutes=15)

# One statement, so that a burst of parallel guesses gets no more tries than a patient one. A try counts as a failure
# until its success is known; one that is refused here (locked, or beyond the window) counts as neither.
_COUNT = text(
    """
    INSERT INTO sign_in_attempts AS a (key, window_started_at, tries, failures, last_at)
    VALUES (:key, :now, 1, 1, :now)
    ON CONFLICT (key) DO UPDATE SET
        window_started_at = CASE WHEN a.window_started_at <= :window_start THEN :now ELSE a.window_started_at END,
        tries = CASE WHEN a.locked_until > :now THEN a.tries
                     WHEN a.window_started_at <= :window_start THEN 1 ELSE a.tries + 1 END,
        failures = CASE WHEN a.locked_until > :now THEN a.failures
                        WHEN a.window_started_at > :window_start AND a.tries >= :per_window THEN a.failures
                        WHEN a.locked_until <= :now OR a.last_at <= :forgotten THEN 1 ELSE a.failures + 1 END,
        locked_until = CASE WHEN a.locked_until > :now THEN a.locked_until END,
        last_at = :now
    RETURNING tries, failures, locked_until, window_started_at
    """
)
_LOCK = text("UPDATE sign_in_attempts SET locked_until = :until WHERE key = :key")


async def count_attempt(tx: Tx, email: str, ip: str) -> Problem | None:
    """Count one attempt; returns the refusal when it is one too many. Commit it before checking the password."""
    key = _key(email, ip)
    since = {"window_start": tx.now - WINDOW, "forgotten": tx.now - LOCK}
    row = (await tx.session.execute(_COUNT, {"key": key, "now": tx.now, "per_window": PER_WINDOW, **since})).one()
    if row.locked_until is not None and row.locked_until > tx.now:
        return Locked(retry_after=_seconds(row.locked_until - tx.now))
    if row.tries > PER_WINDOW:
        return TooManyAttempts(retry_after=_seconds(row.window_started_at + WINDOW - tx.now))
    if row.failures >= FAILURES:
        await tx.session.execute(_LOCK, {"key": key, "until": tx.now + LOCK})
        audit(tx, "auth.locked", "sign_in_attempts", key.hex(), outcome="failure", ip=ip)
    return None


async def forget_attempts(tx: Tx, email: str, ip: str) -> None:
    """The person proved who they are."""
    await tx.session.execute(delete(SignInAttempts).where(SignInAttempts.key == _key(email, ip)))


def _key(email: str, ip: str) -> bytes:
    return token_hash(f"sign-in\x1f{email}\x1f{ip}")


def _seconds(left: timedelta) -> float:
    return max(1, math.ceil(left.total_seconds()))
