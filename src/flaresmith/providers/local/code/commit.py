"""The kind `commit`: a tree of files put on a branch in one step, the same input always giving the same commit."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from flaresmith.kit.errors import Conflict, Invalid, NotFound
from flaresmith.kit.resources import JSON, Call, Found
from flaresmith.providers.local import names
from flaresmith.providers.local.code import history
from flaresmith.providers.local.code.git import IDENTITY, NOTHING, GitRefused, attempt, git
from flaresmith.providers.local.code.repository import RepositoryKind, read_tags
from flaresmith.providers.local.disk import ReadBlob, checked_path

_MARKS = "refs/flaresmith/commits"
_MAKING = "refs/flaresmith/making"
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
        commit = await self._import(path, call, head)
        mark = await _tag(path, call, commit, branch)
        await _move(path, branch, head, before, mark)
        if commit != head:
            await attempt(path, ["gc", "--auto", "--quiet"])
        return mark

    async def _import(self, path: Path, call: Call, head: str | None) -> str:
        present = await history.read_entries(path, head) if head else {}
        wanted = await self._contents(call.spec.get("files", {}))
        changed = {file: content for file, content in wanted.items() if _differs(present.get(file), content)}
        deleted = map(checked_path, call.spec.get("delete", ()))
        gone = [file for file in deleted if file in present and file not in wanted]
        if head and not changed and not gone:
            return head
        stream = _stream(call, head, changed, gone, present)
        out = await git(path, "fast-import", "--quiet", "--force", "--done", stdin=stream)
        await attempt(path, ["update-ref", "-d", f"{_MAKING}/{call.name}"])
        commit = names.checked_commit(out.decode().strip())
        count = f"{len(changed)} written, {len(gone)} deleted"
        await call.log(f"Commit {commit[:7]} on `{call.spec['branch']}` of `{path.stem}`: {count}")
        return commit

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


def _differs(present: history.Entry | None, content: bytes) -> bool:
    """Whether a file must be written: it is absent, not a plain file, or has other content."""
    return present is None or not present.mode.startswith("100") or present.blob != history.blob_hash(content)


def _stream(
    call: Call,
    head: str | None,
    changed: Mapping[str, bytes],
    gone: Sequence[str],
    present: Mapping[str, history.Entry],
) -> bytes:
    """The commit as a stream for `git fast-import`; every path is quoted, every content is counted."""
    who = f"{IDENTITY} {_seconds(call.spec['author_time'])} +0000"
    message = call.spec["message"].encode()
    parts = [f"commit {_MAKING}/{call.name}\nmark :1\nauthor {who}\ncommitter {who}\ndata {len(message)}\n".encode()]
    parts += [message, b"\n", f"from {head}\n".encode() if head else b""]
    parts += [b"D %s\n" % _quoted(path) for path in gone]
    for path, content in changed.items():
        mode = "100755" if path in present and present[path].mode == "100755" else "100644"
        parts += [b"M %s inline %s\ndata %d\n" % (mode.encode(), _quoted(path), len(content)), content, b"\n"]
    parts.append(b"\nget-mark :1\ndone\n")
    return b"".join(parts)


def _quoted(path: str) -> bytes:
    return b'"%s"' % path.encode(errors="surrogateescape").replace(b'"', b'\\"')


def _seconds(time: JSON) -> int:
    if isinstance(time, int):
        return time
    try:
        moment = datetime.fromisoformat(str(time))
    except ValueError:
        raise Invalid(f"{str(time)[:80]!r} is not a time.", hint="Give seconds since 1970 or RFC 3339.") from None
    return int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp())


async def _tag(path: Path, call: Call, commit: str, branch: str) -> _Mark:
    """Write the tag object that remembers owner and spec; the same input gives the same object."""
    says = {"owner": names.checked_owner(call.owner), "spec": call.spec_hash, "branch": branch}
    body = (
        f"object {commit}\ntype commit\ntag {call.name}\ntagger {IDENTITY} {_seconds(call.spec['author_time'])} +0000\n"
        f"\nMade by Flaresmith\n\n{orjson.dumps(says).decode()}\n"
    )
    tag = (await git(path, "hash-object", "-t", "tag", "-w", "--stdin", stdin=body.encode())).decode().strip()
    return _Mark(tag, commit, call.name, call.owner, call.spec_hash, branch)


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
