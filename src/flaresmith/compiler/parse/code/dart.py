"""Dart: classes with their fields, freezed factories, Isar and Hive annotations, and enums."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from flaresmith.compiler.model import Kind, Notation, Source, Type
from flaresmith.compiler.parse.code.declared import Declared, DeclaredField
from flaresmith.compiler.parse.code.expressions import Expression, read_expression
from flaresmith.compiler.parse.code.family import Family
from flaresmith.compiler.parse.code.syntax import child, children, found
from flaresmith.compiler.parse.code.values import set_default

LANGUAGES = frozenset(("dart", "flutter"))
_NAMES = ("initialized_identifier_list", "identifier_list", "static_final_declaration_list")
_TYPE = ("type_identifier", "type_arguments", "nullable_type", "function_type", "void_type", "record_type")


def read_dart(text: str, at: Source) -> list[Declared]:
    """What a block of Dart declares, in order."""
    return _Dart(text, at).read()


class _Dart(Family):
    grammar = "dart"
    notation = Notation.DART
    types = ("class_definition",)
    enums = ("enum_declaration",)
    closed = frozenset(("function_body", "block", "method_signature", "function_signature"))
    names = {"Id": Type(Kind.BIGINT), "Color": Type(Kind.STRING), "Uri": Type(Kind.STRING, format="uri")}
    no_data = (*Family.no_data, "Notifier", "Widget", "State", "Page", "Screen", "Bloc", "Cubit", "Provider")

    def bases(self, node: Node) -> tuple[str, ...]:
        clause = child(node, "superclass")
        return tuple(self.code.of(part) for part in children(clause, "type_identifier")[:1])

    def annotations(self, node: Node) -> list[Expression]:
        """They stand before a member as its siblings, and inside a class before its name."""
        nodes = [one for one in node.children if one.type == "annotation"]
        above = node.prev_named_sibling
        while above is not None and above.type in ("annotation", "comment", "documentation_comment"):
            nodes += [above] if above.type == "annotation" else []
            above = above.prev_named_sibling
        return self.calls(nodes)

    def members(self, node: Node, declared: Declared) -> Iterator[DeclaredField]:
        body = node.child_by_field_name("body")
        for member in children(body, "declaration", "class_member_definition"):
            if "static" not in [part.type for part in member.children]:
                yield from self._member(member)
        if not any(child(member, *_NAMES) for member in children(body, "declaration")):
            yield from self._factory(body)

    def _member(self, member: Node) -> Iterator[DeclaredField]:
        names = child(member, "initialized_identifier_list", "identifier_list")
        if names is None or self.code.of(member).startswith(("static ", "const ")):
            return
        written = self._type(member)
        for one in children(names):
            name = one if one.type == "identifier" else child(one, "identifier")
            if name is None or self.code.of(name).startswith("_"):
                continue
            typed = self.typed(written)
            made = self.field(name, typed, self.annotations(member))
            if made is None or typed is None:
                continue
            made.required = not typed.nullable
            made.primary_key = made.primary_key or written in ("Id", "Id?")
            if (begins := child(one, "=")) is not None and not made.has_default:
                set_default(made, read_expression(self.code.text, begins.end_byte, one.end_byte))
            yield made

    def _factory(self, body: Node | None) -> Iterator[DeclaredField]:
        """`const factory User({ required String id, @Default(0) int n })` of freezed."""
        if body is None:
            return
        for parameter in found(body, ("formal_parameter",), frozenset(("function_body",))):
            name, written = parameter.child_by_field_name("name"), self._type(parameter)
            if name is None or not written or self._is_converter(parameter):
                continue
            typed = self.typed(written)
            made = self.field(name, typed, self.annotations(parameter))
            if made is not None and typed is not None:
                made.required = not typed.nullable
                yield made

    def _is_converter(self, parameter: Node) -> bool:
        """Whether this is what `factory User.fromJson(…)` and its like take."""
        above = parameter.parent
        while above is not None and "signature" not in above.type:
            above = above.parent
        return above is not None and bool(re.search(r"\.from[A-Z]\w{0,60}\s*\(", self.code.of(above)))

    def _type(self, node: Node) -> str:
        """The type stands in pieces before the names."""
        if child(node, "function_type") is not None:
            return ""
        pieces = [part for part in node.children if part.type in _TYPE or self.code.of(part) == "."]
        if not pieces:
            return ""
        return re.sub(r"\s+", " ", self.code.text[pieces[0].start_byte : pieces[-1].end_byte])

    def values(self, node: Node) -> dict[str, str]:
        body = node.child_by_field_name("body")
        names = [self.code.of(one.child_by_field_name("name")) for one in children(body, "enum_constant")]
        return {name: name for name in names if name}
