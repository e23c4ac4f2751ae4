"""One step of a trace, and how it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Link:
    """One thing that serves a requirement.

    `how` is `cited` (it names the id), `derived` (it follows from what cites it) or `name` (the words agree). `file`
    and `line` are where that stands; the line is 0 where the whole file is meant.
    """

    name: str
    how: str
    file: str = ""
    line: int = 0
    detail: str = ""
    done: bool = False

    def json(self) -> dict[str, Any]:
        """The link as JSON; what says nothing is left out."""
        shown: dict[str, Any] = {"name": self.name, "how": self.how}
        shown |= {"file": self.file} if self.file else {}
        shown |= {"line": self.line} if self.line else {}
        shown |= {"detail": self.detail} if self.detail else {}
        return shown | ({"done": True} if self.done else {})
