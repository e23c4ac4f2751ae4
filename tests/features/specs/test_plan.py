"""A plan shows everything with a reason and writes nothing anywhere: not a row, not a file, not a process."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import event
from sqlalchemy.engine import Engine
from tests.make.running import DOCUMENTS, Running, documents

from flaresmith.features.specs import live
from flaresmith.features.specs.schemas import PlanRequest

WANTED = documents("- color (string, max 20) OPTIONAL", without="stars")
BROKEN = {**DOCUMENTS, "specs/001-notes/contracts/openapi.yaml": "openapi: 3.1.0\npaths: [\n"}

_TABLES = """
SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2
"""


class Everything:
    """What there is of a copy: every row of every table of every database, every file, every process."""

    def __init__(self, copy: Running) -> None:
        self.databases = {name: _rows(f"{copy.database.rpartition('/')[0]}/{name}") for name in _names(copy.database)}
        self.roles = _ask(copy.database, "SELECT rolname, oid::text FROM pg_roles ORDER BY 1")
        self.files = dict(_files(copy.data))
        self.processes = _processes(str(copy.data))

    def __eq__(self, other: object) -> bool:
        assert isinstance(other, Everything)
        assert self.databases == other.databases
        assert self.roles == other.roles
        assert self.files == other.files
        assert self.processes == other.processes
        return True


def _ask(url: str, statement: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()


def _names(url: str) -> list[str]:
    rows = _ask(url, "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1")
    return [row[0] for row in rows]


def _rows(url: str) -> dict[str, Any]:
    """Per table, a digest of its rows with the transaction that wrote each: an update to the same value shows too."""
    with psycopg.connect(url) as connection:
        statement = "SELECT md5(coalesce(string_agg(r::text || r.xmin || r.ctid, '|' ORDER BY r.ctid), '')) FROM {} r"
        return {
            ".".join(names): connection.execute(sql.SQL(statement).format(sql.Identifier(*names))).fetchone()
            for names in connection.execute(_TABLES).fetchall()
        }


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            yield str(path), str(path.readlink())
        elif path.is_file():
            yield str(path), hashlib.sha256(path.read_bytes()).hexdigest()
        else:
            yield str(path), ""


def _processes(data: str) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and data.encode() in (entry / "environ").read_bytes():
                found.append(f"{entry.name} {(entry / 'cmdline').read_text()}")
        except OSError:
            continue
    return sorted(found)


@contextmanager
def untouched(copy: Running) -> Iterator[None]:
    before = Everything(copy)
    assert len(before.databases) >= 4  # ours and one for each environment
    yield
    assert Everything(copy) == before


@pytest.mark.parametrize(
    "files", [DOCUMENTS, WANTED, BROKEN, {}], ids=["the same", "other fields", "broken", "nothing"]
)
async def test_asking_for_a_plan_writes_nothing_anywhere(
    copy: Running, shop: dict[str, Any], files: dict[str, str]
) -> None:
    with untouched(copy):
        asked = await copy.ada.client.post("/api/v1/specs/plan", json={"projectId": "shop", "files": files})
        assert asked.status_code == 200, asked.text


async def test_a_dry_run_and_the_pages_of_a_plan_write_nothing_anywhere(copy: Running, shop: dict[str, Any]) -> None:
    headers = {"cookie": f"fs_session={copy.ada.token}", "accept": "text/html"}
    file = "specs/001-notes/data-model.md"
    with untouched(copy):
        assert (await copy.apply("shop", WANTED, dryRun=True)).status_code == 200
        async with httpx.AsyncClient(base_url=copy.url, headers=headers) as browser:
            assert (await browser.get("/projects/shop/plan")).status_code == 200
            edited = await browser.post("/projects/shop/plan", data={"file": file, "text": WANTED[file]})
            assert edited.status_code == 200
            assert "notes.stars" in edited.text
            assert (await browser.get("/projects/shop/specs", params={"file": file})).status_code == 200


async def test_every_transaction_of_a_plan_is_one_that_postgresql_refuses_to_write_in(
    copy: Running, shop: dict[str, Any]
) -> None:
    seen: list[tuple[bool, str]] = []

    def look(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append((bool(connection.get_execution_options().get("postgresql_readonly")), statement))

    event.listen(Engine, "before_cursor_execute", look)
    try:
        await live.plan(copy.ada.actor, PlanRequest(project_id="shop", files=WANTED))
    finally:
        event.remove(Engine, "before_cursor_execute", look)
    assert len(seen) > 3
    assert [statement for read_only, statement in seen if not read_only] == []


async def test_it_shows_code_database_and_resources_with_a_reason_each(copy: Running, shop: dict[str, Any]) -> None:
    plan = await copy.plan("shop", WANTED)
    database = {c["name"]: c["destructive"] for c in plan["database"]}
    assert (database["notes.color"], database["notes.stars"]) == (False, True)
    assert {"commit-dev", "service-dev", "build-dev"} <= {r["key"] for r in plan["resources"]}
    assert {r["environment"] for r in plan["resources"]} <= {"dev", "all"}
    changed = {c["path"]: c["change"] for c in plan["code"]}
    assert changed["api/app/models/note.py"] == "modified"
    assert [path for path, change in changed.items() if "versions/0002" in path and change == "created"]
    assert all(each["reason"] for part in ("code", "database", "resources") for each in plan[part])
    assert plan["summary"]["destructive"] == 1
    diff = next(c["diff"] for c in plan["code"] if c["path"] == "api/app/models/note.py")
    assert "color" in diff
    again = await copy.plan("shop", WANTED)
    assert {**again, "madeAt": ""} == {**plan, "madeAt": ""}


async def test_the_same_specs_plan_nothing(copy: Running, shop: dict[str, Any]) -> None:
    plan = await copy.plan("shop", DOCUMENTS)
    assert [plan[part] for part in ("code", "database", "resources", "conflicts")] == [[], [], [], []]
    assert not any(plan["summary"].values())


async def test_broken_specs_plan_nothing_and_say_where(copy: Running, shop: dict[str, Any]) -> None:
    plan = await copy.plan("shop", BROKEN)
    assert (plan["code"], plan["database"], plan["resources"]) == ([], [], [])
    errors = [d for d in plan["diagnostics"] if d["severity"] == "error"]
    assert errors[0]["file"] == "specs/001-notes/contracts/openapi.yaml"
    assert errors[0]["line"] >= 1
    refused = await copy.apply("shop", BROKEN)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "SPEC_PARSE_ERROR")
    assert "contracts/openapi.yaml:" in refused.json()["error"]["message"]


@pytest.mark.parametrize(
    "files",
    [
        {"../../etc/passwd": "x"},
        {"/etc/passwd": "x"},
        {"specs/../../x.md": "x"},
        {"specs/\0.md": "x"},
        {"": "x"},
        {"a" * 600: "x"},
        {"specs/001-a/spec.md": "\ufeff\u202e# \0 {{7*7}} ${x} $(id) `id` <script>"},
    ],
)
async def test_hostile_paths_and_text_are_refused_or_read_and_never_break(
    copy: Running, shop: dict[str, Any], files: dict[str, str]
) -> None:
    with untouched(copy):
        answer = await copy.ada.client.post("/api/v1/specs/plan", json={"projectId": "shop", "files": files})
    assert answer.status_code in (200, 400, 422), answer.text


async def test_others_have_no_plan_here(copy: Running, shop: dict[str, Any]) -> None:
    for path in ("/api/v1/specs/plan", "/api/v1/specs/apply"):
        for project in ("shop", shop["id"]):
            body = {"projectId": project, "files": DOCUMENTS}
            theirs = await copy.bob.client.post(path, json=body)
            assert (theirs.status_code, theirs.json()["error"]["code"]) == (404, "PROJECT_NOT_FOUND")
