"""One stop of the journey as a Postman item: request, saved example reply, and tests of the fixed vocabulary."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.examples import example, resolved
from flaresmith.compiler.jsontext import pretty
from flaresmith.compiler.model import Endpoint, Entity, Kind, Parameter, Response
from flaresmith.compiler.targets.postman.bodies import Link
from flaresmith.compiler.targets.postman.journey import Journey, Stop
from flaresmith.compiler.wire import path_parameters

_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_PHRASES = {"200": "OK", "201": "Created", "202": "Accepted", "204": "No Content", "409": "Conflict"}
_WRAPPERS = ("data", "item", "result")
_UNCHECKED = "Not checked: what it answers depends on code or data that no spec can tell."


def variable(entity: Entity, field_name: str) -> str:
    """The collection variable that holds a field of the thing that the run made: `toolId`."""
    return naming.camel(f"{entity.name} {field_name}")


class Requests:
    """Writes items; ids are left to the collection, since each has its own."""

    def __init__(self, journey: Journey) -> None:
        self.journey = journey
        self.schemas = journey.wire.schemas
        self.variables: dict[str, None] = {}
        self.bodies = journey.bodies
        self.kept = self._kept()

    def run(self) -> Iterator[str]:
        """What every request may depend on: what the run makes, and what of it is kept in variables."""
        yield from self.journey.made
        for name, kept in self.kept.items():
            yield from (name, *kept)

    def apart(self, stop: Stop) -> tuple[dict[str, Any], dict[str, None]]:
        """A request item and the variables that it uses, beside those of all others."""
        before, self.variables = self.variables, {}
        try:
            return self.item(stop), self.variables
        finally:
            self.variables = before

    def item(self, stop: Stop) -> dict[str, Any]:
        """A request item without ids."""
        request = self.request(stop)
        written: dict[str, Any] = {"name": _title(stop.endpoint), "request": request}
        if script := list(self.script(stop)):
            written["event"] = [{"listen": "test", "script": {"type": "text/javascript", "exec": script}}]
        written["response"] = [self.saved(stop, request)]
        return written

    def request(self, stop: Stop) -> dict[str, Any]:
        endpoint = stop.endpoint
        written: dict[str, Any] = {"method": endpoint.method, "header": list(self.headers(endpoint))}
        if endpoint.request_schema is not None and (body := self.body(endpoint)) is not None:
            written["body"] = {"mode": "raw", "raw": body, "options": {"raw": {"language": "json"}}}
        written["url"] = self.url(endpoint)
        written["description"] = self.description(stop)
        return written

    def headers(self, endpoint: Endpoint) -> Iterator[dict[str, Any]]:
        if endpoint.request_schema is not None:
            yield {"key": "Content-Type", "value": endpoint.request_media_type}
        if endpoint.security and all(endpoint.security):
            yield {"key": "Authorization", "value": "Bearer {{token}}"}
        for parameter in endpoint.parameters:
            if parameter.location == "header" and parameter.required:
                yield {"key": parameter.name, "value": str(example(parameter.schema, self.schemas, parameter.name))}

    def url(self, endpoint: Endpoint) -> dict[str, Any]:
        segments = [self.segment(endpoint, part) for part in endpoint.path.strip("/").split("/") if part]
        query = [self.query(parameter) for parameter in endpoint.parameters if parameter.location == "query"]
        asked = "&".join(f"{q['key']}={q['value']}" for q in query if "disabled" not in q)
        raw = "/".join(["{{baseUrl}}", *segments]) + (f"?{asked}" if asked else "")
        return {"raw": raw, "host": ["{{baseUrl}}"], "path": segments} | ({"query": query} if query else {})

    def query(self, parameter: Parameter) -> dict[str, Any]:
        if not parameter.required:
            return {"key": parameter.name, "value": "", "disabled": True}
        return {"key": parameter.name, "value": _plain(example(parameter.schema, self.schemas, parameter.name))}

    def segment(self, endpoint: Endpoint, part: str) -> str:
        for name in path_parameters(part):
            part = part.replace("{" + name + "}", self.parameter(endpoint, name))
        return part

    def parameter(self, endpoint: Endpoint, name: str) -> str:
        owner = self.journey.owner(endpoint, name)
        if owner and self.journey.is_made(owner[0].name):
            return self.use(*owner)
        schema = next((p.schema for p in endpoint.parameters if p.name == name and p.location == "path"), {})
        return _plain(example(schema or {"type": "string"}, self.schemas, name)).replace("/", "-").replace(" ", "-")

    def body(self, endpoint: Endpoint) -> str | None:
        schema = endpoint.request_schema or {}
        if "json" not in endpoint.request_media_type:
            return None
        bare: list[str] = []
        value = self.bodies.value(endpoint)
        text = pretty(self.filled(self.bodies.given(schema) if value is None else value, bare)).rstrip()
        for name in bare:  # a number is not quoted, also where it is still a variable
            text = text.replace(f'"{{{{{name}}}}}"', f"{{{{{name}}}}}")
        return text

    def filled(self, value: Any, bare: list[str]) -> Any:
        """The body with a variable for every reference to what was made; `bare` gathers those that are numbers."""
        if not isinstance(value, dict):
            return value
        written: dict[str, Any] = {}
        for name, given in value.items():
            written[name] = self.reference(given, bare) if isinstance(given, Link) else given
        return written

    def reference(self, link: Link, bare: list[str]) -> Any:
        if not self.journey.is_made(link.entity):
            return link.instead
        entity = self.journey.entities[link.entity]
        key = entity.field(link.field)
        if key and key.type.kind in {Kind.INTEGER, Kind.BIGINT}:
            bare.append(variable(entity, link.field))
        return self.use(entity, link.field)

    def use(self, entity: Entity, field_name: str) -> str:
        self.variables.setdefault(variable(entity, field_name))
        return "{{" + variable(entity, field_name) + "}}"

    def script(self, stop: Stop) -> Iterator[str]:
        """The test lines of one request."""
        if not stop.status:
            return
        yield f'pm.test("status is {stop.status}", () => pm.response.to.have.status({stop.status}));'
        reply = _reply(stop)
        properties = resolved((reply and reply.schema) or {}, self.schemas)
        for name in self.checked(stop, properties):
            expected = f"pm.expect(pm.response.json()).to.have.property({_quoted(name)})"
            yield f"pm.test({_quoted(f'has {name}')}, () => {expected});"
        if stop.captures:
            yield from self.captures(stop, properties)

    def checked(self, stop: Stop, reply: Mapping[str, Any]) -> Sequence[str]:
        """The properties to look for: all where a thing is made, read or listed, its first one elsewhere."""
        required = reply.get("required")
        if not stop.status.startswith("2") or not isinstance(required, list):
            return ()
        return required if stop.endpoint.action in {"create", "get", "list"} else required[:1]

    def captures(self, stop: Stop, reply: Mapping[str, Any]) -> Iterator[str]:
        entity = self.journey.entities[stop.endpoint.entity]
        properties = reply.get("properties", {})
        for name in self.kept.get(entity.name, ()):
            place = next(_places(properties, name, self.schemas), [name])
            chain = "".join(f".{step}" if _NAME.fullmatch(step) else f"[{_quoted(step)}]" for step in place)
            self.variables.setdefault(variable(entity, name))
            yield f"pm.collectionVariables.set({_quoted(variable(entity, name))}, pm.response.json(){chain});"

    def saved(self, stop: Stop, request: Mapping[str, Any]) -> dict[str, Any]:
        reply = _reply(stop)
        status = reply.status if reply and reply.status.isdigit() else stop.status or "200"
        body = "" if reply is None or reply.schema is None else pretty(self.bodies.given(reply.schema)).rstrip()
        return {
            "name": reply.description if reply and reply.description else f"Status {status}",
            "originalRequest": {"method": request["method"], "header": [], "url": request["url"]["raw"]},
            "status": _PHRASES.get(status, f"Status {status}"),
            "code": int(status),
            "_postman_previewlanguage": "json",
            "header": [{"key": "Content-Type", "value": reply.media_type}] if reply and body else [],
            "cookie": [],
            "body": body,
        }

    def description(self, stop: Stop) -> str:
        endpoint = stop.endpoint
        parts = [endpoint.description, "" if stop.status else _UNCHECKED]
        parts.append(f"Requirements: {', '.join(sorted(endpoint.requirements))}" if endpoint.requirements else "")
        return "\n\n".join(part for part in (*parts, f"`{endpoint.operation_id}`") if part)

    def _kept(self) -> dict[str, list[str]]:
        """Which fields of what is made later requests need: the keys, and whatever references point at."""
        kept = {name: [key.name for key in entity.primary_key] for name, entity in self.journey.entities.items()}
        for entity in self.journey.entities.values():
            for field in entity.fields:
                reference = field.references
                if reference and reference.field not in kept.get(reference.entity, [reference.field]):
                    kept[reference.entity].append(reference.field)
        return kept


def _reply(stop: Stop) -> Response | None:
    wanted = stop.status
    replies = stop.endpoint.responses
    fitting = [r for r in replies if r.status == wanted] or [r for r in replies if r.status.startswith("2")]
    return fitting[0] if fitting else None


def _places(properties: Mapping[str, Any], name: str, schemas: Mapping[str, Any]) -> Iterator[list[str]]:
    """Where in a reply a field stands: at the top, or inside one wrapping object."""
    if name in properties:
        yield [name]
    yield from ([key] for key in properties if naming.snake(str(key)) == naming.snake(name))
    for wrapper in sorted(properties, key=lambda key: key not in _WRAPPERS):
        inner = resolved(properties[wrapper], schemas) if isinstance(properties[wrapper], Mapping) else {}
        for key in inner.get("properties", {}):
            if naming.snake(str(key)) == naming.snake(name):
                yield [wrapper, key]


def _title(endpoint: Endpoint) -> str:
    text = " ".join((endpoint.summary or " ".join(naming.words(endpoint.operation_id))).split())[:120]
    return text[:1].upper() + text[1:] or f"{endpoint.method} {endpoint.path}"


def _quoted(text: str) -> str:
    return json.dumps(text)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
