"""Keys and indexes that stand as items of a field list: `unique(a, b)`, `indexes: a, b`, `(a, b) unique`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from flaresmith.compiler.model import Index, Source
from flaresmith.compiler.parse import facts
from flaresmith.compiler.parse.drafts import EntityDraft
from flaresmith.compiler.parse.markdown import Bullet, plain

_NAMED = re.compile(
    r"^(?:composite |partial )?(?:unique(?: constraint| index| key)?|ind(?:ex(?:es)?|ices)|primary key|pk)"
    r"\s*(?:on\b|:|(?=\())\s*(.+)$",
    re.I,
)
_COLUMNS_FIRST = re.compile(r"^\([\w, ]{3,200}\)\s*(?:is |must be )?(?:unique|indexed|pk|primary)", re.I)
_PRIMARY = re.compile(r"^(?:primary key|pk)\b|\)\s*(?:is )?(?:pk|primary)", re.I)


@dataclass(frozen=True, slots=True)
class SideFact:
    """The indexes that an item names, and the fields that it makes the primary key."""

    indexes: tuple[Index, ...] = ()
    primary: tuple[str, ...] = ()


def read_side_fact(item: Bullet, file: str) -> SideFact | None:
    """The keys or indexes of an item, or None where it is something else."""
    text = plain(item.text)[:400]
    source = Source(file, item.line, item.column)
    named = _NAMED.match(text)
    if named is None and not _COLUMNS_FIRST.match(text):
        return None
    columns = named.group(1) if named else text
    if _PRIMARY.search(text):
        index = facts.read_index(columns, source)
        return SideFact(primary=index.fields if index else ())
    unique = bool(re.search(r"\bunique\b", text, re.I))
    read = (facts.read_index(part.strip(), source) for part in _parts(columns, unique=unique))
    return SideFact(tuple(replace(index, unique=unique or index.unique) for index in read if index))


def apply_side_fact(draft: EntityDraft, side: SideFact) -> None:
    """Adds the indexes, and marks the fields of the key."""
    draft.indexes.extend(side.indexes)
    for name in side.primary:
        if known := draft.find(name):
            known.field = replace(known.field, primary_key=True)


def _parts(columns: str, *, unique: bool) -> list[str]:
    """`indexes: a, b` are two indexes; `unique: a, b` is one."""
    several = not columns.lstrip().startswith("(") and not unique and "," in columns
    return re.split(r",(?![^()]*\))", columns) if several else [columns]
