"""What crosses the wire: the JSON Schema of every entity, and every endpoint with its parameters, bodies and replies.

Contracts say this themselves; for derived endpoints it is made here, once, so that the OpenAPI document and the API
collections say the same as the service. Property names are the field names of the spec.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.links import LIST, REMOVE, Link, link_of, links
from flaresmith.compiler.model import Endpoint, Entity, EntityKind, Field, Kind, Model, Parameter, Response, Type
from flaresmith.compiler.resolve import (
    generated,
    is_deletion_time,
    is_filterable,
    is_nullable,
    is_read_only,
    is_sortable,
    resolve,
)

Schema = dict[str, Any]

PROBLEM = "Problem"
PAGE_LIMIT, PAGE_LIMIT_MAX = 20, 100
_MAX_DEPTH = 24
_UNIONS = frozenset({"oneOf", "anyOf", "allOf", "enum", "const"})
_REFERENCE = "#/components/schemas/"
_PATH_PARAMETER = re.compile(r"\{([^{}]+)\}")
_KINDS: Mapping[Kind, Schema] = {
    Kind.STRING: {"type": "string"},
    Kind.TEXT: {"type": "string"},
    Kind.UUID: {"type": "string", "format": "uuid"},
    Kind.INTEGER: {"type": "integer", "format": "int32"},
    Kind.BIGINT: {"type": "integer", "format": "int64"},
    Kind.NUMBER: {"type": "number"},
    Kind.DECIMAL: {"type": "string", "format": "decimal"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.DATETIME: {"type": "string", "format": "date-time"},
    Kind.TIME: {"type": "string", "format": "time"},
    Kind.JSON: {},
    Kind.BINARY: {"type": "string", "contentEncoding": "base64"},
    Kind.ENUM: {"type": "string"},
}


@dataclass(frozen=True, slots=True)
class Names:
    """The component names of one entity: what is read, sent to create, sent to change, and listed."""

    view: str
    create: str
    changes: str
    page: str


@dataclass(frozen=True, slots=True)
class Wire:
    """Everything a client can see. `schemas` are the components; every `$ref` in `endpoints` names one of them."""

    schemas: Mapping[str, Schema]
    endpoints: tuple[Endpoint, ...]
    entities: Mapping[str, Entity]
    problem: str


_latest: tuple[Model, Wire] | None = None


def wire(model: Model) -> Wire:
    """The wire of a model: contract components first, then those of entities, under names that do not collide.

    The latest answer is remembered, since several targets ask for the same model one after the other.
    """
    global _latest
    latest = _latest
    if latest is None or latest[0] is not model:
        _latest = latest = (model, _wire(model))
    return latest[1]


def _wire(model: Model) -> Wire:
    entities = {entity.name: entity for entity in resolve(model.entities)}
    schemas = contract_schemas(model)
    names = _names(entities.values(), schemas)
    problem = _free(PROBLEM, {*schemas, *(n for each in names.values() for n in _all(each))})
    for name, entity in entities.items():
        schemas |= _components(entity, names[name])
    schemas[problem] = problem_schema()
    complete = _Completing(entities, names, problem, links(tuple(entities.values())))
    return Wire(schemas, tuple(complete.endpoint(e) for e in model.endpoints), entities, problem)


def contract_schemas(model: Model) -> dict[str, Schema]:
    """The components of the contracts; one that is only another name of itself says nothing and becomes `{}`."""
    schemas = {name: dict(schema) if isinstance(schema, Mapping) else {} for name, schema in model.schemas.items()}
    return {name: {} if _is_own_alias(name, schemas) else schema for name, schema in schemas.items()}


def problem_schema() -> Schema:
    """The one error envelope of the generated service."""
    return {
        "type": "object",
        "description": "Why a request was refused.",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message", "severity", "retryPolicy", "requestId", "timestamp"],
                "properties": {
                    "code": {"type": "string", "examples": ["VALIDATION_ERROR"]},
                    "message": {"type": "string"},
                    "severity": {"type": "string", "enum": ["info", "warn", "error", "critical"]},
                    "retryPolicy": {"type": "string", "enum": ["none", "safe", "idempotent"]},
                    "requestId": {"type": "string"},
                    "timestamp": {"type": "string", "format": "date-time"},
                    "details": {},
                },
            }
        },
    }


def view_schema(entity: Entity) -> Schema:
    """What the service answers: every field, null where it may be; when a row was deleted is nobody's business."""
    shown = [f for f in entity.fields if entity.kind is not EntityKind.PERSISTED or not is_deletion_time(f)]
    fields = {field.name: _nullable(field_schema(field), is_nullable(field)) for field in shown}
    return _object(entity.description, fields, list(fields))


def create_schema(entity: Entity) -> Schema:
    """What a client sends to create or replace one: read-only fields left out, those with a default optional."""
    fields = {field.name: _accepted(field) for field in writable(entity)}
    required = [field.name for field in writable(entity) if not is_nullable(field) and not field.has_default]
    return _object(entity.description, fields, required)


