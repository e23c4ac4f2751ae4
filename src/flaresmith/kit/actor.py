"""Who is asking. An actor stands behind every transaction; there is no global current user."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum


class Realm(StrEnum):
    """The two realms of accounts, and the machine's own."""

    USER = "user"
    ADMIN = "admin"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking, on whose behalf, and by which door.

    `scopes` narrows what an API key, tool or agent may do; None means everything the role allows.
    """

    realm: Realm = Realm.USER
    user_id: uuid.UUID | None = None
    org_id: uuid.UUID | None = None
    session_id: uuid.UUID | None = None
    role: str = ""
    email: str = ""
    scopes: frozenset[str] | None = None
    request_id: str = ""
    via: str = ""  # cookie | bearer | workflow | cli

    @property
    def anonymous(self) -> bool:
        return self.realm is not Realm.SYSTEM and self.user_id is None


NOBODY = Actor()


def system(*, org_id: uuid.UUID | None = None, request_id: str = "") -> Actor:
    """The machine itself: workflows, jobs and the command line on this host."""
    return Actor(realm=Realm.SYSTEM, org_id=org_id, role="system", request_id=request_id, via="workflow")
