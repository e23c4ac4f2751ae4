"""What a `spec.md` says, as it is collected on the way through it."""

from __future__ import annotations

from dataclasses import dataclass, field

from flaresmith.compiler.model import Clarification, KeyEntity, Requirement, Role, Rule, Story


@dataclass(slots=True)
class SpecText:
    """The facts of one document. `stated` are the lines that state a dependency on another feature."""

    title: str = ""
    branch: str = ""
    status: str = ""
    stories: list[Story] = field(default_factory=list)
    requirements: list[Requirement] = field(default_factory=list)
    success_criteria: list[Requirement] = field(default_factory=list)
    key_entities: list[KeyEntity] = field(default_factory=list)
    clarifications: list[Clarification] = field(default_factory=list)
    roles: tuple[Role, ...] = ()
    edge_cases: list[Rule] = field(default_factory=list)
    stated: list[str] = field(default_factory=list)
