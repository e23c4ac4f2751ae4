"""Python as units: imports, classes, functions, assignments, arguments."""

from __future__ import annotations

from functools import cache

import tree_sitter_python
from tree_sitter import Language, Node

from flaresmith.compiler.merge.reading import Grammar
from flaresmith.compiler.merge.units import Names, Order

_LISTED = {
    "argument_list": Order.STRICT,
    "parameters": Order.STRICT,
    "list": Order.FREE,
    "tuple": Order.FREE,
    "set": Order.FREE,
    "dictionary": Order.FREE,
}


@cache
def grammar() -> Grammar:
    """The grammar of Python."""
    return Grammar(
        language=Language(tree_sitter_python.language()),
        listed=_LISTED,
        lined={"block": None},
        name=_name,
        names=_names,
        order=_order,
        indented=True,
        decorated="decorated_definition",
    )


def _order(block: Node) -> Order | None:
    parent = block.parent.type if block.parent else ""
    return {"class_definition": Order.FREE, "function_definition": Order.STRICT}.get(parent)


def _name(node: Node, order: Order) -> str:
    if node.type == "decorated_definition":
        return _name(node.children[-1], order)
    if node.type in {"class_definition", "function_definition"}:
        return f"{'class' if node.type[0] == 'c' else 'def'} {_text(node.child_by_field_name('name'))}"
    if node.type.endswith("import_statement"):
        return f"from {_module(node)}" if node.type != "import_statement" else _text(node)
    if node.type == "import_from_statement":
        return f"from {_module(node)}"
    if node.type in {"keyword_argument", "default_parameter", "typed_default_parameter"}:
        return _text(node.child_by_field_name("name"))
    if node.type == "pair":
        return _text(node.child_by_field_name("key"))
    if node.parent is not None and node.parent.type == "parameters":
        return _text(node.children[0] if node.type == "typed_parameter" else node)
    if node.type == "call":
        return _named_call(node)
    if node.type == "decorator":
        return "@" + _text(node.children[1]).partition("(")[0]
    return _statement(node) if order is Order.FREE else ""


def _statement(node: Node) -> str:
    """The name of a statement outside functions, where order means little."""
    if node.type == "if_statement":
        return f"if {_text(node.child_by_field_name('condition'))}"
    inner = node.children[0] if node.type == "expression_statement" and node.children else node
    if inner.type == "assignment":
        return _text(inner.child_by_field_name("left"))
    docstring = node.type == "expression_statement" and inner.type == "string"
    return "docstring" if docstring and _is_first(node) else ""


def _is_first(node: Node) -> bool:
    siblings = node.parent.named_children if node.parent else []
    return next((each.start_byte for each in siblings if each.type != "comment"), -1) == node.start_byte


def _named_call(node: Node) -> str:
    """`Index(…, name="x")` among others of its kind is known by that name."""
    arguments = node.child_by_field_name("arguments")
    for each in arguments.named_children if arguments else ():
        if each.type == "keyword_argument" and _text(each.child_by_field_name("name")) == "name":
            return f"{_text(node.child_by_field_name('function'))} {_text(each.child_by_field_name('value'))}"
    return ""


def _module(node: Node) -> str:
    return _text(node.child_by_field_name("module_name")) or "__future__"


def _names(node: Node) -> Names | None:
    if node.type not in {"import_from_statement", "future_import_statement"}:
        return None
    names = tuple(" ".join(_text(each).split()) for each in node.children_by_field_name("name"))
    return Names(f"from {_module(node)} import ", names, "", "(", ")") if names else None


def _text(node: Node | None) -> str:
    return (node.text or b"").decode() if node else ""
