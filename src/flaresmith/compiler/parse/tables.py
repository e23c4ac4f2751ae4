"""Fields as table rows: headers by their synonyms, in any order; rows without a header or a separator too."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from flaresmith.compiler.model import Notation, Source
from flaresmith.compiler.parse import english, languages
from flaresmith.compiler.parse.bullets import type_before
from flaresmith.compiler.parse.drafts import Written
from flaresmith.compiler.parse.markdown import Row, Table, plain
from flaresmith.compiler.parse.types import read_type

_SYNONYMS = {
    "name": """field|fields|column|columns|attribute|attributes|property|properties|name|key|field name
        |column name|attribute name|property name|member|parameter|param|variable|field (db)|db column
        |db field|json key|json field|prop|frontmatter field|setting|option|yaml key|api field|header
        |sql column""",
    "type": """type|data type|datatype|field type|sql type|db type|go type|java type|dart type|c# type|ts type
        |typescript type|python type|postgres type|column type|new type|format|pg type|postgresql type
        |kotlin type|swift type|rust type|proto type|database type|zod type|prisma type|mongo type
        |bson type|json type|data_type|type / format|logical type|storage type|type (ts)|type (db)
        |type (sql)|.net type|php type|django type""",
    "constraints": """constraints|constraint|rules|rule|validation|validations|validation rules|modifiers|modifier
        |validation / constraints|constraints / notes|type/constraints|orm tag|options|business rules
        |attributes|default / constraints|constraint/default|constraints/default|validation rule
        |constraints & defaults|flags|constraints / validation|key / constraints|limits|restrictions
        |requirements|validation/rules|rules / notes|rule / notes|annotations|db constraints|gorm tags
        |validation & constraints|notes / constraints|null / default""",
    "notes": """notes|note|description|meaning|purpose|comment|comments|details|desc|remarks|usage|example
        |explanation|description / notes|description & validation|notes / validation|summary|definition
        |info|role|semantics|examples|rationale|comment / constraints|description / constraints|source
        |reason|content|contents|what|allowed values""",
    "required": """required|required?|mandatory|mandatory?|req|req.|not null|not null?|req?|is required|presence
        |required / optional|required/optional|optionality""",
    "nullable": """nullable|nullable?|null|null?|optional|optional?|nulls|allows null|null allowed|allow null
        |is nullable""",
    "default": """default|default value|defaults|initial|initial value""",
    "reference": """references|reference|fk|foreign key|relation|links to|ref|fk to|fk target|refers to""",
    "unique": """unique|unique?|is unique""",
    "key": """pk|primary key|pk/fk|keys|key type|pk?|primary""",
    "change": """change|delta|action|change type""",
    "index": """index|indexed|indexed?|indexes""",
}
_ROLES = {spelling.strip(): role for role, text in _SYNONYMS.items() for spelling in text.split("|")}
_TYPE_COLUMN = re.compile(r"^(?!old|previous|former|current)(?:[\w#+.]{1,20} ){1,2}type$|^type \([\w#+. /]{1,20}\)$")
_NAME = re.compile(r"^[^\W\d][\w$]{0,80}(?:\.[\w$]{1,60}){0,4}(?:\[\])?\??$")
_VALUES_AT_END = re.compile(
    r"(?:^|([^:：`]{1,60})[:：])\s*(`[\w.-]{1,60}`(?:\s*(?:,|，|、|/|\||\bor\b|\band\b)\s*`[\w.-]{1,60}`){1,40})\s*[.;。]?$"
)
_EXAMPLE = re.compile(r"\be\.g\.|\bexamples?\b|\bsuch as\b|例|예:|пример|p\. ?ej|z\. ?B|\bnp\.|ví dụ", re.I)
_OF_A_KIND = re.compile(
    r"(?:status|state|type|kind|role|level|tier|category|priority|mode|phase|stage|visibility|frequency)$", re.I
)
_MARKED = {"unique": "unique", "key": "PK", "index": "indexed"}
_OLD = ("old", "before", "old type", "previous", "previous type", "was")
_NEW = ("new", "after", "new type", "now")
_CHANGE = ("change", "delta", "action", "change type")
_LISTS = ("fields", "columns", "attributes", "properties")
_VAGUE = ("name", "key", "parameter", "header", "setting", "option")
_REMOVED = re.compile(r"\b(?:removed|dropped|deleted|renamed|deprecated and removed)\b", re.I)
_REMOVE = re.compile(r"\b(?:remove|drop|delete)d?\b", re.I)

Columns = Mapping[str, int]


def header_of(table: Table) -> tuple[Columns, list[str]]:
    """The role of each column of a table's first row, and the header cells; empty where there is no header."""
    cells = [_bare(cell) for cell in table.rows[0].cells]
    roles: dict[str, int] = {}
    for place, cell in enumerate(cells):
        role = role_of(cell)
        if role == "name" and place > 0 and cell in _LISTS:
            role = ""  # `State | Fields`: a cell lists several
        if not role and cell in _NEW and not set(_OLD).isdisjoint(cells):
            role = "type"
        if role and role not in roles:
            roles[role] = place
        elif role == "name":  # `Column | Field | Type`: the later one names the field
            roles["name"] = place
        elif role in ("notes", "constraints"):
            roles.setdefault(f"{role}2", place)
    return (roles if table.separated or len(roles) > 1 else {}), cells


