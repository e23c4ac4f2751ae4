"""A supervisor with parts that misbehave as told: `supervised.py FOLDER SCENE`. Prints what it says."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from flaresmith.kit.errors import Conflict, Problem
from flaresmith.kit.machine.part import Part, forked, program
from flaresmith.kit.machine.supervisor import StopRequested, Supervisor

FOLDER = Path(sys.argv[1])


def note(text: str) -> None:
    with (FOLDER / "notes").open("a") as notes:
        notes.write(f"{text}\n")


def steady(name: str) -> Part:
    def live() -> None:
        note(f"{name} begins")
        signal.signal(signal.SIGTERM, lambda *_: (note(f"{name} ends"), os._exit(0)))
        (FOLDER / f"{name}.pid").write_text(str(os.getpid()))
        while True:
            signal.pause()

    ready = FOLDER / f"{name}.pid"
    return forked(name, live, log=FOLDER / f"{name}.log", is_ready=ready.exists)


def deaf() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    (FOLDER / "deaf.pid").write_text(str(os.getpid()))
    while True:
        time.sleep(60)


def crashing() -> None:
    note("crashing begins")
    print("about to fall over", flush=True)
    raise SystemExit(7)


def refuses() -> str:
    raise Conflict("the name is taken", hint="take another")


def scene(name: str, supervisor: Supervisor) -> None:
    if name == "order":
        supervisor.start([steady("first")])
        supervisor.wait_ready(20)
        supervisor.start([steady("second")])
        supervisor.wait_ready(20)
        print("ready", flush=True)
        supervisor.run()
    elif name == "crash":
        supervisor.start([steady("first")])
        supervisor.wait_ready(20)
        supervisor.start([forked("crashing", crashing, log=FOLDER / "crashing.log", is_ready=bool)])
        supervisor.wait_ready(20)
    elif name == "deaf":
        part = forked("deaf", deaf, is_ready=(FOLDER / "deaf.pid").exists, grace=0.3)
        supervisor.start([part, program("sleeper", ["/bin/sleep", "600"], FOLDER / "sleeper.log")])
        supervisor.wait_ready(20)
    elif name == "errands":
        print(supervisor.once("errand", lambda: f"done in {os.getpid() != PARENT}"), flush=True)
        supervisor.once("refusing", refuses)


PARENT = os.getpid()
try:
    with Supervisor(lambda text: print(text, flush=True)) as one:
        scene(sys.argv[2], one)
except StopRequested:
    pass
except Problem as problem:
    print(f"PROBLEM {problem.message} | {problem.hint} | {problem.details}", flush=True)
    raise SystemExit(1) from None
