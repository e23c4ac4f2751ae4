"""The kind `repository`: a bare Git repository with branches main, staging and dev, owned by one project."""

from __future__ import annotations

import asyncio
import re
import secrets
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from flaresmith.kit.errors import Conflict, NotFound
from flaresmith.kit.resources import Call, Found
from flaresmith.providers.local import names
from flaresmith.providers.local.code import history, hooks
from flaresmith.providers.local.code.git import EMPTY_TREE, IDENTITY, git

BRANCHES = ("main", "staging", "dev")
PROTECTED = ("main", "staging")
FIRST_COMMIT_TIME = 1_700_000_000

_STALE_AFTER_S = 3600
_CONFIG = {
    "gc.auto": "1000",
    "gc.autoPackLimit": "50",
    "gc.autoDetach": "false",
    "receive.fsckObjects": "true",
    "receive.maxInputSize": str(512 * 1024 * 1024),
    "receive.denyCurrentBranch": "ignore",
    "receive.autogc": "true",
    "transfer.hideRefs": "refs/flaresmith",
    "http.receivepack": "true",
    "uploadpack.allowFilter": "true",
    "core.logAllRefUpdates": "true",
}


class RepositoryKind:
    """Repositories under one folder; the owner's tag is in each repository's own configuration."""

    name = "repository"
    secret_outputs: frozenset[str] = frozenset()

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def path(self, name: str) -> Path:
        """Where the repository of that name lies; raises Invalid for a name that is not one."""
        return self._directory / f"{names.checked(name)}.git"

    async def read(self, call: Call) -> Found | None:
        """The repository with its branches and their heads, or None."""
        return await self._found(self.path(call.name))

    async def create(self, call: Call) -> Found:
        """Make the repository in full beside its place, then move it there: it never exists half-made."""
        path = self.path(call.name)
        found = await self._found(path)
        if found is None:
            await self._make(path, call)
            await call.log(f"Repository `{call.name}` created with branches {', '.join(_branches(call))}")
            found = await self._found(path)
        return _owned(found, call)

    async def update(self, call: Call, found: Found) -> Found:
        """Put the guard, the settings and the wanted branches back; commits are never touched."""
        _owned(found, call)
        path = self.path(call.name)
        await _configure(path, call)
        await _add_branches(path, _branches(call))
        return _owned(await self._found(path), call)

    async def delete(self, call: Call) -> None:
        """Remove the repository; it disappears in one step."""
        path = self.path(call.name)
        found = await self._found(path)
        if found is None:
            return
        _owned(found, call)
        grave = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
        await asyncio.to_thread(path.rename, grave)
        await asyncio.to_thread(shutil.rmtree, grave, True)

    async def list(self, owner: str | None = None) -> Sequence[Found]:
        """Every repository with an owner's tag, in order of name."""
        paths = await asyncio.to_thread(lambda: sorted(self._directory.glob("[!.]*.git")))
        found = [one for one in await asyncio.gather(*map(self._found, paths)) if one is not None and one.owner]
        return [one for one in found if owner is None or one.owner == owner]

    async def read_tree(self, repository: str, ref: str) -> dict[str, str]:
        """Path to blob hash of every file at a branch or commit; NotFound if there is none."""
        return await history.read_tree(self._existing(repository), ref)

    async def read_files(self, repository: str, ref: str, paths: Sequence[str]) -> dict[str, bytes]:
        """The content of those paths that exist at a branch or commit."""
        return await history.read_files(self._existing(repository), ref, paths)

    async def log(self, repository: str, ref: str, limit: int = 20) -> Sequence[history.Commit]:
        """The newest commits at a branch or commit, newest first."""
        return await history.log(self._existing(repository), ref, limit)

    def _existing(self, name: str) -> Path:
        path = self.path(name)
        if not path.is_dir():
            raise NotFound(f"There is no repository `{name}`.", hint="Create it first.")
        return path

    async def _found(self, path: Path) -> Found | None:
        tags = await asyncio.to_thread(read_tags, path)
        if tags is None:
            return None
        name = path.name.removesuffix(".git")
        heads = await history.heads(path)
        outputs = {"name": name, "path": str(path), "branches": heads, "defaultBranch": "main"}
        return Found(str(path), name, tags.get("owner", ""), outputs, tags.get("spec", ""))

    async def _make(self, path: Path, call: Call) -> None:
        await asyncio.to_thread(_make_room, path)
        half = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
        try:
            await git(half, "init", "--quiet", "--bare", "--template=", "--initial-branch=main", str(half))
            await _configure(half, call)
            await _add_branches(half, _branches(call))
            await asyncio.to_thread(_move, half, path)
        finally:
            await asyncio.to_thread(shutil.rmtree, half, True)


async def _configure(path: Path, call: Call) -> None:
    protected = call.spec.get("protected", PROTECTED)
    settings = {**_CONFIG, "flaresmith.owner": names.checked_owner(call.owner), "flaresmith.spec": call.spec_hash}
    lines = [f"[{key.split('.')[0]}]\n\t{key.split('.')[1]} = {value}\n" for key, value in settings.items()]
    lines += [f"[flaresmith]\n\tprotected = {names.checked_branch(branch)}\n" for branch in protected]
    await asyncio.to_thread(_write_settings, path, "".join(lines))


def _write_settings(path: Path, settings: str) -> None:
    hook = path / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    half = hook.with_name(".update.half")
    half.write_text(hooks.UPDATE)
    half.chmod(0o700)
    half.replace(hook)
    config = path / "config.half"
    config.write_text("[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n" + settings)
    config.replace(path / "config")


async def _add_branches(path: Path, branches: Sequence[str]) -> None:
    """Start every branch that is missing at the first commit, which is the same whenever it is made."""
    present = await history.heads(path)
    missing = [branch for branch in branches if branch not in present]
    if not missing:
        return
    first = present.get("main") or await _first_commit(path)
    lines = "".join(f"create refs/heads/{branch} {first}\n" for branch in missing)
    await git(path, "update-ref", "--stdin", stdin=lines.encode())


async def _first_commit(path: Path) -> str:
    date = f"{FIRST_COMMIT_TIME} +0000"
    await git(path, "hash-object", "-t", "tree", "-w", "--stdin")
    body = f"tree {EMPTY_TREE}\nauthor {IDENTITY} {date}\ncommitter {IDENTITY} {date}\n\nStart of the repository\n"
    out = await git(path, "hash-object", "-t", "commit", "-w", "--stdin", stdin=body.encode())
    return out.decode().strip()


def _branches(call: Call) -> list[str]:
    return [names.checked_branch(branch) for branch in call.spec.get("branches", BRANCHES)]


def _owned(found: Found | None, call: Call) -> Found:
    if found is None or found.owner != call.owner:
        raise Conflict(
            f"The repository `{call.name}` belongs to another project.", hint="Choose another name for the project."
        )
    return found


def _make_room(path: Path) -> None:
    """Make the folder, and clear what creations that were killed long ago left beside their place."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for leftover in path.parent.glob(f".{path.name}.*"):
        if time.time() - leftover.stat().st_mtime > _STALE_AFTER_S:
            shutil.rmtree(leftover, ignore_errors=True)


def _move(half: Path, path: Path) -> None:
    try:
        half.rename(path)
    except OSError:
        if not path.is_dir():
            raise


def read_tags(path: Path) -> dict[str, str] | None:
    """Owner and spec hash that a repository carries, or None if there is no repository."""
    try:
        config = (path / "config").read_text()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return dict(re.findall(r"^\t(owner|spec) = (\S+)$", config, re.MULTILINE))
