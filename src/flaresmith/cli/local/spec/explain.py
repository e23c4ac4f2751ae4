"""`flaresmith spec explain`: what a rule finds, why that matters, and how to set it right."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markdown import Markdown

from flaresmith import cli

if TYPE_CHECKING:
    from flaresmith.compiler.check import Example, Rule


def explain(
    rule: Annotated[str, typer.Argument(metavar="[RULE]", help="The name in brackets; all rules when left out.")] = "",
    as_json: cli.AsJson = False,
) -> None:
    """Explain a rule: why it matters, an example on each side, and how to set it right. Without RULE, list them all."""
    from flaresmith.compiler.check import RULES

    if not rule:
        _list(list(RULES.values()), as_json)
        return
    name = rule.strip("[]")
    if name not in RULES:
        near = difflib.get_close_matches(name, RULES, 1)
        hint = f"Did you mean {near[0]}?" if near else "`flaresmith spec explain` lists all rules."
        raise cli.UsageRefused(f"There is no rule {cli.plain(rule)}.", hint=hint)
    if as_json:
        cli.print_json(_told(RULES[name]))
        return
    from flaresmith.cli.local.docs.rules import rule_page

    page = rule_page(RULES[name], [])
    cli.out.print(Markdown(page) if cli.out.is_terminal else page, markup=False)


def _list(rules: list[Rule], as_json: bool) -> None:
    if as_json:
        cli.print_json([_told(rule) for rule in rules])
        return
    for rule in rules:
        mark = "  fix" if rule.fixable else ""
        cli.out.print(f"{rule.severity.value:<8} {rule.id:<28} {rule.title}{mark}", markup=False)
    cli.out.print(f"{len(rules)} rules.", style="bold")


def _told(rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "severity": rule.severity.value,
        "title": rule.title,
        "why": rule.why,
        "fix": rule.fix,
        "fixable": rule.fixable,
        "bad": _files(rule.bad),
        "good": _files(rule.good),
    }


def _files(example: Example) -> dict[str, str]:
    from flaresmith.compiler.check.secrets import masked

    shown = {path: masked(text) for path, text in example.files.items() if isinstance(text, str)}
    return shown or ({"": example.said} if example.said else {})
