"""The contract that every kind keeps, whatever it makes."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from typing import Any

import pytest

from flaresmith.kit.errors import Conflict, Unavailable
from flaresmith.kit.resources import Call, Found, ResourceKind
from flaresmith.providers import all_providers
from flaresmith.providers.local import connect
from flaresmith.providers.local.faults import Fault, Faulty, lost_answer
from flaresmith.providers.local.names import build, database

from .app import app_files
from .conftest import OWNER, STRANGER, Calls, Machine, Store

pytestmark = pytest.mark.anyio

KINDS = ("repository", "commit", "database", "service", "build", "collection")
NUMBERS = itertools.count()


class World:
    """All kinds on one machine, and for each of them a resource that can be wanted."""

    def __init__(self, kinds: Mapping[str, ResourceKind], store: Store, call: Calls) -> None:
        self.kinds, self.store, self.call = kinds, store, call
        self.slug = f"shop-{next(NUMBERS)}"

    async def wanted(self, kind: str) -> tuple[str, dict[str, Any]]:
        """Name and spec of a resource of a kind; what it needs is made."""
        return await getattr(self, f"_{kind}")()

    async def _repository(self) -> tuple[str, dict[str, Any]]:
        return self.slug, {"branches": ["main", "staging", "dev"]}

    async def _commit(self) -> tuple[str, dict[str, Any]]:
        await self.kinds["repository"].create(self.call(self.slug))
        files = self.store.files(app_files())
        spec = {
            "repository": self.slug,
            "branch": "dev",
            "files": files,
            "message": "First",
            "author_time": 1_700_000_001,
        }
        return f"{self.slug}-dev", spec

    async def _database(self) -> tuple[str, dict[str, Any]]:
        return database(self.slug, "dev"), {}

    async def _service(self) -> tuple[str, dict[str, Any]]:
        made = await self.kinds["database"].create(self.call(*await self._database()))
        spec = {"repository": self.slug, "commit": await self._made_commit(), "environment": "dev", "kind": "python"}
        return f"{self.slug}-api-dev", {**spec, "database_url": made.outputs["url"]}

    async def _build(self) -> tuple[str, dict[str, Any]]:
        commit = await self._made_commit()
        return build(commit), {"repository": self.slug, "commit": commit}

    async def _collection(self) -> tuple[str, dict[str, Any]]:
        info = {"name": "Base", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}
        files = {
            "postman/base.postman_collection.json": json.dumps({"info": info, "item": []}),
            "postman/dev.postman_environment.json": json.dumps({"name": "dev", "values": []}),
        }
        spec = {"name": "Shop", "environment": "dev", "base_url": "http://127.0.0.1:1"}
        return f"{self.slug}-dev", {**spec, "files": self.store.files(files)}

    async def _made_commit(self) -> str:
        made = await self.kinds["commit"].create(self.call(*await self._commit()))
        return str(made.outputs["commit"])


@pytest.fixture
async def world(machine: Machine, store: Store, call: Calls) -> World:
    return World(await connect(machine.settings, store.read), store, call)


def same(one: Found | None, other: Found | None) -> bool:
    """Whether both are the same thing; the time that tests took may differ."""
    return (
        one is not None and other is not None and (one.id, one.name, one.owner) == (other.id, other.name, other.owner)
    )


def named(found: Any, name: str) -> list[str]:
    return [one.name for one in found if one.name == name]


@pytest.mark.parametrize("name", KINDS)
async def test_the_life_of_a_resource(world: World, call: Calls, name: str) -> None:
    kind = world.kinds[name]
    assert kind.name == name
    wanted: Call = call(*await world.wanted(name))
    assert await kind.read(wanted) is None
    await kind.delete(wanted)

    made = await kind.create(wanted)
    again = await kind.create(wanted)
    assert same(made, again)
    assert (made.name, made.owner, made.spec_hash) == (wanted.name, OWNER, wanted.spec_hash)
    assert (await kind.read(wanted)) == again
    assert same(await kind.update(wanted, made), made)
    assert named(await kind.list(), wanted.name) == [wanted.name]
    assert named(await kind.list(OWNER), wanted.name) == [wanted.name]
    assert named(await kind.list(STRANGER), wanted.name) == []

    stranger = call(wanted.name, wanted.spec, STRANGER)
    with pytest.raises(Conflict):
        await kind.create(stranger)
    with pytest.raises(Conflict):
        await kind.delete(stranger)
    assert same(await kind.read(wanted), made)

    await kind.delete(call(wanted.name, {}))  # the engine deletes without a spec
    await kind.delete(call(wanted.name, {}))
    assert await kind.read(wanted) is None
    assert named(await kind.list(), wanted.name) == []
    assert same(await kind.create(wanted), made)
    await kind.delete(wanted)


@pytest.mark.parametrize("name", KINDS)
async def test_a_lost_answer_makes_no_second_one(world: World, call: Calls, name: str) -> None:
    wanted = call(*await world.wanted(name))
    refused = Fault("create", "before", Unavailable("Not yet."))
    kind = Faulty(world.kinds[name], latency_s=0.001, faults=[refused, lost_answer("create"), lost_answer("delete")])
    for _ in range(2):
        with pytest.raises(Unavailable):
            await kind.create(wanted)
    found = await kind.create(wanted)
    assert same(await kind.read(wanted), found)
    assert named(await kind.list(OWNER), wanted.name) == [wanted.name]
    with pytest.raises(Unavailable):
        await kind.delete(wanted)
    await kind.delete(wanted)
    assert kind.calls == ["create", "create", "create", "read", "list", "delete", "delete"]


@pytest.mark.parametrize("name", KINDS)
async def test_the_run_log_tells_no_secret(world: World, call: Calls, name: str) -> None:
    kind = world.kinds[name]
    wanted = call(*await world.wanted(name))
    made = await kind.create(wanted)
    secrets = [str(made.outputs[output]) for output in kind.secret_outputs]
    secrets += [value for value in map(str, wanted.spec.values()) if value.startswith("postgresql://")]
    passwords = [secret.split("@")[0].rpartition(":")[2] for secret in secrets]
    assert not [line for line in call.lines for secret in [*secrets, *passwords] if secret in line]
    await kind.delete(wanted)


def test_the_provider_is_found_by_its_folder() -> None:
    local = all_providers()["local"]
    assert set(local.roles) == {"code", "database", "runtime", "collections"}


async def test_without_a_server_it_says_what_to_set(tmp_path: Any) -> None:
    from flaresmith.providers.local.settings import LocalSettings

    with pytest.raises(Unavailable) as refused:
        await connect(LocalSettings(data=tmp_path, database_url=None))
    assert "DATABASE_URL" in refused.value.hint
