"""The routes of one entity, written out: list, create, get, change, replace, delete and its transitions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flaresmith.compiler import naming, resolve
from flaresmith.compiler.model import Endpoint, Entity
from flaresmith.compiler.python import names as python_names
from flaresmith.compiler.python.layout import Call, Node, after, call, docstring, header, lines, literal, text
from flaresmith.compiler.targets.fastapi.paths import python_path

_TAKEN = "router rows listing KEYS ORDER SORTS Any Annotated session request response body query row view changes"
_RESERVED = frozenset(_TAKEN.split())


def resource_module(entity: Entity, names: python_names.Names, endpoints: Sequence[Endpoint]) -> str:
    """The module with the router of an entity."""
    return _Resource(entity, names, endpoints).module()


class _Resource:
    def __init__(self, entity: Entity, names: python_names.Names, endpoints: Sequence[Endpoint]) -> None:
        self.entity = entity
        self.name = names.classes[entity.name]
        self.module_name = names.modules[entity.name]
        self.attributes = python_names.attributes(entity)
        self.endpoints = sorted(endpoints, key=lambda e: (e.path, e.method))
        wanted = [naming.snake(endpoint.operation_id) for endpoint in self.endpoints]
        self.functions = naming.distinct(wanted, _RESERVED)
        self.hidden = next((self.attributes[f.name] for f in entity.fields if resolve.is_deletion_time(f)), "")
        self.states = list(dict.fromkeys(t.field for t in entity.transitions if t.field in self.attributes))

    def module(self) -> str:
        routes = [self._route(endpoint, name) for endpoint, name in zip(self.endpoints, self.functions, strict=True)]
        body = "\n\n\n".join("\n".join(route) for route in routes)
        requirements = [*self.entity.requirements, *(i for e in self.endpoints for i in e.requirements)]
        sources = [self.entity.source, *(e.source for e in self.endpoints)]
        head = header(f"Routes of {self.name}.", requirements, sources)
        constants = self._constants()
        return "\n".join([*head, "", *self._imports(body), "", *constants, "", "", body]) + "\n"

    def _constants(self) -> list[str]:
        keys = [text(self.attributes[field.name]) for field in self.entity.primary_key]
        made = [
            f"router = APIRouter(tags=[{text(self.name)}])",
            *lines(call("KEYS = (", *keys, close=",)" if len(keys) == 1 else ")")),
            f"ORDER = {text(self._order())}",
            *lines(after("SORTS = ", literal(self._sorts()))),
        ]
        return made + [line for state in self.states for line in self._arrows(state)]

    def _order(self) -> str:
        created = [f for f in self.entity.fields if resolve.is_creation_time(f) and not resolve.is_nullable(f)]
        return f"-{self.attributes[created[0].name]}" if created else self.attributes[self.entity.primary_key[0].name]

    def _sorts(self) -> dict[str, str]:
        return {f.name: self.attributes[f.name] for f in self.entity.fields if resolve.is_sortable(f)}

    def _arrows(self, state: str) -> list[str]:
        found = [t for t in self.entity.transitions if t.field == state]
        arrows = dict.fromkeys((_state(t.before), t.after) for t in found)
        items = [f"({text(before) if before else 'None'}, {text(after_)})" for before, after_ in arrows]
        return lines(call(f"{self._arrows_name(state)} = frozenset(", Call("{", tuple(items), "}")))

    def _arrows_name(self, state: str) -> str:
        return f"{naming.snake(state).upper()}_ARROWS"

    def _imports(self, body: str) -> list[str]:
        fastapi = sorted(
            n for n in ("APIRouter", "Path", "Query", "Request", "Response") if n in body or n == "APIRouter"
        )
        schemas = sorted(f"{self.name}{k}" for k in ("Create", "Query", "Read", "Update") if f"{self.name}{k}" in body)
        own = [
            f"from app import {', '.join(n for n in ('listing', 'rows') if f'{n}.' in body)}",
            "from app.database import Session",
            f"from app.models.{self.module_name} import {self.name}",
            *(["from app.schemas.base import Page"] if "Page[" in body else []),
            *([f"from app.schemas.{self.module_name} import {', '.join(schemas)}"] if schemas else []),
        ]
        own = sorted((line for line in own if not line.endswith("import ")), key=lambda line: line.split()[1])
        standard = ["from typing import Annotated"] if "Annotated[" in body else []
        sqlalchemy = ["import sqlalchemy as sa"] if "sa." in body else []
        third = [*sqlalchemy, f"from fastapi import {', '.join(fastapi)}"]
        groups = [["from __future__ import annotations"], standard, third, own]
        return "\n\n".join("\n".join(group) for group in groups if group).split("\n")

    def _route(self, endpoint: Endpoint, function: str) -> list[str]:
        action = endpoint.action.split(":")[0]
        return _ACTIONS[action](self, endpoint, function)

    def _decorator(self, endpoint: Endpoint, *items: Node) -> list[str]:
        path = python_path(endpoint.path)
        summary = [f"summary={text(endpoint.summary)}"] if endpoint.summary else []
        method = endpoint.method.lower()
        named = f"operation_id={text(endpoint.operation_id)}"
        return lines(call(f"@router.{method}(", text(path), *items, named, *summary))

    def _function(self, name: str, parameters: Sequence[str], answers: str, endpoint: Endpoint, says: str) -> list[str]:
        head = lines(call(f"async def {name}(", *parameters, close=f") -> {answers}:"))
        return [*head, *docstring(says, endpoint.description, " ".join(endpoint.requirements), indent=4)]

    def _key(self, endpoint: Endpoint) -> tuple[list[str], str]:
        """The parameters of the path, and the expression of the key they make."""
        return ['id_: Annotated[str, Path(alias="id")]'], f"rows.key_of({self.name}, KEYS, id_)"

    def _find(self, key: str, *, lock: bool) -> list[str]:
        items: list[Node] = ["session", self.name, key]
        items += ["lock=True"] if lock else []
        items += [f"hidden={text(self.hidden)}"] if self.hidden else []
        return lines(after("row = await ", call("rows.find(", *items)), 4)

    def _view(self) -> list[str]:
        return [
            f"    view = {self.name}Read.model_validate(row)",
            "    rows.set_tag(response, view)",
            "    return view",
        ]

    def write_list(self, endpoint: Endpoint, function: str) -> list[str]:
        parameters = [f"query: Annotated[{self.name}Query, Query()]", "session: Session"]
        hidden = [f"hidden={text(self.hidden)}"] if self.hidden else []
        page = call(
            "listing.page(",
            "session",
            self.name,
            f"{self.name}Read",
            "query",
            "keys=KEYS",
            "order=ORDER",
            "sorts=SORTS",
            *hidden,
        )
        return [
            *self._decorator(endpoint),
            *self._function(function, parameters, f"Page[{self.name}Read]", endpoint, f"One page of {self.name}."),
            *lines(after("return await ", page), 4),
        ]

    def write_create(self, endpoint: Endpoint, function: str) -> list[str]:
        parameters = [f"body: {self.name}Create", "response: Response", "session: Session"]
        location = f'f"{endpoint.path}/{{rows.key_text(row, KEYS)}}"'
        return [
            *self._decorator(endpoint, "status_code=201"),
            *self._function(function, parameters, f"{self.name}Read", endpoint, f"Makes a {self.name}."),
            f"    row = {self.name}(**rows.given(body))",
            "    session.add(row)",
            "    await session.flush()",
            f'    response.headers["Location"] = {location}',
            *self._view(),
        ]

    def write_get(self, endpoint: Endpoint, function: str) -> list[str]:
        path, key = self._key(endpoint)
        return [
            *self._decorator(endpoint),
            *self._function(
                function,
                [*path, "response: Response", "session: Session"],
                f"{self.name}Read",
                endpoint,
                f"Reads one {self.name}.",
            ),
            *self._find(key, lock=False),
            *self._view(),
        ]

    def write_update(self, endpoint: Endpoint, function: str) -> list[str]:
        checks: list[str] = []
        for state in self.states:
            sent = text(self.attributes[state])
            checks += [f"    if {sent} in changes:", *self._check(state, f"changes[{sent}]", 8)]
        steps = ["    changes = rows.given(body)", *checks, "    rows.change(row, changes)"]
        return self._write(endpoint, function, f"{self.name}Update", f"Changes a {self.name}.", steps)

    def write_replace(self, endpoint: Endpoint, function: str) -> list[str]:
        checks = [line for s in self.states for line in self._check(s, f"body.{self.attributes[s]}", 4)]
        steps = [*checks, "    rows.replace(row, body, KEYS)"]
        return self._write(endpoint, function, f"{self.name}Create", f"Replaces a {self.name}.", steps)

    def _check(self, state: str, wanted: str, indent: int) -> list[str]:
        present = f"row.{self.attributes[state]}"
        return lines(call("rows.check_transition(", text(state), present, wanted, self._arrows_name(state)), indent)

    def _write(self, endpoint: Endpoint, function: str, body: str, says: str, steps: Sequence[str]) -> list[str]:
        path, key = self._key(endpoint)
        parameters = [*path, f"body: {body}", "request: Request", "response: Response", "session: Session"]
        return [
            *self._decorator(endpoint),
            *self._function(function, parameters, f"{self.name}Read", endpoint, says),
            *self._find(key, lock=True),
            f"    rows.check_tag(request, {self.name}Read.model_validate(row))",
            *steps,
            "    await session.flush()",
            *self._view(),
        ]

    def write_delete(self, endpoint: Endpoint, function: str) -> list[str]:
        path, key = self._key(endpoint)
        gone = f"    row.{self.hidden} = sa.func.now()" if self.hidden else "    await session.delete(row)"
        return [
            *self._decorator(endpoint, "status_code=204"),
            *self._function(
                function, [*path, "request: Request", "session: Session"], "None", endpoint, f"Deletes a {self.name}."
            ),
            *self._find(key, lock=True),
            f"    rows.check_tag(request, {self.name}Read.model_validate(row))",
            gone,
        ]

    def write_transition(self, endpoint: Endpoint, function: str) -> list[str]:
        trigger = endpoint.action.partition(":")[2]
        found = [t for t in self.entity.transitions if t.trigger == trigger and t.field in self.attributes]
        path, key = self._key(endpoint)
        field = found[0].field
        arrows = call(
            "(",
            *(f"({text(b) if (b := _state(t.before)) else 'None'}, {text(t.after)})" for t in found),
            close=",)" if len(found) == 1 else ")",
        )
        moved = call("rows.move(", "row", text(field), text(self.attributes[field]), arrows)
        return [
            *self._decorator(endpoint),
            *self._function(
                function,
                [*path, "response: Response", "session: Session"],
                f"{self.name}Read",
                endpoint,
                f"{trigger.capitalize()}.",
            ),
            *self._find(key, lock=True),
            *lines(moved, 4),
            "    await session.flush()",
            *self._view(),
        ]


def _state(before: str) -> str:
    """A state, or nothing for an arrow that starts anywhere."""
    return "" if before.strip() in {"", "*", "any"} else before


_ACTIONS: dict[str, Callable[[_Resource, Endpoint, str], list[str]]] = {
    "list": _Resource.write_list,
    "create": _Resource.write_create,
    "get": _Resource.write_get,
    "update": _Resource.write_update,
    "replace": _Resource.write_replace,
    "delete": _Resource.write_delete,
    "transition": _Resource.write_transition,
}
