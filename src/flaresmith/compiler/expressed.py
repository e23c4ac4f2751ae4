"""What a spec says and the generated code cannot: nothing is dropped unsaid.

`not_expressed` gives the facts; `build` makes them diagnostics of the rule `not-expressed`, the documentation lists
them, and the tables' modules name those of their entity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.literals import literal_text
from flaresmith.compiler.model import Cardinality, Diagnostic, Entity, EntityKind, Field, Index, Model, Severity, Source
from flaresmith.compiler.patterns import is_portable
from flaresmith.compiler.python.annotations import is_python
from flaresmith.compiler.resolve import generated, resolve
from flaresmith.compiler.service.retention import counted_from
from flaresmith.compiler.tables.expressions import to_sql
from flaresmith.compiler.tables.read import index_method
from flaresmith.compiler.tables.seeds import why_not_seeded

_HINTS = {
    "index": "name fields of the entity, and compare them with values, as in `status = 'open'`",
    "rule": "compare fields with each other or with values, as in `endsOn >= startsOn`",
    "pattern": "use only what Python, JavaScript and PostgreSQL read alike",
}


@dataclass(frozen=True, slots=True)
class NotExpressed:
    """One thing that is said and not done: of which entity (empty for the product), what, where, and a way out."""

    entity: str
    message: str
    source: Source
    hint: str = ""


def not_expressed(model: Model) -> tuple[NotExpressed, ...]:
    """Everything that the specs of a model say and its targets cannot express, in a stable order."""
    entities = resolve(model.entities)
    persisted = {entity.name: entity for entity in entities if entity.kind is EntityKind.PERSISTED}
    found = [fact for entity in persisted.values() for fact in of_entity(entity, persisted)]
    return (*found, *_schemes(model))


def diagnostics(model: Model) -> tuple[Diagnostic, ...]:
    """The same as findings for the author."""
    return tuple(
        Diagnostic("not-expressed", Severity.INFO, fact.message, fact.source, fact.hint)
        for fact in not_expressed(model)
    )


def of_entity(entity: Entity, persisted: Mapping[str, Entity]) -> Iterator[NotExpressed]:
    """What cannot be expressed of one resolved entity."""
    for facts in (_indexes, _rules, _patterns, _defaults, _seeds, _retention):
        for message, source, hint in facts(entity):
            yield NotExpressed(entity.name, message, source, hint)
    yield from _links(entity, persisted)


Facts = Iterator[tuple[str, Source, str]]


def _indexes(entity: Entity) -> Facts:
    if not entity.indexes:
        return
    typed = {field.name: (field.name, field.type) for field in entity.fields}
    known = {naming.snake(field.name): field for field in entity.fields}
    for index in entity.indexes:
        over = [known.get(naming.snake(name)) for name in index.fields]
        named = ", ".join(index.fields)
        if not all(over):
            missing = next(name for name, field in zip(index.fields, over, strict=True) if field is None)
            yield f"the index ({named}) of {entity.name} is not made: no field {missing}", index.source, _HINTS["index"]
            continue
        if index.where and to_sql(index.where, typed) is None:
            loses = "and is not unique" if index.unique else "and is larger than meant"
            message = f"the condition of the index ({named}) of {entity.name} is not understood: it covers every row"
            yield f"{message} {loses}", index.source, _HINTS["index"]
        yield from _method(entity, index, [field for field in over if field])


def _method(entity: Entity, index: Index, over: list[Field]) -> Facts:
    wanted = index.method.strip().lower()
    kinds = {field.name: field.type for field in over}
    if wanted not in {"", "btree"} and not index_method(index, kinds, [field.name for field in over]):
        named = ", ".join(field.name for field in over)
        message = f"PostgreSQL has no {wanted} index on ({named}) of {entity.name} without an extension: it is a btree"
        yield message, index.source, "leave the method out, or add the extension and the index by hand"


def _rules(entity: Entity) -> Facts:
    typed = {field.name: (field.name, field.type) for field in entity.fields} if entity.rules else {}
    for rule in entity.rules:
        if rule.expression and to_sql(rule.expression, typed) is None:
            yield f"a rule of {entity.name} is checked by nothing: {_short(rule.text)}", rule.source, _HINTS["rule"]


def _patterns(entity: Entity) -> Facts:
    for field in entity.fields:
        pattern = field.limits.pattern
        if pattern and not is_portable(pattern):
            by = "the Python service alone" if is_python(pattern) else "nothing"
            message = f"the pattern of {entity.name}.{field.name} is checked by {by}"
            yield message, field.source, _HINTS["pattern"]


def _defaults(entity: Entity) -> Facts:
    for field in entity.fields:
        made = field.has_default and field.default is not None and not generated(field)
        if made and literal_text(field.type, field.default) is None:
            message = f"the default of {entity.name}.{field.name} has no literal in SQL: the column has none"
            yield message, field.source, "give every value when a row is made"


def _seeds(entity: Entity) -> Facts:
    for seed in entity.seeds:
        if reason := why_not_seeded(entity, seed):
            message = f"a row of {entity.name} that should exist from the start is not made: {reason}"
            yield message, seed.source, "give every required field a value that it takes"


def _retention(entity: Entity) -> Facts:
    for retention in entity.retention:
        said = f"how long rows of {entity.name} are kept is not carried out: {_short(retention.text)}"
        if retention.days is None:
            yield said, retention.source, "say it as a number of days, months or years"
        elif not counted_from(entity, retention):
            yield said, retention.source, "give the entity a createdAt or a deletedAt to count from"


def _links(entity: Entity, persisted: Mapping[str, Entity]) -> Iterator[NotExpressed]:
    for relationship in entity.relationships:
        target = persisted.get(relationship.target)
        if relationship.cardinality is not Cardinality.MANY_TO_MANY or target is None:
            continue
        if len(entity.primary_key) != 1 or len(target.primary_key) != 1:
            message = f"{entity.name} N:M {target.name} has no operations of its own: a key has several parts"
            yield NotExpressed(entity.name, message, relationship.source, "name the entity that joins them")


def _schemes(model: Model) -> Iterator[NotExpressed]:
    used = {name for endpoint in model.endpoints for wanted in endpoint.security for name in wanted}
    for name in sorted(used):
        scheme: Any = model.security_schemes.get(name)
        kind = scheme.get("type") if isinstance(scheme, Mapping) else None
        if kind not in {"http", "apiKey", "oauth2", "openIdConnect"}:
            source = next(e.source for e in model.endpoints for wanted in e.security if name in wanted)
            message = f"the security scheme {name} cannot be checked as such: a bearer token is demanded instead"
            yield NotExpressed("", message, source, "describe it in components.securitySchemes")


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 80 else f"{plain[:79]}…"
