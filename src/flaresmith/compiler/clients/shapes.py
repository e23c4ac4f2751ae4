"""JSON Schemas as clients read them: what a reference names, what `allOf` adds up to, which kinds a value may have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

PREFIX = "#/components/schemas/"
MAX_DEPTH = 12

Schema = Mapping[str, Any]


def component(schema: Schema) -> str | None:
    """The name of the component that a schema is a reference to."""
    reference = schema.get("$ref")
    return reference.removeprefix(PREFIX) if isinstance(reference, str) and reference.startswith(PREFIX) else None


def resolved(schema: Any, schemas: Schema, depth: int = 0) -> Schema:
    """The schema behind references, with the parts of an `allOf` put together; {} where it says nothing."""
    if not isinstance(schema, dict) or depth > MAX_DEPTH:
        return {}
    if "$ref" in schema:
        name = component(schema)
        return resolved(schemas.get(name), schemas, depth + 1) if name is not None else {}
    parts = schema.get("allOf")
    if not isinstance(parts, list):
        return schema
    return _merged([*parts, {key: value for key, value in schema.items() if key != "allOf"}], schemas, depth)


def _merged(parts: Sequence[Any], schemas: Schema, depth: int) -> Schema:
    whole: dict[str, Any] = {}
    shown: dict[str, Any] = {}
    needed: dict[str, None] = {}
    for part in parts:
        found = resolved(part, schemas, depth + 1)
        shown |= properties(found)
        needed |= dict.fromkeys(required(found))
        whole |= found
    whole |= {"properties": shown} if shown else {}
    return whole | ({"required": list(needed)} if needed else {})


def properties(schema: Schema) -> dict[str, Any]:
    """The named properties of an object schema."""
    found = schema.get("properties")
    return {str(name): value for name, value in found.items()} if isinstance(found, dict) else {}


def required(schema: Schema) -> list[str]:
    """The names that an object must have."""
    found = schema.get("required")
    return [str(name) for name in found] if isinstance(found, list) else []


def kinds(schema: Schema) -> list[str]:
    """The JSON types that a value may have, null left out; an empty list where anything goes."""
    found = schema.get("type")
    listed = found if isinstance(found, list) else [found]
    stated = [kind for kind in listed if isinstance(kind, str) and kind != "null"]
    if stated or found == "null":
        return stated
    return _implied(schema)


def _implied(schema: Schema) -> list[str]:
    if "properties" in schema or "additionalProperties" in schema:
        return ["object"]
    return ["array"] if "items" in schema else []


def allows_null(schema: Schema) -> bool:
    """Whether null is a value of the schema, in the spelling of 3.0 or 3.1."""
    found = schema.get("type")
    return found == "null" or (isinstance(found, list) and "null" in found) or schema.get("nullable") is True


def choices(schema: Schema) -> list[Any] | None:
    """The values of an `enum` or `const` that are text, numbers, booleans or null; None where it has neither."""
    if "const" in schema:
        listed = [schema["const"]]
    elif isinstance(schema.get("enum"), list):
        listed = schema["enum"]
    else:
        return None
    plain = [value for value in listed if value is None or isinstance(value, (str, int, float, bool))]
    return plain if plain and len(plain) == len(listed) else None


def alternatives(schema: Schema) -> list[Any]:
    """The schemas of `oneOf` or `anyOf`; an empty list where there are none."""
    for word in ("oneOf", "anyOf"):
        found = schema.get(word)
        if isinstance(found, list) and found:
            return found
    return []


def references(schema: Any) -> set[str]:
    """The components that a schema refers to, anywhere inside."""
    found: set[str] = set()
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str) and (name := component(value)) is not None:
                found.add(name)
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return found
