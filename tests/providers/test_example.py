"""The whole way of the example: compiled, committed, deployed to three environments, tried by its collections."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from flaresmith.compiler.build import build
from flaresmith.kit.resources import Found
from flaresmith.providers.local import connect, names
from flaresmith.providers.local.collections import runner

from .conftest import Calls, Machine, Store

pytestmark = pytest.mark.anyio

EXAMPLE = Path(__file__).parents[2] / "examples" / "tool-library"
SLUG = "tool-library"
BRANCHES = {"dev": "dev", "staging": "staging", "prod": "main"}


async def test_three_environments_run_and_their_collections_pass(machine: Machine, store: Store, call: Calls) -> None:
    kinds = await connect(machine.settings, store.read)
    tree = store.files({file.path: file.text for file in _compiled()})
    await kinds["repository"].create(call(SLUG))

    async def provision(environment: str) -> Found:
        order = {"repository": SLUG, "branch": BRANCHES[environment], "files": tree, "message": "x", "author_time": 1}
        commit, database = await asyncio.gather(
            kinds["commit"].create(call(f"{SLUG}-{environment}", order)),
            kinds["database"].create(call(names.database(SLUG, environment))),
        )
        where = {"repository": SLUG, "commit": commit.outputs["commit"], "environment": environment, "kind": "python"}
        wanted = call(names.service(SLUG, environment), {**where, "database_url": database.outputs["url"]})
        return await kinds["service"].create(wanted)

    services = dict(zip(BRANCHES, await asyncio.gather(*map(provision, BRANCHES)), strict=True))
    assert len({service.outputs["url"] for service in services.values()}) == 3
    for environment, service in services.items():
        document = json.loads(
            next(f.text for f in _compiled() if f.path == f"postman/{environment}.postman_collection.json")
        )
        report = await runner.run(document, base_url=service.outputs["url"])
        assert report.ok, [outcome for outcome in report.outcomes if any(c.outcome == "failed" for c in outcome.checks)]
        assert report.counts["passed"] > 100
        assert report.counts["not_run"] == 0
    await asyncio.gather(*(kinds["service"].delete(call(service.name)) for service in services.values()))


def _compiled():
    files = {path.relative_to(EXAMPLE).as_posix(): path.read_bytes() for path in EXAMPLE.rglob("*") if path.is_file()}
    return build(files, name=SLUG).files
