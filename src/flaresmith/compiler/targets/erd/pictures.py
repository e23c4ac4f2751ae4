"""The pictures: a title in one of them leads to the page of its entity."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flaresmith.compiler import naming
from flaresmith.compiler.diagram import draw, graph
from flaresmith.compiler.model import Entity, Feature, File, Model
from flaresmith.compiler.wire import wire

FOLDER = "docs/erd"
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def emit(model: Model) -> Iterable[File]:
    """`docs/erd/all.svg`, and one picture per feature that has entities."""
    entities = tuple(wire(model).entities.values())
    pages = entity_pages(entities)

    def page(name: str) -> str:
        return f"../entities/{pages[name]}.md"

    ids = tuple(sorted({id_ for entity in entities for id_ in entity.requirements}))
    yield File(f"{FOLDER}/all.svg", draw(graph(entities), f"Entities of {model.name}", page), "erd", ids)
    features = [(feature, _own(feature, entities)) for feature in model.features]
    names = naming.distinct((_stem(feature) for feature, _ in features), {"all"})
    for name, (feature, own) in zip(names, features, strict=True):
        if own:
            title = f"Entities of {feature.title or feature.id}"
            serves = tuple(sorted({id_ for entity in own for id_ in entity.requirements}))
            drawn = draw(graph(entities, {entity.name for entity in own}), title, page)
            yield File(f"{FOLDER}/{name}.svg", drawn, "erd", serves, (feature.source,))


def entity_pages(entities: Iterable[Entity]) -> dict[str, str]:
    """Entity → the stem of its page."""
    names = [entity.name for entity in entities]
    return dict(zip(names, naming.distinct(map(naming.kebab, names), {"index"}), strict=True))


def _own(feature: Feature, entities: Iterable[Entity]) -> list[Entity]:
    names = {entity.name for entity in feature.entities}
    return [e for e in entities if e.name in names or e.source.file.removeprefix("specs/").startswith(f"{feature.id}/")]


def _stem(feature: Feature) -> str:
    return feature.id if _SAFE.fullmatch(feature.id) else naming.kebab(feature.id)
