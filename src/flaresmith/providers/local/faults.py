"""Make any kind slow or unreliable on purpose: for tests of recovery and for benchmarks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from flaresmith.kit.errors import Problem, Unavailable
from flaresmith.kit.resources import Call, Found, ResourceKind

Verb = Literal["read", "create", "update", "delete", "list"]
Moment = Literal["before", "after"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """The next call of `verb` fails `before` it had any effect, or `after` all of it."""

    verb: Verb
    moment: Moment
    problem: Problem


class Faulty:
    """A kind that waits `latency_s` before every call and fails where it was told, each fault once."""

    def __init__(self, kind: ResourceKind, *, latency_s: float = 0.0, faults: Iterable[Fault] = ()) -> None:
        self.name = kind.name
        self.secret_outputs = kind.secret_outputs
        self.calls: list[Verb] = []
        self._kind = kind
        self._latency_s = latency_s
        self._faults = list(faults)

    async def read(self, call: Call) -> Found | None:
        """As the kind itself, late or failing."""
        return await self._do("read", lambda: self._kind.read(call))

    async def create(self, call: Call) -> Found:
        """As the kind itself, late or failing."""
        return await self._do("create", lambda: self._kind.create(call))

    async def update(self, call: Call, found: Found) -> Found:
        """As the kind itself, late or failing."""
        return await self._do("update", lambda: self._kind.update(call, found))

    async def delete(self, call: Call) -> None:
        """As the kind itself, late or failing."""
        await self._do("delete", lambda: self._kind.delete(call))

    async def list(self, owner: str | None = None) -> Sequence[Found]:
        """As the kind itself, late or failing."""
        return await self._do("list", lambda: self._kind.list(owner))

    async def _do(self, verb: Verb, act: Callable[[], Awaitable[T]]) -> T:
        self.calls.append(verb)
        await asyncio.sleep(self._latency_s)
        self._fail(verb, "before")
        result = await act()
        self._fail(verb, "after")
        return result

    def _fail(self, verb: Verb, moment: Moment) -> None:
        for fault in self._faults:
            if (fault.verb, fault.moment) == (verb, moment):
                self._faults.remove(fault)
                raise fault.problem


def lost_answer(verb: Verb) -> Fault:
    """The call does all its work, and its answer is lost on the way."""
    return Fault(verb, "after", Unavailable("The answer was lost."))
