"""Tests of the contract's operations that the service serves by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from flaresmith.compiler import naming
from flaresmith.compiler.model import Endpoint, Entity, Model, Parameter
from flaresmith.compiler.python.layout import Call, Node, call, flat, text
from flaresmith.compiler.service import Serving, schemas
from flaresmith.compiler.service.trials import Trial
from flaresmith.compiler.targets.fastapi.paths import address, parameters

_SAMPLES = {"integer": "1", "number": "1", "boolean": "true"}
_FITTING: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
_MISSING = "00000000-0000-4000-8000-000000000000"


class Suite(Protocol):
    """The tests of one entity, as these functions need them."""

    entity: Entity
    module_name: str
    trial: Trial
    model: Model
    seeds: int

    def row(self, variable: str = "row", changes: Mapping[str, str] | None = None) -> Node:
        """The statement that makes a row."""
        ...

    def test(self, name: str, *body: Node, rows: bool = True) -> list[str]:
        """One test; each node is a statement."""
        ...


def contract_tests(suite: Suite, endpoint: Endpoint, served: Serving) -> Iterator[list[str]]:
    """The tests of one operation; what it is asked must fit any contract, so they are few and plain."""
    action, _, trigger = endpoint.action.partition(":")
    name = naming.snake(endpoint.operation_id)
    if not suite.trial.rows:
        return
    if action == "list":
        asked = _asked(endpoint, served)
        row = suite.row("row" if any("row." in flat(line) or "row[" in flat(line) for line in asked) else "_")
        yield suite.test(f"{name}_shows_a_row", row, *asked, *_listed(served, suite.seeds))
    elif action == "get":
        yield suite.test(f"{name}_shows_the_row", suite.row(), *_asked(endpoint, served))
        yield suite.test(f"{name}_of_nothing_is_404", *_missing(endpoint), rows=False)
    elif action == "delete":
        gone = [_sent("again", "delete", endpoint, served)]
        yield suite.test(
            f"{name}_removes_the_row",
            suite.row(),
            *_asked(endpoint, served),
            *gone,
            "assert again.status_code == 404, again.text",
        )
    elif action == "update" and not _needs_body(suite, endpoint):
        yield suite.test(f"{name}_without_changes_keeps_the_row", suite.row(), *_asked(endpoint, served, "json={}"))
    elif action == "transition" and endpoint.request_schema is None:
        yield from _moves(suite, endpoint, served, trigger)
    elif action == "create" and (body := _body(suite, endpoint, served)):
        yield suite.test(f"{name}_makes_a_row", *body, *_posted(endpoint, served))


def _moves(suite: Suite, endpoint: Endpoint, served: Serving, trigger: str) -> Iterator[list[str]]:
    found = [t for t in suite.entity.transitions if naming.snake(t.trigger) == naming.snake(trigger)]
    field = suite.entity.field(found[0].field) if found else None
    if field is None or found[0].before not in field.type.values:
        return
    name = naming.snake(endpoint.operation_id)
    yield suite.test(
        f"{name}_follows_its_arrow", suite.row(changes={field.name: found[0].before}), *_asked(endpoint, served)
    )
    starts = {t.before for t in found}
    wrong = [value for value in field.type.values if value not in starts]
    if not wrong or starts & {"", "*", "any"}:
        return
    asked = _sent("answer", "post", endpoint, served)
    refused = "assert answer.status_code == 409, answer.text"
    yield suite.test(f"{name}_needs_the_right_state", suite.row(changes={field.name: wrong[0]}), asked, refused)


def _asked(endpoint: Endpoint, served: Serving, *sent: str) -> list[Node]:
    return [
        _sent("answer", endpoint.method, endpoint, served, *sent),
        f"assert answer.status_code == {served.status}, answer.text",
    ]


def _sent(variable: str, method: str, endpoint: Endpoint, served: Serving, *sent: str) -> Node:
    where = _address(endpoint, served)
    return call(f"{variable} = await client.{method.lower()}(", where, *sent, *_options(endpoint, served))


def _listed(served: Serving, seeds: int) -> list[str]:
    if served.shape.view is None:
        return []
    rows = f"answer.json()[{text(served.shape.member)}]" if served.shape.member else "answer.json()"
    return [f"assert len({rows}) {'>= 1' if seeds else '== 1'}"]


def _missing(endpoint: Endpoint) -> list[Node]:
    path = endpoint.path
    for name in parameters(path):
        path = path.replace("{" + name + "}", _MISSING)
    headers = _headers(endpoint)
    return [
        call("answer = await client.get(", text(path), *headers),
        "assert answer.status_code == 404",
    ]


def _address(endpoint: Endpoint, served: Serving) -> str:
    """The path as an f-string over `row`."""
    return address(endpoint.path, served.parts if served.key or endpoint.action in {"list", "create"} else {})


def _options(endpoint: Endpoint, served: Serving) -> list[Node]:
    """The parameters and headers that the contract insists on."""
    needed = {p.name: p for p in schemas.query_parameters(endpoint) if p.required and p.name in served.asked}
    shown = [f"{text(name)}: {_wanted(served.asked[name])}" for name in needed]
    params: list[Node] = [Call("params={", tuple(shown), "}")] if shown else []
    return [*params, *_headers(endpoint)]


def _wanted(place: str) -> str:
    return {":limit": "1", ":page": "1", ":offset": "0"}.get(place, f"row[{text(place)}]")


def _headers(endpoint: Endpoint) -> list[Node]:
    needed = [p for p in endpoint.parameters if p.location == "header" and p.required]
    shown = [f"{text(p.name)}: {text(_header(p))}" for p in needed]
    return [Call("headers={", tuple(shown), "}")] if shown else []


def _header(parameter: Parameter) -> str:
    values = parameter.schema.get("enum")
    if isinstance(values, (list, tuple)) and values:
        return str(values[0])
    if parameter.schema.get("format") == "uuid":
        return _MISSING
    return _SAMPLES.get(next(iter(schemas.kinds(parameter.schema)), ""), "sample")


def _needs_body(suite: Suite, endpoint: Endpoint) -> bool:
    whole = schemas.resolved(endpoint.request_schema or {}, suite.model.schemas)
    return bool(schemas.required(whole))


def _body(suite: Suite, endpoint: Endpoint, served: Serving) -> list[Node]:
    """The entity's sample in the contract's words, where the contract surely accepts it."""
    whole = schemas.resolved(endpoint.request_schema or {}, suite.model.schemas)
    places = {name: served.sent.get(name) or _own(suite, name) for name in schemas.properties(whole)}
    known = {**suite.trial.constant, **{k: v[0] for k, v in suite.trial.distinct.items()}}
    needed = schemas.required(whole)
    chosen = {}
    for name, schema in schemas.properties(whole).items():
        place = places[name]
        if place in suite.trial.links or (
            place in known and _accepts(schemas.resolved(schema, suite.model.schemas), known[place])
        ):
            chosen[name] = place
        elif name in needed:
            return []
    if set(served.parts.values()) - suite.trial.links.keys():
        return []
    pairs = [f"{text(name)}: row[{text(place)}]" for name, place in chosen.items()]
    made = f"row = await factory.body({text(suite.module_name)})" if pairs else ""
    return [*([made] if made else []), Call("body = {", tuple(pairs), "}")]


def _own(suite: Suite, name: str) -> str:
    snake = naming.snake(name)
    return next((f.name for f in suite.entity.fields if naming.snake(f.name) == snake), "")


def _accepts(schema: Mapping[str, Any], value: Any) -> bool:
    """Whether the contract surely takes the value: plain types without limits of its own."""
    limits = {"minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
    if limits & schema.keys() or {"oneOf", "anyOf", "const", "multipleOf", "minItems", "maxItems"} & schema.keys():
        return False
    if isinstance(values := schema.get("enum"), (list, tuple)):
        return value in values
    kinds = schemas.kinds(schema)
    if not kinds:
        return True
    return any(type(value) in _FITTING.get(kind, ()) for kind in kinds)


def _posted(endpoint: Endpoint, served: Serving) -> list[Node]:
    return _asked(endpoint, served, "json=body")
