"""`flaresmith up`: start a copy and everything it needs."""

from __future__ import annotations

import contextlib
import enum
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from flaresmith import cli
from flaresmith.cli.local import report, startup
from flaresmith.cli.local.report import Pipe, Terminal
from flaresmith.cli.local.roles import PRODUCT, Product
from flaresmith.cli.local.startup import Wanted
from flaresmith.kit.errors import NotFound, Problem, Unavailable
from flaresmith.kit.machine import logs
from flaresmith.kit.machine.home import Home
from flaresmith.kit.machine.process import wait_until
from flaresmith.kit.machine.server import tail
from flaresmith.kit.settings import settings


class Ports(enum.StrEnum):
    """Where the roles listen."""

    fixed = "fixed"
    auto = "auto"


def up(
    data: cli.Data = cli.DEFAULT_DATA,
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Return when everything answers.")] = False,
    ports: Annotated[Ports, typer.Option(help="3000, 4000, 4001, 4002, or any that are free.")] = Ports.fixed,
    seed: Annotated[Path | None, typer.Option(metavar="PATH", help="Provision the specs in this folder.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show the logs of all parts.")] = False,
    as_json: cli.AsJson = False,
) -> None:
    """Start the database, the cache and every role; stop them all with Ctrl-C.

    DATABASE_URL and REDIS_URL, when set, name servers to use instead of those that come along.
    """
    if seed is not None and not seed.is_dir():
        raise NotFound(f"There is no folder {seed}.", hint="Name a folder that holds `specs/`.")
    given = settings()
    folder = seed.resolve() if seed else None
    wanted = Wanted(Home(data), ports.value, given.database_url, given.redis_url, folder, verbose)
    bring_up(wanted, PRODUCT, detach=detach, as_json=as_json)


def bring_up(wanted: Wanted, product: Product, *, detach: bool, as_json: bool) -> None:
    """Start a copy of `product` in the foreground, or behind us; a Problem when it does not come up."""
    terminal = Terminal(str(wanted.home.path), as_json=as_json, detached=detach)
    if not detach:
        startup.run(wanted, product, terminal)
    elif wanted.home.supervisor():
        _tell_where(wanted.home, terminal)
    else:
        _detach(wanted, product, terminal)


def _tell_where(home: Home, terminal: Terminal) -> None:
    """Another `up` was faster: wait until its copy answers, and say where."""
    terminal.say(f"A copy runs already in {home.path}.")
    wait_until(lambda: home.read_run() is not None or not home.supervisor(), startup.READY_SECONDS)
    run = home.read_run()
    if run is None:
        raise Unavailable("The copy that was starting did not come up.", hint=f"See {home.log('supervisor')}.")
    terminal.ready(run)


def _detach(wanted: Wanted, product: Product, terminal: Terminal) -> None:
    wanted.home.create()
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reader)
        _live_behind(wanted, product, writer)
    os.close(writer)
    try:
        problem = report.relay(reader, terminal)
    except KeyboardInterrupt:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
        raise
    if problem is not None:
        problem.details = problem.details or tail(wanted.home.log("supervisor"), 1500)
        raise problem


def _live_behind(wanted: Wanted, product: Product, writer: int) -> None:
    """The life of the detached supervisor; never returns."""
    code = 1
    pipe = Pipe(writer)
    try:
        os.setsid()
        _write_to(wanted.home.log("supervisor"))
        startup.run(wanted, product, pipe)
        code = 0
    except Problem as problem:
        cli.print_problem(problem, as_json=False)
        pipe.failed(problem)
    except BaseException:
        traceback.print_exc()
    finally:
        pipe.close()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _write_to(log: Path) -> None:
    logs.rotate(log)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.close(output)
    os.close(nothing)
