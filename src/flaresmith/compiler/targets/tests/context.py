"""What the tests of one entity have in common: how a row is made, where it stands, what its fields allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.model import Kind
from flaresmith.compiler.python.layout import Node, call, flat, text
from flaresmith.compiler.service import Action, Operation, Resource
from flaresmith.compiler.service.solving import Rules
from flaresmith.compiler.targets.tests.makings import Making, Makings, accepts, address, needed_headers
from flaresmith.compiler.targets.tests.writing import Module, at
from flaresmith.compiler.wire import path_parameters

NOWHERE = "00000000-0000-4000-8000-000000000000"


@dataclass(slots=True)
class Context:
    """One entity under test."""

    resource: Resource
    making: Making
    makings: Makings
    module: Module
    sample: str
    operations: Sequence[Operation]
    samples: Mapping[str, str]
    nowhere: str = NOWHERE

    def add(self, operation: Operation, what: str, statements: Sequence[Node]) -> None:
        """Adds a test, unless it needs a row and none can be made."""
        code = "\n".join(map(flat, statements))
        if not ("factory." in code and self.making.why_not):
            self.module.add(operation, what, statements)

    def row(self, variable: str = "row") -> Node:
        """The statement that makes a row."""
        made = f"factory.row({self.sample})"
        return f"{variable} = {made}" if variable else made

    def unused(self, where: Node) -> str:
        """The variable of a row: none where the address does not need it."""
        return "row" if "row[" in flat(where) else ""

    def at(self, operation: Operation) -> Node | None:
        """The address of an operation on `row`."""
        if "{" not in operation.endpoint.path:
            return text(operation.endpoint.path)
        found = address(operation, self.making)
        return at(*found) if found else None

    def unknown(self, operation: Operation) -> str | None:
        """An address at which nothing is."""
        path = operation.endpoint.path
        for name in path_parameters(path):
            path = path.replace("{" + name + "}", NOWHERE)
        return None if "{" in path else path

    def first(self, action: Action) -> Operation | None:
        """The first operation of an action that a row can be addressed by."""
        return next((o for o in self.operations if o.action is action and address(o, self.making)), None)

    def headers(self, operation: Operation) -> dict[str, str]:
        """The headers that the contract insists on."""
        return needed_headers(operation.endpoint.parameters)

    def needs_query(self, operation: Operation) -> bool:
        """Whether the contract insists on a query parameter."""
        return any(p.location == "query" and p.required for p in operation.endpoint.parameters)

    def given(self) -> frozenset[str]:
        """The fields that a sample gives a value."""
        props = {*self.making.constant, *self.making.distinct, *self.making.links}
        return frozenset(self.making.sent.get(prop, prop) for prop in props)

    def uniques(self) -> Iterator[tuple[str, str]]:
        """Fields that alone may not be shared, with their property, where both are shown and sent."""
        for one in self.resource.entity.fields:
            prop = self.making.property_of(one.name)
            if one.unique and prop in self.making.distinct and one.name in self.making.shown and self.making.rows > 1:
                yield one.name, str(prop)

    def uuid_links(self) -> Iterator[str]:
        """Properties that refer to a row by a UUID."""
        for prop in self.making.links:
            one = self.resource.entity.field(self.making.sent.get(prop, prop))
            if one is not None and one.type.kind is Kind.UUID and prop not in self.making.places:
                yield prop

    def ruled(self) -> frozenset[str]:
        """The fields that rules and state machines speak of, and those of keys of several."""
        states = {machine.field for machine in self.resource.machines}
        several = {name for index in self.resource.entity.indexes if index.unique for name in index.fields}
        return frozenset({*Rules(self.resource.entity).columns, *states, *several})

    def accepts(self, schema: Mapping[str, Any], value: Any) -> bool:
        """Whether a contract surely takes a value."""
        return accepts(schema, value)

    def sorts(self, operation: Operation) -> Sequence[str]:
        """What a list can be sorted by; of our own lists only."""
        return self.resource.sorts if operation.derived else ()

    def is_same_view(self, operation: Operation) -> bool:
        """Whether a list shows rows as the reply of their making does."""
        made = self.making.operation
        if made is None or made.serving is None or operation.serving is None:
            return False
        return made.serving.shape.view == operation.serving.shape.view

    def paging(self, operation: Operation) -> list[Node] | None:
        """The argument that tells how the list is paged; none for our own way, None where it has no cursor."""
        serving = operation.serving
        if serving is None or not serving.shape.member:
            return None
        parts = {what: name for name, what in serving.shape.extra.items() if isinstance(what, str)}
        asked = {place: name for name, place in serving.asked.items()}
        if "cursor" not in parts or not {":cursor", ":limit"} <= asked.keys():
            return None
        found = (serving.shape.member, parts.get("more", ""), parts["cursor"], asked[":limit"], asked[":cursor"])
        return [] if found == _OURS else [call("Paging(", *map(text, found))]

    def word(self, name: str) -> str:
        """A name as part of a test's name."""
        return naming.snake(name)


_OURS = ("items", "hasMore", "nextCursor", "limit", "cursor")
