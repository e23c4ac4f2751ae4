"""The spelling of a type becomes a `Type`: `varchar(20)`, `string?`, `List<int>`, `'a' | 'b'`, `enum(a|b)`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from flaresmith.compiler.model import Field, Kind, Source, Type
from flaresmith.compiler.parse.english import type_words
from flaresmith.compiler.parse.shapes import object_type, union_type

_SPELLINGS: dict[Kind, str] = {
    Kind.STRING: """string str nanoid cuid cuid2 ulid bigtext email_address ipv4 ipv6 json-string base64 emailstr
        httpurl anyurl urlstring stringfield isbn iban varchar char character charfield nvarchar nchar
        bpchar varchar2 slug citext email url uri urlfield emailfield slugfield hash sha256 sha-256 token
        phone path filepath filename hex color colour ip inet cidr ipaddress ip-address macaddr semver
        identifier objectid hostname password secret locale timezone currency cstring keyword shortstring
        domain varying tinytext interval duration timespan""",
    Kind.TEXT: "text longtext mediumtext clob markdown richtext textfield html ntext tsvector",
    Kind.UUID: "uuid guid uuidv4 uuidv7 uuid4 uuid7 uniqueidentifier uuidfield",
    Kind.INTEGER: """int integer ints integers whole-number counter int4 int32 i32 u32 smallint int2 int16 tinyint
        mediumint short serial autofield integerfield positiveintegerfield uint uint32 year smallserial
        byte number-int int8_t uint8_t int16_t uint16_t int32_t uint32_t""",
    Kind.BIGINT: """bigint int8 int64 int64_t uint64_t size_t i64 u64 uint64 long bigserial biginteger bigintegerfield
        bigautofield""",
    Kind.NUMBER: "number float double real float4 float8 float32 float64 f32 f64 num percent percentage floatfield",
    Kind.DECIMAL: "decimal numeric money bigdecimal decimalfield smallmoney dec",
    Kind.BOOLEAN: "boolean bool bit booleanfield flag",
    Kind.DATE: "date calendar-date localdate dateonly datefield",
    Kind.DATETIME: """datetime dateandtime date-time firestoretimestamp isodate servertimestamp timestamp timestamptz
        datetimeoffset datetime2 instant zoneddatetime offsetdatetime localdatetime datetimefield
        timestampz iso8601 smalldatetime datetimetz iso-8601 timestamp-tz""",
    Kind.TIME: "time timetz localtime timeonly timefield",
    Kind.JSON: """json jsonb object map dict dictionary record hash-map hashmap any unknown mixed struct jsonfield
        jsonobject jsonnode hstore nested embedded dynamic jsonvalue point geometry geography polygon
        geojson xml""",
    Kind.BINARY: """binary bytea
        uint8list uint8array bytearray arraybuffer bytebuffer blob bytes varbinary byte[] buffer
        longblob filefield imagefield""",
    Kind.ENUM: "enum enumeration",
    Kind.ARRAY: "array list set tuple sequence collection vec slice vector halfvec",
}
_KINDS = {spelling: kind for kind, text in _SPELLINGS.items() for spelling in text.split()}
_FORMATS = {
    "email": "email",
    "emailfield": "email",
    "url": "uri",
    "uri": "uri",
    "urlfield": "uri",
    "citext": "",
    "slug": "slug",
    "slugfield": "slug",
    "ip": "ip",
    "inet": "ip",
    "ipaddress": "ip",
    "ip-address": "ip",
    "hostname": "hostname",
    "password": "password",
    "phone": "phone",
    "semver": "semver",
    "interval": "duration",
    "duration": "duration",
    "timespan": "duration",
}
# words that name a type, and are more often one of the values of an enum
_ALSO_VALUES = frozenset(
    """email phone url uri slug token hash path filename hex color colour ip hostname password secret locale timezone
    currency interval duration markdown richtext html year byte short long money flag bit record any unknown mixed
    struct nested embedded dynamic point geometry polygon xml document list set sequence vector text time date
    json binary percent percentage map object identifier keyword domain blob buffer array tuple
    collection csv""".split()  # noqa: SIM905
)
_MONEY = frozenset(("money", "currency", "smallmoney"))
_PHRASES = (
    (re.compile(r"^timestamp\s+with(?:out)?\s+time\s*zone", re.I), "timestamptz"),
    (re.compile(r"^timestamp\s*\(\d\)(?:\s+with(?:out)?\s+time\s*zone)?", re.I), "timestamptz"),
    (re.compile(r"^time\s+with(?:out)?\s+time\s*zone", re.I), "timetz"),
    (re.compile(r"^iso(?:[\s-]?8601)?\s+date(?![\w-]*time|\s+string)\b", re.I), "date"),
    (re.compile(r"^iso\s+(?:timestamp|date-?time|date string|string|datetime)", re.I), "datetime"),
    (re.compile(r"^(?:iso[\s-]?8601|rfc[\s-]?3339|utc)\s+(?:timestamp|date-?time|string|datetime)?", re.I), "datetime"),
    (re.compile(r"^(?:string|text)\s*\((?:iso[\s-]?8601|rfc[\s-]?3339)[^()]{0,40}\)", re.I), "datetime"),
    (re.compile(r"^date[\s/-]?time", re.I), "datetime"),
    (re.compile(r"^date\s*\((?:[ymd]{1,4}[/. -]?){2,3}\)|^date\s*\(iso[^()]{0,30}\)", re.I), "date"),
    (re.compile(r"^double\s+precision", re.I), "double"),
    (re.compile(r"^character\s+varying", re.I), "varchar"),
    (re.compile(r"^(?:json|jsonb)\s+(?:object|array|string|blob)", re.I), "json"),
    (re.compile(r"^(?:positive|unsigned|signed|non-negative)\s+(?=int|number)", re.I), ""),
    (re.compile(r"^(?:long|big)\s+int(?:eger)?\b", re.I), "bigint"),
    (re.compile(r"^(?:long|rich)\s+text\b", re.I), "text"),
    (re.compile(r"^(?:short\s+)?free[\s-]?text\b", re.I), "text"),
)
_HEAD = re.compile(r"([^\W\d][\w.-]*)\s*(?:\(([^()]{0,2000})\))?")
_ITEMS = re.compile(r"([\w.]{1,100}(?:\([^()]{0,200}\)|<[^<>]{0,200}>)?\??|\([^()]{1,300}\))\s*\[\]")
_LIST = re.compile(r"(?:list|array|set|sequence|collection|vec|readonlyarray|iterable|ilist|ienumerable)\s*", re.I)
_LIST_OF = re.compile(r"(?:an? )?(?:list|array|set|collection)\s+of\s+", re.I)
_STANDARD = re.compile(r"\bstd::(?:(vector|deque|array|set|unordered_set|span)(?=<)|filesystem::|chrono::)?")
_BRACKETED = re.compile(r"\[\s*([A-Z]\w{1,60})\s*\]")
_OPTIONAL = re.compile(r"(?:optional|nullable|maybe|option)\s*[\[<(](.{1,400})[\])>]$", re.I)
_ENUM = re.compile(r"enum(?:eration)?\s*(?:of\b)?\s*[:(\[{]?\s*(.*?)[)\]}]?$", re.I)
_ENUM_NAME = re.compile(
    r"([A-Z]\w{2,80}) (?:enum|Enum|ENUM)\b(?!\s*[(:\[{])|(?:enum|Enum|ENUM)\s*[ <(:]\s*([A-Z]\w*[a-z]\w*)(?:[>)]|\s*$)"
)
_OBJECT = re.compile(
    r"(?:(?:json|jsonb|object|objeto|dict|struct)\s*(?:of\s*|:\s*)?)?\(?\{(?=\s*[\"'`]?[^\W\d]\w*[\"'`]?\??\s*:)", re.I
)
_INNER = re.compile(r"[\"'`]?([^\W\d]\w{0,80})[\"'`]?(\?)?\s*:\s*(.{1,400})$", re.S)
_NO_TYPES = frozenset(
    (
        "FK",
        "PK",
        "UK",
        "NOT",
        "NULL",
        "UNIQUE",
        "REFERENCES",
        "Required",
        "Optional",
        "Ref",
        "Reference",
        "Primary",
        "Foreign",
        "Unique",
        "Nullable",
    )
)
_QUOTED = re.compile(r"'([^'\n]{1,80})'|\"([^\"\n]{1,80})\"|`([^`\n]{1,80})`|“([^”\n]{1,80})”")
_VALUE = re.compile(r"[\w][\w .:+/@-]{0,60}")
_LITERAL_SPLIT = re.compile(r"\s*[|,/]\s*")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a type cell says: the type, whether null is allowed, and the name where only a name is known."""

    type: Type
    nullable: bool = False
    known: bool = True
    target: str = ""  # a type name that may be an entity or an enum of the spec
    many: bool = False
    generated: bool = False  # serial and auto fields
    rest: str = ""  # what follows the type in the same cell


