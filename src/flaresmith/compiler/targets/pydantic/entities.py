"""One module per entity: what is read, what may be written, and how lists are narrowed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from flaresmith.compiler import resolve
from flaresmith.compiler.model import Entity, EntityKind, Field, File, Kind, Limits, Model, Type
from flaresmith.compiler.python import names as python_names
from flaresmith.compiler.python.annotations import annotation, literals, of_type, optional
from flaresmith.compiler.python.contract import Annotator, Nested
from flaresmith.compiler.python.layout import Call, Node, after, call, docstring, flat, header, lines, literal, text
from flaresmith.compiler.surroundings import surroundings
from flaresmith.compiler.targets.pydantic.aliases import with_alias
from flaresmith.compiler.targets.pydantic.imports import imports_of
from flaresmith.compiler.targets.pydantic.objects import Objects
from flaresmith.compiler.wire import inlined

FOLDER = "api/app/schemas"
_UNLIMITED = Limits()
CONTROLS = frozenset({"limit", "cursor", "sort"})


def entity_files(model: Model, target: str) -> Iterator[File]:
    """The schema modules of all entities."""
    entities = python_names.sound_entities(model)
    names = python_names.names(entities)
    around = surroundings(model)
    for entity in entities:
        yield around.remembered(target, entity.name, partial(_file, entity, names, target))


def _file(entity: Entity, names: python_names.Names, target: str) -> File:
    path = f"{FOLDER}/{names.modules[entity.name]}.py"
    return File(path, _Writer(entity, names).module(), target, entity.requirements, (entity.source,))


class _Writer:
    """Writes the module of one entity."""

    def __init__(self, entity: Entity, names: python_names.Names) -> None:
        self.entity = entity
        self.names = names
        self.name = names.classes[entity.name]
        self.attributes = python_names.attributes(entity)
        self.enums = names.enums(entity)
        shaped = [field for field in entity.fields if _shaped(field.type)]
        self.objects = Objects(Annotator({}, {}, Nested(self._taken() if shaped else set())))
        self.shapes = {field.name: self._shape(field.type, field.name) for field in shaped}

    def _taken(self) -> set[str]:
        own = (self.name, *(self.name + kind for kind in python_names.SCHEMA_KINDS), *self.enums.values())
        return {*python_names.RESERVED_CLASSES, *own}

    def _shape(self, kind: Type, hint: str) -> Node:
        """The annotation of a value whose JSON Schema is known, or of a list of them."""
        if kind.kind is Kind.ARRAY and kind.items:
            return call("list[", self._shape(kind.items, f"{hint} item"), close="]")
        return self.objects.annotator.annotation(inlined(kind.schema), f"{self.name} {hint}")

    def module(self) -> str:
        blocks = [block for block in self._blocks() if block]
        body = "\n\n\n".join("\n".join(block) for block in blocks)
        head = header(f"Schemas of {self.name}.", self.entity.requirements, [self.entity.source])
        return "\n".join([*head, "", *imports_of(body), *self._spaced(body)]) + "\n"

    def _spaced(self, body: str) -> list[str]:
        """Two blank lines before a class, one before a value."""
        if not body:
            return []
        return ["", "", body] if body.startswith("class ") else ["", body]

    def _blocks(self) -> Iterator[list[str]]:
        if self.entity.kind is EntityKind.ENUM:
            yield self._value_list()
            return
        yield self._enums()
        yield from ([block] for block in reversed(list(self.objects.rest())))  # what is inside stands first
        if self.entity.kind is EntityKind.PERSISTED:
            yield self._class(f"{self.name}Read", "Schema", "What is read.", self._read_fields())
            yield self._class(f"{self.name}Create", "Body", "What makes a new one.", self._create_fields(), body=True)
            yield self._class(f"{self.name}Update", "Body", "What changes; the rest stays.", self._updates(), body=True)
            yield self._class(f"{self.name}Query", "PageQuery", "How the list is narrowed.", self._query_fields())
        else:
            yield self._class(self.name, "Schema", "A value of the spec, not a table.", self._dto_fields())

    def _value_list(self) -> list[str]:
        values = self.entity.values or next((f.type.values for f in self.entity.fields if f.type.values), ())
        return lines(after(f"{self.name} = ", literals(values))) if values else [f"{self.name} = str"]

    def _enums(self) -> list[str]:
        return [
            line
            for field in self.entity.fields
            if (values := _values(field))
            for line in lines(after(f"{self._enum(field)} = ", literals(values)))
        ]

    def _enum(self, field: Field) -> str:
        return self.enums.get(field.name, "")

    def _class(
        self, name: str, parent: str, says: str, fields: Sequence[list[str]], *, body: bool = False
    ) -> list[str]:
        described = docstring(says, self.entity.description if parent == "Schema" else "", indent=4)
        hidden = self._read_only() if body else []
        inner = [line for field in fields for line in field]
        parts = [part for part in (hidden, inner) if part]
        return [f"class {name}({parent}):", *described, *(line for part in parts for line in ("", *part))]

    def _read_only(self) -> list[str]:
        wire = [text(f.name) for f in self.entity.fields if resolve.is_read_only(f)]
        snake = [text(self.attributes[f.name]) for f in self.entity.fields if resolve.is_read_only(f)]
        everything = list(dict.fromkeys([*wire, *snake]))
        if not everything:
            return []
        return lines(call("READ_ONLY = frozenset(", Call("{", tuple(everything), "}")), 4)

    def _field(self, field: Field, node: Node, default: Node | None) -> list[str]:
        attribute = self.attributes[field.name]
        if attribute != field.name:
            node = with_alias(node, field.name)
        end = f" = {flat(default)}" if default is not None else ""
        return lines(after(f"{attribute}: ", node), 4, end)

    def _type(self, field: Field) -> Node:
        node = self.shapes.get(field.name) or annotation(field, self._enum(field))
        return optional(node) if resolve.is_nullable(field) else node

    def _read_fields(self) -> list[list[str]]:
        return [self._field(f, self._plain(f), None) for f in self.entity.fields if not resolve.is_deletion_time(f)]

    def _plain(self, field: Field) -> Node:
        """What is read is not checked again: rows older than a constraint must stay readable."""
        node = plain(field, self._enum(field))
        return optional(node) if resolve.is_nullable(field) else node

    def _dto_fields(self) -> list[list[str]]:
        return [self._field(f, self._type(f), "None" if resolve.is_nullable(f) else None) for f in self.entity.fields]

    def _create_fields(self) -> list[list[str]]:
        return [self._created(f) for f in self.entity.fields if not resolve.is_read_only(f)]

    def _created(self, field: Field) -> list[str]:
        if resolve.generated(field):
            return self._field(field, self._type(field), "UNSET")
        if field.has_default and field.default is not None:
            return self._field(field, self._type(field), _default(field))
        return self._field(field, self._type(field), "None" if resolve.is_nullable(field) else None)

    def _updates(self) -> list[list[str]]:
        writable = [f for f in self.entity.fields if not resolve.is_read_only(f) and not f.primary_key]
        return [self._field(field, self._type(field), "UNSET") for field in writable]

    def _query_fields(self) -> list[list[str]]:
        narrowing = [field for field in self.entity.fields if resolve.is_filterable(field)]
        made = [
            self._field(field, annotation(field, self._enum(field), asked=True), "UNSET")
            for field in narrowing
            if not {field.name, self.attributes[field.name]} & CONTROLS
        ]
        return [*self._sort(), *made]

    def _sort(self) -> list[list[str]]:
        sortable = [field.name for field in self.entity.fields if resolve.is_sortable(field)]
        choices = [text(sign + name) for name in sortable for sign in ("", "-")]
        literal_ = call("Literal[", *choices, close="]")
        return [lines(after("sort: ", literal_), 4, " = UNSET")] if choices else []


def plain(field: Field, enum: str) -> Node:
    """The annotation without its limits and refinements."""
    kind = field.type
    if kind.length or kind.precision or kind.format or kind.schema:
        kind = replace(kind, length=None, precision=None, format="", schema=None)
    return of_type(kind, _UNLIMITED, enum, sent=False)


def _shaped(kind: Type) -> bool:
    """Whether the JSON Schema of a value, or of the values in a list, is known."""
    if kind.kind is Kind.ARRAY and kind.items:
        return _shaped(kind.items)
    return kind.kind is Kind.JSON and bool(kind.schema)


def _values(field: Field) -> tuple[str, ...]:
    items = field.type.items
    if field.type.kind is Kind.ARRAY and items and items.kind is Kind.ENUM:
        return items.values
    return field.type.values if field.type.kind is Kind.ENUM else ()


def _default(field: Field) -> Node:
    """The default where it is a plain value; others are the database's to fill in."""
    kind, value = field.type.kind, field.default
    fits = {Kind.STRING: str, Kind.TEXT: str, Kind.ENUM: str, Kind.BOOLEAN: bool, Kind.INTEGER: int}.get(kind)
    if fits is None or not isinstance(value, fits) or (fits is int and isinstance(value, bool)):
        return "UNSET"
    if kind is Kind.ENUM and field.type.values and value not in field.type.values:
        return "UNSET"
    return literal(value)
