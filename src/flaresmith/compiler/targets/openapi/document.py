"""The merged OpenAPI document: contracts of all features, derived endpoints, components, security, requirement ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.jsontext import pretty
from flaresmith.compiler.model import Endpoint, File, Model, Parameter
from flaresmith.compiler.targets.openapi.schemas import modern
from flaresmith.compiler.wire import Wire, path_parameters, wire

PATH = "contracts/openapi.json"
_METHODS = ("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE")


def emit(model: Model) -> Iterable[File]:
    """`contracts/openapi.json`, valid OpenAPI 3.1, its paths and components in alphabetical order."""
    yield File(
        PATH,
        pretty(document(model)),
        "openapi",
        requirements=tuple(sorted({id_ for endpoint in model.endpoints for id_ in endpoint.requirements})),
        sources=tuple(contract.source for feature in model.features for contract in feature.contracts),
    )


def document(model: Model) -> dict[str, Any]:
    """The document as a JSON value."""
    everything = wire(model)
    known = frozenset(everything.schemas)
    components: dict[str, Any] = {
        "schemas": {
            name: modern(everything.schemas[name], known) if name in model.schemas else everything.schemas[name]
            for name in sorted(everything.schemas)
        }
    }
    if model.security_schemes:
        components["securitySchemes"] = {name: model.security_schemes[name] for name in sorted(model.security_schemes)}
    return {
        "openapi": "3.1.0",
        "info": {"title": model.name, "version": "1.0.0", "description": _description(model)},
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in sorted({tag for e in everything.endpoints for tag in _tags(e)})],
        "paths": _paths(model, everything, known),
        "components": components,
    }


def _description(model: Model) -> str:
    titles = [feature.title or feature.id for feature in model.features]
    return f"Made from the specs of: {', '.join(titles)}." if titles else "Made from specs."


def _tags(endpoint: Endpoint) -> list[str]:
    if endpoint.tags:
        return list(dict.fromkeys(endpoint.tags))
    return [naming.pascal(naming.plural(endpoint.entity))] if endpoint.entity else []


def _paths(model: Model, everything: Wire, known: frozenset[str]) -> dict[str, Any]:
    writer = _Operations(known, frozenset(model.security_schemes), everything.endpoints)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in sorted(everything.endpoints, key=_order):
        if endpoint.method in _METHODS:
            paths.setdefault(endpoint.path, {}).setdefault(endpoint.method.lower(), writer.operation(endpoint))
    return paths


def _order(endpoint: Endpoint) -> tuple[str, int]:
    return endpoint.path, _METHODS.index(endpoint.method) if endpoint.method in _METHODS else len(_METHODS)


class _Operations:
    """Writes operations; ids that the model has twice are told apart by method and path."""

    def __init__(self, known: frozenset[str], schemes: frozenset[str], endpoints: Iterable[Endpoint]) -> None:
        self.known = known
        self.schemes = schemes
        self.uses = Counter(endpoint.operation_id for endpoint in endpoints)

    def operation(self, endpoint: Endpoint) -> dict[str, Any]:
        written: dict[str, Any] = {"operationId": self.id(endpoint)}
        if tags := _tags(endpoint):
            written["tags"] = tags
        for word in ("summary", "description"):
            if text := getattr(endpoint, word):
                written[word] = text
        schema = _as_it_is if endpoint.derived else self.modern
        if parameters := [_parameter(p, schema(p.schema)) for p in _parameters(endpoint)]:
            written["parameters"] = parameters
        if endpoint.request_schema is not None:
            content = {endpoint.request_media_type: {"schema": schema(endpoint.request_schema)}}
            written["requestBody"] = {"required": endpoint.request_required, "content": content}
        written["responses"] = _responses(endpoint, schema)
        if security := [dict(s) for s in endpoint.security if self.schemes.issuperset(s)]:
            written["security"] = security
        if endpoint.requirements:
            written["x-requirements"] = sorted(endpoint.requirements)
        return written

    def id(self, endpoint: Endpoint) -> str:
        if self.uses[endpoint.operation_id] == 1 and endpoint.operation_id:
            return endpoint.operation_id
        return naming.camel(f"{endpoint.method.lower()} {endpoint.path}")

    def modern(self, schema: Any) -> Any:
        return modern(schema, self.known)


def _as_it_is(schema: Any) -> Any:
    """What the compiler itself wrote needs no rewording."""
    return schema


def _parameter(parameter: Parameter, schema: Any) -> dict[str, Any]:
    written: dict[str, Any] = {"name": parameter.name, "in": parameter.location}
    if parameter.description:
        written["description"] = parameter.description
    if parameter.required or parameter.location == "path":
        written["required"] = True
    return written | {"schema": schema}


def _responses(endpoint: Endpoint, schema: Callable[[Any], Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for response in endpoint.responses:
        description = response.description or f"Status {response.status}"
        written = made.setdefault(response.status, {"description": description})
        if response.schema is not None:
            media = {"schema": schema(response.schema)}
            written.setdefault("content", {}).setdefault(response.media_type, media)
    return {status: made[status] for status in sorted(made)} or {"default": {"description": "Not described"}}


def _parameters(endpoint: Endpoint) -> Iterator[Parameter]:
    """The endpoint's parameters once each; a brace in the path that nobody declared is a string."""
    needed = dict.fromkeys(path_parameters(endpoint.path))
    seen: set[tuple[str, str]] = set()
    for parameter in endpoint.parameters:
        key = (parameter.location, parameter.name)
        if key in seen or (parameter.location == "path" and parameter.name not in needed):
            continue
        seen.add(key)
        yield parameter
    for name in needed:
        if ("path", name) not in seen:
            yield Parameter(name, "path", True, _STRING)


_STRING: Mapping[str, Any] = {"type": "string"}
