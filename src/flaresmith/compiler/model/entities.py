"""What the product keeps: entities with fields, keys, states and rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flaresmith.compiler.model.sources import Source


class Kind(StrEnum):
    """The scalar and structural kinds that every target knows how to express."""

    STRING = "string"  # short text, optional `length`
    TEXT = "text"
    UUID = "uuid"
    INTEGER = "integer"
    BIGINT = "bigint"
    NUMBER = "number"
    DECIMAL = "decimal"  # `precision`, `scale`
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"  # always with time zone
    TIME = "time"
    JSON = "json"
    BINARY = "binary"
    ENUM = "enum"  # `values`
    ARRAY = "array"  # `items`


@dataclass(frozen=True, slots=True)
class Type:
    """A field's type. `format` refines a string (`email`, `uri`, …) or a number (`money`); `raw` is its spelling.

    `schema` is the JSON Schema of a `json` value whose shape is known: a nested object, or a union of other types.
    """

    kind: Kind
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    items: Type | None = None
    values: tuple[str, ...] = ()
    format: str = ""
    raw: str = ""
    schema: Mapping[str, Any] | None = field(default=None, hash=False)


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: the entity and field it points at. `on_delete` is cascade, restrict, set null or empty."""

    entity: str
    field: str = "id"
    on_delete: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Value constraints of one field; `None` where the spec says nothing. Bounds are inclusive unless `exclusive_*`."""

    minimum: float | int | None = None
    maximum: float | int | None = None
    exclusive_minimum: bool = False
    exclusive_maximum: bool = False
    min_length: int | None = None
    max_length: int | None = None
    pattern: str = ""


class Notation(StrEnum):
    """How a fact was written. The order is the precedence when several places describe one field: the first wins."""

    SQL = "sql"
    DRIZZLE = "drizzle"
    PRISMA = "prisma"
    PYTHON = "python"
    TYPESCRIPT = "typescript"
    ZOD = "zod"
    JAVA = "java"
    CSHARP = "csharp"
    GO = "go"
    DART = "dart"
    RUST = "rust"
    CPP = "cpp"
    SOLIDITY = "solidity"
    GRAPHQL = "graphql"
    PROTOBUF = "protobuf"
    PSEUDO = "pseudo-ddl"
    TABLE = "table"
    BULLET = "bullet"
    INLINE = "inline"
    MERMAID = "mermaid"
    ASCII = "ascii"
    SCHEMA = "json-schema"
    SAMPLE = "sample"
    PROSE = "prose"


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute of an entity.

    `default` is a JSON value, or one of the generated defaults `{"generated": "now" | "uuid" | "increment"}`;
    `has_default` tells an absent default from the default null. `updates_on_write` marks `updatedAt` columns.
    """

    name: str
    type: Type
    source: Source
    required: bool = True
    nullable: bool = False
    unique: bool = False
    primary_key: bool = False
    indexed: bool = False
    references: Reference | None = None
    default: Any = None
    has_default: bool = False
    updates_on_write: bool = False
    limits: Limits = Limits()
    description: str = ""
    raw: str = ""
    confidence: float = 1.0
    notation: Notation | None = None


class Cardinality(StrEnum):
    """How many on each side, read from the entity that declares the relationship."""

    ONE_TO_ONE = "1:1"
    ONE_TO_MANY = "1:N"
    MANY_TO_ONE = "N:1"
    MANY_TO_MANY = "N:M"


@dataclass(frozen=True, slots=True)
class Relationship:
    """A declared or inferred relationship; `through` names the join entity of N:M, `field` the foreign key."""

    name: str
    target: str
    cardinality: Cardinality
    source: Source
    field: str = ""
    through: str = ""


@dataclass(frozen=True, slots=True)
class Index:
    """An index or a (composite) unique constraint over field names."""

    fields: tuple[str, ...]
    unique: bool
    source: Source
    where: str = ""
    name: str = ""
    method: str = ""  # btree where empty; gin, gist, hash, …


@dataclass(frozen=True, slots=True)
class Transition:
    """One arrow of a state machine: `field` goes from `before` to `after`; `trigger` is the action's name or empty."""

    field: str
    before: str
    after: str
    source: Source
    trigger: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A validation rule or table constraint in the author's words; `expression` is set where it was understood."""

    text: str
    source: Source
    expression: str = ""


class EntityKind(StrEnum):
    """`persisted` becomes a table; `derived`, `dto` and `external` become schemas only; `enum` is a value list."""

    PERSISTED = "persisted"
    DERIVED = "derived"
    DTO = "dto"
    EXTERNAL = "external"
    ENUM = "enum"


class Change(StrEnum):
    """What a feature says that it does to an entity: a delta, where it is not simply described."""

    NEW = "new"
    MODIFIED = "modified"
    UNCHANGED = "unchanged"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Retention:
    """How long rows are kept, in the author's words; `days` where that could be read."""

    text: str
    source: Source
    days: float | None = None


@dataclass(frozen=True, slots=True)
class Seed:
    """One row that exists from the start: field name → JSON value."""

    values: Mapping[str, Any] = field(hash=False)
    source: Source


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing the product keeps or exchanges.

    `change` and `extends` are what a delta says: "modified", "extends 001-auth" (the id of another feature).
    """

    name: str
    source: Source
    kind: EntityKind = EntityKind.PERSISTED
    fields: tuple[Field, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    indexes: tuple[Index, ...] = ()
    transitions: tuple[Transition, ...] = ()
    rules: tuple[Rule, ...] = ()
    requirements: tuple[str, ...] = ()
    description: str = ""
    values: tuple[str, ...] = ()  # of an enum
    retention: tuple[Retention, ...] = ()
    seeds: tuple[Seed, ...] = ()
    change: Change | None = None
    extends: str = ""
    notation: Notation | None = None
    raw: str = ""  # the heading or the first line of the code that declares it
    confidence: float = 1.0

    @property
    def primary_key(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields if f.primary_key)

    def field(self, name: str) -> Field | None:
        return next((f for f in self.fields if f.name == name), None)
