"""What the tests of the machine room share: folders, another user, small disks."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NOBODY = 65534
# Where there is a disk in memory, so that these tests measure neither the disk nor who else uses it.
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() and shutil.disk_usage("/dev/shm").free > 2**31 else None


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short name that anybody may walk to (pytest's own are closed to other users)."""
    with tempfile.TemporaryDirectory(prefix="fs-", dir=MEMORY, ignore_cleanup_errors=True) as name:
        yield Path(name).resolve()


def python_for_everybody() -> str:
    """An interpreter of our version that another user may run; ours can lie in a home directory."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    for candidate in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        with contextlib.suppress(OSError):
            if subprocess.run([candidate, "-c", "0"], user=NOBODY, cwd="/", capture_output=True).returncode == 0:
                return candidate
    pytest.skip(f"no {version} that an ordinary user may run")


@pytest.fixture
def as_ordinary_user(folder: Path) -> Callable[[str], str]:
    """Run a piece of Python as user nobody, with `folder` as home; returns what it printed."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user; we are an ordinary user already")
    os.chown(folder, NOBODY, NOBODY)
    paths = os.pathsep.join([str(ROOT / "src"), sysconfig.get_path("purelib")])
    environment = {"PATH": os.defpath, "HOME": str(folder), "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}

    def run(code: str) -> str:
        command = [python_for_everybody(), "-c", code]
        result = subprocess.run(
            command,
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    return run


@pytest.fixture
def on_small_disk(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run Python code in a folder where a disk of some MiB is mounted at `disk`, with shared memory of its own too.

    What PostgreSQL leaves in shared memory when it falls over goes with the namespaces.
    """
    unshare = shutil.which("unshare")
    if os.geteuid() != 0 or unshare is None:
        pytest.skip("mounting a small disk needs root and `unshare`")
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run([unshare, "-mi", "mount", "-t", "tmpfs", "none", disk], capture_output=True).returncode:
        pytest.skip("this kernel does not let us mount a disk")

    def run(code: str, *, mebibytes: int, then: str = "true") -> subprocess.CompletedProcess[str]:
        mount = f"mount -t tmpfs none /dev/shm && mount -t tmpfs -o size={mebibytes}m,mode=700 none {disk}"
        mount += f' && {{ {then}; }} && exec "$@"'
        command = [unshare, "-mi", "sh", "-c", mount, "sh", sys.executable, "-c", code]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    return run
