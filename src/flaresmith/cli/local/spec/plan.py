"""A build compared with what is there, in the shape in which the server tells a plan: one way to print both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flaresmith.compiler.build import Build
    from flaresmith.compiler.merge import Change, Comparison, Conflict
    from flaresmith.compiler.model import SchemaOperation


def plan(built: Build, comparison: Comparison, *, diffs: bool) -> dict[str, Any]:
    """`{code, conflicts, kept, database}`; the diffs of files only when somebody wants to see them."""
    return {
        "code": [_file(comparison, change, diffs) for change in comparison.changes],
        "conflicts": [_conflict(comparison, conflict, diffs) for conflict in comparison.conflicts],
        "kept": list(comparison.kept),
        "keptBecause": dict(comparison.why),
        "database": list(_steps(built)),
    }


def _conflict(comparison: Comparison, conflict: Conflict, diffs: bool) -> dict[str, Any]:
    from flaresmith.compiler.merge import conflict_facts

    return {
        "path": conflict.path,
        "reason": str(conflict.reason),
        "suggestion": conflict.suggestion,
        "diff": comparison.diff(conflict.path) if diffs else "",
        **conflict_facts(conflict),
    }


def _file(comparison: Comparison, change: Change, diffs: bool) -> dict[str, Any]:
    return {
        "path": change.path,
        "change": str(change.type),
        "target": change.target,
        "requirements": list(change.requirements),
        "linesAdded": change.added,
        "linesRemoved": change.removed,
        "reason": f"for {', '.join(change.requirements[:6])}" if change.requirements else "",
        "diff": comparison.diff(change.path) if diffs else "",
        "ownership": str(change.ownership),
    }


def _steps(built: Build) -> Iterator[dict[str, Any]]:
    for step in built.operations:
        yield {
            "op": step.op,
            "name": _subject(step),
            "reason": step.reason,
            "destructive": step.destructive,
            "loses": step.loses,
        }


def _subject(step: SchemaOperation) -> str:
    """`table`, or `table.column`."""
    column = step.arguments.get("column", step.arguments.get("name"))
    if isinstance(column, dict):
        column = column.get("name")
    return step.table if step.op.endswith("_table") or not column else f"{step.table}.{column}"
