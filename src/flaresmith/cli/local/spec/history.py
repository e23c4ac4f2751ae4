"""Specs as they were at a revision in Git: read through `git`, without touching the working tree or running hooks."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from flaresmith import cli
from flaresmith.cli.documents import MAX_TOTAL_BYTES, SPEC_FOLDERS, TEXTUAL, Documents, largest_of
from flaresmith.kit.errors import Invalid, NotFound

SECONDS = 60.0
_COMMITS = 20  # of the lock, to look for generated files in
_FILES = (b"100644", b"100755")


class RevisionNotFound(NotFound):
    """There is no such revision, nor a folder of this name."""

    code = "REVISION_NOT_FOUND"


def checked_out(read: Documents, revision: str, scratch: Path) -> Path:
    """Write the specs of a revision into `scratch`; the path there that corresponds to the folder that was read."""
    commit = _commit(read.base, revision)
    total = 0
    for path, blob, size in _tree(read, commit):
        total += min(size, largest_of(path))
        if total > MAX_TOTAL_BYTES:
            raise Invalid(f"The specs of {revision} are larger than {MAX_TOTAL_BYTES // 2**20} MiB.")
        place = scratch / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(_git(read.base, "cat-file", "blob", blob)[: largest_of(path) + 1])
    source = scratch / read.source.relative_to(read.base)
    if not source.is_dir():
        raise RevisionNotFound(f"{read.source} has no specs at {revision}.")
    return source


def generated(folder: Path, needed: Mapping[str, str]) -> dict[str, bytes]:
    """Files as they were generated, by checksum, from the commits in which the lock of this folder changed last."""
    from flaresmith.compiler.lock import LOCK_PATH
    from flaresmith.compiler.merge import known_bases

    found: dict[str, bytes] = {}
    try:
        commits = _git(folder, "log", f"-{_COMMITS}", "--format=%H", "--", LOCK_PATH).decode().split()
        for commit in commits:
            missing = {path: checksum for path, checksum in needed.items() if checksum not in found}
            found |= known_bases({path: _file(folder, commit, path) for path in missing}, missing)
    except (subprocess.SubprocessError, NotFound, OSError):
        return found  # no repository, or no Git: there is no history to ask
    return found


def _file(folder: Path, commit: str, path: str) -> bytes:
    try:
        return _git(folder, "cat-file", "blob", f"{commit}:./{path}")
    except subprocess.CalledProcessError:
        return b""


def _commit(folder: Path, revision: str) -> str:
    try:
        found = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except subprocess.CalledProcessError as error:
        words = error.stderr.decode(errors="replace").strip().removeprefix("fatal: ").splitlines()
        why = f" ({words[0]})" if words else ""
        hint = "Name a folder, or a revision of the repository that holds the specs."
        raise RevisionNotFound(f"There is no folder and no revision {revision}{why}.", hint=hint) from None
    return found.decode().strip()


def _tree(read: Documents, commit: str) -> Iterator[tuple[str, str, int]]:
    """Path, blob and size of the documents of a commit, below the project's folder."""
    within = [] if read.source == read.base else [str(read.source.relative_to(read.base))]
    within = within or [name for name in SPEC_FOLDERS if (read.base / name).is_dir()]
    for entry in _git(read.base, "ls-tree", "-r", "-z", "-l", commit, "--", *within).split(b"\0"):
        attributes, _, name = entry.partition(b"\t")
        if attributes[:6] in _FILES and _is_document(path := name.decode(errors="replace")):
            _, _, blob, size = attributes.split()
            yield path, blob.decode(), int(size)


def _is_document(path: str) -> bool:
    pure = PurePosixPath(path)
    safe = not pure.is_absolute() and ".." not in pure.parts and cli.plain(path) == path
    return safe and pure.suffix.lower() in TEXTUAL


def _git(folder: Path, *arguments: str) -> bytes:
    quiet = ("--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
    try:
        result = subprocess.run(
            ["git", *quiet, *arguments], cwd=folder, capture_output=True, check=True, timeout=SECONDS,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except FileNotFoundError:
        raise NotFound("git is not installed.", hint="Install it, or name a folder with --against.") from None
    return result.stdout
