"""Routes of an entity that has no contract: list, create, get, change, replace, delete, transitions and links."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flaresmith.compiler.python.layout import Node, after, call, lines, literal, text, tuple_of
from flaresmith.compiler.service import Action, Link, Operation
from flaresmith.compiler.targets.fastapi.facts import Facts, decorator, link_name, signature
from flaresmith.compiler.targets.fastapi.paths import parameters, slot

ID = "id_"


def derived_route(facts: Facts, operation: Operation, function: str) -> list[str]:
    """The lines of one route."""
    return _ACTIONS[operation.action](facts, operation, function)


def _path(operation: Operation) -> list[Node]:
    names = parameters(operation.endpoint.path)
    variables = [ID] if len(names) == 1 else [f"{ID}{number}" for number in range(1, len(names) + 1)]
    return [f"{v}: Annotated[str, Path(alias={text(slot(n))})]" for v, n in zip(variables, names, strict=True)]


def _key(facts: Facts, operation: Operation) -> Node:
    count = len(parameters(operation.endpoint.path))
    if count == 1:
        return f"rows.key_of({facts.name}, KEYS, {ID})"
    parts = [f"{key}={ID}{number}" for number, key in enumerate(facts.keys[:count], start=1)]
    return call("rows.parts_of(", facts.name, *parts)


def _view(facts: Facts) -> list[str]:
    return [f"    view = rows.view_of({facts.name}Read, row)", "    rows.set_tag(response, view)", "    return view"]


def _list(facts: Facts, operation: Operation, function: str) -> list[str]:
    name = facts.name
    items = ["session", name, f"{name}Read", "query", "keys=KEYS", "order=ORDER", "sorts=SORTS", *facts.hidden_items]
    taken = [f"query: Annotated[{name}Query, Query()]", "request: Request", "response: Response", "session: Session"]
    return [
        *decorator(operation),
        *signature(function, taken, f"Page[{name}Read]", operation, f"One page of {name}."),
        *lines(after("page = await ", call("listing.page(", *items)), 4),
        "    rows.fresh(request, response, page)",
        "    return page",
    ]


def _create(facts: Facts, operation: Operation, function: str) -> list[str]:
    name = facts.name
    items = [f"body: {name}Create", "response: Response", "session: Session"]
    return [
        *decorator(operation, "status_code=201"),
        *signature(function, items, f"{name}Read", operation, f"Makes a {name}."),
        f"    row = rows.new({name}, body)",
        "    session.add(row)",
        "    await rows.written(session, row)",
        f'    response.headers["Location"] = rows.location({text(operation.location)}, row, KEYS)',
        *_view(facts),
    ]


def _get(facts: Facts, operation: Operation, function: str) -> list[str]:
    items = [*_path(operation), "request: Request", "response: Response", "session: Session"]
    return [
        *decorator(operation),
        *signature(function, items, f"{facts.name}Read", operation, f"Reads one {facts.name}."),
        *facts.find(_key(facts, operation), lock=False),
        f"    view = rows.view_of({facts.name}Read, row)",
        "    rows.fresh(request, response, view)",
        "    return view",
    ]


def _update(facts: Facts, operation: Operation, function: str) -> list[str]:
    steps = ["    changes = rows.given(body)", *facts.checks(), "    rows.change(row, changes)"]
    steps.append("    await rows.written(session, row)")
    return _write(facts, operation, function, "Update", steps, f"Changes a {facts.name}.")


def _replace(facts: Facts, operation: Operation, function: str) -> list[str]:
    checks = [line for s in facts.states for line in facts.check(s, f"body.{facts.attributes[s]}", 4)]
    steps = [*checks, "    rows.replace(row, body, KEYS)", "    await rows.written(session, row)"]
    return _write(facts, operation, function, "Create", steps, f"Replaces a {facts.name}.")


def _write(facts: Facts, operation: Operation, function: str, body: str, steps: Sequence[str], says: str) -> list[str]:
    name = facts.name
    items = [*_path(operation), f"body: {name}{body}", "request: Request", "response: Response", "session: Session"]
    return [
        *decorator(operation),
        *signature(function, items, f"{name}Read", operation, says),
        *facts.find(_key(facts, operation), lock=True),
        f"    rows.check_tag(request, rows.view_of({name}Read, row))",
        *steps,
        *_view(facts),
    ]


def _delete(facts: Facts, operation: Operation, function: str) -> list[str]:
    items = [*_path(operation), "request: Request", "session: Session"]
    return [
        *decorator(operation, "status_code=204"),
        *signature(function, items, "None", operation, f"Deletes a {facts.name}."),
        *facts.find(_key(facts, operation), lock=True),
        f"    rows.check_tag(request, rows.view_of({facts.name}Read, row))",
        facts.gone(),
    ]


def _transition(facts: Facts, operation: Operation, function: str) -> list[str]:
    items = [*_path(operation), "request: Request", "response: Response", "session: Session"]
    says = f"{operation.endpoint.action.partition(':')[2].replace('_', ' ').capitalize()}."
    return [
        *decorator(operation),
        *signature(function, items, f"{facts.name}Read", operation, says),
        *facts.find(_key(facts, operation), lock=True),
        f"    rows.check_tag(request, rows.view_of({facts.name}Read, row))",
        *facts.move(operation),
        "    await rows.written(session, row)",
        *_view(facts),
    ]


def _linked(facts: Facts, operation: Operation, function: str) -> list[str]:
    link = _link(operation)
    far = facts.others[link.target]
    name = far.name
    taken = [*_path(operation), f"query: Annotated[{name}Query, Query()]"]
    taken += ["request: Request", "response: Response", "session: Session"]
    items: list[Node] = ["session", name, f"{name}Read", "query", tuple_of("keys=(", *map(text, far.keys))]
    items += [f"order={text(far.order)}", after("sorts=", literal(far.sorts)), *far.hidden_items]
    items.append(f"among=links.among({link_name(link.segment)}, {name}.{far.keys[0]}, {_end(facts, 'row')})")
    return [
        *decorator(operation),
        *signature(function, taken, f"Page[{name}Read]", operation, f"The {name} rows that belong to a {facts.name}."),
        *facts.find(f"rows.key_of({facts.name}, KEYS, {ID})", lock=False),
        *lines(after("page = await ", call("listing.page(", *items)), 4),
        "    rows.fresh(request, response, page)",
        "    return page",
    ]


def _add_link(facts: Facts, operation: Operation, function: str) -> list[str]:
    far = facts.others[_link(operation).target]
    constant = link_name(_link(operation).segment)
    steps = [
        *far.find(_far_key(far), lock=False, variable="other"),
        *lines(call("await links.add(", "session", constant, _end(facts, "row"), _end(far, "other")), 4),
    ]
    return _pair(facts, operation, function, steps, f"Adds a {far.name} to a {facts.name}.")


def _remove_link(facts: Facts, operation: Operation, function: str) -> list[str]:
    far = facts.others[_link(operation).target]
    constant, other = link_name(_link(operation).segment), f"other[{text(far.keys[0])}]"
    steps = [
        *lines(after("other = ", _far_key(far)), 4),
        *lines(call("await links.remove(", "session", constant, _end(facts, "row"), other, far.name), 4),
    ]
    return _pair(facts, operation, function, steps, f"Takes a {far.name} off a {facts.name}.")


def _pair(facts: Facts, operation: Operation, function: str, steps: Sequence[str], says: str) -> list[str]:
    return [
        *decorator(operation, "status_code=204"),
        *signature(function, [*_path(operation), "session: Session"], "None", operation, says),
        *facts.find(f"rows.key_of({facts.name}, KEYS, {ID}1)", lock=False),
        *steps,
    ]


def _far_key(far: Facts) -> Node:
    return call("rows.key_of(", far.name, tuple_of("(", *map(text, far.keys)), f"{ID}2")


def _end(facts: Facts, variable: str) -> str:
    return f"{variable}.{facts.keys[0]}"


def _link(operation: Operation) -> Link:
    assert operation.link is not None  # set for the three link actions
    return operation.link


_ACTIONS: dict[Action, Callable[[Facts, Operation, str], list[str]]] = {
    Action.LIST: _list,
    Action.CREATE: _create,
    Action.GET: _get,
    Action.UPDATE: _update,
    Action.REPLACE: _replace,
    Action.DELETE: _delete,
    Action.TRANSITION: _transition,
    Action.LIST_LINKED: _linked,
    Action.LINK: _add_link,
    Action.UNLINK: _remove_link,
}
