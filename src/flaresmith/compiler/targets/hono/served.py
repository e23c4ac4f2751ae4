"""Operations that the service does by itself, as calls of `operations.ts`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.model import Model
from flaresmith.compiler.service import Action, Link, Operation, Resource, Service, Serving, View
from flaresmith.compiler.service.schemas import query_parameters
from flaresmith.compiler.targets.hono import parameters
from flaresmith.compiler.targets.hono.names import Names, link_constant
from flaresmith.compiler.targets.hono.resources import arrows
from flaresmith.compiler.typescript.layout import Group, Node, after, array, call, flat, lines, member, obj, value
from flaresmith.compiler.typescript.text import literal
from flaresmith.compiler.typescript.zod import Writer
from flaresmith.compiler.wire import path_parameters

_USUAL = {Action.CREATE: 201, Action.DELETE: 204}
_NAMES = {Action.DELETE: "remove"}
_EXTRA = {
    "more": "page.more",
    "cursor": "page.cursor",
    "total": "page.total",
    "limit": "page.limit",
    "offset": "page.offset",
    "page": "page.page",
}


@dataclass(slots=True)
class Constants:
    """The constants of a module under way: schemas of requests, and how contracts show rows."""

    writer: Writer
    model: Model
    made: dict[str, Node] = field(default_factory=dict)
    views: list[View] = field(default_factory=list)

    def view(self, view: View) -> str:
        """The constant that shows a row so."""
        if view not in self.views:
            self.views.append(view)
            items = [value(dict(view.names)), *([value(view.numbers)] if view.numbers else [])]
            self.made[self._view_name(view)] = call("picked(", *items)
        return self._view_name(view)

    def schema(self, name: str, node: Node) -> str:
        """The constant with a schema."""
        chosen = naming.distinct([naming.camel(name)], self.made.keys())[0]
        self.made[chosen] = node
        return chosen

    def lines(self) -> list[list[str]]:
        """The constants as blocks of lines."""
        return [lines(after(f"const {name} = ", node, ";")) for name, node in self.made.items()]

    def _view_name(self, view: View) -> str:
        number = self.views.index(view)
        return "shown" if number == 0 else f"shown{number + 1}"


def served_call(operation: Operation, plan: Service, chosen: Names, constants: Constants) -> Group:
    """The call that does an operation."""
    return _Served(operation, plan, chosen, constants).call()


@dataclass(slots=True)
class _Served:
    operation: Operation
    plan: Service
    chosen: Names
    constants: Constants

    @property
    def resource(self) -> Resource:
        assert self.operation.resource is not None
        return self.operation.resource

    @property
    def serving(self) -> Serving:
        assert self.operation.serving is not None
        return self.operation.serving

    @property
    def link(self) -> Link:
        assert self.operation.link is not None
        return self.operation.link

    def call(self) -> Group:
        """The call, whatever the action."""
        own = self.chosen.constants[self.resource.name]
        return _ACTIONS.get(self.operation.action, _Served.one_row)(self, own)

    def one_row(self, own: str) -> Group:
        """An operation on one row."""
        action = self.operation.action
        items: list[Node] = ["c", own]
        if action is Action.TRANSITION:
            items += [literal(self.operation.state), arrows(self.operation.arrows)]
        wording = self.wording()
        items += [obj(wording)] if wording or action is not Action.CREATE else []
        return call(f"{_NAMES.get(action, action.value)}(", *items)

    def listed(self, own: str) -> Group:
        """One page of rows."""
        wording = {} if self.operation.derived else self.list_wording()
        return call("list(", "c", own, *([obj(wording)] if wording else []))

    def linked(self, own: str) -> Group:
        """One page of the rows that are linked with another one."""
        target = self.chosen.constants[self.link.target]
        return call("listLinked(", "c", own, target, self.pairs(), literal(self.keys()[0]))

    def pair(self, own: str) -> Group:
        """A link that is made or taken away."""
        target = self.chosen.constants[self.link.target]
        keys = array(*map(literal, self.keys()))
        return call(f"{self.operation.action.value}(", "c", own, target, self.pairs(), keys)

    def pairs(self) -> str:
        """The constant with the table of the pairs."""
        return link_constant(self.resource, self.link, self.chosen.constants)

    def keys(self) -> list[str]:
        """The parameters of the path."""
        return [slot(name) for name in path_parameters(self.operation.endpoint.path)]

    def wording(self) -> dict[str, Node]:
        """How the contract words an operation on one row; our own say it in one word."""
        serving, action = self.serving, self.operation.action
        found: dict[str, Node] = {}
        if serving.key:
            found["key"] = literal(slot(serving.key))
        if serving.parts:
            found["parts"] = _renamed({slot(name): place for name, place in serving.parts.items()})
        if serving.status != _USUAL.get(action, 200):
            found["status"] = str(serving.status)
        found |= {} if self.operation.derived else self.body()
        if self.operation.location:
            found["location"] = literal(self.operation.location)
        return found | self.show()

    def body(self) -> dict[str, Node]:
        """The contract's schema of the body, and what else is to be known of it."""
        endpoint = self.operation.endpoint
        schema = parameters.body(endpoint, self.constants.writer)
        if not schema:
            return {}
        if not schema.startswith("contracts.") or "\n" in schema or "(" in schema:
            schema = self.constants.schema(f"{endpoint.operation_id} request", schema)
        found: dict[str, Node] = {"body": schema}
        found |= {} if endpoint.request_required else {"optional": "true"}
        found |= {"sent": _renamed(self.serving.sent)} if self.serving.sent else {}
        said = parameters.spoken(endpoint, self.constants.model)
        return found | ({"spoken": value(said)} if said else {})

    def show(self) -> dict[str, Node]:
        """How the answer shows the row, where it is not the row as it is."""
        view, member_ = self.serving.shape.view, self.serving.shape.member
        if self.serving.status == 204:
            return {}
        if view is None:
            return {"show": "null"}
        if member_:
            return {"show": f"(row) => ({{ {flat(member(member_, self.shown(view, 'row')))} }})"}
        return {} if self.is_whole(view) else {"show": self.constants.view(view)}

    def shown(self, view: View, row: str) -> str:
        """A row as a view shows it."""
        return row if self.is_whole(view) else f"{self.constants.view(view)}({row})"

    def is_whole(self, view: View) -> bool:
        """Whether a view is the row as it is."""
        return view.names == tuple((name, name) for name in self.resource.shown) and not view.numbers

    def list_wording(self) -> dict[str, Node]:
        """How the contract words a list."""
        serving, endpoint = self.serving, self.operation.endpoint
        fields = {p.name: parameters.parameter(p, self.constants.writer) for p in query_parameters(endpoint)}
        query = self.constants.schema(f"{endpoint.operation_id} query", obj(dict(fields), expanded=bool(fields)))
        found: dict[str, Node] = {"query": query, "asked": _renamed(serving.asked)}
        if serving.parts:
            found["parts"] = _renamed({slot(name): place for name, place in serving.parts.items()})
        if serving.unasked:
            found["operation"] = literal(endpoint.operation_id)
            found["unasked"] = value(serving.unasked)
        page = self.page()
        found |= {"counted": "true"} if "page.total" in flat(page) else {}
        return {**found, "show": page}

    def page(self) -> Node:
        """The function that makes the contract's page."""
        shape = self.serving.shape
        if shape.view is None:
            return "() => null"
        rows = "page.rows" if self.is_whole(shape.view) else f"page.rows.map({self.constants.view(shape.view)})"
        if not shape.member:
            return f"(page) => {rows}"
        whole = obj({shape.member: rows, **_members(shape.extra)})
        return after("(page) => (", whole, ")")


def slot(name: str) -> str:
    """The name of a parameter inside the path: as written where Hono can read it."""
    return name if name.isidentifier() and name.isascii() else naming.camel(name)


def _renamed(found: Mapping[str, str]) -> Node:
    return value(dict(found))


def _members(extra: Mapping[str, Any]) -> dict[str, Node]:
    return {name: obj(_members(what)) if isinstance(what, Mapping) else _EXTRA[what] for name, what in extra.items()}


_ACTIONS: dict[Action, Callable[[_Served, str], Group]] = {
    Action.LIST: _Served.listed,
    Action.LIST_LINKED: _Served.linked,
    Action.LINK: _Served.pair,
    Action.UNLINK: _Served.pair,
}
