"""The pictures: a title in one of them leads to the page of its entity."""

from __future__ import annotations

from collections.abc import Iterable

from flaresmith.compiler import naming
from flaresmith.compiler.diagram import draw, graph
from flaresmith.compiler.diagram.pages import entity_pages, feature_stem
from flaresmith.compiler.model import Entity, Feature, File, Model
from flaresmith.compiler.wire import wire

FOLDER = "docs/erd"


def emit(model: Model) -> Iterable[File]:
    """`docs/erd/all.svg`, and one picture per feature that has entities."""
    entities = tuple(wire(model).entities.values())
    pages = entity_pages(entities)

    def page(name: str) -> str:
        return f"../entities/{pages[name]}.md"

    ids = tuple(sorted({id_ for entity in entities for id_ in entity.requirements}))
    yield File(f"{FOLDER}/all.svg", draw(graph(entities), f"Entities of {model.name}", page), "erd", ids)
    features = [(feature, _own(feature, entities)) for feature in model.features]
    names = naming.distinct((feature_stem(feature) for feature, _ in features), {"all"})
    for name, (feature, own) in zip(names, features, strict=True):
        if own:
            title = f"Entities of {feature.title or feature.id}"
            serves = tuple(sorted({id_ for entity in own for id_ in entity.requirements}))
            drawn = draw(graph(entities, {entity.name for entity in own}), title, page)
            yield File(f"{FOLDER}/{name}.svg", drawn, "erd", serves, (feature.source,))


def _own(feature: Feature, entities: Iterable[Entity]) -> list[Entity]:
    names = {entity.name for entity in feature.entities}
    return [e for e in entities if e.name in names or e.source.file.removeprefix("specs/").startswith(f"{feature.id}/")]
