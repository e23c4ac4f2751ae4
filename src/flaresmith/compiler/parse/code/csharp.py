"""C#: classes and records with their properties, data annotations and nullable types, and enums."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from flaresmith.compiler.model import Kind, Notation, Source, Type
from flaresmith.compiler.parse.code.declared import Declared, DeclaredField
from flaresmith.compiler.parse.code.expressions import Expression, read_expression
from flaresmith.compiler.parse.code.family import Family
from flaresmith.compiler.parse.code.syntax import child, children
from flaresmith.compiler.parse.code.values import set_default

LANGUAGES = frozenset(("csharp", "cs", "c#"))


def read_csharp(text: str, at: Source) -> list[Declared]:
    """What a block of C# declares, in order."""
    return _CSharp(text, at).read()


class _CSharp(Family):
    grammar = "csharp"
    notation = Notation.CSHARP
    types = ("class_declaration", "record_declaration", "struct_declaration", "record_struct_declaration")
    enums = ("enum_declaration",)
    closed = frozenset(("method_declaration", "constructor_declaration", "block", "accessor_list"))
    names = {"byte[]": Type(Kind.BINARY), "TimeSpan": Type(Kind.STRING, format="duration")}
    no_data = (*Family.no_data, "Context", "DbContext", "Handler", "Validator", "Tests", "Configuration")

    def bases(self, node: Node) -> tuple[str, ...]:
        clause = child(node, "base_list")
        return tuple(self.code.of(part) for part in children(clause, "identifier"))

    def annotations(self, node: Node) -> list[Expression]:
        return self.calls(one for group in children(node, "attribute_list") for one in children(group, "attribute"))

    def members(self, node: Node, declared: Declared) -> Iterator[DeclaredField]:
        parameters = child(node, "parameter_list")
        for parameter in children(parameters, "parameter"):
            yield from self._member(parameter, parameter.child_by_field_name("name"), parameter)
        for member in children(node.child_by_field_name("body"), "property_declaration", "field_declaration"):
            words = [self.code.of(one) for one in children(member, "modifier")]
            if "static" in words or "const" in words or self._is_computed(member):
                continue
            if member.type == "property_declaration":
                yield from self._member(member, member.child_by_field_name("name"), member)
            elif "private" not in words and words:
                inner = child(member, "variable_declaration")
                for declarator in children(inner, "variable_declarator"):
                    yield from self._member(inner, declarator.child_by_field_name("name"), member)

    def _is_computed(self, member: Node) -> bool:
        """`public string FullName => First + Last;`"""
        return child(member, "arrow_expression_clause") is not None

    def _member(self, member: Node | None, name: Node | None, marked: Node) -> Iterator[DeclaredField]:
        if member is None or name is None:
            return
        written = self.code.of(member.child_by_field_name("type"))
        typed = self.typed(written)
        made = self.field(name, typed, self.annotations(marked))
        if made is None or typed is None:
            return
        if made.name == "Id":
            made.primary_key = True
        if made.required is None:
            made.required = not typed.nullable
        value = member.child_by_field_name("value")
        if value is not None and not made.has_default:
            set_default(made, read_expression(self.code.text, value.start_byte, value.end_byte))
            if made.default == "" or (made.has_default and made.default is None):
                made.default, made.has_default = None, False  # `= string.Empty`, `= null!` only quiet the compiler
        yield made

    def values(self, node: Node) -> dict[str, str]:
        body = node.child_by_field_name("body")
        names = [self.code.of(one.child_by_field_name("name")) for one in children(body, "enum_member_declaration")]
        return {name: name for name in names if name}
