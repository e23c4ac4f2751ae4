"""Descriptors of tools: one per operation of the service, and those that a feature's own list of tools declares."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.clients import Operation, operations
from flaresmith.compiler.clients.shapes import component, kinds, resolved
from flaresmith.compiler.examples import example
from flaresmith.compiler.model import Endpoint, Feature, Model, Source, Tool
from flaresmith.compiler.surroundings import surroundings
from flaresmith.compiler.targets.mcp_tools.inputs import inputs_of
from flaresmith.compiler.targets.mcp_tools.schemas import Standing
from flaresmith.compiler.wire import wire

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_ELSEWHERE = "service"
_READ = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_SAFE_TO_REPEAT = _READ | {"PUT", "DELETE"}


@dataclass(frozen=True, slots=True)
class Described:
    """A descriptor, the folder it belongs into, and what it was made from."""

    folder: str
    name: str
    content: dict[str, Any]
    requirements: tuple[str, ...]
    source: Source


def descriptors(model: Model) -> Iterator[Described]:
    """Every tool, feature by feature; no two have one name."""
    maker = _Maker(model)
    declared = [(feature, tool) for feature in model.features for tool in feature.tools]
    known = {naming.snake(tool.name) for _, tool in declared}
    by_id = {naming.snake(operation.id): operation for operation in operations(model)}
    own = [operation for name, operation in by_id.items() if name not in known]
    wanted = [_tool_name(tool.name) for _, tool in declared] + [naming.snake(operation.id) for operation in own]
    names = iter(naming.distinct(wanted))
    for feature, tool in declared:
        yield maker.declared(next(names), feature, tool, by_id.get(naming.snake(tool.name)))
    around = surroundings(model)
    for name, operation in zip(names, own, strict=True):
        made = partial(maker.derived, name, operation)
        endpoint = operation.endpoint
        what = f"tool {endpoint.method} {endpoint.path}"
        yield around.remembered(what, endpoint.entity, made, name) if endpoint.derived else made()


def _tool_name(name: str) -> str:
    """A declared name stays as it is where clients accept it."""
    return name if _NAME.fullmatch(name) else naming.snake(name)


class _Maker:
    """Makes descriptors of one model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.schemas = wire(model).schemas
        self.standing = Standing(self.schemas)
        self.answers: dict[tuple[str, bool], tuple[dict[str, Any], Any, str]] = {}

    def derived(self, name: str, operation: Operation) -> Described:
        """The tool that calls an operation."""
        endpoint = operation.endpoint
        taken = inputs_of(operation, self.schemas)
        output, shown, place = self.answer(operation)
        feature = self.feature(endpoint.source)
        content = {
            "name": name,
            "title": _title(operation),
            "description": _description(operation),
            "inputSchema": self.standing.alone(taken.schema),
            "outputSchema": output,
            "examples": [{"input": self.example(taken.schema), "output": shown}],
            "version": _version(feature),
            "specRef": _reference(endpoint),
            "requirements": sorted(set(endpoint.requirements)),
            "mutates": endpoint.method not in _READ,
            "annotations": _annotations(operation),
            "call": _call(operation, taken.parameters, taken.body, place),
        }
        return Described(_folder(feature), name, content, endpoint.requirements, endpoint.source)

    def declared(self, name: str, feature: Feature, tool: Tool, operation: Operation | None) -> Described:
        """A tool as a feature declares it; the operation of its name does the work, else a handler."""
        given = _object(tool.input_schema)
        output = _object(tool.output_schema)
        examples = [dict(each) for each in tool.examples] or [
            {"input": self.example(given), "output": self.example(output)}
        ]
        hints = dict(tool.annotations) or (_annotations(operation) if operation else {"readOnlyHint": False})
        content: dict[str, Any] = {
            "name": name,
            "title": _words(tool.name),
            "description": tool.description or f"{_words(tool.name)}.",
            "inputSchema": self.standing.alone(given),
            "outputSchema": self.standing.alone(output),
            "examples": examples,
            "version": tool.version or _version(feature),
            "specRef": f"specs/{tool.source.file}#{tool.name}",
            "requirements": sorted(set(tool.requirements)),
            "mutates": hints.get("readOnlyHint") is not True,
            "annotations": hints,
        }
        if operation is not None:
            taken = inputs_of(operation, self.schemas)
            place = "" if _is_object(operation, self.schemas) else "result"
            content["call"] = _call(operation, taken.parameters, taken.body, place)
        return Described(_folder(feature), name, content, tool.requirements, tool.source)

    def answer(self, operation: Operation) -> tuple[dict[str, Any], Any, str]:
        """The output schema standing alone, an example of it, and where the value stands; made once per component."""
        name = component(operation.answers[0]) if len(operation.answers) == 1 and operation.kind == "json" else None
        key = (name or "", operation.may_be_empty)
        if name is None or key not in self.answers:
            schema, place = self.output(operation)
            found = (self.standing.alone(schema), self.example(schema), place)
            if name is None:
                return found
            self.answers[key] = found
        return self.answers[key]

    def output(self, operation: Operation) -> tuple[dict[str, Any], str]:
        """The schema of what the tool answers, and under which name a value that is no object stands in it."""
        if operation.kind == "json" and _is_object(operation, self.schemas):
            whole = resolved(operation.answers[0], self.schemas)
            return {**whole, "type": "object"}, ""
        if operation.kind == "none":
            return {"type": "object", "properties": {}}, ""
        value: Mapping[str, Any] = {"type": "string"}
        if operation.kind == "json":
            value = operation.answers[0] if len(operation.answers) == 1 else {"anyOf": list(operation.answers)}
        if operation.may_be_empty:
            value = {"anyOf": [value, {"type": "null"}]}
        return {"type": "object", "properties": {"result": value}, "required": ["result"]}, "result"

    def example(self, schema: Mapping[str, Any]) -> Any:
        """What the schema accepts, required and optional."""
        return example(schema, self.schemas)

    def feature(self, source: Source) -> Feature | None:
        """The feature in whose folder a fact stands."""
        file = source.file.removeprefix("specs/")
        return next((feature for feature in self.model.features if file.startswith(f"{feature.id}/")), None)


