"""Commands that are imported when they are called: `flaresmith apply` does not wait for what `flaresmith up` needs."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from flaresmith import cli

Table = Mapping[str, Mapping[str, str]]
"""Heading of the help → name of the command → `module:attribute`: a function, or a Typer with commands of its own."""


def group(table: Table) -> type[TyperGroup]:
    """The class of a Typer whose commands are those of a table, in its order."""
    targets = {name: (heading, target) for heading, commands in table.items() for name, target in commands.items()}

    class Group(TyperGroup):
        """Looks a command up in the table when somebody asks for it."""

        def list_commands(self, ctx: Any) -> list[str]:
            return list(targets)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            if cmd_name in targets and cmd_name not in self.commands:
                heading, target = targets[cmd_name]
                self.commands[cmd_name] = _load(cmd_name, heading, target)
            return self.commands.get(cmd_name)

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:
            if args and args[0] not in targets:  # the parent's search for a similar name wants them all
                for name in targets:
                    self.get_command(ctx, name)
            return super().resolve_command(ctx, args)

    return Group


def _load(name: str, heading: str, target: str) -> Any:
    module, _, attribute = target.partition(":")
    found = getattr(importlib.import_module(module), attribute)
    app = typer.Typer(add_completion=False)
    if isinstance(found, typer.Typer):
        app.add_typer(found, name=name, no_args_is_help=True, rich_help_panel=heading)
        app.callback()(_nothing)
        return get_command(app).commands[name]  # type: ignore[attr-defined]
    app.command(name, epilog=cli.EXIT_CODES, rich_help_panel=heading)(found)
    return get_command(app)


def _nothing() -> None:
    """Make Typer keep the group a group."""
