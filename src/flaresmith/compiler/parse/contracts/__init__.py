"""The files of a `contracts/` folder: OpenAPI, JSON Schema, tools, AsyncAPI, Markdown, code; the rest is named."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.model import Contract, Edit, Endpoint, Fix, Source
from flaresmith.compiler.parse.contracts.code import LANGUAGES, read_code_contract
from flaresmith.compiler.parse.contracts.found import Contracts
from flaresmith.compiler.parse.contracts.texts import read_text_contract
from flaresmith.compiler.parse.contracts.tools import has_tools, read_tools
from flaresmith.compiler.parse.documents import Document, Unreadable, read_documents
from flaresmith.compiler.parse.findings import Findings
from flaresmith.compiler.parse.openapi import OpenApi, is_openapi
from flaresmith.compiler.parse.references import References, mapping, text

__all__ = ["Contracts", "read_contracts", "without_repeats"]

_DOCUMENTS = (".yaml", ".yml", ".json")
_TEXTS = (".md", ".markdown", ".mdx")
_SCHEMA_WORDS = frozenset(("$schema", "properties", "allOf", "oneOf", "anyOf", "definitions", "$defs", "enum", "items"))
_UNREAD = "neither OpenAPI, JSON Schema, a tool list, AsyncAPI, nor a text or code that names endpoints or types"


def read_contracts(files: Mapping[str, str], schemas: dict[str, Any], findings: Findings) -> Contracts:
    """Reads the contract files of a feature; `schemas` holds those of earlier features and receives these."""
    documents = [
        (path, document)
        for path, body in files.items()
        if path.lower().endswith(_DOCUMENTS)
        for document in _documents(path, body, findings)
    ]
    names = {path: _schema_name(path, document) for path, document in documents if _is_schema(document.root)}
    found = Contracts()
    for path, document in documents:
        if path in names:
            _schema(path, document, names, schemas, findings, found)
    for path, document in documents:
        if path not in names:
            _read(path, document, names, schemas, findings, found)
    for path, body in files.items():
        _other(path, body, schemas, findings, found)
    return found


def without_repeats(all_contracts: Sequence[Contracts], findings: Findings) -> None:
    """Leaves out each endpoint of a text or of code that an OpenAPI contract describes too."""
    certain = {_shape(e): e for contracts in all_contracts for e in contracts.endpoints if e.confidence == 1.0}
    seen = dict(certain)
    for contracts in all_contracts:
        kept = []
        for endpoint in contracts.endpoints:
            known = seen.setdefault(_shape(endpoint), endpoint)
            if endpoint.confidence == 1.0 or known is endpoint:
                kept.append(endpoint)
                continue
            findings.info(
                "second-notation",
                f"{endpoint.method} {endpoint.path} is described at {known.source.file}:{known.source.line} too;"
                " that one counts",
                endpoint.source,
            )
        contracts.endpoints[:] = kept


def _documents(path: str, body: str, findings: Findings) -> list[Document]:
    """The documents of a file that hold something; front matter before another document holds nothing."""
    try:
        found = read_documents(body, json_text=path.lower().endswith(".json"))
    except Unreadable as problem:
        _unreadable(path, problem, findings)
        return []
    for document in found:
        _repairs(path, document, findings)
        for lost in document.lost:
            _unreadable(path, lost, findings)
    known = [document for document in found if _is_known(document.root)]
    return known or found[:1]


def _repairs(path: str, document: Document, findings: Findings) -> None:
    for repair in document.repairs:
        source = Source(path, repair.line, repair.column)
        title = "quote the value" if repair.text else "take it out"
        findings.warning(
            "contract-repaired",
            f"{repair.cause}; it was read as it is meant",
            source,
            f"{title}, so that other tools can read the file too",
            Fix(title, (Edit(source, repair.length, repair.text),)),
        )


def _unreadable(path: str, problem: Unreadable, findings: Findings) -> None:
    findings.error(
        "contract-unreadable",
        problem.message,
        Source(path, problem.line, problem.column),
        "correct the file, or give it another extension if it is no contract",
    )


def _is_known(root: Any) -> bool:
    return is_openapi(root) or has_tools(root) or _is_asyncapi(root) or _is_schema(root)


def _read(
    path: str,
    document: Document,
    names: Mapping[str, str],
    schemas: dict[str, Any],
    findings: Findings,
    found: Contracts,
) -> None:
    if is_openapi(document.root):
        contract, endpoints = OpenApi(document, path, findings, names, schemas).read()
        found.contracts.append(contract)
        found.endpoints.extend(endpoints)
    elif has_tools(document.root):
        found.tools.extend(read_tools(path, document, names, findings))
    elif _is_asyncapi(document.root):
        _asyncapi(path, document, names, schemas, findings, found)
    else:
        _not_read(path, findings)


def _other(path: str, body: str, schemas: dict[str, Any], findings: Findings, found: Contracts) -> None:
    """What is neither JSON nor YAML: a text, code, or something nobody reads here."""
    lower = path.lower()
    if lower.endswith(_DOCUMENTS) or posixpath.basename(lower) in ("readme.md", ".gitkeep"):
        return
    if lower.endswith(_TEXTS):
        told = len(findings)
        endpoints = read_text_contract(path, body, findings)
        found.endpoints += endpoints
        if endpoints or len(findings) > told:
            return
    elif posixpath.splitext(lower)[1] in LANGUAGES and read_code_contract(path, body, schemas, findings, found):
        return
    _not_read(path, findings)


def _not_read(path: str, findings: Findings) -> None:
    findings.info(
        "contract-not-read",
        f"{posixpath.basename(path)} is {_UNREAD}",
        Source(path, 1),
        "describe its endpoints in contracts/openapi.yaml",
    )


def _is_schema(root: Any) -> bool:
    if not isinstance(root, dict) or is_openapi(root) or has_tools(root) or _is_asyncapi(root):
        return False
    return "$schema" in root or (
        root.get("type") in ("object", "array", "string") and bool(_SCHEMA_WORDS & root.keys())
    )


def _schema_name(path: str, document: Document) -> str:
    stem = posixpath.basename(path).rsplit(".", 1)[0].removesuffix(".schema")
    title = text(mapping(document.root).get("title"), 80)
    return naming.pascal(title if title and not naming.unsafe_reason(title) and len(naming.words(title)) <= 5 else stem)


def _schema(
    path: str,
    document: Document,
    names: Mapping[str, str],
    schemas: dict[str, Any],
    findings: Findings,
    found: Contracts,
) -> None:
    references = References(document, path, findings, names)
    name, schema = names[path], references.schema(document.root)
    if name in schemas and schemas[name] != schema:
        findings.warning(
            "schema-defined-twice",
            f"{name} differs from the schema of that name in an earlier contract; the first one counts",
            Source(path, 1),
            "give them different titles",
        )
        return
    schemas[name] = schema
    found.contracts.append(Contract(Source(path, 1), name, "", {name: schema}))


def _is_asyncapi(root: Any) -> bool:
    return isinstance(root, dict) and "asyncapi" in root


def _asyncapi(
    path: str,
    document: Document,
    names: Mapping[str, str],
    schemas: dict[str, Any],
    findings: Findings,
    found: Contracts,
) -> None:
    """The schemas of an AsyncAPI document; its channels are no HTTP endpoints, and that is said."""
    references = References(document, path, findings, names)
    own: dict[str, Any] = {}
    for name, raw in references.components().items():
        schema = references.schema(raw)
        if schemas.setdefault(name, schema) == schema:
            own[name] = schema
    info = mapping(mapping(document.root).get("info"))
    found.contracts.append(Contract(Source(path, 1), text(info.get("title"), 200), text(info.get("version"), 60), own))
    channels = mapping(mapping(document.root).get("channels"))
    if channels:
        findings.info(
            "channels-not-generated",
            f"{len(channels)} channels are described here: their messages become schemas, and no code sends them",
            references.source(document.root, "channels"),
        )


def _shape(endpoint: Endpoint) -> tuple[str, str]:
    return endpoint.method, re.sub(r"\{[^{}]{1,100}\}", "{}", endpoint.path)
