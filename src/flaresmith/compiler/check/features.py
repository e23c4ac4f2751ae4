"""Folders: whether there is anything to read at all."""

from __future__ import annotations

from collections.abc import Iterator

from flaresmith.compiler.model import Diagnostic, Model, Severity, Source


def no_specs(model: Model) -> Iterator[Diagnostic]:
    """A folder without specs is most often the wrong folder."""
    if not model.features:
        yield Diagnostic(
            "no-specs",
            Severity.ERROR,
            "no specs were found here",
            Source(".", 1),
            "a feature is a folder such as specs/001-catalogue/ with a spec.md and a data-model.md",
        )