def enum_of(values: tuple[str, ...], raw: str = "") -> Type:
    """An enum type; doubled values fall."""
    return Type(Kind.ENUM, values=tuple(dict.fromkeys(values)), raw=raw)


@lru_cache(maxsize=16384)
def read_type(text: str) -> Reading | None:
    """The type at the start of a text, or None where no type stands there. Linear in the text's length."""
    raw = text.strip()[:2000]
    body = _rewritten(type_words(raw.strip("`* ").replace("`", "")))
    if not body:
        return None
    body, nullable = _without_null(body)
    reading = _object(body) or _open_union(body) or _union(body) or _enum(body) or _collection(body) or _named(body)
    if reading is None:
        return None
    typed = replace(reading.type, raw=raw)
    return replace(reading, type=typed, nullable=nullable or reading.nullable)


def _rewritten(body: str) -> str:
    """`std::vector<int>` and `[String]` in the words of the other languages."""
    if "std::" in body:
        body = _STANDARD.sub(lambda match: "list" if match.group(1) else "", body)
    bracketed = _BRACKETED.match(body)
    return f"{bracketed.group(1)}[]{body[bracketed.end() :]}" if bracketed else body


def literal_values(text: str) -> tuple[str, ...]:
    """The values of a written list: `a|b`, `'a', 'b'`, `` `a` / `b` ``; empty where it is not such a list."""
    quoted = tuple(next(group for group in match.groups() if group) for match in _QUOTED.finditer(text[:4000]))
    if len(quoted) > 1 or (quoted and not _QUOTED.sub("", text).strip(" |,/()[]{}.;")):
        return tuple(value.strip() for value in quoted)
    pieces = [piece.strip(" `'\"") for piece in _LITERAL_SPLIT.split(text.strip(" ()[]{}.;")[:4000])]
    pieces = [re.sub(r"\s*\([^()]{0,80}\)$", "", piece) for piece in pieces]
    if all(_VALUE.fullmatch(piece) and piece.count(" ") < 3 for piece in pieces):
        return tuple(pieces)
    return ()


