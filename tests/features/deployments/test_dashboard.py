"""Deployments are recorded once, and the dashboard shows them in the documented shape at a constant cost."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from tests.cast import Person

from flaresmith.features.deployments import service as deployments
from flaresmith.features.projects import queries
from flaresmith.features.projects import service as projects
from flaresmith.features.projects.events import EnvironmentReleased
from flaresmith.kit.actor import system
from flaresmith.kit.converge import Action, State, Status
from flaresmith.kit.tx import begin

COMMIT, OTHER = "a" * 40, "b" * 40


async def created(person: Person, name: str = "Shop") -> dict[str, Any]:
    answer = await person.client.post("/api/v1/projects", json={"name": name})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def state(kind: str, environment: str, **outputs: Any) -> State:
    return State(
        key=f"{kind}-{environment}", provider="local", kind=kind, name=f"shop-{kind}-{environment}",
        environment=environment, status=Status.READY, action=Action.CREATE, outputs=outputs,
    )  # fmt: skip


async def journaled(project: dict[str, Any], *states: State) -> None:
    run_id, project_id = uuid.UUID(project["run"]["id"]), uuid.UUID(project["id"])
    async with begin(system(org_id=uuid.UUID(project["orgId"]))) as tx:
        await projects.write_journal(tx, project_id, run_id, states, [])


async def released(project: dict[str, Any], environment: str, commit: str = COMMIT, **more: Any) -> None:
    async with begin(system(org_id=uuid.UUID(project["orgId"]))) as tx:
        found = await queries.get_environment(tx, uuid.UUID(project["id"]), environment)
        what = EnvironmentReleased(
            project_id=found.project_id, environment_id=found.id, run_id=more.pop("run_id", project["run"]["id"]),
            **{"commit": commit, "succeeded": True, "seconds": 1.25, **more},
        )  # fmt: skip
        await deployments.record(tx, what)


async def listed(person: Person, query: str = "") -> list[dict[str, Any]]:
    return list((await person.client.get(f"/api/v1/projects/shop/deployments{query}")).json()["items"])


async def test_a_release_is_recorded_once_per_run_and_environment(ada: Person) -> None:
    shop = await created(ada)
    for environment in ("dev", "dev", "prod"):
        await released(shop, environment)
    rows = await listed(ada)
    assert len(rows) == 2
    assert {(row["commitSha"], row["status"], row["durationMs"], row["runId"]) for row in rows} == {
        (COMMIT, "succeeded", 1250, shop["run"]["id"])
    }
    dev = (await ada.client.get("/api/v1/projects/shop/environments/dev")).json()
    assert [row["environmentId"] for row in await listed(ada, f"?environmentId={dev['id']}")] == [dev["id"]]


async def test_a_failed_release_is_kept_with_its_reason(ada: Person) -> None:
    shop = await created(ada)
    await released(shop, "dev", commit="", succeeded=False, error="no answer on /health")
    (row,) = await listed(ada)
    assert (row["status"], row["error"]) == ("failed", "no answer on /health")


async def test_people_cannot_record_what_did_not_happen(ada: Person) -> None:
    from flaresmith.kit.errors import Problem

    shop = await created(ada)
    found = (await ada.client.get("/api/v1/projects/shop/environments/dev")).json()
    what = EnvironmentReleased(
        project_id=shop["id"], environment_id=found["id"], run_id=shop["run"]["id"],
        commit=COMMIT, succeeded=True, seconds=1,
    )  # fmt: skip

    async def forge() -> None:
        async with begin(ada.actor) as tx:
            await deployments.record(tx, what)

    with pytest.raises(Problem):
        await forge()
    assert await listed(ada) == []


async def test_the_dashboard_has_the_documented_shape(ada: Person) -> None:
    shop = await created(ada)
    await journaled(
        shop,
        state("service", "dev", url="http://127.0.0.1:1/", commit=COMMIT),
        state("commit", "dev", commit=COMMIT),
        state("build", "dev", commit=COMMIT, passed=7, failed=0, skipped=1, seconds=2.5),
        state("service", "staging", url="http://127.0.0.1:2/", commit=COMMIT),
        state("service", "prod", url="http://127.0.0.1:3/", commit=OTHER),
    )
    await released(shop, "dev")
    answer = (await ada.client.get("/api/v1/projects/shop/environments")).json()
    assert set(answer) == {"environments", "meta"}
    assert answer["meta"] == {"rateLimit": {"userRemaining": None, "projectRemaining": None}, "circuitBreakers": []}
    dev, staging, prod = answer["environments"]
    assert {
        "id",
        "projectId",
        "name",
        "kind",
        "state",
        "branch",
        "url",
        "commit",
        "lastDeployment",
        "lastBuild",
    } <= set(dev)
    assert (dev["url"], dev["commit"], dev["state"]) == ("http://127.0.0.1:1/", COMMIT, "pending")
    assert {"status": "succeeded", "commitSha": COMMIT, "passed": 7}.items() <= dev["lastBuild"].items()
    assert {"id", "status", "commitSha", "createdAt"} <= set(dev["lastDeployment"])
    assert (dev["promotedFrom"], staging["promotedFrom"], prod["promotedFrom"]) == (None, "dev", None)
    assert (staging["lastDeployment"], prod["lastBuild"]) == (None, None)


async def test_the_last_deployment_is_the_newest(ada: Person) -> None:
    shop = await created(ada)
    await released(shop, "dev")
    async with begin(system()) as tx:
        await projects.finish_run(tx, uuid.UUID(shop["run"]["id"]), ok=True, summary="", report={})
    second = (await ada.client.post("/api/v1/projects/shop/repair")).json()
    await released(shop, "dev", commit=OTHER, run_id=second["id"])
    dev = (await ada.client.get("/api/v1/projects/shop/environments")).json()["environments"][0]
    assert dev["lastDeployment"]["commitSha"] == OTHER
    assert [row["commitSha"] for row in await listed(ada)] == [OTHER, COMMIT]


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that is sent meanwhile."""
    seen: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", look)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", look)


@pytest.mark.parametrize("path", ["/api/v1/projects/shop/environments", "/api/v1/projects?limit=100", "/projects/shop"])
async def test_the_cost_does_not_grow_with_what_there_is(ada: Person, path: str) -> None:
    headers = {"accept": "text/html", "cookie": f"fs_session={ada.token}", "authorization": ""}
    shop = await created(ada)
    page = ada.client.build_request("GET", path, headers=headers if path == "/projects/shop" else None)
    with statements() as few:
        assert (await ada.client.send(page)).status_code == 200
    for number in range(12):
        more = await created(ada, f"Shop {number}")
        await released(more, "dev")
    await journaled(shop, *(state("service", name, url="http://127.0.0.1:1/") for name in ("dev", "staging", "prod")))
    for name in ("dev", "staging", "prod"):
        await released(shop, name)
    with statements() as many:
        assert (await ada.client.send(page)).status_code == 200
    assert len(many) <= len(few) < 20
