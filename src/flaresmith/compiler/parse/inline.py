"""Fields that stand in one line: `**Fields**: `a`, `b` (uuid), c?` and `users ( id UUID PK, name text )`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from flaresmith.compiler import naming
from flaresmith.compiler.model import Notation, Source
from flaresmith.compiler.parse import english
from flaresmith.compiler.parse.drafts import Written
from flaresmith.compiler.parse.findings import excerpt
from flaresmith.compiler.parse.markdown import LONGEST_FACT
from flaresmith.compiler.parse.types import literal_values, read_type

_PIECE = re.compile(
    r"^(?:and |y |и |et |und |e )?[`*]{0,3}([^\W\d][\w$]{0,80}(?:\.\w{1,60})?)(\?)?[`*]{0,3}(?:\[\])?"
    r"(?:\s*\((.{1,300})\)|\s*:\s*(.{1,200})|\s+([A-Za-z].{0,200}))?[`.]*$"
)
_TICKED_FIELD = r"`[^\W\d]\w{0,80}\??\s*:\s*[^`]{1,200}`"
_TICKED_FIELDS = rf"({_TICKED_FIELD}(?:\s*,\s*(?:and )?{_TICKED_FIELD}){{0,60}})"
_TICKED = re.compile(r"`([^\W\d]\w{0,80})(\??)\s*:\s*([^`]{1,200})`")
_NAMED = re.compile(rf"^`([A-Z]\w{{1,80}})`\s*[:=]\s*{_TICKED_FIELDS}\s*\.?$")
_LISTED = re.compile(
    rf"\b(?:fields|attributes|columns|properties|campos|champs|felder|поля)\s*:\s*{_TICKED_FIELDS}", re.I
)
_COLUMN = re.compile(r"`([a-z]\w{0,80})\s+([A-Za-z][^`]{1,200})`")
_COLUMNS = re.compile(r"`[a-z]\w{0,80}\s+[A-Za-z][^`]{1,200}`(?:\s*[,;]\s*`[a-z]\w{0,80}\s+[A-Za-z][^`]{1,200}`){1,60}")
_ATTRIBUTES = re.compile(
    r"^(?:\*\*|`)([A-Z][\w ]{0,60})(?:\*\*|`)\s*[:—–-].{0,1500}?"
    r"\b(?:Key attributes|Attributes|Fields|Properties|Includes|Contains|Atributos|Champs|Felder)\s*:\s*(.{3,1500})$"
)
_ATTRIBUTE = re.compile(r"(?:and )?`?([A-Za-z][\w-]{0,40}(?: [\w-]{1,30}){0,3})`?(?:\s*\(([^()]{1,120})\))?")
_OPENED = re.compile(r"^(?:table\s+)?[`\"]?([^\W\d][\w.]{0,80})[`\"]?\s*\($", re.I)
_ALIGNED = re.compile(r"^([^\W\d]\w{0,80})(?:\t+|\s{2,})(\S[^\t]{0,100}?)(?:(?:\t+|\s{2,})(\S.{0,300}))?$")
_LITERAL = r"(?:`[\w.-]{1,60}`|['\"][\w .-]{1,60}['\"])"
_ENUM = re.compile(
    r"[`*]{1,3}([A-Z][a-z]\w{0,78})[`*]{0,3}(?:\s*\(enum\))?[`*:]{0,4}\s*"
    r"(?:[:=]|(?:is|can be|must be)?\s*(?:either|one of):?)\s*"
    rf"({_LITERAL}(?:\s*(?:,|/|\|)?\s*(?:or\s+|and\s+)?{_LITERAL}){{1,60}})\s*\.?"
)
_PSEUDO = re.compile(r"^[-*+]?\s*(?:table\s+)?[`\"]?([^\W\d][\w.]{0,80})[`\"]?\s*\(\s*(.{5,3900})\)\s*[;.`]*$", re.I)


def read_inline(text: str, source: Source) -> Iterator[Written]:
    """The fields of a list in one line; nothing where a piece of it is no field."""
    found = [_written(piece, source, excerpt(text)) for piece in _pieces(english.narrow(text[:LONGEST_FACT]))]
    if found and all(found):
        yield from (written for written in found if written)


def read_pseudo(text: str, source: Source) -> tuple[str, list[Written]] | None:
    """The table and the columns of `users ( id UUID PK, name text )` in one line; None for other text."""
    match = _PSEUDO.match(text[:LONGEST_FACT])
    if match is None:
        return None
    pieces = [_PIECE.match(piece) for piece in _pieces(match.group(2))]
    columns = [piece for piece in pieces if piece and piece.group(5)]
    typed = [piece for piece in columns if (reading := read_type(piece.group(5))) and reading.known]
    if len(typed) < 2 or len(typed) * 4 < len(pieces) * 3:
        return None
    written = [
        Written(piece.group(1), source, excerpt(text), piece.group(5), notation=Notation.PSEUDO) for piece in columns
    ]
    return match.group(1).rsplit(".", 1)[-1], written


def read_named(text: str, source: Source) -> tuple[str, list[Written]] | None:
    """`` `PageResult`: `items: List<Item>`, `total: int` ``: a type and its fields in one line."""
    match = _NAMED.match(text[:LONGEST_FACT])
    return (match.group(1), list(read_ticked(match.group(2), source))) if match else None


def read_listed(text: str, source: Source) -> Iterator[Written]:
    """`… Fields: `a: int`, `b: text`. …`: the fields that a sentence lists."""
    if match := _LISTED.search(text[:LONGEST_FACT]):
        yield from read_ticked(match.group(1), source)


def read_ticked(text: str, source: Source) -> Iterator[Written]:
    """The fields of a list whose items stand each between ticks with their types."""
    for name, optional, typed in _TICKED.findall(text):
        raw = excerpt(text)
        yield Written(name, source, raw, typed, presence=False if optional else None, notation=Notation.INLINE)


def read_columns(text: str, source: Source) -> list[Written]:
    """`` `trade_date DATE NOT NULL`, `fees NUMERIC(18,4)` ``: a line that is nothing but columns with their types."""
    match = _COLUMNS.fullmatch(text[:LONGEST_FACT].strip(" ."))
    found = _COLUMN.findall(text[:LONGEST_FACT]) if match else []
    typed = [(name, body) for name, body in found if (reading := read_type(body)) and reading.known]
    if len(typed) < 2 or len(typed) != len(found):
        return []
    return [Written(name, source, excerpt(text), body, notation=Notation.INLINE) for name, body in typed]


def opens_table(text: str) -> bool:
    """Whether a line begins a table without a fence: `users (`."""
    return bool(_OPENED.match(text))


def begins_table(text: str) -> bool:
    """Whether a line may be the first one of a table that stands in no fence."""
    return opens_table(text) or bool(_ALIGNED.match(text))


def read_attributes(text: str, source: Source) -> tuple[str, list[Written]] | None:
    """`**Show**: a podcast. Attributes: feed URL (unique), title`: an entity whose attributes a sentence lists."""
    match = _ATTRIBUTES.match(text[:LONGEST_FACT])
    if match is None:
        return None
    pieces = [_ATTRIBUTE.fullmatch(piece.strip(" .`")) for piece in _pieces(match.group(2).split(". ")[0])]
    if len(pieces) < 2 or not all(pieces):
        return None
    written = [
        Written(naming.snake(one.group(1)), source, excerpt(text), notes=one.group(2) or "", notation=Notation.PROSE)
        for one in pieces
        if one
    ]
    return match.group(1), written


def read_open_table(lines: Sequence[tuple[int, str]], file: str) -> tuple[str, list[Written]] | None:
    """`users (`, a column on each line, `)`: a table without a fence around it; None for other text."""
    opened = _OPENED.match(lines[0][1])
    if opened is None or not lines[-1][1].startswith(")"):
        return None
    columns = [written for number, line in lines[1:-1] if (written := _column(line, Source(file, number)))]
    if len(columns) < 2 or len(columns) * 4 < (len(lines) - 2) * 3:
        return None
    return opened.group(1).rsplit(".", 1)[-1], columns


def _column(line: str, source: Source) -> Written | None:
    """`owner_id UUID FK -> users.id, -- who pays`."""
    body, _, note = line.replace("-->", "→").replace("->", "→").partition("--")
    match = _PIECE.match(body.strip().rstrip(","))
    if match is None or not match.group(5) or not (reading := read_type(match.group(5))) or not reading.known:
        return None
    return Written(match.group(1), source, line, match.group(5), notes=note.strip(), notation=Notation.PSEUDO)


def read_aligned(lines: Sequence[tuple[int, str]], file: str) -> list[Written]:
    """Lines of a name, a type and its constraints, with wide gaps between them."""
    found = [(number, line, _ALIGNED.match(line)) for number, line in lines]
    written = [
        Written(match.group(1), Source(file, number), line, match.group(2), match.group(3) or "")
        for number, line, match in found
        if match and (reading := read_type(match.group(2))) and reading.known
    ]
    enough = len(written) > 2 and len(written) == len(lines)
    return [replace(one, notation=Notation.PSEUDO) for one in written] if enough else []


def read_values(text: str, source: Source) -> tuple[str, tuple[str, ...]] | None:
    """`` `OrderStatus` is one of `open`, `closed` ``, `**OrderStatus**: `Open`, `Closed``: an enum and its values."""
    match = _ENUM.fullmatch(english.words(text[:LONGEST_FACT]).strip())
    values = literal_values(match.group(2)) if match else ()
    return (match.group(1), values) if match and len(values) > 1 else None


def _pieces(text: str) -> list[str]:
    """The parts between commas, slashes and semicolons that stand in no bracket and no tick."""
    parts, depth, ticked, start = [], 0, False, 0
    for match in re.finditer(r"[()\[\]{}<>`,;]|\s/\s|\s·\s", text):
        mark = match.group().strip()
        if mark == "`":
            ticked = not ticked
        elif mark in "([{<":
            depth += 1
        elif mark in ")]}>":
            depth = max(0, depth - 1)
        elif depth == 0 and not ticked:
            parts.append(text[start : match.start()].strip())
            start = match.end()
    return [part for part in [*parts, text[start:].strip()] if part.strip(". ")]


def _written(piece: str, source: Source, raw: str) -> Written | None:
    match = _PIECE.match(piece.strip())
    if match is None:
        return None
    name, optional, inside, typed, spaced = match.groups()
    if spaced and not ((reading := read_type(spaced)) and reading.known):
        return None
    body = inside or typed or spaced or ""
    first, _, more = body.partition(",")
    is_type = bool(read_type(first)) if first else False
    return Written(
        name,
        source,
        raw,
        (first if inside else body).strip("` ") if is_type else "",
        (more if inside else "") if is_type else body,
        presence=False if optional else None,
        notation=Notation.INLINE,
    )
