"""One folder per kind of output. A target reads only `compiler.model` and knows no other target."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from flaresmith.compiler.model import File, Model


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of output: `emit` turns the model into files, the same model always into the same bytes.

    `summarise` adds files that speak of those of all targets (which requirement is in which file): it is asked last.
    """

    name: str
    language: str
    emit: Callable[[Model], Iterable[File]]
    summarise: Callable[[Model, Sequence[File]], Iterable[File]] | None = None


@cache
def all_targets() -> dict[str, Target]:
    """Every target by name, found by its folder: each holds a `TARGET`."""
    found = (
        importlib.import_module(f"{__name__}.{folder.name}").TARGET
        for folder in pkgutil.iter_modules(__path__)
        if folder.ispkg
    )
    return {target.name: target for target in sorted(found, key=lambda target: target.name)}
