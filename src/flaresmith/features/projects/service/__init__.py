"""The verbs of projects: the only writer of their tables."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select, update

from flaresmith.features.projects import queries
from flaresmith.features.projects.errors import (
    IdempotencyMismatch,
    LastOwner,
    ProjectNameTaken,
    ProjectNotFound,
    RunInProgress,
    RunNotFound,
    TransitionInvalid,
)
from flaresmith.features.projects.events import ConvergenceRequested, EnvironmentReleased, ProjectArchived
from flaresmith.features.projects.models import (
    Environment,
    EnvironmentTransition,
    Project,
    ProjectMember,
    ProjectRun,
    ProjectStatus,
    Revision,
    RunStatus,
)
from flaresmith.features.projects.schemas import (
    ROLES,
    EnvironmentView,
    NewProject,
    NewRevision,
    ProjectChanges,
    ProjectView,
    RunView,
)
from flaresmith.features.projects.service import states
from flaresmith.features.projects.service.journal import load_states, write_journal
from flaresmith.kit import ids, observe
from flaresmith.kit.audit import audit
from flaresmith.kit.errors import BadRequest, Forbidden
from flaresmith.kit.permissions import CONTRIBUTORS, MAINTAINERS, OWNERS, ProjectRole, permission
from flaresmith.kit.stream import append, open_stream
from flaresmith.kit.tx import Tx

CREATE = permission("projects:create", description="Create a project in one's organization.")
CHANGE = permission("projects:change", roles=MAINTAINERS, description="Rename a project, change its settings.")
DESTROY = permission("projects:destroy", roles=OWNERS, description="Destroy a project and what was made for it.")
MEMBERS = permission("projects:members", roles=OWNERS, description="Say who may do what in a project.")
CONVERGE = permission("projects:converge", roles=CONTRIBUTORS, description="Bring resources to what is declared.")

BRANCHES = {"dev": "dev", "staging": "staging", "prod": "main"}  # flaresmith §0

__all__ = ["load_states", "write_journal"]


async def create(
    tx: Tx, new: NewProject, revision: NewRevision | None = None, *, idempotency_key: str = ""
) -> tuple[ProjectView, RunView, bool]:
    """Create a project with dev, staging and prod, and have it provisioned (001:FR-001…006).

    With a revision all three environments want that code. ProjectNameTaken when the organization has the name. The
    third value tells whether it was made now: with an idempotency key that was used before the same project comes
    back, or IdempotencyMismatch when the request was another (001:FR-021).
    """
    tx.require(CREATE)
    request_hash = hashlib.sha256(new.model_dump_json().encode()).hexdigest()
    project_id = ids.derived("project", tx.actor.user_id, idempotency_key) if idempotency_key else ids.new()
    if idempotency_key and (made := await _made_before(tx, project_id, request_hash)):
        return (*made, False)
    org_id = new.org_id or tx.actor.org_id
    if org_id is None:
        raise Forbidden("You belong to no organization yet.")
    slug = new.slug or ids.slug(new.name)
    if not slug:
        raise BadRequest("This name has no letters or digits to make a slug of.", hint="Give a slug as well.")
    row = Project(
        id=project_id,
        org_id=org_id,
        owner_id=tx.actor.user_id,
        name=new.name,
        slug=slug,
        handle=await _free_handle(tx, slug),
        providers={role: new.providers.get(role, "local") for role in ROLES},  # type: ignore[call-overload]
        specs_source=new.specs_source,
        request_hash=request_hash,
    )
    tx.add(row)
    await tx.flush({"uq_projects_name": ProjectNameTaken, "uq_projects_slug": ProjectNameTaken})
    if tx.actor.user_id:
        tx.add(ProjectMember(project_id=row.id, user_id=tx.actor.user_id, org_id=org_id, role=ProjectRole.OWNER))
        await tx.flush()
    tx.session.add_all(
        Environment(id=ids.new(), project_id=row.id, org_id=org_id, name=name, branch=branch)
        for name, branch in BRANCHES.items()
    )
    await tx.flush()
    if revision is not None:
        await want(tx, row.id, revision, BRANCHES)
    audit(tx, "project.create", "project", row.id, org_id=org_id, project_id=row.id, name=row.name)
    run = await _request(tx, row, "provision")
    return await queries.get_project(tx, row.id), run, True


async def change(tx: Tx, project_id: uuid.UUID, changes: ProjectChanges) -> ProjectView:
    """Rename a project or say where its specs are kept; what is left out stays."""
    project = await queries.get_project(tx, project_id, CHANGE)
    row = await tx.session.get_one(Project, project.id)
    for name, value in changes.model_dump(exclude_none=True).items():
        setattr(row, name, value)
    await tx.flush({"uq_projects_name": ProjectNameTaken})
    audit(
        tx,
        "project.change",
        "project",
        project_id,
        org_id=project.org_id,
        project_id=project_id,
        fields=sorted(changes.model_fields_set),
    )
    return await queries.get_project(tx, project_id)


async def want(tx: Tx, project_id: uuid.UUID, new: NewRevision, environments: Iterable[str]) -> int:
    """Record a wanted state of the code and have these environments want it; returns its number."""
    project = await queries.get_project(tx, project_id, CONVERGE)
    number = (
        await tx.session.scalar(
            select(func.coalesce(func.max(Revision.number), 0)).where(Revision.project_id == project_id)
        )
        or 0
    ) + 1
    row = Revision(
        id=ids.new(),
        project_id=project_id,
        org_id=project.org_id,
        number=number,
        message=new.message,
        spec_hash=new.spec_hash,
        files=new.files,
        deleted=new.deleted,
        parent_commit=new.parent_commit,
        author_id=tx.actor.user_id,
    )
    tx.add(row)
    await tx.flush()
    await tx.session.execute(
        update(Environment)
        .where(Environment.project_id == project_id, Environment.name.in_(list(environments)))
        .values(revision_id=row.id, last_activity_at=tx.now)
    )
    return number


async def request_run(tx: Tx, project_id: uuid.UUID, kind: str) -> RunView:
    """Ask for a convergence (`apply` or `repair`); RunInProgress when one is not finished."""
    project = await queries.get_project(tx, project_id, CONVERGE)
    row = await tx.session.get_one(Project, project.id)
    audit(tx, f"project.{kind}", "project", project_id, org_id=project.org_id, project_id=project_id)
    return await _request(tx, row, kind)


async def destroy(tx: Tx, project_id: uuid.UUID) -> RunView:
    """Have everything that was made for the project removed; its rows stay, archived."""
    project = await queries.get_project(tx, project_id, DESTROY)
    row = await tx.session.get_one(Project, project.id)
    if row.archived_at is not None:
        raise ProjectNotFound("This project is archived already.")
    audit(tx, "project.destroy", "project", project_id, org_id=project.org_id, project_id=project_id, name=row.name)
    return await _request(tx, row, "destroy")


async def start_run(tx: Tx, run_id: uuid.UUID) -> RunView:
    """A worker takes the run up; taking it up again after a crash changes nothing."""
    row = await _run_row(tx, run_id)
    if row.status == RunStatus.QUEUED:
        row.status, row.started_at = RunStatus.RUNNING.value, tx.now
        await tx.flush()
    return RunView.model_validate(row)


async def begin_work(tx: Tx, project_id: uuid.UUID, environments: Iterable[str], reason: str) -> None:
    """Move environments into the state in which they are worked on."""
    for row in await _environment_rows(tx, project_id, environments):
        for state in states.path_to_work(row.kind, row.state, bool(row.checks.get("released"))):
            _transition(tx, row, state, reason)


async def end_work(
    tx: Tx, project_id: uuid.UUID, outcomes: dict[str, bool], reason: str, checks: dict[str, dict[str, Any]]
) -> None:
    """Move environments to active or error, by name, and keep what was checked."""
    for row in await _environment_rows(tx, project_id, outcomes):
        for state in states.path_to_end(row.kind, row.state, outcomes[row.name]):
            _transition(tx, row, state, reason)
        if outcomes[row.name]:
            row.checks = {**row.checks, **checks.get(row.name, {})}


async def record_release(
    tx: Tx, run_id: uuid.UUID, environment: EnvironmentView, *, commit: str, succeeded: bool, seconds: float, error: str
) -> None:
    """Say that an environment runs another commit now, or could not."""
    await tx.emit(
        EnvironmentReleased(
            project_id=environment.project_id,
            environment_id=environment.id,
            run_id=run_id,
            commit=commit,
            succeeded=succeeded,
            seconds=seconds,
            error=error,
        ),
        key=f"{run_id}:{environment.name}",
    )


async def finish_run(tx: Tx, run_id: uuid.UUID, *, ok: bool, summary: str, report: dict[str, Any]) -> None:
    """End the run, close its stream, and set the project's status. Ending it again changes nothing."""
    row = await _run_row(tx, run_id)
    if row.finished_at is not None:
        return
    row.status = (RunStatus.SUCCEEDED if ok else RunStatus.FAILED).value
    row.finished_at, row.report = tx.now, report
    project = await tx.session.get_one(Project, row.project_id)
    await _settle(tx, project, row.kind, ok)
    await tx.flush()
    if row.started_at:
        observe.provisioning_duration.labels(row.kind).observe((tx.now - row.started_at).total_seconds())
    audit(
        tx,
        f"project.{row.kind}.finished",
        "run",
        run_id,
        org_id=row.org_id,
        project_id=row.project_id,
        outcome="success" if ok else "failure",
        summary=summary,
    )
    outcome = "succeeded" if ok else "failed"
    await append(tx, run_id, ("run.finished", {"outcome": outcome, "summary": summary, **report}), close=True)


