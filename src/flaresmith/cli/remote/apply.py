"""`flaresmith apply`: bring dev to what the specs say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from flaresmith import cli
from flaresmith.cli import changes
from flaresmith.cli.documents import Documents
from flaresmith.cli.remote import choose, outcome
from flaresmith.cli.remote.api import Api, Refusal
from flaresmith.cli.remote.copy import find
from flaresmith.cli.remote.plan import Accept, Diff, Keep, Overwrite, Specs, accepted, binding, load
from flaresmith.cli.remote.project import Wait


def apply(
    project: choose.Maybe = None,
    also_named: Annotated[str | None, typer.Option("--project", metavar="NAME", help="The same as PROJECT.")] = None,
    specs: Specs = None,
    plan: Annotated[Path | None, typer.Option("--plan", metavar="FILE", help="Only what this plan says.")] = None,
    allow: Annotated[list[str] | None, typer.Option("--allow", metavar="NAME", help="Allow this loss of data.")] = None,
    keep: Keep = None,
    overwrite: Overwrite = None,
    accept: Accept = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    diffs: Diff = False,
    wait: Wait = True,
    data: cli.Data = cli.DEFAULT_DATA,
    as_json: cli.AsJson = False,
) -> None:
    """Generate, migrate and deploy to dev what the specs say now. What would lose data or edits is refused."""
    kept = load(plan) if plan else {}
    api = Api(find(data))
    chosen = choose.one(api, _name(project, also_named, kept), specs)
    if kept and kept["projectId"] != chosen["id"]:
        raise cli.UsageRefused(f"{plan} is a plan for another project than {chosen['slug']}.")
    read = choose.specs_of(chosen, specs or (Path(kept["specs"]) if kept.get("specs") else None))
    body: dict[str, Any] = {
        "projectId": chosen["id"],
        "files": read.texts(),
        "keep": [*(keep or []), *kept.get("keep", [])],
        "overwrite": [*(overwrite or []), *kept.get("overwrite", [])],
        "accept": [*accepted(accept or []), *kept.get("accept", [])],
        "allow": allow or [],
        "dryRun": dry_run,
    }
    if kept:
        body["plan"] = binding(kept)
    _carry_out(api, chosen, body, read, diffs=diffs, as_json=as_json, wait=wait)


def _name(project: str | None, also_named: str | None, kept: dict[str, Any]) -> str | None:
    if project is not None and also_named is not None and project != also_named:
        raise cli.UsageRefused(f"Both {project} and {also_named} are named.", hint="Name one project.")
    return project or also_named or kept.get("projectId")


def _carry_out(
    api: Api,
    project: dict[str, Any],
    body: dict[str, Any],
    read: Documents,
    *,
    diffs: bool,
    as_json: bool,
    wait: bool,
) -> None:
    try:
        reply = api.post("/specs/apply", body)
    except Refusal as problem:
        if not as_json:
            outcome.explain(problem, read, _command(project, body))
        raise
    if body["dryRun"]:
        _tell_dry_run(reply, project, body["allow"], diffs=diffs, as_json=as_json)
    elif reply["run"] is None:
        _tell_nothing(reply, project, as_json)
    else:
        if not as_json:
            outcome.show_notes(read)
            changes.show(cli.err, reply["plan"], diffs=diffs)
        outcome.finish(api, project, reply["run"], as_json=as_json, wait=wait)


def _command(project: dict[str, Any], body: dict[str, Any]) -> str:
    """The command as it was typed, for the hint that adds to it."""
    given = (changes.flags(f"--{name}", body[name]) for name in ("allow", "keep", "overwrite") if body[name])
    return " ".join(("flaresmith apply", str(project["slug"]), *given))


def _tell_nothing(reply: dict[str, Any], project: dict[str, Any], as_json: bool) -> None:
    if as_json:
        cli.print_json({"project": project, "run": None, "report": reply["report"]})
    else:
        cli.out.print(f"Nothing to do: {cli.plain(project['name'])} is as its specs say.", markup=False)


def _tell_dry_run(
    reply: dict[str, Any], project: dict[str, Any], allowed: list[str], *, diffs: bool, as_json: bool
) -> None:
    """What would be done; exit code 1 when it would be refused."""
    plan = reply["plan"]
    losing = [s["name"] for s in plan["database"] if s["destructive"] and s["name"] not in allowed]
    if as_json:
        cli.print_json({"project": project, "run": None, "report": reply["report"], "plan": plan})
    elif changes.is_empty(plan):
        _tell_nothing(reply, project, as_json)
    else:
        changes.show(cli.out, plan, diffs=diffs)
        cli.out.print("This was a dry run: nothing was changed.", style="bold")
        if losing:
            cli.err.print(f"It would be refused without {changes.flags('--allow', losing)}.", markup=False)
    if losing or plan["conflicts"]:
        raise typer.Exit(cli.FAILED)
