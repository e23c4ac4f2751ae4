"""Signing in with a password: failures are alike and as slow, throttled before the check, and never block the loop."""

import asyncio
import statistics
import time
from datetime import UTC, datetime, timedelta

import httpx
import psycopg
import pytest

from flaresmith.features.identity import live
from flaresmith.features.identity.errors import SignInBusy
from flaresmith.features.identity.live import hashing
from flaresmith.features.identity.schemas import Credentials, Visitor
from flaresmith.kit import clock

PASSWORD = "an otter in the bath"
START = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
async def zoe(client: httpx.AsyncClient) -> str:
    body = {"email": "zoe@example.org", "password": PASSWORD}
    assert (await client.post("/api/v1/auth/register", json=body)).status_code == 201
    return "zoe@example.org"


async def login(client: httpx.AsyncClient, email: str, password: str = PASSWORD, **headers: str) -> httpx.Response:
    return await client.post("/api/v1/auth/login", json={"email": email, "password": password}, headers=headers)


async def test_opens_a_new_session_each_time(client: httpx.AsyncClient, zoe: str) -> None:
    first, second = (await login(client, "ZOE@example.org")).json(), (await login(client, zoe)).json()
    assert first["accessToken"] != second["accessToken"]
    assert first["type"] == "user"
    for token in (first["accessToken"], second["accessToken"]):
        assert (
            await client.get("/api/v1/auth/session", headers={"authorization": f"Bearer {token}"})
        ).status_code == 200


async def test_everybody_who_fails_gets_the_same_answer(client: httpx.AsyncClient, zoe: str, database: str) -> None:
    for email in ("disabled", "admin", "linkonly"):
        await client.post("/api/v1/auth/register", json={"email": f"{email}@example.org", "password": PASSWORD})
    with psycopg.connect(database, autocommit=True) as sql:
        sql.execute("UPDATE users SET disabled_at = now() WHERE email LIKE 'disabled%'")
        sql.execute("UPDATE users SET role = 'admin' WHERE email LIKE 'admin%'")
        sql.execute("DELETE FROM passwords p USING users u WHERE u.id = p.user_id AND u.email LIKE 'linkonly%'")
    answers = [
        await login(client, zoe, "not this one"),
        await login(client, "nobody@example.org"),
        await login(client, "disabled@example.org"),
        await login(client, "admin@example.org"),
        await login(client, "linkonly@example.org"),
    ]
    shown = {(a.status_code, a.json()["error"]["code"], a.json()["error"]["message"]) for a in answers}
    assert shown == {(401, "AUTH_INVALID_CREDENTIALS", "The e-mail address or the password is wrong.")}
    varying = {"x-request-id", "x-trace-id"}
    assert len({tuple(sorted(set(a.headers) - varying)) for a in answers}) == 1
    assert len({a.headers["content-length"] for a in answers}) == 1


async def test_unknown_accounts_take_as_long_as_known_ones(client: httpx.AsyncClient, zoe: str) -> None:
    """A look-up without a hash would answer some five times as fast."""
    took: dict[str, list[float]] = {zoe: [], "nobody@example.org": []}
    for round_ in range(15):
        with clock.at(START + round_ * timedelta(minutes=30)):
            for email, times in took.items():
                started = time.perf_counter()
                await login(client, email, "not this one")
                times.append(time.perf_counter() - started)
    known, unknown = (statistics.median(times) for times in took.values())
    assert 0.6 < known / unknown < 1.7


@pytest.mark.parametrize("email", ["zoe@example.org", "nobody@example.org"])
async def test_the_sixth_try_within_a_minute_waits(client: httpx.AsyncClient, zoe: str, email: str) -> None:
    with clock.at(START):
        for _ in range(5):
            assert (await login(client, email, "not this one")).status_code == 401
    with clock.at(START + timedelta(seconds=20)):
        sixth = await login(client, email)
        assert (sixth.status_code, sixth.json()["error"]["code"]) == (429, "RATE_LIMIT_EXCEEDED")
        assert sixth.headers["retry-after"] == "40"
    if email == zoe:
        with clock.at(START + timedelta(seconds=61)):
            assert (await login(client, email)).status_code == 200


