"""Findings as SARIF 2.1.0, the format that code hosts and editors read: with help for each rule, and with fixes."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from flaresmith.cli.documents import Documents
from flaresmith.cli.findings import Diagnostic

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def log(found: Sequence[Diagnostic], read: Documents) -> dict[str, Any]:
    """One run with one result per finding; every rule that is found comes with its explanation."""
    rules = sorted({str(d["rule"]) for d in found})
    texts = read.texts()
    driver = {
        "name": "flaresmith",
        "semanticVersion": version("flaresmith"),
        "rules": [_rule(rule) for rule in rules],
    }
    results = [_result(d, rules, read, texts) for d in found]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _rule(name: str) -> dict[str, Any]:
    from flaresmith.compiler.check import RULES

    rule = RULES.get(name)
    if rule is None:
        return {"id": name}
    return {
        "id": name,
        "shortDescription": {"text": f"{rule.title}."},
        "fullDescription": {"text": rule.why},
        "help": {
            "text": f"{rule.why} {rule.fix}",
            "markdown": f"{rule.why}\n\n{rule.fix}\n\n`flaresmith spec explain {name}`",
        },
        "defaultConfiguration": {"level": _LEVELS[rule.severity.value]},
    }


def _result(diagnostic: Diagnostic, rules: Sequence[str], read: Documents, texts: dict[str, str]) -> dict[str, Any]:
    hint = diagnostic.get("hint")
    result: dict[str, Any] = {
        "ruleId": diagnostic["rule"],
        "ruleIndex": rules.index(str(diagnostic["rule"])),
        "level": _LEVELS.get(str(diagnostic["severity"]), "none"),
        "message": {"text": f"{diagnostic['message']} {hint}" if hint else diagnostic["message"]},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(read.on_disk(diagnostic["file"]))},
                    "region": {"startLine": diagnostic["line"], "startColumn": diagnostic["column"]},
                }
            }
        ],
    }
    if fix := diagnostic.get("fix"):
        result["fixes"] = [_fix(fix, read, texts)]
    return result


def _fix(fix: dict[str, Any], read: Documents, texts: dict[str, str]) -> dict[str, Any]:
    changes = [
        {
            "artifactLocation": {"uri": _uri(read.on_disk(edit["file"]))},
            "replacements": [
                {
                    "deletedRegion": _region(edit, texts.get(edit["file"], "")),
                    "insertedContent": {"text": edit["text"]},
                }
            ],
        }
        for edit in fix["edits"]
    ]
    return {"description": {"text": fix["title"]}, "artifactChanges": changes}


def _region(edit: dict[str, Any], text: str) -> dict[str, int]:
    """The span of an edit; a line break counts as one character of its length."""
    line, column, left = edit["line"], edit["column"], edit["length"]
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    while line <= len(lines) and column - 1 + left > len(lines[line - 1]):
        left -= len(lines[line - 1]) - (column - 1) + 1
        line, column = line + 1, 1
        if left <= 0:
            break
    start = {"startLine": edit["line"], "startColumn": edit["column"]}
    return {**start, "endLine": line, "endColumn": column + max(left, 0)}


def _uri(path: str) -> str:
    return f"file://{quote(path)}" if path.startswith("/") else quote(path)
