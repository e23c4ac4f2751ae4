"""Tables that are no fields: relationships, indexes, transitions, values and rows that exist from the start."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.parse import english
from flaresmith.compiler.parse.defaults import UNREADABLE, Unreadable, read_default
from flaresmith.compiler.parse.markdown import Row, plain
from flaresmith.compiler.parse.types import literal_values

_LEFT = ("from", "source", "parent", "entity a", "entity", "left", "owner", "source entity", "from entity", "table")
_RIGHT = ("to", "target", "child", "entity b", "related entity", "right", "references", "target entity", "to entity")
_HOW = ("cardinality", "relationship", "relation", "type", "multiplicity", "relationship type", "kind")
_COLUMNS = ("columns", "column", "column(s)", "fields", "field", "field(s)", "on", "indexed columns", "index columns")
_UNIQUE = ("unique", "unique?", "is unique")
_ABOUT_INDEX = ("type", "kind", "constraint", "constraints", "index", "name", "index name", "index type")
_WHERE = ("where", "condition", "partial", "filter", "predicate")
_TRIGGERS = ("trigger", "action", "event", "on", "via", "transition", "command", "operation", "trigger / action")
_STATES_BEFORE = ("from", "current", "source", "before", "from state", "current state", "start", "state", "old state")
_STATES_AFTER = ("to", "next", "target", "after", "to state", "next state", "end", "new state", "target state")
_VALUES = (
    "value",
    "status",
    "state",
    "enum value",
    "code",
    "constant",
    "enum",
    "option",
    "role",
    "level",
    "member",
    "stage",
)
_CONSTANT = re.compile(r"[A-Z][A-Z\d]*_?[A-Z\d_]{1,60}")
_KNOWN_LINK = re.compile(r"many|one|has|belongs|[1nm]\s*[:-]|0\.\.|references|fk", re.I)
_PLACE_WORD = re.compile(r"[`\"]?([^\W\d]\w{0,80})")


def heads(cells: Sequence[str]) -> list[str]:
    """The header cells in English, where they are words of the craft."""
    return [english.header(cell) for cell in cells]


def place(cells: Sequence[str], words: Sequence[str]) -> int:
    """The first column whose header is one of these words, in the order of the words; -1 where none is."""
    return next((cells.index(word) for word in words if word in cells), -1)


def is_links(cells: Sequence[str]) -> bool:
    """Whether a table's columns name two entities and how they belong together."""
    left, right = place(cells, _LEFT), place(cells, _RIGHT)
    return left >= 0 and right >= 0 and left != right and place(cells, _HOW[:3] + _HOW[4:]) >= 0


def link_text(row: Row, cells: Sequence[str]) -> str:
    """A row of a relationship table as the line that says the same: `User 1:N Order`."""
    left, right, how = place(cells, _LEFT), place(cells, _RIGHT), place(cells, _HOW)
    said = [plain(cell) for cell in row.cells]
    if left < 0 or right < 0 or left == right or max(left, right, how) >= len(said):
        return " ".join(said)
    between = said[how] if how >= 0 else next((cell for cell in said if _KNOWN_LINK.search(cell)), "N:1")
    return f"{_first_name(said[left])} {between} {_first_name(said[right])}"


def index_text(row: Row, cells: Sequence[str]) -> str:
    """A row of an index table as the line that says the same: `unique orders (a, b) where c`."""
    columns = place(cells, _COLUMNS)
    if columns < 0 or columns >= len(row.cells):
        return " ".join(row.cells)
    said = {word: plain(row.cells[at]) for at, word in enumerate(cells[: len(row.cells)])}
    unique = any(re.search(r"\buni(?:que|q)", said.get(word, ""), re.I) for word in _ABOUT_INDEX)
    unique = unique or any(said.get(word, "").lower() in ("yes", "✅", "✓", "true", "y") for word in _UNIQUE)
    where = next((said[word] for word in _WHERE if said.get(word, "").strip(" -—–")), "")
    listed = plain(row.cells[columns]).strip("() ")
    clause = re.sub(r"^(?:partial:?\s*)?where\s+", "", where, flags=re.I)
    inner = re.split(r"\s+where\s+", listed, maxsplit=1, flags=re.I)
    names = ", ".join(re.split(r"\s*[,+&]\s*", inner[0]))
    text = listed if "(" in listed else f"({names})"
    clause = clause or (inner[1] if len(inner) > 1 else "")
    return f"{'unique ' if unique else ''}{text}{f' where {clause}' if clause else ''}"


