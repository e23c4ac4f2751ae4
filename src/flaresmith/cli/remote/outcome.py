"""What commands that change something say in the end, and why the server refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import typer
from rich.table import Table
from rich.text import Text

from flaresmith import cli
from flaresmith.cli import changes, findings
from flaresmith.cli.documents import Documents
from flaresmith.cli.remote import progress
from flaresmith.cli.remote.api import Api, Refusal, segment
from flaresmith.cli.remote.run import Run

_STATES = {
    "active": ("✓", "green"),
    "error": ("✗", "red"),
    "failed": ("✗", "red"),
    "archived": ("–", "dim"),
}


def finish(api: Api, project: Mapping[str, Any], started: Mapping[str, Any], *, as_json: bool, wait: bool) -> None:
    """Watch the run that was started, report its end and the environments; exit code 1 when it failed."""
    again = f"flaresmith logs {project['slug']} -f"
    if not wait:
        if as_json:
            cli.print_json({"project": dict(project), "run": dict(started)})
        else:
            cli.out.print(f"Started run {started['id']}. See how it goes with `{again}`.", markup=False)
        return
    ended, run = progress.watch(api, dict(started), as_json=as_json, again=again)
    run = settled(run, ended)
    there = [] if ended["kind"] == "destroy" and run.state == "succeeded" else environments(api, project)
    if as_json:
        cli.print_json({"project": dict(project), "run": ended, "environments": there})
    else:
        good = run.state == "succeeded"
        progress.report(cli.out if good else cli.err, run)
        show_environments(there)
    if run.state != "succeeded":
        raise typer.Exit(cli.FAILED)


def settled(run: Run, ended: Mapping[str, Any]) -> Run:
    """The run with the end that the server keeps of it, should its last event have told nothing."""
    report = ended.get("report") or {}
    run.state = str(ended["status"])
    run.next = run.next or cli.plain(report.get("next") or "")
    run.error = run.error or cli.plain(report.get("error") or "")
    return run


def environments(api: Api, project: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The environments of a project."""
    found: list[dict[str, Any]] = api.get(f"/projects/{segment(project['id'])}/environments")["environments"]
    return found


def show_environments(there: Sequence[Mapping[str, Any]]) -> None:
    """Print environments as a table: name, state, address, commit."""
    if not there:
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for title in ("environment", "state", "url", "commit"):
        table.add_column(title, no_wrap=True, overflow="ignore")
    for environment in there:
        table.add_row(
            cli.plain(environment["name"]),
            state(environment["state"]),
            Text(cli.plain(environment.get("url") or "–")),
            Text(cli.plain(environment.get("commit") or "–")[:12]),
        )
    cli.out.print(table)


def state(word: str) -> Text:
    """The state of an environment or a project: a sign, the word, a colour."""
    mark, style = _STATES.get(word, ("▸", "yellow"))
    return Text(f"{mark} {cli.plain(word)}", style=style)


def show_notes(read: Documents) -> None:
    """Say what of the documents was left out."""
    for path, why in read.notes.items():
        cli.err.print(f"{read.on_disk(cli.plain(path))}: {why}", style="yellow", markup=False)


def explain(problem: Refusal, read: Documents, command: str) -> None:
    """Print what stands behind a refusal, and make its hint the words to type."""
    details = problem.details if isinstance(problem.details, dict) else {}
    if found := details.get("diagnostics"):
        findings.show_some(cli.err, found, 20, read.on_disk)
    if losses := details.get("losses"):
        changes.show_losses(cli.err, [{"destructive": True, **loss} for loss in losses])
        problem.hint = f"To go on, allow each loss: {command} {changes.flags('--allow', [s['name'] for s in losses])}"
    if conflicts := details.get("conflicts"):
        changes.show_conflicts(cli.err, conflicts)
        paths = [str(conflict["path"]) for conflict in conflicts]
        problem.hint = (
            f"Decide for each file. Yours stays: {command} {changes.flags('--keep', paths)}\n"
            f"       Generated instead: {command} {changes.flags('--overwrite', paths)}\n"
            f"       Place by place: {command} --accept FILE#N=ours, =theirs or =edit:TEXTFILE"
        )
    project = command.split()[2]
    if problem.code == "SPEC_PLAN_STALE":
        problem.hint = f"Make a new plan: flaresmith plan {project} --out FILE"
    if problem.code == "RUN_IN_PROGRESS":
        problem.hint = f"See how it goes with `flaresmith logs {project} -f`, then try again."
