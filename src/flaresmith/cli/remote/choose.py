"""Which project a command means: the one that is named, the only one, or the one whose specs are here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from flaresmith import cli
from flaresmith.cli import documents
from flaresmith.cli.remote.api import Api, Refusal, segment
from flaresmith.cli.remote.copy import find
from flaresmith.kit.errors import NotFound, Problem

Project = dict[str, Any]


class ProjectUnclear(NotFound):
    """It is not clear which project is meant."""

    code = "PROJECT_UNCLEAR"


def complete(context: typer.Context, incomplete: str) -> list[str]:
    """The names of projects that begin like this, for the shell; none when nobody answers."""
    try:
        api = Api(find(Path(context.params.get("data") or cli.DEFAULT_DATA)))
        slugs = [str(project["slug"]) for project in api.all("/projects")]
    except (Problem, KeyError, TypeError):
        return []
    return [slug for slug in slugs if slug.startswith(incomplete)]


Named = Annotated[
    str, typer.Argument(metavar="PROJECT", help="The project's name, slug or id.", autocompletion=complete)
]
Maybe = Annotated[
    str | None,
    typer.Argument(
        metavar="PROJECT", help="Left out: the only one, or the one whose specs are here.", autocompletion=complete
    ),
]


def named(api: Api, name: str) -> Project:
    """The project of this name, slug or id; when there is none, the problem says which there are."""
    try:
        found: Project = api.get(f"/projects/{segment(name)}")
        return found
    except Refusal as problem:
        if problem.status == 404 and name:
            there = _names(list(api.all("/projects")))
            problem.hint = (
                f"There are: {there}." if there else "There are no projects yet: `flaresmith project create`."
            )
        raise


def one(api: Api, name: str | None, specs: Path | None = None) -> Project:
    """The project that is meant; ProjectUnclear lists the candidates."""
    if name is not None:
        return named(api, name)
    projects = list(api.all("/projects"))
    if not projects:
        raise ProjectUnclear("There are no projects yet.", hint="`flaresmith project create --name NAME --specs PATH`")
    here = (specs or Path.cwd()).resolve()
    chosen = projects if len(projects) == 1 else _nearest(projects, here)
    if len(chosen) != 1:
        raise ProjectUnclear(f"Which project? {here} belongs to none alone.", hint=f"Name one: {_names(projects)}.")
    return chosen[0]


def specs_of(project: Project, specs: Path | None) -> documents.Documents:
    """The documents to plan or apply: those at `specs`, else those where the project's author keeps them."""
    if specs is not None:
        return documents.read(specs)
    source = project.get("specsSource") or ""
    if not source:
        raise cli.UsageRefused(
            f"Nobody has said where the specs of {project['name']} are.", hint="Name them with --specs PATH."
        )
    try:
        return documents.read(Path(source))
    except documents.NoSpecs as problem:
        problem.hint = f"{project['name']} was made from there. Name another place with --specs PATH."
        raise


def _nearest(projects: Sequence[Project], here: Path) -> list[Project]:
    """Those whose folder holds `here`, of them the innermost."""
    depths = [(_depth(project.get("specsSource") or "", here), project) for project in projects]
    deepest = max((depth for depth, _ in depths), default=0)
    return [project for depth, project in depths if depth == deepest and depth]


def _depth(source: str, here: Path) -> int:
    if not source.startswith("/"):
        return 0
    folder = documents.project_folder(Path(source))
    return len(folder.parts) if here.is_relative_to(folder) else 0


def _names(projects: Sequence[Project]) -> str:
    shown = ", ".join(str(project["slug"]) for project in projects[:20])
    return f"{shown}, …" if len(projects) > 20 else shown
