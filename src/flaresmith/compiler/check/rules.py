"""What a rule is: its name and severity, why it matters, an example on each side, and how to set it right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flaresmith.compiler.model import Severity

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


@dataclass(frozen=True, slots=True)
class Example:
    """Files of a feature's folder, path → text. `before` are the files of the version before; `said` is shown instead
    of files that a page cannot show, and then no test can run it."""

    files: Mapping[str, str | bytes] = field(default_factory=dict)
    before: Mapping[str, str | bytes] = field(default_factory=dict)
    said: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the linter. `severities` begins with its own; others are given where less is at stake."""

    id: str
    severities: tuple[Severity, ...]
    title: str
    why: str
    fix: str
    bad: Example
    good: Example
    fixable: bool = False

    @property
    def severity(self) -> Severity:
        """The severity that it has where nobody sets another."""
        return self.severities[0]


def spec(text: str) -> Example:
    """A `spec.md`."""
    return Example({"spec.md": text})


def model(text: str) -> Example:
    """A `data-model.md`."""
    return Example({"data-model.md": text})


def api(text: str) -> Example:
    """The OpenAPI document of the contracts, below its first line."""
    return Example({"contracts/openapi.yaml": f"openapi: 3.1.0\n{text}"})


def tools(text: str) -> Example:
    """The tool descriptors of the contracts."""
    return Example({"contracts/mcp-tools.json": text})


def changed(before: Example, after: Example) -> Example:
    """One version after another."""
    return Example(after.files, before=before.files)


def said(words: str) -> Example:
    """What a page can only describe."""
    return Example(said=words)
