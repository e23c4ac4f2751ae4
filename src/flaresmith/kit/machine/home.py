"""The data directory of one copy of Flaresmith: what lies where, whether it runs, and what runs where (run.json)."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from flaresmith.kit.machine import lock, storage

RUN_KEYS = ("web", "api", "orchestrator", "preview", "database", "redis", "sign_in")


class Home:
    """One data directory (0700). The truth about "it runs" is a lock; the pid file and run.json only describe."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path).expanduser().resolve()
        self.run_file = self.path / "run.json"
        self.pid_file = self.path / "supervisor.pid"
        self.ports_file = self.path / "ports.json"
        self.logs = self.path / "logs"
        self.postgres = self.path / "postgres"
        self.valkey = self.path / "valkey"

    def create(self) -> None:
        """Make the directory, or check that we may use it; Unavailable says what to do."""
        storage.private_directory(self.path)
        storage.require_space(self.path, 50)
        storage.private_directory(self.logs)
        storage.write_private(self.logs / ".probe", "can be written")
        (self.logs / ".probe").unlink()

    def log(self, part: str) -> Path:
        """Where a part writes."""
        return self.logs / f"{part}.log"

    def claim(self) -> int | None:
        """Become the supervisor of this copy: the descriptor of the lock, None when another one has it."""
        with storage.explained(self.path):
            held = lock.acquire(self.pid_file, patience=0.3)  # somebody may be looking just now
            if held is not None:
                os.ftruncate(held, 0)
                os.pwrite(held, f"{os.getpid()}\n".encode(), 0)
        return held

    def supervisor(self) -> int:
        """Process id of the supervisor that runs this copy, 0 when none does."""
        if not lock.is_held(self.pid_file):
            return 0
        text = storage.read_text(self.pid_file)
        return int(text) if text.isdecimal() else 0

    def write_run(self, run: Mapping[str, str]) -> None:
        """Say what runs where (0600, replaced in one step)."""
        storage.write_private(self.run_file, _json({key: run[key] for key in RUN_KEYS}))

    def read_run(self) -> dict[str, str] | None:
        """What runs where, None unless a supervisor lives and everything has answered once."""
        return _read(self.run_file) if self.supervisor() else None

    def forget_run(self) -> bool:
        """Remove run.json; True when there was one: the last supervisor did not stop cleanly."""
        with contextlib.suppress(FileNotFoundError):
            self.run_file.unlink()
            return True
        return False

    def ports(self) -> dict[str, int]:
        """The ports that the parts had last."""
        return {name: port for name, port in (_read(self.ports_file) or {}).items() if isinstance(port, int)}

    def remember_ports(self, ports: Mapping[str, int]) -> None:
        """Keep the ports for the next start."""
        storage.write_private(self.ports_file, _json(dict(ports)))


def _json(value: Mapping[str, Any]) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _read(path: Path) -> dict[str, Any] | None:
    try:
        value = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    return value if isinstance(value, dict) else None
