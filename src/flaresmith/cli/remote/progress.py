"""A run on the screen: a list that lives on a terminal, one line per finished step elsewhere, and the report."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Protocol

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from flaresmith import cli
from flaresmith.cli.remote.api import Api, segment
from flaresmith.cli.remote.events import Event, StreamLost, follow
from flaresmith.cli.remote.run import Run, Step

_MARKS = {
    "waiting": ("·", "dim"),
    "running": ("▸", "cyan"),
    "retrying": ("↻", "yellow"),
    "done": ("✓", "green"),
    "unchanged": ("=", "dim"),
    "failed": ("✗", "bold red"),
    "skipped": ("–", "dim"),
}
_WORDS = {"unchanged": "as it was", "skipped": "not tried", "failed": "failed", "retrying": "again"}


class Screen(Protocol):
    """Who shows a run while it goes on."""

    def changed(self, step: Step | None, event: Event) -> None: ...
    def __enter__(self) -> Screen: ...
    def __exit__(self, *_: object) -> None: ...


def watch(api: Api, started: dict[str, Any], *, as_json: bool, again: str) -> tuple[dict[str, Any], Run]:
    """Follow a run to its end: the run as the server keeps it, and what its events told.

    `again` is the command that takes up watching; a person who leaves, or whose connection breaks, is told it.
    """
    run = Run()
    try:
        with _screen(run, as_json) as screen:
            for event in follow(api.copy, started["id"]):
                screen.changed(run.apply(event), event)
    except KeyboardInterrupt:
        cli.err.print(f"The run goes on without this window. See it with `{again}`.", markup=False)
        raise
    except StreamLost as lost:
        lost.hint = f"See how it goes with `{again}`."
        raise
    return api.get(f"/runs/{segment(started['id'])}"), run


def report(console: Console, run: Run) -> None:
    """How a run ended. After a failure: what was done, what not and why, and how to go on."""
    if run.state == "succeeded":
        console.print(f"{run.summary or 'Done'} in {duration(_seconds(run))}.", markup=False)
        return
    console.print(Text(f"The run {run.state}: {run.error or run.summary}", style="bold red"))
    _list(console, "Done", [step.title for step in run.of("done")])
    for step in run.of("failed"):
        _failure(console, step)
    _list(console, "Not tried", [f"{step.title} ({step.error})" for step in run.of("skipped")])
    _list(console, "Not reached", [step.title for step in run.of("waiting", "running", "retrying")])
    if run.next:
        console.print(f"How to go on: {run.next}", markup=False)


def duration(seconds: float) -> str:
    """`4.2 s`, `1 m 10 s`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} m {int(seconds) % 60} s"


def log_line(event: Event, run: Run, step: Step | None) -> str:
    """One event as a line of a log; empty for an event that tells a reader nothing."""
    kind = event.get("type")
    if step is not None:
        if kind == "step.log":
            return f"{step.title}: {step.log[-1]}"
        return f"{step.title}: started" if kind == "step.started" else _line(step).plain.strip()
    if kind == "run.finished":
        return f"{run.state}: {run.error or run.summary}"
    if kind == "run.started":
        return f"started, {len(run.steps)} steps" if run.steps else "started"
    return {"run.queued": "queued", "run.planned": f"{len(run.steps)} steps"}.get(str(kind), "")


def _screen(run: Run, as_json: bool) -> Screen:
    if as_json:
        return _Silence()
    return _Living(run) if cli.err.is_terminal else _Lines()


class _Silence:
    """Shows nothing: whoever asked for JSON gets one value in the end."""

    def __enter__(self) -> _Silence:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def changed(self, step: Step | None, event: Event) -> None:
        """Nothing."""


class _Lines(_Silence):
    """One line for each step that has ended, for logs and pipes."""

    def changed(self, step: Step | None, event: Event) -> None:
        """Print a step that has ended or is tried again."""
        if step is not None and event.get("type") in ("step.finished", "step.attempt"):
            cli.err.print(_line(step))


class _Living:
    """The whole list, redrawn a few times a second."""

    def __init__(self, run: Run) -> None:
        from rich.live import Live

        self.run = run
        self.live = Live(self, console=cli.err, refresh_per_second=8, vertical_overflow="ellipsis")

    def __enter__(self) -> _Living:
        self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.live.stop()

    def changed(self, step: Step | None, event: Event) -> None:
        """The next redraw shows it."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from _list_of(self.run)


def _list_of(run: Run) -> Iterator[Text]:
    for group, steps in run.groups():
        yield Text("project" if group in ("", "all") else group, style="bold")
        yield from (_line(step) for step in steps)
    over = len(run.of("done", "unchanged", "skipped"))
    words = [f"{over} of {len(run.steps)}"] if run.steps else ["waiting for a worker"]
    words.append(duration(_seconds(run)))
    words += [f"usually {duration(run.usual)}"] if run.usual else []
    yield Text(" · ".join(words), style="dim", no_wrap=True, overflow="ellipsis")


def _line(step: Step) -> Text:
    mark, style = _MARKS.get(step.state, ("?", ""))
    text = Text.assemble((f"  {mark} ", style), step.title, no_wrap=True, overflow="ellipsis")
    if step.state not in ("waiting", "skipped", "unchanged"):
        text.append(f"  {duration(step.elapsed())}", style="dim")
    if word := _WORDS.get(step.state):
        text.append(f"  {word}" + (f" ({step.attempt} of {step.of})" if step.state == "retrying" else ""), style=style)
    if step.error:
        text.append(f"  {step.error}", style="red" if step.state == "failed" else "dim")
    elif step.link:
        text.append(f"  {step.link}", style="dim")
    return text


def _failure(console: Console, step: Step) -> None:
    console.print(Text.assemble(("✗ ", "bold red"), step.title, f": {step.error}"))
    if step.hint:
        console.print(Text(f"  {step.hint}"))
    for line in step.log:
        console.print(Text(f"  │ {line}", style="dim"))


def _list(console: Console, title: str, words: list[str]) -> None:
    if words:
        console.print(f"{title}: {', '.join(words)}.", markup=False)


def _seconds(run: Run) -> float:
    return time.monotonic() - run.began