def is_delta(table: Table) -> bool:
    """Whether a table says what changes: `Field | Old | New`, `Field | Change`."""
    cells = {_bare(cell) for cell in table.rows[0].cells}
    return bool(cells & set(_OLD) and cells & set(_NEW)) or bool(cells & set(_CHANGE))


@lru_cache(maxsize=2048)
def role_of(cell: str) -> str:
    """What a column with this header says of a field, in whatever language; empty where that is not known."""
    found = _ROLES.get(cell) or _ROLES.get(english.header(cell), "")
    return found or ("type" if _TYPE_COLUMN.match(cell) else "")


def is_field_table(table: Table) -> bool:
    """Whether the table's rows are fields: a name column beside a type, a constraint or a required column."""
    columns, cells = header_of(table)
    if columns:
        if "name" not in columns or not (
            set(columns) & {"type", "constraints", "required", "nullable", "default", "notes", "change"}
        ):
            return False
        named = english.header(cells[columns["name"]])
        return "type" in columns or named not in _VAGUE or len(columns) > 2
    return not table.separated and _bare_rows(table)


def has_types(table: Table) -> bool:
    """Whether a table that is no field table has a column of types, so that its rows should have been read."""
    return "type" in header_of(table)[0] and "required" in header_of(table)[0]


def read_rows(table: Table, file: str, before: Columns | None = None) -> tuple[list[Written], list[Row]]:
    """The fields that a field table describes, and the rows that were not understood.

    `before` are the columns of the table above, which rows without a header of their own go on with.
    """
    columns, _ = header_of(table)
    rows = table.rows[1:] if columns else table.rows
    columns = columns or before or _columns_of(rows)
    width = max(len(table.rows[0].cells), max(columns.values()) + 1 if columns else 0)
    fields: list[Written] = []
    unread: list[Row] = []
    blank = _meaning_of_blank(rows, columns)
    for row in rows:
        read = _row(_fitted(row, width), columns, row, file, blank)
        if read is None:
            unread.append(row)
        fields.extend(read or ())
    return fields, unread


def _columns_of(rows: Sequence[Row]) -> Columns:
    """What the columns of a table without a header are: name, type, then yes and no, or constraints."""
    answers = all(len(row.cells) > 2 and _bare(row.cells[2]) in languages.YES | languages.NO for row in rows)
    return {"name": 0, "type": 1, "required" if answers else "constraints": 2, "notes": 3}


