"""`flaresmith project`: create a project from its specs, look at projects, take one away."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from flaresmith import cli
from flaresmith.cli import documents, findings
from flaresmith.cli.documents import Documents
from flaresmith.cli.remote import choose, outcome
from flaresmith.cli.remote.api import Api, segment
from flaresmith.cli.remote.copy import find
from flaresmith.kit.errors import Invalid

commands = typer.Typer(help="Create a project from its specs, look at projects, take one away.")
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Follow the run to its end.")]


class SpecsRefused(Invalid):
    """These specs have errors; nothing was created."""

    code = "SPEC_PARSE_ERROR"


@commands.command("create", epilog=cli.EXIT_CODES)
def create(
    name: Annotated[str, typer.Option(help="What people call it, 3 to 64 characters.")],
    specs: Annotated[Path, typer.Option(metavar="PATH", help="The folder that holds its specs.")],
    slug: Annotated[str | None, typer.Option(help="Its name in addresses; made from the name when left out.")] = None,
    wait: Wait = True,
    data: cli.Data = cli.DEFAULT_DATA,
    as_json: cli.AsJson = False,
) -> None:
    """Create a project from its specs and provision it: repository, databases, three environments, collections."""
    read = documents.read(specs)
    api = Api(find(data))
    texts = read.texts()
    _check(api, name, read, texts, as_json)
    new: dict[str, Any] = {"name": name, "specs": texts, "specsSource": str(read.source)}
    made = api.post("/projects", new | ({"slug": slug} if slug else {}))
    if not as_json:
        cli.err.print(f"Project {cli.plain(made['name'])} ({made['slug']}) was created.", markup=False)
    outcome.finish(api, {k: v for k, v in made.items() if k != "run"}, made["run"], as_json=as_json, wait=wait)


@commands.command("list", epilog=cli.EXIT_CODES)
def list_(data: cli.Data = cli.DEFAULT_DATA, as_json: cli.AsJson = False) -> None:
    """List your projects, newest first."""
    projects = list(Api(find(data)).all("/projects"))
    if as_json:
        cli.print_json({"projects": projects})
    elif not projects:
        cli.out.print("There are no projects yet. `flaresmith project create --name NAME --specs PATH` makes one.")
    else:
        cli.out.print(_table(projects))


@commands.command("show", epilog=cli.EXIT_CODES)
def show(name: choose.Named, data: cli.Data = cli.DEFAULT_DATA, as_json: cli.AsJson = False) -> None:
    """Show a project: its environments and its last runs."""
    api = Api(find(data))
    project = choose.named(api, name)
    there = outcome.environments(api, project)
    runs = api.get(f"/projects/{segment(project['id'])}/runs", limit=5)["items"]
    if as_json:
        cli.print_json({"project": project, "environments": there, "runs": runs})
        return
    cli.out.print(_heading(project))
    outcome.show_environments(there)
    for run in runs:
        cli.out.print(Text.assemble(f"run {run['kind']} ", cli.plain(run["status"]), (f"  {run['createdAt']}", "dim")))


@commands.command("destroy", epilog=cli.EXIT_CODES)
def destroy(
    name: choose.Named,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    wait: Wait = True,
    data: cli.Data = cli.DEFAULT_DATA,
    as_json: cli.AsJson = False,
) -> None:
    """Remove everything that was made for a project: services, databases with their rows, repository, collections."""
    api = Api(find(data))
    project = choose.named(api, name)
    if not yes:
        _confirm(project)
    run = api.delete(f"/projects/{segment(project['id'])}")
    outcome.finish(api, project, run, as_json=as_json, wait=wait)


def _check(api: Api, name: str, read: Documents, texts: dict[str, str], as_json: bool) -> None:
    """Have the specs read before anything is made of them, and show what was found."""
    checked = api.post("/specs/check", {"name": name, "files": texts})
    found = checked["diagnostics"]
    if not as_json:
        outcome.show_notes(read)
        findings.show_some(cli.err, found, 10, read.on_disk)
    if findings.count(found)["error"]:
        raise SpecsRefused(
            f"{findings.words(found)}: nothing was created.",
            hint="Mend them; `flaresmith spec lint` checks without a server.",
            details={"diagnostics": found},
        )


def _confirm(project: dict[str, Any]) -> None:
    if not sys.stdin.isatty():
        raise cli.UsageRefused("Destroying asks for the project's name, and nobody is there.", hint="Say --yes.")
    cli.err.print(f"This removes {cli.plain(project['name'])} with all its data. There is no way back.", markup=False)
    if typer.prompt(f"Type {project['slug']} to go on", err=True) != project["slug"]:
        cli.err.print("Nothing was removed.")
        raise typer.Exit(cli.FAILED)


def _table(projects: list[dict[str, Any]]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for title in ("name", "slug", "status", "specs"):
        table.add_column(title, no_wrap=True, overflow="ignore")
    for project in projects:
        words = (cli.plain(project[key] or "–") for key in ("name", "slug", "specsSource"))
        name, slug, source = (Text(word) for word in words)
        table.add_row(name, slug, outcome.state(project["status"]), source)
    return table


def _heading(project: dict[str, Any]) -> Text:
    source = f"  {cli.plain(project['specsSource'])}" if project.get("specsSource") else ""
    return Text.assemble((cli.plain(project["name"]), "bold"), "  ", outcome.state(project["status"]), (source, "dim"))
