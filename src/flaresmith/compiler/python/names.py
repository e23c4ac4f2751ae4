"""Names of classes, modules and attributes in the Python service, the same for every target."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flaresmith.compiler import naming, resolve
from flaresmith.compiler.model import Entity, EntityKind, Field, Kind, Model

RESERVED_MODULES = frozenset({"base", "contract", "health", "conftest", "factories", "service"})
_CLASSES = """APIRouter Annotated Any Base Binary Body Call ClassVar Closed Decimal Depends Email Exception Factory
    False Field Float Header Int32 Int64 IsoDate IsoDatetime IsoTime KeyError Literal Made Mapped Mapping Matches None
    Number OneOf Open Optional Page Parent Path Pattern Query Request Response RootModel RootSchema Sample Schema
    Sequence Session Spelled True TypeError UNSET Union Unique Uri Uuid ValueError"""
RESERVED_CLASSES = frozenset(_CLASSES.split())
# What a name in a class body would hide: types of annotations, and attributes of declarative and pydantic classes.
_ATTRIBUTES = """annotations bool bytes datetime decimal dict float int list mapped_column object postgresql sa str
    tuple uuid metadata registry type_annotation_map self cls copy construct fields from_orm json parse_file parse_obj
    parse_raw schema schema_json update_forward_refs validate drop_read_only"""
RESERVED_ATTRIBUTES = frozenset(_ATTRIBUTES.split())
SCHEMA_KINDS = ("Create", "Query", "Read", "Update")


@dataclass(frozen=True, slots=True)
class Names:
    """The Python names of one model: entity name → class, module."""

    classes: Mapping[str, str]
    modules: Mapping[str, str]

    def enums(self, entity: Entity) -> dict[str, str]:
        """Field name → name of its list of values, `BookStatus`, for the fields that hold words of a list."""
        fields = [field for field in entity.fields if Kind.ENUM in (field.type.kind, _item_kind(field))]
        chosen = naming.distinct((naming.pascal(field.name) for field in fields), SCHEMA_KINDS)
        return {f.name: self.classes[entity.name] + name for f, name in zip(fields, chosen, strict=True)}


def _item_kind(field: Field) -> Kind | None:
    return field.type.items.kind if field.type.items else None


def names(entities: Sequence[Entity]) -> Names:
    """Class and module names of the entities; none is given twice."""
    wanted = [_class_name(entity.name) for entity in entities]
    classes = naming.distinct(wanted, RESERVED_CLASSES)
    modules = naming.distinct(map(module_name, classes), RESERVED_MODULES)
    keys = [entity.name for entity in entities]
    return Names(dict(zip(keys, classes, strict=True)), dict(zip(keys, modules, strict=True)))


def attributes(entity: Entity) -> dict[str, str]:
    """Field name → attribute, shared by the table's class and the schemas."""
    return attributes_of(field.name for field in entity.fields)


def attributes_of(wire_names: Iterable[str]) -> dict[str, str]:
    """Wire name → attribute. A name that is an attribute already keeps it, so none is another's wire name."""
    listed = list(wire_names)
    settled = sorted(listed, key=lambda name: _attribute(name) != name)
    chosen = dict(zip(settled, naming.distinct(map(_attribute, settled)), strict=True))
    return {name: chosen[name] for name in listed}


def sound_entities(model: Model) -> tuple[Entity, ...]:
    """The model's entities, resolved; those that are value lists only come last."""
    resolved = resolve.resolve(model.entities)
    return tuple(sorted(resolved, key=lambda entity: entity.kind is EntityKind.ENUM))


def _class_name(name: str) -> str:
    return naming.pascal(name if name[:1].isupper() else naming.singular(name))


def module_name(name: str) -> str:
    """A name as a module or function."""
    module = naming.snake(name)
    return f"{module}_" if keyword.iskeyword(module) else module


def _attribute(name: str) -> str:
    snake = naming.snake(name).lstrip("_") or "unnamed"
    if keyword.iskeyword(snake) or snake in RESERVED_ATTRIBUTES or snake.startswith(("model_", "sa_")):
        return f"{snake}_"
    return snake
