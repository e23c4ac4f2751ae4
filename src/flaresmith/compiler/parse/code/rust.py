"""Rust: structs with named fields, and enums without data."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from flaresmith.compiler.model import Kind, Notation, Source, Type
from flaresmith.compiler.parse.code.declared import Declared, DeclaredField
from flaresmith.compiler.parse.code.family import Family
from flaresmith.compiler.parse.code.syntax import children

LANGUAGES = frozenset(("rust", "rs"))


def read_rust(text: str, at: Source) -> list[Declared]:
    """What a block of Rust declares, in order."""
    return _Rust(text, at).read()


class _Rust(Family):
    grammar = "rust"
    notation = Notation.RUST
    types = ("struct_item",)
    enums = ("enum_item",)
    closed = frozenset(("function_item", "block", "impl_item"))
    names = {"String": Type(Kind.STRING), "char": Type(Kind.STRING), "Value": Type(Kind.JSON)}

    def members(self, node: Node, declared: Declared) -> Iterator[DeclaredField]:
        for member in children(node.child_by_field_name("body"), "field_declaration"):
            name = member.child_by_field_name("name")
            if name is None:
                continue
            typed = self.typed(self.code.of(member.child_by_field_name("type")))
            made = self.field(name, typed)
            if made is not None and typed is not None:
                made.required = not typed.nullable
                yield made

    def values(self, node: Node) -> dict[str, str]:
        variants = children(node.child_by_field_name("body"), "enum_variant")
        if any(one.child_by_field_name("body") is not None for one in variants):
            return {}
        names = [self.code.of(one.child_by_field_name("name")) for one in variants]
        renamed = re.search(
            r"rename_all\s*=\s*\"(\w+)\"", self.code.text[max(0, node.start_byte - 300) : node.start_byte]
        )
        how = renamed.group(1) if renamed else ""
        return {name: _renamed(name, how) for name in names if name}


def _renamed(name: str, how: str) -> str:
    """Serde's `rename_all`."""
    if how in ("snake_case", "SCREAMING_SNAKE_CASE"):
        snake = re.sub(r"(?<=[a-z\d])(?=[A-Z])", "_", name)
        return snake.upper() if how.isupper() else snake.lower()
    return {"lowercase": name.lower(), "UPPERCASE": name.upper(), "camelCase": name[:1].lower() + name[1:]}.get(
        how, name
    )
