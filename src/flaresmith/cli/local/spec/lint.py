"""`flaresmith spec lint`: every finding about a folder of specs, as a linter tells it."""

from __future__ import annotations

import enum
from typing import Annotated, Any

import typer

from flaresmith import cli
from flaresmith.cli import findings
from flaresmith.cli.documents import Documents
from flaresmith.cli.local.spec import reading, sarif


class Format(enum.StrEnum):
    """How the findings are written."""

    text = "text"
    json = "json"
    sarif = "sarif"


def lint(
    path: reading.Folder,
    format_: Annotated[Format, typer.Option("--format", help="sarif is for code hosts and editors.")] = Format.text,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only errors and the summary.")] = False,
    as_json: cli.AsJson = False,
) -> None:
    """Check specs: file:line:column, severity, rule, message, hint. Exit code 1 when something is an error."""
    from flaresmith.compiler.parse import to_json

    read = reading.folder(path)
    model = reading.compiled(read).model
    told = to_json(model)
    if as_json or format_ is Format.json:
        cli.print_json(_summary(told))
    elif format_ is Format.sarif:
        cli.print_json(sarif.log(told["diagnostics"], read.on_disk))
    else:
        _print(told, read, quiet)
    if model.errors:
        raise typer.Exit(cli.FAILED)


def _summary(told: dict[str, Any]) -> dict[str, Any]:
    counts = findings.count(told["diagnostics"])
    return {
        "ok": not counts["error"],
        "diagnostics": told["diagnostics"],
        "counts": {
            "errors": counts["error"],
            "warnings": counts["warning"],
            "infos": counts["info"],
            "features": len(told["features"]),
            **told["counts"],
        },
    }


def _print(told: dict[str, Any], read: Documents, quiet: bool) -> None:
    shown = [d for d in told["diagnostics"] if not quiet or d["severity"] == "error"]
    findings.show(cli.out, shown, read.on_disk)
    features, facts = len(told["features"]), told["counts"]["facts"]
    missed = told["counts"]["linesNotUnderstood"]
    cli.out.print(
        f"{findings.words(told['diagnostics'])} in {_many(features, 'feature')}, {_many(facts, 'fact')} understood, "
        f"{_many(missed, 'line')} not understood.",
        style="bold",
    )


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
