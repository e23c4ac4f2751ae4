"""Diagnostics as a good linter prints them: file:line:column, severity, rule, message, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from flaresmith import cli

SEVERITIES = ("error", "warning", "info")
_STYLES = {"error": "bold red", "warning": "yellow", "info": "blue"}

Diagnostic = Mapping[str, Any]
"""`{rule, severity, file, line, column, message, hint}`, as the compiler and the server write it."""


def show(console: Console, found: Sequence[Diagnostic], place: Callable[[str], str] = str) -> None:
    """Print one diagnostic after the other; `place` says where a file lies."""
    for diagnostic in found:
        console.print(line(diagnostic, place))


def show_some(console: Console, found: Sequence[Diagnostic], most: int, place: Callable[[str], str] = str) -> None:
    """Print the errors, then the warnings as far as there is room, and say how many more there are."""
    serious = sorted((d for d in found if d["severity"] != "info"), key=lambda d: SEVERITIES.index(d["severity"]))
    shown = serious[: max(most, count(found)["error"])]
    show(console, shown, place)
    if more := len(found) - len(shown):
        console.print(f"{more} more: `flaresmith spec lint` prints them all.", style="dim")


def line(diagnostic: Diagnostic, place: Callable[[str], str] = str) -> Text:
    """One diagnostic on one line, its hint on a second."""
    where = f"{place(diagnostic['file'])}:{diagnostic['line']}:{diagnostic['column']}"
    severity = str(diagnostic["severity"])
    text = Text.assemble(
        cli.plain(where).replace("\n", " "),
        ": ",
        (severity, _STYLES.get(severity, "")),
        f" [{cli.plain(diagnostic['rule'])}] ",
        cli.plain(diagnostic["message"]),
    )
    if hint := diagnostic.get("hint"):
        text.append(f"\n    {cli.plain(hint)}", style="dim")
    return text


def count(found: Sequence[Diagnostic]) -> dict[str, int]:
    """How many there are of each severity."""
    return {severity: sum(d["severity"] == severity for d in found) for severity in SEVERITIES}


def words(found: Sequence[Diagnostic]) -> str:
    """`2 errors, 1 warning`; `no errors` when there is nothing worse than information."""
    counts = count(found)
    parts = [_number(counts["error"], "error"), _number(counts["warning"], "warning")]
    return ", ".join(part for part in parts if part) or "no errors"


def _number(many: int, what: str) -> str:
    return "" if not many else f"{many} {what}" if many == 1 else f"{many} {what}s"
