"""Operations that only a person can write: a route that checks the request, and a handler that is the user's."""

from __future__ import annotations

from collections.abc import Iterable

from flaresmith.compiler import naming
from flaresmith.compiler.model import Endpoint, File, Parameter
from flaresmith.compiler.service import Operation
from flaresmith.compiler.service.schemas import component
from flaresmith.compiler.targets.hono import parameters
from flaresmith.compiler.targets.hono.names import Names
from flaresmith.compiler.targets.hono.package import FOLDER
from flaresmith.compiler.targets.hono.served import Constants, slot
from flaresmith.compiler.typescript.layout import Group, Node, call, header, imports, module, obj
from flaresmith.compiler.typescript.text import comment, literal
from flaresmith.compiler.typescript.zod import Writer

_PLACES = {"path": "path", "query": "query", "header": "headers", "cookie": "cookies"}


def handler_route(operation: Operation, constants: Constants, handler: str) -> Group:
    """The call that checks the request and lets its handler answer."""
    endpoint = operation.endpoint
    expected: dict[str, Node] = {}
    for location, name in _PLACES.items():
        found = {p.name: p for p in endpoint.parameters if p.location == location}
        if found:
            expected[name] = _fields(found.values(), location, constants.writer)
    if schema := parameters.body(endpoint, constants.writer):
        is_plain = schema.startswith("contracts.") and "(" not in schema
        expected["body"] = schema if is_plain else constants.schema(f"{endpoint.operation_id} request", schema)
        expected |= {} if endpoint.request_required else {"optional": "true"}
    if (status := success(endpoint)) != 200:
        expected["status"] = str(status)
    return call("handled(", "c", obj(expected), handler)


def handler_file(operation: Operation, chosen: Names, target: str) -> File:
    """The handler: written once, then the user's."""
    endpoint = operation.endpoint
    body = _body_type(endpoint, chosen)
    what = f"{endpoint.method} {endpoint.path}: {(endpoint.summary or endpoint.operation_id).rstrip('.')}."
    says = " ".join(what.split())
    own = [*imports("../errors.js", ["NotWritten"]), *imports("../handling.js", ["Call"], types=True)]
    foreign = imports(chosen.types, ["contracts"], types=True) if "contracts." in body else []
    code = [
        *comment("Takes the checked request; answers JSON or a Response. Written once, and yours."),
        f"export async function handle(call: Call<{body}>): Promise<unknown> {{",
        f"  throw new NotWritten({literal(endpoint.operation_id)});",
        "}",
    ]
    head = header([endpoint.source], endpoint.requirements, says)
    path = f"{FOLDER}/src/handlers/{naming.kebab(operation.handler)}.ts"
    text = module([head, [*foreign, *([""] if foreign else []), *own], code])
    return File(path, text, target, endpoint.requirements, (endpoint.source,), seed=True)


def success(endpoint: Endpoint) -> int:
    """The status of a success, as the contract says it."""
    found = sorted(int(r.status) for r in endpoint.responses if r.status.isdigit() and r.status.startswith("2"))
    return found[0] if found else 200


def _body_type(endpoint: Endpoint, chosen: Names) -> str:
    if endpoint.request_schema is None or not parameters.is_json(endpoint):
        return "undefined"
    named = component(endpoint.request_schema)
    found = chosen.contracts.get(named, "") if named is not None else ""
    kind = found.removesuffix("Schema") or "unknown"
    return kind if endpoint.request_required else f"{kind} | undefined"


def _fields(found: Iterable[Parameter], location: str, writer: Writer) -> Node:
    name = slot if location == "path" else str
    return obj({name(p.name): parameters.parameter(p, writer) for p in found})
