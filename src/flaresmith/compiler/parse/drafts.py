"""Facts while they are being read: fields and entities before references are resolved and features are merged."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from flaresmith.compiler import naming
from flaresmith.compiler.model import (
    Change,
    EntityKind,
    Field,
    Index,
    Kind,
    Notation,
    Reference,
    Relationship,
    Retention,
    Rule,
    Seed,
    Source,
    Transition,
    Type,
)
from flaresmith.compiler.parse.findings import Findings, excerpt
from flaresmith.compiler.parse.limits import settled
from flaresmith.compiler.parse.traits import Traits, combined, read_traits, refined
from flaresmith.compiler.parse.types import Reading, enum_of, read_type

_CERTAIN = re.compile(r"\bnot[ _-]?null\b|\brequired\b(?! (?:for|by|when|if|in|to|validation|field))", re.I)
_LEADS = re.compile(r"(ForeignKey|OneToOneField)\s*\(\s*['\"]?([A-Z][\w.]{0,80})['\"]?\s*\)?", re.I)
_CREATED = re.compile(r"^(?:created|inserted|registered)_?(?:at|on|date|time)?$")
_UPDATED = re.compile(
    r"^(?:(?:last_)?(?:updated|modified|changed)_?(?:at|on|date|time)?|last_(?:update|modification|change))$"
)


@dataclass(slots=True)
class FieldDraft:
    """A field, what its author said of null (`None` = nothing), and the name of a type that is not a scalar."""

    field: Field
    presence: bool | None = None
    target: str = ""
    many: bool = False
    unique_within: tuple[str, ...] = ()
    computed: bool = False
    sql: bool = False
    certain: bool = True  # the reference was said with FK, REFERENCES or a column, not only with an arrow


@dataclass(slots=True)
class EntityDraft:
    """An entity as one place of one file describes it.

    `delta` says that it describes only a part of an entity that stands elsewhere, `migration` that its code stands
    among prose and rules less than any other description, `removed` names the fields that a delta takes away.
    """

    name: str
    source: Source
    kind: EntityKind | None = None
    notation: Notation = Notation.BULLET
    delta: bool = False
    migration: bool = False
    change: Change | None = None
    extends: str = ""
    aliases: tuple[str, ...] = ()
    removed: list[tuple[str, Source]] = field(default_factory=list)
    retention: list[Retention] = field(default_factory=list)
    seeds: list[Seed] = field(default_factory=list)
    raw: str = ""
    confidence: float = 1.0
    fields: list[FieldDraft] = field(default_factory=list)
    relationships: list[Relationship] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    transitions: list[Transition] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    requirements: tuple[str, ...] = ()
    description: str = ""
    values: tuple[str, ...] = ()

    def add(self, draft: FieldDraft) -> None:
        """Adds a field, unless one of the same spelling is there."""
        if all(draft.field.name != known.field.name for known in self.fields):
            self.fields.append(draft)

    def find(self, name: str) -> FieldDraft | None:
        """The field of that name in any spelling."""
        wanted = naming.snake(name)
        return next((known for known in self.fields if naming.snake(known.field.name) == wanted), None)


@dataclass(frozen=True, slots=True)
class Written:
    """The pieces of one line that describes a field."""

    name: str
    source: Source
    raw: str
    type: str = ""
    constraints: str = ""  # read strictly
    notes: str = ""  # prose, read loosely
    presence: bool | None = None
    default: str = ""
    sql: bool = False
    notation: Notation | None = None
    removed: bool = False
    computed: bool = False
    unknown_type: str = ""  # the word in the place of the type


def field_draft(written: Written, findings: Findings) -> FieldDraft | None:
    """A field from its pieces, or None (with a diagnostic) where its name cannot be used."""
    if reason := naming.unsafe_reason(written.name):
        findings.error(
            "unsafe-name",
            f"the field name {excerpt(written.name)!r} is refused: {reason}",
            written.source,
            "use letters, digits and underscores",
        )
        return None
    written = _led(written)
    reading = read_type(written.type) if written.type else None
    traits = _traits(written, reading)
    if traits.bad_default:
        findings.warning(
            "unsafe-default",
            f"the default {excerpt(traits.bad_default)!r} of {written.name} is not a plain literal and was left out",
            written.source,
            "write a number, a quoted text, true, false or now()",
        )
    made = _assemble(written, reading, traits)
    if written.unknown_type:
        findings.info(
            "unknown-type",
            f"{excerpt(written.unknown_type)} is no type that is known here; {written.name} is read as"
            f" {made.field.type.kind}",
            written.source,
            "use a known type, or define it",
        )
    return made


def _led(written: Written) -> Written:
    """`ForeignKey(Venue)` in the place of the type: the field has the type of what it leads to."""
    match = _LEADS.match(written.type)
    if match is None:
        return written
    unique = ", unique" if match.group(1).lower().startswith("one") else ""
    said = f"FK → {match.group(2).rsplit('.', 1)[-1]}{unique}, {match.string[match.end() :]}, {written.constraints}"
    return replace(written, type="", constraints=said)


def _traits(written: Written, reading: Reading | None) -> Traits:
    strict = ", ".join(part for part in (reading.rest if reading else written.type, written.constraints) if part)
    traits = read_traits(strict)
    if written.notes:
        traits = combined(traits, read_traits(written.notes, loose=True))
    if written.default.strip(" -—–`"):
        traits = combined(replace(read_traits(f"default: {written.default}"), values=()), traits)
    return traits


def _assemble(written: Written, reading: Reading | None, traits: Traits) -> FieldDraft:
    typed = reading.type if reading else _guessed(written.name, traits)
    listed = reading is not None and not reading.known and not reading.many and len(traits.values) > 1
    typed = enum_of(traits.values, typed.raw) if listed else refined(typed, traits)  # `Status`: "open" | "closed"
    limits, typed = settled(traits.limits, typed)
    presence = _presence(written, reading, traits)
    known = reading is not None and (reading.known or listed)
    made = Field(
        name=written.name,
        type=typed,
        source=written.source,
        primary_key=traits.primary_key,
        unique=traits.unique and not traits.primary_key,
        indexed=traits.indexed,
        references=traits.reference if traits.reference_certain or known else None,
        default=traits.default,
        has_default=traits.has_default,
        updates_on_write=traits.updates_on_write,
        limits=limits,
        description=excerpt(written.notes),
        raw=written.raw,
        confidence=1.0 if known else 0.6 if reading else 0.4,
        notation=written.notation,
    )
    draft = FieldDraft(
        _with_generated(made, reading, traits), presence, reading.target if reading and not listed else ""
    )
    draft.many = bool(reading and reading.many)
    draft.certain = traits.reference_certain
    draft.unique_within, draft.computed, draft.sql = (
        traits.unique_within,
        traits.computed or written.computed,
        written.sql,
    )
    return draft


def _presence(written: Written, reading: Reading | None, traits: Traits) -> bool | None:
    if written.presence is not None:
        return written.presence
    if reading and reading.nullable and traits.required and not _CERTAIN.search(written.constraints):
        return False  # `String?` beside prose that speaks of what is required
    if traits.required is not None:
        return traits.required
    return False if reading and reading.nullable else None


def _with_generated(made: Field, reading: Reading | None, traits: Traits) -> Field:
    """Generated defaults that are said by the type (serial), by a word (auto-set) or by custom (createdAt)."""
    name, kind = naming.snake(made.name), made.type.kind
    timed = kind in (Kind.DATETIME, Kind.DATE)
    if timed and _UPDATED.match(name):
        made = replace(made, updates_on_write=True)
    if made.has_default:
        return made
    if (reading and reading.generated) or (traits.generated and kind in (Kind.INTEGER, Kind.BIGINT)):
        return replace(made, default={"generated": "increment"}, has_default=True)
    if kind is Kind.DATETIME and (traits.generated or _UPDATED.match(name) or _CREATED.match(name)):
        return replace(made, default={"generated": "now"}, has_default=True)
    if traits.generated and (kind is Kind.UUID or (kind is Kind.STRING and made.primary_key)):
        return replace(made, default={"generated": "uuid"}, has_default=True)
    return made


def _guessed(name: str, traits: Traits) -> Type:
    """The type that a bare name suggests; the field's confidence is low."""
    if traits.values:
        return Type(Kind.STRING)
    kind, limits = guessed_kind(name), traits.limits
    if kind is Kind.STRING and limits.minimum in (0, 1) and limits.maximum is None and limits.max_length is None:
        kind = Kind.INTEGER  # `> 0`, and no word of its type
    return Type(kind)


def guessed_kind(name: str) -> Kind:
    """The kind that custom gives a name: `createdAt` is a datetime, `isActive` a boolean, `userId` a uuid."""
    snake = naming.snake(name)
    if snake == "id" or snake.endswith("_id"):
        return Kind.UUID
    if snake.endswith(("_at", "_timestamp")) or snake == "timestamp":
        return Kind.DATETIME
    if snake.startswith(("is_", "has_", "can_", "should_")) or snake in ("enabled", "active"):
        return Kind.BOOLEAN
    if snake.endswith("_date") or snake == "date":
        return Kind.DATE
    if snake.endswith(("_count", "_number", "_seconds", "_ms", "_days", "_minutes")) or snake in ("count", "quantity"):
        return Kind.INTEGER
    return Kind.TEXT if snake in ("description", "body", "content", "notes", "message", "comment") else Kind.STRING


def reference_to(entity: str, column: str = "", on_delete: str = "") -> Reference:
    """A reference as written; an empty field means the primary key of the entity."""
    return Reference(entity, column, on_delete)
