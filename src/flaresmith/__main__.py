"""The `flaresmith` command: puts the commands of `cli/` together, and turns a Problem into an exit code."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from importlib.metadata import version

import typer

from flaresmith import cli
from flaresmith.kit.errors import Problem


def main() -> None:
    """Run one command; ends the process with its exit code."""
    try:
        build()(prog_name="flaresmith")
    except Problem as problem:
        cli.print_problem(problem, as_json="--json" in sys.argv)
        raise SystemExit(cli.FAILED) from None
    except KeyboardInterrupt:
        raise SystemExit(cli.INTERRUPTED) from None


def build() -> typer.Typer:
    """The whole command line: every package in `cli/` brings its `commands`."""
    app = typer.Typer(
        help="Write the spec. Get the running system.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    for module in pkgutil.iter_modules(cli.__path__):
        if module.ispkg:
            app.add_typer(importlib.import_module(f"{cli.__name__}.{module.name}").commands)
    return app


def _options(show_version: bool = typer.Option(False, "--version", is_eager=True, help="Print the version.")) -> None:
    """Write the spec. Get the running system."""
    if show_version:
        cli.out.print(f"flaresmith {version('flaresmith')}")
        raise typer.Exit


if __name__ == "__main__":
    main()
