"""Modules of routes: one per entity, and one per group of operations that no entity explains."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from flaresmith.compiler import naming
from flaresmith.compiler.model import Endpoint, File, Model
from flaresmith.compiler.service import Demand, Group, Operation, Service, service
from flaresmith.compiler.surroundings import surroundings
from flaresmith.compiler.targets.hono.handlers import handler_file, handler_route
from flaresmith.compiler.targets.hono.names import Names, names
from flaresmith.compiler.targets.hono.resources import SOURCES
from flaresmith.compiler.targets.hono.served import Constants, served_call, slot
from flaresmith.compiler.typescript.layout import (
    INDENT,
    Node,
    after,
    array,
    call,
    flat,
    header,
    imports,
    lines,
    module,
    obj,
)
from flaresmith.compiler.typescript.text import WIDTH, comment, literal
from flaresmith.compiler.typescript.zod import Writer

_STRINGS = re.compile(r'"(?:[^"\\\n]|\\.)*"|/\*\*.*?\*/|^//.*$', re.MULTILINE)
_OPERATIONS = ["create", "get", "link", "list", "listLinked", "remove", "replace", "transition", "unlink", "update"]
_NAMES = re.compile(r"(?:(?<![\w.])|(?<=\.\.\.))[A-Za-z_]\w*")  # a member belongs to what stands before its dot
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "options"})
_IS_HEAD = 'c.req.method === "HEAD"'
_READERS = ("listOf", "spelt")
_PARAMETER = re.compile(r"\{([^{}]*)\}")
_WHOLE = re.compile(r"\{[^{}]*\}")


@dataclass(slots=True)
class _Written:
    """A module under way: its constants and routes, and the handlers that it needs."""

    constants: Constants
    routes: list[list[str]] = field(default_factory=list)
    handlers: dict[str, str] = field(default_factory=dict)


def route_files(model: Model, target: str) -> Iterator[File]:
    """The modules of routes, the seeds of handlers, and the module that lists all routes."""
    plan = service(model)
    chosen = names(model, plan)
    around = surroundings(model)
    for group in plan.groups:
        made = partial(_group_files, group, model, plan, chosen, target)
        yield from around.remembered("hono routes", group.resource.name, made) if group.resource else made()
    yield File(f"{SOURCES}/routes/index.ts", _index(plan), target)


def _group_files(group: Group, model: Model, plan: Service, chosen: Names, target: str) -> tuple[File, ...]:
    files = []
    writer = Writer(dict(chosen.contracts), set(chosen.contracts))
    written = _Written(Constants(writer, model))
    for operation in sorted(group.operations, key=_heads_first):
        endpoint = operation.endpoint
        if not _is_plain(endpoint.path):
            written.routes.append(
                [f"// Not served: {endpoint.method} {endpoint.path}. A parameter is a whole segment here."]
            )
            continue
        if operation.resource is None or operation.serving is None:
            constant = f"handle{naming.pascal(operation.handler)}"
            written.handlers[constant] = naming.kebab(operation.handler)
            answer = handler_route(operation, written.constants, constant)
            files.append(handler_file(operation, chosen, target))
        else:
            answer = served_call(operation, plan, chosen, written.constants)
        written.routes.append(_route(operation, answer))
    resource = group.resource
    requirements = [*(resource.entity.requirements if resource else ()), *_requirements(group)]
    sources = [*([resource.entity.source] if resource else []), *(o.endpoint.source for o in group.operations)]
    text = _module(group, written, chosen)
    path = f"{SOURCES}/routes/{naming.kebab(group.name)}.ts"
    return (*files, File(path, text, target, tuple(sorted(set(requirements))), tuple(sources)))


def _heads_first(operation: Operation) -> bool:
    """Hono looks for the answer of HEAD among those of GET: one of its own must stand before."""
    return operation.endpoint.method != "HEAD"


def _requirements(group: Group) -> list[str]:
    return [id_ for operation in group.operations for id_ in operation.endpoint.requirements]


def _is_plain(path: str) -> bool:
    """Whether every parameter is a whole segment."""
    return all("{" not in part or _WHOLE.fullmatch(part) for part in path.split("/"))


def hono_path(path: str) -> str:
    """`/tools/{id}` → `/tools/:id`."""
    return _PARAMETER.sub(lambda match: ":" + slot(match.group(1)), path)


def _route(operation: Operation, answer: Node) -> list[str]:
    endpoint = operation.endpoint
    items: list[Node] = [literal(hono_path(endpoint.path))]
    items += [call("guard(", *map(_demands, operation.security))] if operation.security else []
    items += ["refusing(422)"] if operation.refusal == 422 else []
    if endpoint.method == "HEAD":
        guards = [after(f"(c, next) => ({_IS_HEAD} ? ", item, "(c, next) : next())") for item in items[1:]]
        answer = after(f"({_IS_HEAD} ? ", answer, " : next())")
        return [*comment(_says(endpoint)), *_laid_out("routes.get(", [items[0], *guards], answer, "(c, next) =>")]
    verb = endpoint.method.lower()
    opening = f"routes.{verb}(" if verb in _VERBS else f"routes.on({literal(endpoint.method)}, "
    return [*comment(_says(endpoint)), *_laid_out(opening, items, answer)]


def _laid_out(opening: str, items: Sequence[Node], answer: Node, arrow: str = "(c) =>") -> list[str]:
    """The route on one line, or its answer on lines of its own, or every argument so."""
    head = f"{opening}{', '.join([*map(flat, items), arrow])}"
    if len(f"{head} {flat(answer)});") <= WIDTH:
        return [f"{head} {flat(answer)});"]
    if len(head) <= WIDTH:
        return [head, *lines(answer, INDENT, ","), ");"]
    arguments = [*items, after(f"{arrow} ", answer)]
    return [opening, *(line for item in arguments for line in lines(item, INDENT, ",")), ");"]


def _says(endpoint: Endpoint) -> str:
    says = (endpoint.summary or endpoint.operation_id).rstrip(".")
    ids = ", ".join(sorted(set(endpoint.requirements)))
    return f"{says}{f' ({ids})' if ids else ''}."


def _demands(demands: Sequence[Demand]) -> Node:
    return array(*map(_demand, demands))


def _demand(demand: Demand) -> Node:
    members: dict[str, Node] = {"scheme": literal(demand.scheme), "kind": literal(demand.kind)}
    members |= {"name": literal(demand.name)} if demand.name else {}
    members |= {"scopes": array(*map(literal, demand.scopes))} if demand.scopes else {}
    return obj(members)


def _module(group: Group, written: _Written, chosen: Names) -> str:
    constants = written.constants.lines()
    code = "\n".join(line for block in [*constants, *written.routes] for line in block)
    used = set(_NAMES.findall(_STRINGS.sub('""', code)))
    resource = group.resource
    sources = [*([resource.entity.source] if resource else []), *(o.endpoint.source for o in group.operations)]
    ids = [*(resource.entity.requirements if resource else ()), *_requirements(group)]
    head = header(sources, ids, f"Routes of {' '.join(group.title.split())}.")
    body = [["export const routes = new Hono<Env>();"], *written.routes]
    return module([head, _imports(used, written, chosen), *constants, *body])


def _imports(used: set[str], written: _Written, chosen: Names) -> list[str]:
    foreign = imports(chosen.types, [n for n in ("contracts", "decimal", "decimalInput") if n in used])
    foreign += ['import { Hono } from "hono";', *(['import { z } from "zod";'] if "z" in used else [])]
    own = imports("../context.js", ["Env"], types=True)
    for name, module_name in sorted(written.handlers.items(), key=lambda item: item[1]):
        own += imports(f"../handlers/{module_name}.js", [f"handle as {name}"])
    own += imports("../handling.js", [n for n in ("handled",) if n in used])
    own += imports("../middleware.js", [n for n in ("refusing",) if n in used])
    own += imports("../operations.js", [n for n in _OPERATIONS if n in used])
    own += imports("../requests.js", [n for n in _READERS if n in used])
    homes: dict[str, list[str]] = {}
    for name in sorted(used & chosen.homes.keys()):
        homes.setdefault(chosen.homes[name], []).append(name)
    for home in sorted(homes):
        own += imports(f"../resources/{home}.js", homes[home])
    own += imports("../security.js", [n for n in ("guard",) if n in used])
    own += imports("../shapes.js", [n for n in ("picked",) if n in used])
    return [*foreign, "", *own]


def _index(plan: Service) -> str:
    """All routes, in an order in which no pattern hides a plainer path of a later one."""
    modules = [naming.kebab(group.name) for group in plan.groups]
    constants = naming.distinct(
        (naming.camel(group.name) for group in plan.groups), naming.TYPESCRIPT_RESERVED | {"ROUTES"}
    )
    found = sorted(zip(modules, constants, strict=True))
    own = [line for name, constant in found for line in imports(f"./{name}.js", [f"routes as {constant}"])]
    made = lines(call("export const ROUTES = [", *constants, close="];"))
    return module([header((), (), "All routes of the service."), own, made])
