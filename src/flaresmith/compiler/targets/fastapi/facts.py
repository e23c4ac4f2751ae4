"""What the routes of one entity have in common: names, key, order, states, and the constants of their module."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flaresmith.compiler import naming, resolve
from flaresmith.compiler.model import Endpoint, Entity, Model, Transition
from flaresmith.compiler.python import names as python_names
from flaresmith.compiler.python.contract import ContractNames
from flaresmith.compiler.python.layout import Call, Node, after, call, docstring, lines, literal, text, tuple_of
from flaresmith.compiler.targets.fastapi.paths import parameters, python_path
from flaresmith.compiler.targets.fastapi.serving import View


@dataclass(slots=True)
class Facts:
    """One entity, its Python names, and the views that its contract routes need."""

    entity: Entity
    name: str
    module: str
    attributes: dict[str, str]
    model: Model
    contract: ContractNames
    endpoints: Sequence[Endpoint]
    views: list[View] = field(default_factory=list)

    @property
    def hidden(self) -> str:
        """The attribute that marks deleted rows, or nothing."""
        return next((self.attributes[f.name] for f in self.entity.fields if resolve.is_deletion_time(f)), "")

    @property
    def hidden_items(self) -> list[Node]:
        """The argument that leaves deleted rows out."""
        return [f"hidden={text(self.hidden)}"] if self.hidden else []

    @property
    def states(self) -> list[str]:
        """The fields with a state machine."""
        return list(dict.fromkeys(t.field for t in self.entity.transitions if t.field in self.attributes))

    def item_path(self, create: Endpoint) -> str:
        """The path at which what `create` makes can be read; below its own where no operation reads it."""
        counts = {1, len(self.entity.primary_key)}
        own = (e for e in self.endpoints if e.action == "get" and e.derived == create.derived)
        fitting = (e.path for e in own if len(parameters(e.path)) in counts)
        return next(fitting, f"{create.path.rstrip('/')}/{{id}}")

    def triggered(self, endpoint: Endpoint) -> list[Transition]:
        """The arrows that an operation follows, all of the field of the first."""
        trigger = naming.snake(endpoint.action.partition(":")[2])
        found = [
            t for t in self.entity.transitions if t.field in self.attributes and naming.snake(t.trigger) == trigger
        ]
        return [t for t in found if t.field == found[0].field]

    def constants(self) -> list[str]:
        """The constants of the module."""
        keys = [text(self.attributes[field.name]) for field in self.entity.primary_key]
        sorts = {f.name: self.attributes[f.name] for f in self.entity.fields if resolve.is_sortable(f)}
        return [
            *lines(tuple_of("KEYS = (", *keys)),
            f"ORDER = {text(self._order())}",
            *lines(after("SORTS = ", literal(sorts))),
            *(line for state in self.states for line in self._arrows(state)),
            *(line for number, view in enumerate(self.views) for line in _shown(view_name(number), view)),
        ]

    def view(self, view: View) -> str:
        """The arguments of `rows.shown` for a view: the name of its constant."""
        if view not in self.views:
            self.views.append(view)
        return view_name(self.views.index(view))

    def _order(self) -> str:
        created = [f for f in self.entity.fields if resolve.is_creation_time(f) and not resolve.is_nullable(f)]
        return f"-{self.attributes[created[0].name]}" if created else self.attributes[self.entity.primary_key[0].name]

    def _arrows(self, state: str) -> list[str]:
        found = [t for t in self.entity.transitions if t.field == state]
        items = dict.fromkeys(arrow(t) for t in found)
        return lines(call(f"{arrows_name(state)} = frozenset(", Call("{", tuple(items), "}")))

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

    def find(self, key: Node, *, lock: bool) -> list[str]:
        """The lines that read the row."""
        items: list[Node] = ["session", self.name, key, *(["lock=True"] if lock else []), *self.hidden_items]
        return lines(after("row = await ", call("rows.find(", *items)), 4)

    def move(self, endpoint: Endpoint) -> list[str]:
        """The lines that follow an arrow."""
        found = self.triggered(endpoint)
        arrows = list(dict.fromkeys(map(arrow, found)))
        listed = tuple_of("(", *arrows)
        attribute = self.attributes[found[0].field]
        return lines(call("rows.move(", "row", text(found[0].field), text(attribute), listed), 4)

    def gone(self) -> str:
        """The line that deletes the row."""
        return f"    row.{self.hidden} = sa.func.now()" if self.hidden else "    await session.delete(row)"


def view_name(number: int) -> str:
    """`SHOWN`, `SHOWN_2`, …"""
    return "SHOWN" if number == 0 else f"SHOWN_{number + 1}"


def _shown(name: str, view: View) -> list[str]:
    items: list[Node] = [literal(dict(view.names))]
    if view.numbers:
        items.append(call("frozenset(", Call("{", tuple(map(text, view.numbers)), "}")))
    return lines(call(f"{name} = rows.Shown(", *items))


def arrows_name(state: str) -> str:
    """The constant with the arrows of a field."""
    return f"{naming.snake(state).upper()}_ARROWS"


def arrow(transition: Transition) -> str:
    """One arrow as a pair; None starts anywhere."""
    anywhere = transition.before.strip().lower() in {"", "*", "any"}
    return f"({'None' if anywhere else text(transition.before)}, {text(transition.after)})"


def decorator(endpoint: Endpoint, *items: Node) -> list[str]:
    """The line that registers a route."""
    summary = [f"summary={text(endpoint.summary)}"] if endpoint.summary else []
    named = f"operation_id={text(endpoint.operation_id)}"
    return lines(call(f"@router.{endpoint.method.lower()}(", text(python_path(endpoint.path)), *items, named, *summary))


def signature(name: str, items: Sequence[Node], answers: str, endpoint: Endpoint, says: str) -> list[str]:
    """The head of a route and its docstring."""
    head = lines(call(f"async def {name}(", *items, close=f") -> {answers}:"))
    ids = ", ".join(sorted(set(endpoint.requirements)))
    return [*head, *docstring(says, endpoint.description, f"Requirements: {ids}." if ids else "", indent=4)]


def facts(
    entity: Entity, endpoints: Sequence[Endpoint], names: python_names.Names, model: Model, contract: ContractNames
) -> Facts:
    """The facts of an entity and its operations."""
    own = [endpoint for endpoint in endpoints if endpoint.entity == entity.name]
    attributes = python_names.attributes(entity)
    return Facts(entity, names.classes[entity.name], names.modules[entity.name], attributes, model, contract, own)
