"""Telling how a start goes: to a terminal, or through a pipe to the command that waits for a detached copy."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from typing import Any

import orjson

from flaresmith import cli
from flaresmith.kit.errors import Problem, Unavailable

SHOWN = ("web", "api", "orchestrator", "preview")


class Terminal:
    """Tells a person, or with `as_json` a program, at the other end of standard output."""

    def __init__(self, data: str, *, as_json: bool, detached: bool) -> None:
        self.data, self.as_json, self.detached = data, as_json, detached

    def say(self, text: str) -> None:
        """One line about what happens."""
        cli.err.print(text, style="dim", markup=False)

    def show(self, part: str, line: str) -> None:
        """One line of a part's log."""
        cli.err.print(f"{part:>12} ", style="cyan", end="", markup=False)
        cli.err.print(line, markup=False)

    def ready(self, run: Mapping[str, str]) -> None:
        """Everything answers: say where."""
        if self.as_json:
            # Not the DSNs: they carry passwords, and output ends up in logs. They stand in run.json.
            shown = {name: run[name] for name in (*SHOWN, "sign_in")}
            cli.print_json({"state": "running", "data": self.data, **shown})
            return
        cli.out.print("Flaresmith runs.", style="bold")
        for name in SHOWN:
            cli.out.print(f"  {name:<13}{run[name]}", markup=False)
        cli.out.print(f"  {'sign in':<13}{run['sign_in']}", markup=False)
        cli.out.print("Stop it with `flaresmith down`." if self.detached else "Stop it with Ctrl-C.", style="dim")

    def done(self) -> None:
        """Nothing more will be told."""

    def failed(self, problem: Problem) -> None:
        """Something did not work, while the rest keeps running."""
        cli.print_problem(problem, as_json=self.as_json)


class Pipe:
    """Tells the command that has started us, as one JSON value per line, for as long as it listens."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def say(self, text: str) -> None:
        """One line about what happens; also into the supervisor's log."""
        cli.err.print(text, markup=False)
        self._tell("say", text)

    def show(self, part: str, line: str) -> None:
        """One line of a part's log."""
        self._tell("show", [part, line])

    def ready(self, run: Mapping[str, str]) -> None:
        """Everything answers."""
        self._tell("ready", dict(run))

    def done(self) -> None:
        """Nothing more will be told."""
        self._tell("done", None)
        self.close()

    def failed(self, problem: Problem) -> None:
        """Something did not work."""
        self._tell("failed", [problem.message, problem.hint, str(problem.details or "")])

    def close(self) -> None:
        """Let the other end know that we have nothing more to say."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def _tell(self, event: str, value: Any) -> None:
        if self.descriptor >= 0:
            with contextlib.suppress(BrokenPipeError):
                os.write(self.descriptor, orjson.dumps([event, value], option=orjson.OPT_APPEND_NEWLINE))


def relay(reader: int, terminal: Terminal) -> Problem | None:
    """Pass on what comes through the pipe until the other end is done; returns what failed, if anything did."""
    ended = "The copy ended before it was ready."
    with open(reader, "rb") as events:
        for line in events:
            event, value = orjson.loads(line)
            if event == "failed":
                return Unavailable(value[0], hint=value[1], details=value[2] or None)
            if event == "done":
                return None
            if event == "ready":
                ended = "The copy ended while it was provisioning."
                terminal.ready(value)
            elif event == "show":
                terminal.show(*value)
            else:
                terminal.say(value)
    return Unavailable(ended)