def _without_null(body: str) -> tuple[str, bool]:
    if match := _OPTIONAL.match(body):
        return match.group(1).strip(), True
    shorter = re.sub(r"\s*\|\s*(?:null|None|undefined|nil)\b|\b(?:null|None|undefined)\s*\|\s*", "", body)
    nullable = shorter != body
    if match := re.match(r"([\w.<>\[\](), ]{1,200}?)\s*\?(?=$|[\s,;)])", shorter):
        return f"{match.group(1)}{shorter[match.end() :]}", True
    if match := re.match(
        r"([\w.<>\[\]]{1,100}(?:\([^()]{0,100}\))?)\s+\(?(?:nullable|optional|null)\)?(?=$|[\s,;])", shorter, re.I
    ):
        return f"{match.group(1)}{shorter[match.end() :]}", True
    return shorter.strip(), nullable


def _union(body: str) -> Reading | None:
    """`'a' | 'b'` and `draft|live`."""
    if "|" not in body or "||" in body or body.lower().startswith("enum"):
        return None
    values = literal_values(body) if body.count("|") >= 1 and not re.search(r"[<>{}]", body) else ()
    if len(values) < 2:
        return None
    if any(quote in body for quote in "'\"`") or all(re.fullmatch(r"[\w-]+", value) for value in values):
        return Reading(enum_of(values))
    return None


