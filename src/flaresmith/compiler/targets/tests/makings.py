"""How the rows of each entity are made over the API, where they can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.examples import example
from flaresmith.compiler.model import Model, Parameter
from flaresmith.compiler.service import Action, Operation, Resource, Service, service
from flaresmith.compiler.service import schemas as json_schemas
from flaresmith.compiler.service.trials import Link, Trial, trials
from flaresmith.compiler.targets.tests.variety import MOST, counted, moved
from flaresmith.compiler.wire import path_parameters

_LIMITS = frozenset({"minLength", "maxLength", "pattern", "minimum", "maximum", "multipleOf", "minItems", "maxItems"})
_CHOICES = frozenset({"exclusiveMinimum", "exclusiveMaximum", "oneOf", "anyOf", "const"})
_FITTING: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


@dataclass(frozen=True, slots=True)
class Making:
    """How a row is made by a client.

    Properties are those of the operation's body; `sent` says which field each stands for. `places` are fields that
    stand in the path. `shown` maps fields to properties of the reply. `why_not` says why no row can be made.
    """

    operation: Operation | None = None
    sent: Mapping[str, str] = field(default_factory=dict)
    constant: Mapping[str, Any] = field(default_factory=dict)
    distinct: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)  # property → how its first value is moved on
    links: Mapping[str, Link] = field(default_factory=dict)
    places: tuple[str, ...] = ()
    shown: Mapping[str, str] = field(default_factory=dict)
    rows: int = 0
    why_not: str = ""

    def property_of(self, name: str) -> str | None:
        """The property of the body that stands for a field."""
        return next((prop for prop, field_ in self.sent.items() if field_ == name), None)


class Makings:
    """The makings of every entity; one that needs another that cannot be made has none."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.plan: Service = service(model)
        self.trials = trials([resource.entity for resource in self.plan.resources.values()])
        self.operations: dict[str, list[Operation]] = {}
        for operation in self.plan.operations:
            if operation.resource is not None:
                self.operations.setdefault(operation.resource.name, []).append(operation)
        self.known: dict[str, Making] = {}
        self.under_way: set[str] = set()

    def of(self, name: str) -> Making:
        """The making of an entity."""
        if name in self.under_way:
            return Making(why_not="its rows need each other in a circle")
        if name not in self.known:
            self.under_way.add(name)
            self.known[name] = self._made(self.plan.resources[name])
            self.under_way.discard(name)
        return self.known[name]

    def _made(self, resource: Resource) -> Making:
        operation = next((o for o in self.operations.get(resource.name, ()) if o.action is Action.CREATE), None)
        trial = self.trials.of(resource.name)
        if operation is None or operation.serving is None:
            return Making(why_not="no operation makes one by itself")
        if not trial.rows:
            return Making(why_not=trial.why_none)
        view = operation.serving.shape.view
        shown = {own: prop for prop, own in view.names} if view else {}
        if not set(resource.key) <= shown.keys():
            return Making(why_not="the reply does not show its key")
        return self._filled(operation, trial, shown)

    def _filled(self, operation: Operation, trial: Trial, shown: Mapping[str, str]) -> Making:
        sent = self.sent(operation)
        placed = tuple(operation.serving.parts.values()) if operation.serving else ()
        missing = next((f"{name} needs another: {why}" for name, why in self._unmakeable(trial)), "")
        if missing:
            return Making(why_not=missing)
        if not set(placed) <= trial.links.keys():
            return Making(why_not="its path names what is not known")
        constant, distinct, links = {}, {}, {name: trial.links[name] for name in placed}
        for prop, (name, schema) in self._chosen(operation, sent).items():
            if name in trial.links:
                links[prop] = trial.links[name]
            elif name in trial.distinct and all(accepts(schema, value) for value in trial.distinct[name]):
                distinct[prop] = trial.distinct[name]
            elif name in trial.constant and accepts(schema, trial.constant[name]):
                constant[prop] = trial.constant[name]
            elif self._is_needed(operation, prop):
                constant[prop] = example(schema, self.model.schemas, prop)
        moved = {prop: how for prop, how in self._moved(operation, trial, sent).items() if prop in distinct}
        return Making(operation, sent, constant, distinct, moved, links, placed, shown, trial.rows)

    def _moved(self, operation: Operation, trial: Trial, sent: Mapping[str, str]) -> dict[str, str]:
        entity = operation.resource.entity if operation.resource else None
        known = counted(entity, trial.constant, trial.distinct) if entity else {}
        schemas = {prop: schema for prop, (_, schema) in self._chosen(operation, sent).items()}
        return {
            prop: known[name]
            for prop, name in sent.items()
            if name in known and accepts(schemas[prop], moved(trial.distinct[name][0], known[name], MOST))
        }

    def _unmakeable(self, trial: Trial) -> Iterator[tuple[str, str]]:
        for name, link in trial.links.items():
            made = self.of(link.entity)
            if made.why_not:
                yield name, made.why_not
            elif link.field not in made.shown:
                yield name, f"{link.field} is not shown"

    def sent(self, operation: Operation) -> dict[str, str]:
        """Property of the body → field."""
        if operation.resource is None or operation.serving is None:
            return {}
        if operation.derived:
            return {name: name for name in operation.resource.created}
        whole = self.body(operation)
        by_snake = {naming.snake(name): name for name in operation.resource.columns}
        found = {p: operation.serving.sent.get(p) or by_snake.get(naming.snake(p), "") for p in whole}
        return {prop: name for prop, name in found.items() if name}

    def body(self, operation: Operation) -> Mapping[str, Any]:
        """The properties of the body."""
        return json_schemas.properties(self._whole(operation))

    def _whole(self, operation: Operation) -> Mapping[str, Any]:
        return json_schemas.resolved(operation.endpoint.request_schema or {}, self.model.schemas)

    def _chosen(self, operation: Operation, sent: Mapping[str, str]) -> dict[str, tuple[str, Mapping[str, Any]]]:
        if operation.derived:
            return {prop: (name, {}) for prop, name in sent.items()}
        found = self.body(operation)
        return {p: (name, json_schemas.resolved(found[p], self.model.schemas)) for p, name in sent.items()}

    def _is_needed(self, operation: Operation, prop: str) -> bool:
        return not operation.derived and prop in json_schemas.required(self._whole(operation))


