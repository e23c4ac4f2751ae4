"""Sessions: one row behind every token, rotation without false sign-outs, reuse ends the family, revocation is felt."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import httpx
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import Person

from flaresmith.features.identity import live, queries
from flaresmith.features.identity import service as identity
from flaresmith.features.identity.live import recognise
from flaresmith.features.identity.schemas import Visitor
from flaresmith.features.identity.service import tokens
from flaresmith.kit import clock
from flaresmith.kit.actor import system
from flaresmith.kit.tx import begin


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def refresh(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post("/api/v1/auth/refresh", json={"refreshToken": token})


async def status_of(client: httpx.AsyncClient, token: str) -> tuple[int, str]:
    answer = await client.get("/api/v1/auth/session", headers=bearer(token))
    return answer.status_code, answer.json().get("error", {}).get("code", "")


async def another_session(person: Person) -> str:
    """Sign the person in at a browser too; the cookie's value."""
    async with begin(system()) as tx:
        link = await identity.make_link(tx, person.id)
    return (await live.sign_in_by_link(link, Visitor())).access


def rows(database: str, statement: str, *parameters: object) -> list[tuple[object, ...]]:
    with psycopg.connect(database, autocommit=True) as sql:
        found = sql.execute(statement, parameters)  # type: ignore[call-overload]
        return found.fetchall() if found.description else []


