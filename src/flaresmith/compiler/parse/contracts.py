"""The files of a `contracts/` folder: OpenAPI, JSON Schema, MCP tools; anything else is named, not passed over."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.model import Contract, Endpoint, Source, Tool
from flaresmith.compiler.parse.documents import Document, Unreadable, read_document
from flaresmith.compiler.parse.findings import Findings, excerpt
from flaresmith.compiler.parse.openapi import OpenApi, is_openapi
from flaresmith.compiler.parse.references import References, mapping, sequence, text

_DOCUMENTS = (".yaml", ".yml", ".json")
_SCHEMA_WORDS = frozenset(("$schema", "properties", "allOf", "oneOf", "anyOf", "definitions", "$defs", "enum", "items"))


@dataclass(slots=True)
class Contracts:
    """What the contracts of one feature say."""

    contracts: list[Contract] = field(default_factory=list)
    endpoints: list[Endpoint] = field(default_factory=list)
    tools: list[Tool] = field(default_factory=list)


def read_contracts(files: Mapping[str, str], schemas: dict[str, Any], findings: Findings) -> Contracts:
    """Reads the contract files of a feature; `schemas` holds those of earlier features and receives these."""
    documents = {path: document for path, body in files.items() if (document := _document(path, body, findings))}
    names = {path: _schema_name(path, document) for path, document in documents.items() if _is_schema(document.root)}
    found = Contracts()
    for path, document in documents.items():
        if path in names:
            _schema(path, document, names, schemas, findings, found)
    for path, document in documents.items():
        if path not in names:
            _read(path, document, names, schemas, findings, found)
    return found


def _document(path: str, body: str, findings: Findings) -> Document | None:
    if not path.lower().endswith(_DOCUMENTS):
        if posixpath.basename(path).lower() not in ("readme.md", ".gitkeep"):
            findings.info(
                "contract-not-read",
                f"{posixpath.basename(path)} is not OpenAPI, JSON Schema or a tool list",
                Source(path, 1),
                "describe its endpoints in contracts/openapi.yaml",
            )
        return None
    try:
        return read_document(body, json_text=path.lower().endswith(".json"))
    except Unreadable as problem:
        findings.error(
            "contract-unreadable",
            problem.message,
            Source(path, problem.line, problem.column),
            "correct the file, or give it another extension if it is no contract",
        )
        return None


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
    elif _tools(document.root) is not None:
        found.tools.extend(_read_tools(path, document, findings))
    else:
        findings.info(
            "contract-not-read",
            f"{posixpath.basename(path)} is not OpenAPI, JSON Schema or a tool list",
            Source(path, 1),
            "describe its endpoints in contracts/openapi.yaml",
        )


def _is_schema(root: Any) -> bool:
    if not isinstance(root, dict) or is_openapi(root) or _tools(root) is not None:
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


def _tools(root: Any) -> list[Any] | None:
    listed = root.get("tools") if isinstance(root, dict) else root
    if not isinstance(listed, list) or not listed:
        return None
    return listed if all(isinstance(tool, dict) and "name" in tool for tool in listed) else None


def _read_tools(path: str, document: Document, findings: Findings) -> list[Tool]:
    found: list[Tool] = []
    for raw in _tools(document.root) or ():
        source = Source(path, *document.place(raw))
        name = text(raw.get("name"), 120)
        if naming.unsafe_reason(name.replace("/", "_")) or not name:
            findings.error(
                "unsafe-name",
                f"the tool name {excerpt(name)!r} is refused",
                source,
                "use letters, digits and underscores",
            )
            continue
        inputs = raw.get("inputSchema", raw.get("input_schema", raw.get("input")))
        outputs = raw.get("outputSchema", raw.get("output_schema", raw.get("output")))
        found.append(Tool(name, source, text(raw.get("description"), 2000), mapping(inputs), mapping(outputs)))
    if not found and sequence(document.root):
        findings.info("contract-not-read", "no tool could be read", Source(path, 1))
    return found
