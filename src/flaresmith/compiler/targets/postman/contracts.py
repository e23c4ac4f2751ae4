"""Which operations of a contract a generated service can do by itself: those whose parts all have a place in the data.

The others answer 501 until a person writes them, so a run cannot expect anything of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.examples import resolved
from flaresmith.compiler.model import Endpoint, Entity
from flaresmith.compiler.resolve import is_nullable, is_read_only
from flaresmith.compiler.targets.postman.bodies import field_of
from flaresmith.compiler.wire import Wire, path_parameters

_PAGING = frozenset(
    {"has_more", "has_next", "has_next_page", "next_cursor", "cursor", "next", "total", "total_count", "count", "limit"}
    | {"offset", "page", "next_page_token", "end_cursor", "total_items", "page_size", "per_page"}
)


def is_plain(endpoint: Endpoint, everything: Wire) -> bool:
    """Whether body and reply of an operation consist of fields of its entity."""
    entity = everything.entities.get(endpoint.entity)
    if entity is None or not endpoint.action:
        return False
    return _accepts(endpoint, entity, everything) and _answers(endpoint, entity, everything)


def _accepts(endpoint: Endpoint, entity: Entity, everything: Wire) -> bool:
    if any(p.location == "query" and p.required for p in endpoint.parameters):
        return False
    whole = resolved(endpoint.request_schema or {}, everything.schemas)
    if "oneOf" in whole or "anyOf" in whole or "json" not in endpoint.request_media_type:
        return False
    sent = [field_of(entity, str(name)) for name in _properties(whole)]
    if None in sent:
        return False
    return endpoint.action not in {"create", "replace"} or _suffices(endpoint, entity, whole)


def _suffices(endpoint: Endpoint, entity: Entity, whole: Mapping[str, Any]) -> bool:
    """Whether a row can be made from what the contract makes clients send."""
    required = whole.get("required")
    given = {field.name for name in (required or ()) if (field := field_of(entity, str(name)))}
    given |= set(_named_in_path(endpoint, entity))
    needed = (f for f in entity.fields if not is_nullable(f) and not f.has_default and not is_read_only(f))
    return all(field.name in given for field in needed)


def _named_in_path(endpoint: Endpoint, entity: Entity) -> Iterator[str]:
    for name in path_parameters(endpoint.path):
        if field := field_of(entity, name):
            yield field.name
        before = endpoint.path.split("{" + name + "}")[0].strip("/").rpartition("/")[2]
        for field in entity.fields:
            if field.references and naming.key(field.references.entity) == naming.key(before or "?"):
                yield field.name


def _answers(endpoint: Endpoint, entity: Entity, everything: Wire) -> bool:
    good = sorted((r for r in endpoint.responses if r.status.startswith("2")), key=lambda r: r.status)
    if not good or good[0].schema is None or good[0].status == "204":
        return True
    if "json" not in good[0].media_type:
        return False
    whole = resolved(good[0].schema, everything.schemas)
    if endpoint.action == "list":
        return _is_list(whole, entity, everything)
    return _is_row(whole, entity) or _wraps_row(whole, entity, everything)


def _is_row(whole: Mapping[str, Any], entity: Entity) -> bool:
    required = whole.get("required")
    properties = [name for name in _properties(whole) if field_of(entity, str(name))]
    return bool(properties) and all(field_of(entity, str(name)) for name in (required or ()))


def _wraps_row(whole: Mapping[str, Any], entity: Entity, everything: Wire) -> bool:
    inner = {name: resolved(schema, everything.schemas) for name, schema in _properties(whole).items()}
    rows = [name for name, schema in inner.items() if _is_row(schema, entity)]
    return len(rows) == 1 and set(whole.get("required") or ()) <= set(rows)


def _is_list(whole: Mapping[str, Any], entity: Entity, everything: Wire) -> bool:
    if whole.get("type") == "array":
        return _is_row(_items(whole, everything), entity)
    inner = {str(name): resolved(schema, everything.schemas) for name, schema in _properties(whole).items()}
    lists = [name for name, schema in inner.items() if schema.get("type") == "array"]
    if len(lists) != 1 or not _is_row(_items(inner[lists[0]], everything), entity):
        return False
    others = set(whole.get("required") or ()) - set(lists)
    return all(naming.snake(str(name)) in _PAGING or inner[str(name)].get("type") == "object" for name in others)


def _items(array: Mapping[str, Any], everything: Wire) -> Mapping[str, Any]:
    items = array.get("items")
    return resolved(items, everything.schemas) if isinstance(items, Mapping) else {}


def _properties(whole: Mapping[str, Any]) -> Mapping[str, Any]:
    properties = whole.get("properties")
    return properties if isinstance(properties, Mapping) else {}
