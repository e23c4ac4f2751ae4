"""Durable work: a workflow starts from an event and goes on after a crash where its last finished step ended.

The only module that names the engine (DBOS). A step that was in flight at a crash runs again, so what a step does
outside must be safe to repeat; `Run.key` gives the idempotency key for it.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID
from sqlalchemy import select

from flaresmith.kit.actor import Actor, system
from flaresmith.kit.errors import Problem
from flaresmith.kit.events import Event, EventRow
from flaresmith.kit.model import SYSTEM
from flaresmith.kit.settings import settings
from flaresmith.kit.tx import begin

T = TypeVar("T")
E = TypeVar("E", bound=Event)

APPLICATION_VERSION = "flaresmith-1"  # raised only when old workflows cannot go on with new code
DISPATCH = "kit.dispatch"
EVENTS, SERIAL = "flaresmith-events", "flaresmith-serial"
_listeners: dict[str, list[Listener]] = {}
_names: set[str] = set()


@dataclass(frozen=True, slots=True)
class Run:
    """A workflow in progress: its id, on whose behalf it works, and how to take a durable step."""

    id: str
    actor: Actor
    event_id: uuid.UUID

    async def step(self, name: str, work: Callable[..., Awaitable[T]], *args: Any) -> T:
        """Do `work` once: its result is kept, and after a restart the kept result is returned instead.

        A problem that is safe to retry (a database that is away, say) is retried for about two minutes.
        """
        options: Any = {"name": name, **_RETRY}
        return cast(T, await DBOS.run_step_async(options, work, *args))

    def key(self, step: str) -> str:
        """The idempotency key of a step, the same after every restart."""
        return f"{self.id}:{step}"


@dataclass(frozen=True, slots=True)
class Listener:
    """A workflow that an event starts. `serial` names the event's field whose equal values never run side by side."""

    name: str
    event: type[Event]
    start: Callable[..., Coroutine[Any, Any, None]]
    serial: str


def workflow(
    name: str, *, on: type[E], serial: str = ""
) -> Callable[[Callable[[Run, E], Awaitable[None]]], Callable[[Run, E], Awaitable[None]]]:
    """Register `async def f(run, event)` as the durable workflow `name`, started once per event of type `on`."""

    def register(function: Callable[[Run, E], Awaitable[None]]) -> Callable[[Run, E], Awaitable[None]]:
        if name in _names:
            raise ValueError(f"workflow {name} is registered twice")
        _names.add(name)

        async def body(event_id: str) -> None:
            row = await DBOS.run_step_async({"name": "event"}, _load, event_id)
            actor = system(org_id=row.org_id, request_id=row.request_id)
            await function(Run(str(DBOS.workflow_id), actor, row.id), cast(E, row.event()))

        body.__qualname__ = body.__name__ = name
        start = DBOS.workflow(name=name)(body)
        _listeners.setdefault(on.event_name, []).append(Listener(name, on, start, serial))
        return function

    return register


def listeners() -> dict[str, tuple[Listener, ...]]:
    """Who listens to which event, by event name."""
    return {event: tuple(found) for event, found in sorted(_listeners.items())}


def launch() -> None:
    """Start the engine in this process: recover what was in flight here, then take new work."""
    DBOS(
        config=DBOSConfig(
            name="flaresmith",
            system_database_url=settings().database_url.replace("postgres://", "postgresql://", 1),
            application_version=APPLICATION_VERSION,
            executor_id=settings().worker_id,
            run_migrations=False,
            enable_otlp=False,
            log_level="WARNING",
        )
    )
    DBOS.workflow(name=DISPATCH)(dispatch)
    logging.getLogger("dbos").setLevel(logging.WARNING)
    DBOS.launch()
    DBOS.register_queue(EVENTS, polling_interval_sec=0.15, on_conflict="always_update")
    DBOS.register_queue(SERIAL, partition_concurrency=1, polling_interval_sec=0.15, on_conflict="always_update")


def migrate_engine(database_url: str) -> None:
    """Create or migrate the engine's own tables, and let the system role use them."""
    DBOS.migrate(database_url.replace("postgres://", "postgresql://", 1), application_role=SYSTEM)


def shutdown() -> None:
    """Stop taking work; what is in flight goes on at the next launch."""
    DBOS.destroy(workflow_completion_timeout_sec=0)


async def dispatch(event_id: str) -> None:
    """Start every listener of one event, each exactly once."""
    row = await DBOS.run_step_async({"name": "event"}, _load, event_id)
    for listener in _listeners.get(row.name, ()):
        event = row.event()
        with SetWorkflowID(f"{event_id}:{listener.name}"):
            if listener.serial:
                with SetEnqueueOptions(queue_partition_key=str(getattr(event, listener.serial))):
                    await DBOS.enqueue_workflow_async(SERIAL, listener.start, event_id)
            else:
                await DBOS.enqueue_workflow_async(EVENTS, listener.start, event_id)


async def finished(event_id: uuid.UUID) -> None:
    """Wait until every listener of the event has ended; raises what one of them raised. For tests and commands."""
    for listener in _listeners.get((await _load(str(event_id))).name, ()):
        handle: Any = None
        while handle is None:
            try:
                handle = await DBOS.retrieve_workflow_async(f"{event_id}:{listener.name}")
            except Exception:
                await asyncio.sleep(0.02)
        await handle.get_result()


def _worth_retrying(error: BaseException) -> bool:
    return isinstance(error, Problem) and error.retry != "none"


_RETRY = {"retries_allowed": True, "max_attempts": 9, "interval_seconds": 0.5, "should_retry": _worth_retrying}


async def _load(event_id: str) -> EventRow:
    async with begin(system()) as tx:
        return (await tx.session.scalars(select(EventRow).where(EventRow.id == uuid.UUID(event_id)))).one()
