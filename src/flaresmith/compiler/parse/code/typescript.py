"""TypeScript: interfaces, type aliases, enums, classes with their decorators, constant objects, Zod and Drizzle."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from flaresmith.compiler.model import EntityKind, Kind, Notation, Source, Type
from flaresmith.compiler.parse.code import drizzle, zod
from flaresmith.compiler.parse.code.annotations import apply_annotations, word
from flaresmith.compiler.parse.code.declared import Declared, DeclaredField, Typed
from flaresmith.compiler.parse.code.expressions import Expression, read_calls, read_expression
from flaresmith.compiler.parse.code.syntax import Code, child, children, found, parsed
from flaresmith.compiler.parse.code.typetext import read_type_text
from flaresmith.compiler.parse.code.values import set_default

LANGUAGES = frozenset(("ts", "typescript", "tsx", "js", "javascript", "jsx", "mjs", "vue"))
NAMES = {
    "Date": Type(Kind.DATETIME),
    "bigint": Type(Kind.BIGINT),
    "Timestamp": Type(Kind.DATETIME),
    "Decimal": Type(Kind.DECIMAL),
    "ISODateString": Type(Kind.DATETIME),
    "ISO8601": Type(Kind.DATETIME),
    "UUID": Type(Kind.UUID),
}
_DECLARATIONS = (
    "interface_declaration",
    "type_alias_declaration",
    "enum_declaration",
    "class_declaration",
    "abstract_class_declaration",
    "variable_declarator",
)
_BODIES = ("class_body", "interface_body", "object_type", "object", "call_expression")
_CLOSED = frozenset(
    ("function_declaration", "method_definition", "function_expression", "arrow_function", *_BODIES),
)
_MEMBER = re.compile(r"\s*(?:readonly\s+)?[\w$]{1,80}\??\s*:\s*(?:[A-Za-z{\[('\"])")
_MEMBERS = ("property_signature", "public_field_definition")
_REFINED = re.compile(r"(Partial|Omit|Pick|Required|Readonly)\s*<\s*([\w.]+)\s*(?:,\s*([^<>]{1,2000}))?>\s*$")


def read_typescript(text: str, at: Source) -> list[Declared]:
    """What a block of TypeScript declares, in order."""
    root = parsed("typescript", text)
    declared = list(_Reader(Code(text, at)).read(root)) if root is not None else []
    return declared or _members_alone(text, at)


def _members_alone(text: str, at: Source) -> list[Declared]:
    """`email: string; phone?: string;` without a declaration: what the entity of the heading gets, or has."""
    lines = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith(("//", "*", "/*"))]
    if not lines or not _MEMBER.match(lines[0]):
        return []
    wrapped = f"interface Members {{\n{text}\n}}"
    root = parsed("typescript", wrapped)
    declared = list(_Reader(Code(wrapped, Source(at.file, at.line - 1))).read(root)) if root is not None else []
    fields = declared[0].fields if declared else []
    if not fields or any(known.typed is None or _is_value(known.typed) for known in fields):
        return []
    return [Declared("", at, Notation.TYPESCRIPT, raw=lines[0].strip(), fields=fields)]


def _is_value(typed: Typed) -> bool:
    """`retries: 3`, `name: 'x'`: a value, no type."""
    return len(typed.type.values) == 1 or bool(re.fullmatch(r"-?\d[\d.]*|true|false", typed.type.raw))


class _Reader:
    def __init__(self, code: Code) -> None:
        self._code = code
        self._known: dict[str, Declared] = {}
        self._schemas = zod.Schemas(code)
        self._tables = drizzle.Tables(code)

    def read(self, root: Node) -> Iterator[Declared]:
        for node in found(root, _DECLARATIONS, _CLOSED):
            declared = self._declaration(node)
            if declared is not None:
                self._known[declared.name] = declared
                yield declared

    def _declaration(self, node: Node) -> Declared | None:
        name = node.child_by_field_name("name")
        if name is None or not self._code.of(name):
            return None
        if node.type == "variable_declarator":
            return self._constant(node, self._code.of(name))
        declared = Declared(
            self._code.of(name),
            self._code.source(name.start_byte),
            Notation.TYPESCRIPT,
            raw=self._code.raw(name.start_byte),
            description=self._code.comment_over(node.start_byte),
        )
        body = node.child_by_field_name("body")
        if node.type == "type_alias_declaration":
            return self._alias(declared, node.child_by_field_name("value"))
        if node.type == "enum_declaration":
            return self._enum(declared, body)
        declared.bases = self._bases(node)
        declared.abstract = node.type == "abstract_class_declaration"
        self._class(declared, node)
        declared.fields = self._members(body)
        return declared

    def _bases(self, node: Node) -> tuple[str, ...]:
        clause = child(node, "extends_type_clause", "class_heritage")
        text = self._code.of(clause)
        return tuple(re.findall(r"\b(?!extends\b|implements\b)([A-Z]\w{0,100})", re.split(r"\bimplements\b", text)[0]))

    def _class(self, declared: Declared, node: Node) -> None:
        """`@Entity()` makes a table of a class."""
        for decorator in self._decorators(node):
            if word(decorator) == "entity":
                declared.kind = EntityKind.PERSISTED
                first = decorator.first()
                declared.table = first.name if first is not None and first.kind == "text" else ""

    def _decorators(self, node: Node) -> list[Expression]:
        outer = node.parent
        holders = [node, outer] if outer is not None and outer.type == "export_statement" else [node]
        nodes = [part for holder in holders for part in holder.children if part.type == "decorator"]
        return [call for part in nodes for call in read_calls(self._code.text, part.start_byte, part.end_byte)]

    # members

    def _members(self, body: Node | None) -> list[DeclaredField]:
        fields = []
        for member in children(body, *_MEMBERS, "method_definition"):
            if member.type == "method_definition":
                fields += self._constructor(member)
            elif (made := self._member(member)) is not None:
                fields.append(made)
        return fields

    def _member(self, member: Node) -> DeclaredField | None:
        name = member.child_by_field_name("name")
        if name is None or child(member, "static") is not None:
            return None
        written = member.child_by_field_name("type")
        typed = self._type(written)
        if written is not None and typed is None:
            return None  # a function
        made = self._field(self._code.of(name).strip("'\"#"), name.start_byte, typed)
        made.required = child(member, "?") is None and not (typed is not None and typed.nullable)
        value = member.child_by_field_name("value")
        if value is not None:
            if typed is None and value.type in ("arrow_function", "function_expression", "call_expression"):
                return None
            set_default(made, read_expression(self._code.text, value.start_byte, value.end_byte))
        return made if apply_annotations(made, self._decorators(member)) else None

    def _constructor(self, method: Node) -> list[DeclaredField]:
        """`constructor(public readonly id: string)` declares fields too."""
        if self._code.of(method.child_by_field_name("name")) != "constructor":
            return []
        found_fields = []
        for parameter in children(method.child_by_field_name("parameters"), "required_parameter", "optional_parameter"):
            name, typed = parameter.child_by_field_name("pattern"), self._type(parameter.child_by_field_name("type"))
            public = self._code.of(parameter).startswith(("public", "readonly"))
            if name is None or typed is None or not public:
                continue
            made = self._field(self._code.of(name), name.start_byte, typed)
            made.required = parameter.type == "required_parameter" and not typed.nullable
            found_fields.append(made)
        return found_fields

    def _field(self, name: str, at: int, typed: Typed | None) -> DeclaredField:
        said = " ".join(filter(None, (self._code.comment_over(at), self._code.comment(at))))
        return DeclaredField(name, self._code.source(at), self._code.raw(at), typed, description=said)

    def _type(self, annotation: Node | None) -> Typed | None:
        return read_type_text(self._code.of(annotation).removeprefix(":"), NAMES) if annotation is not None else None

    # aliases, enums and constants

    def _alias(self, declared: Declared, value: Node | None) -> Declared | None:
        if value is None:
            return None
        if value.type == "object_type":
            declared.fields = self._members(value)
            return declared
        if value.type == "intersection_type":
            declared.bases = tuple(self._code.of(part) for part in found(value, ("type_identifier",), _CLOSED))
            declared.fields = [made for part in found(value, ("object_type",)) for made in self._members(part)]
            return declared if declared.fields or set(declared.bases) & set(self._known) else None
        if refined := _REFINED.match(self._code.of(value)):
            return self._refine(declared, *refined.groups())
        typed = read_type_text(self._code.of(value), NAMES)
        if typed is not None and typed.type.kind is Kind.ENUM:
            declared.values = typed.type.values
            declared.members = {text: text for text in declared.values}
            return declared
        return None

    def _refine(self, declared: Declared, how: str, base: str, keys: str | None) -> Declared | None:
        """`Omit<User, 'id'>` and the like, where User stands in the same block."""
        known = self._known.get(base)
        if known is None:
            return None
        names = set(re.findall(r"['\"]([^'\"]{1,100})['\"]", keys or ""))
        fields = [
            zod.copied(one)
            for one in known.fields
            if how not in ("Omit", "Pick") or (one.name in names) == (how == "Pick")
        ]
        for one in fields:
            one.required = False if how == "Partial" else one.required
        declared.fields, declared.kind = fields, EntityKind.DTO
        return declared

    def _enum(self, declared: Declared, body: Node | None) -> Declared:
        members: dict[str, str] = {}
        for member in children(body):
            name = self._code.of(member.child_by_field_name("name") if member.type == "enum_assignment" else member)
            value = self._code.of(member.child_by_field_name("value")) if member.type == "enum_assignment" else ""
            if member.type in ("enum_assignment", "property_identifier", "string"):
                name = name.strip("'\"")
                members[name] = value[1:-1] if value[:1] in ("'", '"', "`") else name
        declared.members, declared.values = members, tuple(dict.fromkeys(members.values()))
        return declared

    def _constant(self, node: Node, name: str) -> Declared | None:
        """`const X = z.object(…)`, `pgTable(…)`, `{ A: 'a' } as const`, `['a', 'b'] as const`."""
        value = node.child_by_field_name("value")
        if value is None:
            return None
        text = self._code.of(value)
        if value.type in ("as_expression", "satisfies_expression"):
            return self._literals(node, name, value) if re.search(r"\bas\s+const\b", text) else None
        if value.type != "call_expression":
            return None
        expression = read_expression(self._code.text, value.start_byte, value.end_byte)
        at = node.start_byte
        return self._tables.read(name, at, expression) or self._schemas.read(name, at, expression)

    def _literals(self, node: Node, name: str, value: Node) -> Declared | None:
        expression = read_expression(self._code.text, value.start_byte, value.end_byte)
        members = {key: part.name for key, part in expression.named.items() if part.kind == "text"}
        values = tuple(members.values()) if members else expression.words() if expression.kind == "list" else ()
        whole = len(members) == len(expression.named) and not (members and expression.arguments)
        if len(values) < 2 or not whole or not all(re.fullmatch(r"[\w.:-]{1,60}", text) for text in values):
            return None
        return Declared(
            name,
            self._code.source(node.start_byte),
            Notation.TYPESCRIPT,
            raw=self._code.raw(node.start_byte),
            values=tuple(dict.fromkeys(values)),
            members=members,
        )
