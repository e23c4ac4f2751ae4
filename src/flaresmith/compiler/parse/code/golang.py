"""Go: structs with their json, gorm and validate tags, and typed constants, which are its enums."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from flaresmith.compiler.model import EntityKind, Index, Kind, Notation, Reference, Source, Type
from flaresmith.compiler.parse.code.annotations import limited
from flaresmith.compiler.parse.code.declared import Declared, DeclaredField, Typed
from flaresmith.compiler.parse.code.family import Family
from flaresmith.compiler.parse.code.syntax import children, found, parsed
from flaresmith.compiler.parse.defaults import UNREADABLE, Unreadable, read_default
from flaresmith.compiler.parse.types import enum_of, read_type

LANGUAGES = frozenset(("go", "golang"))
_TAG = re.compile(r"(\w{1,40}):\"((?:[^\"\\]|\\.){0,500})\"")
_NULLS = {"NullString": Kind.STRING, "NullInt64": Kind.BIGINT, "NullInt32": Kind.INTEGER, "NullBool": Kind.BOOLEAN}
_NULLS |= {"NullFloat64": Kind.NUMBER, "NullTime": Kind.DATETIME, "NullUUID": Kind.UUID, "DeletedAt": Kind.DATETIME}


def read_golang(text: str, at: Source) -> list[Declared]:
    """What a block of Go declares, in order."""
    return _Go(text, at).read()


class _Go(Family):
    grammar = "golang"
    notation = Notation.GO
    types = ("type_spec",)
    closed = frozenset(("function_declaration", "method_declaration", "func_literal", "block"))
    names = {
        "time.Time": Type(Kind.DATETIME),
        "json.RawMessage": Type(Kind.JSON),
        "datatypes.JSON": Type(Kind.JSON),
        "primitive.ObjectID": Type(Kind.STRING),
        "time.Duration": Type(Kind.STRING, format="duration"),
        "interface": Type(Kind.JSON),
        "rune": Type(Kind.STRING),
        "error": Type(Kind.STRING),
        **{f"pq.{name}Array": Type(Kind.ARRAY) for name in ("String", "Int64", "Bool")},
    }

    def read(self) -> list[Declared]:
        """Structs, then named types with constants as enums in their places."""
        values = self._constants()
        made = super().read()
        for one in made:
            if one.name in values:
                one.members = values[one.name]
                one.values = tuple(dict.fromkeys(one.members.values()))
        return made

    def _constants(self) -> dict[str, dict[str, str]]:
        """`const ( Active Status = "active" )` by the type's name; with iota a constant is its own value."""
        root, values = parsed("golang", self.code.text), dict[str, dict[str, str]]()
        for declaration in found(root, ("const_declaration",), self.closed) if root is not None else ():
            current, counted = "", False
            for spec in children(declaration, "const_spec"):
                typed, value = self.code.of(spec.child_by_field_name("type")), spec.child_by_field_name("value")
                name = self.code.of(spec.child_by_field_name("name"))
                text = self.code.of(value)
                current, counted = (typed, "iota" in text) if typed else (current if value is None else "", counted)
                if current and (counted or text[:1] == '"'):
                    bare = re.sub(rf"^{re.escape(current)}(?=[A-Z])|(?<=[a-z\d]){re.escape(current)}$", "", name)
                    values.setdefault(current, {})[name] = bare if counted else text.strip('"')
        return values

    def members(self, node: Node, declared: Declared) -> Iterator[DeclaredField]:
        struct = node.child_by_field_name("type")
        if struct is None or struct.type != "struct_type":
            return
        bodies = children(struct, "field_declaration_list")
        for member in children(bodies[0] if bodies else None, "field_declaration"):
            names = member.children_by_field_name("name")
            written = self.code.of(member.child_by_field_name("type"))
            tags = dict(_TAG.findall(self.code.of(member.child_by_field_name("tag"))))
            if not names:
                yield from self._embedded(declared, written, member)
            for name in names:
                if tags.get("gorm") == "-" or not self.code.of(name)[:1].isupper():
                    continue
                made = self.field(name, _null(written) or self.typed(written))
                if made is not None:
                    _tagged(made, tags, declared)
                    yield made

    def _embedded(self, declared: Declared, written: str, member: Node) -> Iterator[DeclaredField]:
        """`gorm.Model` brings four columns; another embedded struct is a base."""
        if written != "gorm.Model":
            declared.bases += (written.lstrip("*").rsplit(".", 1)[-1],)
            return
        declared.kind, at = EntityKind.PERSISTED, member.start_byte
        kinds = {"ID": Kind.BIGINT, "CreatedAt": Kind.DATETIME, "UpdatedAt": Kind.DATETIME, "DeletedAt": Kind.DATETIME}
        for name, kind in kinds.items():
            made = DeclaredField(name, self.code.source(at), self.code.raw(at), Typed(Type(kind, raw="gorm.Model")))
            made.required, made.primary_key = name != "DeletedAt", name == "ID"
            yield made


