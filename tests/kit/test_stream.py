"""The event log of a stream and its readers: in order, without gaps, at once, and on from where one was."""

from __future__ import annotations

import asyncio
import time
import uuid

import httpx
import pytest
from tests.cast import Person
from tests.make.running import serving

from flaresmith.kit.actor import system
from flaresmith.kit.errors import NotFound
from flaresmith.kit.stream import StreamEvent, append, open_stream, read, tail
from flaresmith.kit.tx import begin

SOON = 5.0  # far below the heartbeat of 15 s that would also wake a reader


async def opened() -> uuid.UUID:
    stream_id = uuid.uuid4()
    async with begin(system()) as tx:
        await open_stream(tx, stream_id, "test", org_id=uuid.uuid4(), project_id=uuid.uuid4())
    return stream_id


async def say(stream_id: uuid.UUID, *words: str, close: bool = False) -> None:
    async with begin(system()) as tx:
        await append(tx, stream_id, *((word, {"word": word}) for word in words), close=close)


async def collected(stream_id: uuid.UUID, after: int = 0) -> list[StreamEvent]:
    return [event async for event in tail(system(), stream_id, after) if event is not None]


async def test_twenty_who_append_at_once_leave_no_gap_and_every_reader_sees_the_same(database: str) -> None:
    stream_id = await opened()
    readers = [asyncio.create_task(collected(stream_id)) for _ in range(3)]

    async def appender(name: int) -> None:
        for turn in range(5):
            await say(stream_id, f"{name}.{turn}.a", f"{name}.{turn}.b")

    await asyncio.gather(*(appender(n) for n in range(20)))
    await say(stream_id, "end", close=True)
    async with begin(system()) as tx:
        kept = await read(tx, stream_id)
    assert [event.seq for event in kept] == list(range(1, 202))
    assert [await reader for reader in readers] == [list(kept)] * 3
    words = [event.type for event in kept]
    for name in range(20):
        mine = [word for word in words if word.startswith(f"{name}.")]
        assert mine == [f"{name}.{turn}.{part}" for turn in range(5) for part in "ab"]


@pytest.mark.parametrize("after", [0, 1, 7, 10, 11])
async def test_who_comes_back_gets_exactly_what_is_behind(database: str, after: int) -> None:
    stream_id = await opened()
    await say(stream_id, *map(str, range(1, 11)), close=True)
    assert [event.seq for event in await collected(stream_id, after)] == list(range(after + 1, 11))


async def test_a_long_stream_is_read_to_its_end(database: str) -> None:
    stream_id = await opened()
    await say(stream_id, *map(str, range(2500)), close=True)
    assert [event.seq for event in await collected(stream_id)] == list(range(1, 2501))


async def test_a_reader_wakes_at_the_commit_and_not_before(database: str) -> None:
    stream_id = await opened()
    events = tail(system(), stream_id)
    waiting = asyncio.ensure_future(anext(events))
    async with begin(system()) as tx:
        await append(tx, stream_id, ("said", {}))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        committed = time.monotonic()
    event = await asyncio.wait_for(waiting, SOON)
    assert event is not None
    assert event.type == "said"
    assert time.monotonic() - committed < SOON
    await events.aclose()  # type: ignore[attr-defined]


async def test_what_was_rolled_back_was_never_said(database: str) -> None:
    stream_id = await opened()

    async def fail() -> None:
        async with begin(system()) as tx:
            await append(tx, stream_id, ("lost", {}))
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    await say(stream_id, "kept", close=True)
    assert [(event.seq, event.type) for event in await collected(stream_id)] == [(1, "kept")]


async def test_secrets_and_nul_do_not_get_in_and_nowhere_is_not_found(database: str) -> None:
    stream_id = await opened()
    async with begin(system()) as tx:
        await append(tx, stream_id, ("said", {"line": "postgres://u:hidden@h/d \0", "token": "hidden"}), close=True)
    (event,) = await collected(stream_id)
    assert "hidden" not in str(event.payload)
    with pytest.raises(NotFound):
        await say(uuid.uuid4(), "lost")


class TestServerSentEvents:
    """The same log over HTTP, to a reader on a real socket."""

    async def start(self, ada: Person) -> str:
        answer = await ada.client.post("/api/v1/projects", json={"name": "Streams"})
        return str(answer.json()["run"]["id"])

    async def read(self, url: str, run: str, ada: Person, **headers: str) -> list[str]:
        async with (
            httpx.AsyncClient(base_url=url, headers={**ada.client.headers, **headers}, timeout=SOON) as client,
            client.stream("GET", f"/api/v1/runs/{run}/events") as answer,
        ):
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert answer.headers["x-accel-buffering"] == "no"
            return [line async for line in answer.aiter_lines() if line]

    async def test_ids_resumption_and_the_last_word(self, app: object, ada: Person) -> None:
        run = await self.start(ada)
        async with serving(app) as url:
            reading = asyncio.create_task(self.read(url, run, ada))
            for word in ("one", "two"):
                await say(uuid.UUID(run), word)
            await say(uuid.UUID(run), "three", close=True)
            lines = await asyncio.wait_for(reading, SOON)
            assert [line for line in lines if line.startswith("id:")] == ["id: 1", "id: 2", "id: 3"]
            assert lines[0] == "retry: 2000"
            assert lines[-2:] == ["event: end", "data: {}"]
            resumed = await self.read(url, run, ada, **{"last-event-id": "2"})
            assert [line for line in resumed if line.startswith("id:")] == ["id: 3"]
            assert await self.read(url, run, ada, **{"last-event-id": "3"}) == ["retry: 2000", *lines[-2:]]

    @pytest.mark.parametrize("given", ["x", "-1", "1.5", "9" * 19, "²"])
    async def test_what_is_not_a_number_is_refused(self, ada: Person, given: str) -> None:
        run = await self.start(ada)
        answer = await ada.client.get(f"/api/v1/runs/{run}/events", params={"after": given})
        assert answer.status_code == 400

    async def test_a_stream_is_not_there_for_others(self, ada: Person, bob: Person, client: httpx.AsyncClient) -> None:
        run = await self.start(ada)
        assert (await bob.client.get(f"/api/v1/runs/{run}/events")).status_code == 404
        assert (await client.get(f"/api/v1/runs/{run}/events")).status_code == 401
