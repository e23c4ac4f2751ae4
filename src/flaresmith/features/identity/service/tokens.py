"""How tokens are made: random at first, and each successor derived from the one it replaces.

Deriving lets a parallel request that lost the race for a rotation be given the very same successor, although neither
is stored: it needs both the replaced token (kept by its owner only) and the master key (kept here only).
A refresh token names its session and carries a seal, so that a spent one is recognised as ours without keeping it.
"""

from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass

from flaresmith.kit import ids
from flaresmith.kit.crypto import derived_secret, new_token

_ACCESS, _REFRESH = "fsa_", "fsr"


@dataclass(frozen=True, slots=True)
class Pair:
    """An access token and the refresh token that goes with it."""

    access: str
    refresh: str


def first(session_id: uuid.UUID) -> Pair:
    """The tokens of a new session."""
    return Pair(_ACCESS + new_token(), _sealed(session_id.hex, new_token()))


def after(refresh: str, session_id: uuid.UUID) -> Pair:
    """The tokens that replace those of `refresh`: always the same ones for the same token."""
    return Pair(
        _ACCESS + derived_secret("access after", refresh),
        _sealed(session_id.hex, derived_secret("refresh after", refresh)),
    )


def session_of(refresh: str) -> uuid.UUID | None:
    """The session that a text claims to be a refresh token of, None when it does not look like one."""
    parts = refresh.split(".")
    return ids.parse(parts[1]) if len(parts) == 4 and parts[0] == _REFRESH and len(parts[1]) == 32 else None


def is_ours(refresh: str) -> bool:
    """Whether we made this refresh token, at whatever time."""
    parts = refresh.split(".")
    return len(parts) == 4 and hmac.compare_digest(_sealed(parts[1], parts[2]).encode(), refresh.encode())


def _sealed(session: str, secret: str) -> str:
    return f"{_REFRESH}.{session}.{secret}.{derived_secret('refresh seal', session, secret)[:22]}"
