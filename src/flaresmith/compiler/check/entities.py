"""Entities: names, limits, references and indexes that will hurt once rows are in the tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flaresmith.compiler import naming
from flaresmith.compiler.model import Diagnostic, Entity, EntityKind, Field, Kind, Model, Notation, Severity

_MONEY = re.compile(
    r"(?:^|_)(?:price|amount|total|subtotal|cost|fee|balance|salary|revenue|budget|refund"
    r"|payout)(?:_|$)"
)
_COUNTED = re.compile(
    r"size|length|time|duration|index|hours|days|"
    r"count|quantity|percent|rate|ratio|score|items|tokens|bytes|seconds|minutes|hours|points"
    r"|credits|weight|pages"
)
_PASSWORD = re.compile(r"^(?:user_?)?(?:password|passwd|pwd|secret_?key|private_?key)$")
_SUFFIXES = frozenset(("entity", "model", "record", "table", "object", "data", "info"))
_BY_LANGUAGE = (Notation.TYPESCRIPT, Notation.ZOD, Notation.SCHEMA, Notation.SAMPLE)


def entities(model: Model) -> Iterator[Diagnostic]:
    """What is wrong with the entities of a model."""
    yield from _reserved(model)
    yield from _similar(model)
    yield from _circles(model)
    yield from _unused(model)
    for entity in model.tables:
        yield from _mixed_names(entity)
        yield from _indexes(entity, model)
        for field in entity.fields:
            yield from _limits(entity, field)
            yield from _values(entity, field)
            yield from _kinds(entity, field)


def _reserved(model: Model) -> Iterator[Diagnostic]:
    reserved = naming.SQL_RESERVED | naming.PYTHON_RESERVED
    for entity in model.entities:
        items: tuple[Entity | Field, ...] = (entity, *entity.fields) if entity.kind is EntityKind.PERSISTED else ()
        for item in items:
            if naming.snake(item.name) in reserved:
                yield Diagnostic(
                    "reserved-word",
                    Severity.INFO,
                    f"`{item.name}` is a reserved word of SQL or Python; generated code quotes or suffixes it",
                    item.source,
                )


def _similar(model: Model) -> Iterator[Diagnostic]:
    """`User` and `UserRecord`: most likely one thing under two names."""
    first: dict[tuple[str, ...], Entity] = {}
    for entity in model.tables:
        words = naming.words(naming.singular(entity.name))
        stem = tuple(word for word in words if word not in _SUFFIXES) or words
        known = first.setdefault(stem, entity)
        if known is not entity:
            yield Diagnostic(
                "similar-names",
                Severity.WARNING,
                f"`{entity.name}` and `{known.name}` ({known.source.file}:{known.source.line}) differ by a word that"
                " says nothing; each becomes a table",
                entity.source,
                "give one thing one name",
            )


def _circles(model: Model) -> Iterator[Diagnostic]:
    """Rows that must each exist before the other."""
    needs = {entity.name: _needed(entity) for entity in model.tables}
    told: set[frozenset[str]] = set()
    for entity in model.tables:
        path = _way_back(entity.name, needs)
        if path and frozenset(path) not in told:
            told.add(frozenset(path))
            field = next(f for f in entity.fields if f.references and f.references.entity == path[0] and _is_needed(f))
            circle = " → ".join([entity.name, *path])
            yield Diagnostic(
                "circular-requirement",
                Severity.WARNING,
                f"no first row can be written: {circle}, and every step is required",
                field.source,
                "make one of these references optional",
            )


def _needed(entity: Entity) -> list[str]:
    return [field.references.entity for field in entity.fields if field.references and _is_needed(field)]


def _is_needed(field: Field) -> bool:
    return field.required and not field.nullable and not field.has_default


def _way_back(start: str, needs: dict[str, list[str]]) -> list[str]:
    """The names on a way from a start back to it, the start last; empty where there is none."""
    waiting = [[name] for name in needs.get(start, ())]
    seen: set[str] = set()
    while waiting:
        path = waiting.pop(0)
        if path[-1] == start:
            return path
        if path[-1] not in seen:
            seen.add(path[-1])
            waiting += [[*path, name] for name in needs.get(path[-1], ())]
    return []


def _unused(model: Model) -> Iterator[Diagnostic]:
    """Tables that nothing asks for, where contracts cover most of them."""
    asked = {endpoint.entity for endpoint in model.endpoints if not endpoint.derived and endpoint.entity}
    tables = model.tables
    if len(tables) < 4 or sum(table.name in asked for table in tables) * 2 < len(tables):
        return
    tied = {field.references.entity for table in tables for field in table.fields if field.references}
    tied |= {link.target for table in tables for link in table.relationships}
    tied |= {link.through for table in tables for link in table.relationships if link.through}
    for table in tables:
        alone = not any(field.references for field in table.fields) and not table.requirements
        if table.name not in asked | tied and alone:
            yield Diagnostic(
                "entity-unused",
                Severity.INFO,
                f"no endpoint, reference or requirement names `{table.name}`",
                table.source,
                "say what it is for, or take it out",
            )


def _mixed_names(entity: Entity) -> Iterator[Diagnostic]:
    """camelCase and snake_case in one table."""
    camel = [field for field in entity.fields if re.search(r"[a-z][A-Z]", field.name)]
    snake = [field for field in entity.fields if re.search(r"[a-z0-9]_[a-z]", field.name)]
    if camel and snake:
        odd = min(camel, snake, key=len)[0]
        usual = max(snake, camel, key=len)[0]
        yield Diagnostic(
            "mixed-naming",
            Severity.INFO,
            f"`{entity.name}` has fields like `{usual.name}` and fields like `{odd.name}`",
            odd.source,
            "write all fields of a product in one style",
        )


def _indexes(entity: Entity, model: Model) -> Iterator[Diagnostic]:
    leading = {index.fields[0] for index in entity.indexes} | {f.name for f in entity.fields if f.unique or f.indexed}
    leading |= {entity.primary_key[0].name} if entity.primary_key else set()
    listed = {
        match.group(1)
        for endpoint in model.endpoints
        if endpoint.entity == entity.name and endpoint.action == "list"
        for match in re.finditer(r"\{([\w.-]+)\}", endpoint.path)
    }
    for field in entity.fields:
        reference = field.references
        if reference is None or field.name in leading:
            continue
        nested = naming.snake(field.name) in {naming.snake(name) for name in listed}
        if nested or reference.on_delete == "cascade":
            why = "rows are listed by it" if nested else f"deleting a `{reference.entity}` looks for its rows"
            yield Diagnostic(
                "index-missing",
                Severity.INFO,
                f"`{entity.name}.{field.name}` has no index, and {why}",
                field.source,
                f"add an index on ({field.name})",
            )


def _limits(entity: Entity, field: Field) -> Iterator[Diagnostic]:
    limits, most = field.limits, field.limits.max_length or field.type.length
    low, high = limits.minimum, limits.maximum
    empty = low is not None and high is not None and (low > high or (low == high and limits.exclusive_minimum))
    if empty or (limits.min_length is not None and most is not None and limits.min_length > most):
        yield Diagnostic(
            "impossible-limits",
            Severity.WARNING,
            f"no value of `{entity.name}.{field.name}` can be within its limits",
            field.source,
            "the lower limit must not be above the upper one",
        )


def _values(entity: Entity, field: Field) -> Iterator[Diagnostic]:
    seen: dict[str, str] = {}
    for value in field.type.values:
        known = seen.setdefault(naming.snake(value), value)
        if known != value:
            yield Diagnostic(
                "enum-values-alike",
                Severity.WARNING,
                f"`{entity.name}.{field.name}` has the values `{known}` and `{value}`, which are one to most readers",
                field.source,
                "keep one of them",
            )


def _kinds(entity: Entity, field: Field) -> Iterator[Diagnostic]:
    name = naming.snake(field.name)
    by_hand = (field.notation or entity.notation) not in _BY_LANGUAGE
    if field.type.kind is Kind.NUMBER and _MONEY.search(name) and not _COUNTED.search(name) and by_hand:
        yield Diagnostic(
            "money-as-float",
            Severity.WARNING,
            f"`{entity.name}.{field.name}` sounds like money, and a floating-point number cannot hold 0.10",
            field.source,
            "use decimal(12,2), or an integer of the smallest unit",
        )
    if _PASSWORD.match(name) and field.type.kind in (Kind.STRING, Kind.TEXT):
        yield Diagnostic(
            "password-in-clear",
            Severity.WARNING,
            f"`{entity.name}.{field.name}` would keep a secret as it was typed",
            field.source,
            f"keep a hash: `{field.name}Hash`",
        )
