"""`flaresmith doctor`: what this machine lacks, and how to get it."""

from __future__ import annotations

from dataclasses import asdict

import typer
from rich.table import Table

from flaresmith import cli
from flaresmith.cli.local import checks
from flaresmith.kit.machine.home import Home

_MARKS = {"ok": ("✓", "green"), "optional": ("·", "yellow"), "missing": ("✗", "red")}


def doctor(data: cli.Data = cli.DEFAULT_DATA, as_json: cli.AsJson = False) -> None:
    """Look at everything Flaresmith needs from this machine; exit code 1 when something is missing."""
    findings = checks.examine(Home(data))
    missing = [one for one in findings if one.state == "missing"]
    if as_json:
        cli.print_json({"ok": not missing, "findings": [asdict(one) for one in findings]})
    else:
        _print(findings, len(missing))
    if missing:
        raise typer.Exit(cli.FAILED)


def _print(findings: list[checks.Finding], missing: int) -> None:
    table = Table(box=None, show_header=False, padding=(0, 1))
    for one in findings:
        mark, color = _MARKS[one.state]
        table.add_row(f"[{color}]{mark}[/]", one.name, cli.escape(one.found + (f" — {one.hint}" if one.hint else "")))
    cli.out.print(table)
    cli.out.print(f"{missing} missing." if missing else "Nothing is missing.")
