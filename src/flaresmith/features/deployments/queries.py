"""Reads of deployments, and the dashboard."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from flaresmith.features.deployments.models import Deployment
from flaresmith.features.deployments.schemas import Dashboard, DashboardEnvironment, DeploymentView
from flaresmith.features.projects import queries as projects
from flaresmith.features.projects.schemas import EnvironmentView
from flaresmith.kit.page import Page, after, page
from flaresmith.kit.tx import Tx

_UPSTREAM = {"staging": "dev", "prod": "staging"}


async def get_dashboard(tx: Tx, project: uuid.UUID | str) -> Dashboard:
    """The environment matrix of a project: four queries, whatever its size (flaresmith §2.2)."""
    found = await projects.get_project(tx, project)
    environments = await projects.list_environments(tx, found.id)
    last = {d.environment_id: d for d in await _last_deployments(tx, found.id)}
    commits = {e.name: e.commit for e in environments}
    shown = [_dashboard(e, last.get(e.id), commits) for e in environments]
    return Dashboard(
        environments=shown, meta={"rateLimit": {"userRemaining": None, "projectRemaining": None}, "circuitBreakers": []}
    )


async def list_deployments(
    tx: Tx, project_id: uuid.UUID, environment_id: uuid.UUID | None = None, cursor: str | None = None, limit: int = 20
) -> Page[DeploymentView]:
    """The deployments of a project or one of its environments, newest first."""
    statement = select(Deployment).where(Deployment.project_id == project_id)
    if environment_id is not None:
        statement = statement.where(Deployment.environment_id == environment_id)
    rows = page((await tx.session.scalars(after(statement, Deployment, cursor, limit))).all(), limit)
    return Page([DeploymentView.model_validate(row) for row in rows.items], rows.next_cursor)


async def _last_deployments(tx: Tx, project_id: uuid.UUID) -> Sequence[DeploymentView]:
    rows = await tx.session.scalars(
        select(Deployment)
        .ext(distinct_on(Deployment.environment_id))
        .where(Deployment.project_id == project_id)
        .order_by(Deployment.environment_id, Deployment.created_at.desc())
    )
    return [DeploymentView.model_validate(row) for row in rows]


def _dashboard(
    environment: EnvironmentView, last: DeploymentView | None, commits: dict[str, str | None]
) -> DashboardEnvironment:
    upstream = _UPSTREAM.get(environment.name)
    same = upstream is not None and environment.commit is not None and commits.get(upstream) == environment.commit
    return DashboardEnvironment(
        **environment.model_dump(),
        last_deployment=last,
        last_build=_build(environment),
        promoted_from=upstream if same else None,
    )


def _build(environment: EnvironmentView) -> dict[str, Any] | None:
    row = next((r for r in environment.resources if r.kind == "build"), None)
    if row is None:
        return None
    return {
        "status": {"ready": "succeeded", "failed": "failed"}.get(row.status, "running"),
        "commitSha": row.outputs.get("commit"),
        "createdAt": row.updated_at,
        **{name: row.outputs[name] for name in ("passed", "failed", "skipped", "seconds") if name in row.outputs},
    }