def changes_schema(entity: Entity) -> Schema:
    """What a client sends to change some fields: all optional, keys left out."""
    fields = {f.name: _without_default(_accepted(f)) for f in writable(entity) if not f.primary_key}
    return _object(entity.description, fields, [])


def writable(entity: Entity) -> tuple[Field, ...]:
    """The fields a client may send."""
    return tuple(field for field in entity.fields if not is_read_only(field))


def field_schema(field: Field) -> Schema:
    """JSON Schema of one field's value, never null, with the limits that the spec puts on it."""
    limits = _limits(field)
    stated = {word[-7:].lower() for word in limits}  # `minimum` and `exclusiveMinimum` bound the same side
    schema = {word: value for word, value in type_schema(field.type).items() if word[-7:].lower() not in stated}
    schema |= limits
    if field.description:
        schema["description"] = field.description
    return schema


def type_schema(type_: Type) -> Schema:
    """JSON Schema of a type alone."""
    if type_.kind is Kind.ARRAY:
        return {"type": "array", "items": type_schema(type_.items) if type_.items else {}}
    if type_.kind is Kind.JSON and type_.schema:
        return dict(inlined(type_.schema))
    schema = dict(_KINDS[type_.kind])
    if type_.kind is Kind.ENUM:
        schema["enum"] = list(type_.values)
    if type_.kind is Kind.STRING and type_.format:
        schema["format"] = type_.format
    if type_.kind is Kind.STRING and type_.length is not None:
        schema["maxLength"] = type_.length
    if type_.kind is Kind.DECIMAL and type_.precision is not None:
        whole = type_.precision - (type_.scale or 0)
        schema |= {"exclusiveMinimum": -(10**whole), "exclusiveMaximum": 10**whole} if 0 < whole < 16 else {}
    return schema


def inlined(schema: Any, depth: int = 0) -> Any:
    """A JSON Schema of a field that stands by itself: what refers elsewhere, or nests too deep, may be anything."""
    if isinstance(schema, Mapping):
        if "$ref" in schema or depth > _MAX_DEPTH:
            return {}
        return {str(key): inlined(value, depth + 1) for key, value in schema.items()}
    return [inlined(value, depth + 1) for value in schema] if isinstance(schema, (list, tuple)) else schema


def path_parameters(path: str) -> list[str]:
    """The names in a path's braces, from left to right."""
    return _PATH_PARAMETER.findall(path)


def _is_own_alias(name: str, schemas: Mapping[str, Schema]) -> bool:
    seen = {name}
    while isinstance(reference := schemas.get(name, {}).get("$ref"), str):
        name = reference.rsplit("/", 1)[-1]
        if name in seen:
            return True
        seen.add(name)
    return False


def _limits(field: Field) -> Schema:
    limits = field.limits
    found: Schema = {}
    for bound, value, exclusive in (
        ("Minimum", limits.minimum, limits.exclusive_minimum),
        ("Maximum", limits.maximum, limits.exclusive_maximum),
    ):
        if value is not None:
            found[f"exclusive{bound}" if exclusive else bound.lower()] = value
    array = field.type.kind is Kind.ARRAY
    for word, size in (("min", limits.min_length), ("max", limits.max_length)):
        if size is not None:
            found[f"{word}{'Items' if array else 'Length'}"] = size
    return found | ({"pattern": limits.pattern} if limits.pattern else {})


def _accepted(field: Field) -> Schema:
    schema = field_schema(field)
    if field.type.kind is Kind.DECIMAL:
        schema["type"] = ["string", "number"]
    if field.has_default and not generated(field):
        schema["default"] = field.default
    return _nullable(schema, is_nullable(field))


def _without_default(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if key != "default"}


def _nullable(schema: Schema, nullable: bool) -> Schema:
    if not nullable or "type" not in schema:
        return {"anyOf": [schema, {"type": "null"}]} if nullable and _UNIONS & schema.keys() else schema
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    schema = schema | {"type": [*kinds, "null"]}
    return schema | {"enum": [*schema["enum"], None]} if "enum" in schema else schema


def _object(description: str, properties: Schema, required: list[str]) -> Schema:
    schema: Schema = {"type": "object"}
    if description:
        schema["description"] = description
    if required:
        schema["required"] = required
    return schema | {"properties": properties}


def _names(entities: Iterable[Entity], taken: Mapping[str, Any]) -> dict[str, Names]:
    used = set(taken)
    result = {}
    for entity in entities:
        stem = naming.pascal(entity.name)
        while used & set(_all(names := Names(stem, f"{stem}Create", f"{stem}Update", f"{stem}Page"))):
            stem = f"{stem}Record"
        used |= set(_all(names))
        result[entity.name] = names
    return result


