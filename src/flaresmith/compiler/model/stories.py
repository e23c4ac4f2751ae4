"""What people want of the product, and what is to be done for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flaresmith.compiler.model.sources import Source


class RequirementKind(StrEnum):
    """FR, SC, NFR."""

    FUNCTIONAL = "functional"
    SUCCESS = "success"
    NON_FUNCTIONAL = "non-functional"


@dataclass(frozen=True, slots=True)
class Requirement:
    """A numbered requirement or success criterion, with its id as written (`FR-001a`, `SC-MP-002`)."""

    id: str
    kind: RequirementKind
    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class Scenario:
    """One Given/When/Then."""

    text: str
    source: Source
    given: str = ""
    when: str = ""
    then: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """A user story with its priority (`P1`…, or empty)."""

    number: str
    title: str
    source: Source
    priority: str = ""
    text: str = ""
    scenarios: tuple[Scenario, ...] = ()


@dataclass(frozen=True, slots=True)
class Clarification:
    """A question that was asked of the spec; `answer` is empty while it is open (`[NEEDS CLARIFICATION: …]`)."""

    question: str
    source: Source
    answer: str = ""
    session: str = ""  # the date of the session, as written


@dataclass(frozen=True, slots=True)
class KeyEntity:
    """An entity as `spec.md` names it, in words; its fields stand in a data model, if anywhere."""

    name: str
    source: Source
    description: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One entry of `tasks.md`: what it cites, and the files it names."""

    id: str  # T001, WP01, or empty
    text: str
    source: Source
    done: bool = False
    parallel: bool = False  # [P]
    story: str = ""  # US1
    phase: str = ""  # the heading it stands under
    requirements: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Role:
    """Somebody who uses the product, and what the spec lets them do."""

    name: str
    source: Source
    description: str = ""
    permissions: tuple[str, ...] = ()
