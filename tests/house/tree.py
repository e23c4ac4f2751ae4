"""Where the house stands on disk, and its modules."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "flaresmith"


def modules() -> Iterator[Path]:
    """Every Python file of the package."""
    return (path for path in sorted(PACKAGE.rglob("*.py")) if "__pycache__" not in path.parts)


def name(path: Path) -> str:
    """The path below the package, for a message."""
    return path.relative_to(PACKAGE).as_posix()


def kept_files() -> list[Path]:
    """Every file that belongs to the project: what Git knows, or would know when it is added."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / path for path in listed.split("\0") if path and (ROOT / path).is_file()]
