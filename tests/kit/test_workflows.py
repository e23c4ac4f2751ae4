"""Events and the durable work they start: in the same transaction, exactly once, and on after a kill."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from flaresmith.features.specs.events import SpecApplied
from flaresmith.kit import events, workflows
from flaresmith.kit.actor import system
from flaresmith.kit.tx import begin

HAPPENED = SpecApplied(project_id=uuid.uuid4(), run_id=uuid.uuid4(), version="1.2.3")


def counted(database: str) -> tuple[int, int]:
    """How many events there are, and how many workflows wait or ran for them."""
    with psycopg.connect(database) as connection:
        row = connection.execute("SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM dbos.workflow_status)")
        found = row.fetchone()
        assert found is not None
        return found[0], found[1]


async def test_a_rollback_leaves_neither_event_nor_workflow(database: str) -> None:
    async def fail() -> None:
        async with begin(system()) as tx:
            await tx.emit(HAPPENED)
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert counted(database) == (0, 0)


async def test_a_commit_leaves_one_of_each(database: str) -> None:
    async with begin(system()) as tx:
        await tx.emit(HAPPENED)
    assert counted(database) == (1, 1)


async def test_the_same_key_twice_is_said_once(database: str) -> None:
    said = []
    for _ in range(2):
        async with begin(system()) as tx:
            said.append(await tx.emit(HAPPENED, key="the key"))
    assert said[0] == said[1]
    assert counted(database) == (1, 1)
    async with begin(system()) as tx:
        assert await tx.emit(HAPPENED, key="another key") != said[0]
    assert counted(database) == (2, 2)


def test_an_event_needs_a_durable_name_of_its_own() -> None:
    with pytest.raises(TypeError, match="durable name"):
        type("Nameless", (events.Event,), {"__module__": __name__})
    with pytest.raises(TypeError, match="durable name"):
        type("Thief", (events.Event,), {"__module__": __name__}, name=SpecApplied.event_name)


def test_a_workflow_is_registered_once() -> None:
    from flaresmith.kit import discover

    list(discover.modules("workflows"))
    (listener, *_) = next(iter(workflows.listeners().values()))
    register = workflows.workflow(listener.name, on=listener.event)
    with pytest.raises(ValueError, match="registered twice"):
        register(lambda run, event: worked())


async def worked() -> None:
    """What a workflow does that is never started."""


class Worker:
    """A worker process whose workflow tells in a file what it did."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.start()

    def start(self) -> None:
        script = str(Path(__file__).with_name("tallying.py"))
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, script, str(self.folder)], env=os.environ, stdout=log, stderr=log
            )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def lines(self) -> list[str]:
        path = self.folder / "tally"
        return path.read_text().splitlines() if path.exists() else []

    def until(self, condition: Callable[[list[str]], bool]) -> list[str]:
        ends = time.monotonic() + 60
        while not condition(self.lines()):
            assert time.monotonic() < ends, (self.lines(), (self.folder / "log").read_text())
            assert self.process.poll() is None, (self.folder / "log").read_text()
            time.sleep(0.01)
        return self.lines()


@pytest.fixture
def worker(database: str, tmp_path: Path) -> Iterator[Worker]:
    started = Worker(tmp_path)
    yield started
    started.kill()


async def test_killed_in_the_middle_it_goes_on_where_the_last_finished_step_ended(worker: Worker) -> None:
    async with begin(system()) as tx:
        await tx.emit(HAPPENED, key="once")
    worker.until(lambda lines: lines[1:] == ["waiting"])
    worker.kill()
    async with begin(system()) as tx:
        await tx.emit(HAPPENED, key="once")  # a retried request, while nobody works
    worker.start()
    worker.until(lambda lines: len(lines) == 3)
    (worker.folder / "go").touch()
    lines = worker.until(lambda lines: len(lines) == 4)
    assert lines == ["first 1.2.3 True", "waiting", "waiting", "last after 16"]
