"""The kind `commit`: a tree of files put on a branch in one step, the same input always giving the same commit."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from flaresmith.kit.errors import Conflict, Invalid, NotFound
from flaresmith.kit.resources import JSON, Call, Found
from flaresmith.providers.local import names
from flaresmith.providers.local.code import history
from flaresmith.providers.local.code.git import IDENTITY, NOTHING, GitRefused, attempt, git
from flaresmith.providers.local.code.objects import FILE, Entry, Objects, object_hash
from flaresmith.providers.local.code.repository import RepositoryKind, read_tags
from flaresmith.providers.local.disk import ReadBlob, checked_path

_MARKS = "refs/flaresmith/commits"
_FORMAT = "%(objectname)%00%(*objectname)%00%(contents:body)%00%(refname:lstrip=3)"


class BranchMoved(Conflict):
    """Somebody pushed to the branch since the plan was made."""

    code = "SPEC_DRIFT_CONFLICT"


@dataclass(frozen=True, slots=True)
class _Mark:
    """What is remembered of a commit that was made: the tag object that says so, and what it says."""

    tag: str
    commit: str
    name: str
    owner: str
    spec: str
    branch: str


class CommitKind:
    """Commits on the branches of repositories; a hidden tag in the repository remembers whose and from which spec.

    `spec`: `repository`, `branch`, `files` (path to sha256 of content), `message`, `author_time` (seconds since 1970 or
    RFC 3339), and optionally `delete` (paths) and `parents` (the head that the branch must have). Files that are in
    neither `files` nor `delete` stay as they are. A branch that has all this already gets no empty commit.
    """

    name = "commit"
    secret_outputs: frozenset[str] = frozenset()

    def __init__(self, repositories: RepositoryKind, read_blob: ReadBlob) -> None:
        self._repositories = repositories
        self._read_blob = read_blob

    async def read(self, call: Call) -> Found | None:
        """The commit that was made under this name and is still part of its branch, or None."""
        path = await self._repository(call)
        mark = await _mark(path, call.name) if path else None
        if path is None or mark is None or not await _contains(path, mark):
            return None
        return await _found(path, mark)

    async def create(self, call: Call) -> Found:
        """Put the files on the branch; BranchMoved when its head is not the expected one."""
        path = await self._owned_repository(call)
        mark = await _mark(path, call.name)
        if mark is not None and mark.owner != call.owner:
            raise Conflict(f"The commit `{call.name}` belongs to another project.")
        if mark is None or mark.spec != call.spec_hash or not await _contains(path, mark):
            mark = await self._make(path, call, mark)
        return await _found(path, mark)

    async def update(self, call: Call, found: Found) -> Found:
        """Put the files of the new spec on the branch as one more commit."""
        return await self.create(call)

    async def delete(self, call: Call) -> None:
        """Forget the commit's tag; history itself is never rewritten."""
        path = await self._repository(call)
        mark = await _mark(path, call.name) if path else None
        if path is None or mark is None:
            return
        if mark.owner != call.owner:
            raise Conflict(f"The commit `{call.name}` belongs to another project.")
        await git(path, "update-ref", "-d", f"{_MARKS}/{call.name}", mark.tag)

    async def list(self, owner: str | None = None) -> Sequence[Found]:
        """The latest commit of every name in every repository of ours."""
        found = []
        for repository in await self._repositories.list(owner):
            path = Path(repository.id)
            found += [await _found(path, mark) for mark in await _marks(path, _MARKS)]
        return [one for one in found if owner is None or one.owner == owner]

    async def _repository(self, call: Call) -> Path | None:
        names.checked(call.name)
        if repository := call.spec.get("repository"):
            path = self._repositories.path(repository)
            return path if await asyncio.to_thread(path.is_dir) else None
        for found in await self.list(call.owner):
            if found.name == call.name:
                return self._repositories.path(found.outputs["repository"])
        return None

    async def _owned_repository(self, call: Call) -> Path:
        path = await self._repository(call)
        tags = await asyncio.to_thread(read_tags, path) if path else None
        if path is None or tags is None:
            raise NotFound(f"There is no repository `{call.spec.get('repository')}`.", hint="Create it first.")
        if tags.get("owner") != call.owner:
            raise Conflict(f"The repository `{call.spec['repository']}` belongs to another project.")
        return path

    async def _make(self, path: Path, call: Call, before: _Mark | None) -> _Mark:
        branch = names.checked_branch(call.spec["branch"])
        head = (await history.heads(path)).get(branch)
        _expect(head, call.spec.get("parents"), branch)
        present, folders = await history.read_entries(path, head) if head else ({}, set())
        wanted = await self._contents(call.spec.get("files", {}))
        made = await asyncio.to_thread(_Making(call, branch, head, present, folders).make, wanted)
        await git(path, "index-pack", "--stdin", stdin=made.pack)
        await _move(path, branch, head, before, made.mark)
        if made.changed:
            await call.log(f"Commit {made.mark.commit[:7]} on `{branch}` of `{path.stem}`: {made.changed}")
            await attempt(path, ["gc", "--auto", "--quiet"])
        return made.mark

    async def _contents(self, files: Mapping[str, str]) -> dict[str, bytes]:
        paths = sorted(map(checked_path, files))
        contents = await asyncio.gather(*(self._read_blob(files[path]) for path in paths))
        return dict(zip(paths, contents, strict=True))


