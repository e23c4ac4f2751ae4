"""Tests of state machines: every arrow is followed, and refused from where it does not start."""

from __future__ import annotations

from collections.abc import Sequence

from flaresmith.compiler.python.layout import Node, text
from flaresmith.compiler.service import Action, Machine, Operation
from flaresmith.compiler.targets.tests.context import Context
from flaresmith.compiler.targets.tests.writing import is_status, sent


def machine_tests(context: Context) -> None:
    """The tests of all machines of an entity."""
    for machine in context.resource.machines:
        moves = [
            o for o in context.operations if o.action is Action.TRANSITION and o.state == machine.field and _is_bare(o)
        ]
        walks = _walks(machine, moves)
        for move in moves:
            _followed(context, machine, move, walks)
            _refused(context, machine, move, walks)


def _is_bare(operation: Operation) -> bool:
    return operation.endpoint.request_schema is None


def _walks(machine: Machine, moves: Sequence[Operation]) -> dict[str, tuple[Operation, ...]]:
    """State → the shortest way there from where a new row stands, by operations."""
    found: dict[str, tuple[Operation, ...]] = {machine.start: ()} if machine.start else {}
    waiting = list(found)
    for state in waiting:
        for move in moves:
            after = reached(move, state)
            if after is not None and after not in found:
                found[after] = (*found[state], move)
                waiting.append(after)
    return found


def reached(move: Operation, state: str) -> str | None:
    """Where an operation leads from a state, or None where it may not start there."""
    return next((arrow.after for arrow in move.arrows if arrow.before in (state, None)), None)


def _walk(context: Context, moves: Sequence[Operation]) -> list[Node] | None:
    steps: list[Node] = []
    for move in moves:
        where = context.at(move)
        if where is None or move.serving is None:
            return None
        steps.append(sent("answer", move.endpoint.method, where, headers=context.headers(move)))
        steps.append(is_status(move.serving.status))
    return steps


def _followed(context: Context, machine: Machine, move: Operation, walks: dict[str, tuple[Operation, ...]]) -> None:
    for state, walk in walks.items():
        after = reached(move, state)
        steps = _walk(context, (*walk, move)) if after is not None else None
        if after is None or steps is None:
            continue
        word = f"leads_from_{context.word(state)}_to_{context.word(after)}"
        context.add(move, word, [context.row(), *steps, *_shown(machine, move, after)])


def _shown(machine: Machine, move: Operation, after: str) -> list[Node]:
    shape = move.serving.shape if move.serving else None
    names = {own: prop for prop, own in shape.view.names} if shape and shape.view else {}
    if shape is None or machine.field not in names:
        return []
    member = f"[{text(shape.member)}]" if shape.member else ""
    return [f"assert answer.json(){member}[{text(names[machine.field])}] == {text(after)}"]


def _refused(context: Context, machine: Machine, move: Operation, walks: dict[str, tuple[Operation, ...]]) -> None:
    for state, walk in walks.items():
        steps = _walk(context, walk)
        where = context.at(move)
        if reached(move, state) is not None or steps is None or where is None:
            continue
        refused = [
            sent("answer", move.endpoint.method, where, headers=context.headers(move)),
            'is_refused(answer, 409, "INVALID_TRANSITION")',
        ]
        context.add(move, f"is_refused_from_{context.word(state)}", [context.row(), *steps, *refused])
