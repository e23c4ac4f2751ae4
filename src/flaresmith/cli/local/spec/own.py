"""`flaresmith spec own` and `disown`: whose a generated file is. What is yours is never written again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flaresmith import cli
from flaresmith.cli.local.spec.output import Output
from flaresmith.kit.errors import NotFound

if TYPE_CHECKING:
    from flaresmith.compiler.lock import Lock

Files = Annotated[list[str], typer.Argument(metavar="FILE…", help="Generated files, by their path in DIR.")]
Out = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="The folder that holds flaresmith.lock.")]


class NotGenerated(NotFound):
    """This is no generated file."""

    code = "NOT_GENERATED"


def own(files: Files, out: Out = Path()) -> None:
    """Take generated files over: they are yours from now on, and no build writes them again."""
    from flaresmith.compiler.lock import Ownership

    output, lock = _opened(out, files)
    owned = {path: replace(lock.files[path], ownership=Ownership.YOURS) for path in files}
    output.save_lock(replace(lock, files={**lock.files, **owned}))
    for path in files:
        cli.out.print(f"{cli.plain(path)} is yours now.", markup=False)


def disown(files: Files, out: Out = Path()) -> None:
    """Give files back: the next build merges what was generated since with your edits, or makes them anew."""
    from flaresmith.compiler.lock import Ownership

    output, lock = _opened(out, files)
    there = {path for path in files if output.note(path) is not None}
    kept = {path: file for path, file in lock.files.items() if path not in files or path in there}
    given = {path: replace(kept[path], ownership=Ownership.GENERATED) for path in there}
    output.save_lock(replace(lock, files={**kept, **given}))
    for path in files:
        words = "is merged with what is generated" if path in there else "is made again"
        cli.out.print(f"{cli.plain(path)} {words} at the next build.", markup=False)


def _opened(out: Path, files: list[str]) -> tuple[Output, Lock]:
    output = Output(out.expanduser().resolve())
    lock = output.lock()
    if lock is None:
        raise NotGenerated(f"There is no flaresmith.lock in {output.root}.", hint="Name the folder with --out.")
    if unknown := [path for path in files if path not in lock.files]:
        hint = "Paths are those in flaresmith.lock, from the folder that holds it."
        raise NotGenerated(f"Not generated: {cli.plain(', '.join(unknown))}.", hint=hint)
    return output, lock
