"""Changes sample values until every rule of the data model holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from flaresmith.compiler import resolve
from flaresmith.compiler.model import Entity, Field, Kind
from flaresmith.compiler.samples import NoSample, sample
from flaresmith.compiler.tables.expressions import Condition, read_condition

EARLY, LATE = "2001-01-01T00:00:00Z", "2098-01-01T00:00:00Z"
_EXTREMES = {
    Kind.DATETIME: ("2000-01-01T00:00:00Z", "2099-01-01T00:00:00Z"),
    Kind.DATE: ("2000-01-01", "2099-01-01"),
}
_MOST_STEPS = 12
_NUMBERS = frozenset({Kind.INTEGER, Kind.BIGINT, Kind.NUMBER, Kind.DECIMAL})


class Rules:
    """The rules of one entity that were understood, read once."""

    def __init__(self, entity: Entity) -> None:
        self.entity = entity
        self.conditions = tuple(_conditions(entity))
        self.columns = frozenset(name for condition in self.conditions for name in condition.columns)
        self.made = _made_by_database(entity) if self.conditions else ({}, {})

    def solved(self, values: Mapping[str, Any], free: frozenset[str]) -> dict[str, Any] | None:
        """The values with some `free` ones changed so that all rules hold, or None where that was not found."""
        found = dict(values)
        for _ in range(_MOST_STEPS):
            broken = next((rule for rule in self.conditions if not self._holds(rule, found)), None)
            if broken is None:
                return found
            better = next(self._changes(broken, found, free), None)
            if better is None:
                return None
            found = better
        return None

    def _holds(self, rule: Condition, values: Mapping[str, Any]) -> bool:
        return all(rule.holds({**made, **values}) is not False for made in self.made)

    def _changes(self, broken: Condition, values: Mapping[str, Any], free: frozenset[str]) -> Iterator[dict[str, Any]]:
        """Values with one or two columns changed, in which the broken rule holds and no other breaks."""
        names = [name for name in broken.columns if name in free]
        candidates = {name: list(_candidates(self.entity.field(name), broken)) for name in names}
        whole = [rule for rule in self.conditions if self._holds(rule, values)]
        tried = [{name: value} for name in names for value in candidates[name]]
        tried += [
            {one: a, other: b}
            for place, one in enumerate(names)
            for other in names[place + 1 :]
            for a in candidates[one][:8]
            for b in candidates[other][:8]
        ]
        for change in tried:
            found = {**values, **change}
            if self._holds(broken, found) and all(self._holds(rule, found) for rule in whole):
                yield {name: value for name, value in found.items() if value is not None or name in values}


def _conditions(entity: Entity) -> Iterator[Condition]:
    columns = {field.name: (field.name, field.type) for field in entity.fields}
    for rule in entity.rules:
        if rule.expression and (found := read_condition(rule.expression, columns)):
            yield found


def _made_by_database(entity: Entity) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the database fills in is not known here: a rule must hold for early and late, small and large values."""
    extremes = {"now": (EARLY, LATE), "increment": (1, 10_000_000), "uuid": (None, None), "": (None, None)}
    found = {field.name: extremes[resolve.generated(field)] for field in entity.fields}
    return {name: pair[0] for name, pair in found.items()}, {name: pair[1] for name, pair in found.items()}


def _candidates(field: Field | None, rule: Condition) -> Iterator[Any]:
    if field is None:
        return
    for name, value in rule.literals:
        if name == field.name and value is not None:
            yield from _near(field, value)
    if resolve.is_nullable(field):
        yield None
    yield from _EXTREMES.get(field.type.kind, ())
    for n in (1, 2, 5, 9, 50):
        try:
            yield sample(field, n)
        except NoSample:
            return


def _near(field: Field, value: Any) -> Iterator[Any]:
    """A literal and its neighbours, as JSON of the field's type."""
    if not isinstance(value, Decimal):
        yield value
        return
    for number in (value, value + 1, value - 1):
        if field.type.kind is Kind.DECIMAL:
            yield str(number)
        elif field.type.kind in _NUMBERS:
            yield float(number) if field.type.kind is Kind.NUMBER else int(number)
