"""`flaresmith docs`: the reference, written from the code itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flaresmith import cli
from flaresmith.kit.errors import Conflict

commands = typer.Typer(help="Write the reference of this version from its code.")
FOLDER = Path("docs/reference")
RULES = "rules"  # the folder beside it, with a page for each rule


class ReferenceStale(Conflict):
    """The reference is not what the code says."""

    code = "REFERENCE_STALE"


@commands.callback()
def docs() -> None:
    """Write the reference of this version from its code."""


@commands.command(epilog=cli.EXIT_CODES)
def reference(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when the files are not up to date.")
    ] = False,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the files are.")] = FOLDER,
    as_json: cli.AsJson = False,
) -> None:
    """Generate the reference: errors, events, permissions, settings, providers, targets, rules, tables, API, CLI."""
    from flaresmith.cli.local.docs.generate import generate, generate_rules, stale

    folders = {out: generate(), out.parent / RULES: generate_rules()}
    changed = {folder: stale(pages, folder) for folder, pages in folders.items()}
    if check and any(changed.values()):
        names = [str(folder / name) for folder, stale_names in changed.items() for name in stale_names]
        raise ReferenceStale(
            f"Out of date: {', '.join(names)}.",
            hint="Run `flaresmith docs reference` and commit the result.",
        )
    for folder, pages in folders.items() if not check else ():
        _write(pages, folder, changed[folder])
    _report(changed, out, as_json=as_json)


def _write(pages: dict[str, str], out: Path, changed: list[str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name in changed:
        if name in pages:
            (out / name).write_text(pages[name], encoding="utf-8")
        else:
            (out / name).unlink()


def _report(changed: dict[Path, list[str]], out: Path, *, as_json: bool) -> None:
    if as_json:
        names = [*changed[out], *(f"../{RULES}/{name}" for name in changed[out.parent / RULES])]
        cli.print_json({"folder": str(out), "changed": names})
        return
    for folder, names in changed.items():
        cli.out.print(f"{folder}: {', '.join(names) if names else 'nothing has changed'}.", markup=False)
