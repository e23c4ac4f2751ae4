"""The tables of people, organizations and sessions, each with its row policy.

The application role can only read here, and found an organization: everything that decides who somebody is (roles,
passwords, sessions, links) is written by the machine, so that no statement of a request can promote its author.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from flaresmith.kit.model import Policy, Row, Table

_MINE = "user_id = auth.uid()"


class User(Row, Table):
    """A person with an account. `role` decides the realm; the e-mail address is kept in lower case."""

    __tablename__ = "users"
    __policy__ = Policy(select="id = auth.uid() OR id IN (SELECT m.user_id FROM organization_members m)")
    __table_args__ = (
        CheckConstraint("email = lower(email) AND length(email) <= 254", name="email"),
        CheckConstraint("role IN ('user', 'admin')", name="role"),
    )

    email: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    role: Mapped[str] = mapped_column(server_default="user")
    disabled_at: Mapped[datetime | None]
    email_verified_at: Mapped[datetime | None]
    last_sign_in_at: Mapped[datetime | None]


class Password(Table):
    """The password hash of an account that has one; apart from `users`, whose rows other people may read."""

    __tablename__ = "passwords"
    __policy__ = Policy()

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    hash: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Organization(Row, Table):
    """Those who share projects. It is visible to its members, and to its founder until it has one."""

    __tablename__ = "organizations"
    __policy__ = Policy(
        select="id IN (SELECT auth.my_organizations()) OR (created_by = auth.uid() AND NOT auth.has_members(id))",
        insert="created_by = auth.uid()",
    )

    name: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)


class OrganizationMember(Table):
    """A person's role in an organization. The founder makes themselves its first owner."""

    __tablename__ = "organization_members"
    __policy__ = Policy(
        select=f"{_MINE} OR org_id IN (SELECT auth.my_organizations())",
        insert="user_id = auth.uid() AND role = 'owner' AND NOT auth.has_members(org_id)"
        " AND org_id IN (SELECT o.id FROM organizations o WHERE o.created_by = auth.uid())",
    )
    __table_args__ = (CheckConstraint("role IN ('owner', 'admin', 'member')", name="role"),)

    org_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Session(Row, Table):
    """One signed-in browser, program or computer: the single row behind its cookie, bearer and refresh tokens.

    `access_expires_at` ends the current access token (for a cookie: the idle limit), `ends_at` the session itself.
    The `previous_*` hashes stay good for a few seconds after a rotation, for requests that were under way.
    """

    __tablename__ = "sessions"
    __policy__ = Policy(select=_MINE)
    __table_args__ = (
        CheckConstraint("realm IN ('user', 'admin')", name="realm"),
        CheckConstraint("kind IN ('web', 'api', 'local')", name="kind"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    org_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organizations.id", ondelete="SET NULL"))
    family: Mapped[uuid.UUID] = mapped_column(index=True)
    realm: Mapped[str] = mapped_column(server_default="user")
    kind: Mapped[str]
    label: Mapped[str] = mapped_column(server_default="")
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    access_expires_at: Mapped[datetime]
    previous_token_hash: Mapped[bytes | None] = mapped_column(index=True)
    previous_expires_at: Mapped[datetime | None]
    refresh_hash: Mapped[bytes | None] = mapped_column(unique=True)
    previous_refresh_hash: Mapped[bytes | None]
    refresh_expires_at: Mapped[datetime | None]
    rotated_at: Mapped[datetime | None]
    ends_at: Mapped[datetime]
    user_agent: Mapped[str] = mapped_column(server_default="")
    ip: Mapped[str] = mapped_column(server_default="")
    last_seen_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignInLink(Row, Table):
    """A link that signs its holder in once."""

    __tablename__ = "sign_in_links"
    __policy__ = Policy()

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInAttempts(Table):
    """How often somebody tried lately; `key` is a hash of address and origin, known account or not."""

    __tablename__ = "sign_in_attempts"
    __policy__ = Policy()

    key: Mapped[bytes] = mapped_column(primary_key=True)
    window_started_at: Mapped[datetime]
    tries: Mapped[int]
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)
    locked_until: Mapped[datetime | None]
