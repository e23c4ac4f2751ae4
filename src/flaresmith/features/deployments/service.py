"""The verbs of deployments."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert

from flaresmith.features.deployments.models import Deployment
from flaresmith.features.projects import queries as projects
from flaresmith.features.projects.events import EnvironmentReleased
from flaresmith.kit import ids
from flaresmith.kit.permissions import MAINTAINERS, permission
from flaresmith.kit.tx import Tx

RECORD = permission("deployments:record", roles=MAINTAINERS, description="Record that an environment was released.")


async def record(tx: Tx, released: EnvironmentReleased) -> None:
    """Keep one row for a release; recording it again changes nothing (001:FR-024)."""
    project = await projects.get_project(tx, released.project_id, RECORD)
    run = await projects.get_run(tx, released.run_id)
    await tx.session.execute(
        insert(Deployment)
        .values(
            id=ids.new(),
            project_id=project.id,
            org_id=project.org_id,
            environment_id=released.environment_id,
            run_id=released.run_id,
            commit_sha=released.commit,
            status="succeeded" if released.succeeded else "failed",
            triggered_by=run.started_by,
            duration_ms=round(released.seconds * 1000),
            error=released.error,
        )
        .on_conflict_do_nothing()
    )