async def set_member(tx: Tx, project_id: uuid.UUID, user_id: uuid.UUID, role: ProjectRole) -> None:
    """Give a person a role in the project; LastOwner when the only owner would lose theirs."""
    project = await queries.get_project(tx, project_id, MEMBERS)
    if role != ProjectRole.OWNER:
        await _keep_an_owner(tx, project_id, without=user_id)
    row = await tx.session.get(ProjectMember, (project_id, user_id))
    if row is None:
        tx.add(ProjectMember(project_id=project_id, user_id=user_id, org_id=project.org_id, role=role))
    else:
        row.role = role
    await tx.flush()
    audit(tx, "project.member.set", "user", user_id, org_id=project.org_id, project_id=project_id, role=role)


async def remove_member(tx: Tx, project_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Take a person out of the project; LastOwner when it is the only owner."""
    project = await queries.get_project(tx, project_id, MEMBERS)
    await _keep_an_owner(tx, project_id, without=user_id)
    row = await tx.session.get(ProjectMember, (project_id, user_id))
    if row is not None:
        audit(tx, "project.member.remove", "user", user_id, org_id=project.org_id, project_id=project_id)
        await tx.flush()  # while the actor still belongs to the project
        await tx.session.delete(row)


async def _made_before(tx: Tx, project_id: uuid.UUID, request_hash: str) -> tuple[ProjectView, RunView] | None:
    row = await tx.session.get(Project, project_id)
    if row is None:
        return None
    if row.request_hash != request_hash:
        raise IdempotencyMismatch()
    first = select(ProjectRun).where(ProjectRun.project_id == project_id).order_by(ProjectRun.created_at).limit(1)
    run = (await tx.session.scalars(first)).one()
    return await queries.get_project(tx, project_id), RunView.model_validate(run)


async def _request(tx: Tx, project: Project, kind: str) -> RunView:
    row = ProjectRun(id=ids.new(), project_id=project.id, org_id=project.org_id, kind=kind, started_by=tx.actor.user_id)
    tx.add(row)
    await tx.flush({"uq_project_runs_one_active": RunInProgress})
    await open_stream(tx, row.id, f"project.{kind}", org_id=project.org_id, project_id=project.id)
    await tx.emit(ConvergenceRequested(project_id=project.id, run_id=row.id), key=str(row.id))
    await tx.session.refresh(row)
    return RunView.model_validate(row)


async def _settle(tx: Tx, project: Project, kind: str, ok: bool) -> None:
    if kind == "destroy":
        if ok:
            project.status, project.archived_at = ProjectStatus.ARCHIVED.value, tx.now
            for row in await _environment_rows(tx, project.id, None):
                _move(tx, row, "archived", "destroy")  # from whatever state: nothing of it is left
            await tx.emit(ProjectArchived(project_id=project.id), key=str(project.id))
        return
    if ok:
        project.status = ProjectStatus.ACTIVE.value
    elif kind == "provision":
        project.status = ProjectStatus.FAILED.value


async def _run_row(tx: Tx, run_id: uuid.UUID) -> ProjectRun:
    row = await tx.session.scalar(select(ProjectRun).where(ProjectRun.id == run_id).with_for_update())
    if row is None:
        raise RunNotFound()
    return row


async def _environment_rows(tx: Tx, project_id: uuid.UUID, names: Iterable[str] | None) -> list[Environment]:
    statement = select(Environment).where(Environment.project_id == project_id).with_for_update()
    if names is not None:
        statement = statement.where(Environment.name.in_(list(names)))
    return list(await tx.session.scalars(statement.order_by(Environment.name)))


def _transition(tx: Tx, row: Environment, after: str, reason: str) -> None:
    if not states.allowed(row.kind, row.state, after):
        raise TransitionInvalid(f"{row.name} cannot go from {row.state} to {after}.")
    _move(tx, row, after, reason)


def _move(tx: Tx, row: Environment, after: str, reason: str) -> None:
    tx.add(
        EnvironmentTransition(
            environment_id=row.id,
            project_id=row.project_id,
            org_id=row.org_id,
            before=row.state,
            after=str(after),
            reason=reason,
            actor_id=tx.actor.user_id,
        )
    )
    observe.transitions_total.labels(row.state, after).inc()
    row.state = str(after)


async def _free_handle(tx: Tx, slug: str) -> str:
    """A name for providers that no live project of this installation has; the slug itself where it can be."""
    taken = await tx.session.scalar(select(func.auth.handle_taken(slug)))
    return f"{slug[:33].rstrip('-')}-{secrets.token_hex(3)}" if taken or len(slug) > 40 else slug


async def _keep_an_owner(tx: Tx, project_id: uuid.UUID, *, without: uuid.UUID) -> None:
    """Asked before the change, because who has left sees no members; of two who leave at once, one waits here."""
    owners = await tx.session.scalars(
        select(ProjectMember.user_id)
        .where(ProjectMember.project_id == project_id, ProjectMember.role == ProjectRole.OWNER)
        .order_by(ProjectMember.user_id)
        .with_for_update()
    )
    if set(owners) == {without}:
        raise LastOwner()
