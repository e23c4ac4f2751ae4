"""A project's life on this machine: its repository over HTTP, a version that fails and its repair, and its end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from tests.make.running import DOCUMENTS, Running, documents, running

from flaresmith.kit.settings import settings
from flaresmith.providers import all_providers

ROUTES = "api/app/routes/note.py"


@pytest.fixture(scope="module")
async def copy(app: object, base_url: str, pools: str) -> AsyncIterator[Running]:
    async with running(app, base_url, pools, settings().data) as started:
        yield started


@pytest.fixture(scope="module")
async def shop(copy: Running) -> dict[str, Any]:
    made = await copy.create("Shop", DOCUMENTS)
    assert made["run"]["status"] == "succeeded", made["run"]["report"]
    return made


async def test_a_run_tells_its_steps_and_the_invariants_hold(copy: Running, shop: dict[str, Any]) -> None:
    async with copy.ada.client.stream("GET", f"/api/v1/runs/{shop['run']['id']}/events") as answer:
        text = (await answer.aread()).decode()
    for word in ("run.started", "step.started", "step.log", "step.finished", "run.finished"):
        assert f'"type":"{word}"' in text
    report = shop["run"]["report"]
    assert (report["failed"], report["skipped"]) == ([], [])
    assert {"repository-all", "database-dev", "service-prod", "collection-all", "build-dev"} <= set(report["done"])
    assert_invariants(copy)


def assert_invariants(copy: Running) -> None:
    from flaresmith.kit import discover

    with psycopg.connect(copy.database) as connection:
        for module in discover.modules("invariants"):
            for words, statement in module.INVARIANTS.items():
                assert connection.execute(statement).fetchall() == [], words


async def test_no_secret_leaves_by_the_api_the_log_or_the_rows(copy: Running, shop: dict[str, Any]) -> None:
    resources = (await copy.ada.client.get("/api/v1/projects/shop/resources")).text
    with psycopg.connect(copy.database) as connection:
        rows = connection.execute("SELECT outputs::text FROM resources").fetchall()
        sealed = connection.execute("SELECT count(*) FROM resources WHERE sealed_outputs IS NOT NULL").fetchone()
        said = connection.execute("SELECT payload::text FROM stream_events").fetchall()
        workflows = connection.execute("SELECT w::text FROM dbos.workflow_status w").fetchall()
        steps = connection.execute("SELECT o::text FROM dbos.operation_outputs o").fetchall()
    assert sealed is not None
    assert sealed[0] >= 3  # the databases' addresses
    for text in (resources, *(row[0] for row in (*rows, *said, *workflows, *steps))):
        assert "postgresql://" not in text
        assert copy.ada.token not in text


async def test_deployments_are_recorded_once_per_run_and_environment(copy: Running, shop: dict[str, Any]) -> None:
    rows = (await copy.ada.client.get("/api/v1/projects/shop/deployments")).json()["items"]
    environments = await copy.environments("shop")
    assert {(r["environmentId"], r["runId"], r["status"]) for r in rows} == {
        (e["id"], shop["run"]["id"], "succeeded") for e in environments.values()
    }
    assert len(rows) == 3
    for environment in environments.values():
        last, build = environment["lastDeployment"], environment["lastBuild"]
        assert last["commitSha"] == environment["commit"]
        assert (build is not None) == (environment["name"] == "dev")
    build = environments["dev"]["lastBuild"]
    assert (build["status"], build["commitSha"]) == ("succeeded", environments["dev"]["commit"])
    assert build["passed"] > 0
    assert environments["dev"]["checks"]["collection"]["failed"] == 0


class TestTheGitDoor:
    async def test_a_member_clones_and_pushes_to_dev(self, copy: Running, shop: dict[str, Any], tmp_path: Path) -> None:
        clone = copy.clone(tmp_path, shop)
        assert await clone.clone() == ""
        assert clone.read("specs/001-notes/spec.md") == DOCUMENTS["specs/001-notes/spec.md"]
        await clone.commit({"NOTES.txt": "x"})
        assert await clone.push() == ""
        assert await clone.push("feature/x") == ""

    @pytest.mark.parametrize("branch", ["main", "staging"])
    async def test_protected_branches_are_refused(
        self, copy: Running, shop: dict[str, Any], tmp_path: Path, branch: str
    ) -> None:
        clone = copy.clone(tmp_path, shop, branch=branch)
        assert await clone.clone() == ""
        await clone.commit({"NOTES.txt": "x"})
        assert "protected" in await clone.push()
        assert "prohibited" in await clone.remove(branch) or "protected" in await clone.remove(branch)

    async def test_a_viewer_reads_and_does_not_push(self, copy: Running, shop: dict[str, Any], tmp_path: Path) -> None:
        member = f"/api/v1/projects/shop/members/{copy.bob.id}"
        assert "not found" in (await copy.clone(tmp_path, shop, copy.bob.token).clone()).lower()
        await copy.ada.client.put(member, json={"role": "viewer"})
        clone = copy.clone(tmp_path, shop, copy.bob.token)
        assert await clone.clone() == ""
        await clone.commit({"NOTES.txt": "y"})
        assert "403" in await clone.push()
        await copy.ada.client.delete(member)
        assert "not found" in (await clone.push()).lower()

    @pytest.mark.parametrize(
        ("who", "status"), [("nobody", 401), ("wrong", 401), ("bob", 404), ("unknown repository", 404), ("ada", 200)]
    )
    async def test_who_is_let_in(self, copy: Running, shop: dict[str, Any], who: str, status: int) -> None:
        passwords = {"nobody": "", "wrong": "wrong", "bob": copy.bob.token}
        auth = httpx.BasicAuth("x", passwords.get(who, copy.ada.token)) if who != "nobody" else None
        handle = "unknown" if who == "unknown repository" else shop["handle"]
        async with httpx.AsyncClient(base_url=copy.url, auth=auth) as client:
            for service in ("git-upload-pack", "git-receive-pack"):
                answer = await client.get(f"/git/{handle}.git/info/refs", params={"service": service})
                assert answer.status_code == status
                assert (answer.headers.get("www-authenticate", "").startswith("Basic")) == (status == 401)
            for odd in ("/git/../x.git/info/refs", f"/git/{handle}.git/config", "/git/", f"/git/{handle}.git/HEAD"):
                assert (await client.get(odd)).status_code in (401, 404)


async def test_a_version_that_fails_leaves_the_last_good_one_and_the_next_repairs(
    copy: Running, shop: dict[str, Any], tmp_path: Path
) -> None:
    await copy.call("shop", "dev", "POST", "/notes", json={"title": "kept"})
    before = (await copy.environments("shop"))["dev"]
    clone = copy.clone(tmp_path, shop)
    assert await clone.clone() == ""
    good = clone.read(ROUTES)
    await clone.commit({ROUTES: good + "\nraise RuntimeError('broken by hand')\n"})
    assert await clone.push() == ""
    wanted = documents("- color (string, max 20) OPTIONAL")
    answer = await copy.apply("shop", wanted, keep=[ROUTES])
    assert answer.status_code == 202, answer.text
    run = await copy.ended(answer.json()["run"])
    assert run["status"] == "failed"
    (failed,) = run["report"]["failed"]
    assert failed["key"] == "build-dev"
    assert "broken by hand" in failed["error"]
    assert "service-dev" in {s["key"] for s in run["report"]["skipped"]}
    assert run["report"]["next"]
    environments = await copy.environments("shop")
    assert {n: e["state"] for n, e in environments.items()} == {"dev": "error", "staging": "active", "prod": "active"}
    assert environments["dev"]["commit"] == before["commit"]
    listed = await copy.call("shop", "dev", "GET", "/notes")
    assert [note["title"] for note in listed.json()["items"]] == ["kept"]
    assert_invariants(copy)
    await clone.pull()
    await clone.commit({ROUTES: good})
    assert await clone.push() == ""
    (fixed,) = [r for r in (await copy.plan("shop", wanted))["resources"] if r["key"] == "commit-dev"]
    assert "pushed" in fixed["reason"]
    await copy.applied("shop", wanted)
    dev = (await copy.environments("shop"))["dev"]
    assert dev["state"] == "active"
    assert dev["commit"] != before["commit"]
    assert (await copy.call("shop", "dev", "POST", "/notes", json={"title": "x", "color": "red"})).status_code == 201
    assert (await copy.apply("shop", wanted)).json()["report"]["summary"]["status"] == "clean"


async def test_what_was_removed_behind_our_back_is_repaired(copy: Running, shop: dict[str, Any]) -> None:
    import shutil

    shutil.rmtree(copy.data / "collections" / f"{shop['handle']}-staging")
    plan = await copy.plan("shop", documents("- color (string, max 20) OPTIONAL"))
    assert [(r["key"], r["action"], r["reason"]) for r in plan["resources"]] == [
        ("collection-staging", "create", "it is gone from the provider")
    ]
    run = await copy.ended((await copy.ada.client.post("/api/v1/projects/shop/repair")).json())
    assert (run["status"], run["report"]["done"]) == ("succeeded", ["collection-staging"])


async def test_destroying_removes_everything_that_was_made_and_keeps_the_rows(
    copy: Running, shop: dict[str, Any]
) -> None:
    url = (await copy.environments("shop"))["dev"]["url"]
    assert sum(counted(await left(shop)).values()) > 8
    run = await copy.ended((await copy.ada.client.delete("/api/v1/projects/shop")).json())
    assert run["status"] == "succeeded", run["report"]
    assert set(counted(await left(shop)).values()) == {0}
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.TransportError):
            await client.get(url)
    with psycopg.connect(copy.database) as connection:
        for statement in ("SELECT 1 FROM pg_database WHERE datname LIKE 'fs\\_shop%'",
                          "SELECT 1 FROM pg_roles WHERE rolname LIKE 'fs\\_shop%'"):  # fmt: skip
            assert connection.execute(statement).fetchall() == []
    assert not (copy.data / "repositories" / "shop.git").exists()
    kept = (await copy.ada.client.get(f"/api/v1/projects/{shop['id']}")).json()
    assert kept["status"] == "archived"
    assert len((await copy.ada.client.get(f"/api/v1/projects/{shop['id']}/deployments")).json()["items"]) >= 4
    states = (await copy.ada.client.get(f"/api/v1/projects/{shop['id']}/environments")).json()["environments"]
    assert {e["state"] for e in states} == {"archived"}
    assert_invariants(copy)


async def left(project: dict[str, Any]) -> dict[str, Any]:
    """What the providers themselves say is there of a project, by kind."""
    kinds = await all_providers()["local"].connect()
    return {name: await kind.list(project["id"]) for name, kind in kinds.items()}


def counted(found: dict[str, Any]) -> dict[str, int]:
    return {name: len(things) for name, things in found.items()}
