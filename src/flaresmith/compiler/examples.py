"""Example values of JSON Schemas: what a reader finds sensible and a validator accepts.

The same schema always gives the same value. Nothing is random, no pattern is run, nothing looks like a secret.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from typing import Any, TypeGuard

from flaresmith.compiler import naming
from flaresmith.compiler.patterns import matching

MAX_DEPTH = 12
_MAX_ITEMS = 20
_LATE = frozenset(
    {"end", "ends", "until", "due", "to", "expires", "expiry", "expiration", "finish", "finished", "last", "upper"}
    | {"max", "maximum", "high"}
)
_FORMATS = {
    "uuid": "3f2b7c9e-5d41-4a86-9c0e-7b1d2e4f6a80",
    "date-time": "2030-01-15T09:30:00Z",
    "date": "2030-01-15",
    "time": "09:30:00",
    "duration": "PT1H",
    "email": "ada@example.com",
    "idn-email": "ada@example.com",
    "uri": "https://example.com/1",
    "url": "https://example.com/1",
    "iri": "https://example.com/1",
    "uri-reference": "/1",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "phone": "+15550100",
    "byte": "AAEC",
    "base64": "AAEC",
    "json-pointer": "/a",
    "regex": "^a$",
}
_LATER = {"date-time": "2030-02-15T09:30:00Z", "date": "2030-02-15", "time": "17:30:00"}

Schemas = Mapping[str, Any]


def example(schema: Mapping[str, Any], schemas: Schemas, name: str = "", *, changed: bool = False) -> Any:
    """A value for the schema; `name` says what it is called, `changed` asks for another value than the first.

    `schemas` are the components that `$ref` may name. Optional properties are filled in down to half of MAX_DEPTH;
    beyond it only what is required.
    """
    return _Examples(schemas, changed).value(schema, name, 0)


def resolved(schema: Mapping[str, Any], schemas: Schemas) -> Mapping[str, Any]:
    """The schema itself with its `$ref`s followed and `allOf` folded in; an empty schema at the end of a circle."""
    return _folded(_target(schema, schemas), schemas, 0)


def _folded(schema: Mapping[str, Any], schemas: Schemas, depth: int) -> Mapping[str, Any]:
    parts = schema.get("allOf")
    if not isinstance(parts, list) or depth > MAX_DEPTH:
        return schema
    result: dict[str, Any] = {}
    own = {key: value for key, value in schema.items() if key != "allOf"}
    for part in [*parts, own]:
        if isinstance(part, dict):
            _add(result, _folded(_target(part, schemas), schemas, depth + 1))
    return result


def _add(result: dict[str, Any], part: Mapping[str, Any]) -> None:
    properties = {**_mapping(result.get("properties")), **_mapping(part.get("properties"))}
    required = list(dict.fromkeys([*_list(result.get("required")), *_list(part.get("required"))]))
    result |= part
    result |= {"properties": properties} if properties else {}
    result |= {"required": required} if required else {}


def _target(schema: Mapping[str, Any], schemas: Schemas) -> Mapping[str, Any]:
    for _ in range(MAX_DEPTH):
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            return schema
        schema = _mapping(schemas.get(reference.rsplit("/", 1)[-1]))
    return {}


class _Examples:
    def __init__(self, schemas: Schemas, changed: bool) -> None:
        self.schemas = schemas
        self.changed = changed

    def value(self, schema: Any, name: str, depth: int) -> Any:
        if not isinstance(schema, dict):
            return None
        if depth > MAX_DEPTH:
            return self.flat(schema, name)
        schema = resolved(schema, self.schemas)
        for word in ("const", "example"):
            if word in schema:
                return schema[word]
        if values := _list(schema.get("examples")):
            return values[0]
        if values := _list(schema.get("enum")):
            return self.choice(values)
        for word in ("oneOf", "anyOf"):
            if choices := _list(schema.get(word)):
                return self.value(self.first_of(choices), name, depth + 1)
        return self.of_kind(schema, name, depth)

    def choice(self, values: list[Any]) -> Any:
        usable = [value for value in values if value is not None] or values
        return usable[-1] if self.changed else usable[0]

    def first_of(self, schemas: list[Any]) -> Any:
        return next((s for s in schemas if isinstance(s, dict) and s.get("type") != "null"), schemas[0])

    def of_kind(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        kind = _kind(schema)
        if kind == "object":
            return self.object(schema, depth)
        if kind == "array":
            return self.array(schema, name, depth)
        return self.flat(schema, name)

    def object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        properties = _mapping(schema.get("properties"))
        required = _list(schema.get("required"))
        wanted = (key for key in properties if depth < MAX_DEPTH // 2 or key in required)
        return {
            key: self.value(properties[key], str(key), depth + 1)
            for key in wanted
            if _mapping(properties[key]).get("readOnly") is not True
        }

    def array(self, schema: Mapping[str, Any], name: str, depth: int) -> list[Any]:
        least = _whole(schema.get("minItems")) or 0
        most = _whole(schema.get("maxItems"))
        if depth > MAX_DEPTH // 2 and not least:
            return []
        item = self.value(schema.get("items", {}), naming.singular(name) if name else "", depth + 1)
        count = min(max(least, 1 if most is None else min(1, most)), _MAX_ITEMS)
        if not schema.get("uniqueItems") or count < 2:
            return [item] * count
        return [f"{item}{n}" if isinstance(item, str) else item + n if _is_number(item) else item for n in range(count)]

    def flat(self, schema: Mapping[str, Any], name: str) -> Any:
        kind = _kind(schema)
        if kind == "string":
            return self.text(schema, name)
        if kind in ("integer", "number"):
            return self.number(schema, name, whole=kind == "integer")
        if kind == "boolean":
            return not self.changed
        return {"object": {}, "array": [], "null": None}.get(kind, "example")

    def text(self, schema: Mapping[str, Any], name: str) -> str:
        least, most = _whole(schema.get("minLength")) or 0, _whole(schema.get("maxLength"))
        pattern, format_ = schema.get("pattern"), schema.get("format")
        if isinstance(pattern, str) and (found := matching(pattern, least, most)) is not None:
            return found
        if format_ == "decimal":
            return str(self.number(schema, name, whole=False))
        if schema.get("contentEncoding") == "base64":
            return base64.b64encode(bytes(min(max(3, least), 1000))).decode()
        if isinstance(format_, str) and format_ in _FORMATS:
            late = _LATER.get(format_) if self.is_late(name) else None
            return late or self.lengthened(_FORMATS[format_], least)
        return _fitted(self.words(name), least, most)

    def lengthened(self, text: str, least: int) -> str:
        """A longer address where one is asked for: the path or the local part grows."""
        missing = min(least - len(text), 2000)
        if missing <= 0:
            return text
        return "a" * missing + text if "@" in text else text + "1" * missing

    def words(self, name: str) -> str:
        text = " ".join(naming.words(name)) if name else "value"
        return f"{'Changed' if self.changed else 'Example'} {text}"

    def number(self, schema: Mapping[str, Any], name: str, *, whole: bool) -> Any:
        low, high = _bounds(schema)
        step = schema.get("multipleOf")
        guess: float = (30 if self.is_late(name) else 1 if whole else 10) + (1 if self.changed else 0)
        guess = min(max(guess, low), high)
        if _is_number(step) and step > 0:
            guess = math.ceil(guess / step) * step
            guess = guess - step if guess > high else guess
        if whole:
            return math.ceil(guess) if math.ceil(guess) <= high else math.floor(guess)
        return round(guess, 6) if low <= round(guess, 6) <= high else guess

    def is_late(self, name: str) -> bool:
        """Whether a name speaks of the later or larger of two values, as `endsOn` does."""
        return bool(_LATE & set(naming.words(name))) if name else False


def _kind(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((k for k in kind if k != "null"), "null")
    if isinstance(kind, str):
        return kind
    if "properties" in schema or "additionalProperties" in schema:
        return "object"
    return "array" if "items" in schema else "any"


def _bounds(schema: Mapping[str, Any]) -> tuple[float, float]:
    low, high = schema.get("minimum"), schema.get("maximum")
    least = float(low) if _is_number(low) else -math.inf
    most = float(high) if _is_number(high) else math.inf
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    width = 1.0 if _kind(schema) == "integer" else 0.01
    if above is True or (_is_number(above) and float(above) >= least):
        least = (least if above is True else float(above)) + width
    if below is True or (_is_number(below) and float(below) <= most):
        most = (most if below is True else float(below)) - width
    return least, max(least, most)


def _fitted(text: str, least: int, most: int | None) -> str:
    shorter = text if most is None else text[:most].rstrip() or "a" * min(max(least, 1), most)
    return shorter + "a" * min(least - len(shorter), 100_000)


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _whole(value: Any) -> int | None:
    return int(value) if _is_number(value) and value >= 0 else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
