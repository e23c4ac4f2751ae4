"""Reads of projects. What is not the actor's does not exist for it: row policies hide it, and we answer 404."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select

from flaresmith.features.projects.errors import EnvironmentNotFound, ProjectNotFound, RunNotFound
from flaresmith.features.projects.models import (
    Environment,
    Project,
    ProjectMember,
    ProjectRun,
    ProjectStatus,
    Resource,
    Revision,
)
from flaresmith.features.projects.schemas import EnvironmentView, MemberView, ProjectView, ResourceView, RunView
from flaresmith.kit import ids
from flaresmith.kit.actor import Realm
from flaresmith.kit.page import Page, after, page
from flaresmith.kit.permissions import VIEWERS, Permission, permission
from flaresmith.kit.tx import Tx

READ = permission("projects:read", roles=VIEWERS, description="See a project, its environments, runs and specs.")

_ENVIRONMENT_ORDER = {"dev": 0, "staging": 1, "prod": 2}


async def get_project(tx: Tx, project: uuid.UUID | str, needs: Permission = READ) -> ProjectView:
    """A project by id, slug or name; ProjectNotFound when it is not there or not yours, Forbidden without the role."""
    row, role = await _project_row(tx, project)
    tx.require(needs, role)
    return _view(row, role)


async def find_project_by_handle(tx: Tx, handle: str) -> ProjectView | None:
    """The live project whose resources carry this handle, if the actor is a member of it."""
    statement = select(Project).where(Project.handle == handle, Project.archived_at.is_(None))
    row = await tx.session.scalar(statement)
    role = (await _roles(tx, [row.id])).get(row.id) if row else None
    return _view(row, role) if row and role else None


async def list_projects(
    tx: Tx, cursor: str | None = None, limit: int = 20, archived: bool = False
) -> Page[ProjectView]:
    """The actor's projects, newest first."""
    tx.require(READ, "viewer")
    statement = after(select(Project), Project, cursor, limit)
    if not archived:
        statement = statement.where(Project.status != ProjectStatus.ARCHIVED)
    rows = page((await tx.session.scalars(statement)).all(), limit)
    roles = await _roles(tx, [row.id for row in rows.items])
    return Page([_view(row, roles.get(row.id, "")) for row in rows.items], rows.next_cursor)


async def list_environments(tx: Tx, project_id: uuid.UUID) -> Sequence[EnvironmentView]:
    """The environments of a project: dev, staging, prod, then previews, each with its resources. Two queries."""
    environments = (await tx.session.scalars(select(Environment).where(Environment.project_id == project_id))).all()
    resources = (await tx.session.scalars(select(Resource).where(Resource.project_id == project_id))).all()
    numbers = dict(
        (await tx.session.execute(select(Revision.id, Revision.number).where(Revision.project_id == project_id))).all()
    )
    ordered = sorted(environments, key=lambda e: (_ENVIRONMENT_ORDER.get(e.name, 9), e.name))
    return [_environment_view(e, resources, numbers) for e in ordered]


async def get_environment(tx: Tx, project_id: uuid.UUID, environment: uuid.UUID | str) -> EnvironmentView:
    """One environment by id or name."""
    for found in await list_environments(tx, project_id):
        if str(environment) in (str(found.id), found.name):
            return found
    raise EnvironmentNotFound()


async def list_resources(tx: Tx, project_id: uuid.UUID) -> Sequence[ResourceView]:
    """Every resource row of a project, deleted ones included."""
    rows = await tx.session.scalars(select(Resource).where(Resource.project_id == project_id).order_by(Resource.key))
    return [ResourceView.model_validate(row) for row in rows]


async def get_run(tx: Tx, run_id: uuid.UUID) -> RunView:
    """One run; RunNotFound when it is not yours."""
    row = await tx.session.get(ProjectRun, run_id)
    if row is None:
        raise RunNotFound()
    return RunView.model_validate(row)


