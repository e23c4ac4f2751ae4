"""Verbs of people and organizations."""

from __future__ import annotations

import uuid

from sqlalchemy import insert, text
from sqlalchemy.dialects.postgresql import insert as upsert

from flaresmith.features.identity import queries
from flaresmith.features.identity.errors import AccountExists, SlugTaken
from flaresmith.features.identity.events import OrganizationCreated, UserRegistered
from flaresmith.features.identity.models import Organization, OrganizationMember, Password, User
from flaresmith.features.identity.schemas import NewOrganization, OrganizationView
from flaresmith.kit import ids
from flaresmith.kit.audit import audit
from flaresmith.kit.permissions import permission
from flaresmith.kit.tx import Tx

CREATE_ORGANIZATION = permission("organizations:create", description="Found an organization and own it.")

OWNER_EMAIL = "owner@localhost"
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(5061974215)")


async def open_account(
    tx: Tx, *, email: str, name: str = "", password_hash: str | None = None, home: str = ""
) -> queries.Person:
    """Give a person an account and an organization of their own, named `home`; as the machine, which asks for nobody.

    Raises AccountExists.
    """
    user = User(id=ids.new(), email=email, display_name=name or email.partition("@")[0][:64], role="user")
    tx.add(user)
    await tx.flush({"uq_users_email": AccountExists})
    if password_hash is not None:
        tx.add(Password(user_id=user.id, hash=password_hash))
    slug = f"{_short(home or user.display_name)}-{user.id.hex[:8]}"
    organization = await _found(tx, user.id, home or f"{user.display_name[:50]}’s workspace", slug)
    audit(tx, "user.register", "user", user.id, org_id=organization.id)
    await tx.emit(UserRegistered(user_id=user.id, org_id=organization.id))
    return queries.Person(user.id, user.email, user.display_name, user.role, False, password_hash)


async def open_first_account(tx: Tx) -> queries.Person | None:
    """The account of this computer's owner, made when there is none at all; None when there are others already."""
    await tx.session.execute(_ONE_AT_A_TIME)
    if await queries.count_people(tx):
        return None
    return await open_account(tx, email=OWNER_EMAIL, name="Owner", home="Home")


async def replace_password_hash(tx: Tx, user_id: uuid.UUID, password_hash: str) -> None:
    """Keep this hash for the person's password from now on."""
    statement = upsert(Password).values(user_id=user_id, hash=password_hash, changed_at=tx.now)
    await tx.session.execute(
        statement.on_conflict_do_update(index_elements=["user_id"], set_={"hash": password_hash, "changed_at": tx.now})
    )


async def create_organization(tx: Tx, new: NewOrganization) -> OrganizationView:
    """Found an organization that the actor owns. Raises SlugTaken."""
    tx.require(CREATE_ORGANIZATION)
    user_id = tx.actor.user_id
    assert user_id is not None, "an organization is founded by a person"
    organization = await _found(tx, user_id, new.name, new.slug or _short(new.name))
    audit(tx, "organization.create", "organization", organization.id, org_id=organization.id)
    await tx.emit(OrganizationCreated(org_id=organization.id, created_by=user_id))
    return queries.organization_view(organization, "owner")


async def _found(tx: Tx, user_id: uuid.UUID, name: str, slug: str) -> Organization:
    organization = Organization(id=ids.new(), name=name, slug=slug, created_by=user_id)
    tx.add(organization)
    await tx.flush({"uq_organizations_slug": SlugTaken})
    member = {"org_id": organization.id, "user_id": user_id, "role": "owner", "created_at": tx.now}
    await tx.session.execute(insert(OrganizationMember).values(member))
    return organization


def _short(name: str) -> str:
    """The slug of a name; names without a Latin letter or digit get a random one."""
    return ids.slug(name)[:39].strip("-") or f"org-{ids.new().hex[:8]}"
