"""Contracts in a programming language: their types become schemas, the endpoints that their comments name are read."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any

from flaresmith.compiler import wire
from flaresmith.compiler.citations import cited
from flaresmith.compiler.model import Contract, Endpoint, Notation, Response, Source
from flaresmith.compiler.parse.code import read_code
from flaresmith.compiler.parse.contracts.found import Contracts
from flaresmith.compiler.parse.contracts.texts import named_endpoints
from flaresmith.compiler.parse.drafts import EntityDraft, FieldDraft
from flaresmith.compiler.parse.findings import Findings
from flaresmith.compiler.parse.openapi import derived_operation_id
from flaresmith.compiler.parse.schemas import ref

LANGUAGES = {
    ".ts": "typescript", ".graphql": "graphql", ".gql": "graphql", ".proto": "protobuf", ".sql": "sql",
    ".prisma": "prisma", ".py": "python", ".dart": "dart", ".java": "java", ".kt": "kotlin", ".cs": "csharp",
    ".go": "go",
}  # fmt: skip
_TABLES = frozenset((Notation.SQL, Notation.PRISMA, Notation.DRIZZLE))
_COMMENT = re.compile(r"^\s*(?://|/?\*+|#|--)\s*(.*)$")
_BASES = re.compile(r"^\W*(?:base paths?|routes?|endpoints?)\s*:", re.I)
_SENT = re.compile(r"(?:Request|Body|Input|Payload|Params?|Dto|DTO)$")
_GOT = re.compile(r"(?:Response|Result|Output|Reply|Payload)$")
CONFIDENCE = 0.6


def read_code_contract(path: str, text: str, schemas: dict[str, Any], findings: Findings, found: Contracts) -> bool:
    """Reads a file of code; `schemas` receives its types. False where nothing was understood."""
    language = LANGUAGES.get(posixpath.splitext(path.lower())[1], "")
    facts = read_code(language, text, Source(path, 1), findings) if language else None
    if facts is not None and facts.notation in _TABLES:
        found.drafts += facts.entities
        return bool(facts.entities)
    drafts = list(facts.entities) if facts else []
    own = _own_schemas(drafts, schemas, findings)
    if own:
        found.contracts.append(Contract(Source(path, 1), posixpath.basename(path), "", own))
    endpoints = _endpoints(path, text, drafts, own)
    found.endpoints += endpoints
    return bool(own or endpoints)


def _own_schemas(drafts: list[EntityDraft], schemas: dict[str, Any], findings: Findings) -> dict[str, Any]:
    """The schemas of the declared types; one that an earlier contract describes differently is told and left to it."""
    names = {draft.name for draft in drafts} | schemas.keys()
    own: dict[str, Any] = {}
    for draft in drafts:
        schema = _schema(draft, names)
        if schemas.get(draft.name, schema) != schema:
            findings.warning(
                "schema-defined-twice",
                f"{draft.name} differs from the schema of that name in an earlier contract; the first one counts",
                draft.source,
                "give them different names",
            )
            continue
        own[draft.name] = schemas[draft.name] = schema
    return own


def _schema(draft: EntityDraft, names: set[str]) -> dict[str, Any]:
    if draft.values and not draft.fields:
        return {"type": "string", "enum": list(draft.values)}
    properties = {known.field.name: _property(known, names) for known in draft.fields}
    required = [known.field.name for known in draft.fields if known.presence is not False and known.field.required]
    made: dict[str, Any] = {"type": "object", "properties": properties}
    made |= {"required": required} if required else {}
    return made | ({"description": draft.description} if draft.description else {})


def _property(known: FieldDraft, names: set[str]) -> dict[str, Any]:
    if not known.target:
        return dict(wire.field_schema(known.field))
    target = ref(known.target) if known.target in names else {}
    return {"type": "array", "items": target} if known.many else target


def _endpoints(path: str, text: str, drafts: list[EntityDraft], own: Mapping[str, Any]) -> list[Endpoint]:
    """What comments name as `POST /path`, with the types that are declared between one and the next."""
    found: list[tuple[str, str, str, int, str]] = []
    for number, line in enumerate(text.split("\n")[:20_000], start=1):
        comment = _COMMENT.match(line[:400])
        if comment is None or _BASES.match(comment.group(1)):
            continue
        found += [(m, p, rest, number, comment.group(1)) for m, p, rest in named_endpoints(comment.group(1))]
    made: dict[tuple[str, str], Endpoint] = {}
    for place, (method, route, rest, at, raw) in enumerate(found):
        end = next((one[3] for one in found[place + 1 :] if one[3] > at), 10**9)
        near = [draft.name for draft in drafts if at <= draft.source.line < end and draft.name in own]
        made.setdefault((method, route), _endpoint(method, route, rest, Source(path, at), raw, near))
    return list(made.values())


def _endpoint(method: str, route: str, rest: str, source: Source, raw: str, near: list[str]) -> Endpoint:
    sent = next((name for name in near if _SENT.search(name) and not _GOT.search(name)), "")
    got = next((name for name in near if _GOT.search(name)), "")
    status = "201" if method == "POST" else "200"
    return Endpoint(
        method=method,
        path=route,
        operation_id=derived_operation_id(method, route),
        source=source,
        summary=rest.strip(" —–-─:*/")[:200],
        request_schema=ref(sent) if sent and method not in ("GET", "DELETE") else None,
        request_required=bool(sent) and method not in ("GET", "DELETE"),
        responses=(Response(status, "", ref(got)),) if got else (),
        requirements=cited(raw),
        confidence=CONFIDENCE,
        raw=raw[:400],
    )
