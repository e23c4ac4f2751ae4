"""JSON Schemas that stand alone: what they refer to comes along in `$defs`, and the root is always an object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flaresmith.compiler.clients.shapes import component, references

Schema = dict[str, Any]

MAX_DEPTH = 60
_ABOUT = frozenset({"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$defs"})
_NUMERIC = ("integer", "number")
_ONLY: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("minLength", "maxLength", "pattern", "format", "contentEncoding"), ("string",)),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), _NUMERIC),
    **dict.fromkeys(("items", "minItems", "maxItems", "uniqueItems", "prefixItems", "contains"), ("array",)),
    **dict.fromkeys(("properties", "required", "additionalProperties", "minProperties", "maxProperties"), ("object",)),
}
_PLAIN_MAPS = frozenset({"properties", "patternProperties", "$defs", "dependentSchemas"})
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_OPENAPI = frozenset({"discriminator", "example", "externalDocs", "xml"})
_STANDARD = """date-time date time duration email idn-email hostname idn-hostname ipv4 ipv6 uri uri-reference iri
    iri-reference uuid uri-template json-pointer relative-json-pointer regex"""
_FORMATS = frozenset(_STANDARD.split())
_INNER = frozenset({"items", "not", "additionalProperties", "contains", "propertyNames", "if", "then", "else"})


class Standing:
    """Makes schemas of one model stand alone; each component is rewritten once."""

    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self.schemas = schemas
        self.rewritten: dict[str, Any] = {}

    def alone(self, schema: Mapping[str, Any]) -> Schema:
        """The schema with everything it needs."""
        needed = self.needed(references(schema))
        written: Schema = self.inner(schema)
        return written | ({"$defs": {name: self.component(name) for name in needed}} if needed else {})

    def needed(self, names: Iterable[str]) -> list[str]:
        """The components that are reached from these, in alphabetical order."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in self.schemas and name not in found:
                found.add(name)
                waiting += references(self.schemas[name])
        return sorted(found)

    def component(self, name: str) -> Any:
        """A component in the words of JSON Schema 2020-12."""
        if name not in self.rewritten:
            self.rewritten[name] = self.inner(self.schemas[name])
        return self.rewritten[name]

    def inner(self, schema: Any, depth: int = 0) -> Any:
        """A copy whose references lead into `$defs`, and where null is a type."""
        if not isinstance(schema, dict) or depth > MAX_DEPTH:
            return schema if isinstance(schema, bool) else {}
        if "$ref" in schema:
            name = component(schema)
            return {"$ref": f"#/$defs/{_pointer(name)}"} if name in self.schemas else {}
        written = {key: self._value(key, value, depth) for key, value in schema.items() if _is_known(key, value)}
        if "example" in schema and "examples" not in written:
            written["examples"] = [schema["example"]]
        return (
            _single(_with_null(written)) if isinstance(written.get("type"), list) or "nullable" in written else written
        )

    def _value(self, key: str, value: Any, depth: int) -> Any:
        if key in _PLAIN_MAPS and isinstance(value, dict):
            return {str(name): self.inner(each, depth + 1) for name, each in value.items()}
        if key in _LISTS and isinstance(value, list):
            return [self.inner(each, depth + 1) for each in value]
        return self.inner(value, depth + 1) if key in _INNER and isinstance(value, dict) else value


def _is_known(key: str, value: Any) -> bool:
    """Words of OpenAPI alone, and formats that JSON Schema does not define, only make strict clients complain."""
    if key == "format":
        return isinstance(value, str) and value in _FORMATS
    return key not in _OPENAPI and not key.startswith("x-")


def _pointer(name: str | None) -> str:
    return str(name).replace("~", "~0").replace("/", "~1").replace("%", "%25")


def _with_null(schema: Schema) -> Schema:
    """The spelling of OpenAPI 3.0 as a type."""
    kind = schema.get("type")
    if schema.pop("nullable", False) is not True or not isinstance(kind, str):
        return schema
    listed = [*schema["enum"], None] if isinstance(schema.get("enum"), list) else None
    return schema | {"type": [kind, "null"]} | ({"enum": listed} if listed else {})


def _single(schema: Schema) -> Schema:
    """Several types as alternatives of one type each: clients that know only one would drop the whole."""
    kinds = schema.get("type")
    if not isinstance(kinds, list):
        return schema
    about = {key: value for key, value in schema.items() if key in _ABOUT}
    limits = {key: value for key, value in schema.items() if key not in _ABOUT and key != "type"}
    branches = [{"type": kind} | (limits_of(limits, kind)) for kind in kinds if isinstance(kind, str)]
    return about | (branches[0] if len(branches) == 1 else {"anyOf": branches})


def limits_of(limits: Schema, kind: str) -> Schema:
    """The words that say something about values of this type."""
    if kind == "null":
        return {}
    kept = {key: value for key, value in limits.items() if key not in _ONLY or kind in _ONLY[key]}
    if isinstance(kept.get("enum"), list):
        kept["enum"] = [value for value in kept["enum"] if value is not None]
    return kept
