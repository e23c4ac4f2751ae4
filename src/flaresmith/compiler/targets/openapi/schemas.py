"""Schemas of older contracts in the words of OpenAPI 3.1, with every reference leading somewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flaresmith.compiler.python.annotations import is_python

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
    if "nullable" in written or written.keys() & _EXCLUSIVE.keys():
        written = _bounds(_null(written))
    return _set_aside(written) if written.keys() & _DOUBTFUL else written


_DOUBTFUL = frozenset({"default", "pattern"})
_KINDS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list, tuple),
    "object": (Mapping,),
    "null": (type(None),),
}


def _set_aside(schema: dict[str, Any]) -> dict[str, Any]:
    """What validators refuse is kept as `x-default` and `x-pattern`: `default: "1"` of a boolean, `\\p{ASCII}`."""
    pattern = schema.get("pattern")
    refused = {"pattern"} if isinstance(pattern, str) and not is_python(pattern) else set()
    refused |= {"default"} if "default" in schema and not _fits(schema["default"], schema) else set()
    return {f"x-{key}" if key in refused else key: value for key, value in schema.items()} if refused else schema


def _fits(value: Any, schema: Mapping[str, Any]) -> bool:
    """Whether a default has the type of its schema and is among its values."""
    kind = schema.get("type")
    kinds = [one for one in (kind if isinstance(kind, list) else [kind]) if isinstance(one, str)]
    if kinds and not any(_is_kind(value, one) for one in kinds):
        return False
    among = schema.get("enum")
    return value is None or not isinstance(among, list) or any(value == one for one in among)


def _is_kind(value: object, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _KINDS.get(kind, (object,)))


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
