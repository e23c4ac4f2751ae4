"""The folder that generated files go to. Nothing in it is lost: a file edited by hand is never overwritten unasked."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flaresmith import cli
from flaresmith.cli.documents import Documents
from flaresmith.cli.local.spec import history
from flaresmith.kit.errors import Conflict, Unavailable

if TYPE_CHECKING:
    from flaresmith.compiler.build import Build
    from flaresmith.compiler.lock import Lock
    from flaresmith.compiler.merge import Choice, Comparison


class OutputBlocked(Conflict):
    """Something in the output folder is in the way."""

    code = "OUTPUT_BLOCKED"


@dataclass(frozen=True, slots=True)
class Output:
    """One output folder, by its path without links."""

    root: Path

    @classmethod
    def at(cls, path: Path, read: Documents) -> Output:
        """The folder at `path`, whether it exists or not; UsageRefused when its files would become specs."""
        output = cls(path.expanduser().resolve())
        if output.root.exists() and not output.root.is_dir():
            raise cli.UsageRefused(f"{path} is not a folder.")
        among = read.source != read.base and output.root.is_relative_to(read.source)
        among = among or any(output.root.is_relative_to(read.base / path.split("/")[0]) for path in read.files)
        nested = output.root == read.base and any(not path.startswith("specs/") for path in read.files)
        if among or nested:
            raise cli.UsageRefused(
                f"{path} is where the specs are: what is generated there would be read as specs.",
                hint="Name another folder with --out.",
            )
        return output

    def lock(self) -> Lock | None:
        """The record of the last build in this folder; OutputBlocked when it is damaged."""
        from flaresmith.compiler.lock import LOCK_PATH, Lock, LockUnreadable

        data = self._content(LOCK_PATH)
        try:
            return None if data is None else Lock.read(data)
        except LockUnreadable as error:
            raise OutputBlocked(f"{self.root / LOCK_PATH}: {error}.", hint="Restore it from Git.") from None

    def compared(
        self,
        built: Build,
        lock: Lock | None,
        keep: Iterable[str] = (),
        overwrite: Iterable[str] = (),
        choices: Iterable[Choice] = (),
    ) -> Comparison:
        """What the build would change here; UsageRefused for what is decided twice, differently."""
        from flaresmith.compiler.merge import compare

        paths = {file.path for file in built.files} | set(lock.files if lock else ())
        present = {path: data for path in paths if (data := self._content(path)) is not None}
        try:
            bases = self._bases(built, present, lock)
            return compare(
                built, present, lock, bases=bases, keep=list(keep), overwrite=list(overwrite), choices=list(choices)
            )
        except ValueError as error:
            raise cli.UsageRefused(f"{error}.") from None

    def write(self, comparison: Comparison) -> None:
        """Carry the changes out, the lock last: after an interruption the next build goes on from there.

        What the next merge starts from is kept beside the lock, for the lock before and the new one until both stand.
        """
        from flaresmith.compiler.lock import LOCK_PATH
        from flaresmith.compiler.merge import bases

        before = self.lock()
        wanted, packed = comparison.bases(of_all=True), self._content(bases.BASES_PATH)
        both = bases.read(packed, (file.sha256 for file in before.files.values()) if before else ()) | wanted
        writes = comparison.writes()
        last = {LOCK_PATH: writes.pop(LOCK_PATH)} if LOCK_PATH in writes else {}
        for path in sorted(writes):
            self._write(path, writes[path])
        if last:
            self._renew(bases.BASES_PATH, packed, bases.write(both, packed))
        for path, data in last.items():
            self._write(path, data)
        self._renew(bases.BASES_PATH, self._content(bases.BASES_PATH), bases.write(wanted, packed))
        for path in comparison.deletes():
            self._delete(path)

    def save_lock(self, lock: Lock) -> None:
        """Write the lock alone: whose a file is has changed."""
        from flaresmith.compiler.lock import LOCK_PATH

        self._write(LOCK_PATH, lock.write())

    def note(self, name: str) -> bytes | None:
        """The content of a file of ours in this folder; None where there is none."""
        return self._content(name)

    def save_note(self, name: str, data: bytes | None) -> None:
        """Write a file of ours; None removes it."""
        if data is not None:
            self._write(name, data)
        elif self._content(name) is not None:
            self._place(name).unlink()

    def _bases(self, built: Build, present: Mapping[str, bytes], lock: Lock | None) -> dict[str, bytes]:
        """The versions that were generated last: from beside the lock, else from the commit that wrote the lock."""
        from flaresmith.compiler.merge import bases, needed_bases

        needed = needed_bases(built, present, lock)
        found = bases.read(self._content(bases.BASES_PATH), needed.values()) if needed else {}
        missing = {path: checksum for path, checksum in needed.items() if checksum not in found}
        return found | (history.generated(self.root, missing) if missing else {})

    def _renew(self, path: str, before: bytes | None, data: bytes) -> None:
        if before != data:
            self._write(path, data)

    def _content(self, path: str) -> bytes | None:
        try:
            place = self._place(path)
            descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise OutputBlocked(f"{self.root / path} cannot be read: {error.strerror}.") from None
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise OutputBlocked(f"{self.root / path} is in the way: it is not a file.", hint="Move it away.")
            return file.read()

    def _place(self, path: str) -> Path:
        """Where a file belongs. No part of the way may be a link: it could lead out of the folder."""
        place = self.root
        for part in path.split("/"):
            place = place / part
            if place.is_symlink():
                raise OutputBlocked(f"{place} is a link, and links are not followed.", hint="Replace it by a folder.")
        return place

    def _write(self, path: str, data: bytes) -> None:
        place = self._place(path)
        draft = place.with_name(f".{place.name[:200]}.{os.getpid()}")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(data)
            draft.replace(place)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise Unavailable(
                f"{place} cannot be written: {error.strerror}.", hint="Remove the cause and build again."
            ) from None

    def _delete(self, path: str) -> None:
        place = self._place(path)
        place.unlink(missing_ok=True)
        for folder in place.parents:
            if folder == self.root or any(folder.iterdir()):
                return
            folder.rmdir()
