"""Tests of what is refused: incomplete bodies, unknown names, callers without a credential."""

from __future__ import annotations

from flaresmith.compiler import resolve
from flaresmith.compiler.python.layout import Node, text
from flaresmith.compiler.service import Action, Operation
from flaresmith.compiler.service import schemas as json_schemas
from flaresmith.compiler.targets.tests.context import Context
from flaresmith.compiler.targets.tests.writing import sent

_LISTS = frozenset({Action.LIST, Action.LIST_LINKED})


def refusal_tests(context: Context, operation: Operation) -> None:
    """The refusals of one operation."""
    plain = "{" not in operation.endpoint.path
    if operation.action is Action.CREATE and plain:
        _incomplete(context, operation)
    if operation.action in _LISTS and plain and not context.needs_query(operation):
        _unknown_parameter(context, operation)
    if operation.security and (path := context.unknown(operation)) is not None:
        items: list[Node] = ["json={}"] if operation.endpoint.request_schema is not None else []
        answer = sent("answer", operation.endpoint.method, text(path), *items, client="anonymous")
        context.add(operation, "demands_a_caller", [answer, 'is_refused(answer, 401, "UNAUTHENTICATED")'])


def _incomplete(context: Context, operation: Operation) -> None:
    needed = _needed(context, operation)
    if not needed:
        return
    headers = context.headers(operation)
    context.add(
        operation,
        "refuses_an_incomplete_body",
        [
            sent("answer", "POST", text(operation.endpoint.path), "json={}", headers=headers),
            f'error = is_refused(answer, {operation.refusal}, "VALIDATION_ERROR")',
            f'assert any({text(needed)} in issue["path"] for issue in error["details"]["issues"])',
        ],
    )


def _needed(context: Context, operation: Operation) -> str:
    """A property that a body must have."""
    if not operation.derived:
        whole = json_schemas.resolved(operation.endpoint.request_schema or {}, context.makings.model.schemas)
        return next(iter(sorted(json_schemas.required(whole) & json_schemas.properties(whole).keys())), "")
    for one in context.resource.entity.fields:
        if one.name in context.resource.created and not resolve.is_nullable(one) and not one.has_default:
            return one.name
    return ""


def _unknown_parameter(context: Context, operation: Operation) -> None:
    headers = context.headers(operation)
    answer = sent("answer", "GET", text(operation.endpoint.path), 'params={"no-such-parameter": "1"}', headers=headers)
    code = f'is_refused(answer, {operation.refusal}, "VALIDATION_ERROR")'
    context.add(operation, "refuses_an_unknown_parameter", [answer, code])
