"""JSON Schema as a Zod 4 expression."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from flaresmith.compiler.patterns import is_portable
from flaresmith.compiler.typescript.text import (
    arguments,
    block,
    chain,
    comment,
    literal,
    property_name,
    regex,
)

Parts = list[str]  # `z`, `string()`, `min(2)`: what stands between the dots

_MAX_DEPTH = 24
_FORMATS = {
    "uuid": ["z", "guid()"],
    "email": ["z", "email()"],
    "uri": ["z", "url()"],
    "url": ["z", "url()"],
    "date": ["z.iso", "date()"],
    "date-time": ["z.iso", "datetime({ offset: true })"],
    "time": ["z.iso", "time()"],
    "ipv4": ["z", "ipv4()"],
    "ipv6": ["z", "ipv6()"],
    "byte": ["z", "base64()"],
}
_UNKNOWN = ["z", "unknown()"]
_BOUNDS = (("minimum", "min"), ("exclusiveMinimum", "gt"), ("maximum", "max"), ("exclusiveMaximum", "lt"))


@dataclass(slots=True)
class Writer:
    """Writes expressions. `names` are the constants that `$ref` may use; those not in `ready` are used lazily."""

    names: Mapping[str, str] = field(default_factory=dict)
    ready: set[str] = field(default_factory=set)

    def expression(self, schema: Any, indent: str = "", before: int = 0, depth: int = 0) -> str:
        """The schema as an expression that starts `before` characters into a line indented by `indent`."""
        return chain(self.parts(schema, indent, before, depth), indent, before)

    def member(self, name: str, schema: Any, required: bool, indent: str, depth: int = 0) -> list[str]:
        """A property of an object and the comment above it."""
        key = property_name(name)
        parts = self.parts(schema, indent, len(key) + 2, depth + 1) + ([] if required else ["optional()"])
        described = schema.get("description") if isinstance(schema, Mapping) else None
        return [
            *comment(described if isinstance(described, str) else ""),
            f"{key}: {chain(parts, indent, len(key) + 2)},",
        ]

    def parts(self, schema: Any, indent: str, before: int, depth: int) -> Parts:
        """The expression as the parts of its chain of calls."""
        if not isinstance(schema, Mapping) or depth > _MAX_DEPTH:
            return ["z", "never()"] if schema is False else _UNKNOWN
        if isinstance(reference := schema.get("$ref"), str):
            return self._reference(reference.rsplit("/", 1)[-1])
        kinds = schema.get("type")
        if isinstance(kinds, list) and "null" in kinds:
            return self._nullable(schema, kinds, indent, before, depth)
        if schema.get("nullable") is True:
            inner = {key: value for key, value in schema.items() if key != "nullable"}
            return [*self.parts(inner, indent, before, depth), "nullable()"]
        return self._plain(schema, indent, before, depth)

    def _reference(self, name: str) -> Parts:
        if name not in self.names:
            return _UNKNOWN
        constant = self.names[name]
        return [constant] if name in self.ready else ["z", f"lazy((): z.ZodType => {constant})"]

    def _nullable(self, schema: Mapping[str, Any], kinds: Sequence[Any], indent: str, before: int, depth: int) -> Parts:
        rest = [kind for kind in kinds if kind != "null"]
        if not rest:
            return ["z", "null()"]
        inner = {**schema, "type": rest[0] if len(rest) == 1 else rest}
        if isinstance(schema.get("enum"), list):
            inner["enum"] = [value for value in schema["enum"] if value is not None]
        return [*self.parts(inner, indent, before, depth), "nullable()"]

    def _plain(self, schema: Mapping[str, Any], indent: str, before: int, depth: int) -> Parts:
        if "const" in schema:
            return self._literals([schema["const"]], indent, before)
        if isinstance(schema.get("enum"), list) and schema["enum"]:
            return self._literals(schema["enum"], indent, before)
        for word in ("oneOf", "anyOf"):
            if isinstance(schema.get(word), list) and schema[word]:
                return self._union(schema[word], indent, before, depth)
        if isinstance(schema.get("allOf"), list) and schema["allOf"]:
            return self._intersection(schema, indent, depth)
        kinds = schema.get("type")
        if isinstance(kinds, list) and schema.get("format") == "decimal":
            return [f"decimalInput({_decimal_bounds(schema)})"]
        if isinstance(kinds, list):
            return self._union([{**schema, "type": kind} for kind in kinds], indent, before, depth)
        return self._of_kind(schema, kinds, indent, before, depth)

    def _of_kind(self, schema: Mapping[str, Any], kind: Any, indent: str, before: int, depth: int) -> Parts:
        if kind == "object" or (kind is None and "properties" in schema):
            return ["z", self._object(schema, indent, depth)]
        if kind == "array":
            items = self.expression(schema.get("items", {}), indent, before + len("z.array("), depth + 1)
            if "\n" in items:
                items = self.expression(schema.get("items", {}), f"{indent}  ", 0, depth + 1)
            return ["z", arguments("array", [items], indent, before + 2), *_sizes(schema, "Items")]
        if kind == "string":
            return _string(schema)
        if kind in ("integer", "number"):
            start = "int32()" if schema.get("format") == "int32" else "int()"
            return ["z", start if kind == "integer" else "number()", *_bounds(schema)]
        return ["z", {"boolean": "boolean()", "null": "null()"}.get(str(kind), "unknown()")]

    def _literals(self, values: Sequence[Any], indent: str, before: int) -> Parts:
        scalars = [value for value in values if value is None or isinstance(value, (str, int, float, bool))]
        if not scalars:
            return _UNKNOWN
        function = "enum" if all(isinstance(value, str) for value in values) else "literal"
        return ["z", arguments(function, [literal(v) for v in dict.fromkeys(scalars)], indent, before + 2, "([])")]

    def _union(self, schemas: Sequence[Any], indent: str, before: int, depth: int) -> Parts:
        inner = [self.expression(schema, f"{indent}  ", 0, depth + 1) for schema in schemas]
        inner = list(dict.fromkeys(inner))
        return [inner[0]] if len(inner) == 1 else ["z", arguments("union", inner, indent, before + 2, "([])")]

    def _intersection(self, schema: Mapping[str, Any], indent: str, depth: int) -> Parts:
        own = {key: value for key, value in schema.items() if key in ("type", "properties", "required")}
        joined = [*schema["allOf"], *([own] if "properties" in own else [])]
        first, *others = [self.expression(part, f"{indent}  ", 0, depth + 1) for part in joined]
        return [first, *(arguments("and", [other], indent, len(first)) for other in others)]

    def _object(self, schema: Mapping[str, Any], indent: str, depth: int) -> str:
        """`object({…})` with a line and its comment per property."""
        properties = schema.get("properties")
        properties = properties if isinstance(properties, Mapping) else {}
        extra = schema.get("additionalProperties")
        if not properties:
            values = (
                self.expression(extra, f"{indent}  ", 0, depth + 1) if isinstance(extra, Mapping) else "z.unknown()"
            )
            return "strictObject({})" if extra is False else arguments("record", ["z.string()", values], indent, 2)
        required = schema.get("required")
        required = required if isinstance(required, list) else []
        lines: list[str] = []
        for name, value in properties.items():
            lines += self.member(str(name), value, name in required, f"{indent}  ", depth)
        opening = "strictObject({" if extra is False else "object({"
        text = block(opening, lines, "})", indent)
        return f"{text}.catchall({self.expression(extra, indent, 0, depth + 1)})" if _is_schema(extra) else text


def _is_schema(extra: Any) -> bool:
    return isinstance(extra, Mapping) and bool(extra)


def _string(schema: Mapping[str, Any]) -> Parts:
    form = schema.get("format")
    if form == "decimal":
        return [f"decimal({_decimal_bounds(schema)})"]
    if schema.get("contentEncoding") == "base64":
        return ["z", "base64()"]
    pattern = schema.get("pattern")
    check = [f"regex({regex(pattern)})"] if isinstance(pattern, str) and is_portable(pattern) else []
    return [*_FORMATS.get(str(form), ["z", "string()"]), *_sizes(schema, "Length"), *check]


def _sizes(schema: Mapping[str, Any], noun: str) -> Iterator[str]:
    least, most = schema.get(f"min{noun}"), schema.get(f"max{noun}")
    if _is_number(least) and least:
        yield f"min({_number(least)})"
    if _is_number(most):
        yield f"max({_number(most)})"


def _bounds(schema: Mapping[str, Any]) -> Iterator[str]:
    for word, method in _BOUNDS:
        if _is_number(bound := schema.get(word)):
            yield f"{method}({_number(bound)})"
    step = schema.get("multipleOf")
    if _is_number(step) and step > 0:
        yield f"multipleOf({_number(step)})"


def _decimal_bounds(schema: Mapping[str, Any]) -> str:
    bounds = [f"{short}: {_number(bound)}" for word, short in _BOUNDS if _is_number(bound := schema.get(word))]
    return f"{{ {', '.join(bounds)} }}" if bounds else ""


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _number(value: float) -> str:
    return literal(int(value) if float(value).is_integer() and abs(value) < 2**53 else value)
