"""What crosses the wire about deployments."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from pydantic import Field

from flaresmith.features.projects.schemas import EnvironmentView, Wire


class DeploymentView(Wire):
    """One deployment."""

    id: uuid.UUID
    project_id: uuid.UUID
    environment_id: uuid.UUID
    run_id: uuid.UUID
    commit_sha: str
    status: str
    duration_ms: int | None
    error: str
    created_at: datetime


class DashboardEnvironment(EnvironmentView):
    """An environment with its last deployment and where its code came from (flaresmith §2.2)."""

    last_deployment: DeploymentView | None = None
    last_build: dict[str, Any] | None = None
    promoted_from: str | None = None


class Dashboard(Wire):
    """Every environment of a project, and how calls to it are limited."""

    environments: list[DashboardEnvironment]
    meta: dict[str, Any] = Field(default_factory=dict)
