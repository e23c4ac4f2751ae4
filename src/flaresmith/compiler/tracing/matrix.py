"""The matrix: a row per requirement, and in it a link to everything that serves it, with where each link comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flaresmith.compiler.model import Feature, File, Model, Requirement, Source
from flaresmith.compiler.tracing.files import FileLinks
from flaresmith.compiler.tracing.link import Link
from flaresmith.compiler.tracing.mentions import Mentions, cites

COLUMNS = ("stories", "entities", "endpoints", "files", "tests", "tasks")
_NEEDED = ("files", "tests")


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement and its links by column."""

    feature: str
    requirement: Requirement
    links: dict[str, tuple[Link, ...]] = field(hash=False)

    @property
    def missing(self) -> tuple[str, ...]:
        """What the requirement still lacks: a part of the product, generated files, or a test."""
        served = self.links["entities"] or self.links["endpoints"]
        lacking = [column for column in _NEEDED if not self.links[column]]
        return (*(() if served else ("entities or endpoints",)), *lacking)

    def json(self) -> dict[str, Any]:
        """The row as JSON."""
        one = self.requirement
        return {
            "id": one.id,
            "kind": one.kind.value,
            "text": one.text,
            "feature": self.feature,
            "file": one.source.file,
            "line": one.source.line,
            "missing": list(self.missing),
            **{column: [link.json() for link in self.links[column]] for column in COLUMNS},
        }


@dataclass(frozen=True, slots=True)
class Matrix:
    """All rows, feature by feature in the order of the specs."""

    name: str
    rows: tuple[Row, ...]

    def covered(self, column: str) -> int:
        """How many requirements have a link in the column."""
        return sum(bool(row.links[column]) for row in self.rows)

    @property
    def complete(self) -> int:
        """How many requirements lack nothing."""
        return sum(not row.missing for row in self.rows)

    def json(self) -> dict[str, Any]:
        """The matrix as JSON, counts first."""
        counts = {column: self.covered(column) for column in COLUMNS}
        return {
            "product": self.name,
            "counts": {"requirements": len(self.rows), "complete": self.complete, **counts},
            "uncovered": [f"{row.feature}:{row.requirement.id}" for row in self.rows if row.missing],
            "requirements": [row.json() for row in self.rows],
        }


def matrix(model: Model, files: Iterable[File] = ()) -> Matrix:
    """The matrix of a model and of the files that were made from it."""
    made = FileLinks(model, files)
    return Matrix(model.name, tuple(row for feature in model.features for row in _Feature(model, feature, made).rows()))


class _Feature:
    """Finds the links of one feature's requirements."""

    def __init__(self, model: Model, feature: Feature, made: FileLinks) -> None:
        self.feature = feature
        self.made = made
        self.mentions = Mentions(entity.name for entity in model.entities)
        names = {entity.name for entity in feature.entities}
        self.entities = feature.entities or tuple(e for e in model.entities if _is_in(e.source, feature))
        inside = {(endpoint.method, endpoint.path) for endpoint in feature.endpoints}
        self.endpoints = [
            endpoint
            for endpoint in model.endpoints
            if (endpoint.method, endpoint.path) in inside
            or _is_in(endpoint.source, feature)
            or endpoint.entity in names
        ]

    def rows(self) -> Iterable[Row]:
        for requirement in (*self.feature.requirements, *self.feature.success_criteria):
            yield Row(self.feature.id, requirement, self.links(requirement))

    def links(self, requirement: Requirement) -> dict[str, tuple[Link, ...]]:
        spoken_of = self.mentions.of(requirement.text)
        entities = list(self.entity_links(requirement, spoken_of))
        tasks = list(self.task_links(requirement))
        files, tests = self.made.of(self.feature.id, requirement.id)
        return {
            "stories": _once(self.story_links(requirement, spoken_of)),
            "entities": _once(entities),
            "endpoints": _once(self.endpoint_links(requirement, {link.name: link for link in entities})),
            "files": files,
            "tests": tests,
            "tasks": _once(tasks),
        }

    def entity_links(self, requirement: Requirement, spoken_of: frozenset[str]) -> Iterable[Link]:
        for entity in self.entities:
            if requirement.id in entity.requirements:
                yield Link(entity.name, "cited", entity.source.file, entity.source.line)
            elif entity.name in spoken_of:
                yield Link(entity.name, "name", requirement.source.file, requirement.source.line)

    def endpoint_links(self, requirement: Requirement, entities: dict[str, Link]) -> Iterable[Link]:
        for endpoint in self.endpoints:
            name, source = f"{endpoint.method} {endpoint.path}", endpoint.source
            if requirement.id in endpoint.requirements and not endpoint.derived:
                yield Link(name, "cited", source.file, source.line, endpoint.operation_id)
            elif (endpoint.derived and requirement.id in endpoint.requirements) or (
                endpoint.entity in entities and entities[endpoint.entity].how == "cited"
            ):
                yield Link(name, "derived", source.file, source.line, endpoint.operation_id)

    def story_links(self, requirement: Requirement, spoken_of: frozenset[str]) -> Iterable[Link]:
        through_tasks = {
            task.story for task in self.feature.tasks if requirement.id in task.requirements and task.story
        }
        for story in self.feature.stories:
            place = (story.source.file, story.source.line, story.title)
            if cites(requirement.id, story.text, *(scenario.text for scenario in story.scenarios)):
                yield Link(f"US{story.number}", "cited", *place)
            elif f"US{story.number}" in through_tasks:
                yield Link(f"US{story.number}", "derived", *place)
            elif spoken_of & self.mentions.of(story.title):
                yield Link(f"US{story.number}", "name", *place)

    def task_links(self, requirement: Requirement) -> Iterable[Link]:
        for task in self.feature.tasks:
            if requirement.id in task.requirements:
                place = (task.source.file, task.source.line)
                yield Link(task.id or "task", "cited", *place, detail=task.text, done=task.done)


def _is_in(source: Source, feature: Feature) -> bool:
    return source.file.removeprefix("specs/").startswith(f"{feature.id}/")


def _once(links: Iterable[Link]) -> tuple[Link, ...]:
    found: dict[tuple[str, str, int], Link] = {}
    for link in links:
        found.setdefault((link.name, link.file, link.line), link)
    return tuple(found.values())
