"""What the contracts of one feature say."""

from __future__ import annotations

from dataclasses import dataclass, field

from flaresmith.compiler.model import Contract, Endpoint, Tool
from flaresmith.compiler.parse.drafts import EntityDraft


@dataclass(slots=True)
class Contracts:
    """The contracts of one feature; `drafts` are tables that a contract in SQL or the like declares."""

    contracts: list[Contract] = field(default_factory=list)
    endpoints: list[Endpoint] = field(default_factory=list)
    tools: list[Tool] = field(default_factory=list)
    drafts: list[EntityDraft] = field(default_factory=list)
