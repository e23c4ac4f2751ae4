"""The verbs of specs."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import select, text

from flaresmith.compiler.build import Build
from flaresmith.compiler.merge import drift_report
from flaresmith.compiler.parse import to_json
from flaresmith.features.projects import queries as project_queries
from flaresmith.features.projects import service as projects
from flaresmith.features.projects.schemas import ProjectView, RunView
from flaresmith.features.specs.errors import DestructiveRefused, PlanStale, SpecDriftConflict, SpecInvalid
from flaresmith.features.specs.events import SpecApplied
from flaresmith.features.specs.models import SpecVersion
from flaresmith.features.specs.schemas import (
    ApplyReply,
    ApplyRequest,
    NewProjectWithSpecs,
    PlanBinding,
    PlanView,
    Prepared,
    ProjectReply,
)
from flaresmith.kit import clock, ids
from flaresmith.kit.permissions import CONTRIBUTORS, VIEWERS, permission
from flaresmith.kit.tx import Tx

APPLY = permission("specs:apply", roles=CONTRIBUTORS, description="Apply specs: generate, migrate, deploy to dev.")
PLAN = permission("specs:plan", roles=VIEWERS, description="See what applying specs would change.")

_ARTIFACTS = text("""
WITH gone AS (
    DELETE FROM spec_artifacts WHERE project_id = :project_id
        AND path NOT IN (SELECT a ->> 'path' FROM jsonb_array_elements(CAST(:rows AS jsonb)) a)
)
INSERT INTO spec_artifacts (project_id, path, org_id, artifact_type, checksum, requirements, version_id)
SELECT :project_id, path, :org_id, artifact_type, checksum, requirements, :version_id
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS a(path text, artifact_type text, checksum text, requirements jsonb)
ON CONFLICT (project_id, path) DO UPDATE SET artifact_type = excluded.artifact_type, checksum = excluded.checksum,
    requirements = excluded.requirements, version_id = excluded.version_id, updated_at = now()
    WHERE spec_artifacts.checksum <> excluded.checksum
