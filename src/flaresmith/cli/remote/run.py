"""What the events of a run amount to so far: a list of steps, and how it ended."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from flaresmith.cli.remote.events import Event, plain_text

LOG_LINES = 15
OVER = ("done", "unchanged", "failed", "skipped")


@dataclass(slots=True)
class Step:
    """One step. `state` is waiting, running, retrying, or its outcome; `seconds` and `began` are seconds."""

    key: str
    title: str
    group: str = ""
    reason: str = ""
    state: str = "waiting"
    began: float = 0.0
    seconds: float = 0.0
    attempt: int = 1
    of: int = 0
    error: str = ""
    hint: str = ""
    link: str = ""
    log: deque[str] = field(default_factory=lambda: deque(maxlen=LOG_LINES))

    def elapsed(self) -> float:
        """How long it has taken, or takes already."""
        return self.seconds if self.state in OVER or not self.began else time.monotonic() - self.began


@dataclass(slots=True)
class Run:
    """A run as its events tell it, in the order in which they came."""

    steps: dict[str, Step] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
    usual: float | None = None
    state: str = "queued"
    summary: str = ""
    error: str = ""
    next: str = ""

    def apply(self, event: Event) -> Step | None:
        """Take one event in; gives the step it is about. What is not understood changes nothing."""
        kind = plain_text(event, "type")
        if kind.startswith("step."):
            return self._step(kind, event)
        if kind == "run.started":
            self.state, self.usual = "running", _number(event, "usual_s")
            self._planned(event)
        elif kind == "run.planned":
            self._planned(event)
        elif kind == "run.finished":
            self.state = plain_text(event, "outcome") or "failed"
            self.summary, self.error = plain_text(event, "summary"), plain_text(event, "error")
            self.next = plain_text(event, "next")
        return None

    def of(self, *states: str) -> list[Step]:
        """The steps in one of these states."""
        return [step for step in self.steps.values() if step.state in states]

    def groups(self) -> Iterator[tuple[str, list[Step]]]:
        """The steps by environment, what belongs to the whole project first."""
        names = sorted({step.group for step in self.steps.values()}, key=_order)
        for name in names:
            yield name, [step for step in self.steps.values() if step.group == name]

    def _planned(self, event: Event) -> None:
        reasons = event.get("reasons")
        steps = event.get("steps")
        for planned in steps if isinstance(steps, list) else ():
            if isinstance(planned, dict) and (key := plain_text(planned, "step")):
                reason = plain_text(reasons, key) if isinstance(reasons, dict) else ""
                title, group = plain_text(planned, "title") or key, plain_text(planned, "group")
                self.steps.setdefault(key, Step(key, title, group, reason))

    def _step(self, kind: str, event: Event) -> Step | None:
        key = plain_text(event, "step")
        if not key:
            return None
        step = self.steps.setdefault(key, Step(key, key))
        step.title = plain_text(event, "title") or step.title
        step.group = plain_text(event, "group") or step.group
        if kind == "step.started":
            step.state, step.began, step.error = "running", time.monotonic(), ""
        elif kind == "step.attempt":
            step.state, step.error = "retrying", plain_text(event, "error")
            step.attempt, step.of = int(_number(event, "attempt") or 1), int(_number(event, "of") or 0)
        elif kind == "step.log":
            step.log.append(plain_text(event, "line"))
        elif kind == "step.finished":
            step.state = outcome if (outcome := plain_text(event, "outcome")) in OVER else "done"
            step.seconds = _number(event, "seconds") or 0.0
            step.error, step.hint = plain_text(event, "error"), plain_text(event, "hint")
            step.link = plain_text(event, "link")
        return step


def _number(event: Event, key: str) -> float | None:
    value = event.get(key)
    return value if isinstance(value, int | float) and 0 <= value < 1e9 else None


def _order(group: str) -> tuple[int, str]:
    known = ("all", "", "dev", "staging", "prod")
    return (known.index(group) if group in known else len(known), group)
