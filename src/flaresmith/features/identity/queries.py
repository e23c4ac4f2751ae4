"""Reads about people, organizations and sessions; the row policies decide whose."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text

from flaresmith.features.identity.errors import SessionNotFound
from flaresmith.features.identity.models import Organization, OrganizationMember, Password, Session, User
from flaresmith.features.identity.schemas import OrganizationView, PersonView, SessionView
from flaresmith.kit.actor import Realm
from flaresmith.kit.page import Page, after, page
from flaresmith.kit.tx import Tx


@dataclass(frozen=True, slots=True)
class Person:
    """An account as the machine sees it; `password_hash` is None without a password."""

    id: uuid.UUID
    email: str
    display_name: str
    role: str
    disabled: bool
    password_hash: str | None = None

    def view(self) -> PersonView:
        """As others see it."""
        return PersonView(id=self.id, email=self.email, display_name=self.display_name)


@dataclass(frozen=True, slots=True)
class Presented:
    """What a presented access token stands for."""

    session_id: uuid.UUID
    user_id: uuid.UUID
    org_id: uuid.UUID | None
    realm: Realm
    kind: str
    role: str
    email: str
    expires_at: datetime
    last_seen_at: datetime


_PRESENTED = text(
    """
    SELECT s.id, s.user_id, m.org_id, s.realm, s.kind, u.role, u.email, s.last_seen_at, s.ends_at,
           CASE WHEN s.token_hash = :hash THEN s.access_expires_at ELSE s.previous_expires_at END AS expires_at
    FROM sessions s
    JOIN users u ON u.id = s.user_id AND u.role = s.realm AND u.disabled_at IS NULL
    LEFT JOIN organization_members m ON m.org_id = s.org_id AND m.user_id = s.user_id
    WHERE (s.token_hash = :hash OR s.previous_token_hash = :hash) AND s.revoked_at IS NULL
    """
)


async def get_person(tx: Tx, user_id: uuid.UUID) -> PersonView:
    """A person that the actor may see; SessionNotFound (404) otherwise."""
    found = await tx.session.get(User, user_id)
    if found is None:
        raise SessionNotFound("There is no such person, or they are not of your organizations.")
    return PersonView(id=found.id, email=found.email, display_name=found.display_name)


async def find_person(tx: Tx, *, email: str = "", user_id: uuid.UUID | None = None) -> Person | None:
    """An account by its address or id, with its password hash; only the machine can read that."""
    key = User.id == user_id if user_id else User.email == email
    found = select(User, Password.hash).outerjoin(Password, Password.user_id == User.id).where(key)
    row = (await tx.session.execute(found)).one_or_none()
    if row is None:
        return None
    user, password_hash = row
    return Person(user.id, user.email, user.display_name, user.role, user.disabled_at is not None, password_hash)


async def find_presented(tx: Tx, token_hash: bytes) -> Presented | None:
    """The living session behind an access token, expired or not; as the machine, in one statement."""
    row = (await tx.session.execute(_PRESENTED, {"hash": token_hash})).one_or_none()
    if row is None:
        return None
    expires_at = min(row.expires_at, row.ends_at)
    return Presented(
        row.id, row.user_id, row.org_id, Realm(row.realm), row.kind, row.role, row.email, expires_at, row.last_seen_at
    )


async def list_sessions(tx: Tx, *, limit: int = 20, cursor: str | None = None) -> Page[SessionView]:
    """The actor's own living sessions, newest first."""
    alive = select(Session).where(
        Session.user_id == tx.actor.user_id,
        Session.revoked_at.is_(None),
        func.coalesce(Session.refresh_expires_at, Session.access_expires_at) > tx.now,
        Session.ends_at > tx.now,
    )
    found = page((await tx.session.scalars(after(alive, Session, cursor, limit))).all(), limit)
    return Page([_session_view(row, tx.actor.session_id) for row in found.items], found.next_cursor)


async def list_organizations(tx: Tx, *, limit: int = 20, cursor: str | None = None) -> Page[OrganizationView]:
    """The organizations that the actor is a member of, newest first."""
    mine: Any = (
        select(Organization, OrganizationMember.role)
        .join(OrganizationMember, OrganizationMember.org_id == Organization.id)
        .where(OrganizationMember.user_id == tx.actor.user_id)
    )
    rows = (await tx.session.execute(after(mine, Organization, cursor, limit))).all()
    roles = {organization.id: role for organization, role in rows}
    found = page([organization for organization, _ in rows], limit)
    return Page([organization_view(o, roles[o.id]) for o in found.items], found.next_cursor)


async def find_organization_role(tx: Tx, org_id: uuid.UUID) -> str | None:
    """The actor's role in an organization (`owner`, `admin`, `member`), None for others."""
    found: str | None = await tx.session.scalar(
        select(OrganizationMember.role).where(
            OrganizationMember.org_id == org_id, OrganizationMember.user_id == tx.actor.user_id
        )
    )
    return found


async def find_home(tx: Tx, user_id: uuid.UUID) -> uuid.UUID | None:
    """The organization a person acts for unless they say otherwise: the one they have been a member of longest."""
    found: uuid.UUID | None = await tx.session.scalar(
        select(OrganizationMember.org_id)
        .where(OrganizationMember.user_id == user_id)
        .order_by(OrganizationMember.created_at, OrganizationMember.org_id)
        .limit(1)
    )
    return found


async def count_people(tx: Tx) -> int:
    """How many accounts there are, as far as the actor may see."""
    return await tx.session.scalar(select(func.count()).select_from(User)) or 0


def organization_view(organization: Organization, role: str) -> OrganizationView:
    """An organization as its member in `role` sees it."""
    return OrganizationView.model_validate(
        {
            "id": organization.id,
            "name": organization.name,
            "slug": organization.slug,
            "role": role,
            "created_at": organization.created_at,
        }
    )


def _session_view(row: Session, current: uuid.UUID | None) -> SessionView:
    return SessionView.model_validate(
        {
            "id": row.id,
            "kind": row.kind,
            "label": row.label,
            "user_agent": row.user_agent,
            "ip": row.ip,
            "created_at": row.created_at,
            "last_seen_at": row.last_seen_at,
            "ends_at": row.ends_at,
            "current": row.id == current,
        }
    )
