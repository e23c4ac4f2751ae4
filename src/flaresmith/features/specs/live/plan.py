"""A plan as people and programs read it: code, database and resources together, each change with its reason."""

from __future__ import annotations

from collections.abc import Iterator

from flaresmith.compiler.build import Build
from flaresmith.compiler.lock import Ownership
from flaresmith.compiler.merge import Change, Comparison, conflict_facts
from flaresmith.compiler.model import SchemaOperation
from flaresmith.compiler.parse import to_json
from flaresmith.features.projects.live import Look
from flaresmith.features.projects.schemas import ProjectView
from flaresmith.features.specs.schemas import DatabaseChange, FileChange, PlanView, ResourceChange
from flaresmith.kit import clock
from flaresmith.kit.converge import pending

_MAX_DIFF = 60_000


def plan_view(
    project: ProjectView, built: Build, comparison: Comparison | None, look: Look | None, state_hash: str
) -> PlanView:
    """The plan of a build; without a comparison only its diagnostics."""
    code = list(_files(comparison)) if comparison else []
    database = [_database(operation) for operation in built.operations]
    resources = list(_resources(look)) if look else []
    conflicts = [
        {
            "path": c.path,
            "reason": str(c.reason),
            "suggestion": c.suggestion,
            "diff": _diff(comparison, c.path),
            **conflict_facts(c),
        }
        for c in (comparison.conflicts if comparison else ())
        if comparison
    ]
    return PlanView(
        project_id=project.id,
        project=project.name,
        spec_hash=built.model.spec_hash,
        state_hash=state_hash,
        made_at=clock.now(),
        summary={
            "created": sum(c.change == "created" for c in code),
            "modified": sum(c.change == "modified" for c in code),
            "deleted": sum(c.change == "deleted" for c in code),
            "database": len(database),
            "destructive": sum(c.destructive for c in database),
            "resources": len(resources),
            "conflicts": len(conflicts),
            "kept": len(comparison.kept) if comparison else 0,
            "merged": len(comparison.merged) if comparison else 0,
        },
        code=code,
        conflicts=conflicts,
        kept=list(comparison.kept) if comparison else [],
        kept_because=dict(comparison.why) if comparison else {},
        database=database,
        resources=resources,
        diagnostics=to_json(built.model)["diagnostics"],
    )


def _files(comparison: Comparison) -> Iterator[FileChange]:
    for change in comparison.changes:
        yield FileChange(
            path=change.path,
            change=str(change.type),
            target=change.target,
            requirements=list(change.requirements),
            lines_added=change.added,
            lines_removed=change.removed,
            reason=_why(change),
            diff=_diff(comparison, change.path),
            ownership=change.ownership,
        )


def _why(change: Change) -> str:
    served = f" for {', '.join(change.requirements[:6])}" if change.requirements else ""
    verb = {"created": "the spec asks for it now", "deleted": "the spec no longer asks for it"}
    edits = ", merged with the edits by hand" if change.ownership is Ownership.MERGED else ""
    return verb.get(str(change.type), f"what {change.target} makes of the spec changed") + served + edits


def _diff(comparison: Comparison, path: str) -> str:
    diff = comparison.diff(path)
    return diff if len(diff) <= _MAX_DIFF else f"{diff[:_MAX_DIFF]}\n… {len(diff) - _MAX_DIFF:,} more characters\n"


def _database(operation: SchemaOperation) -> DatabaseChange:
    return DatabaseChange(
        op=operation.op,
        name=loss_name(operation),
        reason=operation.reason,
        destructive=operation.destructive,
        loses=operation.loses,
    )


def loss_name(operation: SchemaOperation) -> str:
    """The name by which a step is allowed: `table`, or `table.column`."""
    column = operation.arguments.get("column", operation.arguments.get("name"))
    if isinstance(column, dict):
        column = column.get("name")
    return operation.table if operation.op.endswith("_table") or not column else f"{operation.table}.{column}"


def _resources(look: Look) -> Iterator[ResourceChange]:
    for change in pending(look.changes):
        subject = change.subject
        yield ResourceChange(
            key=change.key,
            action=change.action.value,
            provider=subject.provider,
            kind=subject.kind,
            name=subject.name,
            environment=subject.environment,
            reason=change.reason,
            certain=change.certain,
        )
