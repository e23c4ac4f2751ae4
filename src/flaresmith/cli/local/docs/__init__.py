"""`flaresmith docs`: the reference, written from the code itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flaresmith import cli
from flaresmith.kit.errors import Conflict

commands = typer.Typer(help="Write the reference of this version from its code.")
FOLDER = Path("docs/reference")


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
    from flaresmith.cli.local.docs.generate import generate, stale

    pages = generate()
    changed = stale(pages, out)
    if check and changed:
        raise ReferenceStale(
            f"Out of date in {out}: {', '.join(changed)}.",
            hint="Run `flaresmith docs reference` and commit the result.",
        )
    if not check:
        _write(pages, out, changed)
    _report(changed, out, as_json=as_json)


def _write(pages: dict[str, str], out: Path, changed: list[str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name in changed:
        if name in pages:
            (out / name).write_text(pages[name], encoding="utf-8")
        else:
            (out / name).unlink()


def _report(changed: list[str], out: Path, *, as_json: bool) -> None:
    if as_json:
        cli.print_json({"folder": str(out), "changed": changed})
    else:
        cli.out.print(f"{out}: {', '.join(changed) if changed else 'nothing has changed'}.", markup=False)
