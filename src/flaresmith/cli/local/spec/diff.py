"""`flaresmith spec diff`: what these specs would change in generated files, or since a revision in Git."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from flaresmith import cli
from flaresmith.cli import changes, documents, findings
from flaresmith.cli.documents import Documents
from flaresmith.cli.local.spec import history, reading
from flaresmith.cli.local.spec.output import Output
from flaresmith.cli.local.spec.plan import plan

if TYPE_CHECKING:
    from flaresmith.compiler.build import Build
    from flaresmith.compiler.merge import Comparison


def diff(
    path: reading.Folder,
    against: Annotated[
        str, typer.Option(metavar="DIR|REVISION", help="Generated files, other specs, or a revision in Git.")
    ] = "HEAD",
    name: reading.Name = "",
    full: Annotated[bool, typer.Option("--diff", help="Show what changes in each file.")] = False,
    as_json: cli.AsJson = False,
) -> None:
    """Show what these specs would change: files and database steps. Writes nothing."""
    read = reading.folder(path)
    built, comparison = _compared(read, name or reading.product_name(read), against)
    told = plan(built, comparison, diffs=full)
    if as_json:
        cli.print_json({"against": against, "status": comparison.status, **told})
    elif changes.is_empty(told):
        cli.out.print(f"Nothing changes against {against}.", markup=False)
    else:
        changes.show(cli.out, told, diffs=full)


def version(read: Documents, against: str) -> Documents:
    """Another version of the documents: those in a folder, or at a revision in Git."""
    folder = Path(against).expanduser()
    if folder.is_dir():
        return documents.read(folder)
    with TemporaryDirectory(prefix="flaresmith-") as scratch:
        return documents.read(history.checked_out(read, against, Path(scratch).resolve()))


def _compared(read: Documents, name: str, against: str) -> tuple[Build, Comparison]:
    folder = Path(against).expanduser()
    if not folder.is_dir():
        return _since(version(read, against), read, name)
    if (folder / "flaresmith.lock").is_file() or not _has_specs(folder):
        output = Output.at(folder, read)
        lock = output.lock()
        built = _sound(reading.compiled(read, name, lock=lock), read)
        return built, output.compared(built, lock)
    return _since(documents.read(folder), read, name)


def _since(before: Documents, after: Documents, name: str) -> tuple[Build, Comparison]:
    """What changes between two versions of the specs, nothing edited by hand."""
    from flaresmith.compiler.merge import compare

    old = _sound(reading.compiled(before, name), before)
    new = _sound(reading.compiled(after, name, lock=old.lock), after)
    return new, compare(new, {file.path: file.text.encode() for file in old.files}, old.lock)


def _sound(built: Build, read: Documents) -> Build:
    from flaresmith.compiler.parse import to_json

    if not built.ok:
        found = to_json(built.model)["diagnostics"]
        findings.show_some(cli.err, found, 20, read.on_disk)
        cli.err.print(f"{findings.words(found)}: there is nothing to compare.", style="bold")
        raise typer.Exit(cli.FAILED)
    return built


def _has_specs(folder: Path) -> bool:
    try:
        return bool(documents.read(folder).files)
    except documents.NoSpecs:
        return False
