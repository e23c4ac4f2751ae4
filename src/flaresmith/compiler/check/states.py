"""State machines: states that nothing reaches, and states that sound unfinished and lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flaresmith.compiler.model import Diagnostic, Entity, Field, Model, Severity

# A state of this name waits for something; one that is done may well be the last.
_WAITS = re.compile(
    r"(?:^|[_ -])(?:draft|pending|queued|open|new|requested|submitted|scheduled|waiting|in[_ -]?progress"
    r"|in[_ -]?review"
    r"|processing|running|started|uploading|importing|syncing|provisioning|pausing|paused)$",
    re.I,
)


def states(model: Model) -> Iterator[Diagnostic]:
    """What is wrong with the state machines of a model."""
    for entity in model.entities:
        for field in entity.fields:
            yield from _unreachable(entity, field)
            yield from _dead_ends(entity, field)


def _unreachable(entity: Entity, field: Field) -> Iterator[Diagnostic]:
    arrows = [arrow for arrow in entity.transitions if arrow.field == field.name]
    if not arrows or not field.type.values:
        return
    reached = {field.default if field.has_default else field.type.values[0]}
    while more := {arrow.after for arrow in arrows if arrow.before in reached} - reached:
        reached |= more
    for value in field.type.values:
        if value not in reached:
            yield Diagnostic(
                "unreachable-state",
                Severity.WARNING,
                f"no transition leads to `{entity.name}.{field.name}` = `{value}`",
                field.source,
                "add the arrow that leads there, or name the first state with `default`",
            )


def _dead_ends(entity: Entity, field: Field) -> Iterator[Diagnostic]:
    arrows = [arrow for arrow in entity.transitions if arrow.field == field.name]
    left = {arrow.before for arrow in arrows}
    for arrow in arrows:
        if arrow.after not in left and _WAITS.search(arrow.after):
            left.add(arrow.after)
            yield Diagnostic(
                "dead-end-state",
                Severity.WARNING,
                f"nothing leads out of `{entity.name}.{field.name}` = `{arrow.after}`, which sounds like waiting",
                arrow.source,
                "add the arrow that leads out, or call the state by what it is when it is over",
            )
