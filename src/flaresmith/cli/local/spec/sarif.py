"""Findings as SARIF 2.1.0, the format that code hosts and editors read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from flaresmith.cli.findings import Diagnostic

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def log(found: Sequence[Diagnostic], place: Callable[[str], str]) -> dict[str, Any]:
    """One run with one result per finding."""
    rules = sorted({str(d["rule"]) for d in found})
    driver = {"name": "flaresmith", "rules": [{"id": rule} for rule in rules]}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": [_result(d, rules, place) for d in found]}],
    }


def _result(diagnostic: Diagnostic, rules: Sequence[str], place: Callable[[str], str]) -> dict[str, Any]:
    hint = diagnostic.get("hint")
    return {
        "ruleId": diagnostic["rule"],
        "ruleIndex": rules.index(str(diagnostic["rule"])),
        "level": _LEVELS.get(str(diagnostic["severity"]), "none"),
        "message": {"text": f"{diagnostic['message']} {hint}" if hint else diagnostic["message"]},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(place(diagnostic["file"]))},
                    "region": {"startLine": diagnostic["line"], "startColumn": diagnostic["column"]},
                }
            }
        ],
    }


def _uri(path: str) -> str:
    return f"file://{quote(path)}" if path.startswith("/") else quote(path)
