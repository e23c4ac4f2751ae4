"""Jobs in forked processes: their results come back in order, and so does what they raise."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from functools import partial

import pytest

from flaresmith.kit.forks import cores, forked

IN_A_FRESH_PROCESS = """
import os
from flaresmith.kit.forks import forked
inherited = {"answer": 42}
pids = forked([os.getpid] * 6)
print(os.getpid() not in pids, forked([lambda n=n: inherited["answer"] + n for n in range(5)]))
try:
    forked([lambda: 1, lambda: 1 / 0])
except ZeroDivisionError as error:
    print(error)
"""


@pytest.mark.skipif(cores() < 2, reason="needs two processors")
def test_jobs_run_in_other_processes_that_see_our_data() -> None:
    done = subprocess.run([sys.executable, "-c", IN_A_FRESH_PROCESS], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["True [42, 43, 44, 45, 46]", "division by zero"]
    assert done.stderr == ""


def test_beside_another_thread_nothing_is_forked() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert forked([os.getpid] * 3) == [os.getpid()] * 3
    finally:
        done.set()
        thread.join()


def test_one_job_runs_here() -> None:
    assert forked([os.getpid]) == [os.getpid()]
    assert forked([partial(int, "7")]) == [7]
    assert forked([]) == []
