"""The spec viewer offers the fixes of the compiler: each leads to its plan, and applying it is a new version."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.make.running import DOCUMENTS, Running

FILE = "specs/001-notes/spec.md"
UNNUMBERED = "- The system MUST forget notes.\r\n- The system MUST share notes.\r\n"
SPEC = (
    DOCUMENTS[FILE]
    .replace("\n", "\r\n")
    .replace("## Success", f"### Functional Requirements\r\n\r\n{UNNUMBERED}\r\n## Success")
)


@pytest.fixture(scope="module")
async def mendable(copy: Running) -> dict[str, Any]:
    """A project whose specs have two findings that can be mended; its lines end as on Windows."""
    return await copy.create("Mendable", {**DOCUMENTS, FILE: SPEC})


@pytest.fixture
async def browser(copy: Running) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"cookie": f"fs_session={copy.ada.token}", "accept": "text/html", "origin": copy.url}
    async with httpx.AsyncClient(base_url=copy.url, headers=headers) as client:
        yield client


async def test_a_finding_links_to_its_rule_and_offers_its_fix(
    browser: httpx.AsyncClient, mendable: dict[str, Any]
) -> None:
    shown = (await browser.get("/projects/mendable/specs", params={"file": FILE})).text
    assert shown.count('href="/rules/requirement-without-id"') == 2
    assert "<ins>- **FR-002**: The system MUST forget notes.</ins>" in shown
    assert "Number it FR-002" in shown
    assert "Fix all of these" in shown


async def test_a_fix_leads_to_its_plan_and_is_a_new_version_once_applied(
    copy: Running, browser: httpx.AsyncClient, mendable: dict[str, Any]
) -> None:
    line = SPEC.split("\r\n").index("- The system MUST forget notes.") + 1
    asked = {"file": FILE, "rule": "requirement-without-id", "line": str(line), "column": "3"}
    plan = await browser.post("/projects/mendable/fix", data=asked)
    assert plan.status_code == 200, plan.text
    fields = {
        name: html.unescape(re.search(rf'name="{name}" value="([^"]*)"', plan.text)[1])  # type: ignore[index]
        for name in ("file", "text", "spec_hash", "state_hash")
    }
    applied = await browser.post("/projects/mendable/apply", data=fields)
    assert applied.status_code == 303, applied.text
    await copy.ended({"id": applied.headers["location"].rsplit("/", 1)[1]})
    written = SPEC.replace("- The system MUST forget", "- **FR-002**: The system MUST forget")
    shown = (await browser.get("/projects/mendable/specs", params={"file": FILE})).text
    text = html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", shown, re.S)[1])  # type: ignore[index]
    assert text == written


@pytest.mark.parametrize(
    "change", [{"line": "1"}, {"rule": "no-such-rule"}, {"file": "specs/none.md"}, {"column": "x"}]
)
async def test_a_fix_that_is_not_there_is_not_found(
    browser: httpx.AsyncClient, mendable: dict[str, Any], change: dict[str, str]
) -> None:
    asked = {"file": FILE, "rule": "requirement-without-id", "line": "999", "column": "3", **change}
    answer = await browser.post("/projects/mendable/fix", data=asked)
    assert answer.status_code == 404


async def test_a_fix_from_elsewhere_is_refused(browser: httpx.AsyncClient, mendable: dict[str, Any]) -> None:
    answer = await browser.post(
        "/projects/mendable/fix", data={"file": FILE}, headers={"origin": "https://evil.example"}
    )
    assert answer.status_code == 403


async def test_the_pages_of_the_rules(browser: httpx.AsyncClient) -> None:
    listed = (await browser.get("/rules")).text
    assert 'href="/rules/vague-wording"' in listed
    shown = (await browser.get("/rules/vague-wording")).text
    assert "nobody can test" in shown
    assert "Search MUST be fast" in shown
    secret = (await browser.get("/rules/secret-in-spec")).text
    assert "AKIA…" in secret
    assert not re.search(r"AKIA\w{16}", secret)
    assert (await browser.get("/rules/none")).status_code == 404
