"""`[lint]` of `flaresmith.toml`: rules that are off or weigh more, everywhere or below a path."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from flaresmith.compiler.model import Diagnostic, Severity, Source

PATH = "flaresmith.toml"
_OFF = "off"
_ORDER = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


@dataclass(slots=True)
class Settings:
    """`severity` maps rule → severity, or None where it is off; `paths` do the same for files that match a pattern."""

    severity: dict[str, Severity | None] = field(default_factory=dict)
    paths: list[tuple[str, dict[str, Severity | None]]] = field(default_factory=list)
    refused: list[Diagnostic] = field(default_factory=list)

    def ignoring(self, rules: Iterable[str]) -> Settings:
        """These settings with more rules off."""
        return replace(self, severity={**self.severity, **dict.fromkeys(rules)})

    def applied(self, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """The findings with the severity that is set for them; an error stays one, since nothing sound can be made."""
        for diagnostic in found:
            wanted = self._wanted(diagnostic)
            if wanted is None and diagnostic.severity is not Severity.ERROR:
                continue
            if wanted is None or wanted == diagnostic.severity or diagnostic.severity is Severity.ERROR:
                yield diagnostic
            else:
                yield replace(diagnostic, severity=wanted)

    def _wanted(self, diagnostic: Diagnostic) -> Severity | None:
        for pattern, rules in reversed(self.paths):
            if diagnostic.rule in rules and fnmatchcase(diagnostic.source.file, pattern):
                return rules[diagnostic.rule]
        return self.severity.get(diagnostic.rule, diagnostic.severity)


def read_settings(text: str, known: Mapping[str, Severity]) -> Settings:
    """The settings of a `flaresmith.toml`; `known` maps each rule to its own severity. What is wrong is `refused`."""
    settings = Settings()
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        settings.refused.append(_refusal(f"this is not TOML: {str(problem)[:200]}", text, ""))
        return settings
    lint = document.get("lint", {})
    if not isinstance(lint, dict):
        settings.refused.append(_refusal("`lint` is no table", text, "lint"))
        return settings
    settings.severity = dict(_rules(lint, text, known, settings.refused))
    paths = lint.get("paths", {})
    for pattern, table in paths.items() if isinstance(paths, dict) else ():
        if isinstance(table, dict):
            settings.paths.append((str(pattern), dict(_rules(table, text, known, settings.refused))))
    for key in sorted(set(lint) - {"ignore", "severity", "paths"}):
        settings.refused.append(
            _refusal(f"`lint.{key}` is no setting: there are ignore, severity and paths", text, key)
        )
    return settings


def _rules(
    table: Mapping[str, Any], text: str, known: Mapping[str, Severity], refused: list[Diagnostic]
) -> Iterator[tuple[str, Severity | None]]:
    ignored = table.get("ignore", [])
    severities = table.get("severity", {})
    wanted = {str(rule): _OFF for rule in ignored} if isinstance(ignored, list) else {}
    wanted |= {str(rule): str(value) for rule, value in severities.items()} if isinstance(severities, dict) else {}
    for rule, value in wanted.items():
        if rule not in known:
            refused.append(_refusal(f"there is no rule `{rule}`", text, rule))
        elif value == _OFF and known[rule] is Severity.ERROR:
            refused.append(_refusal(f"`{rule}` is an error: nothing sound could be generated without it", text, rule))
        elif value == _OFF:
            yield rule, None
        elif value not in [each.value for each in Severity]:
            refused.append(_refusal(f"`{value}` is no severity: there are error, warning, info and off", text, rule))
        elif _ORDER[Severity(value)] < _ORDER[known[rule]] and known[rule] is Severity.ERROR:
            refused.append(_refusal(f"`{rule}` is an error and cannot weigh less", text, rule))
        else:
            yield rule, Severity(value)


def _refusal(message: str, text: str, word: str) -> Diagnostic:
    at = max(text.find(word), 0) if word else 0
    source = Source(PATH, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
    return Diagnostic("setting-refused", Severity.WARNING, message, source, "correct the setting; it has no effect")
