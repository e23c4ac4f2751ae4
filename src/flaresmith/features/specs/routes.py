"""Specs over HTTP, and the birth of a project from its specs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Header, Query, Response

from flaresmith.features.projects import live as project_live
from flaresmith.features.projects import queries as projects
from flaresmith.features.specs import live, queries
from flaresmith.features.specs import service as specs
from flaresmith.features.specs.schemas import (
    ApplyReply,
    ApplyRequest,
    ArtifactView,
    NewProjectWithSpecs,
    PlanRequest,
    PlanView,
    ProjectReply,
    SpecCheck,
)
from flaresmith.kit.asgi import InTx, Signed
from flaresmith.kit.tx import begin

router = APIRouter(tags=["specs"])
Limit = Query(20, ge=1, le=100)


@router.post("/projects", status_code=201)
async def create_project(
    actor: Signed,
    new: NewProjectWithSpecs,
    response: Response,
    idempotency_key: str = Header("", max_length=255),
) -> ProjectReply:
    """Create a project, with its specs when given, and provision it; the run streams how it goes.

    A repeated request with the same Idempotency-Key gets the project of the first one, with 200.
    """
    project_live.require_providers({str(role): name for role, name in new.providers.items()})
    prepared = await live.prepare_new(new.name, new.specs) if new.specs else None
    async with begin(actor) as tx:
        created, fresh = await specs.create_project(tx, new, prepared, idempotency_key=idempotency_key)
    response.status_code = 201 if fresh else 200
    response.headers["location"] = f"/api/v1/projects/{created.id}"
    return created


@router.post("/specs/check")
async def check_specs(_actor: Signed, request: SpecCheck) -> Any:
    """Read documents and tell what was understood. Writes nothing."""
    return await live.check(request)


@router.post("/specs/plan")
async def plan_specs(actor: Signed, request: PlanRequest) -> PlanView:
    """What applying these documents would change: code, database and resources. Writes nothing."""
    return await live.plan(actor, request)


@router.post("/specs/apply")
async def apply_specs(actor: Signed, request: ApplyRequest, response: Response) -> ApplyReply:
    """Apply documents to dev: 200 when there is nothing to do or in a dry run, 202 with a run otherwise."""
    prepared = await live.prepare(actor, request, keep_files=not request.dry_run)
    async with begin(actor) as tx:
        reply = await specs.apply(tx, request, prepared)
    response.status_code = 202 if reply.run else 200
    return reply


@router.get("/projects/{project}/specs")
async def get_specs(actor: Signed, project: str) -> Any:
    """What the compiler understands of the project's specs."""
    async with begin(actor, read_only=True) as tx:
        found = await projects.get_project(tx, project)
    return await live.read_model(actor, found)


@router.get("/projects/{project}/specs/versions")
async def list_versions(tx: InTx, project: str, cursor: str | None = None, limit: int = Limit) -> Any:
    """The versions of the project's specs, newest first."""
    found = await queries.list_versions(tx, (await projects.get_project(tx, project)).id, cursor, limit)
    return found.to_json(lambda version: version.model_dump(mode="json", by_alias=True))


@router.get("/projects/{project}/specs/artifacts")
async def list_artifacts(tx: InTx, project: str) -> list[ArtifactView]:
    """Every generated file with its requirements and checksum."""
    return list(await queries.list_artifacts(tx, (await projects.get_project(tx, project)).id))
