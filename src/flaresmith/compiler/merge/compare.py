"""Comparing a build with a branch: every path has exactly one fate, and no hand edit is lost.

A file counts as edited when its content on the branch differs from the checksum in that branch's `flaresmith.lock`.
While what is generated for it stays the same, it is left alone; when that changes, the two are merged from the version
generated last. What both changed in one place is a conflict until a person decides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from flaresmith.compiler.build import Build
from flaresmith.compiler.linediff import count_lines
from flaresmith.compiler.lock import LOCK_PATH, Lock, LockedFile, Ownership
from flaresmith.compiler.merge.accept import WHOLE, Choice, Take, by_file
from flaresmith.compiler.merge.comparison import Change, ChangeType, Comparison, Conflict, Reason
from flaresmith.compiler.merge.three import Merged, fingerprint, merge

_DECIDE = "Decide: ours keeps the branch, theirs takes what is generated, or write your own."


def needed_bases(build: Build, present: Mapping[str, bytes], lock: Lock | None) -> dict[str, str]:
    """Path → checksum of the generated versions that `compare` merges from and that the branch no longer holds."""
    needed = {}
    for path, old in (lock or Lock()).files.items():
        new, data = build.lock.files.get(path), present.get(path)
        frozen = old.ownership is Ownership.YOURS and not old.seed
        changed = new is not None and not new.seed and new.sha256 != old.sha256
        if data is not None and (changed or frozen) and _sha256(data) != old.sha256:
            needed[path] = old.sha256
    return needed


def known_bases(present: Mapping[str, bytes], needed: Mapping[str, str]) -> dict[str, bytes]:
    """Those of the needed versions that are among some files, by checksum: of a commit, or of a folder."""
    found = {}
    for path, checksum in needed.items():
        data = present.get(path)
        if data is not None and _sha256(data) == checksum:
            found[checksum] = data
    return found


def compare(
    build: Build,
    present: Mapping[str, bytes],
    lock: Lock | None,
    *,
    bases: Mapping[str, bytes] | None = None,
    keep: Collection[str] = (),
    overwrite: Collection[str] = (),
    choices: Iterable[Choice] = (),
) -> Comparison:
    """Compare a build with a branch's files (`present`) and the lock found on that branch (001:FR-010).

    `bases` holds generated versions by checksum (see `needed_bases`); an edited file without its base is decided as a
    whole. A file named in `keep` stays as it is on the branch, one in `overwrite` becomes what was generated, hand
    edits and all; `choices` decide finer. ValueError for what is decided twice, and for a build that has errors.
    """
    if not build.ok:
        raise ValueError("A build with errors has no files to compare")
    if both := sorted(set(keep) & set(overwrite)):
        raise ValueError(f"Named both to keep and to overwrite: {', '.join(both)}")
    decided = [Choice(path, Take.OURS, WHOLE) for path in keep]
    decided += [Choice(path, Take.THEIRS, WHOLE) for path in overwrite]
    return _Comparing(build, present, lock or Lock(), bases or {}, by_file([*decided, *choices])).run()


class _Comparing:
    """One comparison under way: every path falls into exactly one of the lists."""

    def __init__(
        self,
        build: Build,
        present: Mapping[str, bytes],
        lock: Lock,
        bases: Mapping[str, bytes],
        choices: Mapping[str, Mapping[int | None, Choice]],
    ) -> None:
        self.generated = {file.path: file.text.encode() for file in build.files}
        self.wanted = dict(self.generated)
        self.build, self.present, self.old = build, present, lock.files
        self.records = dict(build.lock.files)
        self.bases = {_sha256(data): data for data in self.generated.values()} | dict(bases)
        self.choices = choices
        self.changes: list[Change] = []
        self.conflicts: list[Conflict] = []
        self.unchanged: list[str] = []
        self.why: dict[str, str] = {}
        self.used: set[str] = set()

    def run(self) -> Comparison:
        for path in sorted(self.generated.keys() - {LOCK_PATH}):
            self._write(path)
        for path in sorted(self.old.keys() - self.build.lock.files.keys()):
            self._delete(path)
        lock = self._lock()
        return Comparison(
            changes=tuple(sorted(self.changes, key=lambda change: change.path)),
            conflicts=tuple(sorted(self.conflicts, key=lambda conflict: conflict.path)),
            unchanged=tuple(sorted(self.unchanged)),
            kept=tuple(sorted(self.why)),
            unused=tuple(sorted(self.choices.keys() - self.used)),
            why=self.why,
            lock=lock,
            _wanted=self.wanted,
            _generated=self.generated,
            _present=self.present,
            _bases=self.bases | known_bases(self.present, {path: old.sha256 for path, old in self.old.items()}),
        )

    def _write(self, path: str) -> None:
        """The fate of a file that the build makes."""
        new, old, before = self.records[path], self.old.get(path), self.present.get(path)
        choice = self.choices.get(path, {}).get(WHOLE)
        if choice and choice.take is Take.THEIRS and before != self.generated[path] and self._touched(path):
            self._change(path, used=True)
        elif old is not None and old.ownership is Ownership.YOURS and not old.seed:
            self._keep(path, "it was taken over; it stays yours", old if before is not None else None)
        elif before == self.generated[path]:
            self.unchanged.append(path)
        elif before is None:
            self._absent(path)
        elif new.seed:
            self._keep(path, "it was written once as a start; it is yours", new)
        elif old is None:
            self._decide(path, None, Reason.UNTRACKED)
        elif _sha256(before) == old.sha256:
            self._change(path)
        elif new.sha256 == old.sha256:
            self._keep(path, "edited by hand; what is generated for it has not changed", new, Ownership.MERGED)
        else:
            self._decide(path, self.bases.get(old.sha256), Reason.MANUAL_DIVERGENCE)

    def _touched(self, path: str) -> bool:
        """Whether a person has to do with the state of a file: otherwise it needs no decision."""
        old, before = self.old.get(path), self.present.get(path)
        if old is None:
            return before is not None
        return before is None or _sha256(before) != old.sha256 or old.ownership is Ownership.YOURS

    def _absent(self, path: str) -> None:
        """A file that is not there: new, or deleted by a person, who is not contradicted unasked."""
        if path in self.old:
            self._keep(path, "deleted by hand; it stays away", self.records[path])
        else:
            self._change(path)

    def _delete(self, path: str) -> None:
        """The fate of a file that the build no longer makes."""
        old, before = self.old[path], self.present.get(path)
        choice = self.choices.get(path, {}).get(WHOLE)
        if before is None:
            return
        if _sha256(before) == old.sha256 and not old.seed and old.ownership is not Ownership.YOURS:
            self._change(path)
        elif choice and choice.take is Take.THEIRS:
            self._change(path, used=True)
        else:
            self._keep(path, "the specs no longer ask for it, but it was edited by hand; it is yours now", old)

    def _decide(self, path: str, base: bytes | None, reason: Reason) -> None:
        """A file that both sides changed: merged, or a conflict where a person has to decide."""
        ours, theirs, choices = self.present[path], self.generated[path], self.choices.get(path, {})
        mark = fingerprint(base, ours, theirs)
        valid = {hunk: choice for hunk, choice in choices.items() if choice.fingerprint in ("", mark)}
        self.used |= {path} if valid else set()
        if WHOLE in valid and valid[WHOLE].take is Take.OURS:
            mine = Ownership.YOURS if reason is Reason.UNTRACKED else Ownership.MERGED
            self._keep(path, "yours was chosen", self.records[path], mine)
            return
        merged = merge(path, base, ours, theirs, valid)
        if not merged.clean:
            self.conflicts.append(self._conflict(path, reason, merged, mark))
            return
        self.wanted[path] = merged.data
        ownership = Ownership.GENERATED if merged.data == theirs else Ownership.MERGED
        self.records[path] = replace(self.records[path], ownership=ownership)
        if merged.data == ours:
            chosen = any(choice.take is Take.OURS for choice in valid.values())
            why = "yours was chosen" if chosen else "edited by hand; it has what is generated now"
            self._keep(path, why, self.records[path], ownership)
        else:
            self.changes.append(self._described(path, ownership))

    def _conflict(self, path: str, reason: Reason, merged: Merged, mark: str) -> Conflict:
        if reason is Reason.UNTRACKED:
            what = "A file that Flaresmith did not write is in the way"
        else:
            what = "Edited by hand where its generated content changed too"
        what += f": {merged.problem}. " if merged.problem and reason is not Reason.UNTRACKED else ". "
        return Conflict(path, reason, what + _DECIDE, self._described(path), merged.hunks, merged.how, mark)

    def _keep(self, path: str, why: str, record: LockedFile | None, ownership: Ownership = Ownership.YOURS) -> None:
        """Leave a file as it is, and remember whose it is and from which generated version it is counted."""
        self.why[path] = why
        self.used |= {path} & self.choices.keys()
        if path in self.present:
            self.wanted[path] = self.present[path]
        if record is not None:
            self.records[path] = replace(record, ownership=ownership) if path in self.present else record

    def _change(self, path: str, *, used: bool = False) -> None:
        self.used |= {path} if used else set()
        self.changes.append(self._described(path))

    def _described(self, path: str, ownership: Ownership = Ownership.GENERATED) -> Change:
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
            ownership=ownership,
            sources=record.sources,
        )

    def _lock(self) -> Lock:
        """The lock as it is after this: with whose each file is. Written like any other file."""
        if LOCK_PATH not in self.generated:
            return self.build.lock
        before = self.present.get(LOCK_PATH)
        lock = replace(self.build.lock, files=self.records)
        quiet = replace(lock, files={path: self._as_before(path, record) for path, record in self.records.items()})
        if self.records != self.build.lock.files:
            self.wanted[LOCK_PATH] = lock.write()
        if not self.changes and before is not None and before == quiet.write():
            self.wanted[LOCK_PATH] = before
        self.records[LOCK_PATH] = LockedFile("", "lock")
        if before == self.wanted[LOCK_PATH]:
            self.unchanged.append(LOCK_PATH)
        else:
            self.changes.append(self._described(LOCK_PATH))
        self.records = {path: record for path, record in self.records.items() if path != LOCK_PATH}
        return replace(lock, files=self.records)

    def _as_before(self, path: str, record: LockedFile) -> LockedFile:
        """That somebody edited a file is nothing to write by itself: it is noted when something else is."""
        old = self.old.get(path)
        return replace(record, ownership=old.ownership) if old else record


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _text(data: bytes) -> str:
    return data.decode(errors="replace")
