"""Operations and components of one OpenAPI 3.x document, each with its place; derived names where it gives none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.citations import cited
from flaresmith.compiler.model import Contract, Endpoint, Fix, Parameter, Response, Source
from flaresmith.compiler.parse.documents import Document
from flaresmith.compiler.parse.documents.edits import with_entry
from flaresmith.compiler.parse.findings import Findings, excerpt
from flaresmith.compiler.parse.references import References, mapping, sequence, text
from flaresmith.compiler.parse.schemas import ref

METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
_LOCATIONS = ("path", "query", "header", "cookie")
_PATH = re.compile(r"/(?:[\w.~!$&'()*+,;=:@%-]|\{[\w.-]{1,80}\}|/){0,500}")
_MARKS = ("x-requirements", "x-requirement", "x-fr", "x-spec-ref")
_DECLARATION = '{"name": "%s", "in": "path", "required": true, "schema": {"type": "string"}}'
_STATUSES = frozenset(str(status.value) for status in HTTPStatus)
_OPERATION_ID = re.compile(r"[A-Za-z_](?:[\w:-]|[./](?![./])){0,120}")


def is_openapi(root: Any) -> bool:
    """Whether a document calls itself OpenAPI or Swagger, or has paths with operations."""
    if not isinstance(root, dict):
        return False
    paths = mapping(root.get("paths"))
    return "openapi" in root or "swagger" in root or any(str(path).startswith("/") for path in paths)


class OpenApi:
    """Reads one document. `names` maps schema files to component names; `schemas` are those of earlier contracts."""

    def __init__(
        self, document: Document, file: str, findings: Findings, names: Mapping[str, str], schemas: dict[str, Any]
    ) -> None:
        self._root = mapping(document.root)
        self._document = document
        self._file = file
        self._findings = findings
        self._all = schemas
        self._references = References(document, file, findings, names)
        self._own: dict[str, Any] = {}

    def read(self) -> tuple[Contract, list[Endpoint]]:
        """The contract and its operations in the order of the document; its schemas join the earlier ones."""
        self._version()
        self._components()
        endpoints = list(self._operations())
        self._unused(endpoints)
        info = mapping(self._root.get("info"))
        schemes = mapping(mapping(self._root.get("components")).get("securitySchemes"))
        contract = Contract(
            Source(self._file, 1),
            text(info.get("title"), 200),
            text(info.get("version"), 60),
            dict(self._own),
            {
                str(name): self._references.follow(scheme)
                for name, scheme in schemes.items()
                if isinstance(scheme, dict)
            },
        )
        return contract, endpoints

    def _version(self) -> None:
        stated = text(self._root.get("openapi") or self._root.get("swagger"), 20)
        if not stated.startswith("3."):
            self._findings.warning(
                "openapi-version",
                f"OpenAPI 3.0 and 3.1 are read; this says {stated or 'nothing'}",
                self._references.source(self._root, "openapi"),
                "convert it to OpenAPI 3.1",
            )
        for key, line, column in self._document.doubled:
            self._findings.warning(
                "duplicate-key",
                f"{excerpt(key)} stands twice here; the last one counts",
                Source(self._file, line, column),
            )

    def _components(self) -> None:
        """The schemas of the document, renamed where an earlier contract has another one of the same name."""
        raw = self._references.components()
        plain = {name: self._references.schema(schema) for name, schema in raw.items()}
        clashing = {name for name, schema in plain.items() if name in self._all and self._all[name] != schema}
        clashing |= {name for name in _reaching(plain, clashing) if name in self._all}
        for name in sorted(clashing):
            self._references.renamed[name] = self._free(name, plain)
            self._findings.warning(
                "schema-defined-twice",
                f"{excerpt(name)} differs from the schema of that name in an earlier contract;"
                f" here it is called {self._references.renamed[name]}",
                self._references.source(raw[name]),
                "give them different names",
            )
        for name, schema in raw.items():
            self._own[self._references.renamed.get(name, name)] = (
                self._references.schema(schema) if clashing else plain[name]
            )
        self._all.update(self._own)

    def _free(self, name: str, own: Mapping[str, Any]) -> str:
        number = 2
        while f"{name}{number}" in self._all or f"{name}{number}" in own:
            number += 1
        return f"{name}{number}"

    def _operations(self) -> Iterator[Endpoint]:
        paths = mapping(self._root.get("paths"))
        for path, raw in paths.items():
            source = self._references.source(paths, path)
            if path.startswith("x-"):
                continue
            if not _PATH.fullmatch(path) or ".." in path.split("/"):
                self._refused_path(path, source)
                continue
            item = mapping(self._references.follow(raw))
            for method, operation in item.items():
                if method.lower() in METHODS and isinstance(operation, dict):
                    place = self._references.source(item, method)
                    yield self._operation(path, method.lower(), operation, item, place)

    def _refused_path(self, path: str, source: Source) -> None:
        message = f"the path {excerpt(path)!r} cannot be served and is left out"
        hint = "write `/name/{parameter}`; a query belongs into `parameters`"
        self._findings.warning("unsafe-path", message, source, hint)

    def _operation(
        self, path: str, method: str, raw: dict[str, Any], item: Mapping[str, Any], source: Source
    ) -> Endpoint:
        name = self._operation_id(path, method, raw, source)
        body = mapping(self._references.follow(raw.get("requestBody")))
        media, request = self._content(body, f"{naming.pascal(name)}Request", source)
        security = raw.get("security", self._root.get("security"))
        said = f"{text(raw.get('summary'))} {text(raw.get('description'), 20_000)}"
        endpoint = Endpoint(
            method=method.upper(),
            path=path,
            operation_id=name,
            source=source,
            summary=text(raw.get("summary"), 300),
            description=text(raw.get("description"), 4000),
            tags=tuple(text(tag, 100) for tag in sequence(raw.get("tags")) if text(tag)),
            parameters=self._parameters(path, raw, item, source),
            request_schema=request,
            request_required=body.get("required") is True,
            request_media_type=media or "application/json",
            responses=tuple(self._responses(raw, name, source)),
            security=tuple(entry for entry in sequence(security) if isinstance(entry, dict)),
            requirements=cited(f"{said} {' '.join(str(raw[mark]) for mark in _MARKS if mark in raw)}"),
        )
        self._replies(endpoint, raw)
        return endpoint

    def _fix(self, title: str, mapping: dict[str, Any], key: str, value: str) -> Fix | None:
        edit = with_entry(self._document, self._file, mapping, key, value)
        return Fix(title, (edit,)) if edit else None

    def _operation_id(self, path: str, method: str, raw: dict[str, Any], source: Source) -> str:
        stated = text(raw.get("operationId"), 200)
        derived = derived_operation_id(method, path)
        if not stated:
            self._findings.info(
                "operation-id-missing",
                f"{method.upper()} {excerpt(path)} has no operationId; it is called {derived}",
                source,
                f"add `operationId: {derived}`",
                self._fix("write the operationId", raw, "operationId", derived),
            )
            return derived
        if not _OPERATION_ID.fullmatch(stated):
            self._findings.warning(
                "unsafe-name",
                f"the operationId {excerpt(stated)!r} is refused; it is called {derived}",
                source,
                f"write `operationId: {derived}`",
            )
            return derived
        return stated

    def _parameters(
        self, path: str, raw: dict[str, Any], item: Mapping[str, Any], source: Source
    ) -> tuple[Parameter, ...]:
        found: dict[tuple[str, str], Parameter] = {}
        for entry in [*sequence(item.get("parameters")), *sequence(raw.get("parameters"))]:
            parameter = mapping(self._references.follow(entry))
            name, location = text(parameter.get("name"), 120), text(parameter.get("in"), 20)
            if location not in _LOCATIONS or naming.unsafe_reason(name.replace("[", "").replace("]", "")):
                self._findings.warning(
                    "parameter-not-read",
                    f"the parameter {excerpt(name)!r} in {excerpt(location)!r} is left out",
                    self._references.source(entry),
                    "give it a plain name and `in: path, query, header or cookie`",
                )
                continue
            content = mapping(next(iter(mapping(parameter.get("content")).values()), None))
            schema = parameter.get("schema") or content.get("schema", {"type": "string"})
            found[(name, location)] = Parameter(
                name,
                location,
                location == "path" or parameter.get("required") is True,
                self._references.schema(schema),
                text(parameter.get("description"), 500),
                style=text(parameter.get("style"), 20),
                explode=parameter["explode"] if isinstance(parameter.get("explode"), bool) else None,
            )
        missing = tuple(_unnamed_parameters(path, found))
        self._path_parameters(path, raw, found, missing, source)
        return (*found.values(), *missing)

    def _path_parameters(
        self,
        path: str,
        raw: dict[str, Any],
        found: Mapping[tuple[str, str], Parameter],
        missing: Sequence[Parameter],
        source: Source,
    ) -> None:
        """Tells where the parameters of the path and those that are declared for it differ."""
        named = set(re.findall(r"\{([\w.-]{1,80})\}", path))
        for name, location in found:
            if location == "path" and name not in named:
                self._findings.warning(
                    "path-parameter-unused",
                    f"`{excerpt(name)}` is declared in the path, and {excerpt(path)} does not have it",
                    source,
                    "put it into the path, or declare it `in: query`",
                )
        if missing:
            entries = ", ".join(_DECLARATION % parameter.name for parameter in missing)
            fix = self._fix("declare it", raw, "parameters", f"[{entries}]") if "parameters" not in raw else None
            names = ", ".join(f"`{parameter.name}`" for parameter in missing)
            self._findings.warning(
                "path-parameter-undeclared",
                f"{excerpt(path)} has {names}, and nothing declares it; it is read as a text",
                source,
                "add it to `parameters` with `in: path` and `required: true`",
                fix,
            )

    def _replies(self, endpoint: Endpoint, raw: Mapping[str, Any]) -> None:
        """Tells what a caller cannot know from the responses that are declared."""
        name = f"{endpoint.method} {excerpt(endpoint.path)}"
        statuses = [reply.status for reply in endpoint.responses]
        if statuses and not any(status[0] in "123d" for status in statuses):
            self._findings.warning(
                "no-success-response", f"{name} only says how it fails", endpoint.source, "add the 2xx response"
            )
        for reply in endpoint.responses:
            if reply.status.isdigit() and reply.status not in _STATUSES:
                self._findings.info(
                    "unknown-status",
                    f"{name} answers {reply.status}, which is no status of HTTP",
                    endpoint.source,
                    "use a registered status, or a range such as `4XX`",
                )
            if reply.status == "200" and endpoint.method == "GET" and _is_open(mapping(raw.get("responses")), reply):
                self._findings.info(
                    "response-without-schema",
                    f"{name} does not say what it answers",
                    endpoint.source,
                    "add `content: {application/json: {schema: …}}` to the response",
                )

    def _unused(self, endpoints: Sequence[Endpoint]) -> None:
        """Component schemas to which no operation leads."""
        if not endpoints:
            return
        uses = {name: _uses(schema) for name, schema in self._own.items()}
        waiting = [name for endpoint in endpoints for name in _uses_of(endpoint)]
        reached: set[str] = set()
        while waiting:
            if (name := waiting.pop()) not in reached:
                reached.add(name)
                waiting.extend(uses.get(name, ()))
        for name, raw in self._references.components().items():
            if self._references.renamed.get(name, name) not in reached:
                self._findings.info(
                    "schema-unused",
                    f"no operation uses the schema `{excerpt(name)}`",
                    self._references.source(raw),
                    "take it out, or use it",
                )

    def _responses(self, raw: Mapping[str, Any], name: str, source: Source) -> Iterator[Response]:
        for status, entry in mapping(raw.get("responses")).items():
            response = mapping(self._references.follow(entry))
            label = status if re.fullmatch(r"[1-5](?:\d\d|XX)|default", status, re.I) else ""
            if not label:
                self._findings.warning("response-not-read", f"{excerpt(status)!r} is no HTTP status", source)
                continue
            media, schema = self._content(
                response, f"{naming.pascal(name)}Response{label.title() if label == 'default' else label}", source
            )
            yield Response(status, text(response.get("description"), 500), schema, media or "application/json")

    def _content(self, holder: Mapping[str, Any], name: str, source: Source) -> tuple[str, dict[str, Any] | None]:
        """The media type and schema of a body; an anonymous object gets a name among the schemas."""
        content = {str(media): mapping(value) for media, value in mapping(holder.get("content")).items()}
        media = next((known for known in content if "json" in known), next(iter(content), ""))
        if not media or "schema" not in content[media]:
            return media, None
        schema = self._references.schema(content[media]["schema"])
        if not _anonymous(schema):
            return media, schema
        name = name if self._all.get(name, schema) == schema else self._free(name, self._own)
        self._own[name] = self._all[name] = schema
        return media, ref(name)


def derived_operation_id(method: str, path: str) -> str:
    """`get /books/{id}` → `getBooksId`: the method and the path in PascalCase."""
    return method.lower() + "".join(
        word[:1].upper() + word[1:] for part in path.split("/") for word in naming.words(part) if part
    )


def unique_operation_ids(endpoints: list[Endpoint], findings: Findings) -> list[Endpoint]:
    """The endpoints with operation ids that differ; a doubled one is reported and numbered."""
    names = naming.distinct(endpoint.operation_id for endpoint in endpoints)
    for endpoint, name in zip(endpoints, names, strict=True):
        if endpoint.operation_id != name:
            findings.warning(
                "operation-id-doubled",
                f"{endpoint.operation_id} names another operation already; here it is called {name}",
                endpoint.source,
                "give each operation its own operationId",
            )
    return [replace(endpoint, operation_id=name) for endpoint, name in zip(endpoints, names, strict=True)]


def _is_open(responses: Mapping[str, Any], reply: Response) -> bool:
    """Whether a reply says nothing of its body: neither a schema nor another media type than JSON."""
    raw = responses.get(reply.status)
    if not isinstance(raw, dict) or "$ref" in raw or reply.schema is not None:
        return False
    return not raw.get("content") or "json" in reply.media_type


def _uses_of(endpoint: Endpoint) -> set[str]:
    parts: list[Any] = [endpoint.request_schema, *(reply.schema for reply in endpoint.responses)]
    return _uses([*parts, *(parameter.schema for parameter in endpoint.parameters)])


def _anonymous(schema: Mapping[str, Any]) -> bool:
    return "$ref" not in schema and ("properties" in schema or "allOf" in schema)


def _unnamed_parameters(path: str, found: Mapping[tuple[str, str], Parameter]) -> Iterator[Parameter]:
    """Path parameters that the document forgot to declare."""
    for name in re.findall(r"\{([\w.-]{1,80})\}", path):
        if (name, "path") not in found:
            yield Parameter(name, "path", True, {"type": "string"})


def _reaching(schemas: Mapping[str, Any], targets: set[str]) -> set[str]:
    """The schemas that refer to one of the targets, over any number of steps."""
    uses = {name: _uses(schema) for name, schema in schemas.items()} if targets else {}
    reached = set(targets)
    grown = bool(targets)
    while grown:
        more = {name for name, used in uses.items() if name not in reached and used & reached}
        reached |= more
        grown = bool(more)
    return reached


def _uses(schema: Any) -> set[str]:
    found: set[str] = set()
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(target := value.get("$ref"), str):
                found.add(target.rsplit("/", 1)[-1])
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return found
