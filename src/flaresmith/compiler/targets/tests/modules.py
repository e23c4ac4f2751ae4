"""One module of tests per entity, one for what no entity explains, one for the acceptance scenarios."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from flaresmith.compiler.model import File, Model, Source
from flaresmith.compiler.python import names as python_names
from flaresmith.compiler.python.layout import Node, header, imports, text, without_literals
from flaresmith.compiler.service import Action, Operation
from flaresmith.compiler.surroundings import surroundings
from flaresmith.compiler.targets.tests.context import NOWHERE, Context
from flaresmith.compiler.targets.tests.fixtures import FOLDER
from flaresmith.compiler.targets.tests.links import link_tests
from flaresmith.compiler.targets.tests.machines import machine_tests
from flaresmith.compiler.targets.tests.makings import Makings, needed_headers
from flaresmith.compiler.targets.tests.refusals import refusal_tests
from flaresmith.compiler.targets.tests.rows import row_tests
from flaresmith.compiler.targets.tests.scenarios import scenario_tests
from flaresmith.compiler.targets.tests.writing import Module, sent
from flaresmith.compiler.wire import path_parameters

_FACTORY = ("Factory", "at")
_LAWS = ("Paging", "is_refused", "is_sorted", "keeps_tag_laws", "rows_in", "shows_every_row_once")


def test_files(model: Model, makings: Makings, target: str) -> Iterator[File]:
    """Every module of tests that has any."""
    names = python_names.names([resource.entity for resource in makings.plan.resources.values()])
    samples = {entity: text(module) for entity, module in names.modules.items()}
    contexts = {name: _context(name, makings, samples) for name in makings.plan.resources}
    around = surroundings(model)
    for name, context in contexts.items():
        path = f"{FOLDER}/test_{names.modules[name]}.py"
        yield from around.remembered("contract tests", name, partial(_of_entity, context, path, target))
    loose = [o for o in makings.plan.operations if o.action is Action.HANDLER]
    yield from _file(
        f"{FOLDER}/test_handlers.py", _HANDLERS, "", _handlers(loose), _ids(loose), _sources(loose), target
    )
    module, ids, sources = scenario_tests(model, makings, contexts)
    yield from _file(f"{FOLDER}/test_scenarios.py", _SCENARIOS, "", module, ids, sources, target)


def _of_entity(context: Context, path: str, target: str) -> tuple[File, ...]:
    _fill(context)
    entity = context.resource.entity
    note = f"No row is made here: {context.making.why_not}." if context.making.why_not else ""
    title = f"Tests of {entity.name}."
    return tuple(_file(path, title, note, context.module, entity.requirements, (entity.source,), target))


_HANDLERS = "Operations that only a person can write: until then they say so."
_SCENARIOS = "Acceptance scenarios that name an operation."


def _context(name: str, makings: Makings, samples: Mapping[str, str]) -> Context:
    own = makings.operations.get(name, ())
    return Context(makings.plan.resources[name], makings.of(name), makings, Module(), samples[name], own, samples)


def _fill(context: Context) -> None:
    for operation in context.operations:
        row_tests(context, operation)
        refusal_tests(context, operation)
    machine_tests(context)
    link_tests(context)


def _handlers(operations: Sequence[Operation]) -> Module:
    module = Module()
    for operation in operations:
        path = operation.endpoint.path
        for name in path_parameters(path):
            path = path.replace("{" + name + "}", NOWHERE)
        if "{" in path:
            continue
        headers = needed_headers(operation.endpoint.parameters)
        items: list[Node] = ["json={}"] if operation.endpoint.request_schema is not None else []
        answer = sent("answer", operation.endpoint.method, text(path), *items, headers=headers)
        module.add(operation, "answers", [answer, _ANSWERS])
    return module


_ANSWERS = "assert answer.status_code < 500 or answer.status_code == 501, answer.text"


def _file(
    path: str,
    title: str,
    note: str,
    module: Module,
    ids: Sequence[str],
    sources: Sequence[Source],
    target: str,
) -> Iterator[File]:
    if not module.tests:
        return
    body = "\n\n\n".join(module.tests)
    bare = without_literals(body)
    used = {name for name in (*_FACTORY, *_LAWS) if f"{name}(" in bare or f" {name})" in bare or f" {name}," in bare}
    third = ["import httpx", *(["import pytest"] if "@pytest" in bare else [])]
    own = imports("factory", [name for name in _FACTORY if name in used])
    own += imports("laws", [name for name in _LAWS if name in used])
    head = header(title, ids, sources, note)
    parts = [*head, "", "from __future__ import annotations", "", *third, *([""] if own else []), *own, "", "", body]
    yield File(path, "\n".join(parts) + "\n", target, tuple(sorted(set(ids))), tuple(sources))


def _ids(operations: Sequence[Operation]) -> tuple[str, ...]:
    return tuple(sorted({id_ for operation in operations for id_ in operation.endpoint.requirements}))


def _sources(operations: Sequence[Operation]) -> tuple[Source, ...]:
    return tuple(operation.endpoint.source for operation in operations)
