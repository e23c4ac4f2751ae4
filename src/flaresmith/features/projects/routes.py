"""Projects over HTTP. A project is created by `POST /projects` of specs, because it is born with its specs."""

from __future__ import annotations

import uuid
from typing import Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse

from flaresmith.features.projects import queries
from flaresmith.features.projects import service as projects
from flaresmith.features.projects.schemas import (
    EnvironmentView,
    MemberView,
    NewMember,
    ProjectChanges,
    ProjectView,
    ResourceView,
    RunView,
)
from flaresmith.kit.asgi import InTx, Signed
from flaresmith.kit.sse import event_stream, last_event_id
from flaresmith.kit.tx import begin

router = APIRouter(tags=["projects"])
stream_router = APIRouter(tags=["runs"])  # what the orchestrator serves alone
Limit = Query(20, ge=1, le=100)


@router.get("/projects")
async def list_projects(tx: InTx, cursor: str | None = None, limit: int = Limit, archived: bool = False) -> Any:
    """Your projects, newest first."""
    found = await queries.list_projects(tx, cursor, limit, archived)
    return found.to_json(lambda project: project.model_dump(mode="json", by_alias=True))


@router.get("/projects/{project}")
async def get_project(tx: InTx, project: str) -> ProjectView:
    """A project by id or slug."""
    return await queries.get_project(tx, project)


@router.patch("/projects/{project}")
async def change_project(tx: InTx, project: str, changes: ProjectChanges) -> ProjectView:
    """Rename a project, or say where its specs are kept."""
    return await projects.change(tx, (await queries.get_project(tx, project)).id, changes)


@router.delete("/projects/{project}", status_code=202)
async def destroy_project(tx: InTx, project: str) -> RunView:
    """Remove everything that was made for the project; the run tells how it goes."""
    return await projects.destroy(tx, (await queries.get_project(tx, project)).id)


@router.get("/projects/{project}/resources")
async def list_resources(tx: InTx, project: str) -> list[ResourceView]:
    """Every resource of the project, with its state."""
    return list(await queries.list_resources(tx, (await queries.get_project(tx, project)).id))


@router.get("/projects/{project}/environments/{environment}")
async def get_environment(tx: InTx, project: str, environment: str) -> EnvironmentView:
    """One environment by id or name."""
    return await queries.get_environment(tx, (await queries.get_project(tx, project)).id, environment)


@router.post("/projects/{project}/repair", status_code=202)
async def repair_project(tx: InTx, project: str) -> RunView:
    """Look at what really exists and bring it to what is declared."""
    return await projects.request_run(tx, (await queries.get_project(tx, project)).id, "repair")


@router.get("/projects/{project}/members")
async def list_members(tx: InTx, project: str) -> list[MemberView]:
    """Who is in the project."""
    return list(await queries.list_members(tx, (await queries.get_project(tx, project)).id))


@router.put("/projects/{project}/members/{user_id}", status_code=204)
async def set_member(tx: InTx, project: str, user_id: uuid.UUID, member: NewMember) -> None:
    """Give a person a role."""
    await projects.set_member(tx, (await queries.get_project(tx, project)).id, user_id, member.role)


@router.delete("/projects/{project}/members/{user_id}", status_code=204)
async def remove_member(tx: InTx, project: str, user_id: uuid.UUID) -> None:
    """Take a person out of the project."""
    await projects.remove_member(tx, (await queries.get_project(tx, project)).id, user_id)


@router.get("/projects/{project}/runs")
async def list_runs(tx: InTx, project: str, cursor: str | None = None, limit: int = Limit) -> Any:
    """The runs of a project, newest first."""
    found = await queries.list_runs(tx, (await queries.get_project(tx, project)).id, cursor, limit)
    return found.to_json(lambda run: run.model_dump(mode="json", by_alias=True))


@stream_router.get("/runs/{run_id}")
async def get_run(tx: InTx, run_id: uuid.UUID) -> RunView:
    """One run and how it ended."""
    return await queries.get_run(tx, run_id)


@stream_router.get("/runs/{run_id}/events", response_class=StreamingResponse)
async def stream_run(request: Request, actor: Signed, run_id: uuid.UUID) -> Response:
    """The run's events as server-sent events; `Last-Event-ID` (or `?after=`) resumes behind what was seen."""
    async with begin(actor, read_only=True) as tx:
        await queries.get_run(tx, run_id)
    return event_stream(actor, run_id, last_event_id(request))
