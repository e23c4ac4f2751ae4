"""A build against a branch: what would be written, what stays as a person left it, and what they must decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from flaresmith.compiler.linediff import unified_diff
from flaresmith.compiler.lock import Lock, Ownership
from flaresmith.compiler.merge.engine import Hunk


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
    """One file that applying would write or delete. Checksums are hex sha256, empty where there is no file.

    `ownership` is whose the file is afterwards: `merged` where hand edits go into the result. `sources` are the places
    of the facts it was made from, `file:line`.
    """

    path: str
    type: ChangeType
    target: str
    requirements: tuple[str, ...]
    before: str
    after: str
    added: int
    removed: int
    ownership: Ownership = Ownership.GENERATED
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """One file that nobody may touch before a person decides: `hunks` are the places, each with its three texts.

    A choice that carries `fingerprint` counts only while the three versions stay what they are.
    """

    path: str
    reason: Reason
    suggestion: str
    change: Change
    hunks: tuple[Hunk, ...] = ()
    how: str = "whole"
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A build against a branch. Nothing may be written while there are `conflicts`.

    `kept` are files that stay as a person left them (edited, taken over, or deleted), `why` says in words for each.
    `merged` are written with their hand edits. `unused` are paths of decisions that were not needed.
    """

    changes: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    unchanged: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    why: Mapping[str, str] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    _wanted: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    _generated: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    _present: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    _bases: Mapping[str, bytes] = field(default_factory=dict, repr=False)

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
    def merged(self) -> tuple[Change, ...]:
        """Files that would be written with the hand edits they have."""
        return tuple(change for change in self.changes if change.ownership is Ownership.MERGED)

    @property
    def status(self) -> str:
        """`conflicts`, `drift` or `clean`."""
        return "conflicts" if self.conflicts else "drift" if self.changes else "clean"

    @property
    def total(self) -> int:
        """How many files were generated."""
        return len(self._generated)

    def writes(self) -> dict[str, bytes]:
        """The files to write, by path."""
        return {c.path: self._wanted[c.path] for c in self.changes if c.type is not ChangeType.DELETED}

    def deletes(self) -> tuple[str, ...]:
        """The paths to delete."""
        return tuple(change.path for change in self.deleted)

    def bases(self, *, of_all: bool) -> dict[str, bytes]:
        """What the next merge starts from, by checksum: of all files, or only where the branch holds another text."""
        found = {}
        for record in self.lock.files.values():
            content = self._bases.get(record.sha256)
            if content is not None and (of_all or record.ownership is not Ownership.GENERATED):
                found[record.sha256] = content
        return found

    def diff(self, path: str) -> str:
        """The unified diff from the branch to what would be written, conflicts included; empty when they are equal."""
        return unified_diff(path, *self.texts(path))

    def texts(self, path: str) -> tuple[str | None, str | None]:
        """The text of a file on the branch and as it would be written; None where there is none."""
        before, after = self._present.get(path), self._wanted.get(path)
        return (None if before is None else _text(before), None if after is None else _text(after))

    def _of(self, wanted: ChangeType) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.type is wanted)


def _text(data: bytes) -> str:
    return data.decode(errors="replace")


def requirements_of(changes: Sequence[Change]) -> list[str]:
    """The FR/SC ids that changes serve, sorted."""
    return sorted({each for change in changes for each in change.requirements})
