"""Modules of routes: one per entity, and one per group of operations that no entity explains."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from flaresmith.compiler import naming
from flaresmith.compiler.model import File, Model, Source
from flaresmith.compiler.python import contract
from flaresmith.compiler.python import names as python_names
from flaresmith.compiler.python.layout import header, imports, lines, text, tuple_of, without_literals
from flaresmith.compiler.service import Action, Group, Service, service
from flaresmith.compiler.surroundings import surroundings
from flaresmith.compiler.targets.fastapi.contracted import contracted_route
from flaresmith.compiler.targets.fastapi.derived import derived_route
from flaresmith.compiler.targets.fastapi.facts import Facts, all_facts
from flaresmith.compiler.targets.fastapi.operations import HANDLERS, handler_file, operation_route

FOLDER = "api/app/routes"
_TAKEN = """router rows listing links guard sa contract uuid Any Annotated Literal Call Session KEYS ORDER SORTS SHOWN
    body query request response session row other page shown view changes created listed call matches pydantic"""
RESERVED = frozenset(_TAKEN.split())
_BASE = (
    *("Email", "Int32", "Int64", "IsoDate", "IsoDatetime", "IsoTime", "OneOf", "Page", "Real"),
    *("Spelled", "Uri", "Uuid", "matches"),
)
_FASTAPI = ("APIRouter", "Body", "Cookie", "Depends", "Header", "Path", "Query", "Request", "Response")


@dataclass(slots=True)
class _Written:
    """A module under way: its routes, and what they made necessary."""

    routes: list[list[str]] = field(default_factory=list)
    handlers: dict[str, str] = field(default_factory=dict)  # import name → module


def route_files(model: Model, target: str) -> Iterator[File]:
    """The modules of routes, the seeds of handlers, and the package that lists all routers."""
    plan = service(model)
    names = python_names.names(python_names.sound_entities(model))
    chosen = contract.contract_names(model)
    known = all_facts(plan.resources, names, chosen)
    around = surroundings(model)
    modules = module_names(plan, names)
    for group in plan.groups:
        held = known[group.resource.name] if group.resource else None
        made = partial(_group_files, group, modules[group.name], held, chosen, target)
        yield from around.remembered("fastapi routes", group.resource.name, made) if group.resource else made()
    yield File(f"{FOLDER}/__init__.py", _package([modules[group.name] for group in plan.groups]), target)
    yield File(
        f"{HANDLERS}/__init__.py", '"""The code of operations that no spec can tell: yours."""\n', target, seed=True
    )


def module_names(plan: Service, names: python_names.Names) -> dict[str, str]:
    """Group → module: an entity's group has the name of its other modules."""
    own = {group.name: names.modules[group.resource.name] for group in plan.groups if group.resource}
    loose = [group.name for group in plan.groups if not group.resource]
    chosen = naming.distinct(map(python_names.module_name, loose), {*own.values(), *python_names.RESERVED_MODULES})
    return own | dict(zip(loose, chosen, strict=True))


def _group_files(
    group: Group, module: str, held: Facts | None, names: contract.ContractNames, target: str
) -> tuple[File, ...]:
    written = _Written()
    files = []
    wanted = [python_names.module_name(o.endpoint.operation_id) for o in group.operations]
    for operation, function in zip(group.operations, naming.distinct(wanted, RESERVED), strict=True):
        if held is None or operation.action is Action.HANDLER:
            handler = python_names.module_name(operation.handler)
            written.handlers[f"handle_{handler}"] = handler
            written.routes.append(operation_route(operation, names, function, f"handle_{handler}"))
            files.append(handler_file(operation.endpoint, names, handler, target))
        elif operation.derived:
            written.routes.append(derived_route(held, operation, function))
        else:
            written.routes.append(contracted_route(held, operation, function))
    requirements = [*(held.entity.requirements if held else ()), *_requirements(group)]
    sources = ((held.entity.source,) if held else ()) + tuple(o.endpoint.source for o in group.operations)
    code = _module(group, held, written, requirements, sources)
    return (*files, File(f"{FOLDER}/{module}.py", code, target, tuple(sorted(set(requirements))), sources))


def _requirements(group: Group) -> list[str]:
    return [id_ for operation in group.operations for id_ in operation.endpoint.requirements]


def _module(
    group: Group, held: Facts | None, written: _Written, requirements: Sequence[str], sources: Sequence[Source]
) -> str:
    body = "\n\n\n".join("\n".join(route) for route in written.routes)
    title = held.name if held else group.title
    head = header(f"Routes of {title}.", requirements, sources)
    constants = [f"router = APIRouter(tags=[{text(title)}])"]
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
    bare = without_literals(code)
    used = set(re.findall(r"[A-Za-z_]\w*", bare))
    typing = [name for name in ("Annotated", "Any", "Literal") if name in used]
    standard = [f"from typing import {', '.join(typing)}"] if typing else []
    third = ["import pydantic"] if "pydantic." in bare else []
    third += ["import sqlalchemy as sa"] if re.search(r"\bsa\.", bare) else []
    third.append(f"from fastapi import {', '.join(name for name in _FASTAPI if name in used)}")
    third += ["from pydantic import Field"] if re.search(r"\bField\(", bare) else []
    groups = [["from __future__ import annotations"], standard, third, _own_imports(bare, used, held, written)]
    return "\n\n".join("\n".join(group) for group in groups if group).split("\n")


def _own_imports(bare: str, used: set[str], held: Facts | None, written: _Written) -> list[str]:
    own = [imports("app", [name for name in ("links", "listing", "rows") if re.search(rf"\b{name}\.", bare)])]
    own += [imports("app.calls", ["Call"] if "Call" in used else [])]
    own += [imports("app.database", ["Session"] if "Session" in used else [])]
    own += [imports("app.handlers", [f"{module} as {name}"]) for name, module in written.handlers.items()]
    own += [imports("app.schemas", ["contract"] if "contract." in bare else [])]
    own += [imports("app.security", [name for name in ("Demand", "guard") if f"{name}(" in bare])]
    own += [imports("app.schemas.base", [name for name in _BASE if name in used])]
    for one in _named(held) if held else ():
        own += [imports(f"app.models.{one.module}", [one.name] if one.name in used else [])]
        schemas = [f"{one.name}{kind}" for kind in ("Create", "Query", "Read", "Update")]
        own += [imports(f"app.schemas.{one.module}", [name for name in schemas if name in used])]
    blocks = sorted((block for block in own if block), key=_import_order)
    return [line for block in blocks for line in block]


def _import_order(block: list[str]) -> tuple[str, list[str]]:
    """Modules by name, then what is imported, in brackets or not."""
    words = " ".join(block).replace("(", " ").split()
    return words[1], words[3:]


def _named(held: Facts) -> list[Facts]:
    """The entity of the module, and those that it is linked with."""
    return [held.others[name] for name in dict.fromkeys([held.resource.name, *(x.target for x in held.resource.links)])]


def _package(modules: Sequence[str]) -> str:
    """Routers in an order in which no pattern hides a plainer path of a later one."""
    routers = tuple_of("ROUTERS: tuple[APIRouter, ...] = (", *(f"{module}.router" for module in modules))
    found = imports("app.routes", sorted(modules))
    head = ['"""All routes of the service. Generated by Flaresmith."""', "", "from fastapi import APIRouter", ""]
    return "\n".join([*head, *found, *([""] if found else []), *lines(routers)]) + "\n"
