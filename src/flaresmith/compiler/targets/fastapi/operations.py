"""Operations that only a person can write: a route that checks the request, and a handler that is the user's."""

from __future__ import annotations

from flaresmith.compiler.model import Endpoint, File
from flaresmith.compiler.python import contract
from flaresmith.compiler.python.layout import Node, call, docstring, flat, lines, text
from flaresmith.compiler.service import Operation
from flaresmith.compiler.targets.fastapi.facts import decorator, signature
from flaresmith.compiler.targets.fastapi.requests import arguments

HANDLERS = "api/app/handlers"


def operation_route(operation: Operation, names: contract.ContractNames, function: str, handler: str) -> list[str]:
    """The lines of the route."""
    endpoint = operation.endpoint
    taken = arguments(endpoint, names, typed=True, every_header=True)
    items = [*taken.items, "request: Request", "session: Session"]
    items.sort(key=lambda item: flat(item).endswith("= None"))
    made: list[Node] = ["request", "session"]
    for name, held in (("path", taken.path), ("headers", taken.headers)):
        if held:
            made.append(call(f"{name}={{", *(f"{text(wire)}: {value}" for wire, value in held.items()), close="}"))
    made += ["query=query"] if taken.query else []
    made += ["body=body"] if taken.body else []
    typed = "call" if taken.body else "call: Call[None]"
    status = [f"status_code={success(endpoint)}"] if success(endpoint) != 200 else []
    says = endpoint.summary or endpoint.operation_id
    return [
        *decorator(operation, *status, "response_model=None"),
        *signature(function, items, "Any", operation, f"{says.rstrip('.')}."),
        *lines(call(f"{typed} = Call(", *made), 4),
        f"    return await {handler}.handle(call)",
    ]


def handler_file(endpoint: Endpoint, names: contract.ContractNames, module: str, target: str) -> File:
    """The handler: written once, then the user's."""
    body = contract.body_class(endpoint, names)
    kind = f"Call[contract.{body}]" if body else "Call[None]"
    imports = ["from app.calls import Call", "from app.errors import NotWritten"]
    typing = ["from typing import TYPE_CHECKING, Any"] if body else ["from typing import Any"]
    checked = ["", "if TYPE_CHECKING:", "    from app.schemas import contract"] if body else []
    what = f"{endpoint.method} {endpoint.path}: {endpoint.summary or endpoint.operation_id}"
    ids = ", ".join(sorted(set(endpoint.requirements)))
    code = [
        *docstring(
            f"{what}.",
            f"Requirements: {ids}." if ids else "",
            "This file was written once, and is yours: what it answers becomes the body of the response.",
        ),
        "",
        "from __future__ import annotations",
        "",
        *typing,
        "",
        *imports,
        *checked,
        "",
        "",
        f"async def handle(call: {kind}) -> Any:",
        '    """Takes the checked request; answers JSON, a schema or a Response."""',
        f"    raise NotWritten({text(endpoint.operation_id)})",
    ]
    path = f"{HANDLERS}/{module}.py"
    return File(path, "\n".join(code) + "\n", target, endpoint.requirements, (endpoint.source,), seed=True)


def success(endpoint: Endpoint) -> int:
    """The status of a success, as the contract says it."""
    found = sorted(int(r.status) for r in endpoint.responses if r.status.isdigit() and r.status.startswith("2"))
    return found[0] if found else 200
