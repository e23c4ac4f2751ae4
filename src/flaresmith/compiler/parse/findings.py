"""What the reader has to say to the author: diagnostics, and the lines it did not understand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flaresmith.compiler.model import Change, Diagnostic, Fix, Severity, Source

_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Mention:
    """An entity that a feature names as existing or changed without any field; `extends` is the feature it names."""

    name: str
    source: Source
    change: Change | None = None
    extends: str = ""


class Findings:
    """Collects diagnostics in the order in which they were found."""

    def __init__(self) -> None:
        self._found: dict[Diagnostic, None] = {}
        self.lines_not_understood = 0
        self.mentions: list[Mention] = []

    def error(self, rule: str, message: str, source: Source, hint: str = "", fix: Fix | None = None) -> None:
        """Something that makes generation impossible or unsafe."""
        self._found[Diagnostic(rule, Severity.ERROR, message, source, hint, fix)] = None

    def warning(self, rule: str, message: str, source: Source, hint: str = "", fix: Fix | None = None) -> None:
        """Something the author should look at; generation goes on."""
        self._found[Diagnostic(rule, Severity.WARNING, message, source, hint, fix)] = None

    def info(self, rule: str, message: str, source: Source, hint: str = "", fix: Fix | None = None) -> None:
        """A decision that was taken for the author."""
        self._found[Diagnostic(rule, Severity.INFO, message, source, hint, fix)] = None

    def add(self, diagnostic: Diagnostic) -> None:
        """A finding that another check has worded."""
        self._found[diagnostic] = None

    def not_understood(self, text: str, source: Source, hint: str = "") -> None:
        """A line that looks like a fact and was not read; it is counted."""
        self.lines_not_understood += 1
        self.warning("not-understood", f"not understood: {excerpt(text)}", source, hint or _FIELD_HINT)

    def include(self, other: Findings) -> None:
        """Everything that a reader with findings of its own has to say."""
        self._found |= other._found
        self.lines_not_understood += other.lines_not_understood
        self.mentions += other.mentions

    def __len__(self) -> int:
        """How many diagnostics there are so far."""
        return len(self._found)

    def __bool__(self) -> bool:
        return True

    def lines(self, file: str) -> set[int]:
        """The lines of a file of which something was said."""
        return {diagnostic.source.line for diagnostic in self._found if diagnostic.source.file == file}

    def in_order(self) -> tuple[Diagnostic, ...]:
        """All findings by file, line, column and rule."""
        return in_order(self._found)


_FIELD_HINT = "write a field as `- name (type, constraints) REQUIRED` or as a table row with Field and Type columns"


def excerpt(text: str) -> str:
    """One printable line of at most 120 characters, for a message."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: _SHOWN * 4]).split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def in_order(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Findings by file, line, column and rule."""
    return tuple(sorted(found, key=_place))


def _place(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
    source = diagnostic.source
    return (source.file, source.line, source.column, diagnostic.rule, diagnostic.message)
