"""The supervisor: order, restarts, and that nothing survives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from flaresmith.kit.machine import process

SCRIPT = Path(__file__).with_name("supervised.py")


def begin(folder: Path, scene: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(SCRIPT), str(folder), scene]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def pid_of(folder: Path, part: str) -> int:
    return int((folder / f"{part}.pid").read_text())


def test_stages_start_in_order_and_stop_in_reverse(folder: Path) -> None:
    with begin(folder, "order") as supervisor:
        assert supervisor.stdout is not None
        assert supervisor.stdout.readline() == "ready\n"
        supervisor.send_signal(signal.SIGTERM)
    assert supervisor.returncode == 0
    assert (folder / "notes").read_text().splitlines() == ["first begins", "second begins", "second ends", "first ends"]


def test_a_killed_part_starts_again_at_once(folder: Path) -> None:
    with begin(folder, "order") as supervisor:
        assert supervisor.stdout is not None
        supervisor.stdout.readline()
        before = pid_of(folder, "first")
        os.kill(before, signal.SIGKILL)
        assert process.wait_until(lambda: pid_of(folder, "first") != before, 10)
        assert supervisor.stdout.readline() == "first was killed by SIGKILL; it starts again now.\n"
        supervisor.send_signal(signal.SIGINT)
    assert supervisor.returncode == 0


def test_nothing_survives_a_kill_of_the_supervisor(folder: Path) -> None:
    with begin(folder, "order") as supervisor:
        assert supervisor.stdout is not None
        supervisor.stdout.readline()
        parts = [pid_of(folder, "first"), pid_of(folder, "second")]
        supervisor.kill()
    assert process.wait_until(lambda: not any(map(process.is_alive, parts)), 10)


def test_a_part_that_never_starts_is_given_up_with_the_end_of_its_log(folder: Path) -> None:
    with begin(folder, "crash") as supervisor:
        printed = supervisor.communicate(timeout=30)[0]
    assert supervisor.returncode == 1
    assert "PROBLEM crashing stopped with exit code 7." in printed
    assert "about to fall over" in printed
    assert (folder / "notes").read_text().count("crashing begins") == 2
    assert not process.is_alive(pid_of(folder, "first"))


def test_a_part_that_does_not_listen_is_killed(folder: Path) -> None:
    with begin(folder, "deaf") as supervisor:
        supervisor.communicate(timeout=30)
    assert supervisor.returncode == 0
    assert not process.is_alive(pid_of(folder, "deaf"))


def test_an_errand_answers_from_another_process_or_says_what_is_wrong(folder: Path) -> None:
    with begin(folder, "errands") as supervisor:
        printed = supervisor.communicate(timeout=30)[0]
    assert printed == "done in True\nPROBLEM the name is taken | take another | None\n"
