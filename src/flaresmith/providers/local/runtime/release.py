"""Releases: the files of one commit, checked out once, compiled, and from then on only read."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flaresmith.kit.errors import Invalid, NotFound
from flaresmith.kit.machine import storage
from flaresmith.providers.local import names
from flaresmith.providers.local.code.git import attempt, environment, stop
from flaresmith.providers.local.disk import checked_path
from flaresmith.providers.local.runtime.dependencies import Layers, declared
from flaresmith.providers.local.runtime.failures import ReleaseInvalid

SERVICE_FOLDER = "api"

_MOST_BYTES = 256 * 1024 * 1024
_MOST_FILES = 20_000
_UNUSED_FOR_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Release:
    """A commit on disk: its folder, where in it the service is, and the layer of dependencies it needs beside ours."""

    id: str
    path: Path
    folder: str
    layer: Path | None


class Releases:
    """The releases under one folder; each commit is checked out once, however many ask for it at a time."""

    def __init__(self, directory: Path, repositories: Path, layers: Layers) -> None:
        self._directory = directory
        self._repositories = repositories
        self._layers = layers
        self._locks: dict[str, asyncio.Lock] = {}

    async def get(self, repository: str, commit: str) -> Release:
        """The release of a commit, made if it is not there; raises what says why it cannot be made."""
        source = self._repositories / f"{names.checked(repository)}.git"
        commit = names.checked_commit(commit)
        async with self._locks.setdefault(commit, asyncio.Lock()):
            path = await asyncio.to_thread(self._place, commit)
            await _require(source, commit)
            if not path.is_dir():
                await self._make(source, commit, path)
        folder = SERVICE_FOLDER if (path / SERVICE_FOLDER).is_dir() else "."
        wanted = await asyncio.to_thread(declared, path / folder / "pyproject.toml")
        return Release(path.name, path, folder, await self._layers.get(wanted))

    async def forget_unused(self, used: Iterable[str]) -> None:
        """Remove releases that nobody has used for a day."""
        await asyncio.to_thread(self._forget_unused, set(used))

    def _place(self, commit: str) -> Path:
        """The folder of a commit: its first 12 digits, or all of them if another commit has those 12."""
        storage.private_directory(self._directory)
        path = self._directory / commit[:12]
        taken = storage.read_text(path.with_name(f"{path.name}.commit"))
        return path if taken in ("", commit) else self._directory / commit

    async def _make(self, source: Path, commit: str, path: Path) -> None:
        half = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            await _check_out(source, commit, half)
            await _compile(half)
            storage.write_private(path.with_name(f"{path.name}.commit"), commit)
            await asyncio.to_thread(half.rename, path)
        finally:
            await asyncio.to_thread(shutil.rmtree, half, True)

    def _forget_unused(self, used: set[str]) -> None:
        for path in self._directory.glob("[!.]*"):
            if path.is_dir() and path.name not in used and time.time() - path.stat().st_mtime > _UNUSED_FOR_S:
                shutil.rmtree(path, ignore_errors=True)
                path.with_name(f"{path.name}.commit").unlink(missing_ok=True)


async def _require(source: Path, commit: str) -> None:
    """The commit must be in this repository, also when another one's release of it is there."""
    if not source.is_dir():
        raise NotFound(f"There is no repository `{source.stem}`.", hint="Create it first.")
    code, _, _ = await attempt(source, ["cat-file", "-e", f"{commit}^{{commit}}"])
    if code != 0:
        raise NotFound(f"The commit {commit[:12]} is not in the repository `{source.stem}`.", hint="Push it first.")


async def _check_out(source: Path, commit: str, target: Path) -> None:
    with tempfile.TemporaryFile() as archive:
        command = ["git", f"--git-dir={source}", "archive", "--format=tar", commit]
        process = await asyncio.create_subprocess_exec(
            *command,
            env=environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=archive,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            _, complaint = await process.communicate()
        finally:
            await stop(process)
        if process.returncode != 0:
            text = complaint.decode(errors="replace").strip()[-300:]
            raise ReleaseInvalid(f"The commit {commit[:12]} of `{source.stem}` cannot be read: {text}")
        await asyncio.to_thread(_unpack, archive.fileno(), target)


def _unpack(archive: int, target: Path) -> None:
    """Unpack plain files and folders only; a commit may hold hostile names, links and sizes."""
    target.mkdir(mode=0o700)
    os.lseek(archive, 0, os.SEEK_SET)
    with os.fdopen(os.dup(archive), "rb") as file, tarfile.open(fileobj=file) as tar:
        members = [member for member in tar if member.isfile() or member.isdir()]
        if len(members) > _MOST_FILES or sum(member.size for member in members) > _MOST_BYTES:
            raise ReleaseInvalid(f"The commit has more than {_MOST_FILES} files or {_MOST_BYTES >> 20} MiB.")
        try:
            for member in members:
                _put(tar, member, target / checked_path(member.name.rstrip("/")))
        except (Invalid, tarfile.TarError, OSError) as error:
            raise ReleaseInvalid(f"The commit cannot be unpacked: {error}") from None


def _put(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    """One file or folder; by hand, because not every 3.11 has the filters of `extractall`."""
    if member.isdir():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = tar.extractfile(member)
    if content is not None:
        with path.open("xb") as file:
            shutil.copyfileobj(content, file)


async def _compile(target: Path) -> None:
    """Compile the service once for all who start it; what does not compile is found when it is imported."""
    folder = target / SERVICE_FOLDER if (target / SERVICE_FOLDER).is_dir() else target
    wanted = [name for name in ("app", "migrations") if (folder / name).is_dir()]
    if not wanted:
        return
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-I", "-S", "-m", "compileall", "-qq", "-f", "--invalidation-mode", "unchecked-hash", *wanted),
        cwd=folder,
        env={},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 60)
    finally:
        await stop(process)
