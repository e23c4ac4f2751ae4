"""The audit log: who did what to which thing, with what outcome (flaresmith §1.5). Append-only."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from flaresmith.kit import ids
from flaresmith.kit.model import Policy, Table
from flaresmith.kit.redact import redacted
from flaresmith.kit.tx import Tx


class AuditRow(Table):
    """One action that was taken, or refused."""

    __tablename__ = "audit_log"
    __policy__ = Policy(
        select="project_id IN (SELECT auth.my_projects())"
        " OR (project_id IS NULL AND org_id IN (SELECT auth.my_organizations()))",
        insert="actor_id IS NOT DISTINCT FROM auth.uid() AND (org_id IS NULL"
        " OR org_id = nullif(current_setting('flaresmith.org_id', true), '')::uuid"
        " OR org_id IN (SELECT auth.my_organizations())"
        " OR (org_id, project_id) IN (SELECT p.org_id, p.id FROM projects p))",
        system="SELECT, INSERT",
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=ids.new)
    at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    org_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    project_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    actor_id: Mapped[uuid.UUID | None]
    actor_type: Mapped[str]
    action: Mapped[str]
    resource_type: Mapped[str]
    resource_id: Mapped[str]
    outcome: Mapped[str]
    request_id: Mapped[str] = mapped_column(server_default="")
    details: Mapped[dict[str, Any]] = mapped_column(server_default="{}")


def audit(
    tx: Tx,
    action: str,
    resource_type: str,
    resource_id: object,
    *,
    org_id: uuid.UUID | None = None,
    project_id: uuid.UUID | None = None,
    outcome: str = "success",
    **details: Any,
) -> None:
    """Write one line in this transaction; secrets in `details` are redacted by name."""
    tx.add(
        AuditRow(
            org_id=org_id or tx.actor.org_id,
            project_id=project_id,
            actor_id=tx.actor.user_id,
            actor_type=tx.actor.realm.value,
            action=action,
            resource_type=resource_type,
            resource_id=str(resource_id),
            outcome=outcome,
            request_id=tx.actor.request_id,
            details=redacted(details),
        )
    )
