"""A person's way in a real browser: from the sign-in link over a folder of specs to a changed product that answers.

The tests of this module go one after another through the same copy. Set FLARESMITH_SHOTS to a folder to keep pictures.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from tests.make.running import documents

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
MODEL = "specs/001-notes/data-model.md"
# One reference to what there is not, so that the viewer has something to show in its place.
DOCUMENTS = documents("- mood (uuid) OPTIONAL → Nowhere.id")
PAGES = {
    "projects": "/projects", "new": "/projects/new", "project": "/projects/corner-shop",
    "specs": "/projects/corner-shop/specs", "document": f"/projects/corner-shop/specs?file={MODEL}",
    "requirements": "/projects/corner-shop/requirements", "diagram": "/projects/corner-shop/diagram",
    "plan": "/projects/corner-shop/plan", "runs": "/projects/corner-shop/runs", "nothing": "/projects/unknown",
}  # fmt: skip
SHOTS = os.environ.get("FLARESMITH_SHOTS")


@dataclass
class Journey:
    """One copy, one browser, one person who is signed in."""

    run: dict[str, str]
    browser: Browser
    folder: Path
    wrong: list[str] = field(default_factory=list)
    state: Any = None
    run_page: str = ""

    @property
    def web(self) -> str:
        return self.run["web"]

    def context(self, *, width: int = 1280, theme: str = "paper", **options: Any) -> BrowserContext:
        made = self.browser.new_context(
            viewport={"width": width, "height": 900}, storage_state=self.state, base_url=self.web, **options
        )
        made.add_cookies([{"name": "fs_theme", "value": theme, "url": self.web}])
        made.on("page", self._watch)
        return made

    def page(self, **options: Any) -> Page:
        return self.context(**options).new_page()

    def call(self, environment: str, path: str) -> Any:
        """Ask the deployed product itself."""
        token = (self.folder / "data" / "owner.token").read_text().strip()
        found = self._get(f"{self.run['api']}/api/v1/projects/corner-shop/environments", token)
        (base,) = [e["url"] for e in found["environments"] if e["name"] == environment]
        return self._get(f"{base.rstrip('/')}{path}")

    def _get(self, url: str, token: str = "") -> Any:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as answer:
            return json.loads(answer.read())

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)


@pytest.fixture(scope="module")
def journey() -> Iterator[Journey]:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium; or set CHROMIUM to its path)")
    with tempfile.TemporaryDirectory(prefix="fs-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        data = ["--data", str(folder / "data")]
        _flaresmith("up", "--detach", "--ports", "auto", *data)
        try:
            with sync_playwright() as playwright:
                sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
                browser = playwright.chromium.launch(executable_path=chromium, args=sandbox)
                yield Journey(json.loads((folder / "data" / "run.json").read_text()), browser, folder)
                browser.close()
        finally:
            _flaresmith("down", *data)


def _flaresmith(*words: str) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "FLARESMITH_DATA")}
    done = subprocess.run(
        [sys.executable, "-m", "flaresmith", *words], env=environment, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(autouse=True)
def nothing_wrong(journey: Journey) -> Iterator[None]:
    """No script error, no violation of the content security policy, no request that failed."""
    journey.wrong.clear()
    yield
    for context in journey.browser.contexts:
        context.close()
    assert journey.wrong == []


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def test_the_one_time_link_signs_in_once(journey: Journey) -> None:
    page = journey.page()
    page.goto(journey.run["sign_in"])
    shoot(page, "link")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{journey.web}/projects")
    expect(page.get_by_role("heading", name="Projects", level=1)).to_be_visible()
    expect(page.get_by_text("No projects yet")).to_be_visible()
    shoot(page, "empty")
    journey.state = page.context.storage_state()
    stranger = journey.browser.new_context()
    again = stranger.new_page()
    again.goto(journey.run["sign_in"])
    if again.get_by_role("button", name="Sign in").count():
        again.get_by_role("button", name="Sign in").click()
    assert "/sign-in" in again.url
    again.goto(f"{journey.web}/projects")
    assert "/sign-in" in again.url


def test_specs_with_errors_create_nothing_and_show_where(journey: Journey) -> None:
    page = journey.page()
    _upload(
        page, _written(journey.folder / "broken", {**DOCUMENTS, "specs/001-notes/contracts/openapi.yaml": "a: [\n"})
    )
    expect(page.get_by_role("heading", name=re.compile("nothing was created"))).to_be_visible()
    expect(page.get_by_text("openapi.yaml").first).to_be_visible()
    shoot(page, "errors")
    page.goto("/projects")
    expect(page.get_by_text("No projects yet")).to_be_visible()
    journey.wrong.clear()  # the browser notes every answer of 4xx as an error of the page


def test_a_folder_becomes_a_running_product_while_one_looks_on(journey: Journey) -> None:
    page = journey.page()
    _upload(page, _written(journey.folder / "product", DOCUMENTS))
    page.wait_for_url(re.compile("/runs/"))
    journey.run_page = page.url.removeprefix(journey.web)
    expect(page.locator(".step[data-state=done]").first).to_be_visible(timeout=60_000)
    shoot(page, "run-live")
    expect(page.locator("fs-run")).to_have_attribute("data-run", "done", timeout=120_000)
    assert page.locator(".step").count() == page.locator(".step[data-state=done]").count() > 10
    shoot(page, "run-done")
    page.reload()
    assert page.locator(".step").count() == page.locator(".step[data-state=done]").count() > 10


def test_the_matrix_shows_three_active_environments(journey: Journey) -> None:
    page = journey.page()
    page.goto("/projects")
    page.get_by_role("link", name="Corner Shop").first.click()
    page.wait_for_url("**/projects/corner-shop")
    matrix = page.get_by_role("region", name="Environments of Corner Shop")
    for name in ("dev", "staging", "prod"):
        expect(matrix.get_by_role("columnheader", name=re.compile(f"^{name} Active"))).to_be_visible()
    shoot(page, "project")
    assert journey.call("prod", "/notes")["items"] == []


def test_a_diagnostic_stands_in_its_place(journey: Journey) -> None:
    page = journey.page()
    page.goto("/projects/corner-shop/specs")
    page.get_by_role("link", name=MODEL).click()
    expect(page.locator("tr[data-severity=warning]:not(.finding)").filter(has_text="mood")).to_be_visible()
    expect(page.get_by_text("Note.mood refers to Nowhere").first).to_be_visible()
    shoot(page, "document")


def test_an_edit_is_planned_applied_and_answers_on_dev(journey: Journey) -> None:
    page = journey.page()
    page.goto(f"/projects/corner-shop/specs?file={MODEL}")
    text = page.get_by_label(f"Text of {MODEL}")
    text.fill(text.input_value() + "- color (string, max 20) OPTIONAL\n")
    page.get_by_role("button", name="Plan this change").click()
    expect(page.get_by_role("heading", name="Plan", level=1)).to_be_visible()
    expect(page.get_by_text("notes.color").first).to_be_visible()
    expect(page.get_by_text("Nothing has changed yet")).to_be_visible()
    shoot(page, "plan")
    assert "color" not in str(journey.call("dev", "/openapi.json")["components"]["schemas"])
    page.get_by_role("button", name="Apply to dev").click()
    page.wait_for_url(re.compile("/runs/"))
    expect(page.locator("fs-run")).to_have_attribute("data-run", "done", timeout=120_000)
    shoot(page, "apply-done")
    assert "color" in str(journey.call("dev", "/openapi.json")["components"]["schemas"])
    assert "color" not in str(journey.call("prod", "/openapi.json")["components"]["schemas"])
    page.goto("/projects/corner-shop/plan")
    shoot(page, "plan-empty")
    expect(page.get_by_role("button", name="Apply to dev")).to_have_count(0)


def test_a_loss_is_applied_only_when_it_is_ticked(journey: Journey) -> None:
    page = journey.page()
    page.goto(f"/projects/corner-shop/specs?file={MODEL}")
    text = page.get_by_label(f"Text of {MODEL}")
    text.fill("\n".join(line for line in text.input_value().splitlines() if "stars" not in line) + "\n")
    page.get_by_role("button", name="Plan this change").click()
    expect(page.get_by_text(re.compile("Allow notes.stars"))).to_be_visible()
    shoot(page, "plan-loss")
    page.get_by_role("button", name="Apply to dev").click()
    expect(page.get_by_role("alert")).to_contain_text("lose data")
    shoot(page, "plan-refused")
    assert "stars" in str(journey.call("dev", "/openapi.json")["components"]["schemas"])
    journey.wrong.clear()  # the refusal is an answer of 409


def test_every_place_is_reached_by_keyboard(journey: Journey) -> None:
    page = journey.page()
    page.goto("/projects/corner-shop")
    page.keyboard.press("Tab")
    skip = page.evaluate("document.activeElement.textContent")
    assert "Skip" in skip
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("(document.activeElement.textContent || document.activeElement.name || '').trim()"))
    assert {"Environments", "Specs", "Plan", "Runs", "Destroy"} <= seen
    page.goto("/projects/corner-shop")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("body").click(position={"x": 5, "y": 895})
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url("**/projects/corner-shop/runs")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url(f"{journey.web}/projects")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Go to")).to_be_focused()
    page.keyboard.type("New project")
    page.keyboard.press("Enter")
    page.wait_for_url("**/projects/new")


@pytest.mark.parametrize("theme", ["paper", "night"])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_is_accessible_and_fits(journey: Journey, width: int, theme: str) -> None:
    page = journey.page(width=width, theme=theme)
    for name, path in {**PAGES, "run": journey.run_page}.items():
        page.goto(path)
        shoot(page, f"{name}-{width}-{theme}")
        found = Axe().run(page, options=RULES).response["violations"]
        assert [(v["id"], [n["target"] for n in v["nodes"]][:3]) for v in found] == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.evaluate("[...document.images].every((one) => one.complete && one.naturalWidth > 0)"), path
    journey.wrong[:] = [said for said in journey.wrong if "404" not in said]  # the page of what is not there


def test_it_works_without_scripts(journey: Journey) -> None:
    page = journey.page(java_script_enabled=False)
    page.goto("/projects")
    page.get_by_role("link", name="Corner Shop").first.click()
    expect(page.get_by_role("region", name="Environments of Corner Shop")).to_contain_text("Active")
    page.goto(journey.run_page)
    assert page.locator(".step[data-state=done]").count() > 10
    page.goto("/projects/corner-shop/plan")
    expect(page.get_by_role("heading", name="Plan", level=1)).to_be_visible()
    shoot(page, "no-script")
    page.goto("/projects/corner-shop/runs")
    page.get_by_role("button", name="Check and repair").click()
    assert "/runs/" in page.url
    expect(page.get_by_text(re.compile("does not follow by itself|as they were"))).to_be_visible()
    nobody = journey.browser.new_context(java_script_enabled=False, base_url=journey.web).new_page()
    nobody.goto("/projects")
    expect(nobody.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_wrong_name_does_not_destroy_and_the_right_one_does(journey: Journey) -> None:
    page = journey.page()
    page.goto("/projects/corner-shop")
    page.get_by_label(re.compile("Type the project's name")).fill("corner shop")
    page.get_by_role("button", name="Destroy").click()
    expect(page.get_by_text("Nothing was destroyed")).to_be_visible()
    shoot(page, "not-destroyed")
    page.get_by_label(re.compile("Type the project's name")).fill("Corner Shop")
    page.get_by_role("button", name="Destroy").click()
    page.wait_for_url(re.compile("/runs/"))
    expect(page.locator("fs-run")).to_have_attribute("data-run", "done", timeout=60_000)
    shoot(page, "destroyed")
    page.goto("/projects")
    expect(page.get_by_text("No projects yet")).to_be_visible()


def _written(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return folder


def _upload(page: Page, folder: Path) -> None:
    page.goto("/projects/new")
    page.get_by_label("Name").fill("Corner Shop")
    page.get_by_label("Folder with the specs").set_input_files(folder)
    page.get_by_role("button", name="Create and provision").click()
