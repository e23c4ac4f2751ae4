"""Any JSON Schema as a TypeScript type; objects inside objects become interfaces of their own."""

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
from flaresmith.compiler.typescript.text import WIDTH, literal, property_name

# Names that types and the code around them use without a prefix.
_RESERVED = "ArrayBuffer Array Blob Date Object String Number Boolean Symbol Promise Record"
RESERVED = frozenset(_RESERVED.split())
_KINDS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


@dataclass(frozen=True, slots=True)
class Union:
    """Alternatives."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Many:
    """A list of something."""

    item: Node


@dataclass(frozen=True, slots=True)
class Map:
    """An object with any names."""

    value: Node


Node = str | Union | Many | Map


def key_of(name: str) -> str:
    """A name as a key: as it is where it may stand so, in quotes otherwise."""
    plain = name.isidentifier() and name != "__proto__"
    plain = plain and (name.isascii() or all(character <= "\uffff" for character in name))
    return name if plain else property_name(name)


def flat(node: Node) -> str:
    """A type on one line."""
    if isinstance(node, Union):
        return " | ".join(map(flat, node.items))
    if isinstance(node, Many):
        return f"({flat(node.item)})[]" if isinstance(node.item, Union) else f"{flat(node.item)}[]"
    return f"{{ [key: string]: {flat(node.value)} }}" if isinstance(node, Map) else node


def lines(prefix: str, node: Node, indent: str = "", suffix: str = ";") -> list[str]:
    """`prefix type;` as the usual formatter writes it: alternatives on lines of their own where it is too long."""
    whole = f"{indent}{prefix}{flat(node)}{suffix}"
    if len(whole) <= WIDTH:
        return [whole]
    if isinstance(node, str) or (isinstance(node, Many) and isinstance(node.item, str)):
        return [f"{indent}{prefix.rstrip()}", f"{indent}  {flat(node)}{suffix}"] if prefix.endswith("= ") else [whole]
    if isinstance(node, Union):
        return _alternatives(prefix, node, indent, suffix)
    if isinstance(node, Map):
        inner = lines("[key: string]: ", node.value, f"{indent}  ")
        return [f"{indent}{prefix}{{", *inner, f"{indent}}}{suffix}"]
    if isinstance(node.item, Union):
        return [f"{indent}{prefix}(", *_barred(node.item, f"{indent}  "), f"{indent})[]{suffix}"]
    return lines(prefix, node.item, indent, f"[]{suffix}")


def _alternatives(prefix: str, node: Union, indent: str, suffix: str) -> list[str]:
    maps = [item for item in node.items if isinstance(item, Map)]
    if len(maps) == 1 and len(node.items) == 2 and node.items[1] == "null":
        return lines(prefix, maps[0], indent, f" | null{suffix}")
    together = f"{indent}  {flat(node)}{suffix}"
    if len(together) <= WIDTH:
        return [f"{indent}{prefix}".rstrip(), together]
    inner = _barred(node, f"{indent}  ")
    return [f"{indent}{prefix}".rstrip(), *inner[:-1], f"{inner[-1]}{suffix}"]


def _barred(node: Union, indent: str) -> list[str]:
    """`| A`, a line each; what is too long goes on below, deeper by four."""
    made: list[str] = []
    for item in node.items:
        if isinstance(item, Many) and isinstance(item.item, Union) and len(f"{indent}| {flat(item)}") > WIDTH:
            made += [f"{indent}| (", *_barred(item.item, f"{indent}    "), f"{indent}  )[]"]
        elif isinstance(item, Map):
            first, *others = lines("", item, f"{indent}  ", "")
            made += [f"{indent}| {first.lstrip()}", *others]
        else:
            made.append(f"{indent}| {flat(item)}")
    return made


@dataclass(frozen=True, slots=True)
class Typer:
    """Makes types. `names` are those of components; `prefix` says where they are found from here."""

    schemas: Mapping[str, Any]
    names: Mapping[str, str]
    nest: Callable[[str, Mapping[str, Any]], str]
    prefix: str = ""

    def type(self, schema: Any, hint: str, depth: int = 0) -> Node:
        """The type of any schema; `unknown` where it says nothing or nests too deep."""
        if not isinstance(schema, dict) or depth > MAX_DEPTH:
            return "unknown"
        if "$ref" in schema:
            named = self.names.get(component(schema) or "")
            return f"{self.prefix}{named}" if named else "unknown"
        node = self._bare(schema, hint, depth)
        return union([node, "null"]) if allows_null(schema) else node

    def _bare(self, schema: Mapping[str, Any], hint: str, depth: int) -> Node:
        if ("enum" in schema or "const" in schema) and (values := choices(schema)) is not None:
            return union([literal(value) for value in values])
        if isinstance(schema.get("allOf"), list):
            return self._all(schema, hint, depth)
        if parts := alternatives(schema):
            return union([self.type(part, f"{hint} {n}", depth + 1) for n, part in enumerate(parts, 1)])
        found = kinds(schema)
        return union([self._of_kind(schema, kind, hint, depth) for kind in found]) if found else _nothing(schema)

    def _all(self, schema: Mapping[str, Any], hint: str, depth: int) -> Node:
        parts = schema["allOf"]
        if len(parts) == 1 and not properties(schema):
            return self.type(parts[0], hint, depth + 1)
        whole = {key: value for key, value in resolved(schema, self.schemas).items() if key != "allOf"}
        return self.type(whole, hint, depth + 1)

    def _of_kind(self, schema: Mapping[str, Any], kind: str, hint: str, depth: int) -> Node:
        if kind == "array":
            return Many(self.type(schema.get("items"), f"{hint} Item", depth + 1))
        if kind == "object":
            if properties(schema):
                return f"{self.prefix}{self.nest(hint, schema)}"
            return Map(self.type(schema.get("additionalProperties"), f"{hint} Value", depth + 1))
        return "Blob" if kind == "string" and schema.get("format") == "binary" else _KINDS.get(kind, "unknown")


def union(nodes: Sequence[Node]) -> Node:
    """The alternatives once each, null last; `unknown` swallows the others."""
    shown: dict[str, Node] = {}
    for node in nodes:
        for part in node.items if isinstance(node, Union) else [node]:
            shown.setdefault(flat(part), part)
    if "unknown" in shown:
        return "unknown"
    for last in ("null", "undefined"):
        if last in shown:
            shown[last] = shown.pop(last)
    return next(iter(shown.values())) if len(shown) == 1 else Union(tuple(shown.values()))


def _nothing(schema: Mapping[str, Any]) -> Node:
    return "null" if schema.get("type") == "null" else "unknown"