def _object(body: str, depth: int = 0) -> Reading | None:
    """`{ street: string; zip?: string }`, `object {…}` and `{…}[]`: an object whose inside is written in place."""
    match = _OBJECT.match(body)
    if match is None or depth > 5:
        return None
    inside, rest = _braced(body[match.end() :])
    fields = [made for part in _split(inside) if (made := _inner_field(part, depth))]
    if not fields:
        return None
    typed = object_type(fields)
    if rest.lstrip().startswith("[]"):
        return Reading(Type(Kind.ARRAY, items=typed), many=True, rest=rest.lstrip()[2:].strip(" ,;"))
    return Reading(typed, rest=rest.strip(" ,;"))


def _inner_field(part: str, depth: int) -> tuple[Field, bool] | None:
    match = _INNER.match(part.strip())
    if match is None:
        return None
    body = match.group(3).strip()
    reading = _object(body, depth + 1) or (read_type(body) if "{" not in body else None)
    typed = reading.type if reading else Type(Kind.JSON)
    needed = not match.group(2) and not (reading and reading.nullable)
    return Field(match.group(1), replace(typed, raw=body), Source("", 1)), needed


def _braced(text: str) -> tuple[str, str]:
    """What stands up to the brace that closes, and what follows it."""
    depth = 1
    for match in re.finditer(r"[{}]", text):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return text[: match.start()], text[match.end() :]
    return text, ""


def _split(text: str) -> list[str]:
    """The parts between commas and semicolons that stand in no bracket."""
    parts, depth, start = [], 0, 0
    for match in re.finditer(r"[{}\[\]<>(),;\n]", text):
        character = match.group()
        if character in "{[<(":
            depth += 1
        elif character in "}]>)":
            depth -= 1
        elif depth <= 0:
            parts.append(text[start : match.start()])
            start = match.end()
    return [*parts, text[start:]]


def _open_union(body: str) -> Reading | None:
    """`string | number`, `'auto' | number`, `string | string[]`: several types, of which one at least is no literal."""
    if "|" not in body or "||" in body or body.count("|") > 12 or body[:4].lower() == "enum":
        return None
    pieces = [piece.strip() for piece in re.split(r"\|(?![^<>({\[]{0,200}[>)}\]])", body[:600])]
    readings = [_member(piece) for piece in pieces]
    if len(pieces) < 2 or not all(readings) or all(typed.kind is Kind.ENUM for typed in readings if typed):
        return None
    literals = tuple(
        value for typed in readings if typed for value in (typed.values if typed.kind is Kind.ENUM else ())
    )
    types = [typed for typed in readings if typed and typed.kind is not Kind.ENUM]
    return Reading(union_type([*([enum_of(literals)] if literals else []), *types]))


def _member(piece: str) -> Type | None:
    """A part of a union: a quoted literal, or the bare name of a type that is known."""
    if quoted := _QUOTED.fullmatch(piece):
        return enum_of((next(group for group in quoted.groups() if group),))
    name = piece.removesuffix("[]")
    kind = _KINDS.get(name.lower()) if re.fullmatch(r"[A-Za-z]\w{1,30}", name) else None
    if (
        kind is None
        or kind in (Kind.ENUM, Kind.ARRAY)
        or (name.lower() in _ALSO_VALUES and name not in ("Date", "Map"))
    ):
        return None
    typed = Type(kind, format=_FORMATS.get(name.lower(), ""))
    return Type(Kind.ARRAY, items=typed) if piece.endswith("[]") else typed


