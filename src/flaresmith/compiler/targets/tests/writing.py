"""Tests as text: their head, their statements, and what of the fixtures they use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.python.layout import Call, Node, call, docstring, flat, lines, literal, text
from flaresmith.compiler.service import Operation

_FIXTURES = {"anonymous": "httpx.Client", "client": "httpx.Client", "factory": "Factory"}


@dataclass(slots=True)
class Module:
    """The tests of one module; no name is given twice."""

    tests: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def add(self, operation: Operation, what: str, statements: Sequence[Node], says: str = "") -> None:
        """A test of an operation; its docstring cites the requirements."""
        name = f"test_{naming.snake(operation.endpoint.operation_id)}_{what}"
        ids = ", ".join(sorted(set(operation.endpoint.requirements)))
        told = says or operation.endpoint.summary or ""
        self.write(name, statements, f"{ids}: {told}" if ids and told else ids or told, bool(operation.security))

    def write(self, name: str, statements: Sequence[Node], says: str, guarded: bool) -> None:
        """A test from its statements."""
        name = naming.claimed(name, self.taken)
        body = [line for statement in statements for line in lines(statement, 4)]
        code = "\n".join(body)
        taken = [f"{n}: {kind}" for n, kind in _FIXTURES.items() if any(use in code for use in _uses(n))]
        head = lines(call(f"def {name}(", *taken, close=") -> None:"))
        mark = ["@pytest.mark.caller"] if guarded and "client" in code.replace("anonymous", "") else []
        described = docstring(f"{says.rstrip('.')}.", indent=4) if says else []
        self.tests.append("\n".join([*mark, *head, *described, *body]))


def _uses(fixture: str) -> tuple[str, ...]:
    """How a fixture is used in the code of a test."""
    return (f" {fixture}.", f"({fixture}.", f"[{fixture}.", f"({fixture},", f"    {fixture},")


def sent(
    variable: str,
    method: str,
    where: Node,
    *items: Node,
    client: str = "client",
    headers: Mapping[str, str] | None = None,
) -> Node:
    """`answer = client.get("/tools", …)`; an unusual method goes through `request`."""
    more: list[Node] = [*items, *([_pairs("headers={", headers)] if headers else [])]
    name = method.lower()
    if name in {"get", "post", "put", "patch", "delete"} and not (name in {"get", "delete"} and _has_body(more)):
        return call(f"{variable} = {client}.{name}(", where, *more)
    return call(f"{variable} = {client}.request(", text(method.upper()), where, *more)


def _has_body(items: Iterable[Node]) -> bool:
    return any(flat(item).startswith("json=") for item in items)


def _pairs(opening: str, pairs: Mapping[str, Any]) -> Node:
    return Call(opening, tuple(f"{text(key)}: {flat(literal(value))}" for key, value in pairs.items()), "}")


def at(template: str, places: Sequence[Sequence[str]], variable: str = "row") -> Node:
    """A path over the values of a row; the parts of one key stand together."""
    if not places:
        return text(template.format())
    values = [[f"{variable}[{text(name)}]" for name in place] for place in places]
    return call("at(", text(template), *(one[0] if len(one) == 1 else f"({', '.join(one)})" for one in values))


def is_status(status: int, variable: str = "answer") -> str:
    """The assertion of a status."""
    return f"assert {variable}.status_code == {status}, {variable}.text"
