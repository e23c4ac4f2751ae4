"""`flaresmith spec build`: generate everything into a folder, as often as one likes, without losing a hand edit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flaresmith import cli
from flaresmith.cli import changes, findings
from flaresmith.cli.documents import Documents
from flaresmith.cli.local.spec import accepted, reading
from flaresmith.cli.local.spec.output import Output
from flaresmith.cli.local.spec.plan import plan

if TYPE_CHECKING:
    from flaresmith.compiler.build import Build
    from flaresmith.compiler.merge import Comparison

Paths = list[str]


def build(
    path: reading.Folder,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Where the files go.")],
    target: Annotated[list[str] | None, typer.Option(help="Only this output, e.g. openapi; repeat for more.")] = None,
    name: reading.Name = "",
    keep: Annotated[Paths | None, typer.Option(metavar="FILE", help="In a conflict, leave this file as it is.")] = None,
    overwrite: Annotated[Paths | None, typer.Option(metavar="FILE", help="In a conflict, replace this file.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit code 1 when DIR is out of date.")] = False,
    diffs: Annotated[bool, typer.Option("--diff", help="Show what changes in each file.")] = False,
    as_json: cli.AsJson = False,
) -> None:
    """Generate the product's code from its specs into DIR. Conflicts with edits by hand are shown, nothing is lost."""
    read = reading.folder(path)
    output = Output.at(out, read)
    lock = output.lock()
    built = reading.compiled(read, name, lock=lock, targets=target or ())
    if not built.ok:
        _refuse(built, read, as_json)
    comparison = output.compared(built, lock, keep or (), overwrite or (), accepted.load(output))
    good = not comparison.conflicts
    if good and not check:
        output.write(comparison)
        accepted.forget(output)
    told = _told(built, comparison, output, written=good and not check, diffs=diffs)
    cli.print_json(told) if as_json else _print(told, built, read, check)
    if not good or (check and comparison.changes):
        raise typer.Exit(cli.FAILED)


def _refuse(built: Build, read: Documents, as_json: bool) -> None:
    from flaresmith.compiler.parse import to_json

    found = to_json(built.model)["diagnostics"]
    if as_json:
        cli.print_json({"ok": False, "written": False, "diagnostics": found})
    else:
        findings.show_some(cli.err, found, 20, read.on_disk)
        cli.err.print(f"{findings.words(found)}: nothing was generated.", style="bold")
    raise typer.Exit(cli.FAILED)


def _told(built: Build, comparison: Comparison, output: Output, *, written: bool, diffs: bool) -> dict[str, Any]:
    from flaresmith.compiler.parse import to_json

    return {
        "ok": not comparison.conflicts,
        "written": written,
        "out": str(output.root),
        "status": comparison.status,
        **plan(built, comparison, diffs=diffs),
        "unchanged": len(comparison.unchanged),
        "unused": list(comparison.unused),
        "diagnostics": to_json(built.model)["diagnostics"],
    }


def _print(told: dict[str, Any], built: Build, read: Documents, check: bool) -> None:
    warned = [d for d in told["diagnostics"] if d["severity"] == "warning"]
    if warned:
        cli.err.print(f"{findings.words(warned)}: `flaresmith spec lint {read.on_disk('')}` shows them.", style="dim")
    for path in told["unused"]:
        cli.err.print(f"{cli.plain(path)} needs no decision.", style="dim", markup=False)
    changes.show(cli.out, {**told, "resources": ()}, diffs=any(change["diff"] for change in told["code"]))
    if told["conflicts"]:
        paths = [conflict["path"] for conflict in told["conflicts"]]
        cli.err.print("Nothing was written. Decide for each file:", style="bold")
        cli.err.print(f"  yours stays:       {changes.flags('--keep', paths)}", markup=False)
        cli.err.print(f"  generated instead: {changes.flags('--overwrite', paths)}", markup=False)
        accept = f"flaresmith spec accept FILE --specs {read.on_disk('')} --out {told['out']}"
        cli.err.print(f"  place by place:    {accept}", markup=False)
    elif not told["code"]:
        cli.out.print(f"{told['out']} is up to date: {len(built.files)} files.", markup=False)
    elif check:
        cli.out.print(f"{told['out']} is out of date.", markup=False)
    else:
        cli.out.print(f"Written to {told['out']}.", markup=False)
