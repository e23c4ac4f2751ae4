"""Fields as table rows: headers by their synonyms, in any order; rows without a header or a separator too."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flaresmith.compiler.model import Source
from flaresmith.compiler.parse.drafts import Written
from flaresmith.compiler.parse.markdown import Row, Table, plain
from flaresmith.compiler.parse.types import read_type

_SYNONYMS = {
    "name": """field|fields|column|columns|attribute|attributes|property|properties|name|key|field name|column name
        |attribute name|property name|member|parameter|param|variable|campo|champ|feld|pole|поле|атрибут|字段|欄位|栏位
        |属性|フィールド|項目|필드|필드명|컬럼|컬럼명|속성|trường|cột|atributo|nome|nombre|nom""",
    "type": """type|data type|datatype|field type|sql type|db type|go type|java type|dart type|c# type|ts type
        |typescript type|python type|postgres type|column type|new type|format|型|タイプ|类型|型別
        |資料型別|数据类型|데이터 타입|타입|자료형|tipo|тип|typ|kiểu|tipo de dato""",
    "constraints": """constraints|constraint|rules|rule|validation|validations|validation rules|modifiers|modifier
        |validation / constraints|constraints / notes|type/constraints|制約|約束|约束|規則|规则|验证|제약
        |제약 조건|제약조건|검증|ограничения|restricciones|contraintes|ràng buộc|orm tag
        |options|business rules|default / constraints""",
    "notes": """notes|note|description|meaning|purpose|comment|comments|details|desc|remarks|usage|example|explanation
        |說明|说明|描述|備考|説明|설명|비고|описание|descripción|description / notes|beschreibung|opis
        |mô tả|ghi chú|descrição|description & validation|notes / validation""",
    "required": """required|required?|mandatory|mandatory?|req|req.|必填|必須|必须|필수|필수 여부
        |obligatorio|обязательное|requerido|obligatoire|bắt buộc|obrigatório|not null|not null?""",
    "nullable": "nullable|nullable?|null|null?|optional|optional?|nulls|allows null|null allowed",
    "default": "default|default value|defaults|デフォルト|默认值|預設值|기본값|по умолчанию|valor por defecto|mặc định",
    "reference": "references|reference|fk|foreign key|relation|links to",
    "unique": "unique|unique?",
    "key": "pk|primary key|pk/fk|keys|key type|index",
}
_ROLES = {spelling.strip(): role for role, text in _SYNONYMS.items() for spelling in text.split("|")}
_YES = frozenset(
    [
        "yes",
        "y",
        "true",
        "✅",
        "✓",
        "✔",
        "x",
        "✔️",
        "required",
        "必填",
        "필수",
        "sí",
        "si",
        "oui",
        "ja",
        "да",
        "是",
        "o",
        "○",
        "◯",
        "mandatory",
        "not-null",
        "có",
        "sim",
    ]
)
_NO = frozenset(
    [
        "no",
        "n",
        "false",
        "❌",
        "✗",
        "optional",
        "-",
        "–",
        "—",
        "non",
        "nein",
        "нет",
        "否",
        "선택",
        "×",
        "không",
        "não",
        "nullable",
    ]
)
_NAME = re.compile(r"^[^\W\d][\w$]{0,80}(?:\.[\w$]{1,60}){0,4}(?:\[\])?\??$")
_REMOVED = re.compile(r"\b(?:removed|dropped|deleted|deprecated and removed)\b", re.I)

Columns = Mapping[str, int]


def header_of(table: Table) -> tuple[Columns, list[str]]:
    """The role of each column of a table's first row, and the header cells; empty where there is no header."""
    cells = [_bare(cell) for cell in table.rows[0].cells]
    roles: dict[str, int] = {}
    for place, cell in enumerate(cells):
        role = _ROLES.get(cell)
        if role and role not in roles:
            roles[role] = place
        elif role == "name":  # `Column | Field | Type`: the later one names the field
            roles["name"] = place
        elif role in ("notes", "constraints"):
            roles.setdefault(f"{role}2", place)
    return (roles if table.separated or len(roles) > 1 else {}), cells


