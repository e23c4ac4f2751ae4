"""The schemas of contracts as Python classes: their names, and annotations for any JSON Schema.

Two targets need this: one writes the classes, the other names them in the signatures of routes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.model import Endpoint, Model
from flaresmith.compiler.python.annotations import SPELLED, is_linear, is_python
from flaresmith.compiler.python.layout import Either, Node, after, call, flat, raw, text
from flaresmith.compiler.python.names import RESERVED_CLASSES
from flaresmith.compiler.service.schemas import (
    MAX_DEPTH,
    component,
    contract_endpoints,
    is_json,
    is_null_allowed,
    is_object,
    kinds,
    properties,
    query_parameters,
    resolved,
)

_FORMATS = {
    "uuid": "Uuid",
    "date": "IsoDate",
    "date-time": "IsoDatetime",
    "time": "IsoTime",
    "email": "Email",
    "uri": "Uri",
    "url": "Uri",
}
_UNBOUNDED = 1e30
DECIMAL = r"^-?\d+(\.\d+)?$"


@dataclass(frozen=True, slots=True)
class ContractNames:
    """Class names: of components, of inline request bodies and of query parameters, by operation."""

    components: Mapping[str, str]
    bodies: Mapping[str, str]
    queries: Mapping[str, str]


@dataclass(slots=True)
class Nested:
    """Objects inside objects, which become classes of their own: name → schema, filled while annotations are made."""

    taken: set[str]
    found: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)

    def add(self, hint: str, schema: Mapping[str, Any]) -> str:
        """A class name for a nested object; the same object asked for twice is one class."""
        wanted = naming.pascal(hint)
        if self.found.get(wanted) == schema:
            return wanted
        name = naming.claimed(wanted, self.taken)
        self.found[name] = schema
        self.order.append(name)
        return name


def contract_names(model: Model) -> ContractNames:
    """The class names of a model's contracts; none is given twice."""
    components = sorted(model.schemas)
    endpoints = contract_endpoints(model)
    inline = [e.operation_id for e in endpoints if needs_body_class(e)]
    queried = [e.operation_id for e in endpoints if query_parameters(e) or e.action == "list"]
    wanted = [*components, *(f"{op} Request" for op in inline), *(f"{op} Query" for op in queried)]
    chosen = list(naming.distinct(map(naming.pascal, wanted), RESERVED_CLASSES))
    bodies = chosen[len(components) : len(components) + len(inline)]
    queries = chosen[len(components) + len(inline) :]
    return ContractNames(
        dict(zip(components, chosen, strict=False)),
        dict(zip(inline, bodies, strict=True)),
        dict(zip(queried, queries, strict=True)),
    )


def needs_body_class(endpoint: Endpoint) -> bool:
    """Whether the request body has a schema of its own rather than the name of a component."""
    schema = endpoint.request_schema
    return schema is not None and is_json(endpoint.request_media_type) and component(schema) is None


def body_class(endpoint: Endpoint, names: ContractNames) -> str | None:
    """The class that checks the request body, or None where it has none or is not JSON."""
    if endpoint.request_schema is None or not is_json(endpoint.request_media_type):
        return None
    named = component(endpoint.request_schema)
    return names.bodies.get(endpoint.operation_id) if named is None else names.components.get(named)