def index_owner(row: Row, cells: Sequence[str]) -> str:
    """The table that a row of an index table names, where it has a column for it."""
    at = place(cells, ("table", "entity", "collection", "model"))
    return _first_name(plain(row.cells[at])) if 0 <= at < len(row.cells) else ""


def is_states(cells: Sequence[str]) -> bool:
    """Whether a table's columns are states before and after."""
    before, after = place(cells, _STATES_BEFORE), place(cells, _STATES_AFTER)
    return before >= 0 and after >= 0 and before != after


def arrow_text(row: Row, cells: Sequence[str]) -> str:
    """A row of a transition table as its arrow: `draft → placed (place)`; empty where a cell is missing."""
    before, after, trigger = place(cells, _STATES_BEFORE), place(cells, _STATES_AFTER), place(cells, _TRIGGERS)
    if len(row.cells) <= max(before, after):
        return ""
    word = plain(row.cells[trigger]).strip() if 0 <= trigger < len(row.cells) else ""
    said = f" ({naming.snake(word)})" if re.fullmatch(r"\w+(?:[ -]\w+)?(?:\(\))?", word) and word.isascii() else ""
    afters = " | ".join(re.split(r"\s*,\s*", plain(row.cells[after])))
    return f"{plain(row.cells[before])} → {afters}{said}"


def is_values(cells: Sequence[str]) -> bool:
    """Whether the first column lists the values of an enum."""
    return bool(cells) and cells[0] in _VALUES


def value_names(rows: Sequence[Row], cells: Sequence[str]) -> list[tuple[Row, str]]:
    """The rows of a table of values with the cell that names each: a number stands for the name beside it."""
    named = [(row, row.cells[0]) for row in rows if row.cells]
    if not named or not all(re.fullmatch(r"-?\d{1,9}|0x[\da-f]+", plain(cell), re.I) for _, cell in named):
        return named
    at = place(cells, ("name", "field", "member", "constant", "label", "status", "state"))
    return [(row, row.cells[at]) for row, _ in named if 0 < at < len(row.cells)]


def named_values(rows: Sequence[Row], cells: Sequence[str]) -> tuple[str, ...]:
    """The names of a table `Name | Value` whose values are numbers or quoted texts: the members of an enum."""
    if (
        len(cells) < 2
        or cells[0] not in ("name", "member", "constant", "field")
        or cells[1] not in ("value", "int", "number")
    ):
        return ()
    plainly = [
        row
        for row in rows
        if len(row.cells) > 1 and re.fullmatch(r"-?\d{1,9}|0x[\da-f]+|['\"].*['\"]", plain(row.cells[1]), re.I)
    ]
    names = [_first_name(plain(row.cells[0])) for row in plainly]
    return tuple(names) if len(names) > 1 and len(plainly) == len(rows) else ()


def constants(rows: Sequence[Row]) -> tuple[str, ...]:
    """The first cells of three rows and more that are all written LIKE_THIS: the members of an enum."""
    names = [plain(row.cells[0]) for row in rows if row.cells]
    return tuple(names) if len(names) > 2 and all(_CONSTANT.fullmatch(name) for name in names) else ()


def seed_rows(
    rows: Sequence[Row], header: Sequence[str], names: Mapping[str, str]
) -> Iterator[tuple[Row, dict[str, Any]]]:
    """The rows of a table whose header cells are fields of the entity, as values by field name."""
    columns = [names.get(naming.snake(plain(cell))) for cell in header]
    if sum(column is not None for column in columns) < max(1, len(columns) - 1):
        return
    for row in rows:
        found = {
            column: literal(cell)
            for column, cell in zip(columns, row.cells, strict=False)
            if column is not None and cell.strip(" -—–")
        }
        if found:
            yield row, found


def literal(cell: str) -> Any:
    """The JSON value that a cell writes: a number, a truth value, null, or its text."""
    text = plain(cell)
    read = read_default(text) if re.fullmatch(r"-?\d[\d.]*|true|false|null|'.*'|\".*\"", text, re.I) else text
    return text if read is UNREADABLE or isinstance(read, Unreadable) else read


def values_in(cells: Sequence[str], row: Row) -> tuple[str, ...]:
    """The values of a row `Field | Values`, where one cell lists them."""
    at = place(cells, ("values", "allowed values", "value", "possible values"))
    return literal_values(plain(row.cells[at])) if 0 < at < len(row.cells) else ()


def _first_name(text: str) -> str:
    match = _PLACE_WORD.search(text)
    return match.group(1) if match else text
