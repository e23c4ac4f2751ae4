"""The tables of projects."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from flaresmith.kit import ids
from flaresmith.kit.model import Policy, Row, Table

_MEMBER = "id IN (SELECT auth.my_projects())"
_CHILD = "project_id IN (SELECT auth.my_projects())"
_MINE_TO_FOUND = "EXISTS (SELECT 1 FROM projects p WHERE p.id = project_id AND p.owner_id = auth.uid())"


class ProjectStatus(StrEnum):
    """How a project stands."""

    PROVISIONING = "provisioning"
    ACTIVE = "active"
    FAILED = "failed"
    ARCHIVED = "archived"


class EnvironmentState(StrEnum):
    """The states of an environment (flaresmith §2.1)."""

    PENDING = "pending"
    PROVISIONING = "provisioning"
    ACTIVE = "active"
    UPDATING = "updating"
    VALIDATING = "validating"
    ERROR = "error"
    FAILED = "failed"
    ARCHIVED = "archived"


class RunStatus(StrEnum):
    """The states of a run."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


def _one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(v.value) for v in values)})", name=column)


class Project(Row, Table):
    """A product under Flaresmith. `providers` names one provider per role; `specs_source` is where its author keeps
    the specs, told by the command line and never opened by the server."""

    __tablename__ = "projects"
    __policy__ = Policy(
        select=f"{_MEMBER} OR owner_id = auth.uid()",
        insert="owner_id = auth.uid() AND org_id IN (SELECT auth.my_organizations())",
        update=_MEMBER,
    )
    __table_args__ = (
        Index("uq_projects_name", "org_id", "name", unique=True, postgresql_where=text("archived_at IS NULL")),
        Index("uq_projects_slug", "org_id", "slug", unique=True, postgresql_where=text("archived_at IS NULL")),
        Index("uq_projects_handle", "handle", unique=True, postgresql_where=text("archived_at IS NULL")),
        CheckConstraint("length(name) BETWEEN 3 AND 64", name="name_length"),
        _one_of("status", ProjectStatus),
    )

    org_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    owner_id: Mapped[uuid.UUID | None]
    name: Mapped[str]
    slug: Mapped[str]
    handle: Mapped[str]  # the name on providers: unique over the installation
    status: Mapped[str] = mapped_column(server_default=ProjectStatus.PROVISIONING.value)
    providers: Mapped[dict[str, Any]]
    specs_source: Mapped[str] = mapped_column(server_default="")
    request_hash: Mapped[str] = mapped_column(server_default="")  # of the request that created it
    archived_at: Mapped[datetime | None]


class ProjectMember(Table):
    """Who may do what in a project."""

    __tablename__ = "project_members"
    __policy__ = Policy(
        select=f"{_CHILD} OR user_id = auth.uid()",
        insert=f"{_CHILD} OR {_MINE_TO_FOUND}",
        update=_CHILD,
        delete=_CHILD,
    )
    __table_args__ = (CheckConstraint("role IN ('owner', 'maintainer', 'contributor', 'viewer')", name="role"),)

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    org_id: Mapped[uuid.UUID]
    role: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Revision(Row, Table):
    """One wanted state of a project's code. `files` is path → stored file; `deleted` paths leave the branch."""

    __tablename__ = "revisions"
    __policy__ = Policy(select=_CHILD, insert=_CHILD)
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    org_id: Mapped[uuid.UUID]
    number: Mapped[int]
    message: Mapped[str]
    spec_hash: Mapped[str]
    files: Mapped[dict[str, Any]]
    deleted: Mapped[list[Any]] = mapped_column(server_default="[]")
    parent_commit: Mapped[str | None]
    author_id: Mapped[uuid.UUID | None]


class Environment(Row, Table):
    """One place where the product runs, and the revision it wants."""

    __tablename__ = "environments"
    __policy__ = Policy(select=_CHILD, insert=_CHILD, update=_CHILD)
    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        Index("ix_environments_project_kind_state", "project_id", "kind", "state"),
        CheckConstraint("kind IN ('core', 'preview')", name="kind"),
        _one_of("state", EnvironmentState),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    org_id: Mapped[uuid.UUID]
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="core")
    state: Mapped[str] = mapped_column(server_default=EnvironmentState.PENDING.value)
    branch: Mapped[str]
    revision_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("revisions.id"))
    checks: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    last_activity_at: Mapped[datetime] = mapped_column(server_default=func.now())


class EnvironmentTransition(Table):
    """One change of an environment's state."""

    __tablename__ = "environment_transitions"
    __policy__ = Policy(select=_CHILD, insert=_CHILD, system="SELECT, INSERT")

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=ids.new)
    environment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("environments.id", ondelete="CASCADE"), index=True)
    project_id: Mapped[uuid.UUID]
    org_id: Mapped[uuid.UUID]
    before: Mapped[str]
    after: Mapped[str]
    reason: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class Resource(Row, Table):
    """The one state row of a resource: the last journaled word on it. Secret outputs are sealed apart."""

    __tablename__ = "resources"
    __policy__ = Policy(select=_CHILD)
    __table_args__ = (
        UniqueConstraint("project_id", "key"),
        CheckConstraint("status IN ('intended', 'ready', 'failed', 'missing', 'deleted')", name="status"),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    org_id: Mapped[uuid.UUID]
    key: Mapped[str]
    environment: Mapped[str]
    provider: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    status: Mapped[str]
    action: Mapped[str]
    spec_hash: Mapped[str] = mapped_column(server_default="")
    request_hash: Mapped[str] = mapped_column(server_default="")
    external_id: Mapped[str] = mapped_column(server_default="")
    outputs: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    sealed_outputs: Mapped[bytes | None] = mapped_column(LargeBinary)
    needs: Mapped[list[Any]] = mapped_column(server_default="[]")
    error: Mapped[str] = mapped_column(server_default="")


class ProjectRun(Row, Table):
    """One durable piece of convergence; its id is also its stream's."""

    __tablename__ = "project_runs"
    __policy__ = Policy(select=_CHILD, insert=_CHILD, update=_CHILD)
    __table_args__ = (
        Index(
            "uq_project_runs_one_active",
            "project_id",
            unique=True,
            postgresql_where=text("status IN ('queued', 'running')"),
        ),
        CheckConstraint("kind IN ('provision', 'apply', 'repair', 'destroy')", name="kind"),
        _one_of("status", RunStatus),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    org_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=RunStatus.QUEUED.value)
    started_by: Mapped[uuid.UUID | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    report: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
