"""What the spec commands have in common: a folder becomes documents, a model, a build. The compiler loads late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flaresmith import cli
from flaresmith.cli import documents
from flaresmith.cli.documents import Documents

if TYPE_CHECKING:
    from flaresmith.compiler.build import Build
    from flaresmith.compiler.lock import Lock
    from flaresmith.compiler.model import Diagnostic, Model

Folder = Annotated[
    Path, typer.Argument(metavar="PATH", help="The project folder, its `specs/`, or one feature's folder.")
]
Name = Annotated[str, typer.Option("--name", metavar="NAME", help="The product's name; the folder's when left out.")]


def parsed(read: Documents, name: str = "") -> Model:
    """The model of the documents, with a diagnostic for each one that was left out."""
    from flaresmith.compiler.parse import parse

    return _told(parse(read.files, name=name or product_name(read)), read)


def compiled(read: Documents, name: str = "", *, lock: Lock | None = None, targets: Sequence[str] = ()) -> Build:
    """Everything that is generated from the documents; UsageRefused for a target that does not exist."""
    from flaresmith.compiler.build import build
    from flaresmith.kit.forks import forked

    wanted = list(targets) or None
    try:
        built = build(read.files, name=name or product_name(read), lock=lock, targets=wanted, run=forked)
    except ValueError as error:
        raise cli.UsageRefused(str(error)) from None
    return replace(built, model=_told(built.model, read))


def product_name(read: Documents) -> str:
    """What a product is called when nobody says: as its folder."""
    return read.base.name or "product"


def folder(path: Path) -> Documents:
    """The documents in a folder; see `documents.read`."""
    return documents.read(path)


def _told(model: Model, read: Documents) -> Model:
    """Nothing is left out in silence."""
    return replace(model, diagnostics=(*model.diagnostics, *(_note(path, why) for path, why in read.notes.items())))


def _note(path: str, why: str) -> Diagnostic:
    from flaresmith.compiler.model import Diagnostic, Severity, Source

    hint = "Put the file itself into the folder, or take it out." if "MiB" not in why else "Split it."
    return Diagnostic("document-left-out", Severity.WARNING, f"{why[0].upper()}{why[1:]}.", Source(path, 1), hint)
