"""Endpoints and tools: what contradicts the data model, cannot be called, or cannot be told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.model import Diagnostic, Edit, Endpoint, Field, Fix, Kind, Model, Severity, Tool

_KINDS_OF_SCHEMA = {
    "string": (
        Kind.STRING, Kind.TEXT, Kind.UUID, Kind.DATE, Kind.DATETIME, Kind.TIME, Kind.ENUM, Kind.DECIMAL, Kind.BINARY,
        Kind.BIGINT,
    ),
    "integer": (Kind.INTEGER, Kind.BIGINT, Kind.NUMBER, Kind.DECIMAL),
    "number": (Kind.NUMBER, Kind.DECIMAL, Kind.INTEGER, Kind.BIGINT),
    "boolean": (Kind.BOOLEAN,),
    "array": (Kind.ARRAY, Kind.JSON),
    "object": (Kind.JSON,),
}  # fmt: skip
_STYLES = (
    ("kebab-case", re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")),
    ("snake_case", re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")),
    ("camelCase", re.compile(r"[a-z]+[a-z0-9]*[A-Z]\w*")),
)


def endpoints(model: Model) -> Iterator[Diagnostic]:
    """What is wrong with the operations and tools of a model."""
    yield from _contract_types(model)
    yield from _doubled_routes(model)
    yield from _bodies(model)
    yield from _security(model)
    yield from _path_styles(model)
    for feature in model.features:
        yield from _tools(feature.tools)


def _contract_types(model: Model) -> Iterator[Diagnostic]:
    """A contract's schema and the entity of that name that disagree on a field."""
    sources = {
        name: contract.source
        for feature in model.features
        for contract in feature.contracts
        for name in contract.schemas
    }
    tables = {naming.key(entity.name): entity for entity in model.tables}
    for name, schema in model.schemas.items():
        entity = tables.get(naming.key(name))
        properties = schema.get("properties") if isinstance(schema, dict) else None
        if entity is None or not isinstance(properties, dict):
            continue
        by_name = {naming.snake(field.name): field for field in entity.fields}
        for key, value in properties.items():
            field = by_name.get(naming.snake(str(key)))
            if field is None or not isinstance(value, dict):
                continue
            where = f"see {sources.get(name, field.source).file}"
            if _disagrees(field, value):
                yield Diagnostic(
                    "type-conflict",
                    Severity.WARNING,
                    f"`{entity.name}.{field.name}` is {field.type.kind}, and the contract's `{name}.{key}` is"
                    f" {value['type']}",
                    field.source,
                    f"{where}; give both the same type",
                )
            elif missing := _other_values(field, value):
                yield Diagnostic(
                    "enum-conflict",
                    Severity.WARNING,
                    f"`{entity.name}.{field.name}` and the contract's `{name}.{key}` allow different values: {missing}",
                    field.source,
                    f"{where}; give both the same values",
                )


def _disagrees(field: Field, schema: Mapping[str, Any]) -> bool:
    if field.confidence < 1.0:
        return False
    stated = schema.get("type")
    kinds = [kind for kind in (stated if isinstance(stated, list) else [stated]) if kind != "null"]
    known = [_KINDS_OF_SCHEMA[kind] for kind in kinds if isinstance(kind, str) and kind in _KINDS_OF_SCHEMA]
    return bool(known) and len(known) == len(kinds) and not any(field.type.kind in allowed for allowed in known)


def _other_values(field: Field, schema: Mapping[str, Any]) -> str:
    values = schema.get("enum")
    if not isinstance(values, list) or not field.type.values:
        return ""
    ours, theirs = set(field.type.values), {str(value) for value in values if value is not None}
    only = [f"`{value}`" for value in sorted(ours ^ theirs)]
    return ", ".join(only[:6])


def _doubled_routes(model: Model) -> Iterator[Diagnostic]:
    first: dict[tuple[str, str], Endpoint] = {}
    for endpoint in model.endpoints:
        key = (endpoint.method, re.sub(r"\{[^{}]{0,100}\}", "{}", endpoint.path))
        known = first.setdefault(key, endpoint)
        if known is not endpoint:
            yield Diagnostic(
                "route-doubled",
                Severity.WARNING,
                f"{endpoint.method} {endpoint.path} is already served at {known.source.file}:"
                f"{known.source.line}; the first one answers",
                endpoint.source,
                "change the path of one of them",
            )


def _bodies(model: Model) -> Iterator[Diagnostic]:
    for endpoint in model.endpoints:
        if (
            endpoint.request_schema is not None
            and endpoint.method in ("GET", "HEAD", "DELETE")
            and not endpoint.derived
        ):
            yield Diagnostic(
                "body-of-get",
                Severity.WARNING,
                f"{endpoint.method} {endpoint.path} has a request body, which many clients and proxies drop",
                endpoint.source,
                "send it as query parameters, or use POST",
            )


def _security(model: Model) -> Iterator[Diagnostic]:
    for feature in model.features:
        for endpoint in feature.endpoints:
            names = {str(name) for entry in endpoint.security for name in entry}
            for name in sorted(names - {str(known) for known in model.security_schemes}):
                yield Diagnostic(
                    "unknown-security-scheme",
                    Severity.WARNING,
                    f"{endpoint.method} {endpoint.path} asks for `{name}`, which no contract defines",
                    endpoint.source,
                    f"define `{name}` under components.securitySchemes",
                )


def _path_styles(model: Model) -> Iterator[Diagnostic]:
    """Segments in a style that most others are not written in."""
    found: dict[str, list[tuple[str, Endpoint]]] = {name: [] for name, _ in _STYLES}
    for endpoint in (e for feature in model.features for e in feature.endpoints):
        for segment in endpoint.path.split("/"):
            for name, pattern in _STYLES:
                if pattern.fullmatch(segment):
                    found[name].append((segment, endpoint))
    usual = max(found, key=lambda name: len(found[name]))
    for name, places in found.items():
        if name != usual and places:
            segment, endpoint = places[0]
            yield Diagnostic(
                "mixed-path-styles",
                Severity.INFO,
                f"`{segment}` is {name}, and most paths are {usual}",
                endpoint.source,
                f"write all paths in {usual}",
            )


def _tools(tools: tuple[Tool, ...]) -> Iterator[Diagnostic]:
    first: dict[str, Tool] = {}
    for tool in tools:
        known = first.setdefault(tool.name, tool)
        if known is not tool:
            yield Diagnostic(
                "tool-doubled",
                Severity.WARNING,
                f"`{tool.name}` is described at {known.source.file}:{known.source.line} already",
                tool.source,
                "give each tool its own name",
            )
        if not tool.description:
            yield Diagnostic(
                "tool-undescribed",
                Severity.WARNING,
                f"`{tool.name}` has no description, and that is all a model goes by when it chooses a tool",
                tool.source,
                "say in one sentence what it does and when to use it",
            )
        if not tool.examples:
            yield Diagnostic(
                "tool-without-example",
                Severity.INFO,
                f"`{tool.name}` has no example; generated tests make one up",
                tool.source,
                'add `"examples": [{"input": …, "output": …}]`',
            )
        if not tool.version:
            yield _unversioned(tool)


def _unversioned(tool: Tool) -> Diagnostic:
    fix = Fix("add the version", (Edit(tool.source, 1, '{"version": "1.0.0",'),))
    return Diagnostic(
        "tool-unversioned",
        Severity.INFO,
        f"`{tool.name}` has no version, so nobody can tell when it changes",
        tool.source,
        'add `"version": "1.0.0"`',
        fix if tool.source.file.endswith(".json") else None,
    )
