"""Rows that exist from the start, as values of columns: keys are stable, references lead to other seeds."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flaresmith.compiler import naming, resolve
from flaresmith.compiler.literals import fits, literal_text
from flaresmith.compiler.model import Entity, Field, Kind, Seed
from flaresmith.compiler.tables.names import column_names
from flaresmith.compiler.tables.shape import SeedRow

Known = Mapping[str, Sequence[Mapping[str, Any]]]
Labels = Mapping[str, Sequence[frozenset[str]]]
_NAMESPACE = uuid.UUID("3f0a8c1e-5c5d-5a53-9d0e-1f6c0b7a4d22")


def seed_rows(entities: Sequence[Entity]) -> dict[str, tuple[SeedRow, ...]]:
    """The seeds of each entity that fit its fields; entities are resolved and persisted."""
    seeded = {entity.name: entity for entity in entities if entity.seeds}
    if not seeded:
        return {}
    known = {name: [_keyed(entity, seed) for seed in entity.seeds] for name, entity in seeded.items()}
    labels = {name: [_labels(seeded[name], values) for values in rows] for name, rows in known.items()}
    found = {name: tuple(_rows(entity, known, labels)) for name, entity in seeded.items()}
    return {name: rows for name, rows in found.items() if rows}


def why_not_seeded(entity: Entity, seed: Seed) -> str:
    """Why a seed cannot become a row, or nothing; references are not looked into."""
    by_snake = {naming.snake(field.name): field for field in entity.fields}
    for name, value in seed.values.items():
        field = by_snake.get(naming.snake(str(name)))
        if field is None:
            return f"{entity.name} has no field {name}"
        if field.references is None and not _is_value(field, value):
            return f"{value!r} is no value of {entity.name}.{field.name}"
    given = {naming.snake(str(name)) for name in seed.values}
    for field in entity.fields:
        needed = not resolve.is_nullable(field) and not field.has_default
        if needed and naming.snake(field.name) not in given:
            return f"{entity.name}.{field.name} has no value"
    return ""


def _rows(entity: Entity, known: Known, labels: Labels) -> Iterator[SeedRow]:
    columns = column_names(entity)
    seen: set[SeedRow] = set()
    for seed, keyed in zip(entity.seeds, known[entity.name], strict=True):
        values = None if why_not_seeded(entity, seed) else _referring(entity, keyed, known, labels)
        if values is None:
            continue
        texts = [(columns[f.name], _text(f, values[f.name])) for f in entity.fields if f.name in values]
        row = SeedRow(tuple(name for name, _ in texts), tuple(value for _, value in texts))
        if row not in seen:
            seen.add(row)
            yield row


def _keyed(entity: Entity, seed: Seed) -> dict[str, Any]:
    """The values by field name; a key that the database would make at random is made of the values instead."""
    by_snake = {naming.snake(field.name): field.name for field in entity.fields}
    values = {by_snake.get(naming.snake(str(name)), str(name)): value for name, value in seed.values.items()}
    for key in entity.primary_key:
        if key.name not in values and resolve.generated(key) == "uuid":
            told = json.dumps([entity.name, values], sort_keys=True, default=str)
            values[key.name] = str(uuid.uuid5(_NAMESPACE, told))
    return values


def _labels(entity: Entity, values: Mapping[str, Any]) -> frozenset[str]:
    """The words by which another seed may refer to this one."""
    own = (values.get(field.name) for field in entity.fields if field.references is None)
    return frozenset(value for value in own if isinstance(value, str))


def _referring(entity: Entity, values: Mapping[str, Any], known: Known, labels: Labels) -> dict[str, Any] | None:
    """The values with references that name another seed by one of its values; None where one leads nowhere."""
    found = dict(values)
    for field in entity.fields:
        value = values.get(field.name)
        if field.references is None or value is None:
            continue
        target = _target(value, field, known.get(field.references.entity, ()), labels.get(field.references.entity, ()))
        if target is None:
            return None
        found[field.name] = target
    return found


def _target(value: Any, field: Field, seeds: Sequence[Mapping[str, Any]], labels: Sequence[frozenset[str]]) -> Any:
    key = field.references.field if field.references else ""
    for seed in seeds:
        if seed.get(key) == value:
            return value
    named = zip(seeds, labels, strict=True) if isinstance(value, str) else ()
    fitting = [seed[key] for seed, words in named if key in seed and value in words]
    if len(fitting) == 1:
        return fitting[0]
    return value if _is_value(field, value) and field.type.kind is not Kind.STRING else None


def _is_value(field: Field, value: Any) -> bool:
    if value is None:
        return resolve.is_nullable(field)
    return fits(field.type, field.limits, value)


def _text(field: Field, value: Any) -> str | None:
    return None if value is None else literal_text(field.type, value)
