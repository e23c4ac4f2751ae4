"""What the events of a run amount to: a pure fold, the same as `browser/run-model.js`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flaresmith.ui.text import visible

LOG_LINES = 200
_GOOD = frozenset({"done", "unchanged", "skipped"})
_OVER = frozenset({"done", "failed", "cancelled"})
_LEFT = {"waiting": "unreached", "running": "interrupted", "retrying": "interrupted"}
_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)")

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One step so far. `seconds` and `wait_s` are seconds, moments milliseconds since 1970.

    `log` keeps the last 200 of `log_total` lines.
    """

    id: str
    title: str
    group: str = ""
    state: str = "waiting"
    started_at: int | None = None
    seconds: float | None = None
    attempt: int = 1
    of: int | None = None
    wait_s: float | None = None
    error: str = ""
    link: str = ""
    log: tuple[str, ...] = ()
    log_total: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """A run so far: what the page shows of it. Moments are milliseconds since 1970."""

    state: str = "queued"
    steps: Mapping[str, Step] = field(default_factory=dict)
    started_at: int | None = None
    finished_at: int | None = None
    usual_s: float | None = None
    summary: str = ""
    last_seq: int = 0
    last_at: int | None = None

    @property
    def done(self) -> int:
        """How many steps need nothing more."""
        return sum(step.state in _GOOD for step in self.steps.values())

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.state in _OVER


def fold(events: Iterable[Event], run: Run | None = None) -> Run:
    """The run that these events tell of, in their order; malformed, unknown and repeated events change nothing."""
    run = run or Run()
    for event in events:
        run = _applied(run, event)
    return run


def _applied(run: Run, event: Event) -> Run:
    seq = event.get("seq")
    if not isinstance(seq, int) or isinstance(seq, bool) or seq <= run.last_seq:
        return run
    at = _moment(_text(event, "at"))
    run = replace(run, last_seq=seq, last_at=run.last_at if at is None else at)
    change = _CHANGES.get(_text(event, "type"))
    return change(run, event) if change else run


def _run_started(run: Run, event: Event) -> Run:
    steps = dict(run.steps)
    announced = event.get("steps")
    for each in announced if isinstance(announced, list) else []:
        if isinstance(each, Mapping) and (key := _text(each, "step")) and key not in steps:
            steps[key] = Step(key, _text(each, "title") or key, _text(each, "group"))
    usual = _number(event, "usual_s")
    return replace(
        run, state="running", steps=steps, started_at=run.last_at, finished_at=None, usual_s=usual, summary=""
    )


def _step_started(run: Run, event: Event) -> Run:
    return _with(
        run, event, going=True, state="running", started_at=run.last_at, seconds=None, wait_s=None, error="", link=""
    )


def _step_attempt(run: Run, event: Event) -> Run:
    attempt, of = _number(event, "attempt"), _number(event, "of")
    return _with(
        run, event, going=True, state="retrying", seconds=None, attempt=int(attempt or 1),
        of=None if of is None else int(of), wait_s=_number(event, "wait_s"), error=_text(event, "error"),
    )  # fmt: skip


def _step_log(run: Run, event: Event) -> Run:
    step = _named(run, event)
    line = visible(_text(event, "line"))
    return _with(run, event, log=(*step.log, line)[-LOG_LINES:], log_total=step.log_total + 1)


def _step_finished(run: Run, event: Event) -> Run:
    step, outcome = _named(run, event), _text(event, "outcome")
    state = outcome if outcome in _GOOD or outcome == "failed" else "done"
    seconds = _number(event, "seconds")
    if seconds is None and step.started_at is not None and run.last_at is not None:
        seconds = max(run.last_at - step.started_at, 0) / 1000
    error = _text(event, "error") or (step.error if state == "failed" else "")
    return _with(run, event, state=state, seconds=seconds, wait_s=None, error=error, link=_text(event, "link"))


def _run_waiting(run: Run, event: Event) -> Run:
    return replace(run, state="waiting", summary=_text(event, "summary"))


def _run_finished(run: Run, event: Event) -> Run:
    outcome = _text(event, "outcome")
    steps = {key: replace(step, state=_LEFT.get(step.state, step.state)) for key, step in run.steps.items()}
    state = outcome if outcome in _OVER else "done"
    return replace(run, state=state, steps=steps, finished_at=run.last_at, summary=_text(event, "summary"))


_CHANGES: Mapping[str, Callable[[Run, Event], Run]] = {
    "run.started": _run_started,
    "step.started": _step_started,
    "step.attempt": _step_attempt,
    "step.log": _step_log,
    "step.finished": _step_finished,
    "run.waiting": _run_waiting,
    "run.finished": _run_finished,
}


def _named(run: Run, event: Event) -> Step:
    """The step that an event speaks of, with the title and group it may bring."""
    key = _text(event, "step")
    step = run.steps.get(key) or Step(key, key)
    return replace(step, title=_text(event, "title") or step.title, group=_text(event, "group") or step.group)


def _with(run: Run, event: Event, *, going: bool = False, **changes: Any) -> Run:
    step = _named(run, event)
    if not step.id:
        return run
    woken = going and run.state in ("queued", "waiting")
    return replace(
        run,
        state="running" if woken else run.state,
        summary="" if woken else run.summary,
        steps={**run.steps, step.id: replace(step, **changes)},
    )


def _text(event: Event, key: str) -> str:
    value = event.get(key)
    return value if isinstance(value, str) else ""


def _number(event: Event, key: str) -> float | None:
    value = event.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if 0 <= value < 1e12 else None


def _moment(value: str) -> int | None:
    """Milliseconds since 1970 of an RFC 3339 moment; finer digits are cut, as the browser cuts them."""
    if not (found := _RFC3339.fullmatch(value)):
        return None
    try:
        whole = datetime.fromisoformat(found[1] + found[3].replace("Z", "+00:00"))
    except ValueError:
        return None
    return int(whole.timestamp()) * 1000 + int((found[2] or "").ljust(3, "0")[:3])
