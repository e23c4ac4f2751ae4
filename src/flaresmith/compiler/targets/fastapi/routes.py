"""Modules of routes: one per entity, and one per group of operations that no entity explains."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flaresmith.compiler import naming
from flaresmith.compiler.model import Endpoint, EntityKind, File, Model
from flaresmith.compiler.python import contract
from flaresmith.compiler.python import names as python_names
from flaresmith.compiler.python.layout import header, imports, lines, text, tuple_of
from flaresmith.compiler.targets.fastapi.contracted import contracted_route
from flaresmith.compiler.targets.fastapi.derived import derived_route
from flaresmith.compiler.targets.fastapi.facts import Facts, facts
from flaresmith.compiler.targets.fastapi.grouping import Group, grouped
from flaresmith.compiler.targets.fastapi.operations import HANDLERS, handler_file, operation_route
from flaresmith.compiler.targets.fastapi.serving import serving

FOLDER = "api/app/routes"
_TAKEN = """router rows listing sa contract uuid Any Annotated Literal Call Session KEYS ORDER SORTS SHOWN body query
    request response session row view changes created listed call"""
RESERVED = frozenset(_TAKEN.split())
_FASTAPI = ("APIRouter", "Body", "Cookie", "Header", "Path", "Query", "Request", "Response")
_STRINGS = re.compile(r'"""(?:.|\n)*?"""|"(?:[^"\\\n]|\\.)*"|' + r"'(?:[^'\\\n]|\\.)*'")


@dataclass(slots=True)
class _Written:
    """A module under way: its routes, and what they made necessary."""

    routes: list[list[str]] = field(default_factory=list)
    handlers: dict[str, str] = field(default_factory=dict)  # import name → module


def route_files(model: Model, target: str) -> Iterator[File]:
    """The modules of routes, the seeds of handlers, and the package that lists all routers."""
    entities = python_names.sound_entities(model)
    names = python_names.names(entities)
    chosen = contract.contract_names(model)
    groups = grouped(model, entities, names)
    handlers = _handler_modules(model)
    for group in groups:
        held = facts(group.entity, group.endpoints, names, model, chosen) if group.entity else None
        yield from _group_files(group, held, model, chosen, handlers, target)
    yield File(f"{FOLDER}/__init__.py", _package([group.module for group in groups]), target)
    yield File(
        f"{HANDLERS}/__init__.py", '"""The code of operations that no spec can tell: yours."""\n', target, seed=True
    )


def _handler_modules(model: Model) -> dict[str, str]:
    ids = sorted({e.operation_id for e in model.endpoints if not e.derived})
    wanted = [python_names.module_name(operation) for operation in ids]
    return dict(zip(ids, naming.distinct(wanted), strict=True))


def _group_files(
    group: Group,
    held: Facts | None,
    model: Model,
    names: contract.ContractNames,
    handlers: Mapping[str, str],
    target: str,
) -> Iterator[File]:
    written = _Written()
    functions = naming.distinct([python_names.module_name(e.operation_id) for e in group.endpoints], RESERVED)
    for endpoint, function in zip(group.endpoints, functions, strict=True):
        served = serving(endpoint, held.entity, model) if held and _belongs(endpoint, held) else None
        if held and endpoint.derived:
            written.routes.append(derived_route(held, endpoint, function))
        elif held and served and (not endpoint.action.startswith("transition") or held.triggered(endpoint)):
            written.routes.append(contracted_route(held, endpoint, function, served))
        else:
            handler = f"handle_{handlers[endpoint.operation_id]}"
            written.handlers[handler] = handlers[endpoint.operation_id]
            written.routes.append(operation_route(endpoint, names, function, handler))
            yield handler_file(endpoint, names, handlers[endpoint.operation_id], target)
    code = _module(group, held, written)
    requirements = [*(held.entity.requirements if held else ()), *(i for e in group.endpoints for i in e.requirements)]
    sources = ((held.entity.source,) if held else ()) + tuple(e.source for e in group.endpoints)
    yield File(f"{FOLDER}/{group.module}.py", code, target, tuple(sorted(set(requirements))), sources)


def _belongs(endpoint: Endpoint, held: Facts) -> bool:
    return endpoint.entity == held.entity.name and held.entity.kind is EntityKind.PERSISTED


def _module(group: Group, held: Facts | None, written: _Written) -> str:
    body = "\n\n\n".join("\n".join(route) for route in written.routes)
    requirements = [*(held.entity.requirements if held else ()), *(i for e in group.endpoints for i in e.requirements)]
    sources = [*([held.entity.source] if held else []), *(e.source for e in group.endpoints)]
    head = header(f"Routes of {group.title}.", requirements, sources)
    constants = [f"router = APIRouter(tags=[{text(group.title)}])"]
    if held:
        constants += _used(held.constants(), body)
    everything = "\n".join([*constants, body])
    parts = [*head, "", *_imports(everything, held, written), "", *constants, "", "", body]
    return "\n".join(parts).rstrip("\n") + "\n"


def _used(constants: Sequence[str], body: str) -> list[str]:
    """The constants that a route names; a constant may take several lines."""
    named = set(re.findall(r"[A-Z][A-Z_0-9]+", body))
    kept: list[str] = []
    keep = False
    for line in constants:
        if match := re.match(r"([A-Z_0-9]+) = ", line):
            keep = match.group(1) in named
        if keep:
            kept.append(line)
    return kept


def _imports(code: str, held: Facts | None, written: _Written) -> list[str]:
    bare = _STRINGS.sub('""', code)
    used = set(re.findall(r"[A-Za-z_]\w*", bare))
    standard = ["import uuid"] if "uuid.UUID" in bare else []
    typing = [name for name in ("Annotated", "Any", "Literal") if name in used]
    standard += [f"from typing import {', '.join(typing)}"] if typing else []
    third = ["import sqlalchemy as sa"] if re.search(r"\bsa\.", bare) else []
    third.append(f"from fastapi import {', '.join(name for name in _FASTAPI if name in used)}")
    groups = [["from __future__ import annotations"], standard, third, _own_imports(bare, used, held, written)]
    return "\n\n".join("\n".join(group) for group in groups if group).split("\n")


def _own_imports(bare: str, used: set[str], held: Facts | None, written: _Written) -> list[str]:
    own = [imports("app", [name for name in ("listing", "rows") if re.search(rf"\b{name}\.", bare)])]
    own += [imports("app.calls", ["Call"] if "Call" in used else [])]
    own += [imports("app.database", ["Session"] if "Session" in used else [])]
    own += [imports("app.handlers", [f"{module} as {name}"]) for name, module in written.handlers.items()]
    own += [imports("app.schemas", ["contract"] if "contract." in bare else [])]
    own += [imports("app.schemas.base", ["Page"] if "Page" in used else [])]
    if held:
        own += [imports(f"app.models.{held.module}", [held.name] if held.name in used else [])]
        schemas = [f"{held.name}{kind}" for kind in ("Create", "Query", "Read", "Update")]
        own += [imports(f"app.schemas.{held.module}", [name for name in schemas if name in used])]
    blocks = sorted((block for block in own if block), key=lambda block: (block[0].split()[1], block))
    return [line for block in blocks for line in block]


def _package(modules: Sequence[str]) -> str:
    """Routers in an order in which no pattern hides a plainer path of a later one."""
    routers = tuple_of("ROUTERS: tuple[APIRouter, ...] = (", *(f"{module}.router" for module in modules))
    found = imports("app.routes", sorted(modules))
    head = ['"""All routes of the service. Generated by Flaresmith."""', "", "from fastapi import APIRouter", ""]
    return "\n".join([*head, *found, *([""] if found else []), *lines(routers)]) + "\n"
