"""Schemas of contracts as the service reads them: bodies, and parameters that arrive as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.model import Endpoint, Model, Parameter
from flaresmith.compiler.service import schemas
from flaresmith.compiler.typescript.layout import Chain
from flaresmith.compiler.typescript.text import literal
from flaresmith.compiler.typescript.zod import Writer

_SPELT = frozenset({"integer", "number", "boolean"})
_PLAIN: Mapping[str, type] = {"string": str, "boolean": bool, "integer": int}


def parameter(found: Parameter, writer: Writer) -> Chain:
    """The schema of one parameter, which reads its text first."""
    schema = sensible(found)
    text = _read(schema, writer)
    if (default := plain_default(schema)) is not None:
        return Chain(f"{text}.default({literal(default)})")
    return Chain(text if found.required else f"{text}.optional()")


def body(endpoint: Endpoint, writer: Writer) -> str:
    """The schema of a body, or nothing where it has none or is not JSON."""
    if endpoint.request_schema is None or not is_json(endpoint):
        return ""
    return writer.expression(endpoint.request_schema)


def is_json(endpoint: Endpoint) -> bool:
    """Whether the body of an operation is JSON."""
    return schemas.is_json(endpoint.request_media_type)


def spoken(endpoint: Endpoint, model: Model) -> dict[str, Any]:
    """What the contract takes as said where a client leaves it out."""
    whole = schemas.resolved(endpoint.request_schema, model.schemas)
    found = {name: plain_default(inner) for name, inner in schemas.properties(whole).items()}
    return {name: value for name, value in found.items() if value is not None and name not in schemas.required(whole)}


def plain_default(schema: Any) -> Any:
    """The default of a schema where it is a value of its plain type, else None."""
    if not isinstance(schema, Mapping) or {"format", "pattern", "enum"} & schema.keys():
        return None
    wanted = _PLAIN.get(next(iter(schemas.kinds(schema)), ""))
    value = schema.get("default")
    return value if wanted is not None and type(value) is wanted else None


def sensible(found: Parameter) -> Mapping[str, Any]:
    """A page size without bounds gets those of every other list."""
    schema = found.schema
    if naming.snake(found.name) not in schemas.LIMIT_NAMES or schemas.kinds(schema) != ["integer"]:
        return schema
    low, high = schema.get("minimum"), schema.get("maximum")
    bounds = {"minimum": low if isinstance(low, int) else 1, "maximum": high if isinstance(high, int) else 100}
    return {**schema, **bounds}


def _read(schema: Mapping[str, Any], writer: Writer) -> str:
    kinds: Sequence[str] = schemas.kinds(schema)
    kind = kinds[0] if len(kinds) == 1 else ""
    if kind == "array":
        items = schema.get("items")
        return f"listOf({_read(items if isinstance(items, Mapping) else {}, writer)})"
    text = writer.expression(schema) if kind or {"enum", "const", "$ref"} & schema.keys() else "z.string()"
    chosen = schema.get("enum")
    values = chosen if isinstance(chosen, (list, tuple)) else [schema["const"]] if "const" in schema else []
    is_spelt = kind in _SPELT or not all(isinstance(value, str) for value in values)
    return f"spelt({text})" if is_spelt else text
