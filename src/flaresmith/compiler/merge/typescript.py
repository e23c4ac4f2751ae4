"""TypeScript, JavaScript and JSON as units: imports, declarations, members, properties, elements."""

from __future__ import annotations

from functools import cache

import tree_sitter_typescript
from tree_sitter import Language, Node

from flaresmith.compiler.merge.reading import Grammar
from flaresmith.compiler.merge.units import Names, Order

_LISTED = {
    "arguments": Order.STRICT,
    "formal_parameters": Order.STRICT,
    "object": Order.FREE,
    "array": Order.FREE,
    "enum_body": Order.FREE,
    "export_clause": Order.FREE,
}
_LINED = {
    "class_body": Order.FREE,
    "interface_body": Order.FREE,
    "object_type": Order.FREE,
    "statement_block": Order.STRICT,
}
_IDENTITIES = ("id", "_postman_id", "operationId", "key", "name", "$ref", "title", "listen")
_NAMED = frozenset(
    {
        "method_definition",
        "public_field_definition",
        "property_signature",
        "method_signature",
        "enum_assignment",
        "class_declaration",
        "abstract_class_declaration",
        "function_declaration",
        "generator_function_declaration",
        "interface_declaration",
        "type_alias_declaration",
        "enum_declaration",
        "variable_declarator",
    }
)


@cache
def grammar(*, tsx: bool = False) -> Grammar:
    """The grammar of TypeScript, which reads JavaScript too."""
    language = tree_sitter_typescript.language_tsx() if tsx else tree_sitter_typescript.language_typescript()
    return Grammar(language=Language(language), listed=_LISTED, lined=_LINED, name=_name, names=_names)


@cache
def json_grammar() -> Grammar:
    """JSON, with or without comments, read as an expression of TypeScript."""
    return Grammar(
        language=Language(tree_sitter_typescript.language_typescript()),
        listed={"object": Order.FREE, "array": Order.FREE},
        lined={},
        name=_json_name,
        names=lambda node: None,
        wrapped=True,
    )


def _name(node: Node, order: Order) -> str:
    if node.type == "export_statement":
        inner = node.child_by_field_name("declaration")
        return _name(inner, order) if inner else _unquoted(node) if order is Order.FREE else ""
    if node.type == "import_statement":
        kind = "import type" if any(child.type == "type" for child in node.children) else "import"
        return f"{kind} {_text(node.child_by_field_name('source'))}"
    if node.type in {"lexical_declaration", "variable_declaration"}:
        declared = [child for child in node.named_children if child.type == "variable_declarator"]
        return _name(declared[0], order) if len(declared) == 1 and order is Order.FREE else ""
    if node.type in _NAMED:
        return _text(node.child_by_field_name("name"))
    if node.type == "pair":
        return _text(node.child_by_field_name("key")).strip("\"'")
    if node.type in {"shorthand_property_identifier", "spread_element", "export_specifier"}:
        return _text(node)
    if node.type in {"required_parameter", "optional_parameter"}:
        return _text(node.child_by_field_name("pattern"))
    return ""


def _json_name(node: Node, order: Order) -> str:
    if node.type == "pair":
        return _text(node.child_by_field_name("key"))[1:-1]
    if node.type == "object":
        members = {
            _text(child.child_by_field_name("key"))[1:-1]: child.child_by_field_name("value")
            for child in node.named_children
            if child.type == "pair"
        }
        where = _text(members.get("in"))
        for identity in _IDENTITIES:
            value = members.get(identity)
            if value is not None and value.type == "string":
                return f"{where}{_text(value)}"
    return ""


def _names(node: Node) -> Names | None:
    if node.type != "import_statement":
        return None
    clause = next((child for child in node.named_children if child.type == "import_clause"), None)
    named = next((child for child in clause.named_children if child.type == "named_imports"), None) if clause else None
    if named is None or (named.named_children and any(c.type != "import_specifier" for c in named.named_children)):
        return None
    before = (node.text or b"")[: named.start_byte - node.start_byte].decode()
    behind = (node.text or b"")[named.end_byte - node.start_byte :].decode()
    names = tuple(" ".join(_text(child).split()) for child in named.named_children)
    return Names(before, names, behind, "{", "}", spaced=True) if names and "\n" not in before + behind else None


def _unquoted(node: Node) -> str:
    return " ".join(_text(node).split())[:200]


def _text(node: Node | None) -> str:
    return (node.text or b"").decode() if node else ""
