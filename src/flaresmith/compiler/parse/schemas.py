"""JSON Schema of a contract brought to OpenAPI 3.1: nullable, exclusive bounds, examples, and references made local."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

PREFIX = "#/components/schemas/"
_SUBSCHEMAS = (
    "items",
    "additionalProperties",
    "not",
    "contains",
    "propertyNames",
    "if",
    "then",
    "else",
    "unevaluatedProperties",
)
_MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
MAX_DEPTH = 60

Resolve = Callable[[str, Mapping[str, Any]], dict[str, Any]]


def normalized(schema: Any, resolve: Resolve, depth: int = 0) -> dict[str, Any]:
    """The schema as JSON Schema 2020-12; `resolve` says what a `$ref` becomes. What is no schema becomes `{}`."""
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    if not isinstance(schema, dict) or depth > MAX_DEPTH:
        return {}
    if isinstance(schema.get("$ref"), str):
        return _reference(schema, resolve)
    result = {key: _part(key, value, resolve, depth) for key, value in schema.items()}
    _bounds(result)
    return _nullable(result)


def ref(name: str) -> dict[str, Any]:
    """A reference to a component schema."""
    return {"$ref": f"{PREFIX}{name}"}


def ref_name(schema: Any) -> str:
    """The component that a schema refers to, directly or as the items of an array or the page of a list; else empty."""
    if not isinstance(schema, Mapping):
        return ""
    target = schema.get("$ref")
    if isinstance(target, str):
        return target.removeprefix(PREFIX) if target.startswith(PREFIX) else ""
    return ref_name(schema["items"]) if isinstance(schema.get("items"), Mapping) else ""


def _reference(schema: Mapping[str, Any], resolve: Resolve) -> dict[str, Any]:
    target = resolve(schema["$ref"], schema)
    beside = {key: value for key, value in schema.items() if key in ("description", "title", "deprecated", "default")}
    if schema.get("nullable") is True:
        return {"anyOf": [target, {"type": "null"}], **beside}
    return {**target, **beside} if "$ref" in target else target


def _part(key: str, value: Any, resolve: Resolve, depth: int) -> Any:
    if key in _MAPS and isinstance(value, dict):
        return {str(name): normalized(inner, resolve, depth + 1) for name, inner in value.items()}
    if key in _LISTS and isinstance(value, list):
        return [normalized(inner, resolve, depth + 1) for inner in value]
    if key in _SUBSCHEMAS:
        return value if isinstance(value, bool) and key != "items" else normalized(value, resolve, depth + 1)
    return value


def _bounds(schema: dict[str, Any]) -> None:
    """3.0 wrote `exclusiveMinimum: true` beside `minimum`."""
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(schema.get(exclusive), bool) and schema.pop(exclusive) and bound in schema:
            schema[exclusive] = schema.pop(bound)


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    nullable = schema.pop("nullable", None)
    if nullable is not True:
        return schema
    kind = schema.get("type")
    if isinstance(kind, str):
        schema["type"] = [kind, "null"]
    elif isinstance(kind, list):
        schema["type"] = [*kind, *([] if "null" in kind else ["null"])]
    elif kind is None and any(key in schema for key in _LISTS):
        return {"anyOf": [schema, {"type": "null"}]}
    if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    return schema