class TestRefresh:
    async def test_gives_new_tokens_for_the_same_session(self, client: httpx.AsyncClient, ada: Person) -> None:
        answer = await refresh(client, ada.refresh)
        assert answer.status_code == 200
        body = answer.json()
        assert set(body) == {"accessToken", "accessExpiresAt", "refreshToken", "refreshExpiresAt", "expiresIn"}
        assert body["refreshToken"] != ada.refresh
        me = (await client.get("/api/v1/auth/session", headers=bearer(body["accessToken"]))).json()
        assert me["sessionId"] == str(ada.session_id)

    async def test_twenty_at_once_get_one_successor_and_nobody_is_signed_out(
        self, client: httpx.AsyncClient, ada: Person, database: str
    ) -> None:
        answers = await asyncio.gather(*(refresh(client, ada.refresh) for _ in range(20)))
        assert {a.status_code for a in answers} == {200}
        pairs = {(a.json()["accessToken"], a.json()["refreshToken"]) for a in answers}
        assert len(pairs) == 1
        ((access, successor),) = pairs
        assert (await status_of(client, access))[0] == 200
        assert (await refresh(client, successor)).status_code == 200
        assert rows(database, "SELECT count(*) FROM audit_log WHERE action = 'auth.refresh_reused'") == [(0,)]

    async def test_ten_rounds_in_parallel_never_sign_out(self, client: httpx.AsyncClient, ada: Person) -> None:
        current = ada.refresh
        for _ in range(10):
            answers = await asyncio.gather(*(refresh(client, current) for _ in range(4)))
            (current,) = {a.json()["refreshToken"] for a in answers}
        assert (await refresh(client, current)).status_code == 200

    async def test_the_replaced_access_token_serves_what_was_under_way(
        self, client: httpx.AsyncClient, ada: Person
    ) -> None:
        now = datetime.now(UTC)
        with clock.at(now):
            await refresh(client, ada.refresh)
        recognise.forget()
        with clock.at(now + timedelta(seconds=9)):
            assert await status_of(client, ada.token) == (200, "")
        with clock.at(now + timedelta(seconds=11)):
            assert await status_of(client, ada.token) == (401, "AUTH_TOKEN_EXPIRED")

    async def test_an_expired_access_token_is_not_revived_by_the_grace(
        self, client: httpx.AsyncClient, ada: Person
    ) -> None:
        with clock.at(datetime.now(UTC) + timedelta(minutes=20)):
            assert (await refresh(client, ada.refresh)).status_code == 200
            assert await status_of(client, ada.token) == (401, "AUTH_TOKEN_EXPIRED")

    async def test_reuse_after_the_grace_ends_the_family(
        self, client: httpx.AsyncClient, ada: Person, database: str
    ) -> None:
        now = datetime.now(UTC)
        with clock.at(now):
            successor = (await refresh(client, ada.refresh)).json()
        with clock.at(now + timedelta(seconds=11)):
            reused = await refresh(client, ada.refresh)
        assert (reused.status_code, reused.json()["error"]["code"]) == (401, "AUTH_REFRESH_REUSED")
        assert reused.json()["error"]["severity"] == "critical"
        assert (await status_of(client, successor["accessToken"]))[0] == 401
        after = await refresh(client, successor["refreshToken"])
        assert (after.status_code, after.json()["error"]["code"]) == (401, "AUTH_REFRESH_INVALID")
        ((details,),) = rows(database, "SELECT details FROM audit_log WHERE action = 'auth.refresh_reused'")
        assert details["severity"] == "critical"  # type: ignore[index]
        assert rows(database, "SELECT payload->>'user_id' FROM events WHERE name = 'identity.refresh_reused'") == [
            (str(ada.id),)
        ]

    async def test_a_token_from_two_rotations_ago_ends_the_family_at_once(
        self, client: httpx.AsyncClient, ada: Person
    ) -> None:
        second = (await refresh(client, ada.refresh)).json()["refreshToken"]
        third = (await refresh(client, second)).json()["refreshToken"]
        assert (await refresh(client, ada.refresh)).json()["error"]["code"] == "AUTH_REFRESH_REUSED"
        assert (await refresh(client, third)).status_code == 401

    async def test_reuse_leaves_other_sessions_alone(self, client: httpx.AsyncClient, ada: Person, bob: Person) -> None:
        second = (await refresh(client, ada.refresh)).json()["refreshToken"]
        await refresh(client, second)
        await refresh(client, ada.refresh)
        assert await status_of(client, bob.token) == (200, "")
        assert (await refresh(client, bob.refresh)).status_code == 200

    async def test_expires_after_a_week_and_the_session_after_thirty_days(
        self, client: httpx.AsyncClient, ada: Person
    ) -> None:
        now, token = datetime.now(UTC), ada.refresh
        with clock.at(now + timedelta(days=7, minutes=1)):
            expired = await refresh(client, token)
            assert (expired.status_code, expired.json()["error"]["code"]) == (401, "AUTH_REFRESH_TOKEN_EXPIRED")
        for day in range(6, 30, 6):
            with clock.at(now + timedelta(days=day)):
                token = (await refresh(client, token)).json()["refreshToken"]
        with clock.at(now + timedelta(days=30, minutes=1)):
            assert (await refresh(client, token)).json()["error"]["code"] == "AUTH_REFRESH_TOKEN_EXPIRED"

    async def test_a_disabled_account_refreshes_nothing(
        self, client: httpx.AsyncClient, ada: Person, database: str
    ) -> None:
        rows(database, "UPDATE users SET disabled_at = now() WHERE id = %s", ada.id)
        recognise.forget()
        assert (await refresh(client, ada.refresh)).json()["error"]["code"] == "AUTH_REFRESH_INVALID"
        assert (await status_of(client, ada.token))[0] == 401

    async def test_forged_tokens_end_nobodys_session(self, client: httpx.AsyncClient, ada: Person) -> None:
        _, session, secret, seal = ada.refresh.split(".")
        forged = [
            f"fsr.{session}.{'A' * 43}.{seal}",
            f"fsr.{session}.{secret}.{'A' * 22}",
            f"fsr.{session}.{secret}.",
            f"fsr.{uuid.uuid4().hex}.{secret}.{seal}",
            f"fsr.{session}..",
            ada.refresh + "A",
            ada.refresh.upper(),
            ada.token,
        ]
        for token in forged:
            answer = await refresh(client, token)
            assert (answer.status_code, answer.json()["error"]["code"]) == (401, "AUTH_REFRESH_INVALID"), token
        assert (await refresh(client, ada.refresh)).status_code == 200

    @pytest.mark.parametrize("token", ["x", "fsr...", "fsr.é.é.é", "\u0000", "fsr." + "{" * 32 + ".a.b", "💥" * 60])
    async def test_rubbish_is_refused(self, client: httpx.AsyncClient, token: str) -> None:
        assert (await refresh(client, token)).json()["error"]["code"] == "AUTH_REFRESH_INVALID"

    async def test_a_refresh_token_opens_no_door(self, client: httpx.AsyncClient, ada: Person) -> None:
        assert (await status_of(client, ada.refresh))[0] == 401


