"""Routes of an entity that has no contract: list, create, get, change, replace, delete and its transitions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flaresmith.compiler.model import Endpoint
from flaresmith.compiler.python.layout import Node, after, call, lines, text
from flaresmith.compiler.targets.fastapi.facts import Facts, decorator, signature
from flaresmith.compiler.targets.fastapi.paths import parameters, slot

ID = "id_"


def derived_route(facts: Facts, endpoint: Endpoint, function: str) -> list[str]:
    """The lines of one route."""
    return _ACTIONS[endpoint.action.partition(":")[0]](facts, endpoint, function)


def _path(endpoint: Endpoint) -> list[Node]:
    names = parameters(endpoint.path)
    variables = [ID] if len(names) == 1 else [f"{ID}{number}" for number in range(1, len(names) + 1)]
    return [f"{v}: Annotated[str, Path(alias={text(slot(n))})]" for v, n in zip(variables, names, strict=True)]


def _key(facts: Facts, endpoint: Endpoint) -> Node:
    count = len(parameters(endpoint.path))
    if count == 1:
        return f"rows.key_of({facts.name}, KEYS, {ID})"
    keys = [facts.attributes[field.name] for field in facts.entity.primary_key]
    parts = [f"{key}={ID}{number}" for number, key in enumerate(keys[:count], start=1)]
    return call("rows.parts_of(", facts.name, *parts)


def _view(facts: Facts) -> list[str]:
    return [f"    view = rows.view_of({facts.name}Read, row)", "    rows.set_tag(response, view)", "    return view"]


def _list(facts: Facts, endpoint: Endpoint, function: str) -> list[str]:
    name = facts.name
    items = ["session", name, f"{name}Read", "query", "keys=KEYS", "order=ORDER", "sorts=SORTS", *facts.hidden_items]
    asked = f"query: Annotated[{name}Query, Query()]"
    return [
        *decorator(endpoint),
        *signature(function, [asked, "session: Session"], f"Page[{name}Read]", endpoint, f"One page of {name}."),
        *lines(after("return await ", call("listing.page(", *items)), 4),
    ]


def _create(facts: Facts, endpoint: Endpoint, function: str) -> list[str]:
    name = facts.name
    items = [f"body: {name}Create", "response: Response", "session: Session"]
    return [
        *decorator(endpoint, "status_code=201"),
        *signature(function, items, f"{name}Read", endpoint, f"Makes a {name}."),
        f"    row = {name}(**rows.given(body))",
        "    session.add(row)",
        "    await rows.written(session, row)",
        f'    response.headers["Location"] = rows.location({text(facts.item_path(endpoint))}, row, KEYS)',
        *_view(facts),
    ]


def _get(facts: Facts, endpoint: Endpoint, function: str) -> list[str]:
    items = [*_path(endpoint), "response: Response", "session: Session"]
    return [
        *decorator(endpoint),
        *signature(function, items, f"{facts.name}Read", endpoint, f"Reads one {facts.name}."),
        *facts.find(_key(facts, endpoint), lock=False),
        *_view(facts),
    ]


def _update(facts: Facts, endpoint: Endpoint, function: str) -> list[str]:
    steps = ["    changes = rows.given(body)", *facts.checks(), "    rows.change(row, changes)"]
    steps.append("    await rows.written(session, row)")
    return _write(facts, endpoint, function, "Update", steps, f"Changes a {facts.name}.")


def _replace(facts: Facts, endpoint: Endpoint, function: str) -> list[str]:
    checks = [line for s in facts.states for line in facts.check(s, f"body.{facts.attributes[s]}", 4)]
    steps = [*checks, "    rows.replace(row, body, KEYS)", "    await rows.written(session, row)"]
    return _write(facts, endpoint, function, "Create", steps, f"Replaces a {facts.name}.")


def _write(facts: Facts, endpoint: Endpoint, function: str, body: str, steps: Sequence[str], says: str) -> list[str]:
    name = facts.name
    items = [*_path(endpoint), f"body: {name}{body}", "request: Request", "response: Response", "session: Session"]
    return [
        *decorator(endpoint),
        *signature(function, items, f"{name}Read", endpoint, says),
        *facts.find(_key(facts, endpoint), lock=True),
        f"    rows.check_tag(request, rows.view_of({name}Read, row))",
        *steps,
        *_view(facts),
    ]


def _delete(facts: Facts, endpoint: Endpoint, function: str) -> list[str]:
    items = [*_path(endpoint), "request: Request", "session: Session"]
    return [
        *decorator(endpoint, "status_code=204"),
        *signature(function, items, "None", endpoint, f"Deletes a {facts.name}."),
        *facts.find(_key(facts, endpoint), lock=True),
        f"    rows.check_tag(request, rows.view_of({facts.name}Read, row))",
        facts.gone(),
    ]


def _transition(facts: Facts, endpoint: Endpoint, function: str) -> list[str]:
    items = [*_path(endpoint), "response: Response", "session: Session"]
    says = f"{endpoint.action.partition(':')[2].replace('_', ' ').capitalize()}."
    return [
        *decorator(endpoint),
        *signature(function, items, f"{facts.name}Read", endpoint, says),
        *facts.find(_key(facts, endpoint), lock=True),
        *facts.move(endpoint),
        "    await rows.written(session, row)",
        *_view(facts),
    ]


_ACTIONS: dict[str, Callable[[Facts, Endpoint, str], list[str]]] = {
    "list": _list,
    "create": _create,
    "get": _get,
    "update": _update,
    "replace": _replace,
    "delete": _delete,
    "transition": _transition,
}
