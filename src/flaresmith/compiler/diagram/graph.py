"""What is drawn: boxes with rows, and lines from a row that refers to the row it refers to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from flaresmith.compiler.model import Cardinality, Entity, EntityKind, Field, Kind, Type
from flaresmith.compiler.resolve import is_nullable

ROW, HEAD, FOOT = 20, 30, 6
MOST_ROWS = 16
_NAME, _TYPE = 30, 18
_CHARACTER, _HEAD_CHARACTER = 7.3, 8.2
_MARKS = 34


@dataclass(frozen=True, slots=True)
class Row:
    """One field as it is shown."""

    name: str
    type: str
    is_key: bool = False
    is_reference: bool = False
    is_unique: bool = False
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """One entity. `more` counts the fields that are not shown."""

    name: str
    rows: tuple[Row, ...]
    more: int
    is_table: bool
    width: int
    description: str = ""

    @property
    def height(self) -> int:
        """In the units of the picture."""
        return HEAD + ROW * (len(self.rows) + bool(self.more)) + FOOT

    def row_at(self, name: str) -> int:
        """The middle of a row, from the top of the box; that of the head where the row is not shown."""
        place = next((index for index, row in enumerate(self.rows) if row.name == name), None)
        return HEAD // 2 if place is None else HEAD + ROW * place + ROW // 2


@dataclass(frozen=True, slots=True)
class Line:
    """A reference: from the field `row` of the box `child` to the field `key` of `parent`.

    `is_one` says that a parent has one child at the most, `is_many` that both sides have many; `is_optional` that a
    child may have no parent.
    """

    child: str
    row: str
    parent: str
    key: str
    is_one: bool = False
    is_optional: bool = False
    is_many: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """Everything that is drawn."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def graph(entities: Iterable[Entity], only: Collection[str] | None = None) -> Graph:
    """The picture of resolved entities, or of some of them; those that these refer to come as bare names."""
    known = {entity.name: entity for entity in entities if entity.kind is not EntityKind.ENUM}
    shown = [entity for entity in known.values() if only is None or entity.name in only]
    lines = [line for entity in shown for line in _lines(entity, known)]
    lines = [line for line in lines if not (line.is_many and _is_joined(line, lines))]
    inside = {entity.name for entity in shown}
    outside = sorted({line.parent for line in lines} - inside)
    boxes = [_box(entity) for entity in shown] + [_bare(known[name]) for name in outside]
    return Graph(tuple(boxes), tuple(lines))


def _lines(entity: Entity, known: dict[str, Entity]) -> Iterable[Line]:
    for field in entity.fields:
        if field.references is not None and field.references.entity in known:
            alone = field.unique or (field.primary_key and len(entity.primary_key) == 1)
            target = field.references
            yield Line(entity.name, field.name, target.entity, target.field, alone, is_nullable(field))
    for relationship in entity.relationships:
        both = relationship.cardinality is Cardinality.MANY_TO_MANY and not relationship.through
        if both and relationship.target in known and relationship.target != entity.name:
            yield Line(entity.name, "", relationship.target, "", is_many=True)


def _is_joined(line: Line, lines: list[Line]) -> bool:
    """Whether an entity between the two refers to both: it says the same, and more."""
    parents: dict[str, set[str]] = {}
    for each in lines:
        if not each.is_many:
            parents.setdefault(each.child, set()).add(each.parent)
    return any({line.child, line.parent} <= found for found in parents.values())


def _box(entity: Entity) -> Box:
    order = sorted(entity.fields, key=lambda f: (not f.primary_key, f.references is None))
    chosen = {field.name for field in order[:MOST_ROWS]}
    rows = tuple(_row(field) for field in entity.fields if field.name in chosen)
    more = len(entity.fields) - len(rows)
    return Box(
        entity.name, rows, more, entity.kind is EntityKind.PERSISTED, _width(entity.name, rows), entity.description
    )


def _bare(entity: Entity) -> Box:
    """An entity of elsewhere: its name alone."""
    return Box(entity.name, (), 0, entity.kind is EntityKind.PERSISTED, _width(entity.name, ()), entity.description)


def _row(field: Field) -> Row:
    return Row(
        field.name,
        type_text(field.type),
        field.primary_key,
        field.references is not None,
        field.unique,
        is_nullable(field),
    )


def type_text(kind: Type) -> str:
    """A type in a word or two: `string(80)`, `decimal(8, 2)`, `enum`, `uuid[]`."""
    if kind.kind is Kind.ARRAY:
        return f"{type_text(kind.items) if kind.items else ''}[]"
    if kind.kind is Kind.STRING and kind.length:
        return f"string({kind.length})"
    if kind.kind is Kind.DECIMAL and kind.precision:
        return f"decimal({kind.precision}, {kind.scale or 0})"
    return kind.format if kind.kind is Kind.STRING and kind.format.isalpha() else kind.kind.value


def shortened(text: str, limit: int) -> str:
    """The text, or its start and an ellipsis."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def name_text(row: Row) -> str:
    """A field's name as it is shown."""
    return shortened(row.name, _NAME)


def kind_text(row: Row) -> str:
    """A field's type as it is shown; what may be absent has a question mark."""
    return shortened(row.type, _TYPE) + ("?" if row.is_optional else "")


def title_text(box: Box) -> str:
    """A box's name as it is shown."""
    return shortened(box.name, _NAME)


def _width(name: str, rows: tuple[Row, ...]) -> int:
    longest = max((len(name_text(row)) + len(kind_text(row)) + 3 for row in rows), default=0)
    wanted = max(longest * _CHARACTER + _MARKS, len(shortened(name, _NAME)) * _HEAD_CHARACTER + 28, 130)
    return int(wanted / 10 + 1) * 10
