"""Databases of environments: shut off from each other, branched with their data, made whole after a crash."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import asyncpg
import pytest

from flaresmith.kit.errors import Conflict, Invalid, NotFound, Unavailable
from flaresmith.providers.local import names
from flaresmith.providers.local.database import database as database_module
from flaresmith.providers.local.database.database import DatabaseKind
from flaresmith.providers.local.database.server import Server
from flaresmith.providers.local.database.sql import identifier, literal, password_verifier, tags

from .conftest import OWNER, STRANGER, Calls

pytestmark = pytest.mark.anyio


@pytest.fixture
async def admin(database_url: str):
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def query(url: str, sql: str):
    connection = await asyncpg.connect(url)
    try:
        *first, last = sql.split(";")
        for statement in first:
            await connection.execute(statement)
        return await connection.fetch(last)
    finally:
        await connection.close()


async def make(databases: DatabaseKind, call: Calls, name: str, **spec) -> str:
    return (await databases.create(call(name, spec))).outputs["url"]


async def test_a_role_reaches_its_own_database_only(databases: DatabaseKind, call: Calls) -> None:
    one, two = await make(databases, call, "fs_own_a"), await make(databases, call, "fs_own_b")
    await query(one, "create table t (a int)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await query(one.rpartition("/")[0] + "/fs_own_b", "select 1")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await query(two.replace("fs_own_b:", "fs_own_a:"), "select 1")
    for forbidden in (
        "create database fs_more",
        "create role more",
        "alter role fs_own_a superuser",
        "set role fs_own_b",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await query(one, forbidden)
    settings = await query(one, "select current_setting('statement_timeout') t, current_user u")
    assert (settings[0]["t"], settings[0]["u"]) == ("30s", "fs_own_a")


async def test_a_branch_has_the_data_and_is_its_own(databases: DatabaseKind, call: Calls) -> None:
    source = await make(databases, call, "fs_tree_prod")
    await query(source, "create table book (id serial primary key, title text)")
    await query(source, "insert into book (title) select 'x' from generate_series(1, 500)")
    await query(source, "create schema extra; create table extra.more (a int); create type mood as enum ('ok')")
    await query(
        source, "alter default privileges grant select on tables to fs_tree_prod; grant select on book to public"
    )
    branch = await make(databases, call, "fs_tree_dev", source="fs_tree_prod")
    assert (await query(branch, "select count(*) n from book"))[0]["n"] == 500
    await query(branch, "alter table book add pages int; drop table extra.more; alter type mood add value 'well'")
    await query(branch, "insert into book (title) values ('y'); create table another (a int)")
    assert (await query(source, "select count(*) n from book"))[0]["n"] == 500
    assert (await query(source, "select count(*) n from extra.more"))[0]["n"] == 0
    await databases.delete(call("fs_tree_prod"))  # a branch does not need its source any more
    assert (await query(branch, "select count(*) n from book"))[0]["n"] == 501


async def test_a_copy_ends_sessions_and_lets_them_come_back(databases: DatabaseKind, call: Calls) -> None:
    source = await make(databases, call, "fs_busy_prod")
    await query(source, "create table t (a int)")
    stop = asyncio.Event()
    answers = 0

    async def client() -> None:
        nonlocal answers
        while not stop.is_set():
            try:
                await query(source, "insert into t values (1)")
                answers += 1
            except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
                await asyncio.sleep(0.002)

    clients = [asyncio.create_task(client()) for _ in range(4)]
    for number in range(3):
        branch = await make(databases, call, f"fs_busy_{number}", source="fs_busy_prod")
        before = answers
        assert (await query(branch, "select count(*) n from t"))[0]["n"] >= 0
        while answers == before:  # noqa: ASYNC110 - four clients count it up
            await asyncio.sleep(0.005)
    stop.set()
    await asyncio.gather(*clients)


async def test_concurrent_creations_make_one(databases: DatabaseKind, call: Calls, admin) -> None:
    await make(databases, call, "fs_race_src")
    spec = {"source": "fs_race_src"}
    made = await asyncio.gather(*(databases.create(call("fs_race", spec)) for _ in range(5)))
    assert len({one.outputs["url"] for one in made}) == 1
    both = await asyncio.gather(
        *(databases.create(call("fs_race_x", {}, o)) for o in (OWNER, STRANGER)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in both) == ["Conflict", "Found"]
    await databases.delete(call("fs_race_x", {}, next(o.owner for o in both if not isinstance(o, Exception))))


@pytest.mark.parametrize(
    "left",
    [
        ["create role {n} login", "comment on role {n} is '{tag}'"],
        ["create role {n} login", "comment on role {n} is '{tag}'", "create database {n}"],
        [
            "create role {n}",
            "comment on role {n} is '{tag}'",
            "create database {n}",
            "revoke all on database {n} from public",
        ],
    ],
    ids=["only the role", "an empty database", "without its comment"],
)
async def test_what_an_interruption_left_is_made_whole(databases, call: Calls, admin, left: list[str]) -> None:
    name = f"fs_half_{len(left)}"
    for statement in left:
        await admin.execute(statement.format(n=name, tag=f'{{"flaresmith":{{"owner":"{OWNER}"}}}}'))
    assert await databases.read(call(name)) is None
    assert [one.name for one in await databases.list(OWNER) if one.name == name] == [name]
    with pytest.raises(Conflict):
        await databases.create(call(name, {}, STRANGER))
    url = await make(databases, call, name)
    await query(url, "create table t (a int)")
    await databases.delete(call(name))
    assert not await admin.fetch("select from pg_roles where rolname = $1", name)


async def test_a_source_that_was_left_closed_is_opened(databases: DatabaseKind, call: Calls, admin) -> None:
    url = await make(databases, call, "fs_closed")
    await admin.execute("alter database fs_closed with allow_connections false")
    assert await databases.read(call("fs_closed")) is not None
    assert await query(url, "select 1 a")


async def test_foreign_databases_are_never_touched(databases: DatabaseKind, call: Calls, admin) -> None:
    await admin.execute("create database fs_foreign")
    with pytest.raises(Conflict):
        await databases.create(call("fs_foreign"))
    with pytest.raises(Conflict):
        await databases.delete(call("fs_foreign"))
    assert [one for one in await databases.list() if one.name == "fs_foreign"] == []
    await admin.execute("drop database fs_foreign")


async def test_branching_needs_a_source_of_ones_own(databases: DatabaseKind, call: Calls) -> None:
    with pytest.raises(NotFound):
        await databases.create(call("fs_none_dev", {"source": "fs_none_prod"}))
    await databases.create(call("fs_theirs", {}, STRANGER))
    with pytest.raises(Conflict):
        await databases.create(call("fs_mine", {"source": "fs_theirs"}))
    with pytest.raises(Invalid):
        await databases.create(call("fs_mine", {"source": "postgres"}))
    await databases.delete(call("fs_none_dev"))
    await databases.delete(call("fs_mine"))


async def test_an_update_brings_password_and_limits_back(databases: DatabaseKind, call: Calls, admin) -> None:
    url = await make(databases, call, "fs_heal")
    await query(url, "create table kept (a int)")
    await admin.execute("alter role fs_heal password 'changed' connection limit 1 nologin")
    wanted = call("fs_heal", {"note": "new"})
    found = await databases.update(wanted, await databases.read(wanted))
    assert found.outputs["url"] == url
    assert found.spec_hash == wanted.spec_hash
    assert await query(url, "select * from kept") == []


async def test_a_server_that_is_away_is_said_to_be(call: Calls) -> None:
    away = DatabaseKind(Server("postgresql://postgres:pw@127.0.0.1:1/postgres", b"k"))
    with pytest.raises(Unavailable) as refused:
        await away.read(call("fs_x"))
    assert "pw" not in refused.value.message


async def test_the_server_log_never_sees_a_password(databases: DatabaseKind, call: Calls, admin) -> None:
    found = await databases.create(call("fs_silent"))
    statements: list[str] = []
    original = database_module._run

    async def recording(connection, statement: str) -> None:
        statements.append(statement)
        await original(connection, statement)

    database_module._run, back = recording, original
    try:
        await databases.update(call("fs_silent"), found)
    finally:
        database_module._run = back
    password = found.outputs["url"].split("@")[0].rpartition(":")[2]
    assert statements
    assert not [statement for statement in statements if password in statement]


@pytest.mark.parametrize(
    "name", ["fs_", "x", "fs_a b", 'fs_a"b', "fs_a;drop", "FS_a", "fs_" + "a" * 61, "fs_ä", "postgres"]
)
async def test_hostile_names_are_refused(databases: DatabaseKind, call: Calls, name: str) -> None:
    for verb in (databases.read, databases.create, databases.delete):
        with pytest.raises(Invalid):
            await verb(call(name))


async def test_quoting_gives_back_what_it_got(admin) -> None:
    for text in ("plain", "it's", 'a"b', "back\\slash", "E'\\'", "$$", "émoji 🐘", "a\nb"):
        assert await admin.fetchval(f"select {literal(text)}") == text
        assert list((await admin.fetchrow(f"select 1 as {identifier(text)}")).keys()) == [text]
    assert tags('{"flaresmith": {"owner": "x"}}') == {"owner": "x"}
    assert tags("not json") is tags(None) is tags("[]") is None
    assert password_verifier("x") != password_verifier("x")


def test_no_two_environments_share_a_name() -> None:
    pairs = [
        (slug, env)
        for slug in ("a", "a-b", "a-preview", "a-b-c")
        for env in ("dev", "prod", "preview-dev", "preview-b-dev")
    ]
    found = [names.database(slug, env) for slug, env in pairs]
    assert len(set(found)) == len(found)
    long = {names.database("s" * 60 + str(n), "preview-" + "x" * 40) for n in range(50)}
    assert len(long) == 50
    assert max(map(len, long)) <= 63
    assert all(names.checked_database(name) for name in [*found, *long])


async def test_a_wrong_key_changes_no_owner(databases: DatabaseKind, database_url: str, call: Calls) -> None:
    await databases.create(call("fs_key"))
    other = DatabaseKind(Server(database_url, b"another key"))
    wanted = replace(call("fs_key"), spec_hash="changed")
    found = await other.update(wanted, await other.read(wanted))
    assert await query(found.outputs["url"], "select 1 a")
