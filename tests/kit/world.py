"""An outside world in memory: things with names and owners, that can fail, be slow, or stop the whole process."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flaresmith.kit.converge import Note, State
from flaresmith.kit.errors import Conflict, Invalid, Upstream
from flaresmith.kit.resources import Call, Desired, Found, Output


class Killed(BaseException):
    """The process is gone at this very point."""


@dataclass
class World:
    """What exists outside. `kill_at` ends the process at the n-th point where it could end."""

    things: dict[str, Found] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    failures: dict[str, list[Exception]] = field(default_factory=dict)
    forbidden: set[str] = field(default_factory=set)
    kill_at: int | None = None
    points: int = 0
    running: int = 0
    most_running: int = 0
    latency: float = 0.0
    made: Counter[str] = field(default_factory=Counter)

    def point(self) -> None:
        self.points += 1
        if self.kill_at is not None and self.points >= self.kill_at:
            raise Killed

    async def kind(self, _provider: str, _name: str) -> Thing:
        return Thing(self)


@dataclass
class Thing:
    world: World
    name: str = "thing"
    secret_outputs: frozenset[str] = frozenset({"password"})

    async def read(self, call: Call) -> Found | None:
        await self._enter(call, "read")
        return self.world.things.get(call.name)

    async def create(self, call: Call) -> Found:
        await self._enter(call, "create")
        found = self.world.things.get(call.name)
        if found is not None and found.owner != call.owner:
            raise Conflict("taken")
        if found is None:
            self.world.made[call.name] += 1
        return self._put(call)

    async def update(self, call: Call, found: Found) -> Found:
        await self._enter(call, "update")
        return self._put(call)

    async def delete(self, call: Call) -> None:
        await self._enter(call, "delete")
        self.world.things.pop(call.name, None)
        self.world.point()

    async def list(self, owner: str | None = None) -> Sequence[Found]:
        return [f for f in self.world.things.values() if owner in (None, f.owner)]

    async def _enter(self, call: Call, verb: str) -> None:
        self.world.point()
        self.world.calls[verb] += 1
        self.world.running += 1
        self.world.most_running = max(self.world.most_running, self.world.running)
        try:
            await asyncio.sleep(self.world.latency)
        finally:
            self.world.running -= 1
        if call.name in self.world.forbidden:
            raise Invalid(f"{call.name} is forbidden")
        if self.world.failures.get(call.name):
            raise self.world.failures[call.name].pop(0)

    def _put(self, call: Call) -> Found:
        outputs: dict[str, Any] = {"name": call.name, "value": call.spec.get("value"), "password": "hush"}
        self.world.things[call.name] = Found(f"id-{call.name}", call.name, call.owner, outputs, call.spec_hash)
        self.world.point()
        return self.world.things[call.name]


@dataclass
class Book:
    """A journal in memory, of which nothing is lost when the process is."""

    states: dict[str, State] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    writes: int = 0
    world: World | None = None

    async def write(self, states: Sequence[State], notes: Sequence[Note]) -> None:
        if self.world is not None:
            self.world.point()
        self.writes += 1
        self.states.update({s.key: s for s in states})
        self.notes.extend(notes)


def wanted(key: str, *needs: str, value: object = 1, uses: str = "", provider: str = "p") -> Desired:
    spec = {"value": Output(uses, "value") if uses else value}
    return Desired(key, provider, "thing", f"n-{key}", spec=spec, needs=needs or ((uses,) if uses else ()))


def later(error: type[Upstream] = Upstream) -> Exception:
    return error("busy", retry_after=0.001)


def moved(state: State, **changes: Any) -> State:
    return replace(state, **changes)