@dataclass(frozen=True, slots=True)
class Annotator:
    """Makes annotations of JSON Schemas; objects inside become nested classes. What is `asked` arrives as text."""

    schemas: Mapping[str, Any]
    names: Mapping[str, str]
    nested: Nested
    asked: bool = False

    def annotation(self, schema: Any, hint: str, depth: int = 0) -> Node:
        """The annotation of any schema; `Any` where it says nothing or nests too deep."""
        if not isinstance(schema, Mapping) or depth > MAX_DEPTH:
            return "Any"
        if (name := component(schema)) is not None:
            return self.names.get(name, "Any")
        node = self._bare(schema, hint, depth)
        return _or_none(node) if is_null_allowed(schema) else node

    def _bare(self, schema: Mapping[str, Any], hint: str, depth: int) -> Node:
        if "const" in schema:
            return self._choices([schema["const"]])
        if isinstance(values := schema.get("enum"), (list, tuple)):
            return self._choices([value for value in values if value is not None])
        if isinstance(parts := schema.get("allOf"), (list, tuple)):
            return self._all(schema, parts, hint, depth)
        for word in ("oneOf", "anyOf"):
            if isinstance(parts := schema.get(word), (list, tuple)) and parts:
                return _any_of([self.annotation(part, f"{hint} {n}", depth + 1) for n, part in enumerate(parts, 1)])
        found = kinds(schema)
        if len(found) > 1:
            return _any_of([self._of_kind({**schema, "type": kind}, kind, hint, depth) for kind in found])
        return self._of_kind(schema, found[0] if found else _implied(schema), hint, depth)

    def _all(self, schema: Mapping[str, Any], parts: Sequence[Any], hint: str, depth: int) -> Node:
        if len(parts) == 1 and not properties(schema):
            return self.annotation(parts[0], hint, depth + 1)
        whole = resolved(schema, self.schemas)
        return self.nested.add(hint, whole) if is_object(whole) else "Any"

    def _of_kind(self, schema: Mapping[str, Any], kind: str, hint: str, depth: int) -> Node:
        if kind == "object":
            return self._object(schema, hint, depth)
        if kind == "array":
            items = self.annotation(schema.get("items"), f"{hint} Item", depth + 1)
            return _constrained(call("list[", items, close="]"), _sizes(schema, "Items"))
        if kind == "string":
            return _string(schema)
        if kind in {"integer", "number"}:
            return _number(schema, kind, self._spelled())
        if kind == "boolean":
            return _constrained("pydantic.StrictBool", [], self._spelled())
        return "None" if kind == "null" else "Any"

    def _spelled(self) -> list[str]:
        return [SPELLED] if self.asked else []

    def _choices(self, values: Sequence[Any]) -> Node:
        kept = [value for value in values if isinstance(value, (str, bool, int))]
        if not kept or len(kept) != len(values):
            return "Any"
        shown = dict.fromkeys(text(value) if isinstance(value, str) else repr(value) for value in kept)
        texts = all(isinstance(value, str) for value in kept)
        return _constrained(call("Literal[", *shown, close="]"), [], [] if texts else self._spelled())

    def _object(self, schema: Mapping[str, Any], hint: str, depth: int) -> Node:
        if is_object(schema):
            return self.nested.add(hint, schema)
        values = schema.get("additionalProperties")
        node = self.annotation(values, f"{hint} Value", depth + 1) if isinstance(values, Mapping) else "Any"
        return after("dict[str, ", node, "]")


def _implied(schema: Mapping[str, Any]) -> str:
    if properties(schema) or "additionalProperties" in schema:
        return "object"
    return "array" if "items" in schema else ""


def _any_of(nodes: Sequence[Node]) -> Node:
    """The alternatives; what fits none of them is said of the whole, not of each."""
    node = _union(nodes)
    several = [part for part in _parts(node) if part != "None"]
    if len(several) < 2:
        return node
    whole = call("Annotated[", Either(tuple(several)), "OneOf", close="]")
    return _or_none(whole) if "None" in _parts(node) else whole


def _union(nodes: Sequence[Node]) -> Node:
    shown = dict.fromkeys(part for node in nodes for part in _parts(node))
    return "Any" if "Any" in shown else next(iter(shown)) if len(shown) == 1 else Either(tuple(shown))


def _parts(node: Node) -> list[str]:
    return [flat(item) for item in node.items] if isinstance(node, Either) else [flat(node)]


def _or_none(node: Node) -> Node:
    return node if node in ("Any", "None") else _union([node, "None"])


def _string(schema: Mapping[str, Any]) -> Node:
    form = schema.get("format")
    name = _FORMATS.get(form, "str") if isinstance(form, str) else "str"
    if name not in {"str", "Email", "Uri"}:
        return name
    pattern = schema.get("pattern") or (DECIMAL if form == "decimal" else None)
    constraints, extra = list(_sizes(schema, "Length")), list[Node]()
    if isinstance(pattern, str) and pattern:
        if is_linear(pattern):
            constraints.append(f"pattern={raw(pattern)}")
        elif is_python(pattern):
            extra.append(call("matches(", raw(pattern)))
    return _constrained(name, constraints, extra)


def _number(schema: Mapping[str, Any], kind: str, extra: Sequence[str]) -> Node:
    constraints: list[str] = []
    for bound, open_ in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        word = "g" if bound == "minimum" else "l"
        limit, exclusive = schema.get(bound), schema.get(open_)
        if _is_number(exclusive):
            constraints.append(f"{word}t={exclusive!r}")
        elif _is_number(limit):
            constraints.append(f"{word}{'t' if exclusive is True else 'e'}={limit!r}")
    if kind != "integer":
        return _constrained("Real", constraints, extra)
    step = schema.get("multipleOf")
    if isinstance(step, int) and step > 0:
        constraints.append(f"multiple_of={int(step)}")
    return _constrained("Int32" if schema.get("format") == "int32" else "Int64", constraints, extra)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _UNBOUNDED


def _sizes(schema: Mapping[str, Any], what: str) -> Iterator[str]:
    for word in ("min", "max"):
        size = schema.get(f"{word}{what}")
        if isinstance(size, int) and not isinstance(size, bool) and size >= 0:
            yield f"{word}_length={size}"


def _constrained(node: Node, constraints: Iterator[str] | list[str], extra: Sequence[Node] = ()) -> Node:
    listed = list(constraints)
    if not listed and not extra:
        return node
    items: list[Node] = [call("Field(", *listed)] if listed else []
    return call("Annotated[", node, *items, *extra, close="]")
