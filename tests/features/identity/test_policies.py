"""The second wall: as the application's own database role, with somebody else's id, by plain SQL on every table."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psycopg
import pytest
from psycopg import errors, sql
from tests.cast import Person

from flaresmith.features.identity import models
from flaresmith.features.identity import service as identity
from flaresmith.features.identity.schemas import NewOrganization
from flaresmith.kit.actor import system
from flaresmith.kit.tx import begin

TABLES = sorted(
    each.__tablename__
    for each in vars(models).values()
    if isinstance(each, type) and issubclass(each, models.Table) and hasattr(each, "__tablename__")
)
READABLE = {"users", "organizations", "organization_members", "sessions"}


@contextmanager
def application(database: str, user_id: uuid.UUID | None) -> Iterator[psycopg.Connection]:
    """A transaction as requests have it, for this person or nobody; rolled back."""
    with psycopg.connect(database) as connection:
        connection.execute("SET LOCAL ROLE flaresmith_app")
        connection.execute("SELECT set_config('flaresmith.user_id', %s, true)", [str(user_id or "")])
        yield connection
        connection.rollback()


@pytest.fixture
async def filled(ada: Person, bob: Person, client: httpx.AsyncClient) -> None:
    """Something in every table."""
    body = {"email": "zoe@example.org", "password": "an otter in the bath"}
    await client.post("/api/v1/auth/register", json=body)
    await client.post("/api/v1/auth/login", json={**body, "password": "not this one"})
    async with begin(system()) as tx:
        await identity.make_link(tx, ada.id)


def count(connection: psycopg.Connection, table: str) -> int:
    (found,) = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone() or (0,)
    return int(found)


def test_there_is_a_row_of_somebody_else_in_every_table(database: str, filled: None) -> None:
    assert len(TABLES) == 7
    with psycopg.connect(database) as owner:
        assert all(count(owner, table) for table in TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_nobody_reads_nothing(database: str, filled: None, table: str) -> None:
    with application(database, None) as connection:
        if table in READABLE:
            assert count(connection, table) == 0
        else:
            with pytest.raises(errors.InsufficientPrivilege):
                count(connection, table)


@pytest.mark.parametrize(
    ("table", "column"), [("users", "id"), ("sessions", "user_id"), ("organization_members", "user_id")]
)
def test_a_person_reads_their_own_rows_only(database: str, filled: None, bob: Person, table: str, column: str) -> None:
    with application(database, bob.id) as connection:
        found = connection.execute(
            sql.SQL("SELECT DISTINCT {} FROM {}").format(sql.Identifier(column), sql.Identifier(table))
        ).fetchall()
    assert found == [(bob.id,)]


def test_a_person_reads_their_own_organization_only(database: str, filled: None, bob: Person) -> None:
    with application(database, bob.id) as connection:
        assert connection.execute("SELECT id FROM organizations").fetchall() == [(bob.org_id,)]


@pytest.mark.parametrize("table", sorted(set(TABLES) - READABLE))
def test_hashes_links_and_attempts_are_nobodys_to_read(database: str, filled: None, ada: Person, table: str) -> None:
    with application(database, ada.id) as connection, pytest.raises(errors.InsufficientPrivilege):
        count(connection, table)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("verb", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_no_statement_of_a_request_changes_or_removes(
    database: str, filled: None, ada: Person, table: str, verb: str
) -> None:
    column = {"organization_members": "role", "sign_in_attempts": "key", "passwords": "hash"}.get(table, "id")
    statement = sql.SQL(verb).format(*map(sql.Identifier, (table, column, column)[: verb.count("{}")]))
    with application(database, ada.id) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(statement)


ATTEMPTS = {
    "join another's organization": "INSERT INTO organization_members VALUES (%(bobs)s, %(ada)s, 'member', now())",
    "own another's organization": "INSERT INTO organization_members VALUES (%(bobs)s, %(ada)s, 'owner', now())",
    "put somebody into one's own": "INSERT INTO organization_members VALUES (%(adas)s, %(bob)s, 'member', now())",
    "found in another's name": "INSERT INTO organizations (id, name, slug, created_by)"
    " VALUES (gen_random_uuid(), 'x', 'x', %(bob)s)",
    "open a session": "INSERT INTO sessions (id, user_id, family, kind, token_hash, access_expires_at, ends_at,"
    " last_seen_at) VALUES (gen_random_uuid(), %(ada)s, gen_random_uuid(), 'web', '', now(), now(), now())",
    "make a link": "INSERT INTO sign_in_links (id, user_id, token_hash, expires_at)"
    " VALUES (gen_random_uuid(), %(bob)s, '', now())",
    "add an administrator": "INSERT INTO users (id, email, display_name, role)"
    " VALUES (gen_random_uuid(), 'x@example.org', 'x', 'admin')",
    "set a password": "INSERT INTO passwords (user_id, hash) VALUES (%(bob)s, '')",
    "become the machine": "SET ROLE flaresmith_system",
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_nobody_promotes_themselves(database: str, ada: Person, bob: Person, attempt: str) -> None:
    names = {"ada": ada.id, "bob": bob.id, "adas": ada.org_id, "bobs": bob.org_id}
    with psycopg.connect(database) as connection:
        connection.execute("CREATE ROLE a_request LOGIN IN ROLE flaresmith_app")
        connection.execute("SET LOCAL SESSION AUTHORIZATION a_request")
        connection.execute("SET LOCAL ROLE flaresmith_app")
        connection.execute("SELECT set_config('flaresmith.user_id', %s, true)", [str(ada.id)])
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(ATTEMPTS[attempt], names)
        connection.rollback()


async def test_members_of_one_organization_see_each_other_and_only_that(
    database: str, ada: Person, bob: Person, filled: None
) -> None:
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("INSERT INTO organization_members VALUES (%s, %s, 'member', now())", [ada.org_id, bob.id])
    with application(database, bob.id) as connection:
        found = connection.execute("SELECT email FROM users ORDER BY email").fetchall()
        sessions = connection.execute("SELECT DISTINCT user_id FROM sessions").fetchall()
    assert found == [("ada@example.org",), ("bob@example.org",)]
    assert sessions == [(bob.id,)]


async def test_a_founder_who_left_sees_the_organization_no_more(database: str, ada: Person, bob: Person) -> None:
    async with begin(ada.actor) as tx:
        made = await identity.create_organization(tx, NewOrganization(name="Analytical Engines"))
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("INSERT INTO organization_members VALUES (%s, %s, 'owner', now())", [made.id, bob.id])
        owner.execute("DELETE FROM organization_members WHERE org_id = %s AND user_id = %s", [made.id, ada.id])
    with application(database, ada.id) as connection:
        assert connection.execute("SELECT 1 FROM organizations WHERE id = %s", [made.id]).fetchall() == []
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("INSERT INTO organization_members VALUES (%s, %s, 'owner', now())", [made.id, ada.id])


async def test_a_pooled_connection_forgets_who_asked(ada: Person) -> None:
    from sqlalchemy import text

    from flaresmith.kit.actor import NOBODY

    for _ in range(3):
        async with begin(ada.actor) as tx:
            assert await tx.session.scalar(text("SELECT count(*) FROM users")) == 1
        async with begin(NOBODY) as tx:
            assert await tx.session.scalar(text("SELECT count(*) FROM users")) == 0
