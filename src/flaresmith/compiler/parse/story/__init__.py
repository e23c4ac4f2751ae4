"""`spec.md`: head, stories with scenarios, requirements, criteria, entities, roles, clarifications, edge cases."""

from __future__ import annotations

from flaresmith.compiler.parse.findings import Findings
from flaresmith.compiler.parse.story.reader import Reader
from flaresmith.compiler.parse.story.text import SpecText

__all__ = ["SpecText", "read_spec"]


def read_spec(text: str, file: str, findings: Findings) -> SpecText:
    """The facts of a feature's specification, in every form and language in which people write it."""
    return Reader(file, findings).read(text)
