"""The owner of the computer: one account, one-time links, and a token for the commands."""

import asyncio
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psycopg
import pytest
from tests.cast import Person

from flaresmith.features.identity import live
from flaresmith.features.identity.errors import LinkInvalid, NoLocalOwner
from flaresmith.features.identity.live import recognise
from flaresmith.features.identity.schemas import Visitor
from flaresmith.kit import clock


@pytest.fixture(autouse=True)
def no_token(data: Path) -> None:
    (data / "owner.token").unlink(missing_ok=True)


def token_of(path: str) -> str:
    assert path.startswith("/sign-in/link/")
    return path.rpartition("/")[2]


async def test_is_made_once_however_many_start_at_once(database: str) -> None:
    paths = await asyncio.gather(*(live.first_owner() for _ in range(8)))
    assert sum(path is not None for path in paths) == 1
    with psycopg.connect(database) as sql:
        assert sql.execute("SELECT email, role FROM users").fetchall() == [("owner@localhost", "user")]
        assert sql.execute("SELECT name FROM organizations").fetchall() == [("Home",)]
        assert sql.execute("SELECT role FROM organization_members").fetchall() == [("owner",)]


async def test_is_not_made_where_there_are_people(ada: Person) -> None:
    assert await live.first_owner() is None
    with pytest.raises(NoLocalOwner):
        await live.sign_in_link()
    with pytest.raises(NoLocalOwner):
        await live.local_token()


async def test_a_link_signs_in_once(database: str) -> None:
    token = token_of(await live.first_owner() or "")
    results = await asyncio.gather(*(live.sign_in_by_link(token, Visitor()) for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(r, LinkInvalid) for r in results) == 5
    (issued,) = [r for r in results if not isinstance(r, BaseException)]
    actor = await live.authenticate(issued.access, "cookie", "")
    assert actor is not None
    assert actor.email == "owner@localhost"


async def test_each_start_gets_a_fresh_link_and_older_ones_stay_good_for_a_day(database: str) -> None:
    now = datetime.now(UTC)
    first, second = await live.first_owner() or "", await live.sign_in_link()
    assert first != second
    await live.sign_in_by_link(token_of(first), Visitor())
    with clock.at(now + timedelta(hours=23)):
        await live.sign_in_by_link(token_of(second), Visitor())
    third = await live.sign_in_link()
    with clock.at(now + timedelta(hours=24, minutes=1)), pytest.raises(LinkInvalid):
        await live.sign_in_by_link(token_of(third), Visitor())


@pytest.mark.parametrize("token", ["", "x", "é", "\u0000", "\ud800", "a" * 10_000, "' OR true --"])
async def test_links_that_are_none(database: str, token: str) -> None:
    await live.first_owner()
    with pytest.raises(LinkInvalid):
        await live.sign_in_by_link(token, Visitor())


async def test_a_link_of_a_disabled_account_opens_nothing(database: str) -> None:
    token = token_of(await live.first_owner() or "")
    with psycopg.connect(database, autocommit=True) as sql:
        sql.execute("UPDATE users SET disabled_at = now()")
    with pytest.raises(LinkInvalid):
        await live.sign_in_by_link(token, Visitor())


async def test_the_commands_token_is_private_and_kept(database: str, data: Path, client: httpx.AsyncClient) -> None:
    token = await live.local_token()
    kept = data / "owner.token"
    assert kept.read_text().strip() == token
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert await live.local_token() == token
    me = await client.get("/api/v1/auth/session", headers={"authorization": f"Bearer {token}"})
    assert me.json()["user"]["email"] == "owner@localhost"


async def test_the_commands_token_is_listed_revocable_and_then_renewed(
    database: str, client: httpx.AsyncClient, data: Path
) -> None:
    token = await live.local_token()
    bearer = {"authorization": f"Bearer {token}"}
    (session,) = (await client.get("/api/v1/auth/sessions", headers=bearer)).json()["items"]
    assert (session["label"], session["kind"]) == ("this computer", "local")
    assert (await client.delete(f"/api/v1/auth/sessions/{session['id']}", headers=bearer)).status_code == 204
    assert (await client.get("/api/v1/auth/session", headers=bearer)).status_code == 401
    renewed = await live.local_token()
    assert renewed != token
    assert (data / "owner.token").read_text().strip() == renewed


async def test_a_token_of_another_installation_is_replaced(database: str, data: Path) -> None:
    (data / "owner.token").write_text("fsa_" + "A" * 43)
    (data / "owner.token").chmod(0o644)
    token = await live.local_token()
    assert (data / "owner.token").read_text().strip() == token
    assert stat.S_IMODE((data / "owner.token").stat().st_mode) == 0o600


async def test_the_commands_token_outlives_a_holiday(database: str) -> None:
    token = await live.local_token()
    recognise.forget()
    with clock.at(datetime.now(UTC) + timedelta(days=300)):
        assert await live.authenticate(token, "bearer", "") is not None
    with clock.at(datetime.now(UTC) + timedelta(days=366)):
        assert await live.authenticate(token, "cookie", "") is None


async def test_owner_at_localhost_cannot_be_registered(client: httpx.AsyncClient) -> None:
    body = {"email": "owner@localhost", "password": "an otter in the bath"}
    assert (await client.post("/api/v1/auth/register", json=body)).status_code == 400
