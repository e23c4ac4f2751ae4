"""The page of an entity: its fields, its rules, its states, what it refers to, and who asks for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flaresmith.compiler.clients import Operation
from flaresmith.compiler.diagram.graph import type_text
from flaresmith.compiler.model import Entity, EntityKind, Field, Source
from flaresmith.compiler.resolve import generated, is_nullable
from flaresmith.compiler.targets.docs.markdown import bullets, code, document, label, link, plain, section, table

_KINDS = {
    EntityKind.PERSISTED: "A table.",
    EntityKind.DERIVED: "Computed, not kept.",
    EntityKind.DTO: "Exchanged, not kept.",
    EntityKind.EXTERNAL: "Kept elsewhere.",
    EntityKind.ENUM: "A list of values.",
}


class EntityPages:
    """Writes the pages of all entities of a model."""

    def __init__(self, entities: Mapping[str, Entity], pages: Mapping[str, str]) -> None:
        self.entities = entities
        self.pages = pages
        self.referring: dict[str, list[tuple[Entity, Field]]] = {name: [] for name in entities}
        for entity in entities.values():
            for field in entity.fields:
                if field.references and field.references.entity in self.referring:
                    self.referring[field.references.entity].append((entity, field))

    def page(self, entity: Entity, operations: Iterable[tuple[Operation, str]]) -> str:
        """The page of one entity; `operations` come with the address of their description."""
        return document(
            [
                f"# {plain(entity.name)}",
                "",
                *([plain(entity.description), ""] if entity.description else []),
                f"{_KINDS[entity.kind]} {self.origin(entity)}",
                "",
                *section("Fields", self.fields(entity)),
                *section("Values", bullets(code(value) for value in entity.values)),
                *section("Rules", bullets(self.rules(entity))),
                *section("States", self.states(entity)),
                *section("Relations", bullets(self.relations(entity))),
                *section("Retention", bullets(plain(one.text) for one in entity.retention)),
                *section("There from the start", bullets(code(_json(seed.values)) for seed in entity.seeds)),
                *section("Operations", bullets(_operation(o, address) for o, address in operations)),
            ]
        )

    def origin(self, entity: Entity) -> str:
        """Which requirements it serves, and where it is described."""
        ids = ", ".join(map(plain, sorted(set(entity.requirements))))
        return f"{f'Serves {ids}; d' if ids else 'D'}escribed in {spec_link(entity.source, '../..')}."

    def fields(self, entity: Entity) -> list[str]:
        """A row per field."""
        rows = [
            (code(f.name), code(type_text(f.type)), _needed(f), self.limits(entity, f), plain(f.description))
            for f in entity.fields
        ]
        return table(("field", "type", "required", "constraints", "description"), rows)

    def limits(self, entity: Entity, field: Field) -> str:
        """What a value must satisfy."""
        return "; ".join(part for part in self.constraints(entity, field) if part)

    def constraints(self, entity: Entity, field: Field) -> Iterator[str]:
        if field.primary_key:
            yield "key" if len(entity.primary_key) == 1 else "part of the key"
        if field.references:
            yield f"refers to {self.entity_link(field.references.entity)}"
        yield "unique" if field.unique else ""
        yield f"one of {', '.join(map(code, field.type.values))}" if field.type.values else ""
        yield from _bounds(field)
        if field.has_default:
            yield f"default {code(generated(field) or _json(field.default))}"

    def entity_link(self, name: str) -> str:
        """A link to the page of another entity."""
        return link(plain(name), f"{self.pages[name]}.md") if name in self.pages else plain(name)

    def rules(self, entity: Entity) -> Iterator[str]:
        for rule in entity.rules:
            yield plain(rule.text) + (f" ({code(rule.expression)})" if rule.expression not in ("", rule.text) else "")
        for index in entity.indexes:
            what = "Unique together" if index.unique else "Indexed together" if len(index.fields) > 1 else "Indexed"
            where = f" where {code(index.where)}" if index.where else ""
            yield f"{what}: {', '.join(map(code, index.fields))}{where}"

    def states(self, entity: Entity) -> list[str]:
        """A diagram per state machine."""
        made: list[str] = []
        for field in dict.fromkeys(arrow.field for arrow in entity.transitions):
            arrows = [arrow for arrow in entity.transitions if arrow.field == field]
            states = list(dict.fromkeys(state for arrow in arrows for state in (arrow.before, arrow.after)))
            ids = {state: f"s{number}" for number, state in enumerate(states)}
            made += [f"{code(field)}:", "", "```mermaid", "stateDiagram-v2"]
            made += [f'    state "{label(state)}" as {ids[state]}' for state in states]
            made += [_arrow(ids[a.before], ids[a.after], a.trigger) for a in arrows]
            made += ["```", ""]
        return made

    def relations(self, entity: Entity) -> Iterator[str]:
        for relationship in entity.relationships:
            through = f", through {self.entity_link(relationship.through)}" if relationship.through else ""
            target = self.entity_link(relationship.target)
            yield f"{plain(relationship.name)}: {relationship.cardinality.value} {target}{through}"
        for other, field in self.referring[entity.name]:
            by = f"{self.entity_link(other.name)} by {code(field.name)}"
            yield f"At most one {by} refers to it" if field.unique else f"Any number of {by} refer to it"


def _bounds(field: Field) -> Iterator[str]:
    limits = field.limits
    for value, word, strict in (
        (limits.minimum, "at least", limits.exclusive_minimum and "more than"),
        (limits.maximum, "at most", limits.exclusive_maximum and "less than"),
    ):
        yield f"{strict or word} {value}" if value is not None else ""
    longest = limits.max_length if limits.max_length is not None else field.type.length
    yield f"at least {limits.min_length} long" if limits.min_length is not None else ""
    yield f"at most {longest} long" if longest is not None else ""
    yield f"matches {code(limits.pattern)}" if limits.pattern else ""


def _needed(field: Field) -> str:
    return "no" if is_nullable(field) or field.has_default else "yes"


def _arrow(before: str, after: str, trigger: str) -> str:
    return f"    {before} --> {after}" + (f": {label(trigger)}" if trigger else "")


def _operation(operation: Operation, address: str) -> str:
    endpoint = operation.endpoint
    return f"{link(code(f'{endpoint.method} {endpoint.path}'), address)} {plain(endpoint.summary)}".rstrip()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def spec_link(source: Source, root: str) -> str:
    """A link to the file of the spec that a fact stands in."""
    file = source.file.removeprefix("specs/")
    return link(plain(f"specs/{file}"), f"{root}/specs/{file}")
