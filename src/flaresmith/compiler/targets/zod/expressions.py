"""JSON Schema as a Zod 4 expression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from flaresmith.compiler.patterns import is_portable
from flaresmith.compiler.targets.zod.typescript import block, call, comment, literal, property_name, regex

_MAX_DEPTH = 24
_FORMATS = {
    "uuid": "z.guid()",
    "email": "z.email()",
    "uri": "z.url()",
    "url": "z.url()",
    "date": "z.iso.date()",
    "date-time": "z.iso.datetime({ offset: true })",
    "time": "z.iso.time()",
    "ipv4": "z.ipv4()",
    "ipv6": "z.ipv6()",
    "byte": "z.base64()",
}


@dataclass(slots=True)
class Writer:
    """Writes expressions. `names` are the constants that `$ref` may use; those not in `ready` are used lazily."""

    names: Mapping[str, str] = field(default_factory=dict)
    ready: set[str] = field(default_factory=set)

    def expression(self, schema: Any, indent: str = "", before: int = 0, depth: int = 0) -> str:
        """The schema as an expression that starts `before` characters into a line indented by `indent`."""
        if not isinstance(schema, Mapping) or depth > _MAX_DEPTH:
            return "z.never()" if schema is False else "z.unknown()"
        if isinstance(reference := schema.get("$ref"), str):
            return self.reference(reference.rsplit("/", 1)[-1])
        kinds = schema.get("type")
        if isinstance(kinds, list) and "null" in kinds:
            return self.nullable(schema, kinds, indent, before, depth)
        if schema.get("nullable") is True:
            inner = {key: value for key, value in schema.items() if key != "nullable"}
            return f"{self.expression(inner, indent, before, depth)}.nullable()"
        return self.plain(schema, indent, before, depth)

    def reference(self, name: str) -> str:
        if name not in self.names:
            return "z.unknown()"
        constant = self.names[name]
        return constant if name in self.ready else f"z.lazy((): z.ZodType => {constant})"

    def nullable(self, schema: Mapping[str, Any], kinds: Sequence[Any], indent: str, before: int, depth: int) -> str:
        rest = [kind for kind in kinds if kind != "null"]
        if not rest:
            return "z.null()"
        inner = {**schema, "type": rest[0] if len(rest) == 1 else rest}
        if isinstance(schema.get("enum"), list):
            inner["enum"] = [value for value in schema["enum"] if value is not None]
        return f"{self.expression(inner, indent, before, depth)}.nullable()"

    def plain(self, schema: Mapping[str, Any], indent: str, before: int, depth: int) -> str:
        if "const" in schema:
            return self.literals([schema["const"]], indent, before)
        if isinstance(schema.get("enum"), list) and schema["enum"]:
            return self.literals(schema["enum"], indent, before)
        for word in ("oneOf", "anyOf"):
            if isinstance(schema.get(word), list) and schema[word]:
                return self.union(schema[word], indent, before, depth)
        if isinstance(schema.get("allOf"), list) and schema["allOf"]:
            return self.intersection(schema, indent, depth)
        kinds = schema.get("type")
        if isinstance(kinds, list) and schema.get("format") == "decimal":
            return f"decimalInput({_decimal_bounds(schema)})"
        if isinstance(kinds, list):
            return self.union([{**schema, "type": kind} for kind in kinds], indent, before, depth)
        return self.of_kind(schema, kinds, indent, before, depth)

    def of_kind(self, schema: Mapping[str, Any], kind: Any, indent: str, before: int, depth: int) -> str:
        if kind == "object" or (kind is None and "properties" in schema):
            return self.object(schema, indent, depth)
        if kind == "array":
            items = self.expression(schema.get("items", {}), indent, before + len("z.array("), depth + 1)
            return f"z.array({items}){_sizes(schema, 'Items')}"
        if kind == "string":
            return _string(schema)
        if kind in ("integer", "number"):
            start = {"int32": "z.int32()"}.get(str(schema.get("format")), "z.int()")
            return (start if kind == "integer" else "z.number()") + _bounds(schema)
        return {"boolean": "z.boolean()", "null": "z.null()"}.get(str(kind), "z.unknown()")

    def literals(self, values: Sequence[Any], indent: str, before: int) -> str:
        if all(isinstance(value, str) for value in values):
            return call("z.enum", [literal(value) for value in dict.fromkeys(values)], indent, before)
        scalars = [value for value in values if value is None or isinstance(value, (str, int, float, bool))]
        if not scalars:
            return "z.unknown()"
        return call("z.literal", [literal(value) for value in scalars], indent, before)

    def union(self, schemas: Sequence[Any], indent: str, before: int, depth: int) -> str:
        inner = [self.expression(schema, f"{indent}  ", 0, depth + 1) for schema in schemas]
        inner = list(dict.fromkeys(inner))
        return inner[0] if len(inner) == 1 else call("z.union", inner, indent, before)

    def intersection(self, schema: Mapping[str, Any], indent: str, depth: int) -> str:
        own = {key: value for key, value in schema.items() if key in ("type", "properties", "required")}
        parts = [*schema["allOf"], *([own] if "properties" in own else [])]
        first, *others = [self.expression(part, indent, 0, depth + 1) for part in parts]
        return first + "".join(f".and({other})" for other in others)

    def object(self, schema: Mapping[str, Any], indent: str = "", depth: int = 0) -> str:
        """`z.object({…})` with a line and its comment per property."""
        properties = schema.get("properties")
        properties = properties if isinstance(properties, Mapping) else {}
        extra = schema.get("additionalProperties")
        if not properties:
            values = self.expression(extra, indent, 0, depth + 1) if isinstance(extra, Mapping) else "z.unknown()"
            return "z.strictObject({})" if extra is False else f"z.record(z.string(), {values})"
        required = schema.get("required")
        required = required if isinstance(required, list) else []
        lines: list[str] = []
        for name, value in properties.items():
            lines += self.member(str(name), value, name in required, f"{indent}  ", depth)
        opening = "z.strictObject({" if extra is False else "z.object({"
        closing = "})" + (f".catchall({self.expression(extra, indent, 0, depth + 1)})" if _rich(extra) else "")
        return block(opening, lines, closing, indent)

    def member(self, name: str, schema: Any, required: bool, indent: str, depth: int) -> list[str]:
        key = property_name(name)
        text = self.expression(schema, indent, len(key) + 2, depth + 1) + ("" if required else ".optional()")
        described = schema.get("description") if isinstance(schema, Mapping) else None
        return [*comment(described if isinstance(described, str) else ""), f"{key}: {text},"]


def _rich(extra: Any) -> bool:
    return isinstance(extra, Mapping) and bool(extra)


def _string(schema: Mapping[str, Any]) -> str:
    form = schema.get("format")
    if form == "decimal":
        return f"decimal({_decimal_bounds(schema)})"
    if schema.get("contentEncoding") == "base64":
        return "z.base64()"
    pattern = schema.get("pattern")
    check = f".regex({regex(pattern)})" if isinstance(pattern, str) and is_portable(pattern) else ""
    return _FORMATS.get(str(form), "z.string()") + _sizes(schema, "Length") + check


def _sizes(schema: Mapping[str, Any], noun: str) -> str:
    least, most = schema.get(f"min{noun}"), schema.get(f"max{noun}")
    text = f".min({_number(least)})" if _is_number(least) and least else ""
    return text + (f".max({_number(most)})" if _is_number(most) else "")


def _bounds(schema: Mapping[str, Any]) -> str:
    text = ""
    for word, method in (
        ("minimum", "min"),
        ("exclusiveMinimum", "gt"),
        ("maximum", "max"),
        ("exclusiveMaximum", "lt"),
    ):
        if _is_number(schema.get(word)):
            text += f".{method}({_number(schema[word])})"
    step = schema.get("multipleOf")
    return text + (f".multipleOf({_number(step)})" if _is_number(step) and step > 0 else "")


def _decimal_bounds(schema: Mapping[str, Any]) -> str:
    words = (("minimum", "min"), ("exclusiveMinimum", "gt"), ("maximum", "max"), ("exclusiveMaximum", "lt"))
    bounds = [f"{short}: {_number(schema[word])}" for word, short in words if _is_number(schema.get(word))]
    return f"{{ {', '.join(bounds)} }}" if bounds else ""


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _number(value: float) -> str:
    return literal(int(value) if float(value).is_integer() and abs(value) < 2**53 else value)