def _is_object(operation: Operation, schemas: Mapping[str, Any]) -> bool:
    if len(operation.answers) != 1 or operation.may_be_empty:
        return False
    whole = resolved(operation.answers[0], schemas)
    return kinds(whole) == ["object"] and whole.get("type", "object") == "object"


def _object(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a declared tool; one that is no object's takes anything."""
    return (
        {**schema}
        if schema.get("type") == "object"
        else {"type": "object", **{k: v for k, v in schema.items() if k != "type"}}
    )


def _title(operation: Operation) -> str:
    return (operation.endpoint.summary or _words(operation.id)).rstrip(". ")


def _words(name: str) -> str:
    return " ".join(naming.words(name)).capitalize()


def _description(operation: Operation) -> str:
    endpoint = operation.endpoint
    said = (
        [endpoint.summary.rstrip(". "), endpoint.description.rstrip(". ")]
        if endpoint.summary
        else [_words(operation.id)]
    )
    refused = sorted({r.status for r in endpoint.responses if r.status[:1] in "45"})
    where = f"Calls {endpoint.method} {endpoint.path}" + (
        f"; may be refused with {', '.join(refused)}" if refused else ""
    )
    return " ".join(f"{each}." for each in [*said, where] if each)


def _version(feature: Feature | None) -> str:
    found = next((contract.version for contract in feature.contracts if contract.version), "") if feature else ""
    return found or "1.0.0"


def _reference(endpoint: Endpoint) -> str:
    """Where the spec speaks of it, without a line: lines move, and the descriptor should not change with them."""
    path = endpoint.path.replace("~", "~0").replace("/", "~1")
    inside = endpoint.entity if endpoint.derived else f"/paths/{path}/{endpoint.method.lower()}"
    return f"specs/{endpoint.source.file}#{inside}"


def _annotations(operation: Operation) -> dict[str, Any]:
    method, action = operation.endpoint.method, operation.endpoint.action
    if method in _READ:
        return {"readOnlyHint": True, "destructiveHint": False, "idempotentHint": True, "openWorldHint": False}
    adds_only = method == "POST" and action in ("", "create")
    return {
        "readOnlyHint": False,
        "destructiveHint": not adds_only,
        "idempotentHint": method in _SAFE_TO_REPEAT,
        "openWorldHint": False,
    }


def _call(
    operation: Operation, parameters: list[dict[str, Any]], body: dict[str, Any] | None, place: str
) -> dict[str, Any]:
    """How the server asks the service."""
    call: dict[str, Any] = {"method": operation.endpoint.method, "path": operation.endpoint.path}
    call |= {"parameters": parameters} if parameters else {}
    call |= {"body": body} if body else {}
    return call | {"reads": operation.kind} | ({"result": place} if place else {})


def _folder(feature: Feature | None) -> str:
    if feature is None:
        return _ELSEWHERE
    return feature.id if _FOLDER.fullmatch(feature.id) else naming.kebab(feature.id)
