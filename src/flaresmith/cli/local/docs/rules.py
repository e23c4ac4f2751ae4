"""The pages of rules: one for each, from its declaration, and the index; the wordings, found where they are given."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import flaresmith.cli
import flaresmith.compiler
from flaresmith.cli.local.docs.markdown import NOTICE, page, table
from flaresmith.compiler.check import RULES, Example, Rule
from flaresmith.compiler.check.secrets import masked

_LEDE = (
    "What the compiler says about specs, as `file:line:column: severity [rule] message`. An *error* stops generation, "
    "a *warning* wants a look, an *info* tells of a decision taken for the author. `flaresmith spec explain RULE` "
    "shows the page of a rule, `flaresmith spec lint --fix` mends what can be mended without a question."
)
_SEVERITIES = ("error", "warning", "info")
_LANGUAGES = {"md": "markdown", "yaml": "yaml", "json": "json", "toml": "toml"}


class Wording(NamedTuple):
    """One wording of a diagnostic, and where it is given."""

    name: str
    severity: str
    message: str
    module: str


def rules() -> str:
    """The index: each rule with its severity, what it is about, and whether it can be mended."""
    rows = [
        (
            f"[`{rule.id}`](../rules/{rule.id}.md)",
            " or ".join(severity.value for severity in rule.severities),
            rule.title,
            "yes" if rule.fixable else "",
        )
        for rule in RULES.values()
    ]
    return page("Rules", _LEDE, table(("Rule", "Severity", "What it finds", "Fix"), rows))


def rule_pages() -> dict[str, str]:
    """The page of each rule, by its file name."""
    given: dict[str, set[str]] = {}
    for wording in all_wordings():
        given.setdefault(wording.name, set()).add(wording.message)
    return {f"{name}.md": rule_page(rule, sorted(given.get(name, ()))) for name, rule in RULES.items()}


def rule_page(rule: Rule, messages: list[str]) -> str:
    """One page: what the rule finds, why that matters, an example on each side, how to set it right."""
    words = " or ".join(severity.value for severity in rule.severities)
    mended = " `flaresmith spec lint --fix` mends it." if rule.fixable else ""
    told = "\n".join(f"- {message}" for message in messages if message.strip("…"))
    parts = [
        f"# `{rule.id}`",
        NOTICE,
        f"**{rule.title}.** Severity: {words}.{mended}",
        f"## Why\n\n{rule.why}",
        f"## What it finds\n\n{_shown(rule.bad)}",
        f"## What is right\n\n{_shown(rule.good)}",
        f"## How to set it right\n\n{rule.fix}",
    ]
    if told:
        parts.append(f"## What it says\n\n{told}")
    ignore = f"<!-- flaresmith-ignore {rule.id}: why it is so here -->"
    if rule.severity.value != "error":
        parts.append(
            "## Where it does not fit\n\n"
            f"Beside the line, or on the line above: `{ignore}`. For everything, in `flaresmith.toml`:\n\n"
            f'```toml\n[lint]\nignore = ["{rule.id}"]\n```'
        )
    return "\n\n".join(parts) + "\n"


def _shown(example: Example) -> str:
    if example.said:
        return example.said
    before = [_file(path, text, " (the version before)") for path, text in example.before.items()]
    return "\n\n".join([*before, *(_file(path, text, "") for path, text in example.files.items())])


def _file(path: str, text: str | bytes, note: str) -> str:
    shown = masked(text.decode("cp1252").replace("\x00", "␀") if isinstance(text, bytes) else text)
    marks = "~~~~" if "```" in shown else "```"
    language = _LANGUAGES.get(path.rsplit(".", 1)[-1], "")
    name = path.lstrip("/")
    return f"`{name}`{note}\n\n{marks}{language}\n{shown.rstrip()}\n{marks}"


def all_wordings() -> Iterator[Wording]:
    """Every call that makes a diagnostic with a rule of its own, in the compiler and in the commands."""
    for package in (flaresmith.compiler, flaresmith.cli):
        folder = Path(package.__path__[0])
        for path in sorted(folder.rglob("*.py")):
            name = package.__name__.rpartition(".")[2]
            module = ".".join((name, *path.relative_to(folder).with_suffix("").parts)).removesuffix(".__init__")
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    yield from _given(node, module)


def _given(call: ast.Call, module: str) -> Iterator[Wording]:
    if len(call.args) < 2 or not isinstance(call.args[0], ast.Constant) or not isinstance(call.args[0].value, str):
        return
    name = call.args[0].value
    if isinstance(call.func, ast.Attribute) and len(call.args) > 2:
        if call.func.attr in _SEVERITIES:
            yield Wording(name, call.func.attr, _words(call.args[1]), module)
        elif call.func.attr == "_gone":
            yield Wording(name, "warning", _words(call.args[1]), module)
    elif isinstance(call.func, ast.Name) and call.func.id == "Diagnostic" and len(call.args) > 2:
        severity = call.args[1].attr.lower() if isinstance(call.args[1], ast.Attribute) else ""
        yield Wording(name, severity, _words(call.args[2]), module)


def _words(node: ast.expr) -> str:
    """The text of a message, with `…` for what is only known when it is given."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_words(part) for part in node.values)
    if isinstance(node, ast.BinOp):
        return _words(node.left) + _words(node.right)
    return "…"
