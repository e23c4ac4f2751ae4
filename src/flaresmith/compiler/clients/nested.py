"""Objects inside other schemas, which get a name of their own in languages that need one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flaresmith.compiler import naming


@dataclass(slots=True)
class Nested:
    """Name → schema, filled while types are made; `taken` are the names that are given already."""

    taken: set[str]
    found: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def add(self, hint: str, schema: Mapping[str, Any]) -> str:
        """A name for an object; the same object asked for twice is one type."""
        wanted = naming.pascal(hint)
        if self.found.get(wanted) == schema:
            return wanted
        name = naming.claimed(wanted, self.taken)
        self.found[name] = schema
        return name
