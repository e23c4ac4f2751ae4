"""Names of classes, modules and attributes in the Python service, the same for every target."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flaresmith.compiler import naming, resolve
from flaresmith.compiler.model import Entity, EntityKind, Field, Kind, Model

RESERVED_MODULES = frozenset({"base", "contract", "health", "conftest", "factories", "service"})
_CLASSES = """Annotated Any Base Binary Body Call ClassVar Closed Decimal Email Field Float Int32 Int64 Literal Mapped
    Matches Number Open Page Path Query Request Response RootModel RootSchema Schema Session UNSET Uri Exception None
    True False Optional Union TypeError ValueError KeyError Header Depends APIRouter Pattern Sequence Mapping Uuid"""
RESERVED_CLASSES = frozenset(_CLASSES.split())
# What a name in a class body would hide: types of annotations, and attributes of declarative and pydantic classes.
_ATTRIBUTES = """annotations bool bytes datetime decimal dict float int list mapped_column object postgresql sa str
    tuple uuid metadata registry type_annotation_map self cls copy construct fields from_orm json parse_file parse_obj
    parse_raw schema schema_json update_forward_refs validate drop_read_only"""
RESERVED_ATTRIBUTES = frozenset(_ATTRIBUTES.split())


@dataclass(frozen=True, slots=True)
class Names:
    """The Python names of one model: entity name → class, module."""

    classes: Mapping[str, str]
    modules: Mapping[str, str]

    def enum(self, entity: Entity, field: Field) -> str:
        """The name of an enum field's values: `BookStatus`."""
        return self.classes[entity.name] + naming.pascal(field.name)


def names(entities: Sequence[Entity]) -> Names:
    """Class and module names of the entities; none is given twice."""
    wanted = [_class_name(entity.name) for entity in entities]
    classes = naming.distinct(wanted, RESERVED_CLASSES)
    modules = naming.distinct(map(module_name, classes), RESERVED_MODULES)
    keys = [entity.name for entity in entities]
    return Names(dict(zip(keys, classes, strict=True)), dict(zip(keys, modules, strict=True)))


def attributes(entity: Entity) -> dict[str, str]:
    """Field name → attribute, shared by the table's class and the schemas."""
    wanted = [_attribute(field.name) for field in entity.fields]
    return dict(zip((field.name for field in entity.fields), naming.distinct(wanted), strict=True))


def attributes_of(wire_names: Iterable[str]) -> dict[str, str]:
    """Wire name → attribute, for an object of a contract."""
    listed = list(wire_names)
    return dict(zip(listed, naming.distinct(map(_attribute, listed)), strict=True))


def sound_entities(model: Model) -> tuple[Entity, ...]:
    """The model's entities, resolved; those that are value lists only come last."""
    resolved = resolve.resolve(model.entities)
    return tuple(sorted(resolved, key=lambda entity: entity.kind is EntityKind.ENUM))


def is_enumerated(field: Field) -> bool:
    """Whether the field holds one of a list of words."""
    return field.type.kind is Kind.ENUM and bool(field.type.values)


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