def _null(written: str) -> Typed | None:
    kind = _NULLS.get(written.rsplit(".", 1)[-1]) if "." in written else None
    return Typed(Type(kind, raw=written), nullable=True) if kind is not None else None


def _tagged(made: DeclaredField, tags: dict[str, str], declared: Declared) -> None:
    json = tags.get("json", "").split(",")
    made.required = not (made.typed and made.typed.nullable) and "omitempty" not in json[1:]
    for part in tags.get("gorm", "").split(";"):
        key, _, value = part.partition(":")
        _gorm(made, key.strip().lower().replace("_", ""), value.strip(), declared)
    for rule in [*tags.get("validate", "").split(","), *tags.get("binding", "").split(",")]:
        _validated(made, rule.strip())


def _gorm(made: DeclaredField, key: str, value: str, declared: Declared) -> None:
    if key:
        declared.kind = declared.kind or EntityKind.PERSISTED
    if key == "primarykey":
        made.primary_key = True
    elif key in ("unique", "uniqueindex") and not value:
        made.unique = True
    elif key in ("index", "uniqueindex"):
        _gorm_index(made, key == "uniqueindex", value, declared)
    elif key == "not null":
        made.required = True
    elif key == "size" and value.isdigit():
        limited(made, max_length=int(value[:9]))
    elif key == "default":
        read = read_default(value)
        if not isinstance(read, Unreadable) and read is not UNREADABLE:
            made.default, made.has_default = read, True
    elif key == "type" and made.typed is not None:
        _column_type(made, made.typed, value)
    elif key == "foreignkey" and made.typed is not None and made.typed.target:
        made.by = (value,)
    elif key == "references" and made.references is None and "." in value:
        made.references = Reference(value.split(".")[0], value.split(".")[1])


def _column_type(made: DeclaredField, typed: Typed, value: str) -> None:
    enum = re.match(r"enum\s*\(([^()]{1,1000})\)", value, re.I)
    read = read_type(value)
    if enum:
        made.typed = replace(typed, type=enum_of(tuple(re.findall(r"'([^']{1,80})'", enum.group(1)))), target="")
    elif read is not None and read.known and not typed.many and read.type.kind is not Kind.ENUM:
        made.typed = replace(typed, type=replace(read.type, raw=typed.type.raw), target="")


def _gorm_index(made: DeclaredField, unique: bool, value: str, declared: Declared) -> None:
    """`index:idx_name,unique` on several fields is one index over them."""
    name, *options = [part.strip() for part in value.split(",")]
    unique = unique or "unique" in options
    for place, index in enumerate(declared.indexes):
        if name and index.name == name:
            declared.indexes[place] = replace(index, fields=(*index.fields, made.name))
            return
    declared.indexes.append(Index((made.name,), unique, made.source, name=name))


def _validated(made: DeclaredField, rule: str) -> None:
    key, _, value = rule.partition("=")
    number = int(value) if re.fullmatch(r"\d{1,9}", value) else None
    text = made.typed is not None and made.typed.type.kind in (Kind.STRING, Kind.TEXT, Kind.ARRAY)
    if key == "required":
        made.required = True
    elif key in ("min", "gte") and number is not None:
        limited(made, **{"min_length" if text else "minimum": number})
    elif key in ("max", "lte") and number is not None:
        limited(made, **{"max_length" if text else "maximum": number})
    elif key == "oneof" and made.typed is not None and len(value.split()) > 1:
        made.typed = replace(made.typed, type=enum_of(tuple(value.split()), made.typed.type.raw), target="")
    elif key in ("email", "url", "uuid") and made.typed is not None and made.typed.type.kind is Kind.STRING:
        typed = made.typed.type
        kind = replace(typed, kind=Kind.UUID) if key == "uuid" else replace(typed, format=key.replace("url", "uri"))
        made.typed = replace(made.typed, type=kind)
