"""Solidity: structs with their members, and enums; contracts, mappings, events and functions are no data."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from flaresmith.compiler.model import Kind, Notation, Source, Type
from flaresmith.compiler.parse.code.declared import Declared, DeclaredField
from flaresmith.compiler.parse.code.family import Family
from flaresmith.compiler.parse.code.syntax import child, children

LANGUAGES = frozenset(("solidity", "sol"))


def read_solidity(text: str, at: Source) -> list[Declared]:
    """What a block of Solidity declares, in order."""
    return _Solidity(text, at).read()


class _Solidity(Family):
    grammar = "solidity"
    notation = Notation.SOLIDITY
    types = ("struct_declaration",)
    enums = ("enum_declaration",)
    closed = frozenset(("function_definition", "function_body"))
    names = {
        **{f"{sign}int{size}": Type(Kind.INTEGER) for sign in ("", "u") for size in range(8, 33, 8)},
        **{f"{sign}int{size}": Type(Kind.BIGINT) for sign in ("", "u") for size in range(40, 257, 8)},
        **dict.fromkeys(("int", "uint"), Type(Kind.BIGINT)),
        **dict.fromkeys(("address", "address payable"), Type(Kind.STRING)),
        **{f"bytes{size}": Type(Kind.BINARY) for size in range(1, 33)},
    }

    def members(self, node: Node, declared: Declared) -> Iterator[DeclaredField]:
        for member in children(node.child_by_field_name("body"), "struct_member"):
            name = member.child_by_field_name("name")
            written = self.code.of(member.child_by_field_name("type"))
            if name is None or not written:
                continue
            mapped = written.startswith("mapping")
            made = self.field(name, self.typed("object" if mapped else written.removesuffix(" payable")))
            if made is not None:
                made.required = True
                yield made

    def values(self, node: Node) -> dict[str, str]:
        body = child(node, "enum_body")
        names = [self.code.of(one) for one in children(body, "enum_value")]
        return {name: name for name in names if name}