class TestAccess:
    async def test_expires_after_fifteen_minutes(self, client: httpx.AsyncClient, ada: Person) -> None:
        assert await status_of(client, ada.token) == (200, "")
        with clock.at(datetime.now(UTC) + timedelta(minutes=15, seconds=1)):
            assert await status_of(client, ada.token) == (401, "AUTH_TOKEN_EXPIRED")

    @pytest.mark.parametrize("token", ["fsa_" + "A" * 43, "x" * 10_000, "%00", "a b", "'; DROP TABLE sessions; --"])
    async def test_unknown_tokens(self, client: httpx.AsyncClient, ada: Person, token: str) -> None:
        assert await status_of(client, token) == (401, "AUTH_TOKEN_INVALID")

    async def test_nobody(self, client: httpx.AsyncClient, database: str) -> None:
        for method, path in [
            ("GET", "session"), ("GET", "sessions"), ("POST", "signout"), ("POST", "logout"), ("POST", "signoutAll"),
            ("DELETE", f"sessions/{uuid.uuid4()}"),
        ]:  # fmt: skip
            assert (await client.request(method, f"/api/v1/auth/{path}")).status_code == 401

    async def test_membership_is_read_anew(self, client: httpx.AsyncClient, ada: Person, database: str) -> None:
        rows(database, "DELETE FROM organization_members WHERE user_id = %s", ada.id)
        recognise.forget()
        me = await client.get("/api/v1/auth/session", headers=bearer(ada.token))
        assert me.json()["orgId"] is None

    async def test_last_seen_is_written_every_five_minutes_at_most(
        self, client: httpx.AsyncClient, ada: Person, database: str
    ) -> None:
        now = datetime.now(UTC)
        seen = "SELECT last_seen_at FROM sessions WHERE id = %s"
        (before,) = rows(database, seen, ada.session_id)
        for minutes, written in ((4, before[0]), (6, now + timedelta(minutes=6))):
            recognise.forget()
            with clock.at(now + timedelta(minutes=minutes)):
                await status_of(client, ada.token)
            assert rows(database, seen, ada.session_id) == [(written,)]


