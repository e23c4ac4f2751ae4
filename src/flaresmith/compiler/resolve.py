"""Entities made sound for generation: every reference points at a key and has its type, every table has a key.

The parser keeps what the author wrote; here the loose ends that a database does not allow are settled the same way
for every target, so that tables, schemas and routes agree.
"""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace

from flaresmith.compiler import naming
from flaresmith.compiler.literals import fits
from flaresmith.compiler.model import Cardinality, Entity, EntityKind, Field, Kind, Reference, Source, Type

_CREATED = frozenset({"created_at", "created_on", "created", "inserted_at", "creation_date", "date_created"})
_UPDATED = frozenset({"updated_at", "updated_on", "updated", "modified_at", "last_updated_at", "date_updated"})
_DELETED = frozenset({"deleted_at", "deleted_on", "soft_deleted_at"})
_TIMES = frozenset({Kind.DATETIME, Kind.DATE})
_WHOLE = frozenset({Kind.INTEGER, Kind.BIGINT})
MONEY_DIGITS, MONEY_PLACES = 19, 4  # the finest currency has four places
_UNKEYED = frozenset({Kind.JSON, Kind.ARRAY, Kind.BINARY})


def resolve(entities: Sequence[Entity]) -> tuple[Entity, ...]:
    """The entities with double fields dropped, keys implied, and references either complete or gone.

    The latest answers are remembered, since many ask for the entities of the same model one after the other.
    """
    known = next((answer for asked, answer in _latest if _is_same(asked, entities)), None)
    if known is None:
        known = _resolved(entities)
        _latest.append((tuple(entities), known))
    return known


_latest: deque[tuple[tuple[Entity, ...], tuple[Entity, ...]]] = deque(maxlen=3)


def _is_same(known: Sequence[Entity], entities: Sequence[Entity]) -> bool:
    return len(known) == len(entities) and all(map(operator.is_, known, entities))


def _resolved(entities: Sequence[Entity]) -> tuple[Entity, ...]:
    keyed = tuple(_keyed(_without_doubles(entity)) for entity in _without_double_entities(entities))
    persisted = {e.name: e for e in keyed if e.kind is EntityKind.PERSISTED}
    return tuple(_referenced(entity, persisted) for entity in keyed)


def persisted(entities: Sequence[Entity]) -> tuple[Entity, ...]:
    """The resolved entities that become tables."""
    return tuple(e for e in resolve(entities) if e.kind is EntityKind.PERSISTED)


def is_nullable(field: Field) -> bool:
    """Whether the column may be null: an optional field is, unless a default fills it."""
    if field.primary_key:
        return False
    return field.nullable or (not field.required and not (field.has_default and field.default is not None))


def generated(field: Field) -> str:
    """`now`, `uuid` or `increment` where the database makes the default, else empty."""
    default = field.default
    if not field.has_default or not isinstance(default, dict) or len(default) != 1:
        return ""
    return str(default.get("generated", ""))


def is_creation_time(field: Field) -> bool:
    """Whether the field records when the row was made."""
    return field.type.kind in _TIMES and naming.snake(field.name) in _CREATED


def is_update_time(field: Field) -> bool:
    """Whether the field records the last write."""
    named = field.type.kind is Kind.DATETIME and naming.snake(field.name) in _UPDATED
    return field.updates_on_write or named


def is_deletion_time(field: Field) -> bool:
    """Whether the field marks a row as deleted instead of removing it."""
    return field.type.kind is Kind.DATETIME and is_nullable(field) and naming.snake(field.name) in _DELETED


def is_read_only(field: Field) -> bool:
    """Whether only the service writes the field: generated keys, the times of creation, update and deletion."""
    if field.primary_key and field.references is None and generated(field):
        return field.type.kind is not Kind.STRING
    if field.type.kind not in _TIMES:
        return field.updates_on_write
    if is_update_time(field) or is_deletion_time(field):
        return True
    return is_creation_time(field) and generated(field) == "now"


def is_sortable(field: Field) -> bool:
    """Whether a list may be ordered by the field: a scalar that is never null."""
    return not is_nullable(field) and field.type.kind not in _UNKEYED | {Kind.TEXT, Kind.BOOLEAN}


def is_filterable(field: Field) -> bool:
    """Whether a list may be narrowed to one value of the field."""
    return field.type.kind not in _UNKEYED | {Kind.TEXT} and not is_deletion_time(field)


def _without_double_entities(entities: Sequence[Entity]) -> tuple[Entity, ...]:
    return tuple({entity.name: entity for entity in reversed(entities)}.values())[::-1]


def _without_doubles(entity: Entity) -> Entity:
    unique = tuple({field.name: field for field in reversed(entity.fields)}.values())[::-1]
    return entity if len(unique) == len(entity.fields) else replace(entity, fields=unique)


def _keyed(entity: Entity) -> Entity:
    if entity.kind is not EntityKind.PERSISTED:
        return entity
    fields = tuple(map(_with_times, entity.fields))
    if not any(field.primary_key for field in fields):
        fields = _with_implied_key(fields, entity.source)
    single = sum(field.primary_key for field in fields) == 1
    alone = _alone(entity)
    settled = tuple(
        _as_key(field, single) if field.primary_key else _with_sound_default(_settled(field, alone)) for field in fields
    )
    return _with_fields(entity, settled)


