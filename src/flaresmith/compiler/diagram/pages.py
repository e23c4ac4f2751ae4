"""Where the page of an entity lies and what the files of a feature are called: pictures and documents agree on it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flaresmith.compiler import naming
from flaresmith.compiler.model import Entity, Feature

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def entity_pages(entities: Iterable[Entity]) -> dict[str, str]:
    """Entity → the stem of its page."""
    names = [entity.name for entity in entities]
    return dict(zip(names, naming.distinct(map(naming.kebab, names), {"index", "readme"}), strict=True))


def feature_stem(feature: Feature) -> str:
    """What files of a feature are called: its id, where that is a plain name."""
    return feature.id if _SAFE.fullmatch(feature.id) else naming.kebab(feature.id)
