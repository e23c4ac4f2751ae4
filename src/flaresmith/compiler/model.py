"""The typed model: everything the compiler understood of a folder of specs, and where each fact was written.

Values are frozen and compare by content. Names are kept *as written* in the spec; `naming` turns them into
identifiers of a language. Nothing here reads a file, a clock or a network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact stands: a path relative to the spec root, 1-based line and column."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Severity(StrEnum):
    """How much a diagnostic matters: an error stops generation, a warning does not, info only tells."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `length` characters at a place by `text`; every other byte of the file stays as it is."""

    source: Source
    length: int
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A correction that keeps the meaning of the spec: what it does in a few words, and its edits."""

    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding, worded for the author of the spec."""

    rule: str
    severity: Severity
    message: str
    source: Source
    hint: str = ""
    fix: Fix | None = None


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


@dataclass(frozen=True, slots=True)
class Parameter:
    """A path, query, header or cookie parameter of an endpoint; `schema` is JSON Schema with its references resolved.

    `style` and `explode` say how a list or an object is written, in OpenAPI's words; empty and None where the
    contract says nothing, which means its usual way for the location.
    """

    name: str
    location: str  # path | query | header | cookie
    required: bool
    schema: Mapping[str, Any]
    description: str = ""
    style: str = ""
    explode: bool | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """One documented reply. `schema` is JSON Schema; local references stay as `{"$ref": "#/components/schemas/X"}`."""

    status: str
    description: str = ""
    schema: Mapping[str, Any] | None = None
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation. `derived` is True where the compiler made it for an entity that has no contract.

    `entity` and `action` say what the operation does to which entity: list, create, get, replace, update, delete,
    `transition:<trigger>`, or empty where only a person can know.
    """

    method: str  # upper case
    path: str  # with {parameters}
    operation_id: str
    source: Source
    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    request_schema: Mapping[str, Any] | None = None
    request_required: bool = False
    request_media_type: str = "application/json"
    responses: tuple[Response, ...] = ()
    security: tuple[Mapping[str, Any], ...] = ()
    requirements: tuple[str, ...] = ()
    entity: str = ""
    action: str = ""
    derived: bool = False
    confidence: float = 1.0  # below 1 where it was read from a text and not from OpenAPI
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """One OpenAPI document of a feature: its components, and the document it came from."""

    source: Source
    title: str
    version: str
    schemas: Mapping[str, Any]  # components.schemas, JSON Schema
    security_schemes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool descriptor from `contracts/mcp-tools.json`."""

    name: str
    source: Source
    description: str = ""
    input_schema: Mapping[str, Any] = field(default_factory=dict)
    output_schema: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""
    examples: tuple[Mapping[str, Any], ...] = ()  # {"input": …, "output": …}
    annotations: Mapping[str, Any] = field(default_factory=dict)
    requirements: tuple[str, ...] = ()


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
    drop_unique, add_foreign_key, drop_foreign_key, add_check, drop_check or insert_rows; `arguments` is JSON. `destructive` steps
    can lose data, and `loses` says which, in words.
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
