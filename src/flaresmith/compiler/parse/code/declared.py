"""What a declaration says, in one shape for every language: the readers fill it in, `drafting` makes entities of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flaresmith.compiler.model import (
    Cardinality,
    EntityKind,
    Index,
    Limits,
    Notation,
    Reference,
    Relationship,
    Rule,
    Source,
    Type,
)

NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Typed:
    """What a written type says; `target` is the name where only a name is known: an entity, an enum, or nothing."""

    type: Type
    nullable: bool = False
    target: str = ""
    many: bool = False
    generated: bool = False  # serial and auto fields
    limits: Limits = NO_LIMITS


@dataclass(slots=True)
class DeclaredField:
    """One member of a declaration. `required` is None where the language leaves it open and nothing was said.

    A `relation` says that the member only leads to other entities and is no column; `by` names its foreign key.
    """

    name: str
    source: Source
    raw: str
    typed: Typed | None = None
    required: bool | None = None
    primary_key: bool = False
    unique: bool = False
    indexed: bool = False
    references: Reference | None = None
    default: Any = None
    has_default: bool = False
    updates_on_write: bool = False
    limits: Limits = NO_LIMITS
    description: str = ""
    relation: Cardinality | None = None
    by: tuple[str, ...] = ()
    confidence: float = 1.0


@dataclass(slots=True)
class Declared:
    """One declared type, table or enum. `table` is the name in the database where it differs from the type's own."""

    name: str
    source: Source
    notation: Notation
    raw: str = ""
    kind: EntityKind | None = None
    fields: list[DeclaredField] = field(default_factory=list)
    values: tuple[str, ...] = ()
    members: Mapping[str, str] = field(default_factory=dict)  # of an enum: the name in code → its value
    indexes: list[Index] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    relationships: list[Relationship] = field(default_factory=list)
    bases: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    table: str = ""
    description: str = ""
    abstract: bool = False  # only others inherit from it
    delta: bool = False

    def find(self, name: str) -> DeclaredField | None:
        """The member of that name."""
        return next((known for known in self.fields if known.name == name), None)
