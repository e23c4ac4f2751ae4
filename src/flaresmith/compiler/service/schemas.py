"""JSON Schemas of contracts, read: what stands behind references, properties, types, and the usual query names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flaresmith.compiler.model import Endpoint, Model, Parameter

PREFIX = "#/components/schemas/"
MAX_DEPTH = 12
LIMIT_NAMES = frozenset({"limit", "page_size", "per_page", "size", "take", "max_results"})
CURSOR_NAMES = frozenset({"cursor", "after", "page_token", "next_cursor", "starting_after"})
OFFSET_NAMES = frozenset({"offset", "skip"})
PAGE_NAMES = frozenset({"page", "page_number"})


def contract_endpoints(model: Model) -> tuple[Endpoint, ...]:
    """The operations that a contract describes, in a stable order."""
    found = [endpoint for endpoint in model.endpoints if not endpoint.derived]
    return tuple(sorted(found, key=lambda e: (e.path, e.method, e.operation_id)))


def query_parameters(endpoint: Endpoint) -> tuple[Parameter, ...]:
    """The query parameters, each name once."""
    found = {p.name: p for p in reversed(endpoint.parameters) if p.location == "query"}
    return tuple(found.values())[::-1]


def is_json(media_type: str) -> bool:
    """Whether a body of this media type is JSON."""
    return media_type.split(";")[0].strip().lower().endswith("json")


def component(schema: Mapping[str, Any]) -> str | None:
    """The name of the component that a schema is a plain reference to."""
    reference = schema.get("$ref")
    return reference.removeprefix(PREFIX) if isinstance(reference, str) and reference.startswith(PREFIX) else None


def resolved(schema: Any, schemas: Mapping[str, Any], depth: int = 0) -> Mapping[str, Any]:
    """The schema behind references, with the parts of an `allOf` put together; {} where it says nothing."""
    if not isinstance(schema, Mapping) or depth > MAX_DEPTH:
        return {}
    if (name := component(schema)) is not None:
        return resolved(schemas.get(name), schemas, depth + 1)
    parts = schema.get("allOf")
    if not isinstance(parts, Sequence) or isinstance(parts, str):
        return schema
    return _merged([{k: v for k, v in schema.items() if k != "allOf"}, *parts], schemas, depth)


def _merged(parts: Sequence[Any], schemas: Mapping[str, Any], depth: int) -> Mapping[str, Any]:
    whole: dict[str, Any] = {}
    for part in parts:
        found = resolved(part, schemas, depth + 1)
        for key, value in found.items():
            if key == "properties" and isinstance(value, Mapping):
                whole[key] = {**whole.get(key, {}), **value}
            elif key == "required" and isinstance(value, Sequence):
                whole[key] = [*whole.get(key, []), *value]
            else:
                whole.setdefault(key, value)
    return whole


def properties(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of an object schema."""
    found = schema.get("properties")
    return {str(key): value for key, value in found.items()} if isinstance(found, Mapping) else {}


def required(schema: Mapping[str, Any]) -> frozenset[str]:
    """The names that an object must have."""
    found = schema.get("required")
    return frozenset(map(str, found)) if isinstance(found, (list, tuple)) else frozenset()


def kinds(schema: Mapping[str, Any]) -> list[str]:
    """The types of a schema without null."""
    found = schema.get("type")
    listed = found if isinstance(found, (list, tuple)) else [found]
    return [str(kind) for kind in listed if kind and kind != "null"]


def is_object(schema: Mapping[str, Any]) -> bool:
    """Whether a schema is an object with named properties."""
    return bool(properties(schema)) and kinds(schema) in ([], ["object"])


def is_null_allowed(schema: Mapping[str, Any]) -> bool:
    """Whether null is a value of the schema, in 3.0's or 3.1's spelling."""
    found = schema.get("type")
    listed = isinstance(found, (list, tuple)) and "null" in found
    return listed or found == "null" or schema.get("nullable") is True
