"""What all commands share: how they print, how they fail, and the options that mean the same everywhere.

Results go to standard output (one JSON value with `--json`), everything else to standard error. Exit codes: 0 done,
1 failed or refused, 2 the command line was not understood, 130 interrupted.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.markup import escape

from flaresmith.kit.errors import Problem

FAILED, INTERRUPTED = 1, 130

out = Console(highlight=False, soft_wrap=True)
err = Console(highlight=False, soft_wrap=True, stderr=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value instead of text.")]
Data = Annotated[
    Path,
    typer.Option("--data", envvar="FLARESMITH_DATA", metavar="DIR", help="Where this copy keeps everything."),
]
DEFAULT_DATA = Path(".flaresmith")


def print_json(value: Any) -> None:
    """Print one JSON value on a line of its own."""
    out.file.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE).decode())
    out.file.flush()


def print_problem(problem: Problem, *, as_json: bool) -> None:
    """Say what went wrong and what to do about it."""
    if as_json:
        print_json({"error": {"code": problem.code, "message": problem.message, "hint": problem.hint}})
        return
    if isinstance(problem.details, str) and problem.details:
        err.print(problem.details, style="dim", markup=False)
    err.print("error:", style="bold red", end=" ")
    err.print(problem.message, markup=False)
    if problem.hint:
        err.print(f"       {problem.hint}", markup=False)


__all__ = [
    "DEFAULT_DATA",
    "FAILED",
    "INTERRUPTED",
    "AsJson",
    "Data",
    "err",
    "escape",
    "out",
    "print_json",
    "print_problem",
]
