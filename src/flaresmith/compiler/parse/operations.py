"""Which operation does what to which entity; and the REST operations of entities that no contract mentions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.cache import remembered
from flaresmith.compiler.model import Endpoint, Entity, EntityKind, Parameter
from flaresmith.compiler.parse.findings import Findings, excerpt
from flaresmith.compiler.parse.schemas import ref_name

_BASE = re.compile(r"^(?:api|v\d{1,2}|rest|public|internal)$", re.I)
_ITEM_ACTIONS = {"GET": "get", "PUT": "replace", "PATCH": "update", "DELETE": "delete"}
_DECORATIONS = frozenset(
    [
        "create",
        "new",
        "update",
        "patch",
        "put",
        "replace",
        "input",
        "request",
        "response",
        "dto",
        "body",
        "payload",
        "list",
        "page",
        "paginated",
        "collection",
        "result",
        "results",
        "view",
        "summary",
        "detail",
        "details",
        "read",
        "write",
        "full",
        "model",
        "schema",
        "data",
        "out",
        "in",
        "item",
        "items",
        "envelope",
        "resource",
        "public",
        "post",
        "get",
        "base",
        "edit",
        "changes",
        "public",
    ]
)
_SINGLETONS = frozenset(["me", "self", "current"])


@dataclass(frozen=True, slots=True)
class _Segment:
    text: str
    parameter: bool


def mapped(
    endpoints: Sequence[Endpoint], entities: Sequence[Entity], schemas: Mapping[str, Any], findings: Findings
) -> list[Endpoint]:
    """The contract's operations with `entity` and `action` where they are certain; others are left to a person."""
    mapper = _Mapper(entities, schemas)
    result = []
    for endpoint in endpoints:
        entity, action = mapper.meaning(endpoint)
        if not entity:
            findings.info(
                "operation-needs-code",
                f"{endpoint.method} {excerpt(endpoint.path)} is no plain operation on an entity; its body is"
                f" yours to write",
                endpoint.source,
            )
        elif over := mapper.over(endpoint, entity):
            findings.info(
                "operation-indirect",
                f"{endpoint.method} {excerpt(endpoint.path)} is about {entity}, which is tied to the outer resource"
                f" only through {over}",
                endpoint.source,
                "see what the generated route does with it; a reference of its own makes it a plain operation",
            )
        result.append(replace(endpoint, entity=entity, action=action))
    return result


def with_derived(entities: Sequence[Entity], endpoints: Sequence[Endpoint]) -> list[Endpoint]:
    """The contract's operations, then those of the tables that no contract mentions, under names of their own."""
    more = list(_derived(entities, endpoints))
    names = naming.distinct(
        (endpoint.operation_id for endpoint in more), reserved={endpoint.operation_id for endpoint in endpoints}
    )
    named = zip(more, names, strict=True)
    return [*endpoints, *(e if e.operation_id == name else replace(e, operation_id=name) for e, name in named)]


def _derived(entities: Sequence[Entity], endpoints: Sequence[Endpoint]) -> Iterator[Endpoint]:
    """List, create, get, update, replace and delete for each table that no contract mentions, and its transitions.

    A list below another resource does not put the whole entity under contract.
    """
    mentioned = {endpoint.entity for endpoint in endpoints if not _is_nested(endpoint)}
    taken = {(endpoint.method, _shape(endpoint.path)) for endpoint in endpoints}
    for entity in entities:
        if entity.kind is EntityKind.PERSISTED and entity.name not in mentioned:
            for endpoint in remembered(("operations", entity.name), (entity,), partial(_operations, entity)):
                if (endpoint.method, _shape(endpoint.path)) not in taken:
                    taken.add((endpoint.method, _shape(endpoint.path)))
                    yield endpoint


def _operations(entity: Entity) -> tuple[Endpoint, ...]:
    return tuple(_resource(entity))


def _is_nested(endpoint: Endpoint) -> bool:
    """Whether the operation reaches its entity below a row of another one: `/authors/{authorId}/books`."""
    own = endpoint.path.rstrip("/")
    if endpoint.action in _ITEM_ACTIONS.values():
        own = own.rpartition("/")[0]
    return endpoint.action != "" and not endpoint.action.startswith("transition:") and "{" in own


