"""How the product is called: operations, their schemas, and tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flaresmith.compiler.model.sources import Source


@dataclass(frozen=True, slots=True)
class Parameter:
    """A path, query, header or cookie parameter of an endpoint; `schema` is JSON Schema with its references resolved.

    `style` and `explode` say how a list or an object is written, in OpenAPI's words; empty and None where the
    contract says nothing, which means its usual way for the location.
    """

    name: str
    location: str  # path | query | header | cookie
    required: bool
    schema: Mapping[str, Any]
    description: str = ""
    style: str = ""
    explode: bool | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """One documented reply. `schema` is JSON Schema; local references stay as `{"$ref": "#/components/schemas/X"}`."""

    status: str
    description: str = ""
    schema: Mapping[str, Any] | None = None
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation. `derived` is True where the compiler made it for an entity that has no contract.

    `entity` and `action` say what the operation does to which entity: list, create, get, replace, update, delete,
    `transition:<trigger>`, or empty where only a person can know.
    """

    method: str  # upper case
    path: str  # with {parameters}
    operation_id: str
    source: Source
    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    request_schema: Mapping[str, Any] | None = None
    request_required: bool = False
    request_media_type: str = "application/json"
    responses: tuple[Response, ...] = ()
    security: tuple[Mapping[str, Any], ...] = ()
    requirements: tuple[str, ...] = ()
    entity: str = ""
    action: str = ""
    derived: bool = False
    confidence: float = 1.0  # below 1 where it was read from a text and not from OpenAPI
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """One OpenAPI document of a feature: its components, and the document it came from."""

    source: Source
    title: str
    version: str
    schemas: Mapping[str, Any]  # components.schemas, JSON Schema
    security_schemes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool descriptor from `contracts/mcp-tools.json`."""

    name: str
    source: Source
    description: str = ""
    input_schema: Mapping[str, Any] = field(default_factory=dict)
    output_schema: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""
    examples: tuple[Mapping[str, Any], ...] = ()  # {"input": …, "output": …}
    annotations: Mapping[str, Any] = field(default_factory=dict)
    requirements: tuple[str, ...] = ()
