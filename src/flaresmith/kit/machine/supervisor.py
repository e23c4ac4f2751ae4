"""A small synchronous supervisor: starts parts in stages, restarts what crashes, stops all in reverse order.

One thread and no event loop, because it forks. It sleeps in `sigtimedwait` until a child ends or somebody asks it to
stop. When it is killed itself, the kernel ends every part (parent-death signals): nothing survives it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

import orjson

from flaresmith.kit.errors import Problem, Unavailable
from flaresmith.kit.machine import logs
from flaresmith.kit.machine.part import Part, fork
from flaresmith.kit.machine.server import tail

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_WATCHED = (*STOP_SIGNALS, signal.SIGCHLD)
_STEADY = 30.0  # seconds after which a part counts as well again
_TRIES = 2  # starts of one part before a first start of the whole is given up
_HOUSEKEEPING = 5.0  # seconds between looks at log sizes


Work = Callable[[], str | None]


class StopRequested(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


@dataclass(slots=True)
class _Life:
    """How a part fares. `pid` is 0 while it is down; it starts again at `due` (monotonic seconds).

    While it is being stopped, `pleas` signals have been sent, and the next one goes out at `due`.
    """

    part: Part
    pid: int = 0
    since: float = 0.0
    failures: int = 0
    last_exit: int = 0
    due: float = 0.0
    pleas: int = 0
    problem: Problem | None = None
    follower: logs.Follower | None = None


@dataclass(slots=True)
class _Errand:
    """A function that runs once in a fork."""

    pid: int
    exit: int | None = None
    follower: logs.Follower | None = None


@dataclass
class Supervisor:
    """Use as a context manager: leaving it stops everything. `say` gets one line per event worth telling.

    `show(part, line)` gets every line that a part logs; leave it out to keep logs in their files alone.
    """

    say: Callable[[str], None]
    show: Callable[[str, str], None] | None = None
    stages: list[list[_Life]] = field(default_factory=list)
    _errands: list[_Errand] = field(default_factory=list)
    _looked_at_logs: float = 0.0
    _mask: set[int] = field(default_factory=set)

    def __enter__(self) -> Self:
        # Blocked, not handled: they then wait for us to fetch them, and interrupt nothing.
        self._mask = set(signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
        signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)

    def start(self, parts: Iterable[Part]) -> None:
        """Start parts that depend on those started before, and not on each other; each as it comes. Does not wait."""
        stage: list[_Life] = []
        self.stages.append(stage)
        for part in parts:
            stage.append(_Life(part))
            self._start(stage[-1])

    def wait_ready(self, seconds: float) -> None:
        """Return when every part answers; Unavailable, with the end of its log, names the first one that does not."""
        self._wait(lambda life: life.pid != 0 and life.part.is_ready(), seconds, f"did not answer within {seconds:g} s")

    def wait_steady(self, seconds: float) -> None:
        """Return when every part has lived for so long: the test of those that answer nobody."""
        self._wait(lambda life: life.pid != 0 and time.monotonic() - life.since >= seconds, 60.0, "does not stay up")

    def _wait(self, is_well: Callable[[_Life], bool], seconds: float, else_it: str) -> None:
        deadline = time.monotonic() + seconds
        waiting = list(self._lives())
        while waiting := [life for life in waiting if not is_well(life)]:
            for life in waiting:
                if life.failures >= _TRIES:
                    raise _explain(life)
            if time.monotonic() > deadline:
                raise _explain(waiting[0], else_it)
            self.tick(0.03)

    def once(
        self,
        name: str,
        run: Work,
        *,
        log: Path | None = None,
        environment: Mapping[str, str] | None = None,
        tell: bool = False,
        seconds: float = 600.0,
    ) -> str:
        """Run a function to its end in a fork; returns its text. A Problem that it raises is raised here.

        With `tell`, every line it writes to its log is said at once.
        """
        reader, writer = os.pipe()
        follower = logs.Follower(log) if tell and log else None
        pid = fork(name, lambda: _report(run, writer), log=log, environment=environment or {}, keep=[writer])
        os.close(writer)
        errand = _Errand(pid, follower=follower)
        self._errands.append(errand)
        with open(reader, "rb") as answers:  # noqa: PTH123 - a descriptor, not a path
            self._await(errand, name, seconds)
            return _answer(answers.read(), name, errand.exit, log)

    def run(self) -> NoReturn:
        """Watch over the parts until somebody asks to stop: then StopRequested."""
        while True:
            self.tick(_HOUSEKEEPING)

    def tick(self, seconds: float) -> None:
        """Wait at most `seconds` for something to happen and deal with it; StopRequested when it is over."""
        due = [life.due - time.monotonic() for life in self._lives() if not life.pid]
        patience = max(0.0, min([seconds, *due, *([0.2] if self.show else [])]))
        event = signal.sigtimedwait(_WATCHED, patience)
        self._reap()
        self._read_logs()
        if event is not None and event.si_signo in STOP_SIGNALS:
            raise StopRequested
        for life in self._lives():
            if not life.pid and life.due <= time.monotonic():
                self._start(life)

    def stop(self) -> None:
        """End every part, the last stage first; a second Ctrl-C makes it short."""
        for errand in self._errands:
            if errand.exit is None:
                _kill_group(errand.pid, signal.SIGKILL)
        while self.stages:
            self._stop_stage(self.stages[-1])
            self.stages.pop()

    def _lives(self) -> Iterable[_Life]:
        return (life for stage in self.stages for life in stage)

    def _start(self, life: _Life) -> None:
        if self.show and life.follower is None and life.part.log:
            life.follower = logs.Follower(life.part.log)
        try:
            life.pid, life.since = life.part.start(), time.monotonic()
        except Problem as problem:
            self._could_not_start(life, problem)
        except OSError as error:  # no memory, no processes or no descriptors left
            self._could_not_start(life, Unavailable(f"The machine refuses: {error.strerror}."))

    def _could_not_start(self, life: _Life, problem: Problem) -> None:
        life.problem = problem
        self.say(f"{life.part.name} cannot start: {problem.message} {problem.hint}".rstrip())
        self._plan_restart(life)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            self._ended(pid, os.waitstatus_to_exitcode(status))

    def _ended(self, pid: int, code: int) -> None:
        _kill_group(pid, signal.SIGKILL)  # what it started and left behind
        for errand in self._errands:
            if errand.pid == pid:
                errand.exit = code
        for life in self._lives():
            if life.pid == pid:
                life.pid, life.last_exit, life.problem = 0, code, None
                if time.monotonic() - life.since > _STEADY:
                    life.failures = 0
                self._plan_restart(life)

    def _plan_restart(self, life: _Life) -> None:
        life.failures += 1
        delay = backoff(life.failures)
        life.due = time.monotonic() + delay
        if life.problem is None:
            soon = f"in {delay:g} s" if delay else "now"
            self.say(f"{life.part.name} {ending(life.last_exit)}; it starts again {soon}.")

    def _read_logs(self) -> None:
        for life in self._lives():
            for line in life.follower.lines() if life.follower else ():
                if self.show:
                    self.show(life.part.name, line)
        if time.monotonic() - self._looked_at_logs > _HOUSEKEEPING:
            self._looked_at_logs = time.monotonic()
            for path in {life.part.log for life in self._lives() if life.part.log}:
                logs.rotate(path)

    def _await(self, errand: _Errand, name: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while errand.exit is None:
            if time.monotonic() > deadline:
                _kill_group(errand.pid, signal.SIGKILL)
                raise Unavailable(f"{name} did not end within {seconds:g} s.")
            self.tick(0.2 if errand.follower else 1.0)
            for line in errand.follower.lines() if errand.follower else ():
                self.say(line)

    def _stop_stage(self, stage: list[_Life]) -> None:
        """Send each part its stop signals, harder and harder, until all are gone."""
        alive, hurry = [life for life in stage if life.pid], False
        for life in alive:
            life.pleas, life.due = 0, 0.0
        while alive:
            for life in alive:
                if hurry or life.due <= time.monotonic():
                    self._plead(life)
            event = signal.sigtimedwait(_WATCHED, 0.1)
            hurry = event is not None and event.si_signo in STOP_SIGNALS
            self._read_logs()
            alive = [life for life in alive if life.pid and not _is_gone(life.pid)]

    def _plead(self, life: _Life) -> None:
        numbers = (*life.part.stop_signals, signal.SIGKILL)
        if life.pleas == len(numbers):
            self.say(f"{life.part.name} (process {life.pid}) does not end, not even killed.")
            life.pid = 0
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(life.pid, numbers[life.pleas])
        life.pleas += 1
        life.due = time.monotonic() + life.part.grace


def backoff(failures: int) -> float:
    """Seconds before the next start after so many failures in a row: none after the first, at most 15."""
    return 0.0 if failures <= 1 else min(15.0, 0.5 * 2.0 ** min(failures - 2, 10))


def ending(code: int) -> str:
    """How a process ended, in words."""
    if code >= 0:
        return f"stopped with exit code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"


def _explain(life: _Life, what: str = "") -> Problem:
    if life.problem is not None:
        return life.problem
    text = tail(life.part.log) if life.part.log else ""
    if life.part.explain is not None and text and not what:
        return life.part.explain()
    where = f"Its log is {life.part.log}." if life.part.log else ""
    return Unavailable(f"{life.part.name} {what or ending(life.last_exit)}.", hint=where, details=text)


def _report(run: Work, writer: int) -> None:
    try:
        answer = {"text": run() or ""}
    except Problem as problem:
        answer = {"problem": problem.message, "hint": problem.hint}
    with open(writer, "wb") as answers:
        answers.write(orjson.dumps(answer))


def _answer(written: bytes, name: str, code: int | None, log: Path | None) -> str:
    answer = orjson.loads(written) if written else {}
    if "problem" in answer:
        raise Unavailable(answer["problem"], hint=answer["hint"])
    if code or "text" not in answer:
        where = f"Its log is {log}." if log else ""
        raise Unavailable(f"{name} {ending(code or 0)}.", hint=where, details=tail(log) if log else "")
    return str(answer["text"])


def _is_gone(pid: int) -> bool:
    try:
        gone = os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        gone = True
    if gone:
        _kill_group(pid, signal.SIGKILL)  # what it started and left behind
    return gone


def _kill_group(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
