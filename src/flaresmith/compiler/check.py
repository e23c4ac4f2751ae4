"""What is wrong with a model although each line of it could be read: the semantic half of the linter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from flaresmith.compiler import naming
from flaresmith.compiler.model import (
    Diagnostic,
    Endpoint,
    Entity,
    EntityKind,
    Field,
    Kind,
    Model,
    Requirement,
    Severity,
    Source,
)

_SECRET = re.compile(
    r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,90}"
    r"|sk_live_[A-Za-z0-9]{20,60}|rk_live_[A-Za-z0-9]{20,60}"
    r"|xox[abprs]-[A-Za-z0-9-]{20,80}|sk-ant-[\w-]{40,120}|AIza[\w-]{35}|glpat-[\w-]{20}"
    r"|npm_[A-Za-z0-9]{36}|SG\.[\w-]{22}\.[\w-]{43})"
    r"|-----BEGIN (?:RSA |EC |OPENSSH |DSA )?PRIVATE KEY-----"
)
_KINDS_OF_SCHEMA = {
    "string": (
        Kind.STRING,
        Kind.TEXT,
        Kind.UUID,
        Kind.DATE,
        Kind.DATETIME,
        Kind.TIME,
        Kind.ENUM,
        Kind.DECIMAL,
        Kind.BINARY,
        Kind.BIGINT,
    ),
    "integer": (Kind.INTEGER, Kind.BIGINT, Kind.NUMBER, Kind.DECIMAL),
    "number": (Kind.NUMBER, Kind.DECIMAL, Kind.INTEGER, Kind.BIGINT),
    "boolean": (Kind.BOOLEAN,),
    "array": (Kind.ARRAY, Kind.JSON),
    "object": (Kind.JSON,),
}


def check(model: Model) -> tuple[Diagnostic, ...]:
    """The semantic diagnostics of a model, in a stable order."""
    found = [
        *_no_specs(model),
        *_doubled_requirements(model),
        *_reserved(model),
        *_states(model),
        *_contract_types(model),
        *_doubled_routes(model),
    ]
    return tuple(found)


def check_texts(texts: Iterable[tuple[str, str]]) -> Iterator[Diagnostic]:
    """Findings in the files' own text: what looks like a real secret. Values are never repeated in the message."""
    for path, text in texts:
        for match in _SECRET.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            column = match.start() - text.rfind("\n", 0, match.start())
            yield Diagnostic(
                "secret-in-spec",
                Severity.WARNING,
                f"this looks like a real credential ({match.group()[:4]}…)",
                Source(path, line, column),
                "replace it with a placeholder, and revoke it if it is real",
            )


def _no_specs(model: Model) -> Iterator[Diagnostic]:
    if not model.features:
        yield Diagnostic(
            "no-specs",
            Severity.ERROR,
            "no specs were found here",
            Source(".", 1),
            "a feature is a folder such as specs/001-catalogue/ with a spec.md and a data-model.md",
        )


def _doubled_requirements(model: Model) -> Iterator[Diagnostic]:
    for feature in model.features:
        first: dict[str, Requirement] = {}
        for requirement in (*feature.requirements, *feature.success_criteria):
            known = first.setdefault(requirement.id, requirement)
            if known is not requirement and known.text != requirement.text:
                yield Diagnostic(
                    "requirement-doubled",
                    Severity.WARNING,
                    f"{requirement.id} is already at line {known.source.line} of {known.source.file} with another text",
                    requirement.source,
                    "give each requirement its own number",
                )


def _reserved(model: Model) -> Iterator[Diagnostic]:
    reserved = naming.SQL_RESERVED | naming.PYTHON_RESERVED
    for entity in model.entities:
        items: tuple[Entity | Field, ...] = (entity, *entity.fields) if entity.kind is EntityKind.PERSISTED else ()
        for item in items:
            if naming.snake(item.name) in reserved:
                yield Diagnostic(
                    "reserved-word",
                    Severity.INFO,
                    f"{item.name} is a reserved word of SQL or Python; generated code quotes or suffixes it",
                    item.source,
                )


def _states(model: Model) -> Iterator[Diagnostic]:
    for entity in model.entities:
        for field in entity.fields:
            yield from _unreachable(entity, field)


def _unreachable(entity: Entity, field: Field) -> Iterator[Diagnostic]:
    arrows = [arrow for arrow in entity.transitions if arrow.field == field.name]
    if not arrows or not field.type.values:
        return
    reached = {field.default if field.has_default else field.type.values[0]}
    while more := {arrow.after for arrow in arrows if arrow.before in reached} - reached:
        reached |= more
    for value in field.type.values:
        if value not in reached:
            yield Diagnostic(
                "unreachable-state",
                Severity.WARNING,
                f"no transition leads to {entity.name}.{field.name} = {value}",
                field.source,
                "add the arrow that leads there, or name the first state with `default`",
            )


def _contract_types(model: Model) -> Iterator[Diagnostic]:
    """A contract's schema and the entity of that name that disagree on a field's type."""
    sources = {
        name: contract.source
        for feature in model.features
        for contract in feature.contracts
        for name in contract.schemas
    }
    entities = {naming.key(entity.name): entity for entity in model.tables}
    for name, schema in model.schemas.items():
        entity = entities.get(naming.key(name))
        properties = schema.get("properties") if isinstance(schema, dict) else None
        if entity is None or not isinstance(properties, dict):
            continue
        by_name = {naming.snake(field.name): field for field in entity.fields}
        for key, value in properties.items():
            field = by_name.get(naming.snake(str(key)))
            if field is not None and _disagrees(field, value):
                yield Diagnostic(
                    "type-conflict",
                    Severity.WARNING,
                    f"{entity.name}.{field.name} is {field.type.kind}, and the contract's {name}.{key} is"
                    f" {value['type']}",
                    field.source,
                    f"see {sources.get(name, field.source).file}; give both the same type",
                )


def _disagrees(field: Field, schema: object) -> bool:
    if not isinstance(schema, dict) or field.confidence < 1.0:
        return False
    stated = schema.get("type")
    kinds = [kind for kind in (stated if isinstance(stated, list) else [stated]) if kind != "null"]
    known = [_KINDS_OF_SCHEMA[kind] for kind in kinds if isinstance(kind, str) and kind in _KINDS_OF_SCHEMA]
    return bool(known) and len(known) == len(kinds) and not any(field.type.kind in allowed for allowed in known)


def _doubled_routes(model: Model) -> Iterator[Diagnostic]:
    first: dict[tuple[str, str], Endpoint] = {}
    for endpoint in model.endpoints:
        key = (endpoint.method, re.sub(r"\{[^{}]{0,100}\}", "{}", endpoint.path))
        known = first.setdefault(key, endpoint)
        if known is not endpoint:
            yield Diagnostic(
                "route-doubled",
                Severity.WARNING,
                f"{endpoint.method} {endpoint.path} is already served at {known.source.file}:"
                f"{known.source.line}; the first one answers",
                endpoint.source,
                "change the path of one of them",
            )
