"""The people in our tests: Ada and Bob own an organization each and do not know each other; anybody can be nobody."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from flaresmith.kit.actor import Actor, system


@dataclass(frozen=True)
class Person:
    """Somebody with an account, their own organization, a bearer token, and a client that sends it."""

    id: uuid.UUID
    email: str
    org_id: uuid.UUID
    session_id: uuid.UUID
    token: str
    refresh: str
    client: httpx.AsyncClient

    @property
    def actor(self) -> Actor:
        """They themselves, for `begin(ada.actor)`."""
        return Actor(
            user_id=self.id,
            org_id=self.org_id,
            session_id=self.session_id,
            role="user",
            email=self.email,
            via="bearer",
        )


async def make_person(app: object, base_url: str, name: str) -> Person:
    """Open an account named `name`, without a password, and sign it in."""
    from flaresmith.features.identity import queries
    from flaresmith.features.identity import service as identity
    from flaresmith.features.identity.schemas import Visitor
    from flaresmith.kit.tx import begin

    email = f"{name}@example.org"
    async with begin(system()) as tx:
        person = await identity.open_account(tx, email=email, name=name.title())
        issued = await identity.open_session(tx, person, "api", Visitor("127.0.0.1", "tests"))
        org_id = await queries.find_home(tx, person.id)
    assert org_id is not None
    client = make_client(app, base_url, headers={"authorization": f"Bearer {issued.access}"})
    return Person(person.id, email, org_id, issued.session_id, issued.access, issued.refresh, client)


def make_client(app: object, base_url: str, **options: object) -> httpx.AsyncClient:
    """A client that speaks to the app without a network; it raises what the app raises."""
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url=base_url, **options)  # type: ignore[arg-type]


@pytest.fixture
async def anonymous(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client that nobody is signed in with."""
    return client


@pytest.fixture
async def ada(app: object, base_url: str, database: str) -> AsyncIterator[Person]:
    """Ada, owner of an organization."""
    person = await make_person(app, base_url, "ada")
    async with person.client:
        yield person


@pytest.fixture
async def bob(app: object, base_url: str, database: str) -> AsyncIterator[Person]:
    """Bob, owner of another organization."""
    person = await make_person(app, base_url, "bob")
    async with person.client:
        yield person
