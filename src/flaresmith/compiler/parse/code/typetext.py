"""The text of a type in any programming language: `List<Foo?>`, `dict[str, int]`, `map[string]*T`, `'a' | 'b'`.

Languages spell types much alike, so one reader takes them all; a language adds only its own names of scalars.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flaresmith.compiler.model import Kind, Type
from flaresmith.compiler.parse.code.declared import Typed
from flaresmith.compiler.parse.types import enum_of
from flaresmith.compiler.wire import type_schema

Names = Mapping[str, Type]

_TOKEN = re.compile(
    r"\s+|//[^\n]*|/\*.{0,2000}?\*/|(?P<text>'(?:[^'\\\n]|\\.){0,300}'|\"(?:[^\"\\\n]|\\.){0,300}\"|`[^`]{0,300}`)|(?P<number>-?\d[\w.]*)"
    r"|(?P<name>(?:@[\w.]+(?:\([^()]*\))?\s+)?[^\W\d][\w$]*(?:(?:\.|::)[^\W\d][\w$]*)*)|(?P<mark>=>|\.\.\.|.)",
    re.S,
)
DEEPEST = 30
_LONGEST = 20_000
_LISTS = frozenset(
    """list array set sequence iterable collection vec deque icollection ienumerable ilist hashset ireadonlylist iset
    ireadonlycollection readonlyarray queryset linkedlist arraylist frozenset tuple slice mutablelist treeset vecdeque
    mutablesequence btreeset readonlyset vector iqueryable""".split()  # noqa: SIM905
)
_MAPS = frozenset(
    """map dict record hashmap btreemap mapping dictionary idictionary mutablemapping linkedhashmap treemap ordereddict
    defaultdict ireadonlydictionary readonlymap indexmap""".split()  # noqa: SIM905
)
_OPTIONAL = frozenset("optional option maybe nullable notrequired".split())  # noqa: SIM905
_SAME = frozenset(
    """mapped annotated final required readonly promise future box arc rc lazy ref cow mutex rwlock secret partial
    nonnullable const late rel relation valueof generated column columntype indexed""".split()  # noqa: SIM905
)
_NOTHING = frozenset(("null", "undefined", "none", "nil", "void", "never"))
_NO_WORDS = frozenset(("readonly", "const", "final", "late", "mut", "dyn", "typeof", "unique", "covariant"))
_PLAIN: Names = {
    **dict.fromkeys(("string", "str", "char", "character", "symbol", "nsstring", "cstring"), Type(Kind.STRING)),
    **dict.fromkeys(("uuid", "guid"), Type(Kind.UUID)),
    **dict.fromkeys(
        "int integer int32 int16 i32 u32 i16 u16 i8 u8 uint uint32 uint16 uint8 int8 short byte ushort".split(),  # noqa: SIM905
        Type(Kind.INTEGER),
    ),
    **dict.fromkeys(
        "bigint int64 uint64 i64 u64 i128 u128 long ulong biginteger usize isize".split(),  # noqa: SIM905
        Type(Kind.BIGINT),
    ),
    **dict.fromkeys("number float double float32 float64 f32 f64 num".split(), Type(Kind.NUMBER)),  # noqa: SIM905
    **dict.fromkeys("decimal bigdecimal numeric".split(), Type(Kind.DECIMAL)),  # noqa: SIM905
    **dict.fromkeys("boolean bool".split(), Type(Kind.BOOLEAN)),  # noqa: SIM905
    **dict.fromkeys("datetime datetimeoffset timestamp instant zoneddatetime".split(), Type(Kind.DATETIME)),  # noqa: SIM905
    **dict.fromkeys("localdatetime offsetdatetime naivedatetime timestamptz".split(), Type(Kind.DATETIME)),  # noqa: SIM905
    **dict.fromkeys("date localdate dateonly naivedate".split(), Type(Kind.DATE)),  # noqa: SIM905
    **dict.fromkeys("time localtime timeonly naivetime".split(), Type(Kind.TIME)),  # noqa: SIM905
    **dict.fromkeys("timespan duration timedelta interval".split(), Type(Kind.STRING, format="duration")),  # noqa: SIM905
    **dict.fromkeys(
        "any unknown object dynamic json jsonb jsonnode jsonobject jsonvalue value struct jsonelement".split(),  # noqa: SIM905
        Type(Kind.JSON),
    ),
    **dict.fromkeys("bytes buffer blob bytea uint8list uint8array arraybuffer bytearray".split(), Type(Kind.BINARY)),  # noqa: SIM905
    **dict.fromkeys("uri url anyurl httpurl".split(), Type(Kind.STRING, format="uri")),  # noqa: SIM905
    **dict.fromkeys(("emailstr", "email"), Type(Kind.STRING, format="email")),
    **dict.fromkeys(("text", "longtext", "markdown"), Type(Kind.TEXT)),
    **dict.fromkeys(("varchar", "slug", "citext"), Type(Kind.STRING)),
    **dict.fromkeys("objectid types.objectid currency path".split(), Type(Kind.STRING)),  # noqa: SIM905
}


@dataclass(frozen=True, slots=True)
class _Literal:
    """One value of a union of literals."""

    text: str
    quoted: bool


def read_type_text(text: str, own: Names = {}) -> Typed | None:  # noqa: B006 (nobody changes it)
    """The type that a text spells, or None where it is no type of data (a function, nothing at all)."""
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    read = _Reader(text, own).union(0)
    return replace(read, type=replace(read.type, raw=text[:200])) if read is not None else None


def named(name: str, own: Names = {}) -> Typed:  # noqa: B006
    """The type of a bare name: a scalar of the language, a common one, or the name of something else."""
    last = re.split(r"\.|::", name)[-1]
    for spelled in (name, last):
        if spelled in own:
            return Typed(own[spelled])
    if known := _PLAIN.get(last.lower()):
        return Typed(known)
    return Typed(Type(Kind.JSON), target=last)


def array_of(inner: Typed | None) -> Typed:
    """A list of what is inside; bytes in a list are binary."""
    if inner is None:
        return Typed(Type(Kind.ARRAY, items=Type(Kind.JSON)), many=True)
    return Typed(Type(Kind.ARRAY, items=inner.type), target=inner.target, many=True)


def map_of(inner: Typed | None) -> Typed:
    """A map with free keys."""
    schema: dict[str, Any] = {"type": "object"}
    if inner is not None and not inner.target:
        schema["additionalProperties"] = schema_of(inner.type)
    return Typed(Type(Kind.JSON, schema=schema))


def object_of(members: Sequence[tuple[str, Typed, bool]]) -> Typed:
    """An object whose inside is known: name, type, and whether it must be there."""
    if not members:
        return Typed(Type(Kind.JSON))
    properties = {name: _schema(typed) for name, typed, _ in members}
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    if required := [name for name, typed, needed in members if needed and not typed.nullable]:
        schema["required"] = required
    return Typed(Type(Kind.JSON, schema=schema))


def union_of(parts: Sequence[Typed | _Literal | None]) -> Typed | None:
    """A union: literals are an enum, null makes optional, anything else is JSON whose schema lists the types."""
    nullable = any(isinstance(part, Typed) and part.nullable for part in parts)
    literals = [part for part in parts if isinstance(part, _Literal)]
    types = [part for part in parts if isinstance(part, Typed) and part.type.raw != "null"]
    if literals and not types:
        return replace(_literals(literals), nullable=nullable)
    if not types:
        return None
    if literals:
        return Typed(types[0].type if len(types) == 1 else Type(Kind.JSON), nullable=nullable)
    if len({(part.type.kind, part.target, part.many) for part in types}) == 1:
        return replace(types[0], nullable=nullable)
    if any(part.target for part in types):
        return Typed(Type(Kind.JSON), nullable=nullable)
    return Typed(Type(Kind.JSON, schema={"anyOf": [schema_of(part.type) for part in types]}), nullable=nullable)


def _schema(typed: Typed) -> Any:
    if typed.target:
        return {"type": "array"} if typed.many else {}
    return schema_of(typed.type)


def schema_of(typed: Type) -> Mapping[str, Any]:
    """JSON Schema of a type, with the inside of an object where it is known."""
    if typed.kind is Kind.ARRAY and typed.items is not None:
        return {"type": "array", "items": schema_of(typed.items)}
    return typed.schema if typed.schema is not None else type_schema(typed)


def _literals(found: Sequence[_Literal]) -> Typed:
    if all(part.text in ("true", "false") for part in found):
        return Typed(Type(Kind.BOOLEAN))
    if not any(part.quoted for part in found):
        whole = all(re.fullmatch(r"-?\d{1,9}", part.text) for part in found)
        return Typed(Type(Kind.INTEGER if whole else Kind.NUMBER))
    return Typed(enum_of(tuple(part.text for part in found)))


_NULL = Typed(Type(Kind.JSON, raw="null"), nullable=True)


class _Reader:
    """Descends into one type; deeper than `DEEPEST` everything is JSON."""

    def __init__(self, text: str, own: Names) -> None:
        self._tokens = list(_tokens(text))
        self._own = own
        self._at = 0

    def union(self, depth: int) -> Typed | None:
        parts: list[Typed | _Literal | None] = []
        joined = False
        self._take("|")
        while True:
            parts.append(self._part(depth))
            if self._take("&"):
                joined = True
            elif not self._take("|"):
                break
        if joined:
            return Typed(Type(Kind.JSON))
        if len(parts) == 1 and not isinstance(parts[0], _Literal):
            return parts[0]
        return union_of(parts)

    def _part(self, depth: int) -> Typed | _Literal | None:
        found = self._primary(depth)
        while self._at < len(self._tokens):
            if self._peek() == "[" and (self._peek(1) == "]" or self._peek(2) == "]"):
                self._at += 2 if self._peek(1) == "]" else 3
                found = self._array(found)
            elif self._take("?"):
                found = replace(found, nullable=True) if isinstance(found, Typed) else found
            elif not self._take("!", "*", "const"):
                break
        return found

    def _array(self, found: Typed | _Literal | None) -> Typed:
        inner = _literals([found]) if isinstance(found, _Literal) else found
        if inner is not None and inner.type.kind is Kind.INTEGER and inner.type.raw in ("byte", "u8", "uint8"):
            return Typed(Type(Kind.BINARY))
        return array_of(inner)

    def _primary(self, depth: int) -> Typed | _Literal | None:
        kind, text = self._next()
        if not kind or depth > DEEPEST:
            self._at = len(self._tokens) if depth > DEEPEST else self._at
            return Typed(Type(Kind.JSON)) if depth > DEEPEST else None
        if kind == "text" and text[0] == "`" and "${" in text:
            return Typed(Type(Kind.STRING))
        if kind == "text":
            return _Literal(text[1:-1], quoted=True)
        if kind == "number":
            return _Literal(text, quoted=False)
        if kind == "name":
            return self._name(text.split()[-1], depth)
        return self._mark(text, depth)

    def _mark(self, mark: str, depth: int) -> Typed | None:
        if mark in "*&":
            inner = self._inner(depth)
            return replace(inner, nullable=inner.nullable or mark == "*") if inner else None
        if mark == "{":
            return self._object(depth)
        if mark == "[":
            return self._bracket(depth)
        if mark == "(":
            inner = self.union(depth + 1)
            closed = self._close(")")
            return None if self._take("=>") or not closed else inner
        return self._inner(depth) if mark in ("...", "?") else None

    def _inner(self, depth: int) -> Typed | None:
        found = self._part(depth + 1)
        return _literals([found]) if isinstance(found, _Literal) else found

    def _bracket(self, depth: int) -> Typed | None:
        """`[]T`, `[4]T`, `[T]`, `[T; 32]` and the tuple `[A, B]`."""
        if self._take("]"):
            return self._array(self._inner(depth))
        parts = self._arguments("]", depth)
        kind, _ = self._next() if len(parts) == 1 and self._peek() not in ("!", "?", "|", "") else ("", "")
        if kind == "name" and isinstance(parts[0], _Literal):
            self._at -= 1
            return self._array(self._inner(depth))
        if kind:
            self._at -= 1
        first = parts[0] if parts and len({repr(part) for part in parts}) == 1 else None
        return self._array(first)

    def _name(self, name: str, depth: int) -> Typed | _Literal | None:
        if name in _NO_WORDS and self._kind() in ("name", "mark") and self._peek() not in ("", ")", "]", "|", ","):
            return self._primary(depth + 1)
        if name in ("true", "false", "True", "False"):
            return _Literal(name.lower(), quoted=False)
        if name.lower() in _NOTHING and name.lower() != "never":
            return _NULL
        arguments: list[Typed | _Literal | None] = []
        opener = self._peek()
        if opener == "<" or (opener == "[" and self._peek(1) != "]" and not self._is_sized()):
            self._at += 1
            arguments = self._arguments(">" if opener == "<" else "]", depth)
        elif opener == "(":
            self._at += 1
            self._close(")")
        if name == "map" and opener == "[":  # Go
            return map_of(self._inner(depth))
        return self._generic(name, arguments) if arguments else self._bare(name)

    def _is_sized(self) -> bool:
        return self._kind(1) == "number" and self._peek(2) == "]"

    def _bare(self, name: str) -> Typed:
        lower = re.split(r"\.|::", name)[-1].lower()
        if name in self._own:
            return Typed(self._own[name])
        if lower in _LISTS:
            return array_of(None)
        if lower in _MAPS:
            return map_of(None)
        found = named(name, self._own)
        return replace(found, type=replace(found.type, raw=lower)) if lower in ("byte", "u8", "uint8") else found

    def _generic(self, name: str, arguments: Sequence[Typed | _Literal | None]) -> Typed | None:
        lower = re.split(r"\.|::", name)[-1].lower()
        types = [part for part in arguments if isinstance(part, Typed)]
        first = types[0] if types else None
        if lower == "literal":
            return union_of(arguments)
        if lower == "union":
            return union_of(arguments)
        if lower in _OPTIONAL:
            return replace(first, nullable=True) if first else None
        if lower in _LISTS:
            return self._array(first)
        if lower in _MAPS:
            return map_of(types[-1] if len(types) > 1 else None)
        if lower in _SAME:
            return first
        known = named(name, self._own)
        return Typed(Type(Kind.JSON)) if known.target and lower not in _PLAIN else known

    def _object(self, depth: int) -> Typed:
        members: list[tuple[str, Typed, bool]] = []
        free: Typed | None = None
        while self._at < len(self._tokens) and not self._take("}"):
            if self._take(";", ","):
                continue
            kind, text = self._next()
            if text == "[":
                self._close("]")
                free = self.union(depth + 1) if self._take(":") else None
                continue
            if text == "readonly" and self._kind() in ("name", "text"):
                kind, text = self._next()
            optional = self._take("?")
            if kind in ("name", "text") and self._take(":"):
                member = self.union(depth + 1)
                if member is not None:
                    members.append((text.strip("'\""), member, not optional))
            self._skip_member()
        return object_of(members) if members or free is None else map_of(free)

    def _skip_member(self) -> None:
        """To the end of a member that went on in an unknown way."""
        depth = 0
        while self._at < len(self._tokens):
            text = self._tokens[self._at][1]
            if depth == 0 and text in (";", ",", "}"):
                return
            if self._tokens[self._at][0] == "name" and depth == 0 and self._peek(1) in (":", "?"):
                return
            depth += (text in ("(", "[", "{")) - (text in (")", "]", "}"))
            self._at += 1

    def _arguments(self, closer: str, depth: int) -> list[Typed | _Literal | None]:
        found: list[Typed | _Literal | None] = []
        while self._at < len(self._tokens) and not self._take(closer):
            before = self._at
            part = self.union(depth + 1) if not self._is_literal() else self._part(depth + 1)
            found.append(part)
            if not self._take(",", ";") and self._peek() != closer and self._at == before:
                self._at += 1
        return found

    def _is_literal(self) -> bool:
        return self._kind() in ("text", "number") and self._peek(1) != "|"

    def _close(self, closer: str) -> bool:
        """Skips to the bracket that closes the one behind."""
        depth = 0
        while self._at < len(self._tokens):
            text = self._tokens[self._at][1]
            self._at += 1
            if depth == 0 and text == closer:
                return True
            depth += (text in ("(", "[", "{")) - (text in (")", "]", "}"))
        return False

    def _peek(self, ahead: int = 0) -> str:
        place = self._at + ahead
        return self._tokens[place][1] if place < len(self._tokens) else ""

    def _kind(self, ahead: int = 0) -> str:
        place = self._at + ahead
        return self._tokens[place][0] if place < len(self._tokens) else ""

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            return "", ""
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, *texts: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at][1] in texts:
            self._at += 1
            return True
        return False


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(text):
        if match.lastgroup:
            yield match.lastgroup, match.group()
