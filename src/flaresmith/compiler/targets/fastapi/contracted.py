"""Routes of a contract that the service serves by itself: the contract's wire, the entity's rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flaresmith.compiler.python.layout import Call, Node, after, call, flat, lines, literal, text, tuple_of
from flaresmith.compiler.python.names import attributes_of
from flaresmith.compiler.service import Action, Operation, Serving, Shape
from flaresmith.compiler.targets.fastapi.facts import Facts, decorator, signature
from flaresmith.compiler.targets.fastapi.requests import Arguments, arguments

_TAGGED = "rows.set_tag(response, view)"
_EXTRA = {
    "more": "listed.more",
    "cursor": "listed.cursor",
    "total": "listed.total",
    "limit": "listed.limit",
    "offset": "listed.offset",
    "page": "listed.page",
}


def contracted_route(facts: Facts, operation: Operation, function: str) -> list[str]:
    """The lines of one route."""
    assert operation.serving is not None  # only handlers have none
    return _Route(facts, operation, function, operation.serving).code()


class _Route:
    def __init__(self, facts: Facts, operation: Operation, function: str, served: Serving) -> None:
        self.facts = facts
        self.operation = operation
        self.endpoint = operation.endpoint
        self.function = function
        self.served = served
        self.taken: Arguments = arguments(operation.endpoint, facts.contract, typed=False, every_header=False)

    def code(self) -> list[str]:
        body = _ACTIONS[self.operation.action](self)
        code = "\n".join(body)
        needed = [f"{name.lower()}: {name}" for name in ("Request", "Response") if f"{name.lower()}" in _words(code)]
        items = [*self.taken.items, *needed, "session: Session"]
        items.sort(key=lambda item: flat(item).endswith("= None"))
        answers = "None" if self.served.status == 204 else "Any"
        says = self.endpoint.summary or f"{self.operation.action.capitalize()} {self.facts.name}"
        status = [f"status_code={self.served.status}"] if self.served.status != 200 else []
        documented = [*status, *([] if answers == "None" else ["response_model=None"]), *self._responses()]
        head = decorator(self.operation, *documented)
        return [*head, *signature(self.function, items, answers, self.operation, f"{says.rstrip('.')}."), *body]

    def _responses(self) -> list[Node]:
        """The refusals of the contract: a 422 among them makes the service answer that instead of 400."""
        found = {r.status: r.description for r in self.endpoint.responses if r.status.isdigit() and r.status >= "300"}
        items = [f"{status}: {{{text('description')}: {text(found[status] or 'Refused')}}}" for status in sorted(found)]
        return [Call("responses={", tuple(items), "}")] if items else []

    def key(self) -> Node:
        """The expression of the row's key and of the outer rows that it must belong to."""
        parts = self._parts()
        if not self.served.key:
            return flat(parts) if parts else "{}"
        key = f"rows.key_of({self.facts.name}, KEYS, {self.taken.path[self.served.key]})"
        return f"{key} | {flat(parts)}" if parts else key

    def _parts(self) -> Node | None:
        items = [f"{self.facts.attributes[f]}={self.taken.path[name]}" for name, f in self.served.parts.items()]
        return call("rows.parts_of(", self.facts.name, *items) if items else None

    def checked(self, kind: str) -> Node:
        """The body as the entity's own schema reads it."""
        items: list[Node] = [f"{self.facts.name}{kind}", "body" if self.taken.body else "None"]
        if self.served.sent:
            items.append(after("names=", literal(dict(self.served.sent))))
        if self.served.parts and kind == "Create":
            parts = {name: self.taken.path[param] for param, name in self.served.parts.items()}
            items.append(Call("parts={", tuple(f"{text(name)}: {value}" for name, value in parts.items()), "}"))
        return call("rows.checked(", *items)

    def answer(self) -> list[str]:
        """The lines that show the row."""
        shape = self.served.shape
        if self.served.status == 204:
            return []
        if shape.view is None:
            return [f"    return Response(status_code={self.served.status})"]
        shown = f"rows.shown(view, {self.facts.view(shape.view)})"
        whole = f"{{{text(shape.member)}: {shown}}}" if shape.member else shown
        tagged = "rows.fresh(request, response, view)" if self.operation.action is Action.GET else _TAGGED
        return [f"    view = rows.view_of({self.facts.name}Read, row)", f"    {tagged}", f"    return {whole}"]

    def find(self, *, lock: bool) -> list[str]:
        return self.facts.find(self.key(), lock=lock)

    def serve_list(self) -> list[str]:
        name, shape = self.facts.name, self.served.shape
        attributes = attributes_of(self.served.asked)
        asked = {attributes[wire]: place for wire, place in self.served.asked.items()}
        items: list[Node] = ["session", name, f"{name}Read", f"{name}Query", "query", after("asked=", literal(asked))]
        parts = self._parts()
        items += [after("parts=", parts)] if parts else []
        items += ["keys=KEYS", "order=ORDER", *self.facts.hidden_items]
        items += ["counted=True"] if "listed.total" in flat(self._rows(shape)) else []
        refused = self._refused()
        listed = "listed = await " if shape.view else "await "
        return [*refused, *lines(after(listed, call("listing.listed(", *items)), 4), *self._returned(shape)]

    def _returned(self, shape: Shape) -> list[str]:
        if shape.view is None:
            return lines(after("return ", self._rows(shape)), 4)
        shown = lines(after("shown = ", self._rows(shape)), 4)
        return [*shown, "    rows.fresh(request, response, shown)", "    return shown"]

    def _rows(self, shape: Shape) -> Node:
        if shape.view is None:
            return f"Response(status_code={self.served.status})"
        shown = f"[rows.shown(view, {self.facts.view(shape.view)}) for view in listed.views]"
        if not shape.member:
            return shown
        return Call("{", (f"{text(shape.member)}: {shown}", *_members(shape.extra)), "}")

    def _refused(self) -> list[str]:
        """The line that answers 501 for an optional parameter nobody can serve, instead of leaving it out unsaid."""
        if not self.served.unasked:
            return []
        attributes = attributes_of(self.served.unasked)
        listed = [text(attributes[name]) for name in self.served.unasked]
        names = tuple_of("(", *listed)
        return lines(call("listing.refuse(", "query", names, text(self.endpoint.operation_id)), 4)

    def serve_create(self) -> list[str]:
        return [
            *lines(after("created = ", self.checked("Create")), 4),
            f"    row = rows.new({self.facts.name}, created)",
            "    session.add(row)",
            "    await rows.written(session, row)",
            *self._location(),
            *self.answer(),
        ]

    def _location(self) -> list[str]:
        if not self.operation.location:
            return []
        return [f'    response.headers["Location"] = rows.location({text(self.operation.location)}, row, KEYS)']

    def serve_get(self) -> list[str]:
        return [*self.find(lock=False), *self.answer()]

    def serve_update(self) -> list[str]:
        return [
            *self.find(lock=True),
            *self._tagged(),
            *lines(after("changes = ", call("rows.given(", self.checked("Update"))), 4),
            *self.facts.checks(),
            "    rows.change(row, changes)",
            "    await rows.written(session, row)",
            *self.answer(),
        ]

    def serve_replace(self) -> list[str]:
        states = [
            line for s in self.facts.states for line in self.facts.check(s, f"created.{self.facts.attributes[s]}", 4)
        ]
        return [
            *self.find(lock=True),
            *self._tagged(),
            *lines(after("created = ", self.checked("Create")), 4),
            *states,
            "    rows.replace(row, created, KEYS)",
            "    await rows.written(session, row)",
            *self.answer(),
        ]

    def serve_delete(self) -> list[str]:
        return [*self.find(lock=True), *self._tagged(), self.facts.gone(), *self._after_delete()]

    def _after_delete(self) -> list[str]:
        return ["    await session.flush()", *self.answer()] if self.served.status != 204 else []

    def serve_transition(self) -> list[str]:
        changes = lines(after("changes = ", call("rows.given(", self.checked("Update"))), 4) if self.taken.body else []
        written = [*changes, "    rows.change(row, changes)"] if changes else []
        moved = self.facts.move(self.operation)
        head = [*self.find(lock=True), *self._tagged()]
        return [*head, *moved, *written, "    await rows.written(session, row)", *self.answer()]

    def _tagged(self) -> list[str]:
        return [f"    rows.check_tag(request, rows.view_of({self.facts.name}Read, row))"]


def _members(extra: Mapping[str, Any]) -> list[Node]:
    return [
        after(f"{text(name)}: ", Call("{", tuple(_members(what)), "}"))
        if isinstance(what, Mapping)
        else f"{text(name)}: {_EXTRA[what]}"
        for name, what in extra.items()
    ]


def _words(code: str) -> set[str]:
    return set(code.replace("(", " ").replace(",", " ").replace(".", " ").split())


_ACTIONS: dict[Action, Callable[[_Route], list[str]]] = {
    Action.LIST: _Route.serve_list,
    Action.CREATE: _Route.serve_create,
    Action.GET: _Route.serve_get,
    Action.UPDATE: _Route.serve_update,
    Action.REPLACE: _Route.serve_replace,
    Action.DELETE: _Route.serve_delete,
    Action.TRANSITION: _Route.serve_transition,
}
