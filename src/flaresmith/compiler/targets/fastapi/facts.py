"""What the routes of one entity have in common: names, key, order, states, and the constants of their module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flaresmith.compiler import naming
from flaresmith.compiler.model import Entity
from flaresmith.compiler.python import names as python_names
from flaresmith.compiler.python.contract import ContractNames
from flaresmith.compiler.python.layout import Call, Node, after, call, docstring, lines, literal, text, tuple_of
from flaresmith.compiler.service import Arrow, Demand, Operation, Resource, View
from flaresmith.compiler.targets.fastapi.paths import python_path


@dataclass(slots=True)
class Facts:
    """One resource, its Python names, and the views and guards that its routes need."""

    resource: Resource
    name: str
    module: str
    attributes: Mapping[str, str]
    contract: ContractNames
    others: Mapping[str, Facts]
    views: list[View] = field(default_factory=list)

    @property
    def entity(self) -> Entity:
        """The entity."""
        return self.resource.entity

    @property
    def hidden(self) -> str:
        """The attribute that marks deleted rows, or nothing."""
        return self.attributes[self.resource.hidden] if self.resource.hidden else ""

    @property
    def hidden_items(self) -> list[Node]:
        """The argument that leaves deleted rows out."""
        return [f"hidden={text(self.hidden)}"] if self.hidden else []

    @property
    def keys(self) -> list[str]:
        """The attributes of the key."""
        return [self.attributes[name] for name in self.resource.key]

    @property
    def order(self) -> str:
        """The default order of lists."""
        return f"{'-' if self.resource.descending else ''}{self.attributes[self.resource.order]}"

    @property
    def sorts(self) -> dict[str, str]:
        """What `sort` may name → the attribute."""
        return {name: self.attributes[name] for name in self.resource.sorts}

    @property
    def states(self) -> list[str]:
        """The fields with a state machine."""
        return [machine.field for machine in self.resource.machines]

    def constants(self) -> list[str]:
        """The constants of the module."""
        return [
            *lines(tuple_of("KEYS = (", *map(text, self.keys))),
            f"ORDER = {text(self.order)}",
            *lines(after("SORTS = ", literal(self.sorts))),
            *(line for machine in self.resource.machines for line in _arrows(machine.field, machine.arrows)),
            *(line for link in self.resource.links for line in self._link(link.segment)),
            *(line for number, view in enumerate(self.views) for line in _shown(view_name(number), view)),
        ]

    def view(self, view: View) -> str:
        """The arguments of `rows.shown` for a view: the name of its constant."""
        if view not in self.views:
            self.views.append(view)
        return view_name(self.views.index(view))

    def _link(self, segment: str) -> list[str]:
        link = next(link for link in self.resource.links if link.segment == segment)
        items = [text(link.table), text(link.own), text(link.other)]
        return lines(call(f"{link_name(segment)} = links.Link(", *items))

    def check(self, state: str, wanted: str, indent: int) -> list[str]:
        """The line that refuses a change of state the machine does not know."""
        present = f"row.{self.attributes[state]}"
        return lines(call("rows.check_transition(", text(state), present, wanted, arrows_name(state)), indent)

    def checks(self) -> list[str]:
        """The lines that check every state in `changes`."""
        made: list[str] = []
        for state in self.states:
            sent = text(self.attributes[state])
            made += [f"    if {sent} in changes:", *self.check(state, f"changes[{sent}]", 8)]
        return made

    def find(self, key: Node, *, lock: bool, variable: str = "row") -> list[str]:
        """The lines that read the row."""
        items: list[Node] = ["session", self.name, key, *(["lock=True"] if lock else []), *self.hidden_items]
        return lines(after(f"{variable} = await ", call("rows.find(", *items)), 4)

    def move(self, operation: Operation) -> list[str]:
        """The lines that follow an arrow."""
        listed = tuple_of("(", *dict.fromkeys(map(arrow, operation.arrows)))
        attribute = self.attributes[operation.state]
        return lines(call("rows.move(", "row", text(operation.state), text(attribute), listed), 4)

    def gone(self) -> str:
        """The line that deletes the row."""
        return f"    row.{self.hidden} = sa.func.now()" if self.hidden else "    await session.delete(row)"


def view_name(number: int) -> str:
    """`SHOWN`, `SHOWN_2`, …"""
    return "SHOWN" if number == 0 else f"SHOWN_{number + 1}"


def link_name(segment: str) -> str:
    """The constant with the table of a link."""
    return f"{naming.snake(segment).upper()}_LINK"


def _shown(name: str, view: View) -> list[str]:
    items: list[Node] = [literal(dict(view.names))]
    if view.numbers:
        items.append(call("frozenset(", Call("{", tuple(map(text, view.numbers)), "}")))
    return lines(call(f"{name} = rows.Shown(", *items))


def arrows_name(state: str) -> str:
    """The constant with the arrows of a field."""
    return f"{naming.snake(state).upper()}_ARROWS"


def _arrows(state: str, found: Sequence[Arrow]) -> list[str]:
    items = tuple(dict.fromkeys(map(arrow, found)))
    return lines(call(f"{arrows_name(state)} = frozenset(", Call("{", items, "}")))


def arrow(one: Arrow) -> str:
    """One arrow as a pair; None starts anywhere."""
    return f"({'None' if one.before is None else text(one.before)}, {text(one.after)})"


def decorator(operation: Operation, *items: Node) -> list[str]:
    """The line that registers a route, with the guard of one that demands a caller."""
    endpoint = operation.endpoint
    summary = [f"summary={text(endpoint.summary)}"] if endpoint.summary else []
    named = f"operation_id={text(endpoint.operation_id)}"
    opening = f"@router.{endpoint.method.lower()}("
    return lines(call(opening, text(python_path(endpoint.path)), *items, *guard(operation), named, *summary))


def guard(operation: Operation) -> list[Node]:
    """`dependencies=[Depends(guard(…))]` where the operation demands a caller."""
    if not operation.security:
        return []
    alternatives = [
        tuple_of("(", *made) if len(made) > 1 else made[0]
        for made in ([_demand(demand) for demand in alternative] for alternative in operation.security)
    ]
    return [call("dependencies=[", call("Depends(", call("guard(", *alternatives)), close="]")]


def _demand(demand: Demand) -> Node:
    items: list[Node] = [text(demand.scheme), text(demand.kind), *([text(demand.name)] if demand.name else [])]
    items += [tuple_of("scopes=(", *map(text, demand.scopes))] if demand.scopes else []
    return call("Demand(", *items)


def signature(name: str, items: Sequence[Node], answers: str, operation: Operation, says: str) -> list[str]:
    """The head of a route and its docstring."""
    head = lines(call(f"async def {name}(", *items, close=f") -> {answers}:"))
    ids = ", ".join(sorted(set(operation.endpoint.requirements)))
    return [*head, *docstring(says, operation.endpoint.description, f"Requirements: {ids}." if ids else "", indent=4)]


def all_facts(
    resources: Mapping[str, Resource], names: python_names.Names, contract: ContractNames
) -> dict[str, Facts]:
    """The facts of every resource, by the entity's name."""
    made: dict[str, Facts] = {}
    for name, resource in resources.items():
        attributes = python_names.attributes(resource.entity)
        made[name] = Facts(resource, names.classes[name], names.modules[name], attributes, contract, made)
    return made
