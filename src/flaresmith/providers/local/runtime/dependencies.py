"""What a service depends on: declared by it, satisfied by our own environment, or installed into a layer beside it."""

from __future__ import annotations

import asyncio
import ensurepip
import hashlib
import os
import secrets
import shutil
import sys
import tomllib
from collections.abc import Iterable, Sequence
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from flaresmith.kit.machine import storage
from flaresmith.providers.local.code.git import stop
from flaresmith.providers.local.runtime.failures import DependencyMissing, ReleaseInvalid

_INSTALL_TIMEOUT_S = 300
_MOST_REQUIREMENTS = 200
_LARGEST_PROJECT_FILE = 1024 * 1024


def declared(project: Path) -> tuple[Requirement, ...]:
    """The requirements in a `pyproject.toml`, none if there is no such file; ReleaseInvalid names a bad one."""
    if not project.is_file():
        return ()
    if project.stat().st_size > _LARGEST_PROJECT_FILE:
        raise ReleaseInvalid("The pyproject.toml of the service is larger than 1 MiB.")
    try:
        lines = tomllib.loads(project.read_text()).get("project", {}).get("dependencies", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, AttributeError) as error:
        raise ReleaseInvalid(f"The pyproject.toml of the service cannot be read: {error}") from None
    if not isinstance(lines, list) or len(lines) > _MOST_REQUIREMENTS:
        raise ReleaseInvalid(f"`dependencies` must be a list of at most {_MOST_REQUIREMENTS} requirements.")
    return tuple(map(_requirement, lines))


def _requirement(line: object) -> Requirement:
    try:
        requirement = Requirement(str(line))
    except InvalidRequirement as error:
        raise ReleaseInvalid(f"The dependency {str(line)[:200]!r} is not understood: {error}") from None
    if requirement.url:
        raise ReleaseInvalid(
            f"The dependency {requirement.name!r} comes from an address.", hint="Name a release of a package index."
        )
    return requirement


def unsatisfied(wanted: Iterable[Requirement]) -> list[Requirement]:
    """Those requirements that our own environment does not satisfy, extras of extras included."""
    return [requirement for requirement in wanted if not _is_satisfied(requirement, "", frozenset())]


def _is_satisfied(requirement: Requirement, extra: str, seen: frozenset[str]) -> bool:
    if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
        return True
    try:
        found = metadata.distribution(requirement.name)
    except metadata.PackageNotFoundError:
        return False
    if not requirement.specifier.contains(found.version, prereleases=True):
        return False
    known = canonicalize_name(requirement.name)
    if not requirement.extras or known in seen:
        return True
    needs = [Requirement(line) for line in found.requires or ()]
    return all(_is_satisfied(need, name, seen | {known}) for name in requirement.extras for need in needs)


class Layers:
    """Installed dependencies by the hash of what was asked for; a layer is whole or not there."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = asyncio.Lock()

    async def get(self, wanted: Sequence[Requirement]) -> Path | None:
        """The layer that adds what is missing, installed if need be; None if nothing is missing."""
        missing = await asyncio.to_thread(unsatisfied, wanted)
        if not missing:
            return None
        lines = sorted(map(str, missing))
        path = self._directory / hashlib.sha256("\n".join([sys.version, *lines]).encode()).hexdigest()[:16]
        async with self._lock:
            if not path.is_dir():
                await self._install(lines, path)
        return path

    async def _install(self, lines: Sequence[str], path: Path) -> None:
        half = storage.private_directory(self._directory) / f".{path.name}.{secrets.token_hex(4)}"
        try:
            code, output = await _run([*_installer(), "--target", str(half), "--only-binary", ":all:", "--", *lines])
            if code != 0:
                raise _not_installed(lines, output)
            await asyncio.to_thread(half.rename, path)
        finally:
            await asyncio.to_thread(shutil.rmtree, half, True)


def _installer() -> list[str]:
    """The program that installs wheels: uv where there is one, else pip, else the pip that comes inside Python."""
    if uv := shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}"):
        return [uv, "pip", "install", "--quiet", "--python", sys.executable]
    bundled = sorted(Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl"))
    pip = ["-m", "pip"] if find_spec("pip") or not bundled else [f"{bundled[-1]}/pip"]
    return [sys.executable, "-I", *pip, "install", "--quiet", "--disable-pip-version-check", "--no-input"]


def _not_installed(lines: Sequence[str], output: str) -> DependencyMissing:
    return DependencyMissing(
        f"The service depends on {', '.join(lines)}, which could not be installed: {output[-400:]}",
        hint="Connect to the package index, or install it into the environment of Flaresmith, then apply again.",
    )


async def _run(command: Sequence[str]) -> tuple[int, str]:
    """Exit code and last output of the installer, which sees the settings for package indexes and nothing of ours."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "SSL_"))}
    proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    process = await asyncio.create_subprocess_exec(
        *command,
        env={"PATH": os.environ.get("PATH", os.defpath), "HOME": os.environ.get("HOME", "/"), **kept, **proxies},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), _INSTALL_TIMEOUT_S)
    except TimeoutError:
        return 1, f"it took longer than {_INSTALL_TIMEOUT_S} s"
    finally:
        await stop(process)
    return process.returncode or 0, output.decode(errors="replace").strip()
