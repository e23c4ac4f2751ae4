"""Sample bodies of an entity for the generated tests, and whether rows of it can be made at all."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flaresmith.compiler import naming, resolve
from flaresmith.compiler.model import Entity, Field, Kind
from flaresmith.compiler.samples import NoSample, sample
from flaresmith.compiler.service.solving import Rules

DIFFERENT = 16
_ORDERED = frozenset({Kind.DATE, Kind.DATETIME, Kind.INTEGER, Kind.BIGINT, Kind.NUMBER, Kind.DECIMAL})


@dataclass(frozen=True, slots=True)
class Link:
    """The row a required field refers to: entity and field; a `fresh` one is needed for each row."""

    entity: str
    field: str
    fresh: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """How an entity is tried out: constant and distinct values by field, links, and how many rows can differ."""

    constant: Mapping[str, Any] = field(default_factory=dict)
    distinct: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)
    rows: int = 0
    why_none: str = ""


_latest: deque[Trials] = deque(maxlen=1)


def trials(entities: Sequence[Entity]) -> Trials:
    """The trials of these entities; the latest are remembered, since several targets ask for the same ones."""
    if not _latest or list(map(id, _latest[0].entities.values())) != list(map(id, entities)):
        _latest.append(Trials(entities))
    return _latest[0]


class Trials:
    """The trials of all tables; a table whose rows need each other in a circle has none."""

    def __init__(self, entities: Sequence[Entity]) -> None:
        self.entities = {entity.name: entity for entity in entities}
        self.known: dict[str, Trial] = {}
        self.under_way: set[str] = set()

    def of(self, name: str) -> Trial:
        """The trial of an entity."""
        if name in self.under_way:
            return Trial(why_none="rows that refer to each other in a circle cannot be made one by one")
        if name not in self.known:
            self.under_way.add(name)
            self.known[name] = self._made(self.entities[name])
            self.under_way.discard(name)
        return self.known[name]

    def _made(self, entity: Entity) -> Trial:
        facts = _Uniques(entity)
        constant: dict[str, Any] = {}
        distinct: dict[str, Sequence[Any]] = {}
        links: dict[str, Link] = {}
        places = _places(entity)
        for one in entity.fields:
            if resolve.is_read_only(one):
                continue
            if one.references is not None:
                if not resolve.is_nullable(one) and not one.has_default:
                    links[one.name] = Link(one.references.entity, one.references.field, one.name in facts.members)
                continue
            try:
                self._sample(entity, one, places[one.name], facts, constant, distinct)
            except NoSample as problem:
                if resolve.is_nullable(one) or one.has_default:
                    continue
                return Trial(why_none=f"no sample of {one.name} was found: {problem}")
        first = {**constant, **{name: values[0] for name, values in distinct.items()}, **dict.fromkeys(links, "a row")}
        rules = Rules(entity)
        fitting = rules.solved(first, frozenset(_free(entity, distinct, links)))
        if fitting is None:
            return Trial(why_none="no sample that satisfies every rule of the data model was found")
        constant = {name: value for name, value in fitting.items() if name not in distinct and name not in links}
        distinct = _within_rules(rules, fitting, distinct)
        return self._judged(facts, constant, distinct, links)

    def _sample(
        self,
        entity: Entity,
        one: Field,
        place: int,
        facts: _Uniques,
        constant: dict[str, Any],
        distinct: dict[str, Sequence[Any]],
    ) -> None:
        states = [t.before for t in entity.transitions if t.field == one.name]
        if states:
            if not one.has_default and not resolve.is_nullable(one):
                constant[one.name] = next((s for s in states if s in one.type.values), sample(one))
        elif one.name in facts.members:
            values = {repr(value): value for value in (sample(one, place + n) for n in range(1, DIFFERENT + 1))}
            distinct[one.name] = tuple(values.values())
        elif not resolve.generated(one):
            constant[one.name] = sample(one, place + 1)

    def _judged(
        self,
        facts: _Uniques,
        constant: Mapping[str, Any],
        distinct: Mapping[str, Sequence[Any]],
        links: Mapping[str, Link],
    ) -> Trial:
        parents = {name: self.of(link.entity) for name, link in links.items()}
        missing = next((f"{name} needs a row: {p.why_none}" for name, p in parents.items() if not p.rows), "")
        if missing:
            return Trial(why_none=missing)
        fresh = [link.entity for link in links.values() if link.fresh]
        rows = min((self.of(name).rows // fresh.count(name) for name in fresh), default=DIFFERENT)
        for members in facts.sets:
            sizes = [len(distinct[name]) for name in members if name in distinct]
            sizes += [parents[name].rows for name in members if name in links]
            sizes += [DIFFERENT for name in members if name in facts.free]
            rows = min(rows, max(sizes, default=1))
        usable = min([rows, *(len(values) for values in distinct.values())])
        return Trial(constant, distinct, links, usable)


def _within_rules(
    rules: Rules, fitting: Mapping[str, Any], distinct: Mapping[str, Sequence[Any]]
) -> dict[str, Sequence[Any]]:
    """The distinct values up to the first row that would break a rule."""
    longest = max(map(len, distinct.values()), default=0) if rules.conditions else 0
    for number in range(1, longest):
        row = {**fitting, **{name: values[number] for name, values in distinct.items() if number < len(values)}}
        if rules.solved(row, frozenset()) is None:
            return {name: values[:number] for name, values in distinct.items()}
    return dict(distinct)


def _is_free(one: Field) -> bool:
    made = resolve.generated(one) in {"uuid", "increment"}
    return made or (one.references is not None and resolve.is_nullable(one))


def _free(entity: Entity, distinct: Mapping[str, Any], links: Mapping[str, Link]) -> Iterator[str]:
    """The fields whose sample may be exchanged for another."""
    for one in entity.fields:
        if not resolve.is_read_only(one) and one.references is None and one.name not in {*distinct, *links}:
            yield one.name


class _Uniques:
    """The sets of fields of which no two rows may share all values."""

    def __init__(self, entity: Entity) -> None:
        keys = [f for f in entity.primary_key if not resolve.is_read_only(f)]
        generated = len(keys) == 1 and resolve.generated(keys[0])
        names = {naming.snake(f.name): f.name for f in entity.fields}
        found = [tuple(f.name for f in keys)] if keys and not generated else []
        found += [(f.name,) for f in entity.fields if f.unique]
        found += [tuple(names.get(naming.snake(n), n) for n in i.fields) for i in entity.indexes if i.unique]
        self.sets = list(dict.fromkeys(found))
        # Left out they are null, or the database makes them: no two are the same.
        self.free = frozenset(f.name for f in entity.fields if _is_free(f))

    @cached_property
    def members(self) -> frozenset[str]:
        """Every field that is in one of the sets."""
        return frozenset(name for members in self.sets for name in members)


def _places(entity: Entity) -> dict[str, int]:
    """Where each field's samples start: a later one of two dates or numbers is larger, as their order suggests."""
    ordered = [f.name for f in entity.fields if f.type.kind in _ORDERED]
    return {f.name: 0 for f in entity.fields} | {name: number * 3 for number, name in enumerate(ordered)}
