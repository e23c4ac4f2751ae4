"""The tables of deployments."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from flaresmith.kit.model import Policy, Row, Table

_CHILD = "project_id IN (SELECT auth.my_projects())"


class Deployment(Row, Table):
    """One attempt to run a commit in an environment (flaresmith §2.4)."""

    __tablename__ = "deployments"
    __policy__ = Policy(select=_CHILD)
    __table_args__ = (
        UniqueConstraint("environment_id", "run_id"),
        CheckConstraint("status IN ('queued', 'running', 'succeeded', 'failed', 'rolledback')", name="status"),
        Index("ix_deployments_environment", "environment_id", "created_at"),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    org_id: Mapped[uuid.UUID]
    environment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("environments.id", ondelete="CASCADE"))
    run_id: Mapped[uuid.UUID]
    commit_sha: Mapped[str]
    status: Mapped[str]
    preview: Mapped[bool] = mapped_column(server_default="false")
    triggered_by: Mapped[uuid.UUID | None]
    duration_ms: Mapped[int | None]
    error: Mapped[str] = mapped_column(server_default="")
    provider_ids: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
