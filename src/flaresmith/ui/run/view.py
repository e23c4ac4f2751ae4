"""A run as HTML; `step_list` and `sum_line` are the same as in `browser/run-view.js`."""

from __future__ import annotations

from datetime import datetime

from htpy import (
    Element,
    Node,
    a,
    button,
    details,
    div,
    form,
    fs_run,
    input,
    li,
    noscript,
    ol,
    p,
    pre,
    progress,
    span,
    summary,
)

from flaresmith.ui.run.model import Run, Step
from flaresmith.ui.status import run_status, step_status
from flaresmith.ui.text import counted, duration, safe_href, visible

_OPEN = frozenset({"running", "retrying"})
_RETRIABLE = frozenset({"failed", "interrupted"})


def run_view(
    run: Run, *, label: str, events_href: str, now: datetime | None = None,
    retry_href: str = "", cancel_href: str = "", log_href: str = "", csrf: str = "",
) -> Element:  # fmt: skip
    """The live view of a run: sum line, progress, steps, outcome; follows `events_href` until the run is over.

    `retry_href` receives a POST with `step` (retry from here), `cancel_href` an empty one. Without JavaScript the page
    shows the same state and offers to load it again (give `layout.page` a `refresh_s` as well).
    """
    moment = int(now.timestamp() * 1000) if now else None
    return fs_run(src=events_href, data_seq=str(run.last_seq), data_run=run.state, data_retry=bool(retry_href))[
        div(".run-head")[
            div(".run-sum")[sum_line(run, now=moment)],
            div(".row")[
                log_href and a(".button.small", href=safe_href(log_href))["Whole log"],
                cancel_href and not run.over and _cancel(cancel_href, csrf),
            ],
        ],
        progress(max=str(len(run.steps) or 1), value=str(run.done), aria_label="Steps done"),
        form(method="post", action=safe_href(retry_href) if retry_href else None, aria_label=label)[
            retry_href and input(type="hidden", name="csrf_token", value=csrf),
            step_list(run, now=moment, retry=bool(retry_href)),
        ],
        p(".sr.run-says", role="status"),
        not run.over and noscript[_by_hand()],
    ]


def _by_hand() -> Element:
    return p(".muted")["This page does not follow by itself. ", a(href="")["Load it again"], "."]


def sum_line(run: Run, *, now: int | None = None) -> Element:
    """`◐ Running  6 of 9 steps · 41 s · usually 1 m 10 s`."""
    return div(".row")[run_status(run.state), span(".sum")[" · ".join(_sum(run, now))]]


def step_list(run: Run, *, now: int | None = None, retry: bool = False) -> Element:
    """The steps and what became of the run; `now` (ms since 1970) is the last event's moment when not given."""
    moment = run.last_at if now is None else now
    return div(".steps")[
        ol[(_step(step, moment, retry and run.over) for step in run.steps.values())],
        run.summary and p(".outcome", dir="auto")[visible(run.summary)],
    ]


def _step(step: Step, now: int | None, retry: bool) -> Element:
    notes = _notes(step)
    return li(".step", data_step=step.id, data_state=step.state)[
        step_status(step.state),
        span(".step-title")[
            step.group and span(".step-group")[visible(step.group)],
            span(dir="auto")[visible(step.title)],
            _link(step.link),
        ],
        span(".step-time")[_elapsed(step, now)],
        notes and p(".step-note", dir="auto")[visible(" · ".join(notes))],
        retry and step.state in _RETRIABLE and _retry(step),
        step.log_total > 0 and _log(step),
    ]


def _log(step: Step) -> Element:
    return details(".step-log")[
        summary[f"Log · {counted(step.log_total, 'line')}"],
        pre(".log", tabindex="0")["\n" + "\n".join(step.log)],  # HTML drops the first line break of a pre
    ]


def _retry(step: Step) -> Element:
    return button(".button.small", name="step", value=step.id)["Retry from here"]


def _link(href: str) -> Node:
    target = safe_href(href) if href else None
    return target and a(".step-link", href=target, rel="noopener noreferrer", target="_blank")["Open ↗"]


def _notes(step: Step) -> list[str]:
    notes = []
    if step.state == "retrying":
        notes.append(f"Attempt {step.attempt} of {step.of}" if step.of else f"Attempt {step.attempt}")
    elif step.attempt > 1:
        notes.append(counted(step.attempt, "attempt"))
    if step.error:
        notes.append(step.error)
    if step.state == "retrying" and step.wait_s is not None:
        notes.append(f"next try in {duration(step.wait_s)}")
    return notes


def _elapsed(step: Step, now: int | None) -> str:
    if step.seconds is not None:
        return duration(step.seconds)
    if step.state in _OPEN and step.started_at is not None and now is not None:
        return duration(max(now - step.started_at, 0) / 1000)
    return ""


def _sum(run: Run, now: int | None) -> list[str]:
    parts = [f"{run.done} of {counted(len(run.steps), 'step')}"] if run.steps else []
    end = run.finished_at if run.finished_at is not None else run.last_at if now is None else now
    if run.started_at is not None and end is not None:
        parts.append(duration(max(end - run.started_at, 0) / 1000))
    if run.usual_s is not None:
        parts.append(f"usually {duration(run.usual_s)}")
    return parts


def _cancel(href: str, csrf: str) -> Element:
    return form(method="post", action=safe_href(href))[
        input(type="hidden", name="csrf_token", value=csrf), button(".button.small.danger")["Cancel run"]
    ]
