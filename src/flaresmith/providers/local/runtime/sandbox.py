"""What a sandboxed program may see and use, and whether this kernel lets us shut one off."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from flaresmith.kit.machine import storage
from flaresmith.providers.local.runtime import launch
from flaresmith.providers.local.runtime.children import Child, ForkServer, spawn_fresh

RELEASE, LAYER, SCRATCH, SCRIPTS = "/srv/release", "/srv/layer", "/srv/scratch", "/srv/flaresmith"
_MIB = 1024 * 1024
_SCRIPTS = Path(launch.__file__).parent


@dataclass(frozen=True, slots=True)
class Program:
    """One script of ours to run in a sandbox, with what it needs.

    `files` are passed as descriptors 3, 4, 5 … in that order; `variables` are the whole environment besides PATH, LANG
    and HOME; `memory_mb` limits the address space; a `warm` program uses what the fork server has read.
    """

    script: str
    arguments: tuple[str, ...]
    release: Path
    folder: str
    scratch: Path
    layer: Path | None
    variables: Mapping[str, str] = field(default_factory=dict)
    files: tuple[socket.socket, ...] = ()
    memory_mb: int = 2048
    warm: bool = False


class Sandbox:
    """Starts programs shut off as well as this machine allows: `isolation` is `namespace` or `process`."""

    def __init__(self, directory: Path, *, try_namespaces: bool = True) -> None:
        self._hidden = directory
        self._try_namespaces = try_namespaces
        self._root = directory / "runtime" / "root"
        self._forks = ForkServer()
        self.isolation = "process"

    async def open(self) -> None:
        """Find out, by trying, whether programs can be given namespaces of their own here."""
        storage.private_directory(self._root)
        await self._forks.start()
        if not self._try_namespaces:
            return
        trial = Program("probe.py", (), _SCRIPTS, ".", storage.private_directory(self._root.with_name("probe")), None)
        child = await spawn_fresh(self._order(trial, "namespace"), [])
        output = await child.output.read()
        if await child.wait() == 0 and output.strip().endswith(b"ok"):
            self.isolation = "namespace"

    async def start(self, program: Program) -> Child:
        """Start a program: from the fork server, or afresh if it brings libraries of its own or there is no server."""
        keep = [file.fileno() for file in program.files]
        order = self._order(program, self.isolation)
        if program.layer is None and program.warm:
            with contextlib.suppress(ConnectionError):
                return await self._forks.spawn(order, keep)
        return await spawn_fresh(order, keep)

    async def close(self) -> None:
        """End the fork server."""
        await self._forks.stop()

    def _order(self, program: Program, isolation: str) -> dict[str, Any]:
        places = _places(program, isolation == "namespace")
        layer = [places.layer] if program.layer else []
        script = f"{places.scripts}/{program.script}"
        return {
            "argv": [sys.executable, "-I", script, *program.arguments, *layer],
            "env": _environment(program, places),
            "cwd": os.path.normpath(f"{places.release}/{program.folder}"),
            "limits": _limits(program, isolation),
            "nice": 5,
            "title": program.scratch.name,
            "isolation": isolation,
            "parent": os.getpid(),
            "root": str(self._root),
            "hide": str(self._hidden),
            "mounts": _mounts(program),
        }


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the program finds its things."""

    release: str
    layer: str
    scratch: str
    scripts: str


def _places(program: Program, isolated: bool) -> _Places:
    if isolated:
        return _Places(RELEASE, LAYER, SCRATCH, SCRIPTS)
    return _Places(str(program.release), str(program.layer or ""), str(program.scratch), str(_SCRIPTS))


def _environment(program: Program, places: _Places) -> dict[str, str]:
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": places.scratch,
        **program.variables,
    }


def _limits(program: Program, isolation: str) -> dict[str, int]:
    """Limits by name; processes are only counted where the program is alone under its user."""
    limits = {
        "RLIMIT_AS": program.memory_mb * _MIB,
        "RLIMIT_NOFILE": 4096,
        "RLIMIT_FSIZE": 512 * _MIB,
        "RLIMIT_CORE": 0,
    }
    return {**limits, "RLIMIT_NPROC": 256} if isolation == "namespace" else limits


def _mounts(program: Program) -> list[tuple[str, str, bool]]:
    """Source, target and whether it may be written, for everything beyond the system itself."""
    own = [
        (str(program.release), RELEASE, False),
        (str(program.scratch), SCRATCH, True),
        (str(_SCRIPTS), SCRIPTS, False),
    ]
    layer = [(str(program.layer), LAYER, False)] if program.layer else []
    return [*((folder, folder, False) for folder in _python_folders()), *own, *layer]


@cache
def _python_folders() -> tuple[str, ...]:
    """Every folder that Python needs to start, the way to it through symbolic links included."""
    folders = [sys.prefix, sys.base_prefix, os.path.realpath(sys.base_prefix), sysconfig.get_paths()["purelib"]]
    folders += [str(hop.parent) for hop in _hops(Path(sys.executable))]
    outer: list[str] = []
    for folder in sorted(set(folders), key=len):
        if not any(f"{folder}/".startswith(f"{known}/") for known in [*outer, "/usr", "/bin", "/lib"]):
            outer.append(folder)
    return tuple(outer)


def _hops(path: Path) -> list[Path]:
    hops = [path]
    while path.is_symlink() and len(hops) < 40:
        path = path.parent / path.readlink()
        hops.append(Path(os.path.normpath(path)))
    return hops