def is_field_table(table: Table) -> bool:
    """Whether the table's rows are fields: a name column beside a type, a constraint or a required column."""
    columns, cells = header_of(table)
    if columns:
        if "name" not in columns or not (
            set(columns) & {"type", "constraints", "required", "nullable", "default", "notes"}
        ):
            return False
        return "type" in columns or cells[columns["name"]] not in ("name", "key", "parameter") or len(columns) > 2
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
    for row in rows:
        read = _row(_fitted(row, width), columns, row, file)
        if read is None:
            unread.append(row)
        fields.extend(read or ())
    return fields, unread


def _columns_of(rows: Sequence[Row]) -> Columns:
    """What the columns of a table without a header are: name, type, then yes and no, or constraints."""
    answers = all(len(row.cells) > 2 and _bare(row.cells[2]) in _YES | _NO for row in rows)
    return {"name": 0, "type": 1, "required" if answers else "constraints": 2, "notes": 3}


def _row(cells: Sequence[str], columns: Columns, row: Row, file: str) -> list[Written] | None:
    cell = {role: cells[place] if place < len(cells) else "" for role, place in columns.items()}
    name_cell, beside = _name_and_type(cell["name"])
    names = _names(name_cell)
    if names is None:
        return None
    type_text = _type_text(cell.get("type", "")) or beside
    if _REMOVED.search(cell["name"] + cell.get("type", "")):
        return []
    source = Source(file, row.line, max(1, row.raw.find(names[0]) + 1))
    constraints = ", ".join(
        filter(None, (_strict(cell, role) for role in ("constraints", "key", "reference", "unique")))
    )
    notes = " ".join(filter(None, (cell.get(role, "") for role in ("notes", "notes2", "constraints2"))))
    if "constraints" not in columns and len(notes) < 160:
        constraints = f"{constraints}, {notes}" if constraints else notes
    return [
        Written(
            name.removesuffix("?").removesuffix("[]"),
            source,
            row.raw,
            type_text,
            plain(constraints) if "`" not in constraints else constraints,
            plain(notes),
            _presence(cell, optional=name.endswith("?")),
            plain(cell.get("default", "")),
        )
        for name in names
    ]


def _type_text(cell: str) -> str:
    return plain(cell) if cell.strip(" -—–") else ""


def _strict(cell: Mapping[str, str], role: str) -> str:
    text = cell.get(role, "")
    if role == "unique":
        return "unique" if _bare(text) in _YES else ""
    if role == "reference" and text.strip(" -—–`") and not re.search(r"→|->|references|fk", text, re.I):
        return f"FK {text.strip('` ')}"
    return text if text.strip(" -—–") else ""


def _presence(cell: Mapping[str, str], *, optional: bool) -> bool | None:
    if optional:
        return False
    for role, when_yes in (("required", True), ("nullable", False)):
        said = _bare(cell.get(role, "")).split(" ")[0].strip(",;(")
        if said in _YES:
            return when_yes
        if said in _NO:
            return not when_yes if role == "nullable" or said not in ("-", "–", "—") else False
        if said == "nullable" or said == "null":
            return False
    return None


def _name_and_type(cell: str) -> tuple[str, str]:
    """`` `prices` (`List<Price>`) `` names a field and its type in one cell."""
    match = re.match(r"^`?([^\W\d][\w$.]{0,80}\??)`?\s*\((.{1,200})\)$", cell.strip())
    if match is None:
        return cell, ""
    typed = plain(match.group(2))
    return match.group(1), typed if read_type(typed) else ""


def _names(cell: str) -> list[str] | None:
    """`createdAt` / `updatedAt` are two fields; an unsafe name passes, so that it can be refused by name."""
    text = re.sub(
        r"\s*\((?:pk|fk|new|added|optional|existing|derived)[^()]{0,40}\)$|[⚠️*†‡¹²³]+$",
        "",
        plain(cell).strip(),
        flags=re.I,
    ).strip()
    pieces = [piece.strip() for piece in re.split(r"\s*[/,]\s+|\s+/\s*", text) if piece.strip()]
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