def _all(names: Names) -> tuple[str, ...]:
    return (names.view, names.create, names.changes, names.page)


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name = f"{name}Envelope"
    return name


def _components(entity: Entity, names: Names) -> dict[str, Schema]:
    if entity.kind is EntityKind.ENUM:
        return {names.view: {"type": "string", "enum": list(entity.values)}}
    if entity.kind is not EntityKind.PERSISTED:
        return {names.view: view_schema(entity)}
    page = {
        "items": {"type": "array", "items": _ref(names.view)},
        "hasMore": {"type": "boolean"},
        "nextCursor": {"type": ["string", "null"]},
    }
    return {
        names.view: view_schema(entity),
        names.create: create_schema(entity),
        names.changes: changes_schema(entity),
        names.page: _object("", page, list(page)),
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"{_REFERENCE}{name}"}


class _Completing:
    """Fills in what the compiler itself decides about the endpoints that it derived."""

    def __init__(
        self,
        entities: Mapping[str, Entity],
        names: Mapping[str, Names],
        problem: str,
        known: Mapping[str, Sequence[Link]],
    ) -> None:
        self.entities = entities
        self.names = names
        self.problem = problem
        self.links = known

    def endpoint(self, endpoint: Endpoint) -> Endpoint:
        entity = self.entities.get(endpoint.entity)
        if not endpoint.derived or entity is None:
            return endpoint
        link = link_of(endpoint, self.links)
        body = self.body(endpoint)
        listed = self.entities[link.target] if link else entity
        return replace(
            endpoint,
            parameters=(*self.path(endpoint, entity, link), *self.query(endpoint, listed)),
            request_schema=body,
            request_required=body is not None,
            responses=tuple(self.responses(endpoint, link)),
        )

    def body(self, endpoint: Endpoint) -> Schema | None:
        names = self.names[endpoint.entity]
        wanted = {"create": names.create, "replace": names.create, "update": names.changes}.get(endpoint.action)
        return _ref(wanted) if wanted else None

    def path(self, endpoint: Endpoint, entity: Entity, link: Link | None) -> Iterator[Parameter]:
        keys = list(entity.primary_key)
        if link is not None:
            keys = [*keys[:1], *self.entities[link.target].primary_key]
        for index, name in enumerate(path_parameters(endpoint.path)):
            key = (None if link else entity.field(name)) or (keys[index] if index < len(keys) else None)
            yield Parameter(name, "path", True, field_schema(key) if key else {"type": "string"})

    def query(self, endpoint: Endpoint, entity: Entity) -> Iterator[Parameter]:
        if endpoint.action.partition(":")[0] not in _LISTS:
            return
        limit = {"type": "integer", "minimum": 1, "maximum": PAGE_LIMIT_MAX, "default": PAGE_LIMIT}
        yield Parameter("limit", "query", False, limit, "How many to return at the most.")
        yield Parameter("cursor", "query", False, {"type": "string"}, "`nextCursor` of the page before.")
        if sortable := [field.name for field in entity.fields if is_sortable(field)]:
            orders = [sign + name for name in sortable for sign in ("", "-")]
            yield Parameter("sort", "query", False, {"type": "string", "enum": orders}, "The order; `-` is descending.")
        for field in entity.fields:
            if is_filterable(field) and field.name not in {"limit", "cursor", "sort"}:
                yield Parameter(field.name, "query", False, type_schema(field.type), "Only those with this value.")

    def responses(self, endpoint: Endpoint, link: Link | None) -> Iterator[Response]:
        action = endpoint.action.partition(":")[0]
        names = self.names[link.target if link else endpoint.entity]
        if action in _LISTS:
            yield Response("200", "One page", _ref(names.page))
        elif action == "create":
            yield Response("201", "Created", _ref(names.view))
        elif action == "delete":
            yield Response("204", "Deleted")
        elif link is not None:
            yield Response("204", "No longer linked" if action == REMOVE else "Linked")
        else:
            yield Response("200", "As it is now", _ref(names.view))
        for status, description in _refusals(endpoint):
            yield Response(status, description, None if status == "304" else _ref(self.problem))


def _refusals(endpoint: Endpoint) -> Iterator[tuple[str, str]]:
    action = endpoint.action.partition(":")[0]
    if action in _READS:
        yield "304", "It is as the client knows it"
    if action not in {"get", "link", "unlink"}:
        yield "400", "The request is not valid"
    if endpoint.security:
        yield "401", "The caller is not known"
        yield "403", "The caller may not do this"
    if path_parameters(endpoint.path):
        yield "404", "There is no such thing"
    if action not in {*_READS, "link", "unlink"}:
        yield "409", "It does not agree with what is already there"
    if action in {"update", "replace", "delete", "transition"}:
        yield "412", "It was changed since the client read it"


_LISTS = frozenset({"list", LIST})
_READS = _LISTS | {"get"}
