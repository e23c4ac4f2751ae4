"""Projects as their members use them: names, handles, roles, and what is not there for others."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import Person, make_person

from flaresmith.features.projects import service as projects
from flaresmith.kit.actor import system
from flaresmith.kit.tx import begin


async def create(person: Person, name: str, **more: Any) -> httpx.Response:
    return await person.client.post("/api/v1/projects", json={"name": name, **more})


async def created(person: Person, name: str, **more: Any) -> dict[str, Any]:
    answer = await create(person, name, **more)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def end(project: dict[str, Any], run: dict[str, Any] | None = None, *, ok: bool = True) -> None:
    """The run ends as a worker would end it."""
    async with begin(system()) as tx:
        await projects.start_run(tx, uuid.UUID((run or project["run"])["id"]))
    async with begin(system()) as tx:
        await projects.finish_run(tx, uuid.UUID((run or project["run"])["id"]), ok=ok, summary="", report={})


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


class TestNames:
    async def test_a_project_is_born_provisioning_with_three_environments(self, ada: Person) -> None:
        answer = await create(ada, "Corner Shop")
        made = answer.json()
        assert answer.headers["location"] == f"/api/v1/projects/{made['id']}"
        assert (made["slug"], made["handle"], made["status"], made["role"]) == (
            "corner-shop", "corner-shop", "provisioning", "owner",
        )  # fmt: skip
        assert made["providers"] == dict.fromkeys(("code", "database", "runtime", "collections"), "local")
        assert (made["run"]["kind"], made["run"]["status"]) == ("provision", "queued")
        found = (await ada.client.get("/api/v1/projects/corner-shop/environments")).json()
        assert [(e["name"], e["branch"], e["state"]) for e in found["environments"]] == [
            ("dev", "dev", "pending"), ("staging", "staging", "pending"), ("prod", "main", "pending"),
        ]  # fmt: skip
        for key in (made["id"], made["slug"], made["name"]):
            assert (await ada.client.get(f"/api/v1/projects/{key}")).json()["id"] == made["id"]

    async def test_name_and_slug_are_taken_within_an_organization(self, ada: Person) -> None:
        await created(ada, "Shop")
        for name, more in (("Shop", {}), ("shop", {}), ("Other", {"slug": "shop"}), ("Shop", {"slug": "other"})):
            assert code(await create(ada, name, **more)) == (409, "PROJECT_NAME_CONFLICT")
        assert len((await ada.client.get("/api/v1/projects")).json()["items"]) == 1

    async def test_another_organization_may_have_the_name_and_gets_a_handle_of_its_own(
        self, ada: Person, bob: Person
    ) -> None:
        hers, his = await created(ada, "Shop"), await created(bob, "Shop")
        assert (hers["slug"], his["slug"]) == ("shop", "shop")
        assert hers["handle"] == "shop"
        assert his["handle"] != "shop"
        assert his["handle"].startswith("shop-")
        assert (await ada.client.get("/api/v1/projects/shop")).json()["id"] == hers["id"]
        assert (await bob.client.get("/api/v1/projects/shop")).json()["id"] == his["id"]

    async def test_an_archived_project_keeps_its_row_and_frees_its_name(self, ada: Person) -> None:
        first = await created(ada, "Shop")
        await end(first)
        destroying = await ada.client.delete("/api/v1/projects/shop")
        assert (destroying.status_code, destroying.json()["kind"]) == (202, "destroy")
        await end(first, destroying.json())
        second = await created(ada, "Shop")
        assert second["id"] != first["id"]
        assert second["handle"] == "shop"
        assert (await ada.client.get("/api/v1/projects/shop")).json()["id"] == second["id"]
        old = (await ada.client.get(f"/api/v1/projects/{first['id']}")).json()
        assert old["status"] == "archived"
        listed = (await ada.client.get("/api/v1/projects")).json()["items"]
        assert [p["id"] for p in listed] == [second["id"]]
        every = (await ada.client.get("/api/v1/projects?archived=true")).json()["items"]
        assert {p["id"] for p in every} == {first["id"], second["id"]}
        again = await ada.client.delete(f"/api/v1/projects/{first['id']}")
        assert again.status_code == 404

    @pytest.mark.parametrize("name", ["", "ab", "x" * 65, " pad ", "日本語", "!!!", "a\0b\0c"])
    async def test_a_name_that_cannot_be_is_refused(self, ada: Person, name: str) -> None:
        assert (await create(ada, name)).status_code in (400, 422)
        assert (await ada.client.get("/api/v1/projects")).json()["items"] == []

    async def test_a_name_without_latin_letters_needs_a_slug(self, ada: Person) -> None:
        assert (await created(ada, "日本語", slug="nihongo"))["slug"] == "nihongo"

    @pytest.mark.parametrize("slug", ["../etc", "A", "-a", "a-", "a b", "a;b", "a/b", "x" * 49, "$(id)", ""])
    async def test_a_slug_that_is_none_is_refused(self, ada: Person, slug: str) -> None:
        assert (await create(ada, "Shop", slug=slug)).status_code in (400, 422)

    async def test_fields_and_providers_that_are_not_there_are_refused(self, ada: Person) -> None:
        assert (await create(ada, "Shop", status="active")).status_code == 400
        assert code(await create(ada, "Shop", providers={"code": "nowhere"})) == (400, "PROVIDER_UNKNOWN")
        assert (await create(ada, "Shop", providers={"kitchen": "local"})).status_code == 400

    async def test_renaming_keeps_the_rules(self, ada: Person) -> None:
        await created(ada, "Shop")
        await created(ada, "Other")
        renamed = await ada.client.patch("/api/v1/projects/other", json={"name": "Third"})
        assert (renamed.json()["name"], renamed.json()["slug"]) == ("Third", "other")
        assert code(await ada.client.patch("/api/v1/projects/other", json={"name": "Shop"})) == (
            409, "PROJECT_NAME_CONFLICT",
        )  # fmt: skip

    async def test_somebody_elses_organization_takes_no_project_of_mine(self, ada: Person, bob: Person) -> None:
        answer = await create(bob, "Planted", orgId=str(ada.org_id))
        assert answer.status_code in (403, 404)
        assert (await ada.client.get("/api/v1/projects")).json()["items"] == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(min_size=0, max_size=70))
async def test_any_name_at_all_is_made_or_refused_and_never_breaks(ada: Person, name: str) -> None:
    name = name.encode("utf-8", "replace").decode()
    answer = await create(ada, name)
    assert answer.status_code in (201, 400, 409, 422), answer.text


class TestRuns:
    async def test_one_run_at_a_time_and_no_change_before_it_has_ended(self, ada: Person) -> None:
        made = await created(ada, "Shop")
        for answer in (
            await ada.client.post("/api/v1/projects/shop/repair"),
            await ada.client.delete("/api/v1/projects/shop"),
        ):
            assert code(answer) == (409, "RUN_IN_PROGRESS")
        await end(made)
        assert (await ada.client.post("/api/v1/projects/shop/repair")).status_code == 202

    async def test_a_run_that_has_ended_is_not_ended_again(self, ada: Person) -> None:
        made = await created(ada, "Shop")
        await end(made, ok=False)
        await end(made, ok=True)
        assert (await ada.client.get(f"/api/v1/runs/{made['run']['id']}")).json()["status"] == "failed"
        assert (await ada.client.get("/api/v1/projects/shop")).json()["status"] == "failed"

    async def test_runs_are_paged_without_gap_or_double(self, ada: Person) -> None:
        made = await created(ada, "Shop")
        await end(made)
        wanted = [made["run"]["id"]]
        for _ in range(4):
            run = (await ada.client.post("/api/v1/projects/shop/repair")).json()
            await end(made, run)
            wanted.append(run["id"])
        seen, cursor = [], ""
        while True:
            page = (await ada.client.get(f"/api/v1/projects/shop/runs?limit=2{cursor}")).json()
            seen += [run["id"] for run in page["items"]]
            if not page["hasMore"]:
                break
            cursor = f"&cursor={page['nextCursor']}"
        assert seen == wanted[::-1]
        broken = await ada.client.get("/api/v1/projects/shop/runs?cursor=nonsense")
        assert code(broken) == (400, "INVALID_CURSOR")


class TestRoles:
    @pytest.fixture
    async def shop(self, ada: Person) -> dict[str, Any]:
        made = await created(ada, "Shop")
        await end(made)
        return made

    async def put(self, ada: Person, who: Person, role: str) -> httpx.Response:
        return await ada.client.put(f"/api/v1/projects/shop/members/{who.id}", json={"role": role})

    @pytest.mark.parametrize(
        ("role", "may"),
        [
            ("viewer", set()),
            ("contributor", {"apply", "repair"}),
            ("maintainer", {"apply", "repair", "rename"}),
            ("owner", {"apply", "repair", "rename", "members", "destroy"}),
        ],
    )
    async def test_a_role_may_do_what_the_documents_say(
        self, ada: Person, bob: Person, shop: dict[str, Any], role: str, may: set[str]
    ) -> None:
        assert (await self.put(ada, bob, role)).status_code == 204
        assert (await bob.client.get(f"/api/v1/projects/{shop['id']}")).json()["role"] == role
        here = f"/api/v1/projects/{shop['id']}"
        attempts = {
            "rename": bob.client.patch(here, json={"name": "Renamed"}),
            "members": bob.client.put(f"{here}/members/{ada.id}", json={"role": "maintainer"}),
            "repair": bob.client.post(f"{here}/repair"),
            "destroy": bob.client.delete(here),
        }
        allowed = set()
        for verb, attempt in attempts.items():
            answer = await attempt
            assert answer.status_code in (200, 202, 204, 403, 409), (verb, answer.text)
            if answer.status_code != 403:
                allowed.add(verb)
            else:
                assert "viewer" in answer.text or role in answer.json()["error"]["message"]
        assert allowed == may - {"apply"}

    async def test_the_last_owner_stays(self, ada: Person, bob: Person, shop: dict[str, Any]) -> None:
        for answer in (
            await self.put(ada, ada, "viewer"),
            await ada.client.delete(f"/api/v1/projects/shop/members/{ada.id}"),
        ):
            assert code(answer) == (409, "PROJECT_LAST_OWNER")
        assert (await self.put(ada, bob, "owner")).status_code == 204
        assert (await ada.client.delete(f"/api/v1/projects/shop/members/{ada.id}")).status_code == 204
        assert (await ada.client.get(f"/api/v1/projects/{shop['id']}")).status_code == 404
        members = (await bob.client.get(f"/api/v1/projects/{shop['id']}/members")).json()
        assert members == [{"userId": str(bob.id), "role": "owner"}]

    async def test_two_owners_who_leave_at_once_leave_one(self, ada: Person, bob: Person, shop: dict[str, Any]) -> None:
        import asyncio

        await self.put(ada, bob, "owner")
        here = f"/api/v1/projects/{shop['id']}/members"
        answers = await asyncio.gather(*(p.client.delete(f"{here}/{p.id}") for p in (ada, bob)))
        assert sorted(a.status_code for a in answers) == [204, 409]

    async def test_nobody_who_does_not_exist_becomes_a_member(self, ada: Person, shop: dict[str, Any]) -> None:
        answer = await ada.client.put(f"/api/v1/projects/shop/members/{uuid.uuid4()}", json={"role": "viewer"})
        assert answer.status_code in (404, 409)
        assert (
            await ada.client.put(f"/api/v1/projects/shop/members/{ada.id}", json={"role": "king"})
        ).status_code == 400


async def test_a_project_is_not_there_for_others(
    app: object, base_url: str, ada: Person, bob: Person, client: httpx.AsyncClient
) -> None:
    made = await created(ada, "Shop")
    addresses = [("GET", path) for path in ("", "/environments", "/environments/dev", "/deployments", "/resources",
                 "/members", "/runs", "/specs", "/specs/versions", "/specs/artifacts")]  # fmt: skip
    addresses += [("DELETE", ""), ("PATCH", ""), ("POST", "/repair"), ("PUT", f"/members/{bob.id}")]
    colleague = await make_person(app, base_url, "cleo")
    for key in (made["id"], "shop"):
        for method, path in addresses:
            body = {"PATCH": {"name": "Mine"}, "PUT": {"role": "owner"}}.get(method)
            for stranger in (bob, colleague):
                theirs = await stranger.client.request(method, f"/api/v1/projects/{key}{path}", json=body)
                assert theirs.status_code == 404, (method, path, theirs.text)
            nobodys = await client.request(method, f"/api/v1/projects/{key}{path}", json=body)
            assert nobodys.status_code == 401, (method, path)
    assert (await bob.client.get(f"/api/v1/runs/{made['run']['id']}")).status_code == 404
    assert (await bob.client.get("/api/v1/projects")).json()["items"] == []
    assert (await ada.client.get("/api/v1/projects/shop")).json()["name"] == "Shop"
