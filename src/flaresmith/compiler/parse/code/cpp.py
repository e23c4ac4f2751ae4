"""C and C++: structs and classes with their data members, and enums."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from flaresmith.compiler.model import Kind, Notation, Source, Type
from flaresmith.compiler.parse.code.declared import Declared, DeclaredField
from flaresmith.compiler.parse.code.expressions import read_expression
from flaresmith.compiler.parse.code.family import Family
from flaresmith.compiler.parse.code.syntax import child, children
from flaresmith.compiler.parse.code.values import set_default

LANGUAGES = frozenset(("cpp", "c++", "c"))
_WRAPPERS = ("init_declarator", "pointer_declarator", "reference_declarator")


def read_cpp(text: str, at: Source) -> list[Declared]:
    """What a block of C or C++ declares, in order."""
    return _Cpp(text, at).read()


class _Cpp(Family):
    grammar = "cpp"
    notation = Notation.CPP
    types = ("struct_specifier", "class_specifier")
    enums = ("enum_specifier",)
    closed = frozenset(("function_definition", "compound_statement", "parameter_list"))
    names = {
        **{f"{sign}int{size}_t": Type(Kind.INTEGER) for sign in ("", "u") for size in (8, 16, 32)},
        **{f"{sign}int64_t": Type(Kind.BIGINT) for sign in ("", "u")},
        **dict.fromkeys(("size_t", "ssize_t", "time_t"), Type(Kind.BIGINT)),
        **dict.fromkeys(("string_view", "wstring", "QString", "FString"), Type(Kind.STRING)),
        **dict.fromkeys(("time_point", "sys_time", "sys_seconds"), Type(Kind.DATETIME)),
        **dict.fromkeys(("milliseconds", "seconds", "microseconds", "nanoseconds"), Type(Kind.INTEGER)),
        "std::byte": Type(Kind.BINARY),
    }

    def bases(self, node: Node) -> tuple[str, ...]:
        clause = child(node, "base_class_clause")
        return tuple(self.code.of(part) for part in children(clause, "type_identifier"))

    def members(self, node: Node, declared: Declared) -> Iterator[DeclaredField]:
        for member in children(node.child_by_field_name("body"), "field_declaration"):
            words = [self.code.of(one) for one in children(member, "storage_class_specifier", "type_qualifier")]
            if "static" in words or "constexpr" in words:
                continue
            for declarator in member.children_by_field_name("declarator"):
                yield from self._member(member, declarator)

    def _member(self, member: Node, declarator: Node) -> Iterator[DeclaredField]:
        """One name of a member; a function and a nameless one are no data."""
        while declarator.type in _WRAPPERS and (inner := declarator.child_by_field_name("declarator")):
            declarator = inner
        written, size = self.code.of(member.child_by_field_name("type")), None
        if declarator.type == "array_declarator":
            size, declarator = declarator, declarator.child_by_field_name("declarator") or declarator
        if declarator.type != "field_identifier":
            return
        text = size is not None and written in ("char", "wchar_t")
        typed = self.typed(f"{written}[]" if size is not None and not text else written)
        made = self.field(declarator, typed)
        if made is None or typed is None:
            return
        made.required = False if typed.nullable else None
        value = member.child_by_field_name("default_value")
        if value is not None and value.type != "initializer_list":
            set_default(made, read_expression(self.code.text, value.start_byte, value.end_byte))
        yield made

    def values(self, node: Node) -> dict[str, str]:
        names = [
            self.code.of(one.child_by_field_name("name"))
            for one in children(node.child_by_field_name("body"), "enumerator")
        ]
        return {name: name for name in names if name}
