"""The pages in a real browser, under our content security policy: keyboard, themes, live runs, accessibility."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from flaresmith.ui import gallery, static
from flaresmith.ui.layout import PRODUCT

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.mark.parametrize("theme", ["paper", "night"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_everything_is_accessible_and_fits(open_page: Any, site: Any, width: int, theme: str) -> None:
    for event in gallery.run_events()[:3]:
        site.feed.tell(
            event["type"], **{key: value for key, value in event.items() if key not in ("seq", "at", "type")}
        )
    page = open_page("/gallery", width=width, theme=theme)
    for path in ("/overview", "/run?seq=3", "/sign-in", "/gallery"):
        page.goto(site.url + path)
        page.evaluate("document.querySelectorAll('details.file, .step-log').forEach((each) => (each.open = true))")
        if path in ("/gallery", "/sign-in"):
            found = Axe().run(page, options=RULES).response["violations"]
            assert [(each["id"], [node["target"] for node in each["nodes"]][:3]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert (
            page.evaluate("getComputedStyle(document.body).colorScheme") == {"paper": "light", "night": "dark"}[theme]
        )


def test_open_menus_and_dialogs_are_accessible(open_page: Any) -> None:
    page = open_page("/gallery")
    page.locator(".person summary").click()
    assert Axe().run(page, options=RULES).response["violations"] == []
    page.keyboard.press("Escape")
    for opener in ("Control+k", "Shift+?"):
        page.keyboard.press(opener)
        assert Axe().run(page, options=RULES).response["violations"] == []
        page.keyboard.press("Escape")


def test_a_page_stays_within_its_budget(open_page: Any) -> None:
    page = open_page("/projects")
    page.wait_for_load_state("networkidle")
    loaded = page.evaluate("performance.getEntriesByType('resource').map((each) => [each.name, each.decodedBodySize])")
    assert len(loaded) + 1 <= (12 if static.bundle_is_current() else 16)
    assert sum(size for name, size in loaded if name.endswith(".css")) <= 25_000
    if static.bundle_is_current():
        assert sum(size for name, size in loaded if name.endswith(".js")) <= 60_000
        assert page.evaluate("typeof htmx") == "object"


def test_the_palette_goes_anywhere_by_keyboard(open_page: Any, site: Any) -> None:
    page = open_page("/gallery")
    page.keyboard.press("Control+k")
    query = page.get_by_role("combobox", name="Go to")
    expect(query).to_be_focused()
    page.keyboard.type("proj")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    active = page.locator("#palette .on")
    assert query.get_attribute("aria-activedescendant") == active.get_attribute("id")
    query.fill("zzz")
    expect(page.get_by_text("Nothing by that name.")).to_be_visible()
    query.fill("Projects")
    page.keyboard.press("Enter")
    page.wait_for_url(site.url + "/projects")


def test_keys_lead_to_places_and_slash_to_the_search(open_page: Any, site: Any) -> None:
    page = open_page("/gallery")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("g p")
    expect(page.locator("#search")).to_have_value("g p")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url(site.url + "/projects")


def test_rows_are_walked_opened_and_acted_on_by_keyboard(open_page: Any, site: Any) -> None:
    page = open_page("/gallery")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="bookshop", exact=True).and_(page.locator("[data-open-row]"))).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("k")
    page.keyboard.press(".")
    expect(page.locator("[data-rows] [data-menu][open] a")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-rows] [data-menu][open]")).to_have_count(0)
    expect(page.locator("[data-rows] summary").first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(site.url + "/projects/1")


def test_single_keys_can_be_turned_off(open_page: Any) -> None:
    page = open_page("/gallery")
    page.keyboard.press("?")
    page.get_by_label("Single keys are on").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()


def test_the_theme_is_changed_kept_and_known_to_the_server(open_page: Any) -> None:
    page = open_page("/projects")
    page.keyboard.press("t")
    assert page.evaluate("document.documentElement.dataset.theme") == "paper"
    page.keyboard.press("t")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "night"
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_the_theme_can_be_changed_without_scripts(open_page: Any) -> None:
    page = open_page("/sign-in", java_script_enabled=False)
    page.get_by_role("button", name="Night").click()
    assert page.locator("html").get_attribute("data-theme") == "night"
    expect(page.get_by_role("button", name="Night")).to_have_attribute("aria-pressed", "true")


def test_the_rail_folds_and_stays_folded(open_page: Any) -> None:
    page = open_page("/projects")
    page.get_by_role("button", name="Fold").click()
    page.reload()
    box = page.locator(".rail").bounding_box()
    assert box is not None
    assert box["width"] < 60
    expect(page.get_by_role("link", name="Runs 41")).to_be_visible()


def test_copying_puts_all_of_a_short_id_on_the_clipboard(open_page: Any) -> None:
    page = open_page("/gallery", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy project id").click()
    expect(page.locator("#toasts")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == "0192f0c1-7a34-7cc2-9b1e-0242ac120002"


def test_unchanged_lines_unfold(open_page: Any) -> None:
    page = open_page("/gallery")
    page.get_by_text("app/models/order.py").click()
    expect(page.get_by_text("field_30: int")).to_be_hidden()
    page.get_by_role("button", name="Show 13 unchanged lines").click()
    expect(page.get_by_text("field_30: int")).to_be_visible()


def test_without_scripts_unchanged_lines_show_at_once(open_page: Any) -> None:
    page = open_page("/gallery", java_script_enabled=False)
    page.get_by_text("app/models/order.py").click()
    expect(page.get_by_text("field_30: int")).to_be_visible()
    expect(page.get_by_role("button", name="Show 13 unchanged lines")).to_be_hidden()


def test_destroying_needs_the_name_and_happens_once(open_page: Any, site: Any) -> None:
    page = open_page("/gallery")
    page.get_by_role("button", name="Destroy project").click()
    dialog = page.get_by_role("dialog", name="Destroy bookshop?")
    dialog.get_by_label("Type bookshop to go on").fill("bookshops")
    dialog.get_by_role("button", name="Destroy").click()
    assert site.feed.posted == []
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Destroy project").click()
    dialog.get_by_label("Type bookshop to go on").fill("bookshop")
    dialog.get_by_role("button", name="Destroy").click()
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    assert site.feed.posted == [{"csrf_token": "t", "typed": "bookshop"}]


def test_a_form_on_its_way_is_not_sent_twice(open_page: Any, site: Any) -> None:
    page = open_page("/sign-in")
    page.get_by_label("E-mail").fill("dana@example.org")
    page.get_by_label("Password").fill("correct horse")
    said = page.get_by_role("button", name="Sign in").evaluate(
        "(button) => { button.click(); button.click(); button.form.requestSubmit(button); return button.textContent }"
    )
    assert said == "Signing in …"
    site.feed.tell("run.started")
    expect(page.get_by_role("heading", name="Signed in")).to_be_visible()
    assert [each["email"] for each in site.feed.posted] == ["dana@example.org"]


def test_signing_in_works_without_scripts(open_page: Any, site: Any) -> None:
    site.feed.tell("run.started")
    page = open_page("/sign-in", java_script_enabled=False)
    page.get_by_label("E-mail").fill("dana@example.org")
    page.get_by_label("Password").fill("correct horse")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Signed in")).to_be_visible()


def test_a_run_fills_itself_and_says_what_happens(open_page: Any, site: Any) -> None:
    page = open_page("/run")
    live = page.locator("#live")
    expect(live).to_have_text(re.compile("Live"))
    site.feed.tell(
        "run.started", steps=[{"step": "a", "title": "Repository"}, {"step": "b", "title": "Database"}], usual_s=70
    )
    site.feed.tell("step.started", step="a")
    expect(page.locator("[data-step=a]")).to_contain_text("Running")
    site.feed.tell("step.log", step="a", line="<b>git</b> init")
    page.locator("[data-step=a] summary").click()
    site.feed.tell("step.log", step="a", line="second")
    expect(page.locator("[data-step=a] pre")).to_have_text("<b>git</b> init\nsecond")
    assert page.locator("[data-step=a] details").evaluate("(each) => each.open")
    site.feed.tell("step.finished", step="a", outcome="done", seconds=3.1)
    expect(page).to_have_title(f"1/2 · Provision bookshop · {PRODUCT}")
    expect(page.locator(".run-sum")).to_contain_text("1 of 2 steps")
    expect(page.locator(".run-says")).to_contain_text("1 of 2 steps.", timeout=8_000)
    site.feed.tell("run.finished", outcome="failed", summary="Database was not reached.")
    expect(page.locator(".outcome")).to_have_text("Database was not reached.")
    expect(live).to_have_text(re.compile("Finished"))


def test_a_broken_connection_resumes_where_it_was_and_ends_the_same(open_page: Any, site: Any) -> None:
    page = open_page("/run")
    for event in gallery.run_events(finished=True):
        fields = {key: value for key, value in event.items() if key not in ("seq", "at", "type")}
        site.feed.tell(event["type"], **fields)
        if event["seq"] in (3, 15):
            expect(page.locator("fs-run")).to_have_attribute("data-seq", str(event["seq"]))
            site.feed.cut()
            expect(page.locator("#live")).to_have_text(re.compile(r"Reconnecting \d+ s"))
            expect(page.locator("#live")).to_have_text(re.compile("Live"), timeout=10_000)
    expect(page.locator("fs-run")).to_have_attribute("data-run", "failed")
    assert site.feed.asked == ["", "3", "15"]
    fresh = open_page(f"/run?seq={len(site.feed.events)}")
    assert page.locator(".steps").inner_html() == fresh.locator(".steps").inner_html()
    assert page.locator(".run-sum").inner_html() == fresh.locator(".run-sum").inner_html()


def test_a_server_that_is_away_is_waited_for(open_page: Any, site: Any) -> None:
    site.feed.refuse = True
    page = open_page("/run")
    expect(page.locator("#live")).to_have_text(re.compile(r"Reconnecting \d+ s"))
    site.feed.refuse = False
    expect(page.locator("#live")).to_have_text(re.compile("Live"), timeout=10_000)


def test_a_failed_step_can_be_retried_from_the_live_page(open_page: Any, site: Any) -> None:
    page = open_page("/run")
    site.feed.tell("step.finished", step="db", outcome="failed", error="no scope")
    site.feed.tell("run.finished", outcome="failed", summary="Stopped.")
    page.get_by_role("button", name="Retry from here").click()
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    assert site.feed.posted == [{"csrf_token": "t", "step": "db"}]


def test_a_region_keeps_itself_fresh(open_page: Any, site: Any) -> None:
    page = open_page("/overview")
    expect(page.locator("#fresh")).to_have_text("0")
    site.feed.tell("run.started")
    expect(page.locator("#fresh")).to_have_text("1")
    expect(page.locator("#live")).to_have_text(re.compile("Live"))


def test_losing_the_network_shows_a_banner(open_page: Any) -> None:
    page = open_page("/projects")
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden()


def test_focus_is_visible_and_the_skip_link_comes_first(open_page: Any) -> None:
    page = open_page("/projects")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_motion_and_forced_colours_are_respected(open_page: Any) -> None:
    page: Page = open_page("/gallery", reduced_motion="reduce", forced_colors="active")
    assert page.locator(".button").first.evaluate("(each) => getComputedStyle(each).transitionDuration") == "0s"
    expect(page.locator(".matrix .status .word").first).to_be_visible()
