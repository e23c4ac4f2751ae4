"""The `flaresmith` command: puts the commands of `cli/` together, and turns a Problem into an exit code."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Mapping
from typing import Annotated

import typer

from flaresmith import cli
from flaresmith.cli import lazy
from flaresmith.kit.errors import Problem


def main() -> None:
    """Run one command; ends the process with its exit code."""
    try:
        build()(prog_name="flaresmith")
    except Problem as problem:
        cli.print_problem(problem, as_json="--json" in sys.argv)
        raise SystemExit(cli.exit_code(problem)) from None
    except KeyboardInterrupt:
        raise SystemExit(cli.INTERRUPTED) from None


def build() -> typer.Typer:
    """The whole command line: every package in `cli/` names its `COMMANDS`; each is imported when it is called."""
    packages = [module.name for module in pkgutil.iter_modules(cli.__path__) if module.ispkg]
    table: dict[str, Mapping[str, str]] = {}
    for name in packages:
        table |= getattr(importlib.import_module(f"{cli.__name__}.{name}"), "COMMANDS", {})
    app = typer.Typer(
        cls=lazy.group(table),
        help="Write the spec. Get the running system.",
        epilog=cli.EXIT_CODES,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # costs as much as half of a command

        cli.out.print(f"flaresmith {version('flaresmith')}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Write the spec. Get the running system."""


if __name__ == "__main__":
    main()
