"""Java: classes with JPA, Lombok and Bean Validation annotations, records and enums; Kotlin's names of types too."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from flaresmith.compiler.model import Kind, Notation, Source, Type
from flaresmith.compiler.parse.code.declared import Declared, DeclaredField
from flaresmith.compiler.parse.code.expressions import Expression, read_expression
from flaresmith.compiler.parse.code.family import Family
from flaresmith.compiler.parse.code.syntax import child, children
from flaresmith.compiler.parse.code.values import set_default

LANGUAGES = frozenset(("java",))
_PRIMITIVES = frozenset("int long short byte double float boolean char".split())  # noqa: SIM905


def read_java(text: str, at: Source) -> list[Declared]:
    """What a block of Java declares, in order."""
    return _Java(text, at).read()


class _Java(Family):
    grammar = "java"
    notation = Notation.JAVA
    types = ("class_declaration", "record_declaration")
    enums = ("enum_declaration",)
    closed = frozenset(("method_declaration", "constructor_declaration", "lambda_expression", "block"))
    names = {"Date": Type(Kind.DATETIME), "Calendar": Type(Kind.DATETIME), "Character": Type(Kind.STRING)}

    def bases(self, node: Node) -> tuple[str, ...]:
        clause = child(node, "superclass")
        return (self.code.of(clause).removeprefix("extends").strip().split("<")[0],) if clause is not None else ()

    def annotations(self, node: Node) -> list[Expression]:
        modifiers = child(node, "modifiers")
        return self.calls(children(modifiers, "annotation", "marker_annotation")) if modifiers is not None else []

    def members(self, node: Node, declared: Declared) -> Iterator[DeclaredField]:
        for parameter in children(node.child_by_field_name("parameters"), "formal_parameter"):
            yield from self._member(parameter, [parameter])
        for member in children(node.child_by_field_name("body"), "field_declaration"):
            modifiers = self.code.of(child(member, "modifiers")).split()
            if "static" not in modifiers:
                yield from self._member(member, children(member, "variable_declarator"))

    def _member(self, member: Node, declarators: list[Node]) -> Iterator[DeclaredField]:
        written = self.code.of(member.child_by_field_name("type"))
        for declarator in declarators:
            name = declarator.child_by_field_name("name")
            if name is None:
                continue
            made = self.field(name, self.typed(written), self.annotations(member))
            if made is None:
                continue
            if written in _PRIMITIVES and made.required is None:
                made.required = True
            value = declarator.child_by_field_name("value")
            if value is not None and not made.has_default:
                set_default(made, read_expression(self.code.text, value.start_byte, value.end_byte))
            yield made

    def values(self, node: Node) -> dict[str, str]:
        body = node.child_by_field_name("body")
        names = [self.code.of(one.child_by_field_name("name")) for one in children(body, "enum_constant")]
        return {name: name for name in names if name}
