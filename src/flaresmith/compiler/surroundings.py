"""What the files about one entity can depend on, so that they are made again only when some of it has changed.

That is the entity; those it refers to, and so on; those that refer to it or are linked to it, and whom they need to
exist; the operations of all of these; and what every file may depend on: all names, contracts and requirements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from flaresmith.compiler.cache import remembered
from flaresmith.compiler.model import Endpoint, Entity, Feature, Field, Model

Result = TypeVar("Result")

_latest: tuple[Model, Surroundings] | None = None


def surroundings(model: Model) -> Surroundings:
    """The surroundings in a model; the latest answer is kept, since every target asks for the same one."""
    global _latest
    latest = _latest
    if latest is None or latest[0] is not model:
        _latest = latest = (model, Surroundings(model))
    return latest[1]


class Surroundings:
    """A mark per entity, the same object as in the build before exactly when nothing around the entity has changed."""

    def __init__(self, model: Model) -> None:
        by_name = {entity.name: entity for entity in model.entities}
        operations = _operations(model.endpoints)
        everywhere = remembered(("everywhere",), tuple(_everywhere(model)), object)
        around = _around(by_name)
        self._marks = {
            name: remembered(("around", name), (everywhere, *_parts(names, by_name, operations)), object)
            for name, names in around.items()
        }

    def remembered(self, what: str, name: str, make: Callable[[], Result], *reads: Any) -> Result:
        """What is made of an entity; `what` names the work, `reads` is what else decides it."""
        mark = self._marks.get(name)
        return make() if mark is None else remembered((what, name), (mark, *reads), make)


def _operations(endpoints: Iterable[Endpoint]) -> dict[str, list[Endpoint]]:
    found: dict[str, list[Endpoint]] = {}
    for endpoint in endpoints:
        found.setdefault(endpoint.entity, []).append(endpoint)
    return found


def _parts(names: Iterable[str], entities: Mapping[str, Entity], operations: Mapping[str, list[Endpoint]]) -> list[Any]:
    parts: list[Any] = []
    for name in names:
        parts.append(entities[name])
        parts += operations.get(name, ())
    return parts


def _everywhere(model: Model) -> Iterator[Any]:
    """What may stand in any file; texts and immutable parts one by one, since they are compared one by one."""
    yield from (model.name, model.constitution_version)
    for entity in model.entities:
        yield from (entity.name, entity.kind.value, *entity.values)
    for endpoint in model.endpoints:
        yield from (endpoint.operation_id, endpoint.path) if endpoint.derived else (endpoint,)
    for named in (model.schemas, model.security_schemes):
        for name, schema in named.items():
            yield from (name, schema)
    for feature in model.features:
        yield from _of_feature(feature)


def _of_feature(feature: Feature) -> Iterator[Any]:
    yield from (feature.id, feature.title, feature.status)
    yield from (*feature.stories, *feature.requirements, *feature.success_criteria, *feature.tools, *feature.roles)


def _around(entities: Mapping[str, Entity]) -> dict[str, tuple[str, ...]]:
    """For each entity the names of all that belong to its surroundings, itself first."""
    above = {name: _refers_to(entity, entities) for name, entity in entities.items()}
    beside: dict[str, set[str]] = {name: set() for name in entities}
    for name, entity in entities.items():
        linked = {n for link in entity.relationships for n in (link.target, link.through) if n in entities}
        for other in above[name] | linked:
            beside[other].add(name)
        beside[name] |= linked
    reach: dict[str, frozenset[str]] = {}
    return {
        name: (name, *sorted(set().union(*(_reached(n, above, reach) for n in (name, *near))) - {name}))
        for name, near in beside.items()
    }


def _refers_to(entity: Entity, entities: Mapping[str, Entity]) -> set[str]:
    return {f.references.entity for f in entity.fields if f.references and f.references.entity in entities} | {
        name for f in entity.fields for name in _types(f) if name in entities
    }


def _types(field: Field) -> tuple[str, ...]:
    """The spelling of a type may be the name of an entity or of a list of values."""
    items = field.type.items
    return (field.type.raw, items.raw) if items else (field.type.raw,)


def _reached(start: str, above: Mapping[str, set[str]], known: dict[str, frozenset[str]]) -> frozenset[str]:
    """An entity and all that it cannot exist without, directly or not."""
    if start not in known:
        found, waiting = {start}, [start]
        while waiting:
            more = above[waiting.pop()] - found
            found |= more
            waiting += more
        known[start] = frozenset(found)
    return known[start]