async def list_runs(tx: Tx, project_id: uuid.UUID, cursor: str | None = None, limit: int = 20) -> Page[RunView]:
    """The runs of a project, newest first."""
    statement = after(select(ProjectRun).where(ProjectRun.project_id == project_id), ProjectRun, cursor, limit)
    rows = page((await tx.session.scalars(statement)).all(), limit)
    return Page([RunView.model_validate(row) for row in rows.items], rows.next_cursor)


async def find_active_run(tx: Tx, project_id: uuid.UUID) -> RunView | None:
    """The run that is not finished, if any."""
    statement = select(ProjectRun).where(
        ProjectRun.project_id == project_id, ProjectRun.status.in_(("queued", "running"))
    )
    row = (await tx.session.scalars(statement)).first()
    return RunView.model_validate(row) if row else None


async def usual_seconds(tx: Tx, project_id: uuid.UUID, kind: str) -> float | None:
    """The median wall time of the last ten succeeded runs of this kind, in seconds."""
    seconds = func.extract("epoch", ProjectRun.finished_at - ProjectRun.started_at)
    last = (
        select(seconds.label("s"))
        .where(ProjectRun.project_id == project_id, ProjectRun.kind == kind, ProjectRun.status == "succeeded")
        .order_by(ProjectRun.created_at.desc())
        .limit(10)
        .subquery()
    )
    found = await tx.session.scalar(select(func.percentile_cont(0.5).within_group(last.c.s)))
    return float(found) if found is not None else None


async def list_members(tx: Tx, project_id: uuid.UUID) -> Sequence[MemberView]:
    """Who is in the project."""
    rows = await tx.session.scalars(
        select(ProjectMember).where(ProjectMember.project_id == project_id).order_by(ProjectMember.created_at)
    )
    return [MemberView.model_validate(row) for row in rows]


async def find_revision(tx: Tx, project_id: uuid.UUID, environment: str = "dev") -> Revision | None:
    """The revision that an environment wants. For the features above; not for the wire."""
    return await tx.session.scalar(
        select(Revision)
        .join(Environment, Environment.revision_id == Revision.id)
        .where(Environment.project_id == project_id, Environment.name == environment)
    )


async def _project_row(tx: Tx, project: uuid.UUID | str) -> tuple[Project, str]:
    by_id = project if isinstance(project, uuid.UUID) else ids.parse(project)
    match = Project.id == by_id if by_id else (Project.slug == project) | (Project.name == project)
    role = (
        select(ProjectMember.role)
        .where(ProjectMember.project_id == Project.id, ProjectMember.user_id == tx.actor.user_id)
        .scalar_subquery()
    )
    statement = select(Project, role).where(match).order_by(Project.archived_at.desc().nulls_first())
    found = (await tx.session.execute(statement.limit(1))).first()
    if found is None or (tx.actor.realm is not Realm.SYSTEM and found[1] is None):
        raise ProjectNotFound()
    return found[0], found[1] or "system"


async def _roles(tx: Tx, projects: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = await tx.session.execute(
        select(ProjectMember.project_id, ProjectMember.role).where(
            ProjectMember.project_id.in_(projects), ProjectMember.user_id == tx.actor.user_id
        )
    )
    return {row.project_id: row.role for row in rows}


def _view(row: Project, role: str) -> ProjectView:
    return ProjectView.model_validate(row).model_copy(update={"role": role})


def _environment_view(
    row: Environment, resources: Sequence[Resource], numbers: dict[uuid.UUID, int]
) -> EnvironmentView:
    own = [ResourceView.model_validate(r) for r in resources if r.environment == row.name]
    service = next((r for r in own if r.kind == "service"), None)
    commit = next((r for r in own if r.kind == "commit"), None)
    return EnvironmentView(
        id=row.id,
        project_id=row.project_id,
        name=row.name,
        kind=row.kind,
        state=row.state,
        branch=row.branch,
        url=service.outputs.get("url") if service else None,
        commit=(service or commit).outputs.get("commit") if service or commit else None,  # type: ignore[union-attr]
        revision=numbers.get(row.revision_id) if row.revision_id else None,
        checks=row.checks,
        resources=sorted(own, key=lambda r: r.key),
        updated_at=row.updated_at,
    )
