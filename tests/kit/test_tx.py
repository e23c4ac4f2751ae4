"""Transactions: all or nothing, one at a time, as one person, and never waiting for the outside world."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from starlette.types import ASGIApp, Receive, Scope, Send
from tests.cast import Person, make_client

from flaresmith.kit import asgi, http, tx
from flaresmith.kit.actor import NOBODY, system
from flaresmith.kit.audit import AuditRow, audit
from flaresmith.kit.errors import BadRequest, Conflict, Forbidden, NotFound, Unauthenticated
from flaresmith.kit.permissions import OWNERS, Permission
from flaresmith.kit.settings import settings
from flaresmith.kit.stream import StreamRow, open_stream
from flaresmith.kit.tx import DatabaseUnavailable, Tx, begin


async def write(open_tx: Tx) -> None:
    await open_stream(open_tx, uuid.uuid4(), "test", org_id=uuid.uuid4(), project_id=uuid.uuid4())


async def count() -> int:
    async with begin(system(), read_only=True) as reading:
        return int(await reading.session.scalar(select(func.count()).select_from(StreamRow)) or 0)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, asyncio.CancelledError, Conflict])
async def test_any_exception_rolls_back(database: str, error: type[BaseException]) -> None:
    async def fail() -> None:
        async with begin(system()) as writing:
            await write(writing)
            raise error

    with pytest.raises(error):
        await fail()
    assert await count() == 0
    async with begin(system()) as writing:
        await write(writing)
    assert await count() == 1


async def test_a_transaction_inside_another_is_refused(database: str) -> None:
    async with begin(system()) as outer:
        await write(outer)
        with pytest.raises(RuntimeError, match="already open"):
            async with begin(system()):
                pass
    assert await count() == 1
    assert not tx.inside()


async def test_tasks_beside_each_other_have_a_transaction_each(database: str) -> None:
    async def one() -> None:
        async with begin(system()) as writing:
            await write(writing)

    await asyncio.gather(*(one() for _ in range(8)))
    assert await count() == 8


async def test_read_only_refuses_to_write(database: str) -> None:
    with pytest.raises(DBAPIError, match="read-only transaction"):
        async with begin(system(), read_only=True) as reading:
            await write(reading)
    assert await count() == 0
    async with begin(system()) as writing:  # the pooled connection is writable again
        await write(writing)
    assert await count() == 1


async def test_nothing_waits_for_the_outside_world_in_a_transaction(database: str) -> None:
    async with begin(system()):
        with pytest.raises(RuntimeError, match="outside world"):
            await http.request("GET", "http://127.0.0.1:9/")


async def test_whoever_comes_next_on_the_same_connection_is_not_who_was_before(ada: Person) -> None:
    question = text("SELECT current_user, auth.uid(), current_setting('flaresmith.realm', true)")
    async with begin(ada.actor) as hers:
        assert tuple((await hers.session.execute(question)).one()) == ("flaresmith_app", ada.id, "user")
    async with begin(NOBODY) as nobodys:
        assert tuple((await nobodys.session.execute(question)).one()) == ("flaresmith_app", None, "user")
    async with begin(system()) as ours:
        assert tuple((await ours.session.execute(question)).one()) == ("flaresmith_system", None, "system")


async def test_the_application_role_cannot_step_around_the_policies(database: str) -> None:
    async with begin(NOBODY) as nobodys:
        found = (
            await nobodys.session.execute(
                text("SELECT rolsuper, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = current_user")
            )
        ).one()
        assert tuple(found) == (False, False, False)


@pytest.mark.parametrize(
    ("statement", "given"),
    [("SELECT CAST(:given AS text)", "a\0b"), ("SELECT CAST(CAST(:given AS text) AS jsonb) ->> 0", '["a\\u0000b"]')],
)
async def test_a_nul_in_text_is_bad_input_and_not_our_fault(database: str, statement: str, given: str) -> None:
    with pytest.raises(BadRequest):
        async with begin(system()) as ours:
            await ours.session.execute(text(statement), {"given": given})


async def test_require_asks_for_scope_and_role(ada: Person) -> None:
    needed = Permission("tests:paint", OWNERS)
    narrowed = replace(ada.actor, scopes=frozenset({"tests:other"}))
    async with begin(system()) as ours:
        ours.require(needed)
    async with begin(ada.actor) as hers:
        hers.require(needed, "owner")
        with pytest.raises(Forbidden, match="needs the role owner; you are viewer"):
            hers.require(needed, "viewer")
    async with begin(narrowed) as less:
        with pytest.raises(Forbidden):
            less.require(needed, "owner")
    async with begin(NOBODY) as nobodys:
        with pytest.raises(Unauthenticated):
            nobodys.require(Permission("tests:anything"))


class TestAtTheDoor:
    """A request is one transaction that commits before its reply is sent."""

    @pytest.fixture
    def twice(self, database: str) -> Iterator[str]:
        """A table whose rule is checked at commit and not before."""
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("CREATE TABLE twice (n int CONSTRAINT uq_twice UNIQUE DEFERRABLE INITIALLY DEFERRED)")
            connection.execute("GRANT ALL ON twice TO flaresmith_app")
            yield database
            connection.execute("DROP TABLE twice")

    @pytest.fixture
    async def door(self, twice: str, ada: Person) -> AsyncIterator[httpx.AsyncClient]:
        app = FastAPI()
        asgi.install_errors(app)

        @app.post("/numbers", status_code=201)
        async def add(tx: asgi.InTx, n: int) -> dict[str, int]:
            await tx.session.execute(text("INSERT INTO twice VALUES (:n), (:n + 1)"), {"n": n})
            return {"n": n}

        async with make_client(as_actor(app, ada), "http://127.0.0.1:3000") as client:
            yield client

    async def test_a_rule_broken_at_commit_is_409_and_nothing_is_saved(
        self, door: httpx.AsyncClient, twice: str
    ) -> None:
        assert (await door.post("/numbers?n=1")).status_code == 201
        answer = await door.post("/numbers?n=2")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")
        assert answer.json()["error"]["context"] == {"constraint": "uq_twice"}
        with psycopg.connect(twice) as connection:
            assert connection.execute("SELECT n FROM twice ORDER BY n").fetchall() == [(1,), (2,)]


def as_actor(app: ASGIApp, person: Person) -> ASGIApp:
    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": {"actor": person.actor}}, receive, send)

    return door


def test_a_database_that_is_away_is_503_and_says_so(
    installation: str, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[BaseException] = []

    async def ask() -> None:
        try:
            async with begin(system()):
                pass
        except BaseException as error:
            seen.append(error)
        finally:
            await tx.close()

    monkeypatch.setattr(settings(), "database_url", f"postgresql://u:p@127.0.0.1:{free_port}/none")
    thread = threading.Thread(target=lambda: asyncio.run(ask()))
    thread.start()
    thread.join()
    assert [type(error) for error in seen] == [DatabaseUnavailable]


@pytest.fixture
def free_port() -> int:
    from flaresmith.kit.machine.ports import free_port

    return free_port()


async def test_the_audit_log_keeps_who_and_what_and_no_secret(ada: Person) -> None:
    password = "correct-horse-battery"
    async with begin(ada.actor) as hers:
        audit(hers, "tests.paint", "wall", 7, password=password, nested={"dsn": f"postgres://u:{password}@h/d"})
    async with begin(system()) as ours:
        (row,) = (await ours.session.scalars(select(AuditRow).where(AuditRow.action == "tests.paint"))).all()
    assert (row.actor_id, row.org_id, row.resource_type, row.resource_id) == (ada.id, ada.org_id, "wall", "7")
    assert password not in str(row.details)


async def test_the_audit_log_cannot_be_changed_nor_written_for_somebody_else(ada: Person, bob: Person) -> None:
    async with begin(ada.actor) as hers:
        audit(hers, "tests.paint", "wall", 7)
    for actor in (ada.actor, system()):
        for statement in ("UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log"):
            with pytest.raises(NotFound):
                async with begin(actor) as writing:
                    await writing.session.execute(text(statement))
    with pytest.raises(NotFound):
        async with begin(ada.actor) as hers:
            hers.add(AuditRow(action="x", resource_type="x", resource_id="x", outcome="x", actor_type="user",
                              org_id=ada.org_id, actor_id=bob.id))  # fmt: skip
