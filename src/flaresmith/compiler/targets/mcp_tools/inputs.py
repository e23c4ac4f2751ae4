"""What a tool takes, and which part of the request each argument becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.clients import Operation
from flaresmith.compiler.clients.shapes import alternatives, properties, required, resolved

BODY = "body"


@dataclass(slots=True)
class Inputs:
    """The arguments of a tool: `schema` with references to components, and the parts of the request they fill."""

    properties: dict[str, Any] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    parameters: list[dict[str, Any]] = field(default_factory=list)
    body: dict[str, Any] | None = None

    @property
    def schema(self) -> dict[str, Any]:
        """JSON Schema of all arguments together."""
        shown: dict[str, Any] = {"type": "object", "properties": self.properties}
        return shown | ({"required": self.required} if self.required else {}) | {"additionalProperties": False}


def inputs_of(operation: Operation, schemas: Mapping[str, Any]) -> Inputs:
    """The arguments: the parameters, and the properties of the body where they can stand beside them."""
    found = Inputs()
    names: Sequence[str] = [parameter.name for parameter in operation.parameters]
    if len(set(names)) < len(names):
        names = naming.distinct(names)
    for name, parameter in zip(names, operation.parameters, strict=True):
        described = {"description": parameter.description} if parameter.description else {}
        found.properties[name] = (
            {**parameter.schema, **described} if "$ref" not in parameter.schema else parameter.schema
        )
        found.required += [name] if parameter.required else []
        found.parameters.append(_place(name, parameter.name, parameter.location, parameter.style, parameter.explode))
    if operation.body is not None:
        _add_body(found, operation, schemas)
    return found


def _place(argument: str, name: str, location: str, style: str, explode: bool | None) -> dict[str, Any]:
    place: dict[str, Any] = {"argument": argument, "name": name, "in": location}
    return place | ({"style": style} if style else {}) | ({"explode": explode} if explode is not None else {})


def _add_body(found: Inputs, operation: Operation, schemas: Mapping[str, Any]) -> None:
    body = operation.body
    assert body is not None
    whole = resolved(body.schema, schemas)
    shown = properties(whole)
    found.body = {"kind": body.kind, "mediaType": body.media_type}
    spread = body.kind in ("json", "form", "multipart") and bool(shown) and not alternatives(whole)
    if (
        spread
        and not shown.keys() & found.properties.keys()
        and not isinstance(whole.get("additionalProperties"), dict)
    ):
        found.properties |= shown
        found.required += [name for name in required(whole) if name in shown and body.required]
        found.body["properties"] = list(shown)
        return
    name = naming.distinct([BODY], found.properties)[0]
    found.properties[name] = body.schema if body.kind == "json" else {"type": "string"}
    found.required += [name] if body.required else []
    found.body["argument"] = name
