"""Every operation as a client sees it: a stable id, its group, its parameters, what it sends, and what it answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.clients.paging import Paging, paging_of
from flaresmith.compiler.model import Endpoint, Model, Parameter, Response
from flaresmith.compiler.wire import Wire, path_parameters, wire

_LOCATIONS = ("path", "query", "header", "cookie")
# What a client sets by itself; OpenAPI says that parameters of these names are ignored, or a mechanism of its own.
_OWN_HEADERS = frozenset({"accept", "content-type", "authorization", "idempotency-key", "host", "content-length"})
_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})


@dataclass(frozen=True, slots=True)
class Body:
    """What a request carries. `kind` is json, multipart, form, text or binary."""

    schema: Mapping[str, Any]
    required: bool
    media_type: str
    kind: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    `answers` are the different JSON Schemas of its successes; `may_be_empty` says that a success can have no body.
    `kind` tells how a success is read: json, text, binary, or none where there is nothing to read. `keyed` says that
    the contract knows `Idempotency-Key`, so that a repeated request does its work once.
    """

    endpoint: Endpoint
    id: str
    group: str
    parameters: tuple[Parameter, ...]
    body: Body | None
    answers: tuple[Mapping[str, Any], ...]
    may_be_empty: bool
    kind: str
    paging: Paging | None
    keyed: bool

    @property
    def is_idempotent(self) -> bool:
        """Whether sending it twice does what sending it once does."""
        return self.endpoint.method in _IDEMPOTENT

    def located(self, location: str) -> list[Parameter]:
        """The parameters in the path, query, header or cookie."""
        return [parameter for parameter in self.parameters if parameter.location == location]


@dataclass(frozen=True, slots=True)
class Group:
    """Operations that belong together: those of one tag, one entity, or one first word of the path."""

    name: str
    operations: tuple[Operation, ...]

    @property
    def entity(self) -> str:
        """The entity whose table alone explains all its operations; empty where a contract has a say."""
        found = {operation.endpoint.entity if operation.endpoint.derived else "" for operation in self.operations}
        return found.pop() if len(found) == 1 else ""

    @property
    def requirements(self) -> tuple[str, ...]:
        """The requirement ids that its operations serve."""
        return tuple(sorted({id_ for operation in self.operations for id_ in operation.endpoint.requirements}))


_latest: tuple[Model, tuple[Group, ...]] | None = None


def operations(model: Model) -> tuple[Operation, ...]:
    """Every operation of a model, group by group."""
    return tuple(operation for group in groups(model) for operation in group.operations)


def groups(model: Model) -> tuple[Group, ...]:
    """The operations in groups, both in alphabetical order; the latest answer is remembered."""
    global _latest
    latest = _latest
    if latest is None or latest[0] is not model:
        _latest = latest = (model, _groups(wire(model)))
    return latest[1]


def _groups(everything: Wire) -> tuple[Group, ...]:
    found: dict[str, list[Operation]] = {}
    names: dict[str, str] = {}
    for operation in _operations(everything):
        # Two spellings of one tag are one group: files and attributes are named after it.
        name = names.setdefault(naming.snake(operation.group), operation.group)
        found.setdefault(name, []).append(operation if operation.group == name else replace(operation, group=name))
    return tuple(Group(name, tuple(sorted(found[name], key=_order))) for name in sorted(found))


def _order(operation: Operation) -> tuple[str, str]:
    return operation.endpoint.path, operation.endpoint.method


def _operations(everything: Wire) -> Iterable[Operation]:
    endpoints = sorted(everything.endpoints, key=lambda e: (e.path, e.method, e.operation_id))
    uses = Counter(endpoint.operation_id for endpoint in endpoints)
    wanted = [_id(endpoint, uses) for endpoint in endpoints]
    for endpoint, id_ in zip(endpoints, naming.distinct(wanted), strict=True):
        yield _operation(endpoint, id_, everything)


