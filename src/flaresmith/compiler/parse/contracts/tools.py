"""Tool descriptors in each of their shapes: lists, `tools`, servers with tools, function calls of model vendors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.citations import cited
from flaresmith.compiler.model import Source, Tool
from flaresmith.compiler.parse.documents import Document
from flaresmith.compiler.parse.findings import Findings, excerpt
from flaresmith.compiler.parse.references import References, mapping, sequence, text

_INPUTS = ("inputSchema", "input_schema", "parameters", "input", "arguments", "args", "params")
_OUTPUTS = ("outputSchema", "output_schema", "output", "returns", "response", "result")
_SERVERS = ("servers", "mcpServers", "mcp_servers")
_SCHEMA = frozenset(
    ("type", "properties", "$ref", "anyOf", "oneOf", "allOf", "items", "enum", "$schema", "additionalProperties")
)
_MARKS = ("requirements", "requirement", "specRef", "spec_ref", "fr", "implements")


def has_tools(root: Any) -> bool:
    """Whether a document lists tools."""
    return next(iter(_listed(root)), None) is not None


def read_tools(path: str, document: Document, names: Mapping[str, str], findings: Findings) -> list[Tool]:
    """Every tool of a document; one whose name cannot be used is told."""
    references = References(document, path, findings, names)
    found: list[Tool] = []
    for name, raw, version in _listed(document.root):
        source = Source(path, *document.place(raw))
        if not name or naming.unsafe_reason(name.replace("/", "_")):
            findings.error(
                "unsafe-name",
                f"the tool name {excerpt(name)!r} is refused",
                source,
                "use letters, digits and underscores",
            )
            continue
        found.append(_tool(name, raw, version, source, references))
    return found


def _listed(root: Any, version: str = "") -> Iterator[tuple[str, dict[str, Any], str]]:
    """Name, descriptor and inherited version of each tool, wherever the document keeps them."""
    if isinstance(root, list):
        yield from _named(root, version)
        return
    if not isinstance(root, dict):
        return
    version = text(root.get("version") or mapping(root.get("serverInfo")).get("version"), 60) or version
    tools = root.get("tools", mapping(root.get("result")).get("tools", mapping(root.get("capabilities")).get("tools")))
    if isinstance(tools, list):
        yield from _named(tools, version)
    elif isinstance(tools, dict):
        for name, raw in tools.items():
            if isinstance(raw, dict) and (_is_descriptor(raw) or "description" in raw):
                yield text(raw.get("name"), 120) or str(name), raw, version
    for key in _SERVERS:
        servers = root.get(key)
        for server in servers.values() if isinstance(servers, dict) else sequence(servers):
            yield from _listed(server, version) if isinstance(server, dict) and "tools" in server else ()


def _named(items: list[Any], version: str) -> Iterator[tuple[str, dict[str, Any], str]]:
    found = [mapping(item.get("function")) or item for item in items if isinstance(item, dict)]
    if not found or len(found) < len(items) or not all("name" in item for item in found):
        return
    for item in found:
        yield text(item.get("name"), 120), item, version


def _is_descriptor(raw: Mapping[str, Any]) -> bool:
    return any(key in raw for key in (*_INPUTS, *_OUTPUTS))


def _tool(name: str, raw: dict[str, Any], version: str, source: Source, references: References) -> Tool:
    annotations = dict(mapping(raw.get("annotations")))
    if title := text(raw.get("title"), 200):
        annotations.setdefault("title", title)
    said = " ".join([text(raw.get("description"), 4000), *(_words(raw.get(mark)) for mark in _MARKS)])
    return Tool(
        name,
        source,
        text(raw.get("description"), 2000),
        _schema(_first(raw, _INPUTS), references),
        _schema(_first(raw, _OUTPUTS), references),
        text(raw.get("version"), 60) or version,
        tuple(_examples(raw)),
        annotations,
        cited(said),
    )


def _first(raw: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    return next((raw[key] for key in keys if isinstance(raw.get(key), dict | list)), None)


def _schema(raw: Any, references: References) -> dict[str, Any]:
    """A JSON Schema, or one made from a list of parameters or from names with types."""
    if isinstance(raw, list):
        return _of_list(raw, references)
    if not isinstance(raw, dict) or not raw:
        return {}
    if not _SCHEMA & raw.keys() and all(isinstance(value, dict | str) for value in raw.values()):
        return _of_names(raw, references)
    return references.local(raw)


def _of_list(raw: list[Any], references: References) -> dict[str, Any]:
    """`[{name, type, required, description}]`, as some write parameters."""
    named = [item for item in raw if isinstance(item, dict) and isinstance(item.get("name"), str)]
    if not named:
        return {}
    properties = {item["name"]: _property(item, references) for item in named}
    required = [item["name"] for item in named if item.get("required") is True]
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def _of_names(raw: dict[str, Any], references: References) -> dict[str, Any]:
    """`{id: "string", note: {type: string}}`: the properties without the object around them."""
    properties = {
        name: references.local(value) if isinstance(value, dict) else _typed(value) for name, value in raw.items()
    }
    required = [name for name, value in raw.items() if isinstance(value, dict) and value.get("required") is True]
    for schema in properties.values():
        if isinstance(schema.get("required"), bool):
            schema.pop("required")
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def _property(item: dict[str, Any], references: References) -> dict[str, Any]:
    schema = item.get("schema")
    if isinstance(schema, dict):
        return references.local(schema)
    found = _typed(text(item.get("type"), 40))
    return found | ({"description": text(item["description"], 500)} if item.get("description") else {})


def _typed(word: str) -> dict[str, Any]:
    bare = word.strip().lower().rstrip("?")
    kinds = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "dict": "object", "list": "array"}
    kind = kinds.get(bare, bare)
    if kind in ("string", "integer", "number", "boolean", "object", "array"):
        return {"type": kind}
    return {"type": "string", "format": bare} if bare in ("uuid", "date", "date-time", "email", "uri") else {}


def _examples(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """`{"input": …, "output": …}` for each example, however it is written."""
    given = raw.get("examples", raw.get("example"))
    for item in (
        given.values()
        if isinstance(given, dict) and "input" not in given and _all_maps(given)
        else (given if isinstance(given, list) else [given])
    ):
        if not isinstance(item, dict):
            continue
        sent = next((item[key] for key in ("input", "arguments", "args", "params", "request") if key in item), None)
        got = next((item[key] for key in ("output", "result", "response", "returns") if key in item), None)
        if sent is None and got is None:
            sent = item.get("value", item)
        yield {key: value for key, value in (("input", sent), ("output", got)) if value is not None}


def _all_maps(value: Mapping[str, Any]) -> bool:
    return bool(value) and all(
        isinstance(each, dict) and ("input" in each or "arguments" in each) for each in value.values()
    )


def _words(value: Any) -> str:
    return " ".join(str(each) for each in value) if isinstance(value, list) else text(value, 400)