@pytest.mark.parametrize("email", ["zoe@example.org", "nobody@example.org"])
async def test_ten_failures_lock_for_a_quarter_of_an_hour(client: httpx.AsyncClient, zoe: str, email: str) -> None:
    for n in range(10):
        with clock.at(START + n * timedelta(seconds=30)):
            assert (await login(client, email, "not this one")).status_code == 401
    locked_at = START + timedelta(seconds=270)
    with clock.at(locked_at + timedelta(minutes=14)):
        locked = await login(client, email)
        assert (locked.status_code, locked.json()["error"]["code"]) == (423, "AUTH_LOCKED")
        assert locked.headers["retry-after"] == "60"
    with clock.at(locked_at + timedelta(minutes=15, seconds=1)):
        assert (await login(client, email)).status_code == (200 if email == zoe else 401)


async def test_who_goes_on_failing_is_locked_again(client: httpx.AsyncClient) -> None:
    statuses = []
    for n in range(60):
        with clock.at(START + n * timedelta(minutes=1, seconds=1)):
            statuses.append((await login(client, "nobody@example.org", "not this one")).status_code)
    assert statuses == ([401] * 10 + [423] * 14) * 2 + [401] * 10 + [423] * 2


async def test_no_header_dodges_the_throttle(client: httpx.AsyncClient, zoe: str) -> None:
    with clock.at(START):
        statuses = [
            (
                await login(
                    client,
                    zoe,
                    "not this one",
                    **{"x-forwarded-for": f"203.0.113.{n}", "x-real-ip": f"203.0.113.{n}", "user-agent": f"agent {n}"},
                )
            ).status_code
            for n in range(7)
        ]
    assert statuses == [401] * 5 + [429] * 2


async def test_a_burst_gets_no_more_tries_than_a_patient_guesser(client: httpx.AsyncClient, zoe: str) -> None:
    with clock.at(START):
        answers = await asyncio.gather(*(login(client, zoe, f"not this {n}") for n in range(30)))
    statuses = [a.status_code for a in answers]
    assert (statuses.count(401), statuses.count(429)) == (5, 25)


async def test_success_forgets_the_failures(client: httpx.AsyncClient, zoe: str) -> None:
    for n in range(4):
        with clock.at(START + n * timedelta(minutes=2)):
            for _ in range(4):
                assert (await login(client, zoe, "not this one")).status_code == 401
            assert (await login(client, zoe)).status_code == 200


async def test_another_address_is_not_locked_with_it(client: httpx.AsyncClient, zoe: str) -> None:
    with clock.at(START):
        for _ in range(6):
            await login(client, "nobody@example.org", "not this one")
        assert (await login(client, zoe)).status_code == 200


async def test_a_hash_of_older_parameters_is_replaced_at_sign_in(
    client: httpx.AsyncClient, zoe: str, database: str
) -> None:
    from argon2 import PasswordHasher

    weaker = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with psycopg.connect(database, autocommit=True) as sql:
        sql.execute("UPDATE passwords SET hash = %s", [weaker])
        assert (await login(client, zoe)).status_code == 200
        (kept,) = sql.execute("SELECT hash FROM passwords").fetchone() or ("",)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (await login(client, zoe)).status_code == 200


async def test_hashing_does_not_hold_up_the_event_loop(database: str) -> None:
    await hashing.hashed("warm the pool up")
    gaps, done = [0.0], asyncio.Event()

    async def tick() -> None:
        last = time.perf_counter()
        while not done.is_set():
            await asyncio.sleep(0)
            now = time.perf_counter()
            gaps.append(now - last)
            last = now

    ticking = asyncio.create_task(tick())
    started = time.perf_counter()
    await asyncio.gather(*(hashing.hashed("an otter in the bath") for _ in range(10)))
    worked = time.perf_counter() - started
    done.set()
    await ticking
    assert max(gaps) < worked / 2


async def test_more_than_a_second_of_hashing_is_refused_at_once(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "_WAITING", 3)
    results = await asyncio.gather(
        *(live.sign_in(Credentials(email=f"n{n}@example.org", password="not this one"), Visitor(), kind="api")
          for n in range(12)),
        return_exceptions=True,
    )  # fmt: skip
    busy = [r for r in results if isinstance(r, SignInBusy)]
    assert busy
    assert all(b.status == 503 and b.retry_after == 1 for b in busy)
