"""Schemas of older contracts in the words of OpenAPI 3.1, with every reference leading somewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_PREFIX = "#/components/schemas/"
_MAX_DEPTH = 200
_PLAIN_MAPS = frozenset({"properties", "patternProperties", "$defs", "dependentSchemas"})
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_SCHEMAS = frozenset(
    {"items", "not", "additionalProperties", "contains", "propertyNames", "if", "then", "else", "unevaluatedProperties"}
)


def modern(schema: Any, known: frozenset[str], depth: int = 0) -> Any:
    """A JSON Schema 2020-12 copy: `nullable` and boolean bounds of 3.0 rewritten, unknown references opened to `{}`."""
    if not isinstance(schema, Mapping):
        return schema if isinstance(schema, bool) else {}
    if depth > _MAX_DEPTH:
        return {}
    reference = schema.get("$ref")
    if isinstance(reference, str) and not (reference.startswith(_PREFIX) and reference[len(_PREFIX) :] in known):
        return {}
    written = {key: _value(key, value, known, depth) for key, value in schema.items()}
    return _bounds(_null(written)) if "nullable" in written or written.keys() & _EXCLUSIVE.keys() else written


_EXCLUSIVE = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}


def _value(key: str, value: Any, known: frozenset[str], depth: int) -> Any:
    if key in _PLAIN_MAPS and isinstance(value, Mapping):
        return {name: modern(schema, known, depth + 1) for name, schema in value.items()}
    if key in _LISTS and isinstance(value, list):
        return [modern(schema, known, depth + 1) for schema in value]
    if key in _SCHEMAS and isinstance(value, (Mapping, bool)):
        return modern(value, known, depth + 1)
    return value


def _null(schema: dict[str, Any]) -> dict[str, Any]:
    if schema.pop("nullable", False) is not True:
        return schema
    kind = schema.get("type")
    if isinstance(kind, str):
        schema["type"] = [kind, "null"]
        if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
            schema["enum"] = [*schema["enum"], None]
        return schema
    return {"anyOf": [schema, {"type": "null"}]} if "$ref" in schema or "allOf" in schema else schema


def _bounds(schema: dict[str, Any]) -> dict[str, Any]:
    for exclusive, plain in _EXCLUSIVE.items():
        if isinstance(schema.get(exclusive), bool):
            strict = schema.pop(exclusive)
            if strict and plain in schema:
                schema[exclusive] = schema.pop(plain)
    return schema