def _expect(head: str | None, expected: str | None, branch: str) -> None:
    if expected is not None and head != expected:
        raise BranchMoved(
            f"The branch `{branch}` is at {(head or 'nothing')[:12]}, the plan was made for {expected[:12]}.",
            hint="Make a new plan: it takes in what was pushed.",
        )


@dataclass(frozen=True, slots=True)
class _Made:
    """A pack with everything new, the mark that will remember it, and what changed in words, empty if nothing did."""

    pack: bytes
    mark: _Mark
    changed: str


@dataclass(frozen=True, slots=True)
class _Making:
    """Makes the objects of one commit, on top of the files and folders that its branch has."""

    call: Call
    branch: str
    head: str | None
    present: Mapping[str, Entry]
    folders: Collection[str]

    def make(self, wanted: Mapping[str, bytes]) -> _Made:
        """Everything that must be written; work for a thread, it hashes and compresses."""
        objects = Objects(self.folders)
        changed = {file: content for file, content in wanted.items() if _differs(self.present.get(file), content)}
        deleted = map(checked_path, self.call.spec.get("delete", ()))
        gone = {file for file in deleted if file in self.present and file not in wanted}
        commit = self.head
        if commit is None or changed or gone:
            commit = objects.add("commit", self._commit(objects.add_tree(self._files(objects, changed, gone))))
        mark = self._mark(objects, commit)
        words = f"{len(changed)} written, {len(gone)} deleted" if commit != self.head else ""
        return _Made(objects.pack(), mark, words)

    def _files(self, objects: Objects, changed: Mapping[str, bytes], gone: Collection[str]) -> dict[str, Entry]:
        """The files of the new tree; a file takes the place of a folder of its name, and the other way round."""
        parents = {parent for path in changed for parent in _parents(path)}
        if both := sorted(parents & changed.keys()):
            raise Invalid(f"{both[0]!r} is wanted both as a file and as a folder.")
        kept = {
            path: entry
            for path, entry in self.present.items()
            if path not in gone and path not in parents and changed.keys().isdisjoint(_parents(path))
        }
        for path, content in changed.items():
            before = self.present.get(path)
            mode = before.mode if before is not None and before.mode == "100755" else FILE
            kept[path] = Entry(mode, objects.add("blob", content))
        return kept

    def _commit(self, tree: str) -> bytes:
        parent = f"parent {self.head}\n" if self.head else ""
        who = f"{IDENTITY} {_seconds(self.call.spec['author_time'])} +0000"
        message = str(self.call.spec["message"]).replace("\0", "")
        return f"tree {tree}\n{parent}author {who}\ncommitter {who}\n\n{message.rstrip()}\n".encode()

    def _mark(self, objects: Objects, commit: str) -> _Mark:
        """The tag object that remembers owner and spec."""
        call = self.call
        says = {"owner": names.checked_owner(call.owner), "spec": call.spec_hash, "branch": self.branch}
        who = f"{IDENTITY} {_seconds(call.spec['author_time'])} +0000"
        text = f"object {commit}\ntype commit\ntag {call.name}\ntagger {who}\n\nMade by Flaresmith\n\n"
        tag = objects.add("tag", f"{text}{orjson.dumps(says).decode()}\n".encode())
        return _Mark(tag, commit, call.name, call.owner, call.spec_hash, self.branch)


def _differs(present: Entry | None, content: bytes) -> bool:
    """Whether a file must be written: it is absent, not a plain file, or has other content."""
    return present is None or not present.mode.startswith("100") or present.blob != object_hash("blob", content)


def _parents(path: str) -> Iterator[str]:
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)


def _seconds(time: JSON) -> int:
    if isinstance(time, int):
        return time
    try:
        moment = datetime.fromisoformat(str(time))
    except ValueError:
        raise Invalid(f"{str(time)[:80]!r} is not a time.", hint="Give seconds since 1970 or RFC 3339.") from None
    return int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp())


async def _move(path: Path, branch: str, head: str | None, before: _Mark | None, mark: _Mark) -> None:
    """Move the branch and the tag together, only if neither moved meanwhile."""
    steps = [
        "start",
        f"update refs/heads/{branch} {mark.commit} {head or NOTHING}",
        f"update {_MARKS}/{mark.name} {mark.tag} {before.tag if before else NOTHING}",
        "commit",
    ]
    try:
        await git(path, "update-ref", "--stdin", stdin="\n".join(steps).encode() + b"\n")
    except GitRefused:
        now = await _mark(path, mark.name)
        if now is not None and now.tag == mark.tag:
            return
        moved = (await history.heads(path)).get(branch)
        if moved != head:
            _expect(moved, head or NOTHING, branch)
        raise


async def _contains(path: Path, mark: _Mark) -> bool:
    code, _, _ = await attempt(path, ["merge-base", "--is-ancestor", mark.commit, f"refs/heads/{mark.branch}"])
    return code == 0


async def _mark(path: Path, name: str) -> _Mark | None:
    return next(iter(await _marks(path, f"{_MARKS}/{name}")), None)


async def _marks(path: Path, pattern: str) -> list[_Mark]:
    out = await git(path, "for-each-ref", f"--format={_FORMAT}", pattern)
    marks = []
    for line in filter(None, out.decode().replace("\n\0", "\0").split("\n")):
        tag, commit, body, name = line.split("\0")
        marks.append(_Mark(tag, commit, name, **orjson.loads(body)))
    return marks


async def _found(path: Path, mark: _Mark) -> Found:
    outputs = {"commit": mark.commit, "branch": mark.branch, "repository": path.stem}
    return Found(f"{path.stem}@{mark.commit}", mark.name, mark.owner, outputs, mark.spec)
