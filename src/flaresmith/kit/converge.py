"""Convergence: make the resources that exist match those that are wanted.

`plan` is pure: wanted and known state in, changes with reasons out. `converge` carries the changes out as a parallel
graph. Before each provider call its intent is journaled; after a crash the same call finds the intent, looks first
(`read` by deterministic name) and then acts. What depends on a failure is skipped, everything else goes on.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from typing import Any, Protocol

from flaresmith.kit import observe
from flaresmith.kit.errors import Conflict, Invalid, Problem
from flaresmith.kit.resources import JSON, Call, Desired, Found, Output, ResourceKind, spec_hash

ATTEMPTS, FIRST_DELAY, LAST_DELAY = 5, 0.1, 1.6  # 001:FR-032


class Action(StrEnum):
    """What happens to one resource."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    NONE = "none"


class Status(StrEnum):
    """What is known of one resource. `intended`: a call was begun and its end was not seen."""

    INTENDED = "intended"
    READY = "ready"
    FAILED = "failed"
    MISSING = "missing"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class State:
    """The one row per resource: the last journaled word on it. `spec_hash` is of the spec with outputs filled in."""

    key: str
    provider: str
    kind: str
    name: str
    environment: str
    status: Status
    action: Action = Action.NONE
    spec_hash: str = ""
    request_hash: str = ""  # of the call that was begun last
    external_id: str = ""
    outputs: Mapping[str, JSON] = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()  # names of outputs that are sealed at rest
    needs: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One planned change and why. `certain` is False where it depends on what another change brings."""

    key: str
    action: Action
    reason: str
    desired: Desired | None
    state: State | None
    certain: bool = True

    @property
    def subject(self) -> Desired | State:
        found = self.desired or self.state
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one change ended: done, unchanged, failed or skipped."""

    key: str
    environment: str
    action: Action
    outcome: str
    seconds: float = 0.0
    attempts: int = 0
    error: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """How a convergence ended, resource by resource, and the state of all of them."""

    outcomes: tuple[Outcome, ...]
    states: Mapping[str, State]

    def of(self, outcome: str) -> tuple[Outcome, ...]:
        return tuple(o for o in self.outcomes if o.outcome == outcome)

    @property
    def ok(self) -> bool:
        return not self.of("failed") and not self.of("skipped")


Note = tuple[str, dict[str, Any]]


class Journal(Protocol):
    """Where states and notes are kept. `write` returns when they are durable; entries come in groups."""

    async def write(self, states: Sequence[State], notes: Sequence[Note]) -> None: ...


Kinds = Callable[[str, str], Awaitable[ResourceKind]]


class GraphInvalid(Invalid):
    """The wanted resources depend on each other in a circle, or on one that is not wanted."""

    code = "RESOURCE_GRAPH_INVALID"


def plan(desired: Sequence[Desired], states: Mapping[str, State]) -> tuple[Change, ...]:
    """What must change and why, in an order in which it can; the resources that stay are listed with action none."""
    wanted = {d.key: d for d in desired}
    order = _ordered({d.key: d.needs for d in desired}, wanted)
    changes: dict[str, Change] = {}
    for key in order:
        changes[key] = _change(wanted[key], states, changes)
    gone = [s for s in states.values() if s.key not in wanted and s.status is not Status.DELETED]
    removed = {s.key: s for s in gone}
    needs = {s.key: tuple(n for n in s.needs if n in removed) for s in gone}
    deletions = (
        Change(key, Action.DELETE, "no longer wanted", None, removed[key]) for key in reversed(_ordered(needs, removed))
    )
    return (*changes.values(), *deletions)