def _id(endpoint: Endpoint, uses: Mapping[str, int]) -> str:
    """The operation's own id; one that is missing or not its own is made of method and path."""
    if endpoint.operation_id and uses[endpoint.operation_id] == 1:
        return endpoint.operation_id
    return naming.camel(f"{endpoint.method.lower()} {endpoint.path}")


def _operation(endpoint: Endpoint, id_: str, everything: Wire) -> Operation:
    successes = _successes(endpoint)
    described = [response for response in successes if response.schema is not None]
    answers = tuple(schema for n, schema in enumerate(_schemas(described)) if schema not in _schemas(described)[:n])
    parameters = _parameters(endpoint)
    kind = _kind(endpoint, described)
    first = answers[0] if len(answers) == 1 and kind == "json" else None
    return Operation(
        endpoint=endpoint,
        id=id_,
        group=_group(endpoint),
        parameters=parameters,
        body=_body(endpoint),
        answers=answers,
        may_be_empty=len(described) < len(successes) or not described,
        kind=kind,
        paging=paging_of(endpoint, parameters, first, everything.schemas) if first is not None else None,
        keyed=any(p.location == "header" and p.name.lower() == "idempotency-key" for p in endpoint.parameters),
    )


def _schemas(responses: Iterable[Response]) -> list[Mapping[str, Any]]:
    return [response.schema for response in responses if response.schema is not None]


def _successes(endpoint: Endpoint) -> list[Response]:
    """The documented successes; `default` stands for success only where nothing else does."""
    found = [response for response in endpoint.responses if response.status.upper().startswith("2")]
    return found or [response for response in endpoint.responses if response.status == "default"]


def _kind(endpoint: Endpoint, described: list[Response]) -> str:
    if endpoint.method == "HEAD" or not described:
        return "none"
    kinds = {_media_kind(response.media_type) for response in described}
    return kinds.pop() if len(kinds) == 1 else "json" if "json" in kinds else "binary"


def _body(endpoint: Endpoint) -> Body | None:
    if endpoint.request_schema is None:
        return None
    media = endpoint.request_media_type.split(";")[0].strip().lower()
    kinds = {"multipart/form-data": "multipart", "application/x-www-form-urlencoded": "form"}
    kind = kinds.get(media) or ("multipart" if media.startswith("multipart/") else _media_kind(media))
    return Body(endpoint.request_schema, endpoint.request_required, media, kind)


def _media_kind(media_type: str) -> str:
    media = media_type.split(";")[0].strip().lower()
    if media.endswith("json") or media == "*/*":
        return "json"
    return "text" if media.startswith("text/") or media.endswith(("xml", "yaml")) else "binary"


def _group(endpoint: Endpoint) -> str:
    if tag := next((tag for tag in endpoint.tags if tag.strip()), ""):
        return tag
    if endpoint.entity:
        return naming.pascal(naming.plural(endpoint.entity))
    return next((part for part in endpoint.path.split("/") if part and "{" not in part), "general")


def _parameters(endpoint: Endpoint) -> tuple[Parameter, ...]:
    """Each parameter once; a brace in the path that nobody declared is a string, those of the path come in its order.

    Headers that the client itself sets are left out.
    """
    named = dict.fromkeys(path_parameters(endpoint.path))
    found: dict[tuple[str, str], Parameter] = {}
    for parameter in endpoint.parameters:
        if parameter.location in _LOCATIONS and not _is_own(parameter, named):
            found.setdefault((parameter.location, parameter.name), parameter)
    undeclared = [Parameter(name, "path", True, {"type": "string"}) for name in named if ("path", name) not in found]
    order = list(named)
    listed = [replace(p, required=True) if p.location == "path" else p for p in (*found.values(), *undeclared)]
    return tuple(sorted(listed, key=lambda p: (_LOCATIONS.index(p.location), _place(p, order), not p.required)))


def _is_own(parameter: Parameter, named: Mapping[str, None]) -> bool:
    if parameter.location == "path":
        return parameter.name not in named
    return parameter.location == "header" and parameter.name.lower() in _OWN_HEADERS


def _place(parameter: Parameter, order: list[str]) -> int:
    return order.index(parameter.name) if parameter.location == "path" else 0
