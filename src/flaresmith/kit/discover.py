"""Find the features' doors by their file names: routes, pages, workflows, invariants. No list to keep by hand."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from importlib.util import find_spec
from types import ModuleType


def features() -> list[str]:
    """The names of the features that exist, sorted."""
    package = importlib.import_module("flaresmith.features")
    return sorted(module.name for module in pkgutil.iter_modules(package.__path__))


def modules(part: str) -> Iterator[ModuleType]:
    """The module `part` (say `routes`) of every feature that has one."""
    for feature in features():
        name = f"flaresmith.features.{feature}.{part}"
        if find_spec(name) is not None:
            yield importlib.import_module(name)


def load_models() -> None:
    """Import every table, so that the metadata is whole."""
    for module in ("flaresmith.kit.events", "flaresmith.kit.stream", "flaresmith.kit.audit"):
        importlib.import_module(module)
    list(modules("models"))
