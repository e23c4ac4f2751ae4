"""What all commands share: how they print, how they fail, and the options that mean the same everywhere.

Results go to standard output (one JSON value with `--json`), everything else to standard error. Exit codes: 0 done,
1 failed or refused, 2 the command line was not understood or names what does not exist, 3 nothing runs there,
130 interrupted.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.markup import escape

from flaresmith.kit.errors import BadRequest, Problem, Unavailable

FAILED, NOT_FOUND, NOTHING_RUNS, INTERRUPTED = 1, 2, 3, 130
EXIT_CODES = "Exit codes: 0 done · 1 failed or refused · 2 usage, or not found · 3 nothing runs there · 130 interrupted"

out = Console(highlight=False, soft_wrap=True)
err = Console(highlight=False, soft_wrap=True, stderr=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value instead of text.")]
Data = Annotated[
    Path,
    typer.Option("--data", envvar="FLARESMITH_DATA", metavar="DIR", help="Where this copy keeps everything."),
]
DEFAULT_DATA = Path(".flaresmith")

_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


class UsageRefused(BadRequest):
    """The command line does not fit together."""

    code = "USAGE"


class NothingRuns(Unavailable):
    """No copy of Flaresmith answers there."""

    code = "NOTHING_RUNS"


def exit_code(problem: Problem) -> int:
    """The code with which a command ends after this problem."""
    if isinstance(problem, NothingRuns):
        return NOTHING_RUNS
    return NOT_FOUND if problem.status == 404 or isinstance(problem, UsageRefused) else FAILED


def plain(text: object) -> str:
    """Text of others that cannot steer a terminal: control characters and marks of direction become `�`."""
    return _INVISIBLE.sub("\N{REPLACEMENT CHARACTER}", str(text).replace("\r\n", "\n"))


def print_json(value: Any) -> None:
    """Print one JSON value on a line of its own."""
    out.file.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE).decode())
    out.file.flush()


def print_problem(problem: Problem, *, as_json: bool) -> None:
    """Say what went wrong and what to do about it."""
    if as_json:
        print_json(problem_json(problem))
        return
    if isinstance(problem.details, str) and problem.details:
        err.print(plain(problem.details), style="dim", markup=False)
    err.print("error:", style="bold red", end=" ")
    err.print(plain(problem.message), markup=False)
    if problem.hint:
        err.print(f"       {plain(problem.hint)}", markup=False)


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem as the JSON value that a failing command prints."""
    error: dict[str, Any] = {"code": problem.code, "message": problem.message, "hint": problem.hint}
    if isinstance(problem.details, dict | list) and problem.details:
        error["details"] = problem.details
    return {"error": error}


__all__ = [
    "DEFAULT_DATA",
    "EXIT_CODES",
    "FAILED",
    "INTERRUPTED",
    "NOTHING_RUNS",
    "NOT_FOUND",
    "AsJson",
    "Data",
    "NothingRuns",
    "UsageRefused",
    "err",
    "escape",
    "exit_code",
    "out",
    "plain",
    "print_json",
    "print_problem",
    "problem_json",
]
