"""The pages of projects: the list, the runs, and one run as it goes on."""

from __future__ import annotations

import uuid

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from htpy import code

from flaresmith.features.projects import queries
from flaresmith.features.projects import service as projects
from flaresmith.features.projects.schemas import ProjectView, RunView
from flaresmith.kit import clock
from flaresmith.kit.asgi import InTx
from flaresmith.kit.stream import read
from flaresmith.ui import forms, states, table
from flaresmith.ui.layout import Shell, page
from flaresmith.ui.product import html, product_shell
from flaresmith.ui.run import fold, run_view
from flaresmith.ui.status import RUN, Status, Tone, find, status
from flaresmith.ui.text import duration
from flaresmith.ui.when import when

router = APIRouter()

_PROJECT = {
    "provisioning": Status("Provisioning", "◐", Tone.LIVE),
    "active": Status("Active", "●", Tone.OK),
    "failed": Status("Failed", "■", Tone.BAD),
    "archived": Status("Archived", "□", Tone.IDLE),
}
_WORDS = {"succeeded": "done"}


@router.get("/projects")
async def list_page(request: Request, tx: InTx, cursor: str | None = None, q: str = "") -> Response:
    """Every project of mine, with its state."""
    found = await queries.list_projects(tx, cursor, 50)
    shown = [p for p in found.items if q.casefold() in f"{p.name} {p.slug}".casefold()]
    now = clock.now()
    rows = [
        table.Row(p.name, (status(find(_PROJECT, p.status)), code[p.slug], p.role, when(p.updated_at, now=now)),
                  href=f"/projects/{p.slug}", label=p.name)
        for p in shown
    ]  # fmt: skip
    nothing = states.empty(
        "No projects yet" if not q else f"No project matches “{q}”",
        "A project is a product under Flaresmith: its specs, its code and the environments that run it.",
        action=forms.link_button("New project", "/projects/new", primary=True),
        command="flaresmith project create --name shop --specs ./specs",
    )
    columns = [table.Column(title) for title in ("Name", "State", "Slug", "Your role", "Changed")]
    pages = table.Pages(len(rows), next=f"/projects?cursor={found.next_cursor}" if found.next_cursor else "",
                        noun="project")  # fmt: skip
    return html(
        page(
            "Projects",
            table.data_table("Projects", columns, rows, empty=nothing, pages=pages if rows else None),
            shell=product_shell(request, tx.actor, [(p.slug, p.name) for p in found.items]),
            actions=forms.link_button("New project", "/projects/new", primary=True),
        )
    )


@router.get("/projects/{project}/runs")
async def runs_page(request: Request, tx: InTx, project: str, cursor: str | None = None) -> Response:
    """The runs of a project, newest first."""
    found = await queries.get_project(tx, project)
    runs = await queries.list_runs(tx, found.id, cursor, 50)
    now = clock.now()
    rows = [
        table.Row(
            run.kind,
            (status(_status(run)), _took(run), when(run.created_at, now=now), code[str(run.id)[:8]]),
            href=f"/runs/{run.id}",
            label=f"run {run.kind}",
        )
        for run in runs.items
    ]
    columns = [table.Column("Kind"), table.Column("State"), table.Column("Took", numeric=True),
               table.Column("Asked for"), table.Column("Id")]  # fmt: skip
    next_href = f"/projects/{found.slug}/runs?cursor={runs.next_cursor}" if runs.next_cursor else ""
    nothing = states.empty("No runs yet", "A run appears here when something is provisioned or applied.")
    pages = table.Pages(len(rows), next=next_href, noun="run")
    return html(
        page(
            "Runs",
            table.data_table("Runs", columns, rows, pages=pages if rows else None, empty=nothing),
            shell=await _shell(request, tx, found),
            within=found.name,
            crumbs=_crumbs(found),
            actions=forms.post_button("Check and repair", f"/projects/{found.slug}/repair", csrf="", pending="Asking"),
        )
    )


@router.get("/runs/{run_id}")
async def run_page(request: Request, tx: InTx, run_id: uuid.UUID) -> Response:
    """One run: its steps with times, attempts and logs, live."""
    run = await queries.get_run(tx, run_id)
    project = await queries.get_project(tx, run.project_id)
    seen = fold([e.to_json() for e in await read(tx, run_id, limit=20_000)])
    view = run_view(
        seen,
        label=f"Steps of the run {run.kind}",
        events_href=f"/api/v1/runs/{run_id}/events",
        now=clock.now(),
        retry_href="" if run.active or run.status == "succeeded" else f"/projects/{project.slug}/repair",
    )
    return html(
        page(
            f"{run.kind.title()} {project.name}",
            view,
            shell=await _shell(request, tx, project),
            within=project.name,
            crumbs=[*_crumbs(project), ("Runs", f"/projects/{project.slug}/runs")],
            live=run.active,
            refresh_s=3 if run.active else None,
            actions=forms.link_button("Environments", f"/projects/{project.slug}"),
        )
    )


@router.post("/projects/{project}/repair")
async def repair(tx: InTx, project: str) -> Response:
    """Look at what exists and bring it to what is declared."""
    found = await queries.get_project(tx, project)
    run = await projects.request_run(tx, found.id, "repair")
    return RedirectResponse(f"/runs/{run.id}", 303)


@router.post("/projects/{project}/destroy")
async def destroy(tx: InTx, project: str, name: str = Form("", max_length=64)) -> Response:
    """Remove everything that was made for the project, when its name was typed."""
    found = await queries.get_project(tx, project, projects.DESTROY)
    if name != found.name:
        return RedirectResponse(f"/projects/{found.slug}?not-destroyed=1", 303)
    run = await projects.destroy(tx, found.id)
    return RedirectResponse(f"/runs/{run.id}", 303)


async def _shell(request: Request, tx: InTx, project: ProjectView) -> Shell:
    known = (await queries.list_projects(tx, limit=50)).items
    return product_shell(request, tx.actor, [(p.slug, p.name) for p in known], current=project.slug)


def _crumbs(project: ProjectView) -> list[tuple[str, str]]:
    return [("Projects", "/projects"), (project.name, f"/projects/{project.slug}")]


def _status(run: RunView) -> Status:
    return find(RUN, _WORDS.get(run.status, run.status))


def _took(run: RunView) -> str:
    if run.started_at is None or run.finished_at is None:
        return "–"
    return duration((run.finished_at - run.started_at).total_seconds())
