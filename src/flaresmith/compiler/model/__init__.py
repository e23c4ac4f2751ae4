"""The typed model: everything the compiler understood of a folder of specs, and where each fact was written.

Values are frozen and compare by content. Names are kept *as written* in the spec; `naming` turns them into
identifiers of a language. Nothing here reads a file, a clock or a network.
"""

from __future__ import annotations

from flaresmith.compiler.model.contracts import Contract, Endpoint, Parameter, Response, Tool
from flaresmith.compiler.model.entities import (
    Cardinality,
    Change,
    Entity,
    EntityKind,
    Field,
    Index,
    Kind,
    Limits,
    Notation,
    Reference,
    Relationship,
    Retention,
    Rule,
    Seed,
    Transition,
    Type,
)
from flaresmith.compiler.model.sources import Diagnostic, Edit, Fix, Severity, Source
from flaresmith.compiler.model.stories import (
    Clarification,
    KeyEntity,
    Requirement,
    RequirementKind,
    Role,
    Scenario,
    Story,
    Task,
)
from flaresmith.compiler.model.whole import Feature, File, Files, Migration, Model, SchemaOperation

__all__ = [
    "Cardinality",
    "Change",
    "Clarification",
    "Contract",
    "Diagnostic",
    "Edit",
    "Endpoint",
    "Entity",
    "EntityKind",
    "Feature",
    "Field",
    "File",
    "Files",
    "Fix",
    "Index",
    "KeyEntity",
    "Kind",
    "Limits",
    "Migration",
    "Model",
    "Notation",
    "Parameter",
    "Reference",
    "Relationship",
    "Requirement",
    "RequirementKind",
    "Response",
    "Retention",
    "Role",
    "Rule",
    "Scenario",
    "SchemaOperation",
    "Seed",
    "Severity",
    "Source",
    "Story",
    "Task",
    "Tool",
    "Transition",
    "Type",
]
