"""Read a repository: heads, trees, files and the log, for one commit at a time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flaresmith.kit.errors import NotFound
from flaresmith.providers.local.code.git import attempt, git
from flaresmith.providers.local.code.objects import Entry


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit: its hash, parents, who wrote it, when (seconds since 1970) and its message."""

    sha: str
    parents: tuple[str, ...]
    author: str
    time: int
    message: str


async def heads(repository: Path) -> dict[str, str]:
    """Commit of every branch, by name, read from the files of the repository."""
    return await asyncio.to_thread(_heads, repository)


def _heads(repository: Path) -> dict[str, str]:
    loose = dict(_loose(repository))  # first the loose ones: Git packs a branch before it removes its loose file
    packed = {name: sha for sha, name in _packed(repository) if name.startswith("refs/heads/")}
    found = packed | loose
    return {name.removeprefix("refs/heads/"): found[name] for name in sorted(found)}


def _loose(repository: Path) -> Iterator[tuple[str, str]]:
    for path in (repository / "refs" / "heads").rglob("*"):
        with contextlib.suppress(FileNotFoundError, IsADirectoryError):
            if path.suffix != ".lock":
                yield path.relative_to(repository).as_posix(), path.read_text().strip()


def _packed(repository: Path) -> Iterator[tuple[str, str]]:
    try:
        lines = (repository / "packed-refs").read_text().splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        if line and line[0] not in "#^":
            sha, _, name = line.partition(" ")
            yield sha, name


async def resolve(repository: Path, ref: str) -> str:
    """The commit that a branch, a tag or a hash names; raises NotFound."""
    wanted = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"]
    code, out, _ = await attempt(repository, wanted)
    if code != 0:
        raise NotFound(f"There is no branch or commit {ref[:120]!r} in {repository.name.removesuffix('.git')}.")
    return out.decode().strip().splitlines()[-1]


async def read_entries(repository: Path, commit: str) -> tuple[dict[str, Entry], set[str]]:
    """Every file of a commit by path, and the hashes of its folders."""
    out = await git(repository, "ls-tree", "-r", "-t", "-z", "--full-tree", commit)
    entries, folders = {}, set()
    for line in out.split(b"\0"):
        if line:
            facts, _, path = line.partition(b"\t")
            mode, kind, sha = facts.decode().split(" ")
            if kind == "tree":
                folders.add(sha)
            else:
                entries[path.decode(errors="surrogateescape")] = Entry(mode, sha)
    return entries, folders


async def read_tree(repository: Path, ref: str) -> dict[str, str]:
    """Path to blob hash of every file at a branch, tag or commit; raises NotFound."""
    entries, _ = await read_entries(repository, await resolve(repository, ref))
    return {path: entry.blob for path, entry in entries.items() if entry.mode != "160000"}


async def read_files(repository: Path, ref: str, paths: Sequence[str]) -> dict[str, bytes]:
    """The content of those paths that exist at a branch, tag or commit."""
    tree = await read_tree(repository, ref)
    wanted = {path: tree[path] for path in paths if path in tree}
    if not wanted:
        return {}
    contents = await _read_blobs(repository, set(wanted.values()))
    return {path: contents[blob] for path, blob in wanted.items()}


async def _read_blobs(repository: Path, blobs: Iterable[str]) -> dict[str, bytes]:
    out = await git(repository, "cat-file", "--batch", stdin="".join(f"{blob}\n" for blob in blobs).encode())
    contents, at = {}, 0
    while at < len(out):
        end = out.index(b"\n", at)
        blob, _, size = out[at:end].decode().split(" ")
        contents[blob] = out[end + 1 : end + 1 + int(size)]
        at = end + 2 + int(size)
    return contents


async def log(repository: Path, ref: str, limit: int = 20) -> Sequence[Commit]:
    """The newest commits reachable from a branch, tag or commit, newest first; at most 1,000."""
    commit = await resolve(repository, ref)
    count = f"--max-count={max(1, min(limit, 1000))}"
    out = await git(repository, "log", "-z", count, "--format=%H%x1f%P%x1f%an <%ae>%x1f%at%x1f%B", commit)
    return [_commit(record) for record in out.decode(errors="replace").split("\0") if record]


def _commit(record: str) -> Commit:
    sha, parents, author, time, message = record.split("\x1f", 4)
    return Commit(sha, tuple(parents.split()), author, int(time), message.rstrip("\n"))
