"""What requests send: examples that keep the conditions of the data model, with references left to be filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.conditions import Conditions
from flaresmith.compiler.examples import example, resolved
from flaresmith.compiler.model import Endpoint, Entity, Field
from flaresmith.compiler.resolve import generated, is_nullable
from flaresmith.compiler.wire import Wire

_MOST_CHANGES = 3


@dataclass(frozen=True, slots=True)
class Link:
    """A required reference: the entity and the field of it that stands here, and a value for when none was made."""

    entity: str
    field: str
    instead: Any


class Bodies:
    """Example bodies, each made once."""

    def __init__(self, everything: Wire) -> None:
        self.wire = everything
        self.conditions = {
            name: Conditions(entity.rules) for name, entity in everything.entities.items() if _has_conditions(entity)
        }
        self.made: dict[tuple[str, bool], Any] = {}
        self.values: dict[tuple[str, str], Any] = {}

    def given(self, schema: Mapping[str, Any], *, changed: bool = False) -> Any:
        """The example of a schema as it stands, made once per component."""
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            return example(schema, self.wire.schemas, changed=changed)
        if (reference, changed) not in self.made:
            self.made[reference, changed] = example(schema, self.wire.schemas, changed=changed)
        return self.made[reference, changed]

    def value(self, endpoint: Endpoint) -> Any:
        """The body of a request; references are Links. None where the conditions cannot all be kept."""
        key = (endpoint.method, endpoint.path)
        if key not in self.values:
            self.values[key] = self._value(endpoint)
        return self.values[key]

    def _value(self, endpoint: Endpoint) -> Any:
        entity = self.wire.entities.get(endpoint.entity)
        changed = endpoint.action == "update"
        value = self.given(endpoint.request_schema or {}, changed=changed)
        if entity is None or not isinstance(value, dict):
            return value
        linked = self._linked(endpoint, entity, value)
        return self._changes(endpoint, entity, linked) if changed else self._whole(endpoint, entity, linked)

    def is_possible(self, endpoint: Endpoint) -> bool:
        """Whether a body is known that the data model accepts."""
        return endpoint.request_schema is None or self.value(endpoint) is not None

    def required(self, endpoint: Endpoint) -> Sequence[str]:
        """The properties that a body must have."""
        required = resolved(endpoint.request_schema or {}, self.wire.schemas).get("required")
        return [str(name) for name in required] if isinstance(required, list) else []

    def target_of(self, entity: Entity, property_name: str) -> tuple[Entity, str] | None:
        """What a property of this entity refers to: another entity and its field."""
        found = field_of(entity, property_name)
        if found is None or found.references is None:
            return None
        target = self.wire.entities.get(found.references.entity)
        return (target, found.references.field) if target else None

    def _linked(self, endpoint: Endpoint, entity: Entity, value: Mapping[str, Any]) -> dict[str, Any]:
        """States and optional references are left to the service; required references become Links."""
        required = set(self.required(endpoint))
        states = {transition.field for transition in entity.transitions}
        written: dict[str, Any] = {}
        for name, given in value.items():
            field, target = field_of(entity, name), self.target_of(entity, name)
            is_state = field is not None and field.name in states
            if name not in required and (target or is_state):
                continue
            if target:
                written[name] = Link(target[0].name, target[1], given)
            else:
                written[name] = initial_state(entity, field.name) if field and is_state else given
        return written

    def _whole(self, endpoint: Endpoint, entity: Entity, value: dict[str, Any]) -> dict[str, Any] | None:
        conditions = self.conditions.get(entity.name)
        if conditions is None:
            return value
        row = _row(entity, value)
        names = {field.name: name for name in value if (field := field_of(entity, name))}
        free = {
            f: self._others(endpoint, entity, name) for f, name in names.items() if not isinstance(value[name], Link)
        }
        repaired = conditions.repaired(row, free)
        if repaired is None:
            return None
        found = {name: _as_before(value[name], repaired[field]) for field, name in names.items()}
        return {name: found.get(name, value[name]) for name in value}

    def _others(self, endpoint: Endpoint, entity: Entity, name: str) -> list[Any]:
        field = field_of(entity, name)
        values = self.given(endpoint.request_schema or {}, changed=True)
        other = [values[name]] if isinstance(values, dict) and name in values else []
        if field and field.type.kind.value in _SHIFTED:
            other += _SHIFTED[field.type.kind.value]
        return [*other, None] if field and is_nullable(field) and name not in self.required(endpoint) else other

    def _changes(self, endpoint: Endpoint, entity: Entity, value: dict[str, Any]) -> dict[str, Any]:
        """A change of a few plain fields, those that need not be unique first, none that a condition speaks of."""
        required = set(self.required(endpoint))
        spoken_of = self.conditions[entity.name].fields() if entity.name in self.conditions else frozenset()

        def weight(name: str) -> tuple[bool, bool]:
            field = field_of(entity, name)
            return name not in required, bool(field and (field.unique or field.primary_key or field.limits.pattern))

        usable = [name for name in value if name in required or not _is_one_of(entity, name, spoken_of)]
        chosen = sorted(usable, key=weight)[: max(_MOST_CHANGES, len(required))]
        return {name: value[name] for name in value if name in chosen}


_SHIFTED: Mapping[str, list[Any]] = {
    "uuid": ["9d4e8a10-6c2b-4f57-8b1d-2a3c4e5f6a7b"],
    "date": ["2030-01-15", "2030-02-15", "2030-03-15"],
    "datetime": ["2030-01-15T09:30:00Z", "2030-02-15T09:30:00Z", "2030-03-15T09:30:00Z"],
}


def field_of(entity: Entity, property_name: str) -> Field | None:
    """The field that a property stands for, in whatever case the contract writes it."""
    if found := entity.field(property_name):
        return found
    wanted = naming.snake(property_name)
    return next((f for f in entity.fields if naming.snake(f.name) == wanted), None)


def initial_state(entity: Entity, state: str) -> str:
    """The state in which a new thing stands: the field's default, else its first value, else where arrows start."""
    found = entity.field(state)
    default = found.default if found and found.has_default and isinstance(found.default, str) else ""
    values = found.type.values if found else ()
    starts = [arrow.before for arrow in entity.transitions if arrow.field == state]
    return default or next(iter((*values, *starts)), "")


def _row(entity: Entity, value: Mapping[str, Any]) -> dict[str, Any]:
    """The row that the service would keep for a body: defaults where nothing was sent."""
    row = {f.name: f.default for f in entity.fields if f.has_default and not generated(f)}
    for name, given in value.items():
        if field := field_of(entity, name):
            row[field.name] = f"{given.entity} {given.field}" if isinstance(given, Link) else given
    return row


def _as_before(given: Any, repaired: Any) -> Any:
    return given if isinstance(given, Link) else repaired


def _is_one_of(entity: Entity, name: str, fields: frozenset[str]) -> bool:
    field = field_of(entity, name)
    return bool(field and (field.name in fields or naming.snake(field.name) in fields))


def _has_conditions(entity: Entity) -> bool:
    return any(rule.expression for rule in entity.rules)
