"""The page of a group of operations: what each takes, answers and refuses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flaresmith.compiler.clients import Group, Operation
from flaresmith.compiler.clients.shapes import alternatives, choices, component, kinds
from flaresmith.compiler.examples import example
from flaresmith.compiler.jsontext import pretty
from flaresmith.compiler.targets.docs.entities import spec_link
from flaresmith.compiler.targets.docs.markdown import anchor, bullets, code, document, plain, section, table


def heading(operation: Operation) -> str:
    """What stands above an operation; its anchor is made of it."""
    return f"{operation.endpoint.method} {operation.endpoint.path}"


def anchors(group: Group) -> dict[str, str]:
    """Operation id → anchor on the group's page; a heading that is there already gets a number."""
    found: dict[str, str] = {}
    seen: dict[str, int] = {}
    for operation in group.operations:
        name = anchor(_words(heading(operation)))
        count = seen.get(name, 0)
        seen[name] = count + 1
        found[operation.id] = f"{name}-{count}" if count else name
    return found


def page(group: Group, schemas: Mapping[str, Any]) -> str:
    """The page of one group."""
    body = [line for operation in group.operations for line in _operation(operation, schemas)]
    return document([f"# {plain(group.name)}", "", *body])


def _operation(operation: Operation, schemas: Mapping[str, Any]) -> Iterator[str]:
    endpoint = operation.endpoint
    said = [plain(text) for text in dict.fromkeys((endpoint.summary, endpoint.description)) if text]
    ids = ", ".join(map(plain, sorted(set(endpoint.requirements))))
    yield from [f"## {plain(_words(heading(operation)))}", ""]
    for text in said:
        yield from [text, ""]
    origin = spec_link(endpoint.source, "../..")
    yield f"Operation {code(operation.id)}, {'made for the entity' if endpoint.derived else 'described'} in {origin}."
    yield from [f"Serves {ids}.", ""] if ids else [""]
    yield from section("Takes", table(("name", "in", "required", "type", "description"), _parameters(operation)), 3)
    yield from _body(operation, schemas)
    yield from section("Answers", table(("status", "with", "what"), _answers(operation)), 3)
    yield from section("Needs", bullets(_security(operation)), 3)


def _words(text: str) -> str:
    """The heading as it is read, without signs that would make an anchor ambiguous."""
    return " ".join(text.split())


def _parameters(operation: Operation) -> Iterable[tuple[str, ...]]:
    for p in operation.parameters:
        yield code(p.name), p.location, "yes" if p.required else "no", type_of(p.schema), plain(p.description)


def _body(operation: Operation, schemas: Mapping[str, Any]) -> Iterator[str]:
    body = operation.body
    if body is None:
        return
    needed = "required" if body.required else "optional"
    yield from ["### Body", "", f"{code(body.media_type)}, {needed}: {type_of(body.schema)}", ""]
    if body.kind == "json":
        shown = pretty(example(body.schema, schemas)).rstrip("\n")
        fence = "`" * max(3, _longest_run(shown) + 1)
        yield from [f"{fence}json", *shown.split("\n"), fence, ""]


def _longest_run(text: str) -> int:
    """The most backticks that stand side by side."""
    if "`" not in text:
        return 0
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest


def _answers(operation: Operation) -> Iterable[tuple[str, ...]]:
    for response in operation.endpoint.responses:
        shown = type_of(response.schema) if response.schema is not None else "nothing"
        yield plain(response.status), shown, plain(response.description)


def _security(operation: Operation) -> Iterator[str]:
    for requirement in operation.endpoint.security:
        names = [code(str(name)) for name in requirement]
        yield " and ".join(names) if names else "nothing"


def type_of(schema: Mapping[str, Any], depth: int = 0) -> str:
    """A JSON Schema in a few words."""
    if (name := component(schema)) is not None:
        return code(name)
    if (values := choices(schema)) is not None and len(values) <= 12:
        return " or ".join(code(str(value)) for value in values)
    if (parts := alternatives(schema)) and depth < 3:
        return " or ".join(dict.fromkeys(type_of(part, depth + 1) for part in parts if isinstance(part, Mapping)))
    found = kinds(schema)
    if found == ["array"] and depth < 3:
        items = schema.get("items")
        return f"list of {type_of(items, depth + 1) if isinstance(items, Mapping) else 'anything'}"
    form = schema.get("format")
    shown = " or ".join(found) or "anything"
    return plain(f"{shown} ({form})" if isinstance(form, str) and form else shown)
