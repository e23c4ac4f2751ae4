"""A run's events and what they amount to."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flaresmith.ui import gallery, run

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5), st.lists, max_leaves=4
)


def told(*events: dict[str, Any]) -> run.Run:
    stamped = [{"seq": n, "at": f"2026-11-20T12:00:{n:02d}.500Z", **event} for n, event in enumerate(events, 1)]
    return run.fold(stamped)


def test_the_sum_counts_what_is_done_of_what_was_announced() -> None:
    seen = run.fold(gallery.run_events())
    assert "3 of 7 steps · 24 s · usually 1 m 10 s" in str(run.sum_line(seen, now=seen.started_at + 24_000))  # type: ignore[operator]


def test_a_step_goes_through_attempts_to_its_end() -> None:
    started = {"type": "step.started", "step": "db", "title": "Database", "group": "dev"}
    again = {"type": "step.attempt", "step": "db", "attempt": 2, "of": 5, "wait_s": 1.6, "error": "429"}
    retrying = told(started, again)
    assert "Attempt 2 of 5 · 429 · next try in 1.6 s" in str(run.step_list(retrying))
    done = told(started, again, started, {"type": "step.finished", "step": "db", "outcome": "done"})
    assert done.steps["db"].seconds == 1.0
    assert done.steps["db"].error == ""
    assert "2 attempts" in str(run.step_list(done))


def test_a_failed_step_keeps_the_last_error_and_offers_a_retry_only_when_the_run_is_over() -> None:
    events = (
        {"type": "step.attempt", "step": "db", "attempt": 2, "error": "no scope"},
        {"type": "step.finished", "step": "db", "outcome": "failed", "seconds": 2},
    )
    assert told(*events).steps["db"].error == "no scope"
    assert "Retry from here" not in str(run.step_list(told(*events), retry=True))
    over = told(*events, {"type": "run.finished", "outcome": "failed", "summary": "Nothing was created."})
    assert "Retry from here" in str(run.step_list(over, retry=True))
    assert "Nothing was created." in str(run.step_list(over))


def test_a_finished_run_leaves_no_step_running() -> None:
    over = told(
        {"type": "run.started", "steps": [{"step": "a"}, {"step": "b"}]},
        {"type": "step.started", "step": "a"},
        {"type": "run.finished", "outcome": "cancelled"},
    )
    assert {key: step.state for key, step in over.steps.items()} == {"a": "interrupted", "b": "unreached"}
    assert over.over


def test_a_run_that_waits_for_a_person_goes_on_with_the_next_step() -> None:
    waiting = {"type": "run.waiting", "summary": "Approve the plan."}
    assert told(waiting).state == "waiting"
    assert told(waiting, {"type": "step.started", "step": "a"}).state == "running"
    assert told(waiting, {"type": "step.started", "step": "a"}).summary == ""


def test_a_log_keeps_its_last_lines_and_counts_them_all() -> None:
    lines = [{"seq": n, "type": "step.log", "step": "a", "line": f"line {n}"} for n in range(1, 501)]
    step = run.fold(lines).steps["a"]
    assert (len(step.log), step.log[0], step.log_total) == (200, "line 301", 500)
    assert "Log · 500 lines" in str(run.step_list(run.fold(lines)))


@given(st.data())
def test_repeating_any_stretch_of_a_stream_changes_nothing(data: st.DataObject) -> None:
    events = gallery.run_events(finished=True)
    cut = data.draw(st.integers(0, len(events)))
    back = data.draw(st.integers(0, cut))
    resumed = run.fold(events[back:], run.fold(events[:cut]))
    assert resumed == run.fold(events)


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["seq", "at", "type", "step", "attempt", "steps", "line", "seconds"]), JSON)
    )
)
def test_no_event_can_break_the_page(events: list[dict[str, Any]]) -> None:
    str(run.run_view(run.fold(events), label="x", events_href="/e"))


def test_without_scripts_the_page_says_how_to_follow() -> None:
    html = str(run.run_view(run.fold(gallery.run_events()), label="x", events_href="/e"))
    assert "Load it again" in html
    over = str(run.run_view(run.fold(gallery.run_events(finished=True)), label="x", events_href="/e"))
    assert "<noscript>" not in over
