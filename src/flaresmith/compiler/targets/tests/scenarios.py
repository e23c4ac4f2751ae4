"""Acceptance scenarios that name an operation, carried out as far as the data model tells how."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from flaresmith.compiler import naming
from flaresmith.compiler.model import Model, Scenario, Source, Story
from flaresmith.compiler.python.layout import Node, text
from flaresmith.compiler.service import Action, Operation
from flaresmith.compiler.targets.tests.context import Context
from flaresmith.compiler.targets.tests.makings import Makings
from flaresmith.compiler.targets.tests.writing import Module, is_status, sent

_NAMED = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE)\s+`?(/[^\s`,;)]{0,200})")
_STATUS = re.compile(r"\b([1-5]\d\d)\b")
_IDS = re.compile(r"\b(?:FR|SC|NFR)-[A-Z0-9-]{1,12}\b")
_LONGEST = 60


def scenario_tests(
    model: Model, makings: Makings, contexts: Mapping[str, Context]
) -> tuple[Module, tuple[str, ...], tuple[Source, ...]]:
    """The tests, the requirements that they cite, and where the scenarios stand."""
    module = Module()
    ids: set[str] = set()
    sources: list[Source] = []
    routes = {(o.endpoint.method, _shape(o.endpoint.path)): o for o in makings.plan.operations}
    for story, scenario in _scenarios(model):
        operation = _operation(scenario.text, routes)
        context = contexts.get(operation.resource.name) if operation and operation.resource else None
        steps = list(_steps(context, operation, scenario)) if context and operation else []
        if operation and steps:
            ids.update(operation.endpoint.requirements, _IDS.findall(scenario.text))
            sources.append(scenario.source)
            module.write(_name(story, scenario), steps, " ".join(scenario.text.split())[:300], bool(operation.security))
    return module, tuple(sorted(ids)), tuple(sources)


def _scenarios(model: Model) -> Iterator[tuple[Story, Scenario]]:
    for feature in model.features:
        for story in feature.stories:
            for scenario in story.scenarios:
                yield story, scenario


def _name(story: Story, scenario: Scenario) -> str:
    words = naming.snake(" ".join((scenario.then or scenario.text).split())[:_LONGEST])
    number = re.sub(r"[^a-z0-9]+", "_", story.number.lower()).strip("_")
    return f"test_story_{number}_{words}" if number else f"test_story_{words}"


def _operation(said: str, routes: Mapping[tuple[str, str], Operation]) -> Operation | None:
    for method, path in _NAMED.findall(said):
        if found := routes.get((method, _shape(path.rstrip(".")))):
            return found
    return None


def _shape(path: str) -> str:
    plain = path.partition("?")[0].rstrip("/")
    return "/".join("{}" if part[:1] in {"{", ":", "<"} else part for part in plain.split("/"))


def _steps(context: Context, operation: Operation, scenario: Scenario) -> Iterator[Node]:
    """The request and what it must answer; nothing where the scenario asks for more than can be told."""
    told = _STATUS.findall(scenario.then or scenario.text)
    usual = operation.serving.status if operation.serving else 200
    status = int(told[0]) if told else usual
    if status == usual:
        yield from _success(context, operation)
    elif status == 404 and (path := context.unknown(operation)) and "{" in operation.endpoint.path:
        items: list[Node] = ["json={}"] if operation.action in {Action.UPDATE, Action.REPLACE} else []
        if operation.action in {Action.GET, Action.DELETE, Action.TRANSITION, Action.UPDATE}:
            yield sent("answer", operation.endpoint.method, text(path), *items, headers=context.headers(operation))
            yield "is_refused(answer, 404)"
    elif status == operation.refusal and operation.action is Action.CREATE and "{" not in operation.endpoint.path:
        yield sent("answer", "POST", text(operation.endpoint.path), "json={}", headers=context.headers(operation))
        yield f"is_refused(answer, {status})"
    elif status == 409 and operation.action is Action.CREATE and (unique := next(context.uniques(), None)):
        name, prop = unique
        yield context.row()
        yield f"taken = row[{text(context.making.shown[name])}]"
        yield f"answer = factory.post({context.sample}, factory.body({context.sample}, {{{text(prop)}: taken}}))"
        yield "is_refused(answer, 409)"


def _success(context: Context, operation: Operation) -> Iterator[Node]:
    where = context.at(operation)
    if context.making.why_not or where is None or operation.serving is None:
        return
    if operation.action is Action.CREATE and context.making.operation is operation:
        yield f"answer = factory.make({context.sample})"
    elif operation.action in {Action.GET, Action.LIST, Action.DELETE} and not context.needs_query(operation):
        yield context.row(context.unused(where))
        yield sent("answer", operation.endpoint.method, where, headers=context.headers(operation))
    else:
        return
    yield is_status(operation.serving.status)