def _meaning_of_blank(rows: Sequence[Row], columns: Columns) -> bool | None:
    """What an empty cell of the column Required (or Nullable) says where all others are marks: the opposite."""
    for role, when_blank in (("required", False), ("nullable", True)):
        if (place := columns.get(role)) is not None:
            said = [_bare(row.cells[place]) if place < len(row.cells) else "" for row in rows]
            if "" in said and all(_answer(word) for word in said if word) and any(said):
                return when_blank
    return None


def _row(cells: Sequence[str], columns: Columns, row: Row, file: str, blank: bool | None) -> list[Written] | None:
    cell = {role: cells[place] if place < len(cells) else "" for role, place in columns.items()}
    name_cell, beside, marks = _name_and_type(cell["name"])
    names = _names(name_cell)
    if names is None:
        return None
    constraints = ", ".join(
        filter(None, (marks, *(_strict(cell, role) for role in ("constraints", "key", "index", "reference", "unique"))))
    )
    notes = " ".join(filter(None, (cell.get(role, "") for role in ("notes", "notes2", "constraints2"))))
    type_text = _type_text(cell.get("type", "")) or beside or _typed_elsewhere(cell)
    constraints += _listed_values(names[0], f"{cell.get('type', '')} {constraints}", cell.get("notes", ""))
    if "constraints" not in columns and len(notes) < 160:
        constraints = f"{constraints}, {notes}" if constraints else notes
    gone = _is_removed(cell, names)
    return [
        Written(
            name.removesuffix("?").removesuffix("[]"),
            Source(file, row.line, max(1, row.raw.find(name) + 1)),
            row.raw,
            type_text,
            plain(constraints) if "`" not in constraints else constraints,
            plain(notes),
            _presence(cell, blank, optional=name.endswith("?")),
            plain(cell.get("default", "")),
            notation=Notation.TABLE,
            removed=gone,
        )
        for name in names
    ]


def _listed_values(name: str, said: str, notes: str) -> str:
    """The closed list that is all that the notes of a status say, or that ends them behind a colon."""
    match = _VALUES_AT_END.search(notes)
    if match is None or english.section((match.group(1) or "").strip()) == "example" or _EXAMPLE.search(notes):
        return ""
    closed = match.group(1) or _OF_A_KIND.search(name) or re.search(r"\b(?:enum|choices)\b", said, re.I)
    return f", one of: {match.group(2)}" if closed and not re.search(r"\[\]|<|\blist\b|\barray\b", said, re.I) else ""


def _is_removed(cell: Mapping[str, str], names: Sequence[str]) -> bool:
    """Whether a row says that its field goes; a field that is called `deleted` stays."""
    beside = cell["name"]
    for name in names:
        beside = beside.replace(name, "", 1)
    said = _REMOVED.search(f"{beside} {cell.get('type', '')}") or _REMOVE.search(cell.get("change", "")[:24])
    return bool(said) or cell["name"].strip().startswith("~~")


def _typed_elsewhere(cell: Mapping[str, str]) -> str:
    """The type that stands first among rules or notes, in a table without a column of types."""
    if "type" in cell:
        return ""
    return type_before(plain(cell.get("constraints", ""))) or type_before(plain(cell.get("notes", "")))


def _type_text(cell: str) -> str:
    return plain(cell) if cell.strip(" -—–") else ""


def _strict(cell: Mapping[str, str], role: str) -> str:
    text = cell.get(role, "")
    marked = _answer(_bare(text))
    if role in _MARKED and (marked is not None or role == "unique"):
        return _MARKED[role] if marked else ""
    if role == "reference" and text.strip(" -—–`") and not re.search(r"→|->|references|fk", text, re.I):
        return f"FK {text.strip('` ')}"
    return text if text.strip(" -—–") else ""


def _presence(cell: Mapping[str, str], blank: bool | None, *, optional: bool) -> bool | None:
    if optional:
        return False
    for role, when_yes in (("required", True), ("nullable", False)):
        if role not in cell:
            continue
        text = _bare(cell[role])
        if re.match(r"not[ -]null\b|non[ -]null\b|not nullable\b|pk\b", text):
            return True
        answer = _answer(text)
        if answer is not None:
            return when_yes if answer else not when_yes if role == "nullable" or text[:1] not in "-–—" else False
        if re.match(r"null(?:able)?\b", text):
            return False
        if not text and blank is not None:
            return blank
    return None


