"""What the compiler reads from one data model, flattened so that it can be laid beside the labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.understanding.truth import Document, plain, singular

from flaresmith.compiler.model import Entity, Field, Type
from flaresmith.compiler.parse import parse

DEEPEST = 8
_FORMATS = {"uuid": "uuid", "date-time": "datetime", "date": "date", "time": "time", "binary": "binary"}
_KINDS = {"object": "json", "array": "array", "string": "string", "integer": "integer", "boolean": "boolean"}


@dataclass(frozen=True, slots=True)
class Found:
    """One field as read; `path` is its compared name, `said` has the keys of a label, `inner` tells a nested one."""

    name: str
    path: str
    line: int
    notation: str
    said: Mapping[str, Any]
    inner: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """One entity as read."""

    name: str
    line: int
    kind: str
    notation: str
    fields: Mapping[str, Found]
    values: Sequence[str]
    transitions: frozenset[tuple[str, str]]

    @property
    def key(self) -> str:
        """The name as it is compared."""
        return singular(self.name)


def read(document: Document) -> list[Read]:
    """The entities of a data model that is read alone, so that nothing of its folder hides what it says.

    An entity that is only named (unchanged, removed) declares nothing and is left out.
    """
    model = parse({f"{document.feature}/data-model.md": document.text}, name="product")
    entities = [entity for feature in model.features for entity in feature.entities]
    return [_entity(entity) for entity in entities if entity.fields or entity.values or entity.change is None]


def _entity(entity: Entity) -> Read:
    return Read(
        name=entity.name,
        line=entity.source.line,
        kind=str(entity.kind),
        notation=str(entity.notation or ""),
        fields={found.path: found for field in entity.fields for found in _fields(field)},
        values=entity.values,
        transitions=frozenset((plain(arrow.before), plain(arrow.after)) for arrow in entity.transitions),
    )


def _fields(field: Field) -> Iterator[Found]:
    path = ".".join(plain(part) for part in field.name.split("."))
    target = field.references
    said = {
        "type": str(field.type.kind),
        "required": field.required,
        "nullable": field.nullable,
        "unique": field.unique,
        "primary_key": field.primary_key,
        "references": f"{target.entity}.{target.field}" if target else None,
        "enum": _values(field.type),
    }
    yield Found(field.name, path, field.source.line, str(field.notation or ""), said)
    yield from _inner(field, path, _shape(field.type), 0)


def _values(of: Type) -> Sequence[str] | None:
    return of.values or (of.items.values if of.items else ()) or None


def _shape(of: Type) -> Mapping[str, Any]:
    """The JSON Schema of an object, or of the objects of a list."""
    return of.schema or (of.items.schema if of.items else None) or {}


def _inner(field: Field, path: str, schema: Mapping[str, Any], depth: int) -> Iterator[Found]:
    """The fields of a nested object, by their path."""
    schema = schema.get("items", schema)
    required = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        here = f"{path}.{plain(name)}"
        said = {"type": _kind(inner), "required": name in required, "references": None, "enum": inner.get("enum")}
        yield Found(f"{field.name}.{name}", here, field.source.line, str(field.notation or ""), said, inner=True)
        if depth < DEEPEST:
            yield from _inner(field, here, inner, depth + 1)


def _kind(schema: Mapping[str, Any]) -> str:
    named = schema.get("type", "")
    kind = next((one for one in named if one != "null"), "") if isinstance(named, list) else named
    if "enum" in schema:
        return "enum"
    if kind == "number":
        return "decimal" if schema.get("format") == "decimal" else "number"
    return _FORMATS.get(schema.get("format", ""), _KINDS.get(kind, "json"))
