"""Random requests, valid and not, sent to two services of one model; what they answer must be the same.

Ids, times, tags and cursors differ between the two: a request names them by what they stand for, and answers are
compared after they are replaced by that.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, unquote

import httpx

from flaresmith.compiler.model import Endpoint, Entity, Field, Kind, Model
from flaresmith.compiler.patterns import is_portable
from flaresmith.compiler.resolve import is_read_only
from flaresmith.compiler.samples import sample
from flaresmith.compiler.service import Action, Operation, service
from flaresmith.compiler.service.schemas import properties, required, resolved
from flaresmith.compiler.wire import Wire, path_parameters, wire

HEADERS = ("allow", "content-type", "location", "retry-after", "www-authenticate")
PRESENT = ("etag", "x-request-id")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_CURSOR = re.compile(r"cursor=[\w-]+")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
WRONG: tuple[Any, ...] = (
    None,
    True,
    [],
    {},
    "",
    "x",
    "not a value",
    12345.5,
    -1,
    10**30,
    "😀" * 300,
    "a\u0000b",
    ["x"],
)
ALMOST: tuple[Any, ...] = (
    *(0, 1, 1.0, 1.5, False, "0", "1", "true", "12.345", "1e1", "+1", " 1"),
    *("2024-02-30", "2024-01-01T00:00:00", "2024-01-01 00:00:00Z", "24:00", "10:00:00Z"),
    *("{00000000-0000-4000-8000-000000000000}", "00000000000040008000000000000000"),
)
ASKED = (
    *("", "0", "1", "-1", "+1", "1_0", "1.0", "1e1", "101", "x", "1.5", " 7 ", "true", "True", "yes", "on", "null"),
    *("2024-13-01", "2024-01-01", "12:00", "2024-01-01T00:00:00Z", "2024-01-01 00:00Z", "WyJ4Il0", "a\u0000", "😀"),
    *("00000000-0000-4000-8000-000000000000", "00000000000040008000000000000000"),
)
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class Known:
    """A value that the two services have in common only by its meaning: which entity, which row."""

    entity: str
    number: int
    what: str = "id"  # id, tag or cursor


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `Known` values in it are spelled for each service."""

    method: str
    path: tuple[str | Known, ...]
    query: tuple[tuple[str, Any], ...] = ()
    headers: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    raw: bytes | None = None

    def __str__(self) -> str:
        path = "".join(part if isinstance(part, str) else f"<{part.entity} {part.number}>" for part in self.path)
        sent = self.raw if self.raw is not None else self.body
        return f"{self.method} {path} {dict(self.query) or ''} {dict(self.headers) or ''} {sent!r}"


@dataclass(slots=True)
class Side:
    """One service and what its rows are called there."""

    client: httpx.Client
    values: dict[Known, Any] = field(default_factory=dict)
    meanings: dict[str, str] = field(default_factory=dict)

    def send(self, request: Request) -> httpx.Response:
        """The answer to a request, spelled for this service."""
        path = "".join(quote(str(self.spell(part)), safe="/%") for part in request.path)
        headers = {name: self.spell(value) for name, value in request.headers.items()}
        query = [(name, self.spell(value)) for name, value in request.query]
        content = request.raw
        if request.body is not None:
            content = json.dumps(self.deep(request.body)).encode()
            headers = {"content-type": "application/json", **headers}
        return self.client.request(request.method, path, params=query or None, headers=headers, content=content)

    def spell(self, value: Any) -> Any:
        """What a value is called here."""
        return self.values[value] if isinstance(value, Known) else value

    def deep(self, value: Any) -> Any:
        """The same, anywhere inside."""
        if isinstance(value, dict):
            return {name: self.deep(item) for name, item in value.items()}
        return [self.deep(item) for item in value] if isinstance(value, list) else self.spell(value)

    def learn(self, known: Known, value: Any) -> None:
        """From now on this is what the value is called here."""
        self.values[known] = value
        if known.what == "id":
            self.meanings[str(value)] = f"<{known.entity} {known.number}>"


@dataclass(frozen=True, slots=True)
class Difference:
    """A request that was answered differently."""

    request: Request
    one: Any
    other: Any

    def __str__(self) -> str:
        return f"{self.request}\n  python:     {self.one}\n  typescript: {self.other}"


