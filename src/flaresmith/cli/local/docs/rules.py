"""The page of rules: every diagnostic that the compiler can give, found where it is worded."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import flaresmith.compiler
from flaresmith.cli.local.docs.markdown import code, page, table

_LEDE = (
    "What the compiler says about specs, as `file:line:column: rule: message`. An *error* stops generation, a "
    "*warning* wants a look, an *info* tells of a decision taken for the author. `…` stands for what is found."
)
_SEVERITIES = ("error", "warning", "info")


class Rule(NamedTuple):
    """One wording of a diagnostic, and where it is given."""

    name: str
    severity: str
    message: str
    module: str


def rules() -> str:
    """Each rule with its severity and its wordings."""
    rows = [(code(one.name), one.severity, one.message, code(one.module)) for one in sorted(set(all_rules()))]
    return page("Rules", _LEDE, table(("Rule", "Severity", "Message", "Module"), rows))


def all_rules() -> Iterator[Rule]:
    """Every call in the compiler that makes a diagnostic with a rule of its own."""
    folder = Path(flaresmith.compiler.__path__[0])
    for path in sorted(folder.rglob("*.py")):
        module = ".".join(("compiler", *path.relative_to(folder).with_suffix("").parts)).removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and (found := _rule(node, module)):
                yield found


def _rule(call: ast.Call, module: str) -> Rule | None:
    if len(call.args) < 2 or not isinstance(call.args[0], ast.Constant) or not isinstance(call.args[0].value, str):
        return None
    name = call.args[0].value
    if isinstance(call.func, ast.Attribute) and call.func.attr in _SEVERITIES and len(call.args) > 2:
        return Rule(name, call.func.attr, _words(call.args[1]), module)
    if isinstance(call.func, ast.Name) and call.func.id == "Diagnostic" and len(call.args) > 2:
        severity = call.args[1].attr.lower() if isinstance(call.args[1], ast.Attribute) else ""
        return Rule(name, severity, _words(call.args[2]), module)
    return None


def _words(node: ast.expr) -> str:
    """The text of a message, with `…` for what is only known when it is given."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_words(part) for part in node.values)
    if isinstance(node, ast.BinOp):
        return _words(node.left) + _words(node.right)
    return "…"
