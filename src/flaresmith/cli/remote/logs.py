"""`flaresmith logs`: what the parts of this copy write, how a project's last run went, what its services print."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from flaresmith import cli
from flaresmith.cli.remote import choose, events, outcome, progress
from flaresmith.cli.remote.api import Api, segment
from flaresmith.cli.remote.copy import find, is_here
from flaresmith.cli.remote.run import Run
from flaresmith.kit.errors import NotFound
from flaresmith.kit.machine.home import Home
from flaresmith.kit.machine.logs import Follower

POLL_S = 0.2
_TAIL_BYTES = 1024 * 1024

Lines = Annotated[int, typer.Option("--lines", "-n", min=0, max=100_000, help="How many lines to begin with.")]
Follow = Annotated[bool, typer.Option("--follow", "-f", help="Go on with what is added, until Ctrl-C.")]


class LogNotFound(NotFound):
    """There is no such log."""

    code = "LOG_NOT_FOUND"


def logs(
    what: Annotated[
        str | None,
        typer.Argument(metavar="PART|PROJECT", help="A part of this copy, like web or worker, or a project."),
    ] = None,
    environment: Annotated[
        str | None, typer.Argument(metavar="ENV", help="The project's service there: dev, staging, prod.")
    ] = None,
    follow: Follow = False,
    lines: Lines = 200,
    data: cli.Data = cli.DEFAULT_DATA,
    as_json: cli.AsJson = False,
) -> None:
    """Print logs: of all parts, of one, of a project's last run, or of its service in an environment."""
    home = Home(data)
    parts = _parts(home)
    printer = _Printer(follow, as_json)
    if what is None:
        if not parts:
            raise LogNotFound(f"There are no logs in {home.logs}.", hint="`flaresmith up` starts a copy.")
        printer.files(parts, lines if len(parts) == 1 else min(lines, 20))
    elif environment is None and what in parts:
        printer.files({what: parts[what]}, lines)
    else:
        _of_project(printer, data, what, environment, lines)


def _parts(home: Home) -> dict[str, Path]:
    """The logs of the parts, by the part's name."""
    return {path.stem: path for path in sorted(home.logs.glob("*.log"))} if is_here() else {}


def _of_project(printer: _Printer, data: Path, name: str, environment: str | None, lines: int) -> None:
    try:
        copy = find(data)
    except cli.NothingRuns as problem:
        if parts := ", ".join(_parts(Home(data))):
            problem.hint = f"The logs of its parts can be read all the same: {parts}."
        raise
    api = Api(copy)
    project = choose.named(api, name)
    if environment is None:
        found = api.get(f"/projects/{segment(project['id'])}/runs", limit=1)["items"]
        if not found:
            raise LogNotFound(f"{name} has had no run yet.")
        printer.run(api, found[0])
    else:
        service = _service(api, project, environment)
        if copy.home is None:
            raise LogNotFound("The logs of services are on the computer that runs them.", hint="Look there.")
        printer.files({service: copy.home.path / "runtime" / "logs" / f"{service}.log"}, lines)


def _service(api: Api, project: dict[str, Any], environment: str) -> str:
    """The name of the service that runs in an environment."""
    there = outcome.environments(api, project)
    found = next((one for one in there if environment in (one["name"], one["id"])), None)
    if found is None:
        there_are = ", ".join(str(one["name"]) for one in there)
        raise LogNotFound(f"{project['slug']} has no environment {environment}.", hint=f"It has {there_are}.")
    names = [str(one["name"]) for one in found["resources"] if one["kind"] == "service"]
    if not names or not names[0].replace("-", "").replace(".", "").replace("_", "").isalnum():
        raise LogNotFound(f"Nothing runs in {environment} of {project['slug']} yet.")
    return names[0]


class _Printer:
    """Prints lines with where they come from: as text, as one JSON value, or while following one value per line."""

    def __init__(self, follow: bool, as_json: bool) -> None:
        self.follow, self.as_json = follow, as_json
        self.kept: list[dict[str, str]] = []
        self.width = 0

    def files(self, paths: dict[str, Path], lines: int) -> None:
        """The last lines of log files; with `follow` what is added, until somebody stops us."""
        self.width = max(map(len, paths)) if len(paths) > 1 else 0
        followers = {name: Follower(path) for name, path in paths.items()}
        for name, path in paths.items():
            for line in _last(path, lines):
                self._line(name, line)
        self._flush()
        while self.follow:
            for name, follower in followers.items():
                for line in follower.lines():
                    self._line(name, line)
            time.sleep(POLL_S)

    def run(self, api: Api, found: dict[str, Any]) -> None:
        """The events of a run; with `follow` until it has ended."""
        run = Run()
        active = found["status"] in ("queued", "running")
        source = events.follow if self.follow or not active else events.so_far
        for event in source(api.copy, found["id"]):
            step = run.apply(event)
            if line := progress.log_line(event, run, step):
                self._line(str(found["kind"]), f"{cli.plain(event.get('at') or '')[:19]} {line}")
        self._flush()

    def _line(self, name: str, line: str) -> None:
        if not self.as_json:
            prefix = f"{name:<{self.width}}  " if self.width else ""
            cli.out.print(f"{prefix}{cli.plain(line)}", markup=False)
        elif self.follow:
            cli.print_json({"log": name, "line": line})
        else:
            self.kept.append({"log": name, "line": line})

    def _flush(self) -> None:
        if self.as_json and not self.follow:
            cli.print_json({"lines": self.kept})


def _last(path: Path, lines: int) -> Iterator[str]:
    """The last lines of a file, of its last MiB; none when it does not exist."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _TAIL_BYTES))
            found = file.read().split(b"\n")
    except FileNotFoundError:
        return
    whole = found[1:] if size > _TAIL_BYTES else found
    for line in [line for line in whole if line][-lines:] if lines else []:
        yield line.decode("utf-8", "replace")
