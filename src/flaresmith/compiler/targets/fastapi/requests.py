"""The request of a contract's operation as parameters of its route."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.model import Endpoint, Parameter
from flaresmith.compiler.python import contract
from flaresmith.compiler.python.layout import Call, Either, Node, after, call, flat, text
from flaresmith.compiler.python.names import attributes_of
from flaresmith.compiler.service import schemas
from flaresmith.compiler.targets.fastapi.paths import parameters, slot

_TAKEN = """body query request response session row other page shown view changes call created listed rows listing links
    matches pydantic"""
RESERVED = frozenset(_TAKEN.split())


@dataclass(frozen=True, slots=True)
class Arguments:
    """Parameters of a route: of the path and of headers by their names on the wire, the query and the body."""

    path: Mapping[str, str]
    headers: Mapping[str, str]
    items: tuple[Node, ...]
    query: str
    body: str


def arguments(endpoint: Endpoint, names: contract.ContractNames, *, typed: bool, every_header: bool) -> Arguments:
    """The parameters; with `typed` the path is checked against its schema, else it is text that must name a row."""
    path_names = list(dict.fromkeys(parameters(endpoint.path)))
    known = {p.name: p for p in endpoint.parameters if p.location == "path"}
    headers = [p for p in endpoint.parameters if p.location in {"header", "cookie"} and (every_header or p.required)]
    chosen = naming.distinct((_variable(name) for name in [*path_names, *(p.name for p in headers)]), RESERVED)
    path = dict(zip(path_names, chosen, strict=False))
    sent = dict(zip((p.name for p in headers), chosen[len(path_names) :], strict=True))
    items: list[Node] = [_path_item(path[n], n, known.get(n) if typed else None) for n in path_names]
    items += [_header_item(chosen[len(path_names) + i], p) for i, p in enumerate(headers)]
    query = names.queries.get(endpoint.operation_id, "")
    if query:
        items.append(f"query: Annotated[contract.{query}, Query()]")
    body = contract.body_class(endpoint, names) or ""
    if body:
        kind = f"contract.{body}" if endpoint.request_required else f"contract.{body} | None"
        items.append(f"body: Annotated[{kind}, Body()]{'' if endpoint.request_required else ' = None'}")
    required_first = sorted(items, key=lambda item: flat(item).endswith("= None"))
    return Arguments(path, sent, tuple(required_first), query, body)


def _variable(name: str) -> str:
    return next(iter(attributes_of([name]).values()))


def _path_item(variable: str, name: str, parameter: Parameter | None) -> Node:
    kind = _scalar(parameter.schema) if parameter else "str"
    return after(f"{variable}: ", _annotated(kind, f"Path(alias={text(slot(name))})"))


def _header_item(variable: str, parameter: Parameter) -> Node:
    where = "Header" if parameter.location == "header" else "Cookie"
    kind, place = _scalar(parameter.schema), f"{where}(alias={text(parameter.name)})"
    if parameter.required:
        return after(f"{variable}: ", _annotated(kind, place))
    return after(f"{variable}: ", call("Annotated[", Either((kind, "None")), place, close="]"), " = None")


def _annotated(kind: Node, place: str) -> Node:
    if isinstance(kind, Call) and kind.open == "Annotated[":
        return call(kind.open, *kind.items, place, close="]")
    return call("Annotated[", kind, place, close="]")


def _scalar(schema: Mapping[str, Any]) -> Node:
    """The annotation of a value that arrives as text, with its limits; a list or an object stays text."""
    node = contract.Annotator({}, {}, contract.Nested(set()), asked=True).annotation(schema, "")
    kinds = schemas.kinds(schema)
    plain = len(kinds) == 1 and kinds[0] in {"string", "integer", "number", "boolean"}
    return node if node != "Any" and (plain or (not kinds and {"enum", "const"} & schema.keys())) else "str"
