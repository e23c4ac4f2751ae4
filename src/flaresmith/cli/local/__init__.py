"""Commands for the machine they run on: start a copy, stop it, look what is missing, serve one role."""

from __future__ import annotations

import typer

from flaresmith.cli.local import doctor, down, serve, up

commands = typer.Typer()
commands.command("up")(up.up)
commands.command("down")(down.down)
commands.command("doctor")(doctor.doctor)
commands.command("serve")(serve.serve)