def _with_fields(entity: Entity, fields: tuple[Field, ...]) -> Entity:
    """The entity itself where nothing changed, so that what is sound already stays the same object."""
    same = len(fields) == len(entity.fields) and all(map(operator.is_, fields, entity.fields))
    return entity if same else replace(entity, fields=fields)


def _alone(entity: Entity) -> frozenset[str]:
    """The fields that hold this side of a 1:1 relationship: no two rows may share a value."""
    ones = (r.field for r in entity.relationships if r.cardinality is Cardinality.ONE_TO_ONE)
    return frozenset(filter(None, ones))


def _settled(field: Field, alone: frozenset[str]) -> Field:
    if field.type.kind is Kind.DECIMAL and field.type.format == "money" and not field.type.precision:
        field = replace(field, type=replace(field.type, precision=MONEY_DIGITS, scale=MONEY_PLACES))
    if field.name in alone and field.references and not field.unique:
        return replace(field, unique=True)
    return field


def _with_times(field: Field) -> Field:
    """Creation and update times are filled by the database also where the spec only names them."""
    if (
        field.type.kind is Kind.DATETIME
        and (is_creation_time(field) or is_update_time(field))
        and not field.has_default
    ):
        return replace(field, default={"generated": "now"}, has_default=True)
    return field


def _with_implied_key(fields: tuple[Field, ...], source: Source) -> tuple[Field, ...]:
    if any(naming.snake(field.name) == "id" for field in fields):
        return tuple(replace(f, primary_key=True) if naming.snake(f.name) == "id" else f for f in fields)
    return (Field("id", Type(Kind.UUID), source, primary_key=True), *fields)


def _as_key(field: Field, single: bool) -> Field:
    kind = Type(Kind.STRING, raw=field.type.raw) if field.type.kind in _UNKEYED else field.type
    settled = field.type is kind and field.required and not field.nullable
    key = field if settled else replace(field, type=kind, required=True, nullable=False)
    if single and key.references is None and not key.has_default and (made := _implied_default(key)):
        return replace(key, default={"generated": made}, has_default=True)
    return _with_sound_default(key)


def _implied_default(key: Field) -> str:
    if key.type.kind is Kind.UUID:
        return "uuid"
    named_id = naming.snake(key.name).split("_")[-1] == "id"
    if key.type.kind in _WHOLE:
        return "increment" if named_id else ""
    roomy = key.type.kind is Kind.STRING and _holds_uuid(key)
    return "uuid" if roomy and naming.snake(key.name) == "id" else ""


def _with_sound_default(field: Field) -> Field:
    """A default that the database would refuse is no default."""
    if not field.has_default or _is_sound(field):
        return field
    return replace(field, default=None, has_default=False)


def _is_sound(field: Field) -> bool:
    made = generated(field)
    if not made:
        empty = field.default is None and _may_be_null(field)
        return empty or fits(field.type, field.limits, field.default)
    kinds = {
        "now": {Kind.DATETIME, Kind.DATE, Kind.TIME},
        "uuid": {Kind.UUID} | ({Kind.STRING} if _holds_uuid(field) else set()),
        "increment": _WHOLE,
    }
    return field.type.kind in kinds.get(made, ()) and not (made == "increment" and is_nullable(field))


def _holds_uuid(field: Field) -> bool:
    """Whether a text field takes every UUID."""
    longest = min(n for n in (field.type.length, field.limits.max_length, 36) if n)
    return longest >= 36 and (field.limits.min_length or 0) <= 36 and not field.limits.pattern and not field.type.format


def _may_be_null(field: Field) -> bool:
    return not field.primary_key and (field.nullable or not field.required)


def _referenced(entity: Entity, tables: Mapping[str, Entity]) -> Entity:
    return _with_fields(entity, tuple(_with_reference(field, tables) for field in entity.fields))


def _with_reference(field: Field, tables: Mapping[str, Entity]) -> Field:
    if field.references is None:
        return field
    target = _target(field.references, tables)
    if target is None:
        return replace(field, references=None)
    on_delete = field.references.on_delete.lower().replace("_", " ")
    if on_delete == "set null" and not is_nullable(field):
        on_delete = "restrict"
    reference = Reference(field.references.entity, target.name, on_delete)
    kind = _followed(target, tables, ())
    if reference == field.references and kind == field.type:
        return field
    return replace(field, type=kind, references=reference)


def _target(reference: Reference, tables: Mapping[str, Entity]) -> Field | None:
    entity = tables.get(reference.entity)
    if entity is None:
        return None
    wanted = naming.snake(reference.field)
    found = next((f for f in entity.fields if naming.snake(f.name) == wanted and _is_key(f, entity)), None)
    keys = entity.primary_key
    return found or (keys[0] if len(keys) == 1 else None)


def _is_key(field: Field, entity: Entity) -> bool:
    if field.primary_key:
        return len(entity.primary_key) == 1
    return field.unique or any(i.unique and i.fields == (field.name,) and not i.where for i in entity.indexes)


def _followed(field: Field, tables: Mapping[str, Entity], seen: tuple[str, ...]) -> Type:
    """The type at the end of a chain of references, which may be a circle."""
    reference = field.references
    if reference is None or reference.entity in seen:
        return field.type
    target = _target(reference, tables)
    return _followed(target, tables, (*seen, reference.entity)) if target else field.type
