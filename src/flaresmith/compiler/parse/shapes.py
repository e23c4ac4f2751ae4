"""The JSON Schema of values that are stored as JSON: nested objects, and unions of several types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from flaresmith.compiler import wire
from flaresmith.compiler.model import Field, Kind, Type


def object_type(fields: Iterable[tuple[Field, bool]], raw: str = "") -> Type:
    """A JSON object with these fields, each with whether it must be there."""
    listed = list(fields)
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {field.name: _schema(field) for field, _ in listed},
    }
    if required := [field.name for field, needed in listed if needed]:
        schema["required"] = required
    return Type(Kind.JSON, raw=raw, schema=schema)


def union_type(types: Sequence[Type], raw: str = "") -> Type:
    """One of several types; those that one type covers become that one."""
    kinds = {typed.kind for typed in types}
    if kinds <= {Kind.INTEGER, Kind.BIGINT, Kind.NUMBER}:
        return Type(Kind.NUMBER if Kind.NUMBER in kinds else Kind.BIGINT, raw=raw)
    if kinds <= {Kind.STRING, Kind.TEXT}:
        return Type(Kind.TEXT if Kind.TEXT in kinds else Kind.STRING, raw=raw)
    if len(kinds - {Kind.STRING, Kind.TEXT}) == 1 and kinds & {Kind.DATETIME, Kind.DATE, Kind.UUID}:
        return replace(next(typed for typed in types if typed.kind not in (Kind.STRING, Kind.TEXT)), raw=raw)
    return Type(Kind.JSON, raw=raw, schema={"anyOf": [schema_of(typed) for typed in types]})


def schema_of(typed: Type) -> dict[str, Any]:
    """JSON Schema of one type, with the shape of what is inside."""
    if typed.kind is Kind.JSON and typed.schema is not None:
        return dict(typed.schema)
    if typed.kind is Kind.ARRAY:
        return {"type": "array", "items": schema_of(typed.items) if typed.items else {}}
    return dict(wire.type_schema(typed))


def _schema(field: Field) -> dict[str, Any]:
    inside = schema_of(field.type) if field.type.kind in (Kind.JSON, Kind.ARRAY) else {}
    return dict(wire.field_schema(field)) | inside