def pending(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Only what changes something."""
    return tuple(c for c in changes if c.action is not Action.NONE)


async def refresh(
    states: Mapping[str, State], *, owner: str, kinds: Kinds, specs: Mapping[str, Mapping[str, JSON]]
) -> dict[str, State]:
    """The same states after looking at what really exists; changes nothing anywhere.

    A resource that is gone becomes `missing`; one whose provider tells another spec than the recorded gets that hash.
    `specs` are the wanted specs by key, for what a read needs to know.
    """

    async def look(state: State) -> State:
        if state.status is not Status.READY:
            return state
        kind = await kinds(state.provider, state.kind)
        spec = _resolve(specs.get(state.key, {}), states, strict=False)
        found = await kind.read(Call(owner, state.key, state.name, spec, state.spec_hash, _silent))
        if found is None or found.owner != owner:
            return replace(state, status=Status.MISSING)
        return replace(state, outputs=dict(found.outputs), spec_hash=found.spec_hash or state.spec_hash)

    seen = await asyncio.gather(*(look(s) for s in states.values()))
    return {s.key: s for s in seen}


async def converge(
    changes: Sequence[Change],
    *,
    owner: str,
    states: Mapping[str, State],
    journal: Journal,
    kinds: Kinds,
    limits: Mapping[str, int],
) -> Report:
    """Carry the changes out. Never raises for a provider's failure: the report tells.

    `owner` is the ownership tag, `limits` how many calls a provider takes at once (default 8).
    """
    run = _Convergence(owner, dict(states), _GroupCommit(journal), kinds, limits)
    needs = _dependencies(changes)
    tasks: dict[str, asyncio.Task[Outcome]] = {}
    by_key = {c.key: c for c in changes}
    for key in _ordered(needs, needs):
        tasks[key] = asyncio.create_task(run.one(by_key[key], [tasks[n] for n in needs[key]]))
    try:
        outcomes = [await task for task in tasks.values()]
    finally:
        for task in tasks.values():
            task.cancel()
        await run.commits.drain()
    return Report(tuple(outcomes), run.states)


class _Convergence:
    """The state of one run of `converge`."""

    def __init__(
        self, owner: str, states: dict[str, State], commits: _GroupCommit, kinds: Kinds, limits: Mapping[str, int]
    ) -> None:
        self.owner, self.states, self.commits, self.kinds = owner, states, commits, kinds
        self.limits = limits
        self.semaphores: dict[str, asyncio.Semaphore] = {}

    async def one(self, change: Change, needs: Sequence[asyncio.Task[Outcome]]) -> Outcome:
        """Bring one resource to what is wanted, once its needs are there."""
        for need in needs:
            if (await need).outcome in ("failed", "skipped"):
                return await self._skipped(change, need.result())
        started = time.monotonic()
        try:
            spec = _resolve(change.desired.spec, self.states) if change.desired else {}
            wanted = spec_hash(spec)
            known = self.states.get(change.key)
            if change.action is not Action.DELETE and _is_as_wanted(known, wanted):
                return Outcome(change.key, change.subject.environment, Action.NONE, "unchanged")
            return await self._act(change, spec, wanted, known, started)
        except Problem as problem:
            return await self._failed(change, problem.message, problem.hint, started, 0)

    async def _act(
        self, change: Change, spec: Mapping[str, JSON], wanted: str, known: State | None, started: float
    ) -> Outcome:
        subject = change.subject
        async with self._slot(subject.provider):
            action = change.action if change.action is not Action.NONE else Action.UPDATE
            started = time.monotonic()
            await self.commits.put(
                _state(change, action, Status.INTENDED, known, request=wanted),
                ("step.started", {"step": change.key, "title": title(subject), "group": subject.environment}),
            )
            kind = await self.kinds(subject.provider, subject.kind)
            call = Call(self.owner, change.key, subject.name, spec, wanted, self._logger(change.key))
            attempt = 0
            while True:
                attempt += 1
                try:
                    found = await _perform(kind, action, call, interrupted=_interrupted(known) or attempt > 1)
                    break
                except Exception as error:
                    observe.provider_calls_total.labels(subject.provider, subject.kind, action, "error").inc()
                    wait = _wait_before_retry(error, attempt)
                    if wait is None:
                        problem = error if isinstance(error, Problem) else Problem(f"{type(error).__name__}: {error}")
                        return await self._failed(change, problem.message, problem.hint, started, attempt)
                    await self.commits.put(
                        None,
                        (
                            "step.attempt",
                            {
                                "step": change.key,
                                "attempt": attempt + 1,
                                "of": ATTEMPTS,
                                "wait_s": round(wait, 2),
                                "error": str(error),
                            },
                        ),
                    )
                    await asyncio.sleep(wait)
        observe.provider_calls_total.labels(subject.provider, subject.kind, action, "ok").inc()
        return await self._done(change, action, found, kind.secret_outputs, wanted, started, attempt)

    async def _done(
        self,
        change: Change,
        action: Action,
        found: Found | None,
        secrets: frozenset[str],
        wanted: str,
        started: float,
        attempts: int,
    ) -> Outcome:
        seconds = time.monotonic() - started
        status = Status.DELETED if action is Action.DELETE else Status.READY
        state = _state(change, action, status, self.states.get(change.key), found=found, request=wanted)
        state = replace(state, secrets=secrets if found else state.secrets)
        self.states[change.key] = state
        note = {"step": change.key, "outcome": "done", "action": action.value, "seconds": round(seconds, 3)}
        link = (found.outputs.get("link") or found.outputs.get("url")) if found else None
        if isinstance(link, str) and link.startswith("http"):
            note["link"] = link
        await self.commits.put(state, ("step.finished", note))
        return Outcome(change.key, change.subject.environment, action, "done", seconds, attempts)

    async def _failed(self, change: Change, message: str, hint: str, started: float, attempts: int) -> Outcome:
        seconds = time.monotonic() - started
        state = _state(change, change.action, Status.FAILED, self.states.get(change.key), error=message)
        self.states[change.key] = state
        await self.commits.put(
            state,
            (
                "step.finished",
                {
                    "step": change.key,
                    "title": title(change.subject),
                    "group": change.subject.environment,
                    "outcome": "failed",
                    "seconds": round(seconds, 3),
                    "error": message,
                    "hint": hint,
                },
            ),
        )
        return Outcome(
            change.key, change.subject.environment, change.action, "failed", seconds, attempts, message, hint
        )

    async def _skipped(self, change: Change, need: Outcome) -> Outcome:
        note = {
            "step": change.key,
            "title": title(change.subject),
            "group": change.subject.environment,
            "outcome": "skipped",
            "seconds": 0,
            "error": f"waits for {need.key}",
        }
        await self.commits.put(None, ("step.finished", note))
        return Outcome(change.key, change.subject.environment, change.action, "skipped", error=f"waits for {need.key}")

    def _slot(self, provider: str) -> asyncio.Semaphore:
        return self.semaphores.setdefault(provider, asyncio.Semaphore(self.limits.get(provider, 8)))

    def _logger(self, key: str) -> Callable[[str], Awaitable[None]]:
        async def log(line: str) -> None:
            await self.commits.put(None, ("step.log", {"step": key, "line": line[:2000]}))

        return log


class _GroupCommit:
    """Writes what many tasks have to say in as few transactions as there is time for; each waits for its own."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.waiting: list[tuple[State | None, Note | None, asyncio.Future[None]]] = []
        self.task: asyncio.Task[None] | None = None

    async def put(self, state: State | None, note: Note | None = None) -> None:
        future = asyncio.get_running_loop().create_future()
        self.waiting.append((state, note, future))
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self._flush())
        await future

    async def drain(self) -> None:
        if self.task is not None:
            await self.task

    async def _flush(self) -> None:
        await asyncio.sleep(0)
        while self.waiting:
            batch, self.waiting = self.waiting[:500], self.waiting[500:]
            try:
                await self.journal.write([s for s, _, _ in batch if s], [n for _, n, _ in batch if n])
            except BaseException as error:
                waiting, self.waiting = [*batch, *self.waiting], []
                for _, _, future in waiting:
                    if not future.done():
                        future.set_exception(error if isinstance(error, Exception) else asyncio.CancelledError())
                if not isinstance(error, Exception):
                    raise
            else:
                for _, _, future in batch:
                    if not future.done():
                        future.set_result(None)