class _Mapper:
    def __init__(self, entities: Sequence[Entity], schemas: Mapping[str, Any]) -> None:
        self._tables = {naming.key(entity.name): entity for entity in entities if entity.kind is EntityKind.PERSISTED}
        self._schemas = schemas

    def meaning(self, endpoint: Endpoint) -> tuple[str, str]:
        """The entity's name and the action, or two empty texts."""
        segments = _segments(endpoint.path)
        if not segments or any(segment.text.lower() in _SINGLETONS for segment in segments):
            return "", ""
        if not segments[-1].parameter:
            return self._transition(endpoint, segments) or self._on_collection(endpoint, segments) or ("", "")
        return self._on_item(endpoint, segments) or ("", "")

    def _transition(self, endpoint: Endpoint, segments: list[_Segment]) -> tuple[str, str] | None:
        """`POST /orders/{id}/cancel` where orders declare the trigger `cancel`."""
        if endpoint.method != "POST" or len(segments) < 3 or not segments[-2].parameter:
            return None
        entity = self._entity(segments[-3])
        wanted = naming.snake(segments[-1].text)
        for arrow in entity.transitions if entity else ():
            if entity and arrow.trigger and naming.snake(arrow.trigger) == wanted:
                return entity.name, f"transition:{arrow.trigger}"
        return None

    def _on_collection(self, endpoint: Endpoint, segments: list[_Segment]) -> tuple[str, str] | None:
        action = {"GET": "list", "POST": "create"}.get(endpoint.method)
        entity = self._owned(segments, len(segments) - 1) or (
            self._by_schema(endpoint) if len(_resources(segments)) == 1 else None
        )
        if action == "create" and entity and self.over(endpoint, entity.name):
            return None  # the row between them is not known
        if action is None or entity is None or (action == "create" and "json" not in endpoint.request_media_type):
            return None
        if action == "list" and not self._is_list(endpoint):
            return None
        return entity.name, action

    def _on_item(self, endpoint: Endpoint, segments: list[_Segment]) -> tuple[str, str] | None:
        action = _ITEM_ACTIONS.get(endpoint.method)
        if action is None or len(segments) < 2 or segments[-2].parameter:
            return None
        entity = self._owned(segments, len(segments) - 2) or (
            self._by_schema(endpoint) if len(_resources(segments)) == 1 else None
        )
        if entity is None or len(entity.primary_key) > 1 or not self._identifies(entity, segments[-1].text):
            return None
        between = self._tables.get(naming.key(self.over(endpoint, entity.name) or "?"))
        if between is not None and not _refers(entity, between):
            return None  # `DELETE /tools/{toolId}/tags/{tagId}` takes a tag off the tool, and deletes no tag
        return entity.name, action

    def _identifies(self, entity: Entity, parameter: str) -> bool:
        """Whether a path parameter is the entity's key: `id`, `bookId`, or the key's own name."""
        own = naming.snake(naming.singular(entity.name))
        last = own.split("_")[-1]
        accepted = {"id", f"{own}_id", f"{last}_id", "uuid", own, last} | {
            naming.snake(field.name) for field in entity.primary_key
        }
        return naming.snake(parameter) in accepted

    def _owned(self, segments: list[_Segment], place: int) -> Entity | None:
        """The entity of a collection segment; nested in a parent it must refer to that parent."""
        entity = self._entity(segments[place])
        if place < 2 or not segments[place - 1].parameter:
            beside = place > 0 and self._entity(segments[place - 1]) is not None
            return None if beside else entity
        parent = self._entity(segments[place - 2])
        entity = entity or self._child(parent, segments[place])
        if entity is None or parent is None:
            return None
        return entity if _refers(entity, parent) or self._through(entity, parent) else None

    def over(self, endpoint: Endpoint, entity: str) -> str:
        """The entity between an operation's entity and the resource that it stands below; empty where none is."""
        segments = _segments(endpoint.path)
        place = next((n for n, segment in enumerate(segments) if self._is_at(segments, n, entity)), 0)
        parent = self._entity(segments[place - 2]) if place >= 2 else None
        found = self._tables.get(naming.key(entity))
        if parent is None or found is None or not segments[place - 1].parameter or _refers(found, parent):
            return ""
        between = self._through(found, parent)
        return between.name if between else ""

    def _is_at(self, segments: list[_Segment], place: int, entity: str) -> bool:
        found = self._entity(segments[place])
        return found is not None and found.name == entity and place >= len(segments) - 2

    def _through(self, entity: Entity, parent: Entity) -> Entity | None:
        """The one table between two that do not refer to each other: Review → Loan → Tool, Tag ← ToolTag → Tool."""
        between = [
            table
            for table in self._tables.values()
            if table not in (entity, parent) and _refers(table, parent) and _tied(entity, table)
        ]
        return between[0] if len(between) == 1 else None

    def _child(self, parent: Entity | None, segment: _Segment) -> Entity | None:
        """`/orders/{id}/items` → OrderItem."""
        return self._tables.get(naming.key(f"{naming.singular(parent.name)}_{segment.text}")) if parent else None

    def _entity(self, segment: _Segment) -> Entity | None:
        return None if segment.parameter else self._tables.get(naming.key(segment.text))

    def _by_schema(self, endpoint: Endpoint) -> Entity | None:
        """The entity that the bodies name: `CreateBookRequest` in, `Book` out."""
        named = [self._of_schema(endpoint.request_schema), self._of_schema(self._reply(endpoint))]
        found = {entity.name: entity for entity in named if entity}
        return next(iter(found.values())) if len(found) == 1 else None

    def _of_schema(self, schema: Mapping[str, Any] | None) -> Entity | None:
        name = ref_name(schema)
        inner = self._schemas.get(name)
        if name and (entity := self._tables.get(_bare_key(name))):
            return entity
        items = _page_items(inner if name else schema)
        return self._tables.get(_bare_key(ref_name(items))) if items and ref_name(items) else None

    def _reply(self, endpoint: Endpoint) -> Mapping[str, Any] | None:
        return next(
            (reply.schema for reply in endpoint.responses if reply.status.startswith("2") and reply.schema), None
        )

    def _is_list(self, endpoint: Endpoint) -> bool:
        """Whether the reply is an array, or an object with one array of things; without a schema it is trusted."""
        schema = self._reply(endpoint)
        if schema is None:
            return True
        name = ref_name(schema) if "$ref" in schema else ""
        schema = self._schemas.get(name, {}) if name else schema
        return schema.get("type") == "array" or bool(_page_items(schema)) or not schema.get("properties")


