"""Fields whose wire name is not their Python name."""

from __future__ import annotations

from flaresmith.compiler.python.layout import Call, Node, call, text


def with_alias(node: Node, alias: str) -> Node:
    """The annotation with the wire name added to its `Field(…)`."""
    named = f"alias={text(alias)}"
    if isinstance(node, Call) and node.open == "Annotated[" and node.close == "]":
        first, *rest = node.items
        if rest and isinstance(rest[0], Call) and rest[0].open == "Field(":
            return Call(node.open, (first, Call("Field(", (*rest[0].items, named)), *rest[1:]), "]")
        return Call(node.open, (first, call("Field(", named), *rest), "]")
    return call("Annotated[", node, call("Field(", named), close="]")
