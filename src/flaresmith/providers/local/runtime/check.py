"""Run the tests of a release inside its sandbox and report. Runs by itself: standard library and pytest.

Descriptor 3 takes the report as one line of JSON. Arguments: the folder of tests, then folders to import from.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from pathlib import Path
from typing import Any

REPORT = 3
_MOST_FAILURES = 50


def main() -> None:
    """Collect and run the tests; the exit code is 0 if the report was written, whatever is in it."""
    import pytest

    sys.path[:0] = [str(Path.cwd()), *sys.argv[2:]]
    recorder = _Recorder()
    started = time.monotonic()
    code = pytest.main(["-q", "-p", "no:cacheprovider", "--tb=short", sys.argv[1]], plugins=[recorder])
    report = {**recorder.report, "seconds": round(time.monotonic() - started, 3), "code": int(code)}
    with socket.socket(fileno=REPORT) as line:
        line.sendall(json.dumps(report).encode() + b"\n")


class _Recorder:
    """Counts outcomes, and keeps name and message of what failed."""

    def __init__(self) -> None:
        self.report: dict[str, Any] = {"passed": 0, "failed": 0, "skipped": 0, "failures": []}

    def pytest_runtest_logreport(self, report: Any) -> None:
        """One phase of one test."""
        if report.failed:
            self._failed(report.nodeid, report)
        elif report.skipped:
            self.report["skipped"] += 1
        elif report.when == "call":
            self.report["passed"] += 1

    def pytest_collectreport(self, report: Any) -> None:
        """A file that could not even be read."""
        if report.failed:
            self._failed(report.nodeid, report)

    def _failed(self, name: str, report: Any) -> None:
        self.report["failed"] += 1
        if len(self.report["failures"]) < _MOST_FAILURES:
            self.report["failures"].append({"name": name[:300], "message": str(report.longrepr)[-1500:]})


if __name__ == "__main__":
    main()