async def _perform(kind: ResourceKind, action: Action, call: Call, *, interrupted: bool) -> Found | None:
    """One provider call; after an interruption look first, then act."""
    if action is Action.DELETE:
        await kind.delete(call)
        return None
    if action is Action.CREATE and not interrupted:
        return await kind.create(call)
    found = await kind.read(call)
    if found is None:
        return await kind.create(call)
    if found.owner != call.owner:
        raise Conflict(f"{call.name} exists and belongs to another project.")
    if found.spec_hash and found.spec_hash == call.spec_hash:
        return await kind.create(call)  # it exists: this only tidies up what an interrupted call left
    return await kind.update(call, found)


def _change(desired: Desired, states: Mapping[str, State], before: Mapping[str, Change]) -> Change:
    state = states.get(desired.key)
    if state is None or state.status in (Status.DELETED, Status.MISSING):
        gone = state is not None and state.status is Status.MISSING
        reason = "it is gone from the provider" if gone else desired.reason or "does not exist yet"
        return Change(desired.key, Action.CREATE, reason, desired, state)
    if state.status is not Status.READY:
        word = "failed" if state.status is Status.FAILED else "was interrupted"
        action = state.action if state.action is not Action.DELETE else Action.CREATE
        return Change(desired.key, action or Action.UPDATE, f"the last attempt {word}", desired, state)
    moved = [n for n in desired.needs if before[n].action is not Action.NONE]
    if moved and any(isinstance(v, Output) and v.key in moved for v in desired.spec.values()):
        return Change(desired.key, Action.UPDATE, f"{' and '.join(moved)} changes", desired, state, certain=False)
    if state.spec_hash != spec_hash(_resolve(desired.spec, states)):
        return Change(desired.key, Action.UPDATE, desired.reason or "its settings change", desired, state)
    return Change(desired.key, Action.NONE, "as wanted", desired, state)


