"""A whole product: its features merged, its database over time, and the files made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flaresmith.compiler.model.contracts import Contract, Endpoint, Tool
from flaresmith.compiler.model.entities import Entity, EntityKind, Rule
from flaresmith.compiler.model.sources import Diagnostic, Severity, Source
from flaresmith.compiler.model.stories import Clarification, KeyEntity, Requirement, Role, Story, Task


@dataclass(frozen=True, slots=True)
class Feature:
    """One `specs/NNN-name/` folder."""

    id: str  # the folder's name
    title: str
    source: Source
    status: str = ""
    branch: str = ""
    stories: tuple[Story, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    success_criteria: tuple[Requirement, ...] = ()
    entities: tuple[Entity, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    contracts: tuple[Contract, ...] = ()
    tools: tuple[Tool, ...] = ()
    clarifications: tuple[Clarification, ...] = ()
    tasks: tuple[Task, ...] = ()
    roles: tuple[Role, ...] = ()
    depends_on: tuple[str, ...] = ()  # ids of the features it cites
    key_entities: tuple[KeyEntity, ...] = ()
    edge_cases: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class SchemaOperation:
    """One step of a database migration, as data.

    `op` is create_table, add_column, drop_table, drop_column, alter_column, add_index, drop_index, add_unique,
    drop_unique, add_foreign_key, drop_foreign_key, add_check, drop_check or insert_rows; `arguments` is JSON.
    `destructive` steps can lose data, and `loses` says which, in words.
    """

    op: str
    table: str
    arguments: Mapping[str, Any]
    reason: str = ""
    destructive: bool = False
    loses: str = ""


@dataclass(frozen=True, slots=True)
class Migration:
    """One database revision: a stable id, its parent's id (empty for the first) and its steps in order."""

    revision: str
    parent: str
    slug: str
    operations: tuple[SchemaOperation, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A whole product as written: features merged into one set of entities and endpoints.

    `entities` and `endpoints` are what the targets generate from: merged over features, references resolved, derived
    endpoints added, in a stable order. `features` keep what each folder itself says. `migrations` is the line of
    database revisions up to this model (see `diff`). `not_understood` counts the lines that looked like facts and
    were not read; each has a diagnostic.
    """

    name: str
    features: tuple[Feature, ...] = ()
    entities: tuple[Entity, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    schemas: Mapping[str, Any] = field(default_factory=dict)  # merged components.schemas of the contracts
    security_schemes: Mapping[str, Any] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    not_understood: int = 0
    constitution_version: str = ""
    spec_hash: str = ""  # sha256 over the spec files, hex
    migrations: tuple[Migration, ...] = ()

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(d for d in self.diagnostics if d.severity is Severity.ERROR)

    @property
    def tables(self) -> tuple[Entity, ...]:
        """The entities that become tables, in an order in which foreign keys can be created."""
        return tuple(e for e in self.entities if e.kind is EntityKind.PERSISTED)

    def entity(self, name: str) -> Entity | None:
        return next((e for e in self.entities if e.name == name), None)


@dataclass(frozen=True, slots=True)
class File:
    """One generated file: a safe relative path, its text, and what it was made from.

    `target` names the target; `requirements` the FR/SC ids it serves. `seed` files are written once and belong to the
    user from then on (they are never regenerated).
    """

    path: str
    text: str
    target: str
    requirements: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    seed: bool = False


Files = Sequence[File]
