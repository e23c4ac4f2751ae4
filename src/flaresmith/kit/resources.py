"""Resources as data: what is wanted, what was found, and what a provider must be able to do with it.

A *provider* is an outside system or its local twin. It offers *kinds* of resources; every kind can `read`, `create`,
`update`, `delete` and `list`. Convergence (`kit.converge`) calls them; nobody else changes the outside world.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

JSON = Any


@dataclass(frozen=True, slots=True)
class Output:
    """A value in a `spec` that is only known when another resource of the same project exists.

    `key` names that resource, `name` one of its outputs.
    """

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Desired:
    """One wanted resource.

    `key` is unique in its project and is the tail of the idempotency key `<projectId>-<key>` where `key` is
    `<resource>-<environment>` (for example `databaseBranch-dev`). `name` is the deterministic name on the provider's
    side: looking it up after a crash finds what an interrupted create made. `spec` is compared by content; its values
    may be `Output`s of the resources named in `needs`.
    """

    key: str
    provider: str
    kind: str
    name: str
    environment: str = "all"
    spec: Mapping[str, JSON] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A resource that exists. `owner` is the ownership tag `<projectId>` it carries; `outputs` are what others may use.

    `spec_hash` is the hash of the spec it was last made from, where the provider can keep it; empty otherwise.
    Outputs whose names are in the kind's `secret_outputs` are encrypted at rest and never logged.
    """

    id: str
    name: str
    owner: str
    outputs: Mapping[str, JSON] = field(default_factory=dict)
    spec_hash: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """What a provider is told beside the resource: whose it is, the idempotency key, and where to report progress.

    `spec` is the wanted spec with every `Output` replaced by its value. `log` writes one line for people to the run.
    """

    owner: str
    key: str
    name: str
    spec: Mapping[str, JSON]
    spec_hash: str
    log: Callable[[str], Awaitable[None]]


class ResourceKind(Protocol):
    """One kind of resource. Every method is safe to repeat.

    `read` finds by deterministic name, or None. `create` of what exists already (same owner) returns it; of another
    owner raises Conflict. `update` brings what was found to the spec and returns it. `delete` of what is gone is done.
    `list` returns everything that carries an ownership tag of ours, of one owner when given.
    """

    name: str
    secret_outputs: frozenset[str]

    async def read(self, call: Call) -> Found | None: ...
    async def create(self, call: Call) -> Found: ...
    async def update(self, call: Call, found: Found) -> Found: ...
    async def delete(self, call: Call) -> None: ...
    async def list(self, owner: str | None = None) -> Sequence[Found]: ...


@dataclass(frozen=True, slots=True)
class Provider:
    """One folder under `providers/`: its name, the roles it can play, and how to open it.

    `connect` returns the kinds by name, ready to use; it raises Unavailable naming the missing setting or package.
    `concurrency` is how many calls may run at once over all runs.
    """

    name: str
    title: str
    roles: tuple[str, ...]  # of code, database, runtime, collections
    connect: Callable[[], Awaitable[Mapping[str, ResourceKind]]]
    concurrency: int = 8


def spec_hash(spec: Mapping[str, JSON]) -> str:
    """Hash of a wanted spec, hex sha256 over canonical JSON; unresolved outputs count by name."""
    return hashlib.sha256(orjson.dumps(spec, option=orjson.OPT_SORT_KEYS, default=_plain)).hexdigest()


def _plain(value: object) -> JSON:
    if isinstance(value, Output):
        return {"$output": [value.key, value.name]}
    if isinstance(value, (set, frozenset, tuple)):
        return sorted(value) if not isinstance(value, tuple) else list(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
