"""Where a fact stands, and what is said about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact stands: a path relative to the spec root, 1-based line and column."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Severity(StrEnum):
    """How much a diagnostic matters: an error stops generation, a warning does not, info only tells."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `length` characters at a place by `text`; every other byte of the file stays as it is."""

    source: Source
    length: int
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A correction that keeps the meaning of the spec: what it does in a few words, and its edits."""

    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding, worded for the author of the spec."""

    rule: str
    severity: Severity
    message: str
    source: Source
    hint: str = ""
    fix: Fix | None = None
