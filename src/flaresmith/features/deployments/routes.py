"""Deployments over HTTP."""

from __future__ import annotations

import uuid
from typing import Any

from fastapi import APIRouter, Query

from flaresmith.features.deployments import queries
from flaresmith.features.deployments.schemas import Dashboard
from flaresmith.features.projects import queries as projects
from flaresmith.kit.asgi import InTx

router = APIRouter(tags=["deployments"])
Limit = Query(20, ge=1, le=100)


@router.get("/projects/{project}/environments")
async def get_environments(tx: InTx, project: str) -> Dashboard:
    """The environments of a project with all that stands behind them."""
    return await queries.get_dashboard(tx, project)


@router.get("/projects/{project}/deployments")
async def list_deployments(
    tx: InTx,
    project: str,
    environment_id: uuid.UUID | None = Query(None, alias="environmentId"),
    cursor: str | None = None,
    limit: int = Limit,
) -> Any:
    """What was deployed, newest first."""
    found = await projects.get_project(tx, project)
    rows = await queries.list_deployments(tx, found.id, environment_id, cursor, limit)
    return rows.to_json(lambda deployment: deployment.model_dump(mode="json", by_alias=True))
