"""Builds: the tests of a commit, run in a sandbox against a database made for them, and the report that is kept."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from flaresmith.kit.errors import Conflict
from flaresmith.kit.machine import storage
from flaresmith.providers.local import names
from flaresmith.providers.local.runtime.failures import TestsFailed
from flaresmith.providers.local.runtime.instance import Order
from flaresmith.providers.local.runtime.logs import Log, follow
from flaresmith.providers.local.runtime.release import Release, Releases
from flaresmith.providers.local.runtime.sandbox import Program, Sandbox
from flaresmith.providers.local.settings import LocalSettings

_LARGEST_REPORT = 1024 * 1024
_NO_TESTS = 5


@dataclass(frozen=True, slots=True)
class Build:
    """What is kept of a build: whose it is, of which commit, and what its tests said."""

    name: str
    owner: str
    spec_hash: str
    commit: str
    report: dict[str, Any]


class Builds:
    """The builds under one folder; as many run at a time as half the processors."""

    def __init__(self, home: Path, sandbox: Sandbox, releases: Releases, settings: LocalSettings) -> None:
        self._home, self._sandbox, self._releases, self._settings = home, sandbox, releases, settings
        self._slots = asyncio.Semaphore(max(1, (os.cpu_count() or 2) // 2))
        storage.private_directory(home / "builds")

    async def run(self, name: str, owner: str, order: Order, spec_hash: str) -> dict[str, Any]:
        """Run the tests of a commit and keep the report; TestsFailed names those that fail."""
        present = self.get(names.checked(name))
        if present is not None and present.owner != owner:
            raise Conflict(f"The build `{name}` belongs to another project.")
        if present is None or present.spec_hash != spec_hash:
            release = await self._releases.get(order.repository, order.commit)
            async with self._slots:
                report = await self._test(name, release, order)
            present = Build(name, names.checked_owner(owner), spec_hash, order.commit, report)
            storage.write_private(self._path(name), orjson.dumps(asdict(present)).decode())
        return asdict(present)

    def get(self, name: str) -> Build | None:
        """The build of that name, if its tests have passed."""
        try:
            return Build(**orjson.loads(self._path(names.checked(name)).read_bytes()))
        except FileNotFoundError:
            return None

    def list(self) -> list[dict[str, Any]]:
        """All builds by name."""
        paths = sorted((self._home / "builds").glob("[!.]*.json"))
        return [asdict(build) for path in paths if (build := self.get(path.stem)) is not None]

    def remove(self, name: str, owner: str) -> None:
        """Forget a build; one that is gone is forgotten already."""
        present = self.get(name)
        if present is not None and present.owner != owner:
            raise Conflict(f"The build `{name}` belongs to another project.")
        self._path(name).unlink(missing_ok=True)
        self._log(name).remove()

    def _log(self, name: str) -> Log:
        return Log(self._home / "logs" / f"{name}.log")

    def _path(self, name: str) -> Path:
        return self._home / "builds" / f"{name}.json"

    async def _test(self, name: str, release: Release, order: Order) -> dict[str, Any]:
        if not (release.path / release.folder / "tests").is_dir():
            return {"passed": 0, "failed": 0, "skipped": 0, "seconds": 0.0, "failures": []}
        scratch = storage.private_directory(self._home / "scratch" / f"{name}.build")
        log, last = self._log(name), deque[str](maxlen=40)
        try:
            report = await self._run(release, order, scratch, log, last)
        finally:
            log.close()
            await asyncio.to_thread(shutil.rmtree, scratch, True)
        if report is None:
            raise TestsFailed(
                "The tests did not come to an end.", hint="See the end of the output.", details=list(last)
            )
        _judge(report, list(last))
        return report

    async def _run(
        self, release: Release, order: Order, scratch: Path, log: Log, last: deque[str]
    ) -> dict[str, Any] | None:
        ours, theirs = socket.socketpair()
        variables = order.variables(0) | {"TEST_DATABASE_URL": order.database_url}
        with ours, theirs:
            program = Program(
                "check.py", ("tests",), release.path, release.folder, scratch, release.layer, variables, (theirs,)
            )
            process = await self._sandbox.start(program)
            theirs.close()
            following = asyncio.create_task(follow(process.output, log, last, order.secrets()))
            try:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._settings.test_timeout_s):
                        return await _read_report(ours)
                return None
            finally:
                await process.end()
                await following


async def _read_report(ours: socket.socket) -> dict[str, Any] | None:
    ours.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=ours, limit=_LARGEST_REPORT)
    try:
        report = orjson.loads(await reader.readline())
    except ValueError:
        return None
    finally:
        writer.close()
    return report if isinstance(report, dict) and {"passed", "failed", "skipped", "failures"} <= report.keys() else None


def _judge(report: dict[str, Any], last: Sequence[str]) -> None:
    if not report["failed"] and report.get("code") not in (0, _NO_TESTS):
        why = next((line.strip() for line in reversed(last) if line.strip()), "no word of why")
        raise TestsFailed(f"The tests could not be started: {why[:300]}", details={**report, "output": last})
    if report["failed"]:
        failing = [str(failure.get("name")) for failure in report["failures"][:10]]
        raise TestsFailed(
            f"{report['failed']} of {report['passed'] + report['failed']} tests fail: {', '.join(failing)}",
            hint="See the messages in the details; the commit is not deployed.",
            details=report,
        )