class TestEnding:
    @pytest.mark.parametrize("path", ["signout", "logout"])
    async def test_sign_out_is_felt_at_once(self, client: httpx.AsyncClient, ada: Person, path: str) -> None:
        assert await status_of(client, ada.token) == (200, "")
        assert (await ada.client.post(f"/api/v1/auth/{path}")).status_code == 204
        assert await status_of(client, ada.token) == (401, "AUTH_TOKEN_INVALID")
        assert (await refresh(client, ada.refresh)).json()["error"]["code"] == "AUTH_REFRESH_INVALID"

    async def test_another_process_notices_within_a_second(
        self, client: httpx.AsyncClient, ada: Person, database: str
    ) -> None:
        assert await status_of(client, ada.token) == (200, "")
        rows(database, "UPDATE sessions SET revoked_at = now() WHERE id = %s", ada.session_id)
        ended = asyncio.get_running_loop().time()
        while (await status_of(client, ada.token))[0] == 200:
            assert asyncio.get_running_loop().time() - ended < 1.5
            await asyncio.sleep(0.02)

    async def test_sign_out_everywhere(
        self, client: httpx.AsyncClient, ada: Person, bob: Person, database: str
    ) -> None:
        other = await another_session(ada)
        assert len((await ada.client.get("/api/v1/auth/sessions")).json()["items"]) == 2
        assert (await ada.client.post("/api/v1/auth/signoutAll")).status_code == 204
        assert rows(database, "SELECT count(*) FROM sessions WHERE user_id = %s AND revoked_at IS NULL", ada.id) == [
            (0,)
        ]
        assert await status_of(client, ada.token) == (401, "AUTH_TOKEN_INVALID")
        assert (await status_of(client, other))[0] == 401
        assert await status_of(client, bob.token) == (200, "")

    async def test_the_list_shows_ones_own_with_device_and_times(self, ada: Person, bob: Person) -> None:
        (item,) = (await ada.client.get("/api/v1/auth/sessions")).json()["items"]
        assert item["id"] == str(ada.session_id)
        assert item["current"] is True
        assert (item["ip"], item["userAgent"], item["kind"]) == ("127.0.0.1", "tests", "api")
        assert not any("oken" in key or "ash" in key for key in item)

    async def test_one_ends_ones_own_and_no_others(self, client: httpx.AsyncClient, ada: Person, bob: Person) -> None:
        for foreign in (bob.session_id, uuid.uuid4()):
            answer = await ada.client.delete(f"/api/v1/auth/sessions/{foreign}")
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "RESOURCE_NOT_FOUND")
        assert await status_of(client, bob.token) == (200, "")
        assert (await ada.client.delete(f"/api/v1/auth/sessions/{ada.session_id}")).status_code == 204
        assert (await status_of(client, ada.token))[0] == 401

    async def test_what_happened_is_in_the_audit_log(self, ada: Person, database: str) -> None:
        await ada.client.post("/api/v1/auth/signout")
        found = rows(database, "SELECT action, actor_id FROM audit_log WHERE resource_type = 'session' ORDER BY at")
        assert found == [("auth.sign_in", None), ("auth.sign_out", ada.id)]


class TestTokens:
    """What `service.tokens` promises, for any token."""

    @given(st.uuids())
    def test_the_successor_is_always_the_same_and_never_the_token_itself(self, session: uuid.UUID) -> None:
        pair = tokens.first(session)
        successor = tokens.after(pair.refresh, session)
        assert successor == tokens.after(pair.refresh, session)
        assert len({pair.access, pair.refresh, successor.access, successor.refresh}) == 4
        assert tokens.session_of(successor.refresh) == session
        assert tokens.is_ours(successor.refresh)

    @given(st.uuids(), st.integers(0, 200), st.characters(codec="utf-8"))
    def test_a_changed_character_breaks_the_seal(self, session: uuid.UUID, at: int, character: str) -> None:
        token = tokens.first(session).refresh
        at %= len(token)
        changed = token[:at] + character + token[at + 1 :]
        assert tokens.is_ours(changed) == (changed == token)

    @given(st.text())
    def test_any_text_is_looked_at_without_harm(self, text: str) -> None:
        assert not tokens.is_ours(text)
        tokens.session_of(text)


@pytest.fixture(autouse=True)
def keys(installation: str) -> None:
    """Sealing needs the master key of an installation."""


async def test_nothing_usable_is_kept(client: httpx.AsyncClient, ada: Person, database: str) -> None:
    """A copy of every row of every table holds no token, link or password that anybody could use (003:FR-014)."""
    password = "an otter in the bath"
    body = {"email": "zoe@example.org", "password": password}
    opened = (await client.post("/api/v1/auth/register", json=body)).json()
    renewed = (await refresh(client, opened["refreshToken"])).json()
    async with begin(system()) as tx:
        person = await queries.find_person(tx, email="zoe@example.org")
        assert person is not None
        link = await identity.make_link(tx, person.id)
    web = await live.sign_in_by_link(link, Visitor())
    secrets = [password, link, web.access, ada.token, ada.refresh]
    secrets += [found[key] for found in (opened, renewed) for key in ("accessToken", "refreshToken")]
    dump = "\n".join(
        str(line)
        for schema, table in rows(
            database, "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'auth', 'dbos')"
        )
        for line in rows(database, f'SELECT t::text FROM "{schema}"."{table}" t')
    )
    assert "zoe@example.org" in dump
    for secret in secrets:
        assert secret not in dump
        assert secret.encode().hex() not in dump
