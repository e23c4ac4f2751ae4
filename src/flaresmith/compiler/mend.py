"""Specs mended by their fixes, pass by pass, until nothing is left that can be mended without a question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flaresmith.compiler.check import apply_fixes
from flaresmith.compiler.model import Diagnostic, Model
from flaresmith.compiler.parse import parse

MOST_PASSES = 10


@dataclass(slots=True)
class Mended:
    """`files` are those that changed, with all their bytes; `done` is what was mended, in order; `model` is what the
    specs say then. `refused` are fixes that made something worse, and were taken back."""

    model: Model
    files: dict[str, bytes] = field(default_factory=dict)
    done: list[Diagnostic] = field(default_factory=list)
    refused: list[Diagnostic] = field(default_factory=list)


def mend(
    files: Mapping[str, bytes], *, name: str, wanted: Callable[[Diagnostic], bool] = lambda diagnostic: True
) -> Mended:
    """Applies the fixes of the findings that are `wanted`; mending again what was mended changes nothing.

    Fixes that touch the same place wait for the next pass. A pass after which the specs have an error that they did
    not have is taken back.
    """
    present = dict(files)
    result = Mended(parse(present, name=name))
    for _ in range(MOST_PASSES):
        chosen = [d for d in result.model.diagnostics if d.fix is not None and wanted(d)]
        applied = apply_fixes(present, chosen)
        if not applied.files:
            return result
        after = parse(present | applied.files, name=name)
        if len(after.errors) > len(result.model.errors):
            result.refused = applied.done
            return result
        present |= applied.files
        result.model = after
        result.files |= applied.files
        result.done += applied.done
    return result
