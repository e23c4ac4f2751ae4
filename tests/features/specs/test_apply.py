"""Applying specs to a product that runs: rows stay, hand edits stay, losses are allowed by name, nothing twice."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.make.clone import Clone
from tests.make.running import DOCUMENTS, Running, documents

COLOR = "- color (string, max 20) OPTIONAL"
PINNED = "- pinned (boolean, default false) REQUIRED"
MODELS = "api/app/models/note.py"


@pytest.fixture
async def clone(copy: Running, shop: dict[str, Any], tmp_path: Path) -> Clone:
    """A working copy of dev, cloned over HTTP."""
    made = copy.clone(tmp_path, shop)
    assert await made.clone() == ""
    return made


async def versions(copy: Running) -> list[str]:
    found = (await copy.ada.client.get("/api/v1/projects/shop/specs/versions")).json()["items"]
    return [version["version"] for version in found]


async def runs(copy: Running) -> list[str]:
    return [run["id"] for run in (await copy.ada.client.get("/api/v1/projects/shop/runs")).json()["items"]]


async def test_what_was_provisioned_answers_in_three_environments(copy: Running, shop: dict[str, Any]) -> None:
    environments = await copy.environments("shop")
    assert {name: e["state"] for name, e in environments.items()} == dict.fromkeys(("dev", "staging", "prod"), "active")
    for name in environments:
        made = await copy.call("shop", name, "POST", "/notes", json={"title": name})
        assert made.status_code == 201
        assert (await copy.call("shop", name, "GET", f"/notes/{made.json()['id']}")).json()["title"] == name
        listed = (await copy.call("shop", name, "GET", "/notes")).json()["items"]
        assert [note["title"] for note in listed] == [name]  # a database each


async def test_a_new_field_answers_on_dev_and_the_rows_are_still_there(copy: Running, shop: dict[str, Any]) -> None:
    await copy.call("shop", "dev", "POST", "/notes", json={"title": "old", "stars": 3})
    before = await copy.environments("shop")
    applied = await copy.applied("shop", documents(COLOR))
    assert applied["report"]["summary"]["status"] == "drift"
    assert [c["name"] for c in applied["plan"]["database"]] == ["notes.color"]
    listed = (await copy.call("shop", "dev", "GET", "/notes")).json()["items"]
    assert {"title": "old", "stars": 3, "color": None}.items() <= next(n for n in listed if n["title"] == "old").items()
    made = await copy.call("shop", "dev", "POST", "/notes", json={"title": "new", "color": "red"})
    assert (made.status_code, made.json()["color"]) == (201, "red")
    after = await copy.environments("shop")
    assert after["dev"]["commit"] != before["dev"]["commit"]
    assert {n: after[n]["commit"] for n in ("staging", "prod")} == {n: before[n]["commit"] for n in ("staging", "prod")}
    assert after["dev"]["state"] == "active"
    assert (await versions(copy))[0] == "1.1.0"


async def test_the_second_apply_has_nothing_to_do_and_takes_under_a_second(copy: Running, shop: dict[str, Any]) -> None:
    before, started = await runs(copy), time.monotonic()
    answer = await copy.apply("shop", documents(COLOR))
    assert time.monotonic() - started < 1
    assert (answer.status_code, answer.json()["run"]) == (200, None)
    assert answer.json()["report"]["summary"]["status"] == "clean"
    assert await runs(copy) == before


async def test_a_saved_plan_holds_only_as_long_as_its_specs_and_its_state(
    copy: Running, shop: dict[str, Any], clone: Clone
) -> None:
    wanted = documents(COLOR, PINNED)
    plan = await copy.plan("shop", wanted)
    bound = {"plan": {"specHash": plan["specHash"], "stateHash": plan["stateHash"]}}
    other = await copy.apply("shop", documents(COLOR, "- other (string) OPTIONAL"), **bound)
    assert (other.status_code, other.json()["error"]["code"]) == (409, "SPEC_PLAN_STALE")
    assert "specs have changed" in other.json()["error"]["message"]
    await clone.commit({"NOTES.txt": "by hand\n"})
    assert await clone.push() == ""
    stale = await copy.apply("shop", wanted, **bound)
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "SPEC_PLAN_STALE")
    assert "project has changed" in stale.json()["error"]["message"]
    again = await copy.plan("shop", wanted)
    fresh = {"specHash": again["specHash"], "stateHash": again["stateHash"]}
    assert fresh["stateHash"] != plan["stateHash"]
    await copy.applied("shop", wanted, plan=fresh)
    await clone.pull()
    assert clone.read("NOTES.txt") == "by hand\n"  # regeneration left what is not its own
    assert "pinned" in clone.read(MODELS)
    used = await copy.apply("shop", wanted, plan=fresh)
    assert used.json()["error"]["code"] == "SPEC_PLAN_STALE"  # the state it was made from is gone


async def test_a_loss_is_refused_until_it_is_allowed_by_its_name(copy: Running, shop: dict[str, Any]) -> None:
    await copy.call("shop", "dev", "POST", "/notes", json={"title": "starred", "stars": 5})
    wanted, before = documents(COLOR, PINNED, without="stars"), await runs(copy)
    for allowed in ([], ["notes"], ["notes.title"]):
        refused = await copy.apply("shop", wanted, allow=allowed)
        error = refused.json()["error"]
        assert (refused.status_code, error["code"]) == (409, "SPEC_DESTRUCTIVE_REFUSED")
        assert "notes.stars" in error["message"]
        assert "--allow notes.stars" in error["hint"]
        (loss,) = error["details"]["losses"]
        assert (loss["name"], loss["destructive"]) == ("notes.stars", True)
        assert loss["loses"]
    assert await runs(copy) == before
    kept = (await copy.call("shop", "dev", "GET", "/notes")).json()["items"]
    assert [n["stars"] for n in kept if n["title"] == "starred"] == [5]
    await copy.applied("shop", wanted, allow=["notes.stars"])
    left = (await copy.call("shop", "dev", "GET", "/notes")).json()["items"]
    assert "starred" in {n["title"] for n in left}
    assert not any("stars" in note for note in left)
    assert (await versions(copy))[0] == "2.0.0"


WIDER = documents(COLOR, PINNED, "- weight (integer) OPTIONAL", without="stars")
FILE = "specs/001-notes/data-model.md"
WIDER[FILE] = WIDER[FILE].replace("1..80", "1..90")


class TestConflicts:
    """The length of one column was changed by hand on dev, and by the specs; a comment and a method were added."""

    WANTED = WIDER

    @pytest.fixture
    async def edited(self, copy: Running, clone: Clone) -> Clone:
        """Dev, whose models somebody edited by hand and pushed."""
        if "# by hand" not in clone.read(MODELS):
            text = clone.read(MODELS).replace("sa.String(80)", "sa.String(85)")
            method = "\n    def shout(self) -> str:\n        return self.title.upper()\n"
            await clone.commit({MODELS: f"# by hand\n{text}{method}"})
            assert await clone.push() == ""
        return clone

    async def test_nothing_is_overwritten_and_the_report_has_all_sides(self, copy: Running, edited: Clone) -> None:
        before, head = await runs(copy), await edited.head()
        refused = await copy.apply("shop", self.WANTED)
        error = refused.json()["error"]
        assert (refused.status_code, error["code"]) == (409, "SPEC_DRIFT_CONFLICT")
        report = error["details"]
        (conflict,) = report["conflicts"]
        assert (conflict["path"], conflict["reason"]) == (MODELS, "MANUAL_DIVERGENCE")
        assert conflict["suggestion"]
        (hunk,) = conflict["hunks"]
        assert (hunk["base"], hunk["ours"], hunk["theirs"]) == ("80", "85", "90")
        assert hunk["where"].startswith("class Note › title")
        assert conflict["requirements"] == ["FR-001"]
        assert any("data-model.md:" in source for source in conflict["sources"])
        summary = report["summary"]
        assert (summary["status"], summary["conflictCount"], summary["hasConflicts"]) == ("conflicts", 1, True)
        assert summary["changedCount"] == len(report["changedFiles"])
        assert await runs(copy) == before
        await edited.pull()
        assert await edited.head() == head

    async def test_a_dry_run_reports_the_same_without_refusing(self, copy: Running, edited: Clone) -> None:
        answer = await copy.apply("shop", self.WANTED, dryRun=True)
        report = answer.json()["report"]
        assert (answer.status_code, answer.json()["run"]) == (200, None)
        assert (report["dryRun"], report["appliedAt"], report["summary"]["status"]) == (True, None, "conflicts")

    async def test_each_file_is_decided_by_name(self, copy: Running, edited: Clone) -> None:
        kept = await copy.plan("shop", self.WANTED, keep=[MODELS])
        assert (kept["conflicts"], kept["kept"]) == ([], [MODELS])
        assert kept["keptBecause"][MODELS]
        assert MODELS not in {change["path"] for change in kept["code"]}
        stray = await copy.apply("shop", self.WANTED, overwrite=["../../etc/passwd"])
        assert stray.status_code in (400, 409)
        half = await copy.apply("shop", self.WANTED, accept=[{"path": MODELS, "take": "edit"}])
        assert half.status_code == 400

    async def test_the_page_shows_three_panes_and_keeps_every_choice(self, copy: Running, edited: Clone) -> None:
        headers = {"cookie": f"fs_session={copy.ada.token}", "accept": "text/html", "origin": copy.url}
        async with httpx.AsyncClient(base_url=copy.url, headers=headers) as browser:
            sent = {"file": FILE, "text": self.WANTED[FILE]}
            page = (await browser.post("/projects/shop/plan", data=sent)).text
            for words in ("Generated before", "Yours, on dev", "Generated now", "Not decided yet", "FR-001"):
                assert words in page
            fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
            bound = {**sent, **{key: fields[key] for key in fields if key not in sent}}
            undecided = await browser.post("/projects/shop/apply", data=bound)
            assert undecided.status_code == 409
            outdated = {**bound, "take-0-1": "theirs", "fingerprint-0": "of other versions"}
            assert (await browser.post("/projects/shop/apply", data=outdated)).status_code == 409
            chosen = {**bound, "take-0-1": "edit", "text-0-1": "88", "state_hash": "of another state"}
            refused = await browser.post("/projects/shop/apply", data=chosen)
            assert (refused.status_code, "place 1: edit" in refused.text) == (409, True)  # the choice is still there
            nonsense = await browser.post("/projects/shop/apply", data={**bound, "settled": "{"})
            assert nonsense.status_code == 400

    async def test_a_decided_place_is_merged_with_all_other_edits(self, copy: Running, edited: Clone) -> None:
        plan = await copy.plan("shop", self.WANTED)
        (conflict,) = plan["conflicts"]
        choice = {"path": MODELS, "take": "edit", "hunk": 1, "text": "88", "fingerprint": conflict["fingerprint"]}
        applied = await copy.applied("shop", self.WANTED, accept=[choice])
        merged = {c["path"]: c["ownership"] for c in applied["plan"]["code"]}
        assert merged[MODELS] == "merged"
        await edited.pull()
        text = edited.read(MODELS)
        for words in ("# by hand", "def shout", "sa.String(88)", "weight"):
            assert words in text
        assert (await copy.apply("shop", self.WANTED)).json()["report"]["summary"]["status"] == "clean"

    async def test_the_next_apply_merges_from_what_the_branch_never_held(self, copy: Running, clone: Clone) -> None:
        self.WANTED[FILE] += "- height (integer) OPTIONAL\n"
        await copy.applied("shop", self.WANTED)
        await clone.pull()
        for words in ("# by hand", "def shout", "sa.String(88)", "weight", "height"):
            assert words in clone.read(MODELS)


async def test_of_two_who_apply_at_once_one_is_told_to_wait(copy: Running, shop: dict[str, Any]) -> None:
    base = TestConflicts.WANTED["specs/001-notes/data-model.md"]
    wanted = [{**DOCUMENTS, "specs/001-notes/data-model.md": base + f"- {n} (integer) OPTIONAL\n"} for n in "ab"]
    answers = await asyncio.gather(*(copy.apply("shop", files) for files in wanted))
    assert sorted(answer.status_code for answer in answers) == [202, 409]
    (refused,) = [answer.json()["error"] for answer in answers if answer.status_code == 409]
    assert refused["code"] == "RUN_IN_PROGRESS"
    (accepted,) = [answer.json() for answer in answers if answer.status_code == 202]
    assert (await copy.ended(accepted["run"]))["status"] == "succeeded"
    winner = wanted[[answer.status_code for answer in answers].index(202)]
    assert (await copy.apply("shop", winner)).json()["report"]["summary"]["status"] == "clean"
