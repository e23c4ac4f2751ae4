"""What can have happened to accounts; payloads carry ids, never addresses or tokens."""

from __future__ import annotations

import uuid

from flaresmith.kit.events import Event


class UserRegistered(Event, name="identity.user_registered"):
    """A person has an account, and an organization of their own."""

    user_id: uuid.UUID
    org_id: uuid.UUID


class OrganizationCreated(Event, name="identity.organization_created"):
    """There is a new organization; its creator owns it."""

    org_id: uuid.UUID
    created_by: uuid.UUID


class RefreshReused(Event, name="identity.refresh_reused"):
    """A spent refresh token came back, so its family of sessions was ended: somebody else may have had a copy."""

    user_id: uuid.UUID
    session_id: uuid.UUID
