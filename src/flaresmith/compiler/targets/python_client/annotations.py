"""Any JSON Schema as a type annotation; objects inside objects become classes of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flaresmith.compiler.clients.shapes import (
    MAX_DEPTH,
    allows_null,
    alternatives,
    choices,
    component,
    kinds,
    properties,
    resolved,
)
from flaresmith.compiler.python.layout import Either, Node, call, flat, text
from flaresmith.compiler.targets.python_client.written import list_of

# What the modules of models use without a prefix.
RESERVED = frozenset(
    {"Annotated", "Any", "Binary", "Decimal", "Field", "Literal", "Model", "None", "True", "False"}
    | {"TypeAlias", "TypeAliasType", "UUID", "Upload"}
)
_FORMATS = {
    "uuid": "UUID",
    "date": "datetime.date",
    "date-time": "datetime.datetime",
    "time": "datetime.time",
    "decimal": "Decimal",
    "binary": "Upload",
    "byte": "Binary",
    "base64": "Binary",
}
_KINDS = {"integer": "int", "number": "float", "boolean": "bool"}


@dataclass(frozen=True, slots=True)
class Annotator:
    """Makes annotations. `names` are the classes of components; `prefix` says where they are found from here."""

    schemas: Mapping[str, Any]
    names: Mapping[str, str]
    nest: Callable[[str, Mapping[str, Any]], str]
    prefix: str = ""

    def annotation(self, schema: Any, hint: str, depth: int = 0) -> Node:
        """The annotation of any schema; `Any` where it says nothing or nests too deep."""
        if not isinstance(schema, dict) or depth > MAX_DEPTH:
            return "Any"
        if "$ref" in schema:
            named = self.names.get(component(schema) or "")
            return f"{self.prefix}{named}" if named else "Any"
        node = self._bare(schema, hint, depth)
        return union([node, "None"]) if allows_null(schema) else node

    def _bare(self, schema: Mapping[str, Any], hint: str, depth: int) -> Node:
        if ("enum" in schema or "const" in schema) and (values := choices(schema)) is not None:
            return literals(values)
        if isinstance(schema.get("allOf"), list):
            return self._all(schema, hint, depth)
        if parts := alternatives(schema):
            return union([self.annotation(part, f"{hint} {n}", depth + 1) for n, part in enumerate(parts, 1)])
        found = kinds(schema)
        if len(found) == 1:
            return self._of_kind(schema, found[0], hint, depth)
        if schema.get("format") == "decimal" and found:
            return "Decimal"
        return union([self._of_kind(schema, kind, hint, depth) for kind in found]) if found else _nothing(schema)

    def _all(self, schema: Mapping[str, Any], hint: str, depth: int) -> Node:
        parts = schema["allOf"]
        if len(parts) == 1 and not properties(schema):
            return self.annotation(parts[0], hint, depth + 1)
        whole = {key: value for key, value in resolved(schema, self.schemas).items() if key != "allOf"}
        return self.annotation(whole, hint, depth + 1)

    def _of_kind(self, schema: Mapping[str, Any], kind: str, hint: str, depth: int) -> Node:
        if kind == "string":
            return _text(schema)
        if kind == "array":
            return list_of(self.annotation(schema.get("items"), f"{hint} Item", depth + 1))
        if kind == "object":
            return self._object(schema, hint, depth)
        return _KINDS.get(kind, "Any")

    def _object(self, schema: Mapping[str, Any], hint: str, depth: int) -> Node:
        if properties(schema):
            return f"{self.prefix}{self.nest(hint, schema)}"
        values = schema.get("additionalProperties")
        return call("dict[", "str", self.annotation(values, f"{hint} Value", depth + 1), close="]")


def union(nodes: Sequence[Node]) -> Node:
    """The alternatives once each, None last; `Any` swallows the others."""
    shown: dict[str, Node] = {}
    for node in nodes:
        for part in _parts(node):
            shown.setdefault(flat(part), part)
    if "Any" in shown:
        return "Any"
    if "None" in shown:
        shown["None"] = shown.pop("None")
    return next(iter(shown.values())) if len(shown) == 1 else Either(tuple(shown.values()))


def _parts(node: Node) -> Sequence[Node]:
    return node.items if isinstance(node, Either) and not node.open else [node]


def literals(values: Sequence[Any]) -> Node:
    """`Literal["a", "b"]`; numbers with a fraction cannot be written so and are any number."""
    if any(isinstance(value, float) for value in values):
        return union(["None" if v is None else "float" if isinstance(v, float) else _of(v) for v in values])
    plain = dict.fromkeys(text(v) if isinstance(v, str) else repr(v) for v in values if v is not None)
    node: Node = call("Literal[", *plain, close="]") if plain else "None"
    return union([node, "None"]) if None in values and plain else node


def _of(value: Any) -> str:
    return type(value).__name__


def _text(schema: Mapping[str, Any]) -> Node:
    if schema.get("contentEncoding") == "base64":
        return "Binary"
    form = schema.get("format")
    found = _FORMATS.get(form, "str") if isinstance(form, str) else "str"
    return Either(("Upload", "bytes")) if found == "Upload" else found


def _nothing(schema: Mapping[str, Any]) -> Node:
    return "None" if schema.get("type") == "null" else "Any"
