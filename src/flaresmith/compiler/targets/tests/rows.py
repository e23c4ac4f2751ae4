"""Tests of the operations on rows: made, read, listed, changed, replaced, deleted."""

from __future__ import annotations

from collections.abc import Iterator

from flaresmith.compiler.model import Field, Kind
from flaresmith.compiler.python.layout import Node, after, call, literal, text
from flaresmith.compiler.samples import NoSample, sample
from flaresmith.compiler.service import Action, Operation
from flaresmith.compiler.service import schemas as json_schemas
from flaresmith.compiler.targets.tests.context import Context
from flaresmith.compiler.targets.tests.writing import is_status, sent

_PLAIN = frozenset({Kind.STRING, Kind.TEXT, Kind.ENUM, Kind.INTEGER, Kind.BIGINT, Kind.BOOLEAN, Kind.UUID})


def row_tests(context: Context, operation: Operation) -> None:
    """The tests of one operation."""
    if operation.action in _WRITERS:
        _WRITERS[operation.action](context, operation)


def _create(context: Context, operation: Operation) -> None:
    if context.making.operation is not operation:
        return
    status = operation.serving.status if operation.serving else 201
    located = ['assert answer.headers["Location"]'] if operation.location else []
    context.add(
        operation,
        "makes_a_row",
        [
            f"answer = factory.make({context.sample})",
            is_status(status),
            *located,
            *_reads_back(context),
        ],
    )
    for name, prop in context.uniques():
        again = call(
            "answer = factory.post(", context.sample, f"factory.body({context.sample}, {{{text(prop)}: taken}})"
        )
        value = f"taken = row[{text(context.making.shown[name])}]"
        code = 'is_refused(answer, 409, "ALREADY_EXISTS")'
        context.add(operation, f"refuses_a_second_{context.word(name)}", [context.row(), value, again, code])
    for prop in context.uuid_links():
        missing = f"{{{text(prop)}: {text(context.nowhere)}}}"
        made = call("answer = factory.post(", context.sample, f"factory.body({context.sample}, {missing})")
        code = 'is_refused(answer, 409, "REFERENCE_NOT_FOUND")'
        context.add(operation, f"needs_a_{context.word(prop)}_that_is_there", [made, code])


def _reads_back(context: Context) -> list[Node]:
    get = context.first(Action.GET)
    if get is None or (where := context.at(get)) is None:
        return []
    created = context.making.operation
    same_view = created and created.serving and get.serving and created.serving.shape == get.serving.shape
    checked = "assert read.json() == answer.json()" if same_view else is_status(200, "read")
    member = created.serving.shape.member if created and created.serving else ""
    row = f"row = answer.json(){f'[{text(member)}]' if member else ''}"
    return [row, sent("read", "GET", where, headers=context.headers(get)), checked]


def _get(context: Context, operation: Operation) -> None:
    path = context.unknown(operation)
    if path is not None:
        context.add(
            operation,
            "of_nothing_is_404",
            [
                sent("answer", "GET", text(path), headers=context.headers(operation)),
                'is_refused(answer, 404, "RESOURCE_NOT_FOUND")',
            ],
        )
    where = context.at(operation)
    if where is not None and operation.tagged and not context.headers(operation) and not context.making.why_not:
        context.add(operation, "keeps_tag_laws", [context.row(), call("keeps_tag_laws(", "client", where)])


def _update(context: Context, operation: Operation) -> None:
    where = context.at(operation)
    if where is None or operation.serving is None:
        return
    changes = dict(_changes(context, operation))
    view = operation.serving.shape.view
    shown = {own: prop for prop, own in view.names} if view else {}
    if changes and not _needs_more(context, operation, changes):
        context.add(
            operation,
            "changes_what_is_sent",
            [
                context.row(),
                after("changes = ", literal(changes)),
                sent("answer", operation.endpoint.method, where, "json=changes", headers=context.headers(operation)),
                is_status(operation.serving.status),
                *_changed(context, changes, shown, operation.serving.shape.member),
            ],
        )
        _stale(context, operation, where, literal(changes))


def _changed(context: Context, changes: dict[str, object], shown: dict[str, str], member: str) -> Iterator[str]:
    names = {prop: shown.get(context.making.sent.get(prop, prop), "") for prop in changes}
    found = f"answer.json()[{text(member)}]" if member else "answer.json()"
    for prop, seen in names.items():
        if seen:
            yield f"assert {found}[{text(seen)}] == changes[{text(prop)}]"


def _changes(context: Context, operation: Operation) -> Iterator[tuple[str, object]]:
    """One plain field that no rule, state or uniqueness speaks of, with another value than that of the sample."""
    sent_ = context.makings.sent(operation)
    spoken_of = context.ruled()
    for prop, name in sent_.items():
        one = context.resource.entity.field(name)
        if one is None or name in spoken_of or not _is_plain(one):
            continue
        schema = json_schemas.resolved(context.makings.body(operation).get(prop, {}), context.makings.model.schemas)
        try:
            value = sample(one, 7)
        except NoSample:
            continue
        if operation.derived or context.accepts(schema, value):
            yield prop, value
            return