@lru_cache(maxsize=2048)
def _answer(text: str) -> bool | None:
    """Yes or no in whatever language, or None; only the first words count."""
    first = re.split(r"[\s,;(/:]", english.narrow(text), maxsplit=1)[0]
    for said in (text, first):
        if said in languages.YES or said in languages.NO:
            return said in languages.YES
    return None


def _name_and_type(cell: str) -> tuple[str, str, str]:
    """`` `prices` (`List<Price>`) ``, `id (PK)`, `` `id: uuid` `` name a field, and its type or constraints."""
    text = english.narrow(cell.strip())
    if match := re.match(r"^[`*~]{0,3}([^\W\d][\w$.]{0,80}\??)[`*~]{0,3}\s*\((.{1,200})\)[`*]{0,2}$", text):
        inside = plain(match.group(2))
        return (match.group(1), inside, "") if read_type(inside) else (match.group(1), "", inside)
    if (match := re.match(r"^`?([^\W\d][\w$.]{0,80}\??)\s*:\s*([^`]{1,200})`?$", text)) and read_type(match.group(2)):
        return match.group(1), match.group(2), ""
    if match := re.match(
        r"^[`*]{0,3}([^\W\d][\w$.]{0,80}\??)[`*]{0,3}\s+[`*]{0,3}((?:PK|FK|UK|UNIQUE|NOT NULL)\b.{0,80})$", text
    ):
        return match.group(1), "", plain(match.group(2))
    return cell, "", ""


def _names(cell: str) -> list[str] | None:
    """`createdAt` / `updatedAt` are two fields; an unsafe name passes, so that it can be refused by name."""
    ticked = re.findall(r"`([^`]{1,120})`", cell)
    if len(ticked) > 1 and all(_NAME.match(name) for name in ticked):
        between = re.sub(r"`[^`]*`", "", cell).strip()
        return ticked if re.fullmatch(r"(?:[\s/,+&、;]|and|or|<br ?/?>){1,60}", between) else ticked[:1]
    cell = re.sub(r"<br ?/?>", ", ", english.narrow(cell))
    text = re.sub(
        r"\s*\((?:pk|fk|new|added|optional|existing|derived)[^()]{0,40}\)$|[⚠️*†‡¹²³]+$",
        "",
        plain(cell).strip(),
        flags=re.I,
    ).strip()
    pieces = [piece.strip() for piece in re.split(r"\s*[/,]\s+|\s+/\s*|\s+(?:and|&|\+)\s+", text) if piece.strip()]
    if pieces and all(_NAME.match(piece) for piece in pieces):
        return pieces
    words = text.split()
    if 0 < len(words) <= 3 and all(re.fullmatch(r"[^\W_][\w-]*", word) for word in words):
        return [text]
    if re.search(r"\.\./|[;'\"${}<>\\]", text) and len(words) <= 12:
        return [text]
    return None


def _fitted(row: Row, width: int) -> list[str]:
    """The row's cells brought to the header's width: unescaped pipes inside a value are put back."""
    cells = row.cells
    if len(cells) <= width:
        return cells
    spaced = [cell.strip() for cell in re.split(r"(?<=\s)\|(?=\s)", row.raw.strip().strip("|"))]
    if len(spaced) == width:
        return spaced
    return [*cells[: width - 1], "|".join(cells[width - 1 :])]


def _bare_rows(table: Table) -> bool:
    readable = [
        row for row in table.rows if len(row.cells) > 1 and _names(row.cells[0]) and read_type(plain(row.cells[1]))
    ]
    return len(readable) * 2 > len(table.rows)


def _bare(cell: str) -> str:
    return " ".join(plain(cell).lower().split())