def _resource(entity: Entity) -> Iterator[Endpoint]:
    collection = f"/{naming.plural(entity.name).replace('_', '-')}"
    one, many = naming.pascal(naming.singular(entity.name)), naming.pascal(naming.plural(entity.name))
    many = many if many != one else f"All{many}"
    keys = entity.primary_key
    item = "".join(f"/{{{field.name}}}" for field in keys) if len(keys) > 1 else "/{id}"
    places = tuple(
        Parameter(field.name if len(keys) > 1 else "id", "path", True, _key_schema(field.type.kind.value))
        for field in keys
    )
    plan = (
        ("GET", "", f"list{many}", "list"),
        ("POST", "", f"create{one}", "create"),
        ("GET", item, f"get{one}", "get"),
        ("PATCH", item, f"update{one}", "update"),
        ("PUT", item, f"replace{one}", "replace"),
        ("DELETE", item, f"delete{one}", "delete"),
    )
    for method, path, name, action in plan:
        yield Endpoint(
            method,
            collection + path,
            name,
            entity.source,
            parameters=places if path else (),
            tags=(entity.name,),
            requirements=entity.requirements,
            entity=entity.name,
            action=action,
            derived=True,
        )
    for trigger in dict.fromkeys(arrow.trigger for arrow in entity.transitions if arrow.trigger):
        source = next(arrow.source for arrow in entity.transitions if arrow.trigger == trigger)
        yield Endpoint(
            "POST",
            f"{collection}{item}/{naming.kebab(trigger)}",
            f"{naming.camel(trigger)}{one}",
            source,
            parameters=places,
            tags=(entity.name,),
            requirements=entity.requirements,
            entity=entity.name,
            action=f"transition:{trigger}",
            derived=True,
        )


def _segments(path: str) -> list[_Segment]:
    return [_Segment(part.strip("{}"), part.startswith("{")) for part in path.split("/") if part]


def _refers(entity: Entity, target: Entity) -> bool:
    return any(field.references and field.references.entity == target.name for field in entity.fields)


def _tied(entity: Entity, between: Entity) -> bool:
    """Whether an entity refers to the table between, or that table does nothing but join."""
    joins = all(field.references or field.primary_key or field.has_default for field in between.fields)
    return _refers(entity, between) or (joins and _refers(between, entity))


def _key_schema(kind: str) -> dict[str, str]:
    if kind == "uuid":
        return {"type": "string", "format": "uuid"}
    return {"type": "integer"} if kind in ("integer", "bigint") else {"type": "string"}


def _resources(segments: list[_Segment]) -> list[_Segment]:
    return [segment for segment in segments if not segment.parameter and not _BASE.match(segment.text)]


def _shape(path: str) -> str:
    return re.sub(r"\{[^{}]{1,100}\}", "{}", path)


def _bare_key(name: str) -> str:
    """`CreateBookRequest` → the key of `Book`."""
    words = [word for word in naming.words(name) if word not in _DECORATIONS]
    return naming.key("_".join(words)) if words else ""


def _page_items(schema: Any) -> Mapping[str, Any]:
    """The one array among an object's properties, or the array itself."""
    if not isinstance(schema, Mapping):
        return {}
    if schema.get("type") == "array":
        return schema
    arrays = [
        value
        for value in (schema.get("properties") or {}).values()
        if isinstance(value, Mapping) and value.get("type") == "array"
    ]
    return arrays[0] if len(arrays) == 1 else {}
