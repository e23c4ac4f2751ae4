"""What can be seen of the latest specs, changing nothing: the matrix of requirements, and the entities drawn."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flaresmith.compiler.diagram import draw, graph
from flaresmith.compiler.model import Entity, EntityKind, Model
from flaresmith.compiler.resolve import resolve
from flaresmith.compiler.tracing import Matrix, matrix
from flaresmith.features.projects.schemas import ProjectView
from flaresmith.features.specs.live.compiling import compiled


@dataclass(frozen=True, slots=True)
class Drawing:
    """The entities of a product or of one feature: what can be chosen, what is shown, and its picture."""

    features: Sequence[tuple[str, str]]
    entities: int
    svg: str


async def read_matrix(documents: Mapping[str, bytes], project: ProjectView) -> Matrix:
    """Which requirement is served by what."""
    built = await compiled(project.id, documents, name=project.name)
    return await asyncio.to_thread(matrix, built.model, built.files)


async def read_drawing(documents: Mapping[str, bytes], project: ProjectView, feature: str) -> Drawing | None:
    """The entities as a picture; None where there is no such feature."""
    built = await compiled(project.id, documents, name=project.name, emit=False)
    return await asyncio.to_thread(_drawing, built.model, project.name, feature)


def _drawing(model: Model, name: str, feature: str) -> Drawing | None:
    entities = tuple(entity for entity in resolve(model.entities) if entity.kind is not EntityKind.ENUM)
    found = [(each.id, each.title or each.id) for each in model.features if _own(model, each.id, entities)]
    titles = dict(found)
    if feature and feature not in titles:
        return None
    only = _own(model, feature, entities) if feature else None
    title = f"Entities of {titles.get(feature, name)}"
    return Drawing(found, len(only) if only is not None else len(entities), draw(graph(entities, only), title))


def _own(model: Model, feature: str, entities: Sequence[Entity]) -> set[str]:
    """The names of the entities that a feature describes."""
    named = {entity.name for each in model.features if each.id == feature for entity in each.entities}
    inside = {e.name for e in entities if e.source.file.removeprefix("specs/").startswith(f"{feature}/")}
    return (named | inside) & {entity.name for entity in entities}
