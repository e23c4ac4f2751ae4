"""The browser and the server make the same of the same events: a run's page is a pure function of its log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from flaresmith.ui import run, text
from flaresmith.ui.when import relative

IDS = st.sampled_from(["a", "b", "dev-db", "ключ"])
WORDS = st.text(max_size=12) | st.sampled_from(["\x1b[31mred\x1b[0m", "\u202eevil", "\nfirst", "<b>&amp;", "", "  "])
LINKS = st.sampled_from(["", "/p/1", "https://x.example/?a=1&b=2", "javascript:x", "a:b", "//x", "\\x", "x y"]) | WORDS
NUMBERS = st.floats(-1, 1e13, allow_nan=False) | st.integers(-1, 100_000) | st.none() | st.booleans() | st.just("3")
ZONES = st.sampled_from([0, 330, -210]).map(lambda minutes: timezone(timedelta(minutes=minutes)))
RECENT = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1), timezones=ZONES)
AT = RECENT.map(datetime.isoformat) | RECENT.map(str) | st.none()
EVENTS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            ["run.started", "step.started", "step.attempt", "step.log", "step.finished", "run.waiting", "run.finished"]
        )
        | WORDS
    },
    optional={
        "at": AT, "step": IDS | st.none(), "title": WORDS, "group": WORDS, "line": WORDS, "error": WORDS, "link": LINKS,
        "summary": WORDS, "outcome": st.sampled_from(["done", "failed", "skipped", "unchanged", "cancelled", "?"]),
        "seconds": NUMBERS, "usual_s": NUMBERS, "wait_s": NUMBERS, "attempt": NUMBERS, "of": NUMBERS,
        "steps": st.lists(st.fixed_dictionaries({}, optional={"step": IDS, "title": WORDS, "group": WORDS}), max_size=3)
        | st.none(),
    },
)  # fmt: skip
COMPARE = """async ([events, list, sum, retry]) => {
  const model = await import("/modules/run-model.js"), view = await import("/modules/run-view.js");
  const parsed = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content.firstElementChild;
  };
  const run = model.fold(events);
  const own = [view.stepList(run, run.at, retry), view.sumLine(run, run.at)];
  return [list, sum].map((html, n) => [parsed(html).isEqualNode(own[n]), html, own[n].outerHTML]);
}"""


@pytest.fixture
def page(open_page: Any) -> Page:
    return open_page("/projects")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(EVENTS, max_size=25), retry=st.booleans())
def test_the_browser_draws_what_the_server_draws(page: Page, events: list[dict[str, Any]], retry: bool) -> None:
    numbered = [{"seq": n, **event} for n, event in enumerate(events, 1)]
    seen = run.fold(numbered)
    drawn = [str(run.step_list(seen, retry=retry)), str(run.sum_line(seen))]
    for same, server, browser in page.evaluate(COMPARE, [numbered, *drawn, retry]):
        assert same, f"\n{server}\n{browser}"


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.text(), seconds=st.floats(-10, 1e9), href=LINKS)
def test_words_durations_and_addresses_are_the_same(page: Page, said: str, seconds: float, href: str) -> None:
    script = """async ([said, seconds, href]) => {
      const dom = await import("/modules/dom.js");
      return [dom.visible(said), dom.duration(seconds), dom.safeHref(href)];
    }"""
    expected = [text.visible(said), text.duration(seconds), text.safe_href(href)]
    assert page.evaluate(script, [said, seconds, href]) == expected


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ago=st.integers(-4_000_000, 4_000_000))
def test_relative_times_are_the_same(page: Page, ago: int) -> None:
    now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    script = 'async ([at, now]) => (await import("/modules/page.js")).relative(at, now)'
    milliseconds = int(now.timestamp()) * 1000
    assert page.evaluate(script, [milliseconds - ago * 1000, milliseconds]) == relative(
        now - timedelta(seconds=ago), now
    )
