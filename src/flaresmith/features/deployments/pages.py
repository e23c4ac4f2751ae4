"""The page of a project: its environments with all that stands behind them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import Response
from htpy import Element, Renderable, a, code, div, fragment, h2, p, section

from flaresmith.features.deployments import queries
from flaresmith.features.deployments.schemas import DashboardEnvironment, DeploymentView
from flaresmith.features.projects import queries as projects
from flaresmith.features.projects.schemas import ProjectView, ResourceView, RunView
from flaresmith.kit import clock
from flaresmith.kit.asgi import InTx
from flaresmith.kit.permissions import ProjectRole
from flaresmith.kit.settings import settings
from flaresmith.ui import forms, states, table
from flaresmith.ui.layout import live_region, page
from flaresmith.ui.matrix import Cell, Environment, Part, matrix
from flaresmith.ui.product import html, product_shell
from flaresmith.ui.status import HEALTH, RUN, Status, Tone, find, status
from flaresmith.ui.text import code_line, duration, key_values
from flaresmith.ui.when import when

router = APIRouter()

_DEPLOYMENT = {"succeeded": "done", "rolledback": "cancelled"}
_ROWS = (
    ("code", "Code", "commit"),
    ("database", "Database", "database"),
    ("runtime", "Runtime", "service"),
    ("collections", "Collections", "collection"),
)


@router.get("/projects/{project}")
async def overview(request: Request, tx: InTx, project: str) -> Response:
    """The environment matrix, the run in progress, the last deployments, and how to reach the code."""
    found = await projects.get_project(tx, project)
    known = (await projects.list_projects(tx, limit=50)).items
    active = await projects.find_active_run(tx, found.id)
    deployments = (await queries.list_deployments(tx, found.id, limit=10)).items
    environments = (await queries.get_dashboard(tx, found.id)).environments
    kept = "not-destroyed" in request.query_params
    flash = "Nothing was destroyed: what was typed is not the project's name." if kept else ""
    shell = product_shell(request, tx.actor, [(p.slug, p.name) for p in known], current=found.slug, flash=flash)
    return html(
        page(
            found.name,
            live_region(f"/projects/{found.slug}/matrix", _matrix(found, environments, active), every_s=5),
            _deployments(deployments, {e.id: e.name for e in environments}),
            _reach(found, environments),
            _danger(found),
            shell=shell,
            crumbs=[("Projects", "/projects")],
            lede=_lede(found),
            live=True,
            wide=True,
            actions=[
                forms.link_button("Specs", f"/projects/{found.slug}/specs"),
                forms.link_button("Plan", f"/projects/{found.slug}/plan", primary=True),
            ],
        )
    )


@router.get("/projects/{project}/matrix")
async def matrix_fragment(tx: InTx, project: str) -> Response:
    """The matrix alone, for the page that is open."""
    found = await projects.get_project(tx, project)
    active = await projects.find_active_run(tx, found.id)
    environments = (await queries.get_dashboard(tx, found.id)).environments
    return html(div[_matrix(found, environments, active)])


def _matrix(project: ProjectView, environments: Sequence[DashboardEnvironment], active: RunView | None) -> Renderable:
    columns = [Environment(e.name, e.url or "", e.state, e.url or "", _note(e)) for e in environments]
    parts = [
        Part(kind, title, tuple(_cell(e, resource) for e in environments), project.providers.get(kind, ""))
        for kind, title, resource in _ROWS
    ]
    return fragment[
        active is not None and _running(active),
        matrix(columns, parts, now=clock.now(), title=f"Environments of {project.name}"),
    ]


def _running(run: RunView) -> Element:
    return div(".notice", data_tone="live", role="status")[
        status(find(RUN, run.status)), a(href=f"/runs/{run.id}")[f"Follow the run: {run.kind}"]
    ]


def _cell(environment: DashboardEnvironment, kind: str) -> Cell | None:
    row = next((r for r in environment.resources if r.kind == kind and r.status != "deleted"), None)
    if row is None:
        return None
    commit = str(row.outputs.get("commit", ""))
    version = commit[:7] if kind in ("commit", "service") and commit else row.name
    return Cell(
        version,
        _state(row),
        href="",
        value=commit if kind in ("commit", "service") else row.name,
        note=_detail(environment, row),
        since=row.updated_at,
    )


def _state(row: ResourceView) -> Status:
    if row.status == "ready":
        return HEALTH["ok"]
    words = {
        "intended": Status("Working", "◐", Tone.LIVE),
        "failed": Status("Failed", "■", Tone.BAD),
        "missing": HEALTH["missing"],
    }
    return words.get(row.status, HEALTH["unknown"])


def _detail(environment: DashboardEnvironment, row: ResourceView) -> str:
    if row.error:
        return row.error[:80]
    if row.kind == "commit":
        return environment.branch
    checks = environment.checks.get("collection", {})
    if row.kind == "collection" and checks:
        return f"{checks.get('passed', 0)} checks passed, {checks.get('failed', 0)} failed"
    build = environment.last_build or {}
    if row.kind == "service" and build.get("passed"):
        return f"{build['passed']} tests passed"
    return ""


def _note(environment: DashboardEnvironment) -> str:
    return f"same commit as {environment.promoted_from}" if environment.promoted_from else ""


def _lede(project: ProjectView) -> str:
    role = ProjectRole(project.role).value if project.role in set(ProjectRole) else project.role
    return f"{project.slug} · you are {role}"


def _deployments(rows: Sequence[DeploymentView], names: dict[object, str]) -> Element:
    now = clock.now()
    shown = [
        table.Row(
            code[d.commit_sha[:7] or "–"],
            (
                names.get(d.environment_id, "–"),
                status(find(RUN, _DEPLOYMENT.get(d.status, d.status))),
                duration(d.duration_ms / 1000) if d.duration_ms is not None else "–",
                when(d.created_at, now=now),
            ),
            href=f"/runs/{d.run_id}",
            label=f"deployment {d.commit_sha[:7]}",
        )
        for d in rows
    ]
    columns = [table.Column("Commit"), table.Column("Environment"), table.Column("Result"),
               table.Column("Took", numeric=True), table.Column("When")]  # fmt: skip
    nothing = states.empty("Nothing was deployed yet", "A deployment appears here when an environment gets a commit.")
    return section(".section")[h2["Deployments"], table.data_table("Deployments", columns, shown, empty=nothing)]


def _reach(project: ProjectView, environments: Iterable[DashboardEnvironment]) -> Element:
    api = settings().api_url
    dev = next((e.url for e in environments if e.name == "dev" and e.url), None)
    pairs = [
        ("Apply edited specs", code_line(f"flaresmith apply {project.slug}")),
        ("Clone the code", code_line(f"git clone {api}/git/{project.handle}.git")),
    ]
    if dev:
        pairs.append(("Call dev", code_line(f"curl {dev}/openapi.json")))
    return section(".section")[h2["From a terminal"], key_values(pairs)]


def _danger(project: ProjectView) -> Renderable:
    if project.role != ProjectRole.OWNER or project.status == "archived":
        return fragment[""]
    field = forms.Field("name", "Type the project's name to destroy it", required=True, maxlength=64)
    return section(".section")[
        h2["Destroy"],
        p(".muted")["Removes the services, the databases with their rows, the repository and the collections."],
        forms.form([field], action=f"/projects/{project.slug}/destroy", submit="Destroy", csrf="", danger=True),
    ]