Place = tuple[str, ...]  # the properties that together stand in one place of a path


def address(operation: Operation, making: Making) -> tuple[str, list[Place]] | None:
    """The path with `{}` for each value, and the properties of a row that hold these; None where one is not shown."""
    serving, resource = operation.serving, operation.resource
    if serving is None or resource is None:
        return None
    places = []
    for name in path_parameters(operation.endpoint.path):
        fields = resource.key if name == serving.key else (serving.parts.get(name, ""),)
        if not set(fields) <= making.shown.keys():
            return None
        places.append(tuple(making.shown[own] for own in fields))
    return template(operation.endpoint.path), places


def template(path: str) -> str:
    """A path with `{}` for each parameter; other braces are doubled."""
    for name in path_parameters(path):
        path = path.replace("{" + name + "}", "\0", 1)
    return path.replace("{", "{{").replace("}", "}}").replace("\0", "{}")


def needed_headers(parameters: Sequence[Parameter]) -> dict[str, str]:
    """The headers that the contract insists on, with values that it takes."""
    needed = (p for p in parameters if p.location == "header" and p.required)
    return {p.name: str(example(p.schema, {}, p.name)) for p in needed}


def accepts(schema: Mapping[str, Any], value: Any) -> bool:
    """Whether the contract surely takes the value: plain types without limits of its own."""
    if (_LIMITS | _CHOICES) & schema.keys():
        return False
    if isinstance(values := schema.get("enum"), (list, tuple)):
        return value in values
    kinds = json_schemas.kinds(schema)
    return not kinds or any(type(value) in _FITTING.get(kind, ()) for kind in kinds)