""")


async def create_project(
    tx: Tx, new: NewProjectWithSpecs, prepared: Prepared | None, *, idempotency_key: str = ""
) -> tuple[ProjectReply, bool]:
    """Create a project from its documents and have it provisioned; SpecInvalid when they have errors (001:US1).

    The second value tells whether it was made now, or by an earlier request with the same idempotency key.
    """
    if prepared is not None:
        _require_valid(prepared.build)
    revision = prepared.revision if prepared else None
    project, run, fresh = await projects.create(tx, new, revision, idempotency_key=idempotency_key)
    if prepared is not None and fresh:
        await _record(tx, project, prepared, run, report={})
    return ProjectReply(**project.model_dump(), run=run), fresh


async def apply(tx: Tx, request: ApplyRequest, prepared: Prepared) -> ApplyReply:
    """Accept documents for a project and have them carried out on dev (001:US3, §3.4).

    SpecInvalid, PlanStale, SpecDriftConflict and DestructiveRefused change nothing. A dry run changes nothing and
    tells what would be.
    """
    plan = prepared.plan
    assert plan is not None
    project = await project_queries.get_project(tx, plan.project_id, PLAN if request.dry_run else APPLY)
    _require_valid(prepared.build)
    report = _report(project, prepared, dry_run=request.dry_run)
    if request.plan is not None:
        _require_fresh(request.plan, plan)
    if request.dry_run:
        return ApplyReply(report=report, run=None, plan=plan)
    if plan.conflicts:
        raise SpecDriftConflict(
            details=report, hint="Name each file with --keep or --overwrite, or take your edits back."
        )
    _require_allowed(plan, set(request.allow))
    if plan.empty:
        return ApplyReply(report=report, run=None, plan=plan)
    return ApplyReply(report=report, run=await _carry_out(tx, project, prepared, report), plan=plan)


async def _carry_out(tx: Tx, project: ProjectView, prepared: Prepared, report: dict[str, Any]) -> RunView:
    plan, revision = prepared.plan, prepared.revision
    assert plan is not None
    assert revision is not None
    if not plan.code and not any(change.key == "commit-dev" for change in plan.resources):
        return await projects.request_run(tx, project.id, "repair")
    run = await projects.request_run(tx, project.id, "apply")  # first: of two at once, one is told to wait here
    known = await project_queries.find_revision(tx, project.id)
    await projects.want(tx, project.id, revision, ["dev"] if known else projects.BRANCHES)
    await _record(tx, project, prepared, run, report)
    return run


async def _record(tx: Tx, project: ProjectView, prepared: Prepared, run: RunView, report: dict[str, Any]) -> None:
    """Keep the version and one row per generated file."""
    build = prepared.build
    statement = select(SpecVersion).where(SpecVersion.project_id == project.id).order_by(SpecVersion.number.desc())
    last = (await tx.session.scalars(statement.limit(1))).first()
    row = SpecVersion(
        id=ids.new(),
        project_id=project.id,
        org_id=project.org_id,
        number=last.number + 1 if last else 1,
        version=_next_version(last.version if last else "", build),
        constitution_version=build.model.constitution_version,
        spec_hash=build.model.spec_hash,
        documents=dict(prepared.documents),
        counts=_counts(build),
        report=report,
        author_id=tx.actor.user_id,
        run_id=run.id,
    )
    tx.add(row)
    await tx.flush()
    artifacts = [
        {"path": path, "artifact_type": f.target, "checksum": f.sha256, "requirements": list(f.requirements)}
        for path, f in build.lock.files.items()
    ]
    await tx.session.execute(
        _ARTIFACTS,
        {
            "project_id": project.id,
            "org_id": project.org_id,
            "version_id": row.id,
            "rows": orjson.dumps(artifacts).decode(),
        },
    )
    await tx.emit(SpecApplied(project_id=project.id, run_id=run.id, version=row.version), key=f"{run.id}:spec")


def _require_valid(build: Build) -> None:
    if build.model.errors:
        found = to_json(build.model)["diagnostics"]
        errors = [d for d in found if d["severity"] == "error"]
        first = errors[0]
        raise SpecInvalid(
            f"{first['file']}:{first['line']}:{first['column']}: {first['message']}"
            + (f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""),
            hint=first["hint"],
            details={"diagnostics": found[:500]},
        )


def _require_fresh(bound: PlanBinding, plan: PlanView) -> None:
    if bound.spec_hash != plan.spec_hash:
        raise PlanStale("The specs have changed since this plan was made.", hint="Run `flaresmith plan` again.")
    if bound.state_hash != plan.state_hash:
        raise PlanStale("The project has changed since this plan was made.", hint="Run `flaresmith plan` again.")


def _require_allowed(plan: PlanView, allowed: set[str]) -> None:
    refused = [c for c in plan.database if c.destructive and c.name not in allowed]
    if refused:
        words = "; ".join(f"{c.name}: {c.loses}" for c in refused)
        flags = " ".join(f"--allow {c.name}" for c in refused)
        raise DestructiveRefused(
            f"This would lose data: {words}.",
            hint=f"To go on, allow each by its name: {flags}",
            details={"losses": [c.model_dump(by_alias=True) for c in refused]},
        )


def _report(project: ProjectView, prepared: Prepared, *, dry_run: bool) -> dict[str, Any]:
    assert prepared.comparison is not None
    return drift_report(
        prepared.comparison,
        project_id=str(project.id),
        feature_dir="specs",
        spec_version=prepared.build.model.spec_hash[:12],
        constitution_version=prepared.build.model.constitution_version,
        dry_run=dry_run,
        applied_at=clock.rfc3339(clock.now()),
    )


def _next_version(last: str, build: Build) -> str:
    """Semantic: a loss of data is major, anything else in the database minor, the rest a patch."""
    if not last:
        return "1.0.0"
    major, minor, patch = map(int, last.split("."))
    if any(operation.destructive for operation in build.operations):
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if build.operations else f"{major}.{minor}.{patch + 1}"


def _counts(build: Build) -> dict[str, Any]:
    model = build.model
    return {
        "features": len(model.features),
        "entities": len(model.tables),
        "endpoints": len(model.endpoints),
        "requirements": sum(len(f.requirements) for f in model.features),
        "files": len(build.files),
        "warnings": sum(d.severity == "warning" for d in model.diagnostics),
        "linesNotUnderstood": model.not_understood,
    }