def _is_plain(one: Field) -> bool:
    return one.type.kind in _PLAIN and not one.primary_key and not one.unique and one.references is None


def _needs_more(context: Context, operation: Operation, changes: dict[str, object]) -> bool:
    if operation.derived:
        return False
    whole = json_schemas.resolved(operation.endpoint.request_schema or {}, context.makings.model.schemas)
    return bool(json_schemas.required(whole) - changes.keys())


def _stale(context: Context, operation: Operation, where: Node, body: Node | None) -> None:
    get = context.first(Action.GET)
    if not operation.conditional or get is None or context.headers(operation):
        return
    items: list[Node] = [after("json=", body)] if body is not None else []
    method = operation.endpoint.method
    context.add(
        operation,
        "refuses_a_stale_version",
        [
            context.row(),
            sent("answer", method, where, *items, 'headers={"If-Match": \'"stale"\'}'),
            'is_refused(answer, 412, "VERSION_CONFLICT")',
        ],
    )


def _replace(context: Context, operation: Operation) -> None:
    where = context.at(operation)
    if where is None or not operation.derived or context.making.rows < 2:
        return
    kept = [name for name in context.resource.key if name in context.resource.created]
    kept += [machine.field for machine in context.resource.machines if machine.field in context.resource.created]
    same = ", ".join(f"{text(name)}: row[{text(name)}]" for name in kept)
    body = call("body = factory.body(", context.sample, *([f"{{{same}}}"] if same else []))
    context.add(
        operation,
        "replaces_the_row",
        [context.row(), body, sent("answer", "PUT", where, "json=body"), is_status(200)],
    )


def _delete(context: Context, operation: Operation) -> None:
    where = context.at(operation)
    if where is None or operation.serving is None:
        return
    headers = context.headers(operation)
    _stale(context, operation, where, None)
    context.add(
        operation,
        "removes_the_row",
        [
            context.row(),
            sent("answer", "DELETE", where, headers=headers),
            is_status(operation.serving.status),
            sent("again", "DELETE", where, headers=headers),
            'is_refused(again, 404, "RESOURCE_NOT_FOUND")',
        ],
    )


def _list(context: Context, operation: Operation) -> None:
    serving = operation.serving
    where = context.at(operation)
    if serving is None or where is None or serving.shape.view is None or context.needs_query(operation):
        return
    if "{" not in operation.endpoint.path:
        _damaged_cursor(context, operation)
    if context.making.why_not or context.headers(operation):
        return
    if operation.tagged:
        context.add(
            operation, "keeps_tag_laws", [context.row(context.unused(where)), call("keeps_tag_laws(", "client", where)]
        )
    _pages(context, operation, where)
    _filters(context, operation, where)
    for name in context.sorts(operation):
        row = context.row(context.unused(where))
        context.add(operation, f"sorts_by_{context.word(name)}", [row, call("is_sorted(", "client", where, text(name))])


def _damaged_cursor(context: Context, operation: Operation) -> None:
    asked = operation.serving.asked if operation.serving else {}
    cursor = next((name for name, place in asked.items() if place == ":cursor"), "")
    if cursor:
        answer = sent("answer", "GET", text(operation.endpoint.path), f'params={{{text(cursor)}: "damaged"}}')
        context.add(operation, "refuses_a_damaged_cursor", [answer, 'is_refused(answer, 400, "INVALID_CURSOR")'])


def _pages(context: Context, operation: Operation, where: Node) -> None:
    paging = context.paging(operation)
    if paging is None or context.making.rows < 3 or "{" in operation.endpoint.path:
        return
    made = f"made = [factory.row({context.sample}) for _ in range(3)]"
    rows = "made" if context.is_same_view(operation) else "[]"
    made = made if rows == "made" else made.removeprefix("made = ")
    walk = call("shows_every_row_once(", "client", where, rows, *paging)
    context.add(operation, "shows_every_row_once", [made, walk])


def _filters(context: Context, operation: Operation, where: Node) -> None:
    serving = operation.serving
    assert serving is not None  # the caller looked
    view = {own: prop for prop, own in serving.shape.view.names} if serving.shape.view else {}
    for asked, name in serving.asked.items():
        one = context.resource.entity.field(name)
        if one is None or name not in context.making.shown or name not in view or one.type.kind is Kind.DATETIME:
            continue
        if name not in context.given() and not one.primary_key:
            continue
        value = f"row[{text(context.making.shown[name])}]"
        shown = "rows_in(answer" + (")" if serving.shape.member == "items" else f", {text(serving.shape.member)})")
        context.add(
            operation,
            f"narrows_by_{context.word(asked)}",
            [
                context.row(),
                sent("answer", "GET", where, f"params={{{text(asked)}: {_asked(one, value)}}}"),
                is_status(200),
                f"assert {shown}",
                f"assert all(found[{text(view[name])}] == {value} for found in {shown})",
            ],
        )


def _asked(one: Field, value: str) -> str:
    return f"str({value}).lower()" if one.type.kind is Kind.BOOLEAN else value


_WRITERS = {
    Action.CREATE: _create,
    Action.GET: _get,
    Action.UPDATE: _update,
    Action.REPLACE: _replace,
    Action.DELETE: _delete,
    Action.LIST: _list,
}
