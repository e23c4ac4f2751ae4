"""Endpoints as operations of the service: what each does, where its values belong, how it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flaresmith.compiler import naming
from flaresmith.compiler.links import ADD, LIST, REMOVE, Link, link_of
from flaresmith.compiler.model import Endpoint, Model
from flaresmith.compiler.service import contracts
from flaresmith.compiler.service.plan import Action, Arrow, Machine, Operation, Resource, Serving, Shape, View
from flaresmith.compiler.service.routing import handler_names
from flaresmith.compiler.service.security import demands
from flaresmith.compiler.wire import path_parameters

ONE_ROW = frozenset({Action.GET, Action.CREATE, Action.UPDATE, Action.REPLACE, Action.TRANSITION})
LISTS = frozenset({Action.LIST, Action.LIST_LINKED})
WRITES = frozenset({Action.UPDATE, Action.REPLACE, Action.DELETE, Action.TRANSITION})
_LINKS = {LIST: Action.LIST_LINKED, ADD: Action.LINK, REMOVE: Action.UNLINK}
_STATUSES = {Action.CREATE: 201, Action.DELETE: 204, Action.LINK: 204, Action.UNLINK: 204}


class Operations:
    """Makes the operations of one model."""

    def __init__(self, model: Model, resources: Mapping[str, Resource], endpoints: Sequence[Endpoint]) -> None:
        self.model = model
        self.resources = resources
        self.handlers = handler_names(endpoints)
        self.items: dict[tuple[str, bool], list[Endpoint]] = {}
        for endpoint in endpoints:
            if endpoint.action == "get":
                self.items.setdefault((endpoint.entity, endpoint.derived), []).append(endpoint)

    def operation(self, endpoint: Endpoint) -> Operation:
        """The plan of one endpoint."""
        resource = self.resources.get(endpoint.entity) if endpoint.action else None
        if resource is None:
            return self._handler(endpoint)
        word = endpoint.action.partition(":")[0]
        if word in _LINKS:
            return self._linked(endpoint, resource, _LINKS[word])
        if word not in contracts.ACTIONS:
            return self._handler(endpoint)
        return self._served(endpoint, resource, Action(word))

    def _served(self, endpoint: Endpoint, resource: Resource, action: Action) -> Operation:
        serving = self._serving(endpoint, resource, action)
        machine, arrows = triggered(resource, endpoint) if action is Action.TRANSITION else (None, ())
        if serving is None or (action is Action.TRANSITION and machine is None):
            return self._handler(endpoint)
        shown = serving.shape.view is not None and serving.status != 204
        return Operation(
            endpoint,
            action,
            resource,
            serving,
            arrows=arrows,
            state=machine.field if machine else "",
            location=self._location(endpoint, resource, serving) if action is Action.CREATE else "",
            refusal=refusal(endpoint),
            security=demands(endpoint, self.model.security_schemes),
            tagged=shown and action in ONE_ROW | LISTS,
            conditional=action in WRITES,
        )

    def _linked(self, endpoint: Endpoint, resource: Resource, action: Action) -> Operation:
        link = link_of(endpoint, {resource.name: resource.links})
        if link is None:
            return self._handler(endpoint)
        return Operation(
            endpoint,
            action,
            resource,
            self._link_serving(endpoint, link, action),
            link=link,
            security=demands(endpoint, self.model.security_schemes),
            tagged=action is Action.LIST_LINKED,
        )

    def _link_serving(self, endpoint: Endpoint, link: Link, action: Action) -> Serving:
        key, target = path_parameters(endpoint.path)[0], self.resources[link.target]
        if action is Action.LIST_LINKED:
            return Serving(200, page_shape(target), key=key, asked=asked(target))
        return Serving(204, Shape(), key=key)

    def _handler(self, endpoint: Endpoint) -> Operation:
        return Operation(
            endpoint,
            Action.HANDLER,
            refusal=refusal(endpoint),
            security=demands(endpoint, self.model.security_schemes),
            handler=self.handlers.get(endpoint.operation_id, naming.snake(endpoint.operation_id)),
        )

    def _serving(self, endpoint: Endpoint, resource: Resource, action: Action) -> Serving | None:
        if not endpoint.derived:
            return contracts.serving(endpoint, resource.entity, self.model)
        return derived_serving(endpoint, resource, action)

    def _location(self, endpoint: Endpoint, resource: Resource, serving: Serving) -> str:
        """The path at which what is made can be read; below its own where no operation reads it."""
        if not endpoint.derived and (serving.status != 201 or serving.shape.view is None or serving.parts):
            return ""
        counts = {1, len(resource.key)}
        paths = (e.path for e in self.items.get((endpoint.entity, endpoint.derived), ()))
        fitting = (path for path in paths if len(path_parameters(path)) in counts)
        return next(fitting, f"{endpoint.path.rstrip('/')}/{{id}}")


def derived_serving(endpoint: Endpoint, resource: Resource, action: Action) -> Serving:
    """The serving of an operation that the compiler made: our own page, every field under its own name."""
    status = _STATUSES.get(action, 200)
    names = path_parameters(endpoint.path)
    key = names[0] if len(names) == 1 else ""
    parts = {} if key else dict(zip(names, resource.key, strict=False))
    if action is Action.LIST:
        return Serving(status, page_shape(resource), asked=asked(resource))
    shape = Shape() if action is Action.DELETE else Shape(view_of(resource))
    return Serving(status, shape, key, parts)


def view_of(resource: Resource) -> View:
    """Every field that is shown, under its own name."""
    return View(tuple((name, name) for name in resource.shown))


def page_shape(resource: Resource) -> Shape:
    """`{"items": […], "hasMore": …, "nextCursor": …}`."""
    return Shape(view_of(resource), True, "items", contracts.PAGE)


def asked(resource: Resource) -> dict[str, str]:
    """What the query of one of our own lists may say."""
    controls = {"limit": ":limit", "cursor": ":cursor", **({"sort": ":sort"} if resource.sorts else {})}
    return controls | {name: name for name in resource.filters}


def triggered(resource: Resource, endpoint: Endpoint) -> tuple[Machine | None, tuple[Arrow, ...]]:
    """The machine that an operation moves, and the arrows it may follow."""
    trigger = naming.snake(endpoint.action.partition(":")[2])
    for transition in resource.entity.transitions:
        if naming.snake(transition.trigger) == trigger:
            machine = next((m for m in resource.machines if m.field == transition.field), None)
            if machine is not None:
                return machine, tuple(a for a in machine.arrows if naming.snake(a.trigger) == trigger)
    return None, ()


def refusal(endpoint: Endpoint) -> int:
    """The status of an invalid request: 422 where the contract names that and not 400."""
    documented = {response.status for response in endpoint.responses}
    return 422 if "422" in documented and "400" not in documented else 400
