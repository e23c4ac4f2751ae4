"""Work on every core, for commands that do one big thing and end: jobs in forked processes, which see all our data."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeVar

Result = TypeVar("Result")

_jobs: Sequence[Callable[[], Any]] = ()


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def forked(jobs: Sequence[Callable[[], Result]]) -> list[Result]:
    """The results of the jobs in their order, made by as many forked processes as there are cores.

    What a job returns is copied to us; what it raises is raised here. Where forking is not safe (another thread runs)
    or brings nothing (one core, one job), the jobs run here one after another.
    """
    global _jobs  # what the forked processes inherit
    if min(cores(), len(jobs)) < 2 or threading.active_count() > 1 or not hasattr(os, "fork"):
        return [job() for job in jobs]
    _jobs = jobs
    try:
        with ProcessPoolExecutor(min(cores(), len(jobs)), mp_context=get_context("fork")) as pool:
            return list(pool.map(_run, range(len(jobs))))
    finally:
        _jobs = ()


def _run(number: int) -> Any:
    return _jobs[number]()