class Comparison:
    """Both services, the rows they have, and a source of requests."""

    def __init__(self, model: Model, one: httpx.Client, other: httpx.Client, seed: int = 1) -> None:
        self.wire: Wire = wire(model)
        self.operations: Sequence[Operation] = service(model).operations
        self.entities = self.wire.entities
        self.random = random.Random(seed)
        self.sides = (Side(one), Side(other))
        self.rows: dict[str, list[int]] = {name: [] for name in self.entities}
        self.cursors: dict[str, list[Known]] = {}
        self.sent = 0
        self.statuses: dict[int, int] = {}

    def run(self, count: int) -> list[Difference]:
        """The differences in so many requests; every entity gets some rows first."""
        found = [d for _ in range(3) for operation in self.creations() if (d := self.compare(self.valid(operation)))]
        while self.sent < count:
            operation = self.random.choice(self.operations)
            if difference := self.compare(self.request(operation)):
                found.append(difference)
        return found

    def creations(self) -> Iterator[Operation]:
        """The operations that make rows, referred ones first."""
        waiting = [o for o in self.operations if o.action is Action.CREATE]
        while waiting:
            made = {o.endpoint.entity for o in waiting}
            free = next((o for o in waiting if not (self._needs(o) & made - {o.endpoint.entity})), waiting[0])
            waiting.remove(free)
            yield free

    def _needs(self, operation: Operation) -> set[str]:
        fields = self.entities[operation.endpoint.entity].fields
        return {f.references.entity for f in fields if f.references and f.required}

    def compare(self, request: Request) -> Difference | None:
        """Sends a request to both; what differs, if anything."""
        self.sent += 1
        answers = [side.send(request) for side in self.sides]
        self.statuses[answers[0].status_code] = self.statuses.get(answers[0].status_code, 0) + 1
        self._learn(request, answers)
        one, other = (self.plain(side, answer) for side, answer in zip(self.sides, answers, strict=True))
        return None if one == other else Difference(request, one, other)

    def _learn(self, request: Request, answers: Sequence[httpx.Response]) -> None:
        self._forget(request, answers)
        bodies = [_json(answer) for answer in answers]
        if not all(isinstance(body, dict) for body in bodies) or len({a.status_code for a in answers}) > 1:
            return
        entity = self._entity_at(request)
        keys = [self._key_in(entity, body) for body in bodies] if entity else []
        if answers[0].status_code == 201 and None not in keys and keys:
            self.rows[entity].append(self.sent)
            self._learned(Known(entity, self.sent), keys)
        if keys and None not in keys and all("etag" in answer.headers for answer in answers):
            place = self._number(entity, keys[0])
            self._learned(Known(entity, place, "tag"), [answer.headers["etag"] for answer in answers])
        if all(isinstance(body.get("nextCursor"), str) for body in bodies) and isinstance(request.path[0], str):
            known = Known(request.path[0], self.sent, "cursor")
            self._learned(known, [body["nextCursor"] for body in bodies])
            self.cursors.setdefault(request.path[0], []).append(known)

    def _key_in(self, entity: str, body: Mapping[str, Any]) -> Any:
        """The key of a row as a path and a reference spell it; the parts of a composite one joined."""
        names = [found.name for found in self.entities[entity].primary_key]
        if not names or not all(name in body for name in names):
            return None
        parts = [quote(quote(str(body[name]), safe=""), safe="") for name in names]
        return body[names[0]] if len(names) == 1 else ",".join(parts)

    def _forget(self, request: Request, answers: Sequence[httpx.Response]) -> None:
        """Most rows that are deleted are named no more, so that requests find something."""
        known = [part for part in request.path if isinstance(part, Known)]
        deleted = request.method == "DELETE" and all(answer.status_code == 204 for answer in answers)
        if deleted and len(known) == 1 and len(request.path) == 2 and self.random.random() < 0.8:
            self.rows[known[0].entity] = [n for n in self.rows[known[0].entity] if n != known[0].number]

    def _learned(self, known: Known, values: Sequence[Any]) -> None:
        for side, value in zip(self.sides, values, strict=True):
            side.learn(known, value)

    def _number(self, entity: str, value: Any) -> int:
        found = (n for n in self.rows[entity] if self.sides[0].values.get(Known(entity, n)) == value)
        return next(found, 0)

    def _entity_at(self, request: Request) -> str:
        first = "".join(part if isinstance(part, str) else "*" for part in request.path)
        for operation in self.operations:
            shape = re.sub(r"\{[^{}]*\}", "*", operation.endpoint.path)
            if shape == first and operation.endpoint.method == request.method:
                return operation.endpoint.entity
        return ""

    def plain(self, side: Side, answer: httpx.Response) -> dict[str, Any]:
        """An answer without what may differ."""
        base = str(side.client.base_url).rstrip("/")
        sent = answer.headers if answer.content else {k: v for k, v in answer.headers.items() if k != "content-type"}
        headers = {n: self._text(side, unquote(unquote(v.replace(base, "")))) for n in HEADERS if (v := sent.get(n))}
        present = [name for name in PRESENT if name in answer.headers]
        return {
            "status": answer.status_code,
            "headers": headers,
            "present": present,
            "body": self._plain(side, _json(answer)),
        }

    def _plain(self, side: Side, value: Any, name: str = "") -> Any:
        if name in {"requestId", "timestamp"}:
            return f"<{name}>" if value else value
        if name == "issues":
            return sorted(json.dumps(_place(issue)) for issue in value)
        if name == "nextCursor":
            return "<cursor>" if value else value
        if isinstance(value, dict):
            return {key: self._plain(side, item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [self._plain(side, item) for item in value]
        return self._text(side, value) if isinstance(value, str) else value

    def _text(self, side: Side, value: str) -> str:
        named = _UUID.sub(lambda match: side.meanings.get(match.group().lower(), match.group()), value)
        return _CURSOR.sub("cursor=<cursor>", _INSTANT.sub("<time>", named))

    # Requests

    def request(self, operation: Operation) -> Request:
        """A request to an operation: right, or wrong in one way."""
        made = self.valid(operation)
        wrong = [self.broken_path, self.broken_query, self.broken_route, self.broken_headers]
        chance = self.random.random()
        if chance < 0.4:
            return made
        return (self.broken_body if chance < 0.75 else self.random.choice(wrong))(operation, made)

    def valid(self, operation: Operation) -> Request:
        """A request as the contract wants it."""
        endpoint = operation.endpoint
        headers = self._conditions(operation) if self.random.random() < 0.3 else {}
        return Request(
            endpoint.method,
            tuple(self._path(operation)),
            tuple(self._query(endpoint)),
            headers,
            self._body(operation) if endpoint.request_schema else None,
        )

    def broken_body(self, operation: Operation, made: Request) -> Request:
        """A body with one thing wrong, or none at all."""
        if made.body is None and self.random.random() < 0.9:
            return made
        if not isinstance(made.body, dict):
            return replace(made, raw=self.random.choice([b"{", b"[]", b"null", b'"x"', b""]), body=None)
        choice = self.random.randrange(10)
        if choice == 0:
            return replace(made, raw=b'{"name": ', body=None, headers={"content-type": "application/json"})
        if choice == 1:
            text = self.random.choice([[], "text", 3, True, None])
            raw, headers = json.dumps(text).encode(), {"content-type": "application/json"}
            return replace(made, raw=raw, body=None, headers=headers)
        if choice == 2:
            return replace(made, body={**made.body, "surprise": 1})
        names = list(made.body)
        if not names:
            return replace(made, body={"surprise": None})
        name = self.random.choice(names)
        if choice == 3:
            return replace(made, body={key: value for key, value in made.body.items() if key != name})
        if choice == 4:
            return replace(made, body={**made.body, "id": UNKNOWN, "createdAt": "yesterday"})
        return replace(made, body={**made.body, name: self._wrong(operation, name)})

    def _wrong(self, operation: Operation, name: str) -> Any:
        found = self.entities[operation.endpoint.entity].field(name)
        longer = "y" * ((found.limits.max_length or found.type.length or 50) + 1) if found else "y"
        number = found.limits.maximum if found and found.limits.maximum is not None else 10**7
        return None if is_unlike(found) else self.random.choice([*WRONG, *ALMOST, longer, number + 1])

    def broken_path(self, operation: Operation, made: Request) -> Request:
        """A key that is no key, or names nothing."""
        keys = ["x", UNKNOWN, UNKNOWN.upper(), "1", "%00", "a%20b", "%E2%82%AC", "00000000000040008000000000000000"]
        path = tuple(self.random.choice(keys) if isinstance(part, Known) else part for part in made.path)
        return replace(made, path=path)

    def broken_query(self, operation: Operation, made: Request) -> Request:
        """A parameter that is unknown, out of bounds, or of the wrong type."""
        names = [p.name for p in operation.endpoint.parameters if p.location == "query"]
        name = self.random.choice([*names, "surprise"])
        found = self.entities[operation.endpoint.entity].field(name)
        value = UNKNOWN if is_unlike(found) else self.random.choice(ASKED)
        return replace(made, query=(*made.query, (name, value)))

    def broken_route(self, operation: Operation, made: Request) -> Request:
        """Another method, a slash too many, or a path that nobody knows."""
        choice = self.random.randrange(4)
        if choice == 0:
            methods = ["PUT", "DELETE", "PATCH", "POST", "GET", "HEAD", "OPTIONS"]
            return replace(made, method=self.random.choice(methods), body=None)
        if choice == 1:
            return replace(made, path=(*made.path, "/"))
        return replace(made, path=(*made.path, "/nothing")) if choice == 2 else replace(made, path=("/nothing",))

    def broken_headers(self, operation: Operation, made: Request) -> Request:
        """Conditions that do not hold, ids that are odd, bodies of another type."""
        headers = [
            {"if-match": '"other"'},
            {"if-match": "*"},
            {"if-none-match": "*"},
            {"if-none-match": '"other"'},
            {"x-request-id": "a" * 200},
            {"x-request-id": "good-one.1"},
            {"content-type": "text/plain"},
            {"content-type": "application/problem+json"},
            {"accept": "text/html"},
        ]
        return replace(made, headers={**made.headers, **self.random.choice(headers)})

    def _path(self, operation: Operation) -> Iterator[str | Known]:
        endpoint = operation.endpoint
        rest = endpoint.path
        for name in path_parameters(endpoint.path):
            before, _, rest = rest.partition("{" + name + "}")
            yield before
            yield self._key(self._named_by(operation, name))
        if rest:
            yield rest

    def _named_by(self, operation: Operation, name: str) -> str:
        if operation.link and name != path_parameters(operation.endpoint.path)[0]:
            return operation.link.target
        serving, entity = operation.serving, self.entities[operation.endpoint.entity]
        if serving and name in serving.parts and (found := entity.field(serving.parts[name])) and found.references:
            return found.references.entity
        return operation.endpoint.entity

    def _key(self, entity: str) -> str | Known:
        known = self.rows.get(entity)
        return Known(entity, self.random.choice(known)) if known else UNKNOWN

    def _conditions(self, operation: Operation) -> dict[str, Any]:
        entity = operation.endpoint.entity
        tags = [k for k in self.sides[0].values if k.what == "tag" and k.entity == entity]
        if not tags or not path_parameters(operation.endpoint.path):
            return {}
        name = "if-none-match" if operation.endpoint.method == "GET" else "if-match"
        return {name: self.random.choice(tags)}

    def _query(self, endpoint: Endpoint) -> Iterator[tuple[str, Any]]:
        for parameter in endpoint.parameters:
            if parameter.location != "query" or self.random.random() < 0.75:
                continue
            if parameter.name == "cursor":
                known = self.cursors.get(endpoint.path, [])
                yield from [("cursor", self.random.choice(known))] if known else []
                continue
            yield parameter.name, self._parameter(endpoint, parameter.name, parameter.schema)

    def _parameter(self, endpoint: Endpoint, name: str, schema: Mapping[str, Any]) -> Any:
        if name == "limit":
            return str(self.random.choice([1, 2, 3, 20, 100]))
        if values := schema.get("enum"):
            return self.random.choice(list(values))
        found = self.entities[endpoint.entity].field(name)
        if found is None:
            return "x"
        if found.references:
            return self._key(found.references.entity)
        value = self._key(endpoint.entity) if found.primary_key else self._value(found)
        return value if isinstance(value, Known) else str(value).lower() if isinstance(value, bool) else str(value)

    def _body(self, operation: Operation) -> dict[str, Any]:
        endpoint, entity = operation.endpoint, self.entities[operation.endpoint.entity]
        schema = resolved(endpoint.request_schema, self.wire.schemas)
        needed = required(schema)
        body: dict[str, Any] = {}
        for name in properties(schema):
            found = entity.field(name)
            if found is None or is_read_only(found):
                continue
            if name in needed or self.random.random() < 0.5:
                body[name] = self._field(entity, found, name in needed)
        return body

    def _field(self, entity: Entity, found: Field, needed: bool) -> Any:
        if not needed and not found.required and self.random.random() < 0.2:
            return None
        if found.references:
            return self._key(found.references.entity)
        return self._value(found)

    def _value(self, found: Field) -> Any:
        """A value that the field accepts; few enough that unique ones meet now and then."""
        kind = found.type.kind
        if kind is Kind.ENUM:
            return self.random.choice(found.type.values)
        value = sample(found, self.random.randint(1, 400))
        if kind in {Kind.STRING, Kind.TEXT} and not found.limits.pattern and not found.type.format:
            return self.random.choice([value, value, f"é{value}"[: found.limits.max_length or 80], str(value)])
        return value


def is_unlike(found: Field | None) -> bool:
    """Whether only Python checks the field's pattern: one that looks ahead, for instance."""
    return found is not None and bool(found.limits.pattern) and not is_portable(found.limits.pattern)


def _place(issue: Mapping[str, Any]) -> list[Any]:
    """Where an issue is, and of which type; how far into a text that is no JSON is nobody's business."""
    path: list[Any] = list(issue["path"])
    return [issue["type"], *(path[:1] if issue["type"] == "json" else path)]


def _json(answer: httpx.Response) -> Any:
    if not answer.content:
        return None
    try:
        return answer.json()
    except ValueError:
        return answer.text
