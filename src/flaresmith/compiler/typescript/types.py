"""JSON as a TypeScript type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flaresmith.compiler.model import Kind, Type
from flaresmith.compiler.typescript.text import literal, property_name

_MAX_DEPTH = 8
_SCALARS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def json_type(kind: Type) -> str:
    """The type of a value that is kept as JSON: what its schema says, `unknown` where nothing is known."""
    if kind.kind is Kind.ARRAY:
        inner = json_type(kind.items) if kind.items else "unknown"
        return f"({inner})[]" if " " in inner and not inner.startswith("{") else f"{inner}[]"
    return schema_type(kind.schema) if kind.schema else "unknown"


def schema_type(schema: Any, depth: int = 0) -> str:
    """The type that a JSON Schema describes."""
    if not isinstance(schema, Mapping) or depth > _MAX_DEPTH:
        return "unknown"
    if "const" in schema:
        return _choice([schema["const"]])
    if isinstance(values := schema.get("enum"), (list, tuple)) and values:
        return _choice(values)
    for word in ("oneOf", "anyOf"):
        if isinstance(parts := schema.get(word), (list, tuple)) and parts:
            return _union([schema_type(part, depth + 1) for part in parts])
    kinds = schema.get("type")
    if isinstance(kinds, (list, tuple)):
        return _union([schema_type({**schema, "type": kind}, depth + 1) for kind in kinds])
    return _of_kind(schema, kinds, depth)


def _of_kind(schema: Mapping[str, Any], kind: Any, depth: int) -> str:
    if kind == "array":
        inner = schema_type(schema.get("items"), depth + 1)
        return f"({inner})[]" if " | " in inner else f"{inner}[]"
    if kind == "object" or (kind is None and "properties" in schema):
        return _object(schema, depth)
    return _SCALARS.get(str(kind), "unknown")


def _object(schema: Mapping[str, Any], depth: int) -> str:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping) or not properties:
        extra = schema.get("additionalProperties")
        return f"Record<string, {schema_type(extra, depth + 1) if isinstance(extra, Mapping) else 'unknown'}>"
    required = schema.get("required")
    needed = required if isinstance(required, (list, tuple)) else ()
    members = [
        f"{property_name(str(name))}{'' if name in needed else '?'}: {schema_type(inner, depth + 1)}"
        for name, inner in properties.items()
    ]
    return f"{{ {'; '.join(members)} }}"


def _choice(values: Any) -> str:
    plain = [value for value in values if value is None or isinstance(value, (str, int, float, bool))]
    return _union([literal(value) for value in plain]) if len(plain) == len(values) else "unknown"


def _union(parts: list[str]) -> str:
    return "unknown" if "unknown" in parts else " | ".join(dict.fromkeys(parts))
