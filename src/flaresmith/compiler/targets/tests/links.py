"""Tests of N:M relationships: added, listed, removed, and added twice without effect."""

from __future__ import annotations

from flaresmith.compiler.python.layout import Node, call, text
from flaresmith.compiler.service import Action, Link, Operation
from flaresmith.compiler.targets.tests.context import Context
from flaresmith.compiler.targets.tests.makings import template
from flaresmith.compiler.targets.tests.writing import is_status, sent


def link_tests(context: Context) -> None:
    """The tests of all links that an entity can change."""
    operations = {(o.link.segment, o.action): o for o in context.operations if o.link}
    for link in context.resource.links:
        found = [operations.get((link.segment, action)) for action in (Action.LIST_LINKED, Action.LINK, Action.UNLINK)]
        listed, added, removed = found
        if listed and added and removed and not context.makings.of(link.target).why_not:
            _round(context, link, (listed, added, removed))


def _round(context: Context, link: Link, operations: tuple[Operation, Operation, Operation]) -> None:
    listed, added, removed = operations
    target = context.makings.plan.resources[link.target]
    far = context.makings.of(link.target)
    key = context.making.shown.get(context.resource.key[0], "")
    other = far.shown[target.key[0]]
    if not key:
        return
    shown = call("at(", text(template(listed.endpoint.path)), f"row[{text(key)}]")
    pair = [call("at(", text(template(o.endpoint.path)), *_ends(key, other)) for o in (added, removed)]
    keys = f"{{found[{text(target.key[0])}] for found in rows_in(answer)}}"
    steps: list[Node] = [
        context.row(),
        f"other = factory.row({_sample(context, link)})",
        sent("answer", "PUT", pair[0]),
        is_status(204),
        sent("again", "PUT", pair[0]),
        is_status(204, "again"),
        sent("answer", "GET", shown),
        f"assert {keys} == {{other[{text(other)}]}}",
        sent("answer", "DELETE", pair[1]),
        is_status(204),
        sent("again", "DELETE", pair[1]),
        'is_refused(again, 404, "RESOURCE_NOT_FOUND")',
        sent("answer", "GET", shown),
        "assert rows_in(answer) == []",
    ]
    context.add(added, "and_removes_it_again", steps)


def _ends(key: str, other: str) -> tuple[str, str]:
    return f"row[{text(key)}]", f"other[{text(other)}]"


def _sample(context: Context, link: Link) -> str:
    return context.samples[link.target]
