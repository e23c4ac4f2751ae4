"""The outline of a field: what a line or a section must look like to be a fact wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flaresmith.compiler.parse import bullets, tables
from flaresmith.compiler.parse.code import declares
from flaresmith.compiler.parse.drafts import Written
from flaresmith.compiler.parse.headings import fact_role
from flaresmith.compiler.parse.markdown import Block, Bullet, Fence, Row, Table, plain
from flaresmith.compiler.parse.types import read_type

_IDENTIFIER = re.compile(r"[^\W\d][\w$]{0,80}(?:\.\w{1,60}){0,3}")
_KEYS = frozenset(("id", "_id", "uuid"))
_KEY = re.compile(r"\b(?:pk|primary key)\b", re.I)
_ABOUT = re.compile(
    r"type|format|example|default|length|size|required|range|pattern|encoding|storage|key|returns?|input|output|signature",
    re.I,
)
_PRESENCE = re.compile(
    r"[\s,;()]*(?:(?:required|optional|nullable|null|not null|unique|pk|primary key|fk|indexed)\b[\s,;()]*)*", re.I
)
_CONSTRAINT = re.compile(r"\b(?:not null|nullable|required|optional|unique|pk|fk|primary key|foreign key)\b", re.I)


@dataclass(frozen=True, slots=True)
class Outline:
    """How much of a section looks like the fields of an entity."""

    typed: int = 0  # lines with a name and a known type
    items: int = 0
    keyed: bool = False
    declared: bool = False  # SQL or TypeScript stands here

    @property
    def is_entity(self) -> bool:
        """Whether a heading that names something makes these its fields."""
        return self.declared or (self.typed >= 2 and self.typed * 2 >= self.items)

    @property
    def is_certain(self) -> bool:
        """Whether these are fields of an entity even where the heading usually announces something else."""
        return self.keyed and self.typed >= 2 and self.typed * 4 >= self.items * 3


def outline_of(blocks: Iterable[Block]) -> Outline:
    """The outline of the blocks directly below a heading."""
    lists: list[Bullet] = []
    written: list[Written] = []
    items, declared = 0, False
    for block in blocks:
        if isinstance(block, Bullet):
            lists.append(block)
        elif isinstance(block, Table):
            rows = typed_rows(block)
            items += len(block.rows) - 1 if rows else 0
            written += rows
        elif isinstance(block, Fence):
            declared = declared or declares(block.language, "\n".join(block.lines))
    found = [field.written for item in lists if (field := typed_bullet(item))]
    written += found
    keyed = any(item.name.lower() in _KEYS or _KEY.search(item.constraints) for item in written)
    return Outline(len(written), items + (len(lists) if found else 0), keyed, declared)


def typed_bullet(bullet: Bullet) -> bullets.BulletField | None:
    """The field of a bullet with a name and a known type; words about something (`Type: UUID`) are none."""
    read = bullets.read_bullet(bullet, "")
    if read is None or not read.sure or not _IDENTIFIER.fullmatch(read.written.name):
        return None
    reading = read_type(read.written.type)
    if reading is None or not reading.known or _is_about(read.written.name):
        return None
    if reading.many and " " in reading.type.raw.split("[")[0]:
        return None  # a sentence that ends in brackets
    return read if _is_spelled(bullet.text, read.written.name) else None


def _is_about(name: str) -> bool:
    return bool(_ABOUT.fullmatch(name)) or fact_role(name) is not None


def _is_spelled(text: str, name: str) -> bool:
    """Whether a sentence does not begin like this: a mark stands at the name, or it is no capitalised word."""
    return name[:1].islower() or bool(re.match(rf"[*`]*{re.escape(name)}[*`?]*\s*[*`:(]", text))


def is_plain_field(bullet: Bullet) -> bool:
    """Whether a bullet is nothing but a field, among indexes and rules too: `name (type, …)`, `name: type (pk)`."""
    read = typed_bullet(bullet)
    if read is None or read.written.name[:1].isupper():
        return False
    reading = read_type(read.written.type)
    words = f"{reading.rest if reading else ''} {read.written.constraints}"
    return bool(re.match(rf"[*`]*{re.escape(read.written.name)}[*`?]*\s*\(", bullet.text)) or bool(
        _PRESENCE.fullmatch(words) and not read.written.notes
    )


def has_types(table: Table) -> bool:
    """Whether most rows of a table name a field and a known type."""
    return len(typed_rows(table)) * 2 > len(table.rows) - table.separated


def typed_rows(table: Table) -> list[Written]:
    """The rows of a table that name a field and a known type."""
    written, _ = tables.read_rows(table, "") if tables.is_field_table(table) else ([], [])
    headed = table.separated and "type" in tables.header_of(table)[0]
    return [
        item
        for item in written
        if _IDENTIFIER.fullmatch(item.name) and (_known(item.type) or (headed and read_type(item.type)))
    ]


def outlined_rows(table: Table) -> list[Row]:
    """The rows of a table that look like fields: a known type, or a name in a column of fields with its constraints."""
    written, _ = tables.read_rows(table, "") if tables.is_field_table(table) else ([], [])
    lines = {
        item.source.line
        for item in written
        if _IDENTIFIER.fullmatch(item.name) and (_known(item.type) or _CONSTRAINT.search(item.constraints))
    }
    return [row for row in table.rows if row.line in lines]


def named_rows(rows: Sequence[Row]) -> list[Row]:
    """The rows whose first cell is an identifier, where most are: facts of a kind that is not known here."""
    named = [row for row in rows if len(row.cells) > 1 and re.fullmatch(r"[^\W\d]\w{0,80}", plain(row.cells[0]))]
    return named if len(named) * 2 > len(rows) else []


def _known(text: str) -> bool:
    reading = read_type(text) if text else None
    return reading is not None and reading.known
