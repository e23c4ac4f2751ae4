"""What applying a build would do to a branch, without ever losing a hand edit (requirements §3.4, §3.5).

A generated file counts as edited by hand when its content on the branch differs from the checksum in that branch's
`flaresmith.lock`. Such a file is kept while our output for it stays the same, and is a conflict when that changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from flaresmith.compiler.build import Build
from flaresmith.compiler.linediff import count_lines, unified_diff
from flaresmith.compiler.lock import LOCK_PATH, Lock, LockedFile


class ChangeType(StrEnum):
    """What happens to a file."""

    CREATED = "created"
    MODIFIED = "modified"
    DELETED = "deleted"


class Reason(StrEnum):
    """Why a file is in conflict: edited by hand, or there without being ours."""

    MANUAL_DIVERGENCE = "MANUAL_DIVERGENCE"
    UNTRACKED = "UNTRACKED"


@dataclass(frozen=True, slots=True)
class Change:
    """One file that applying would write or delete. Checksums are hex sha256, empty where there is no file."""

    path: str
    type: ChangeType
    target: str
    requirements: tuple[str, ...]
    before: str
    after: str
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """One file that nobody may touch before a person decides: name it in `keep` or in `overwrite`."""

    path: str
    reason: Reason
    suggestion: str
    change: Change


@dataclass(frozen=True, slots=True)
class Comparison:
    """A build against a branch. Nothing may be written while there are `conflicts`.

    `kept` are files edited by hand that stay as they are; `unused` are paths named in `keep` or `overwrite` that
    needed no decision.
    """

    changes: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    unchanged: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    _wanted: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    _present: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def created(self) -> tuple[Change, ...]:
        """Files that do not exist on the branch yet."""
        return self._of(ChangeType.CREATED)

    @property
    def modified(self) -> tuple[Change, ...]:
        """Files whose content would change."""
        return self._of(ChangeType.MODIFIED)

    @property
    def deleted(self) -> tuple[Change, ...]:
        """Files that were generated once and are no longer."""
        return self._of(ChangeType.DELETED)

    @property
    def status(self) -> str:
        """`conflicts`, `drift` or `clean`."""
        return "conflicts" if self.conflicts else "drift" if self.changes else "clean"

    def writes(self) -> dict[str, bytes]:
        """The files to write, by path."""
        return {c.path: self._wanted[c.path] for c in self.changes if c.type is not ChangeType.DELETED}

    def deletes(self) -> tuple[str, ...]:
        """The paths to delete."""
        return tuple(change.path for change in self.deleted)

    def diff(self, path: str) -> str:
        """The unified diff from the branch to our output, conflicts included; empty when they are equal."""
        sides = (self._present.get(path), self._wanted.get(path))
        return unified_diff(path, *(None if side is None else _text(side) for side in sides))

    def texts(self, path: str) -> tuple[str | None, str | None]:
        """The text of a file on the branch and in our output; None where there is none."""
        before, after = self._present.get(path), self._wanted.get(path)
        return (None if before is None else _text(before), None if after is None else _text(after))

    def _of(self, wanted: ChangeType) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.type is wanted)


def compare(
    build: Build,
    present: Mapping[str, bytes],
    lock: Lock | None,
    *,
    keep: Collection[str] = (),
    overwrite: Collection[str] = (),
) -> Comparison:
    """Compare a build with a branch's files (`present`) and the lock found on that branch (001:FR-010).

    A file named in `keep` stays as it is on the branch; one named in `overwrite` becomes our output, hand edits and
    all. A path in both raises ValueError, and so does a build that has errors.
    """
    if not build.ok:
        raise ValueError("A build with errors has no files to compare")
    if both := sorted(set(keep) & set(overwrite)):
        raise ValueError(f"Named both to keep and to overwrite: {', '.join(both)}")
    return _Comparing(build, present, lock or Lock(), frozenset(keep), frozenset(overwrite)).run()


class _Comparing:
    """One comparison under way: every path falls into exactly one of the lists."""

    def __init__(
        self, build: Build, present: Mapping[str, bytes], lock: Lock, keep: frozenset[str], overwrite: frozenset[str]
    ) -> None:
        self.wanted = {file.path: file.text.encode() for file in build.files}
        self.records = dict(build.lock.files) | {LOCK_PATH: LockedFile("", "lock")}
        self.present = present
        self.old = lock.files
        self.keep, self.overwrite = keep, overwrite
        self.changes: list[Change] = []
        self.conflicts: list[Conflict] = []
        self.unchanged: list[str] = []
        self.kept: list[str] = []
        self.used: set[str] = set()

    def run(self) -> Comparison:
        for path in sorted(self.wanted):
            self._write(path)
        for path in sorted(self.old.keys() - self.records.keys()):
            self._delete(path)
        return Comparison(
            changes=tuple(sorted(self.changes, key=lambda change: change.path)),
            conflicts=tuple(sorted(self.conflicts, key=lambda conflict: conflict.path)),
            unchanged=tuple(self.unchanged),
            kept=tuple(sorted(self.kept)),
            unused=tuple(sorted((self.keep | self.overwrite) - self.used)),
            _wanted=self.wanted,
            _present=self.present,
        )

    def _write(self, path: str) -> None:
        before, old = self.present.get(path), self.old.get(path)
        if before == self.wanted[path]:
            self.unchanged.append(path)
        elif path == LOCK_PATH or (before is None and old is None):
            self.changes.append(self._change(path))
        elif self.records[path].seed:
            self._decide(path, kept=True)
        elif old is None:
            self._decide(path, reason=Reason.UNTRACKED)
        elif before is not None and _sha256(before) == old.sha256:
            self.changes.append(self._change(path))
        else:
            self._decide(path, kept=self.records[path].sha256 == old.sha256)

    def _delete(self, path: str) -> None:
        old = self.old[path]
        if path not in self.present:
            return
        if old.seed:
            self.kept.append(path)
        elif _sha256(self.present[path]) == old.sha256:
            self.changes.append(self._change(path))
        else:
            self._decide(path)

    def _decide(self, path: str, *, kept: bool = False, reason: Reason = Reason.MANUAL_DIVERGENCE) -> None:
        """A file that a person has touched: their word counts, then caution."""
        if path in self.overwrite:
            self.changes.append(self._change(path))
            self.used.add(path)
        elif kept or path in self.keep:
            self.kept.append(path)
            self.used |= self.keep & {path}
        else:
            self.conflicts.append(Conflict(path, reason, self._suggestion(path, reason), self._change(path)))

    def _suggestion(self, path: str, reason: Reason) -> str:
        if reason is Reason.UNTRACKED:
            what = "A file that Flaresmith did not write is in the way"
        elif path not in self.present:
            what = "Deleted by hand, and its generated content changed since"
        elif path not in self.wanted:
            what = "Edited by hand, and the spec no longer asks for it"
        else:
            what = "Edited by hand, and its generated content changed since"
        return f"{what}. Name it to keep (yours stays) or to overwrite (the generated file replaces it)."

    def _change(self, path: str) -> Change:
        before, after = self.present.get(path), self.wanted.get(path)
        type_ = ChangeType.CREATED if before is None else ChangeType.DELETED if after is None else ChangeType.MODIFIED
        record = self.records.get(path) or self.old[path]
        added, removed = count_lines(_text(before or b""), _text(after or b""))
        return Change(
            path=path,
            type=type_,
            target=record.target,
            requirements=record.requirements,
            before="" if before is None else _sha256(before),
            after="" if after is None else _sha256(after),
            added=added,
            removed=removed,
        )


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
            "totalFiles": len(comparison._wanted),
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
    }


def _checksums(change: Change) -> Iterator[tuple[str, str]]:
    if change.before:
        yield "checksumBefore", change.before
    if change.after:
        yield "checksumAfter", change.after


def _conflict(conflict: Conflict) -> dict[str, object]:
    """The published vocabulary has no word for an untracked file: its reason stands in the suggestion."""
    reason = Reason.MANUAL_DIVERGENCE
    return {"path": conflict.path, "reason": str(reason), "suggestion": conflict.suggestion, "resolution": None}


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _text(data: bytes) -> str:
    return data.decode(errors="replace")