def _enum(body: str) -> Reading | None:
    if named := _ENUM_NAME.match(body):
        return Reading(Type(Kind.ENUM), known=False, target=named.group(1) or named.group(2), rest=body[named.end() :])
    if literal := re.match(r"Literal\[([^\]]{1,2000})\]", body):
        return Reading(enum_of(literal_values(literal.group(1))), rest=body[literal.end() :].strip(" ,;"))
    if not re.match(r"enum(?:eration)?\b", body, re.I):
        return None
    inside = re.match(r"enum(?:eration)?\s*[(\[{]([^()\[\]{}]{1,2000})[)\]}]", body, re.I)
    if inside:
        return Reading(enum_of(literal_values(inside.group(1))), rest=body[inside.end() :].strip(" ,;"))
    match = _ENUM.match(body)
    return Reading(enum_of(literal_values(match.group(1)) if match and match.group(1) else ()))


def _collection(body: str) -> Reading | None:
    inner = ""
    if match := _ITEMS.match(body):
        inner, rest = match.group(1).strip("() "), body[match.end() :]
    elif (match := _LIST.match(body)) and body[match.end() : match.end() + 1] in ("<", "["):
        closing = max(body.rfind(">"), body.rfind("]"))
        inner, rest = body[match.end() + 1 : closing], body[closing + 1 :]
    elif match := _LIST_OF.match(body):
        inner, rest = re.sub(r"s\b", "", body[match.end() :], count=1), ""
    if not inner:
        return None
    if inner == "byte":
        return Reading(Type(Kind.BINARY), rest=rest.strip(" ,;"))
    item = _union(inner) or _enum(inner) or _named(inner.strip())
    items = item.type if item else Type(Kind.JSON)
    target = item.target if item else ""
    return Reading(Type(Kind.ARRAY, items=items), many=True, target=target, known=not target, rest=rest.strip(" ,;"))


def _named(body: str) -> Reading | None:
    for pattern, spelling in _PHRASES:
        if match := pattern.match(body):
            body = f"{spelling}{body[match.end() :]}".strip()
            break
    match = _HEAD.match(body)
    if match is None:
        return None
    name, arguments, rest = match.group(1), match.group(2) or "", body[match.end() :].strip()
    if rest[:1] == "<":  # Record<string, X>, Map<…>
        return Reading(Type(Kind.JSON))
    kind = _KINDS.get(name.lower().split(".")[-1])
    if kind is None:
        return _unknown(name, arguments, rest)
    return _scalar(kind, name.lower(), arguments, rest)


def _unknown(name: str, arguments: str, rest: str) -> Reading | None:
    """A capitalised name may be an entity or an enum of the spec; anything else is not a type."""
    if name in _NO_TYPES:
        return None
    if not re.fullmatch(r"[A-Z][\w.]{1,80}", name) or (rest and rest[0].isalpha() and not rest.isupper()):
        return None
    return Reading(Type(Kind.JSON), known=False, target=name, rest=f"{arguments}, {rest}".strip(" ,;"))


def _scalar(kind: Kind, name: str, arguments: str, rest: str) -> Reading:
    numbers = [int(number) for number in re.findall(r"\b\d{1,9}\b", arguments)] if arguments else []
    typed = Type(kind, format="money" if name in _MONEY and kind is Kind.DECIMAL else _FORMATS.get(name, ""))
    left_over = rest
    if kind is Kind.STRING and len(numbers) == 1 and arguments.strip().isdigit():
        typed = replace(typed, length=numbers[0])
    elif kind is Kind.DECIMAL and numbers:
        typed = replace(typed, precision=numbers[0], scale=numbers[1] if len(numbers) > 1 else 0)
    elif name in ("vector", "halfvec"):
        typed = replace(typed, items=Type(Kind.NUMBER))
    elif arguments:
        left_over = f"{arguments}, {rest}".strip(" ,")
    if name == "date" and re.match(r"[/-]?time\b", rest, re.I):
        typed = replace(typed, kind=Kind.DATETIME)
    generated = "serial" in name or name in ("autofield", "bigautofield")
    return Reading(typed, generated=generated, rest=left_over.strip(" ,;"))
