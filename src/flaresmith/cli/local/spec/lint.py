"""`flaresmith spec lint`: every finding about a folder of specs, as a linter tells it; mended where that is safe."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flaresmith import cli
from flaresmith.cli import findings
from flaresmith.cli.documents import Documents
from flaresmith.cli.local.spec import mending, reading, sarif

if TYPE_CHECKING:
    from flaresmith.compiler.model import Diagnostic, Model

Names = list[str]


class Format(enum.StrEnum):
    """How the findings are written."""

    text = "text"
    json = "json"
    sarif = "sarif"


def lint(
    path: reading.Folder,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what can be mended without a question.")] = False,
    diffs: Annotated[bool, typer.Option("--diff", help="Show what --fix would change, and change nothing.")] = False,
    format_: Annotated[Format, typer.Option("--format", help="sarif is for code hosts and editors.")] = Format.text,
    rule: Annotated[Names | None, typer.Option(metavar="RULE", help="Only this rule; repeat for more.")] = None,
    ignore: Annotated[Names | None, typer.Option(metavar="RULE", help="Without this rule; repeat for more.")] = None,
    against: Annotated[
        str, typer.Option(metavar="DIR|REVISION", help="Tell what breaks for those who use these specs, too.")
    ] = "",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only errors and the summary.")] = False,
    as_json: cli.AsJson = False,
) -> None:
    """Check specs: file:line:column, severity, rule, message, hint. Exit code 1 when something is an error."""
    chosen = _Choice(rule or (), ignore or ())
    read = reading.folder(path)
    if fix or diffs:
        read = mending.mended(read, chosen.takes, write=fix and not diffs, told=not as_json and format_ is Format.text)
        if diffs:
            return
    model = chosen.of(_compared(reading.compiled(read).model, read, against))
    _tell(model, read, Format.json if as_json else format_, quiet)
    if model.errors:
        raise typer.Exit(cli.FAILED)


class _Choice:
    """The rules that were asked for; a name that is none is a mistake of the caller."""

    def __init__(self, only: Sequence[str], without: Sequence[str]) -> None:
        from flaresmith.compiler.check import RULES

        if unknown := sorted({*only, *without} - RULES.keys()):
            raise cli.UsageRefused(f"There is no rule {unknown[0]}.", hint="`flaresmith spec explain` lists all rules.")
        self._only, self._without = frozenset(only), frozenset(without)

    def takes(self, diagnostic: Diagnostic) -> bool:
        """Whether a finding is of these rules."""
        return diagnostic.rule not in self._without and (not self._only or diagnostic.rule in self._only)

    def of(self, model: Model) -> Model:
        """The model with the findings of these rules; what stops generation is told in any case."""
        kept = tuple(d for d in model.diagnostics if self.takes(d) or (d.severity == "error" and not self._only))
        return replace(model, diagnostics=kept)


def _compared(model: Model, read: Documents, against: str) -> Model:
    """The model with what it takes away from those who use the version before."""
    if not against:
        return model
    from flaresmith.cli.local.spec.diff import version
    from flaresmith.compiler.check import breaking_changes, decided, settings_of

    before = reading.parsed(version(read, against))
    texts = read.texts()
    breaking = decided(breaking_changes(before, model), texts, settings_of(read.files), comments=False)
    found = (*model.diagnostics, *breaking)
    return replace(model, diagnostics=tuple(sorted(found, key=lambda d: (d.source.file, d.source.line, d.rule))))


def _tell(model: Model, read: Documents, format_: Format, quiet: bool) -> None:
    from flaresmith.compiler.parse import to_json

    told = to_json(model)
    if format_ is Format.json:
        cli.print_json(_summary(told))
    elif format_ is Format.sarif:
        cli.print_json(sarif.log(told["diagnostics"], read))
    else:
        _print(told, read, quiet)


def _summary(told: dict[str, Any]) -> dict[str, Any]:
    counts = findings.count(told["diagnostics"])
    return {
        "ok": not counts["error"],
        "diagnostics": told["diagnostics"],
        "counts": {
            "errors": counts["error"],
            "warnings": counts["warning"],
            "infos": counts["info"],
            "fixable": sum(bool(d["fix"]) for d in told["diagnostics"]),
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
    if fixable := sum(bool(d["fix"]) for d in told["diagnostics"]):
        cli.out.print(f"{_many(fixable, 'finding')} can be mended: add --fix, or --diff to see it first.", style="dim")


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
