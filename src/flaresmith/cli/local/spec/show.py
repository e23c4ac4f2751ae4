"""`flaresmith spec show`: what the compiler understood of a folder of specs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.text import Text
from rich.tree import Tree

from flaresmith import cli
from flaresmith.cli import findings
from flaresmith.cli.documents import Documents
from flaresmith.cli.local.spec import reading

_WIDTH = 200  # columns, where nobody tells
_KINDS = {"derived": "derived, no table", "dto": "exchanged, no table", "external": "elsewhere, no table"}


def show(path: reading.Folder, as_json: cli.AsJson = False) -> None:
    """Print everything that was understood: stories, requirements, entities, endpoints, tasks, each with its line."""
    from flaresmith.compiler.parse import to_json

    read = reading.folder(path)
    told = to_json(reading.parsed(read))
    if as_json:
        cli.print_json(told)
        return
    for feature in told["features"]:
        cli.out.print(_feature(feature), soft_wrap=False, width=None if cli.out.is_terminal else _WIDTH)
    findings.show_some(cli.out, told["diagnostics"], 5, read.on_disk)
    cli.out.print(_summary(told, read), style="bold")


def _feature(feature: Mapping[str, Any]) -> Tree:
    status = f" · {cli.plain(feature['status'])}" if feature.get("status") else ""
    tree = Tree(Text.assemble((cli.plain(feature["title"]), "bold"), (f"  {cli.plain(feature['id'])}{status}", "dim")))
    _branch(tree, "Stories", (_story(story) for story in feature["stories"]))
    _branch(tree, "Requirements", (_numbered(one) for one in feature["requirements"]))
    _branch(tree, "Success criteria", (_numbered(one) for one in feature["successCriteria"]))
    _branch(tree, "Roles", (_placed(Text(cli.plain(one["name"])), one) for one in feature["roles"]))
    _entities(tree, feature["entities"])
    _branch(tree, "Endpoints", (_endpoint(one) for one in feature["endpoints"]))
    _branch(tree, "Tools", (_placed(Text(cli.plain(one["name"])), one) for one in feature["tools"]))
    _branch(tree, "Tasks", (_task(one) for one in feature["tasks"]))
    _branch(tree, "Open questions", (_question(one) for one in feature["clarifications"] if not one["answer"]))
    return tree


def _branch(tree: Tree, title: str, lines: Iterable[Text]) -> None:
    found = list(lines)
    if found:
        branch = tree.add(Text(f"{title} ({len(found)})", style="bold"))
        for line in found:
            branch.add(line)


def _story(story: Mapping[str, Any]) -> Text:
    priority = f"  {cli.plain(story['priority'])}" if story.get("priority") else ""
    scenarios = f"  {len(story['scenarios'])} scenarios" if story.get("scenarios") else ""
    return _placed(Text.assemble(f"{cli.plain(story['title'])}", (f"{priority}{scenarios}", "dim")), story)


def _numbered(requirement: Mapping[str, Any]) -> Text:
    return _placed(
        Text.assemble((cli.plain(requirement["id"]), "cyan"), f" {_short(requirement['text'])}"), requirement
    )


def _entities(tree: Tree, entities: Iterable[Mapping[str, Any]]) -> None:
    found = list(entities)
    if not found:
        return
    branch = tree.add(Text(f"Entities ({len(found)})", style="bold"))
    for entity in found:
        kind = _KINDS.get(entity["kind"], "" if entity["kind"] == "persisted" else entity["kind"])
        words = Text.assemble((cli.plain(entity["name"]), "bold"), (f"  {kind}" if kind else "", "dim"))
        inner = branch.add(_placed(words, entity))
        for field in entity["fields"]:
            inner.add(_field(field))
        for link in entity["relationships"]:
            inner.add(
                Text(f"{cli.plain(link['name'])} → {cli.plain(link['target'])} {link['cardinality']}", style="dim")
            )


def _field(field: Mapping[str, Any]) -> Text:
    marks = [word for word, key in (("key", "primaryKey"), ("unique", "unique")) if field[key]]
    marks += [] if field["required"] else ["optional"]
    reference = field["references"]
    marks += [f"→ {reference['entity']}.{reference['field']}"] if reference else []
    marks += ["one of " + " ".join(map(str, field["enum"]))] if field["enum"] else []
    words = cli.plain(", ".join(marks))
    return Text.assemble(cli.plain(field["name"]), " ", (cli.plain(field["type"]), "cyan"), (f"  {words}", "dim"))


def _endpoint(endpoint: Mapping[str, Any]) -> Text:
    words = Text.assemble((f"{endpoint['method']:<6}", "cyan"), f" {cli.plain(endpoint['path'])}")
    return _placed(words.append(f"  {cli.plain(endpoint['operationId'])}", style="dim"), endpoint)


def _task(task: Mapping[str, Any]) -> Text:
    cites = f"  {' '.join(task['requirements'])}" if task["requirements"] else ""
    mark = "✓" if task["done"] else "·"
    words = Text.assemble((f"{mark} {cli.plain(task['id'])}", "cyan"), f" {_short(task['text'])}", (cites, "dim"))
    return _placed(words, task)


def _question(asked: Mapping[str, Any]) -> Text:
    return _placed(Text(_short(asked["question"])), asked)


def _placed(text: Text, fact: Mapping[str, Any]) -> Text:
    source = fact["source"]
    return text.append(f"  {cli.plain(source['file'])}:{source['line']}", style="dim")


def _short(text: str, width: int = 100) -> str:
    words = " ".join(cli.plain(text).split())
    return words if len(words) <= width else f"{words[: width - 1]}…"


def _summary(told: Mapping[str, Any], read: Documents) -> str:
    features = told["features"]
    entities = sum(len(feature["entities"]) for feature in features)
    endpoints = sum(len(feature["endpoints"]) for feature in features)
    counts = told["counts"]
    return (
        f"{reading.product_name(read)}: {len(features)} features, {entities} entities, {endpoints} endpoints; "
        f"{counts['facts']} facts understood, {counts['linesNotUnderstood']} lines not."
    )
