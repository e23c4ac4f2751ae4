"""Which components of the wire belong to which entity, so that each entity can have a module of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.clients.shapes import references
from flaresmith.compiler.model import Model
from flaresmith.compiler.wire import Wire

_SUFFIXES = ("", "Create", "Update", "Page")


_latest: tuple[Model, dict[str, list[str]]] | None = None


def homes(model: Model, everything: Wire) -> dict[str, list[str]]:
    """Entity name → its components: those that are made for it and refer to nothing outside themselves.

    The latest answer is remembered, since several targets ask for it.
    """
    global _latest
    latest = _latest
    if latest is None or latest[0] is not model:
        _latest = latest = (model, _homes(model, everything))
    return latest[1]


def _homes(model: Model, everything: Wire) -> dict[str, list[str]]:
    made = {name for name in everything.schemas if name not in model.schemas}
    found: dict[str, list[str]] = {}
    for name in everything.entities:
        stem = naming.pascal(name)
        while stem in model.schemas or (stem not in made and len(stem) < naming.LONGEST_NAME):
            stem += "Record"
        mine = [f"{stem}{suffix}" for suffix in _SUFFIXES if f"{stem}{suffix}" in made]
        if mine and _is_closed(mine, everything.schemas):
            found[name] = mine
            made.difference_update(mine)
    return found


def _is_closed(names: list[str], schemas: Mapping[str, Any]) -> bool:
    return all(reference in names for name in names for reference in references(schemas[name]))
