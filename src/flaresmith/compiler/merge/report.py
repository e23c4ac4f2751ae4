"""The published DriftReport (requirements §3.5), with each conflict's places, texts and requirements."""

from __future__ import annotations

from collections.abc import Iterator

from flaresmith.compiler.merge.accept import Choice
from flaresmith.compiler.merge.comparison import Change, Comparison, Conflict, Reason
from flaresmith.compiler.merge.engine import Hunk


def drift_report(
    comparison: Comparison,
    *,
    project_id: str,
    feature_dir: str,
    spec_version: str,
    constitution_version: str,
    dry_run: bool,
    applied_at: str | None = None,
) -> dict[str, object]:
    """The published DriftReport (requirements §3.5); `applied_at` is RFC 3339 and null in a dry run."""
    changed = [_changed_file(change) for change in comparison.changes]
    return {
        "changedFiles": changed,
        "conflicts": [_conflict(conflict) for conflict in comparison.conflicts],
        "summary": {
            "totalFiles": comparison.total,
            "filesCreated": len(comparison.created),
            "filesModified": len(comparison.modified),
            "filesDeleted": len(comparison.deleted),
            "changedCount": len(changed),
            "conflictCount": len(comparison.conflicts),
            "hasConflicts": bool(comparison.conflicts),
            "status": comparison.status,
        },
        "appliedAt": None if dry_run else applied_at,
        "dryRun": dry_run,
        "projectId": project_id,
        "featureDir": feature_dir,
        "specVersion": spec_version,
        "constitutionVersion": constitution_version,
    }


def _changed_file(change: Change) -> dict[str, object]:
    return {
        "path": change.path,
        "changeType": str(change.type),
        "linesAdded": change.added,
        "linesRemoved": change.removed,
        **dict(_checksums(change)),
        "diffSummary": f"+{change.added} -{change.removed}",
        "artifactType": change.target,
        "ownership": str(change.ownership),
    }


def _checksums(change: Change) -> Iterator[tuple[str, str]]:
    if change.before:
        yield "checksumBefore", change.before
    if change.after:
        yield "checksumAfter", change.after


def _conflict(conflict: Conflict) -> dict[str, object]:
    """The published vocabulary has no word for an untracked file: its reason stands in the suggestion."""
    return {
        "path": conflict.path,
        "reason": str(Reason.MANUAL_DIVERGENCE),
        "suggestion": conflict.suggestion,
        "resolution": None,
        **conflict_facts(conflict),
    }


def conflict_facts(conflict: Conflict) -> dict[str, object]:
    """What stands behind a conflict: its requirements, the facts' places, and each hunk with its three texts."""
    return {
        "requirements": list(conflict.change.requirements),
        "sources": list(conflict.change.sources),
        "artifactType": conflict.change.target,
        "how": conflict.how,
        "fingerprint": conflict.fingerprint,
        "hunks": [_hunk(hunk) for hunk in conflict.hunks],
    }


def _hunk(hunk: Hunk) -> dict[str, object]:
    return {
        "number": hunk.number,
        "where": hunk.where,
        "line": hunk.line,
        "base": hunk.base,
        "ours": hunk.ours,
        "theirs": hunk.theirs,
        "resolution": _taken(hunk.choice),
        "text": hunk.choice.text if hunk.choice else None,
    }


def _taken(choice: Choice | None) -> str | None:
    return str(choice.take) if choice else None
