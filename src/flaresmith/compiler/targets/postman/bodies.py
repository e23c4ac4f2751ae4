"""What requests send: examples that keep the conditions of the data model, with references left to be filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.examples import example, resolved
from flaresmith.compiler.model import Endpoint, Entity, Field
from flaresmith.compiler.resolve import generated
from flaresmith.compiler.service.resources import initial_state
from flaresmith.compiler.service.solving import Rules
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
        self.rules = {name: Rules(e) for name, e in everything.entities.items() if _has_conditions(e)}
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
        rules = self.rules.get(entity.name)
        if rules is None:
            return value
        names = {field.name: name for name in value if (field := field_of(entity, name))}
        free = {field for field, name in names.items() if not isinstance(value[name], Link)}
        repaired = rules.solved(_row(entity, value), frozenset(free))
        if repaired is None:
            return None
        found = {name: repaired[field] for field, name in names.items() if field in free}
        return {name: found.get(name, value[name]) for name in value}

    def _changes(self, endpoint: Endpoint, entity: Entity, value: dict[str, Any]) -> dict[str, Any]:
        """A change of a few plain fields, those that need not be unique first, none that a condition speaks of."""
        required = set(self.required(endpoint))
        spoken_of = self.rules[entity.name].columns if entity.name in self.rules else frozenset()

        def weight(name: str) -> tuple[bool, bool]:
            field = field_of(entity, name)
            return name not in required, bool(field and (field.unique or field.primary_key or field.limits.pattern))

        usable = [name for name in value if name in required or not _is_one_of(entity, name, spoken_of)]
        chosen = sorted(usable, key=weight)[: max(_MOST_CHANGES, len(required))]
        return {name: value[name] for name in value if name in chosen}


def field_of(entity: Entity, property_name: str) -> Field | None:
    """The field that a property stands for, in whatever case the contract writes it."""
    if found := entity.field(property_name):
        return found
    wanted = naming.snake(property_name)
    return next((f for f in entity.fields if naming.snake(f.name) == wanted), None)


def _row(entity: Entity, value: Mapping[str, Any]) -> dict[str, Any]:
    """The row that the service would keep for a body: defaults where nothing was sent."""
    row = {f.name: f.default for f in entity.fields if f.has_default and not generated(f)}
    for name, given in value.items():
        if field := field_of(entity, name):
            row[field.name] = f"{given.entity} {given.field}" if isinstance(given, Link) else given
    return row


def _is_one_of(entity: Entity, name: str, fields: frozenset[str]) -> bool:
    field = field_of(entity, name)
    return bool(field and (field.name in fields or naming.snake(field.name) in fields))


def _has_conditions(entity: Entity) -> bool:
    return any(rule.expression for rule in entity.rules)
