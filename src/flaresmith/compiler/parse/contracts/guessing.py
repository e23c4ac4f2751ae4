"""JSON Schema of a sample: what a request or a reply that is only shown must look like."""

from __future__ import annotations

import re
from typing import Any

MAX_DEPTH = 12
MOST_ITEMS = 20
_FORMATS = (
    ("uuid", re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.I)),
    ("date-time", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?")),
    ("date", re.compile(r"\d{4}-\d\d-\d\d")),
    ("email", re.compile(r"[^@\s]{1,64}@[^@\s]{1,200}\.[a-z]{2,20}", re.I)),
    ("uri", re.compile(r"https?://\S{3,500}")),
)


def schema_of_sample(value: Any, depth: int = 0) -> dict[str, Any]:
    """The schema that a sample fits; nothing is required, since a sample cannot tell."""
    if depth > MAX_DEPTH or value is None:
        return {}
    if isinstance(value, dict):
        properties = {str(key): schema_of_sample(inner, depth + 1) for key, inner in value.items()}
        return {"type": "object", "properties": properties}
    if isinstance(value, list):
        return {"type": "array", "items": _items(value[:MOST_ITEMS], depth)}
    if isinstance(value, str):
        known = next((name for name, pattern in _FORMATS if pattern.fullmatch(value)), "")
        return {"type": "string", "format": known} if known else {"type": "string"}
    return {"type": "boolean" if isinstance(value, bool) else "integer" if isinstance(value, int) else "number"}


def _items(values: list[Any], depth: int) -> dict[str, Any]:
    """One schema for all items; {} where they differ in more than their properties."""
    found = [schema_of_sample(value, depth + 1) for value in values]
    if not found:
        return {}
    if all(schema == found[0] for schema in found):
        return found[0]
    if all(schema.get("type") == "object" for schema in found):
        properties: dict[str, Any] = {}
        for schema in found:
            for name, inner in schema["properties"].items():
                properties[name] = inner if properties.get(name, inner) == inner else {}
        return {"type": "object", "properties": properties}
    return {}