def _resolve(spec: Mapping[str, JSON], states: Mapping[str, State], *, strict: bool = True) -> dict[str, JSON]:
    resolved = {}
    for name, value in spec.items():
        if isinstance(value, Output):
            outputs = states[value.key].outputs if value.key in states else {}
            if strict and value.name not in outputs:
                raise Invalid(f"{value.key} has no output {value.name}.")
            value = outputs.get(value.name)
        resolved[name] = value
    return resolved


def _ordered(needs: Mapping[str, Sequence[str]], known: Mapping[str, Any]) -> list[str]:
    """Keys so that what is needed comes first; otherwise in the given order."""
    for key, wanted in needs.items():
        for need in wanted:
            if need not in known:
                raise GraphInvalid(f"{key} needs {need}, which is not wanted.")
    try:
        return list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        raise GraphInvalid(f"These need each other in a circle: {' → '.join(error.args[1])}.") from None


def _dependencies(changes: Sequence[Change]) -> dict[str, tuple[str, ...]]:
    """What must end before each change: its needs, or, for a deletion, the deletion of what needs it."""
    needed_by: dict[str, list[str]] = {}
    for change in changes:
        if change.desired is None and change.state is not None:
            for need in change.state.needs:
                needed_by.setdefault(need, []).append(change.key)
    return {c.key: c.desired.needs if c.desired else tuple(needed_by.get(c.key, ())) for c in changes}


def _is_as_wanted(known: State | None, wanted: str) -> bool:
    return known is not None and known.status is Status.READY and known.spec_hash == wanted


def _interrupted(known: State | None) -> bool:
    return known is not None and known.status in (Status.INTENDED, Status.FAILED)


def _wait_before_retry(error: Exception, attempt: int) -> float | None:
    """Seconds until the next attempt (full jitter), or None when there is none."""
    if not isinstance(error, Problem) or error.retry == "none" or attempt >= ATTEMPTS:
        return None
    if error.retry_after is not None:
        return min(error.retry_after, 60.0)
    return random.uniform(0, min(FIRST_DELAY * 2 ** (attempt - 1), LAST_DELAY))  # noqa: S311 - jitter, not a secret


def _state(
    change: Change,
    action: Action,
    status: Status,
    known: State | None,
    *,
    found: Found | None = None,
    request: str = "",
    error: str = "",
) -> State:
    subject = change.subject
    return State(
        key=change.key,
        provider=subject.provider,
        kind=subject.kind,
        name=subject.name,
        environment=subject.environment,
        status=status,
        action=action,
        spec_hash=request if status is Status.READY else (known.spec_hash if known else ""),
        request_hash=request or (known.request_hash if known else ""),
        external_id=found.id if found else (known.external_id if known else ""),
        outputs=dict(found.outputs) if found else (known.outputs if known else {}),
        secrets=known.secrets if known else frozenset(),
        needs=subject.needs,
        error=error,
    )


def title(subject: Desired | State) -> str:
    """What a person calls the resource: `database orders_dev`."""
    return f"{subject.kind} {subject.name}"


async def _silent(_line: str) -> None:
    return None
