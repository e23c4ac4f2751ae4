"""`flaresmith spec`: read specs, check them, show what was understood, generate. Needs no server."""

from __future__ import annotations

import typer

from flaresmith import cli
from flaresmith.cli.local.spec import accept, build, diff, explain, lint, own, show

commands = typer.Typer(help="Read specs: check them, show them, generate from them. Needs no server.")
commands.command("lint", epilog=cli.EXIT_CODES)(lint.lint)
commands.command("explain", epilog=cli.EXIT_CODES)(explain.explain)
commands.command("show", epilog=cli.EXIT_CODES)(show.show)
commands.command("build", epilog=cli.EXIT_CODES)(build.build)
commands.command("diff", epilog=cli.EXIT_CODES)(diff.diff)
commands.command("accept", epilog=cli.EXIT_CODES)(accept.accept)
commands.command("own", epilog=cli.EXIT_CODES)(own.own)
commands.command("disown", epilog=cli.EXIT_CODES)(own.disown)
