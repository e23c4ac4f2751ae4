"""Names become references: fields find their entities, types their enums, indexes and transitions their fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.cache import remembered_asking
from flaresmith.compiler.model import (
    Cardinality,
    Entity,
    EntityKind,
    Field,
    Kind,
    Reference,
    Relationship,
    Transition,
    Type,
)
from flaresmith.compiler.parse.drafts import EntityDraft, FieldDraft
from flaresmith.compiler.parse.findings import Findings, excerpt
from flaresmith.compiler.parse.keys import GENERATED_KEYS, Names, key_fields
from flaresmith.compiler.parse.settle import settle_indexes, settle_relationships, settle_transitions
from flaresmith.compiler.parse.shapes import object_type
from flaresmith.compiler.parse.types import enum_of


def resolved(drafts: Sequence[EntityDraft], names: Names, findings: Findings) -> list[Entity]:
    """The entities with everything that a name can settle."""
    return [_remembered(draft, names, findings) for draft in drafts]


def _remembered(draft: EntityDraft, names: Names, findings: Findings) -> Entity:
    """As in the build before when neither this description nor what it names has changed."""

    def made(ask: Callable[[Any], Any]) -> tuple[Entity, Findings]:
        own = Findings()
        return _Resolver(draft, names.asked_through(ask), own).entity(), own

    key = ("resolved", draft.name, draft.source.file)
    entity, said = remembered_asking(key, (draft,), names.ask, made)
    findings.include(said)
    return entity


class _Resolver:
    def __init__(self, draft: EntityDraft, names: Names, findings: Findings) -> None:
        self._draft = draft
        self._names = names
        self._findings = findings
        self._kind = names.kind(draft)
        self._links = list(draft.relationships)
        self._keys = {id(known) for known in key_fields(draft)} if self._kind is EntityKind.PERSISTED else set()

    def entity(self) -> Entity:
        draft = self._draft
        fields = self._distinct([made for known in draft.fields if (made := self._field(known))])
        indexes, fields = settle_indexes(draft, fields, self._findings)
        transitions = tuple(settle_transitions(draft, fields, self._findings))
        return Entity(
            name=draft.name,
            source=draft.source,
            kind=self._kind,
            fields=tuple(self._with_values(field, transitions) for field in fields),
            relationships=tuple(settle_relationships(draft, self._links, self._names, fields, self._findings)),
            indexes=tuple(indexes),
            transitions=transitions,
            rules=tuple(draft.rules),
            requirements=tuple(dict.fromkeys(draft.requirements)),
            description=draft.description,
            values=draft.values,
            retention=tuple(draft.retention),
            seeds=tuple(draft.seeds),
            change=draft.change,
            extends=draft.extends,
            notation=draft.notation,
            raw=draft.raw,
            confidence=draft.confidence,
        )

    # fields

    def _field(self, known: FieldDraft) -> Field | None:
        field = known.field
        if known.computed and self._kind is EntityKind.PERSISTED:
            self._findings.info("computed-field", f"{field.name} is computed and gets no column", field.source)
            return None
        if id(known) in self._keys:
            field = self._as_key(field)
        if known.target:
            return self._typed_by_name(known, field)
        if field.references is not None:
            return self._referring(field)
        return self._inferred(field)

    def _as_key(self, field: Field) -> Field:
        field = replace(field, primary_key=True, required=True, nullable=False, unique=False)
        if (
            field.has_default
            or len(self._keys) > 1
            or field.references is not None
            or field.type.kind not in GENERATED_KEYS
        ):
            return field
        return replace(field, default={"generated": GENERATED_KEYS[field.type.kind]}, has_default=True)

    def _typed_by_name(self, known: FieldDraft, field: Field) -> Field | None:
        """`status: OrderStatus`, `author: User`, `tags: Tag[]`."""
        target = self._names.find(known.target)
        if target is None:
            self._findings.info(
                "unknown-type",
                f"{excerpt(known.target)} is no type and no entity of these specs; {field.name} is stored as JSON",
                field.source,
                "use a known type, or define it",
            )
            return field
        kind = self._names.kind(target)
        if kind is EntityKind.ENUM:
            typed = enum_of(target.values, field.type.raw)
            field = replace(field, type=replace(field.type, items=typed) if known.many else typed, confidence=1.0)
            return self._checked_default(field)
        if kind is not EntityKind.PERSISTED or self._kind is not EntityKind.PERSISTED or self._is_part(target):
            return _embedding(field, target, many=known.many)
        cardinality = Cardinality.ONE_TO_MANY if known.many else Cardinality.MANY_TO_ONE
        if known.many:
            self._links.append(Relationship(field.name, target.name, cardinality, field.source))
            return None
        return self._referring(replace(field, references=Reference(target.name), confidence=0.9))

    def _is_part(self, target: EntityDraft) -> bool:
        """Whether a described thing has no key and no way back, so that it lives inside of what holds it."""
        own = naming.key(self._draft.name)
        backwards = (
            naming.key(known.field.references.entity if known.field.references else known.target)
            for known in target.fields
            if known.field.references or known.target
        )
        ids = (
            naming.key("_".join(words[:-1])) for known in target.fields if (words := naming.words(known.field.name))[1:]
        )
        return bool(target.fields) and not key_fields(target) and own not in (*backwards, *ids)

    def _referring(self, field: Field) -> Field:
        """An explicit reference; one that leads nowhere is reported and the field stays a plain column."""
        reference = field.references
        target = self._names.find(reference.entity) if reference else None
        if reference is None or target is None:
            name = excerpt(reference.entity) if reference else ""
            self._findings.warning(
                "dangling-reference",
                f"{self._draft.name}.{field.name} refers to {name}, which these specs do not define;"
                " it stays a plain field",
                field.source,
                f"define {name}, or remove the reference",
            )
            return replace(field, references=None)
        if self._names.kind(target) is not EntityKind.PERSISTED or self._kind is not EntityKind.PERSISTED:
            return replace(field, references=None)
        if field.type.kind is Kind.ARRAY:
            self._links.append(
                Relationship(field.name, target.name, Cardinality.MANY_TO_MANY, field.source, field=field.name)
            )
            return replace(field, references=None)
        return self._pointing(field, reference, target)

    def _pointing(self, field: Field, reference: Reference, target: EntityDraft) -> Field:
        column, typed = self._names.column(target, reference.field)
        action = reference.on_delete if reference.on_delete != "set null" or field.nullable else ""
        if reference.on_delete == "set null" and not field.nullable:
            self._findings.warning(
                "set-null-required",
                f"{field.name} is required and cannot be set to null when its {target.name} is deleted;"
                " the deletion is refused instead",
                field.source,
                "make it optional, or choose CASCADE or RESTRICT",
            )
            action = "restrict"
        if not _same_family(field.type, typed):
            if field.confidence == 1.0 and field.type.kind is not Kind.JSON:
                self._findings.warning(
                    "type-conflict",
                    f"{field.name} is {field.type.kind}, and {target.name}.{column} is {typed.kind};"
                    f" it takes the type of what it refers to",
                    field.source,
                    "give both the same type",
                )
            typed = replace(typed, raw=field.type.raw)
        else:
            typed = field.type
        return replace(
            field, type=typed, references=Reference(target.name, column, action), limits=type(field.limits)()
        )

    def _inferred(self, field: Field) -> Field:
        """`userId` refers to User where such a table exists and the types agree; its confidence is lower."""
        words = naming.words(field.name)
        if (
            field.primary_key
            or self._kind is not EntityKind.PERSISTED
            or len(words) < 2
            or words[-1] not in ("id", "uuid")
        ):
            return self._checked_default(field)
        target = self._names.find("_".join(words[:-1]))
        if target is None or self._names.kind(target) is not EntityKind.PERSISTED:
            return self._checked_default(field)
        column, typed = self._names.primary(target)
        if not _same_family(field.type, typed) or len(key_fields(target)) > 1:
            return self._checked_default(field)
        return replace(field, references=Reference(target.name, column), confidence=min(field.confidence, 0.7))

    def _checked_default(self, field: Field) -> Field:
        """Defaults of the right type; an enum without values is text."""
        if (
            field.type.kind is Kind.ENUM
            and not field.type.values
            and not any(arrow.field for arrow in self._draft.transitions)
        ):
            self._findings.info(
                "enum-without-values",
                f"{field.name} is an enum without values; it is stored as text",
                field.source,
                "list them: `enum: a|b|c`",
            )
            field = replace(field, type=replace(field.type, kind=Kind.STRING))
        if field.type.kind is Kind.ARRAY and field.default == {}:
            field = replace(field, default=[])
        if field.has_default and not _fits(field.default, field.type):
            self._findings.warning(
                "default-of-other-type",
                f"the default {excerpt(str(field.default))!r} is no value of {field.name} and was left out",
                field.source,
                "write a value of the field's own type",
            )
            field = replace(field, default=None, has_default=False)
        return field

    def _with_values(self, field: Field, transitions: Iterable[Transition]) -> Field:
        """An enum without values takes the states of its transitions."""
        if field.type.kind is not Kind.ENUM or field.type.values:
            return field
        states = tuple(
            state for arrow in transitions if arrow.field == field.name for state in (arrow.before, arrow.after)
        )
        typed = enum_of(states, field.type.raw) if states else replace(field.type, kind=Kind.STRING)
        return replace(field, type=typed)

    def _distinct(self, fields: list[Field]) -> list[Field]:
        """Fields whose identifiers differ; of two that become the same identifier the later one is numbered."""
        taken: dict[str, Field] = {}
        result = []
        for field in fields:
            name = field.name
            if (first := taken.get(naming.snake(name))) is not None:
                name = naming.distinct([*(naming.snake(known) for known in taken), naming.snake(name)])[-1]
                self._findings.warning(
                    "name-collision",
                    f"{excerpt(field.name)} and {excerpt(first.name)} become the same identifier;"
                    f" here it is called {name}",
                    field.source,
                    "rename one of them",
                )
            taken[naming.snake(name)] = field
            result.append(field if name == field.name else replace(field, name=name))
        return result


def _embedding(field: Field, target: EntityDraft, *, many: bool) -> Field:
    """A field that holds the whole of something described elsewhere: JSON of its shape, or a list of that."""
    inside = [known for known in target.fields if not known.computed]
    shape = object_type(((known.field, known.presence is not False) for known in inside), field.type.raw)
    typed = replace(field.type, kind=Kind.ARRAY, items=shape) if many else shape
    return replace(field, type=typed if inside else field.type, confidence=1.0)


def _same_family(one: Type, other: Type) -> bool:
    integers = (Kind.INTEGER, Kind.BIGINT)
    if one.kind in integers and other.kind in integers:
        return one.kind is other.kind
    texts = (Kind.STRING, Kind.TEXT)
    return one.kind is other.kind or (one.kind in texts and other.kind in texts)


def _fits(default: object, typed: Type) -> bool:
    """Whether a default is a value of the type; `{"generated": …}` fits what can be generated."""
    if default is None:
        return True
    if isinstance(default, dict) and set(default) == {"generated"}:
        generated = {"now": (Kind.DATETIME, Kind.DATE, Kind.TIME), "uuid": (Kind.UUID, Kind.STRING, Kind.TEXT)}
        return typed.kind in generated.get(str(default["generated"]), (Kind.INTEGER, Kind.BIGINT))
    numbers = (Kind.INTEGER, Kind.BIGINT, Kind.NUMBER, Kind.DECIMAL)
    if isinstance(default, bool):
        return typed.kind in (Kind.BOOLEAN, Kind.JSON)
    if isinstance(default, int | float):
        return typed.kind in (*numbers, Kind.JSON) and (isinstance(default, int) or typed.kind not in numbers[:2])
    if isinstance(default, dict | list):
        return typed.kind is Kind.JSON or (typed.kind is Kind.ARRAY and default in ([], {}))
    return (
        default in typed.values
        if typed.kind is Kind.ENUM and typed.values
        else typed.kind in (Kind.STRING, Kind.TEXT, Kind.ENUM)
    )
