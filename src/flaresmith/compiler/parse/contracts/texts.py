"""Contracts in Markdown: endpoints named by headings, bullets and tables, with the samples that stand below them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.citations import cited
from flaresmith.compiler.model import Endpoint, Parameter, Response, Source
from flaresmith.compiler.parse.contracts.guessing import schema_of_sample
from flaresmith.compiler.parse.documents import Unreadable, read_documents
from flaresmith.compiler.parse.findings import Findings, excerpt
from flaresmith.compiler.parse.markdown import Block, Bullet, Fence, Heading, Prose, Table, blocks, flat, plain
from flaresmith.compiler.parse.openapi import derived_operation_id
from flaresmith.compiler.parse.schemas import normalized

METHOD = r"(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)"
_PATH = (
    r"(?:https?://[\w.:{}-]{1,120}|\{\{?\w{1,40}\}?\}"
    r"|\$\{\w{1,40}\})?(/[\w.~!$&'()*+,;=:@%{}\[\]<>/-]{0,300})(\?[^\s`|]{0,300})?"
)
_NAMED = re.compile(rf"(?<![\w/]){METHOD}[`*\s:：]{{1,6}}{_PATH}")
_REVERSED = re.compile(rf"^[`*]{{0,3}}{_PATH}[`*]{{0,3}}\s*\(?{METHOD}\)?\b")
_LABEL = re.compile(
    r"^[*_`]{0,3}(?:(?:http\s+)?(method|verb)|(path|url|route|endpoint"
    r"|uri))[*_`]{0,3}\s*[:：][*_`]{0,3}\s*(.+)$",
    re.I,
)
_STATUS = re.compile(r"(?<![\w.#-])([1-5]\d\d|default)(?![\w.%-])")
_REPLY = re.compile(
    r"respon[sd]|reply|returns?\b|success|output|errors?\b|failure|réponse|respuesta|resposta|响应"
    r"|回應|レスポンス|응답|ответ",
    re.I,
)
_REQUEST = re.compile(r"request|body|payload|input|solicitud|requête|requisição|请求|請求|リクエスト|요청|запрос", re.I)
_HEADERS = re.compile(r"\bheaders?\b|头|ヘッダ|헤더|заголов", re.I)
_QUERY = re.compile(r"query|params?\b|parameters?\b|filters?\b|参数|參數|パラメ|파라미터|매개변수|параметр", re.I)
_FOREIGN = re.compile(r"\b(?:external|upstream|third[- ]party|consumed|vendor|mock|stub|outbound)\b", re.I)
_REQUIRED = re.compile(r"^(?:yes|y|true|required|✓|✅|sí|oui|sim|是|必须|必填|必須|필수|да)(?![a-z])", re.I)
HEADED, LISTED = 0.9, 0.7


@dataclass(slots=True)
class _Draft:
    """An endpoint while its section is read."""

    method: str
    path: str
    source: Source
    confidence: float
    raw: str
    summary: str = ""
    level: int = 9
    words: list[str] = field(default_factory=list)
    parameters: dict[tuple[str, str], Parameter] = field(default_factory=dict)
    request: dict[str, Any] | None = None
    replies: dict[str, Response] = field(default_factory=dict)

    def endpoint(self) -> Endpoint:
        """The fact that was read."""
        for name in re.findall(r"\{([\w.-]{1,80})\}", self.path):
            self.parameters.setdefault((name, "path"), Parameter(name, "path", True, {"type": "string"}))
        said = " ".join([self.summary, *self.words])
        return Endpoint(
            method=self.method,
            path=self.path,
            operation_id=derived_operation_id(self.method, self.path),
            source=self.source,
            summary=self.summary[:300],
            description=said[:2000] if len(said) > len(self.summary) else "",
            parameters=tuple(self.parameters.values()),
            request_schema=self.request,
            request_required=self.request is not None,
            responses=tuple(self.replies[status] for status in sorted(self.replies)),
            requirements=cited(f"{self.raw} {said}"),
            confidence=self.confidence,
            raw=self.raw[:400],
        )


def read_text_contract(path: str, text: str, findings: Findings) -> list[Endpoint]:
    """The endpoints that a text names; none where it says that somebody else serves them."""
    found = blocks(text)
    title = next((block.text for block in found if isinstance(block, Heading)), "")
    drafts = _Reader(path, findings).read(found)
    if drafts and (
        foreign := _FOREIGN.search(f"{path.rsplit('/', 1)[-1].replace('-', ' ').replace('_', ' ')} {title}")
    ):
        findings.info(
            "contract-foreign",
            f"{len(drafts)} endpoints are described as {foreign.group().lower()}: somebody else serves them",
            drafts[0].source,
            "take that word out of the title where this product serves them itself",
        )
        return []
    return [draft.endpoint() for draft in drafts]


def named_endpoints(text: str) -> Iterator[tuple[str, str, str]]:
    """Method, path with `{parameters}` and what follows, for each endpoint that a line names."""
    for match in _NAMED.finditer(text[:4000]):
        if (path := clean_path(match.group(2))) is not None:
            yield match.group(1), path, text[match.end() :]


def clean_path(raw: str) -> str | None:
    """`/books/:id` and `/books/<id>` as `/books/{id}`; None for what is no path that can be served."""
    path = re.sub(
        r":(\w{1,60})|<(?:\w+:)?(\w{1,60})>|\[(?:\.{3})?(\w{1,60})\]", lambda m: f"{{{m[1] or m[2] or m[3]}}}", raw
    )
    path = path.rstrip(".,;:)*'") or "/"
    path = path if len(path) == 1 else path.rstrip("/")
    return (
        path if re.fullmatch(r"(?:/(?:[\w.~@%+-]|\{[\w.-]{1,60}\}){0,120}){1,20}", path) and ".." not in path else None
    )


class _Reader:
    def __init__(self, file: str, findings: Findings) -> None:
        self._file = file
        self._findings = findings
        self._known: dict[tuple[str, str], _Draft] = {}
        self._open: _Draft | None = None
        self._label = ""  # the last words that said what the next sample is
        self._method = ""

    def read(self, found: list[Block]) -> list[_Draft]:
        for block in found:
            if isinstance(block, Heading):
                self._heading(block)
            elif isinstance(block, Bullet):
                for bullet in flat([block]):
                    self._line(bullet.text, Source(self._file, bullet.line, bullet.column))
            elif isinstance(block, Prose):
                self._line(block.text, Source(self._file, block.line))
            elif isinstance(block, Table):
                self._table(block)
            elif isinstance(block, Fence):
                self._fence(block)
        return list(self._known.values())

    def _heading(self, heading: Heading) -> None:
        source = Source(self._file, heading.line, heading.level + 2)
        self._label = plain(heading.text)
        named = next(named_endpoints(plain(heading.text)), None) or _turned(plain(heading.text))
        if named is not None:
            self._begin(*named, source, HEADED, heading.text, heading.level)
        elif self._open is not None and heading.level <= self._open.level:
            self._open = None

    def _line(self, text: str, source: Source) -> None:
        clean = plain(text)
        if label := _LABEL.match(text):
            self._labelled(label, text, source)
            return
        named = next(named_endpoints(clean), None) if re.match(rf"[*_`\s]*{METHOD}\b", text) else None
        if named is not None:
            self._begin(*named, source, LISTED, text, 9)
        if self._open is None:
            return
        self._open.words.append(clean[:400])
        if _REPLY.search(clean[:60]) or _REQUEST.search(clean[:60]) or _QUERY.search(clean[:40]):
            self._label = clean
        if _REPLY.search(clean[:60]) and (status := _STATUS.search(clean[:80])):
            self._reply(status.group(1), clean[status.end() :].strip(" `:—–-"), None)

    def _labelled(self, label: re.Match[str], text: str, source: Source) -> None:
        """`**Endpoint**: POST /x`, or `**Method**: POST` followed by `**Path**: /x`."""
        value = plain(label.group(3))
        if named := next(named_endpoints(value), None):
            self._begin(*named, source, HEADED, text, 9)
        elif label.group(1):
            self._method = value.split()[0].upper() if value else ""
        elif value.startswith("/"):
            path = clean_path(value.split()[0])
            if path is not None and re.fullmatch(METHOD, self._method):
                self._begin(self._method, path, "", source, HEADED, text, 9)
            self._method = ""

    def _begin(
        self, method: str, path: str, rest: str, source: Source, confidence: float, raw: str, level: int
    ) -> None:
        key = (method, re.sub(r"\{[^{}]*\}", "{}", path))
        summary = plain(rest).strip(" `*:—–-()").split(". ")[0][:200]
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _Draft(method, path, source, confidence, raw, level=level)
        known.summary = known.summary or summary
        known.confidence = max(known.confidence, confidence)
        if confidence == HEADED or self._open is None:
            self._open = known
            self._label = ""

    def _table(self, table: Table) -> None:
        header = [plain(cell).lower() for cell in table.rows[0].cells]
        method = next((n for n, title in enumerate(header) if re.match(r"(?:http )?(?:method|verb)", title)), None)
        path = next((n for n, title in enumerate(header) if re.match(r"path|url|route|endpoint|uri", title)), None)
        if path is not None:
            self._rows(table, header, method, path)
        elif self._open is not None:
            self._facts(table, header)

    def _rows(self, table: Table, header: list[str], method: int | None, path: int) -> None:
        told = next((n for n, t in enumerate(header) if re.match(r"desc|purpose|summary|notes?|action|what", t)), None)
        for row in table.rows[1:]:
            cells = [plain(cell) for cell in row.cells] + [""] * len(header)
            text = cells[path] if method is None else f"{cells[method].upper()} {cells[path]}"
            for verb, place, _ in named_endpoints(text):
                rest = cells[told] if told is not None else ""
                self._begin(verb, place, rest, Source(self._file, row.line, 3), LISTED, row.raw, 9)
                self._known[(verb, re.sub(r"\{[^{}]*\}", "{}", place))].words.append(" ".join(cells)[:400])
        self._open = None

    def _facts(self, table: Table, header: list[str]) -> None:
        """A table below an endpoint: replies by status, or parameters and fields."""
        if re.match(r"(?:http )?(?:status|code)", header[0]):
            for row in table.rows[1:]:
                if status := _STATUS.search(plain(row.cells[0])):
                    self._reply(status.group(1), plain(" — ".join(row.cells[1:])), None)
            return
        place = "header" if _HEADERS.search(self._label) else "query" if _QUERY.search(self._label) else ""
        if re.match(r"header", header[0]):
            place = "header"
        elif re.match(r"(?:query )?param", header[0]):
            place = "query"
        if place and re.match(r"header|(?:query |path )?param|name|field|key|query", header[0]):
            self._parameters(table, header, place)

    def _parameters(self, table: Table, header: list[str], place: str) -> None:
        kind = next((n for n, title in enumerate(header) if title.startswith("type")), None)
        needed = next((n for n, title in enumerate(header) if re.match(r"required|optional", title)), None)
        for row in table.rows[1:]:
            name = plain(row.cells[0]).strip("?")
            if self._open is None or naming.unsafe_reason(name) or row.cells[0].startswith("~~"):
                continue
            inside = "path" if f"{{{name}}}" in self._open.path else place
            type_ = plain(row.cells[kind]) if kind is not None and kind < len(row.cells) else ""
            required = inside == "path" or bool(
                needed and needed < len(row.cells) and _REQUIRED.match(plain(row.cells[needed]))
            )
            if inside == "header" and name.lower() in ("content-type", "accept", "authorization"):
                continue
            self._open.parameters[(name, inside)] = Parameter(
                name, inside, required, _typed(type_), excerpt(plain(row.cells[-1])) if len(row.cells) > 1 else ""
            )

    def _fence(self, fence: Fence) -> None:
        if self._open is None:
            return
        if fence.language in ("http", "rest"):
            self._exchange(fence)
        elif fence.language in ("json", "jsonc", "json5") or (not fence.language and _looks_json(fence.lines)):
            self._sample(fence, "\n".join(fence.lines))

    def _exchange(self, fence: Fence) -> None:
        """A request or a reply as it goes over the wire: its body stands behind the first blank line."""
        first = fence.lines[0].strip() if fence.lines else ""
        if status := re.match(r"HTTP/[\d.]+\s+(\d{3})", first):
            self._label = f"response {status.group(1)}"
        body = "\n".join(fence.lines).split("\n\n", 1)
        if len(body) == 2 and body[1].lstrip()[:1] in "{[":
            self._sample(fence, body[1])

    def _sample(self, fence: Fence, text: str) -> None:
        if self._open is None:
            return
        try:
            value = read_documents(text, json_text=True)[0].root
        except Unreadable:
            self._findings.info(
                "sample-not-read",
                f"this sample of {self._open.method} {excerpt(self._open.path)} is not JSON",
                Source(self._file, fence.line),
                "write it as JSON, without `…` and comments",
            )
            return
        schema = normalized(value, lambda target, at: {}) if _is_schema(value) else schema_of_sample(value)
        status = _STATUS.search(self._label)
        if _REPLY.search(self._label) or status:
            good = "201" if self._open.method == "POST" and not status else "200"
            self._reply(status.group(1) if status else good, "", schema)
        elif self._open.request is None and self._open.method in ("POST", "PUT", "PATCH"):
            self._open.request = schema
        elif self._open.method in ("GET", "DELETE"):
            self._reply("200", "", schema)

    def _reply(self, status: str, text: str, schema: Mapping[str, Any] | None) -> None:
        if self._open is None:
            return
        known = self._open.replies.get(status)
        self._open.replies[status] = Response(
            status,
            (known.description if known else "") or excerpt(text),
            (known.schema if known and known.schema else None) or schema,
        )


def _turned(text: str) -> tuple[str, str, str] | None:
    """`/books (POST)`."""
    match = _REVERSED.match(text)
    path = clean_path(match.group(1)) if match else None
    return (match.group(3), path, text[match.end() :]) if match and path else None


def _typed(word: str) -> dict[str, Any]:
    bare = word.lower().strip("`?[] ")
    kind = {"int": "integer", "integer": "integer", "number": "number", "float": "number", "bool": "boolean"}
    found = {"type": kind.get(bare, "boolean" if bare == "boolean" else "string")}
    if bare in ("uuid", "date", "date-time", "datetime", "email"):
        found["format"] = "date-time" if bare == "datetime" else bare
    return {"type": "array", "items": found} if "[]" in word else found


def _looks_json(lines: list[str]) -> bool:
    first = next((line.strip() for line in lines if line.strip()), "")
    return first[:1] in ("{", "[")


def _is_schema(value: Any) -> bool:
    return isinstance(value, dict) and (
        "$schema" in value
        or (value.get("type") in ("object", "array") and bool({"properties", "items"} & value.keys()))
    )
