"""A world with something of Ada's in every table, and Bob, who must see none of it."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from tests.cast import Person, make_client

SPECS = {
    "specs/001-shelves/spec.md": "# Feature Specification: Shelves\n\n- **FR-001**: The system MUST keep shelves.\n",
    "specs/001-shelves/data-model.md": "# Data Model\n\n## Shelf\n\n- id (uuid) PK\n- label (string, 1..40) REQUIRED\n",
}


@dataclass(frozen=True)
class World:
    """Whose rows these are, and the ids under which doors know them."""

    ada: Person
    bob: Person
    project: str
    slug: str
    handle: str
    run: str
    environment: str


@pytest.fixture
async def world(app: object, base_url: str, ada: Person, bob: Person) -> World:
    """Ada has a project that was provisioned; every row comes from the verb that writes it."""
    created = (await ada.client.post("/api/v1/projects", json={"name": "Shelves of Ada", "specs": SPECS})).json()
    await _provision(uuid.UUID(created["id"]), uuid.UUID(created["run"]["id"]), ada)
    async with make_client(app, base_url) as visitor:
        account = {"email": "ada.too@example.org", "password": "an otter in the bath"}
        await visitor.post("/api/v1/auth/register", json=account)
        await visitor.post("/api/v1/auth/login", json={**account, "password": "not this one"})
    environments = (await ada.client.get(f"/api/v1/projects/{created['id']}/environments")).json()["environments"]
    return World(
        ada, bob, created["id"], created["slug"], created["handle"], created["run"]["id"], environments[0]["id"]
    )


async def _provision(project_id: uuid.UUID, run_id: uuid.UUID, ada: Person) -> None:
    """What the worker would write."""
    from flaresmith.features.deployments import service as deployments
    from flaresmith.features.identity import service as identity
    from flaresmith.features.projects import queries, service
    from flaresmith.features.projects.events import EnvironmentReleased
    from flaresmith.kit.actor import system
    from flaresmith.kit.converge import State, Status
    from flaresmith.kit.tx import begin

    async with begin(system(org_id=ada.org_id)) as tx:
        await identity.make_link(tx, ada.id)
        await service.start_run(tx, run_id)
        await service.begin_work(tx, project_id, ["dev"], "provisioning")
        state = State("repository-all", "local", "repository", "shelves", "all", Status.READY)
        await service.write_journal(tx, project_id, run_id, [state], [("step.started", {"step": "repository-all"})])
        dev = await queries.get_environment(tx, project_id, "dev")
        released = {"commit": "0" * 40, "succeeded": True, "seconds": 1.0, "error": ""}
        await service.record_release(tx, run_id, dev, **released)
        ids = {"project_id": project_id, "environment_id": dev.id, "run_id": run_id}
        await deployments.record(tx, EnvironmentReleased(**ids, **released))
        await service.end_work(tx, project_id, {"dev": True}, "done", {})
        await service.finish_run(tx, run_id, ok=True, summary="done", report={})


@pytest.fixture
async def bobs_browser(app: object, base_url: str, bob: Person) -> AsyncIterator[httpx.AsyncClient]:
    """Bob at a browser: a cookie instead of a token, and pages instead of JSON."""
    from flaresmith.features.identity import service as identity
    from flaresmith.kit.actor import system
    from flaresmith.kit.tx import begin

    async with begin(system()) as tx:
        token = await identity.make_link(tx, bob.id)
    async with make_client(app, base_url, headers={"accept": "text/html"}) as browser:
        signed = await browser.post(f"/sign-in/link/{token}")
        assert signed.status_code == 303
        assert browser.cookies
        yield browser
