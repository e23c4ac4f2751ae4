"""Nodes as lines: as the shared layout writes them, but subscripts of one item get no comma behind it."""

from __future__ import annotations

from flaresmith.compiler.python import layout
from flaresmith.compiler.python.layout import Node, call

_LONE = ("list[", " Call[")


def list_of(item: Node) -> Node:
    """`list[item]`."""
    return call("list[", item, close="]")


def lines(node: Node, indent: int = 0, suffix: str = "") -> list[str]:
    """The node as lines, one where it fits."""
    made = layout.lines(node, indent, suffix)
    return made if len(made) == 1 else _without_lone_commas(made)


def _without_lone_commas(made: list[str]) -> list[str]:
    opened: list[tuple[int, int]] = []
    for index, line in enumerate(made):
        depth = len(line) - len(line.lstrip())
        if opened and line.lstrip().startswith("]") and opened[-1][0] == depth:
            _, start = opened.pop()
            if made[start].endswith(_LONE) or index == start + 2:
                made[index - 1] = made[index - 1].removesuffix(",")
        if line.endswith("[") and not line.endswith((" [", "([")):
            opened.append((depth, index))
    return made
