"""The pages of the doors: the API as OpenAPI, and every command with its options."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import typer
from fastapi import FastAPI
from typer.main import get_command

from flaresmith import cli
from flaresmith.cli import lazy
from flaresmith.cli.local.docs.markdown import code, page, table

_LEDE = f"Every command of `flaresmith`. {cli.EXIT_CODES}."


def openapi() -> str:
    """The document of the whole API, with sorted keys."""
    from flaresmith.app import create_app

    app = create_app("web")
    if not isinstance(app, FastAPI):
        raise TypeError("the web role is no FastAPI application any more")
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(app.openapi(), option=options).decode()


def commands() -> str:
    """Each command with its arguments and options, in the order of their names."""
    return page("Commands", _LEDE, *(_command(path, one) for path, one in sorted(all_commands())))


def all_commands() -> Iterator[tuple[str, Any]]:
    """Every command that can be called, by the words that call it."""
    packages = [module.name for module in pkgutil.iter_modules(cli.__path__) if module.ispkg]
    named: dict[str, Mapping[str, str]] = {}
    for name in packages:
        named |= getattr(importlib.import_module(f"{cli.__name__}.{name}"), "COMMANDS", {})
    app = typer.Typer(cls=lazy.group(named), add_completion=False)
    app.callback()(_nothing)
    yield from _below(get_command(app), ("flaresmith",))


def _nothing() -> None:
    """Make Typer keep the group a group."""


def _below(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "list_commands"):
        yield " ".join(path), command
        return
    context = command.make_context(path[-1], [], resilient_parsing=True)
    for name in command.list_commands(context):
        if (found := command.get_command(context, name)) is not None:
            yield from _below(found, (*path, name))


def _command(path: str, command: Any) -> str:
    shown = [one for one in command.params if not one.hidden and one.name != "help"]
    rows = [(_names(one), _default(one), _help(one)) for one in shown]
    words = " ".join((command.help or "").split("\n\n")[0].split())
    return f"## `{path}`\n\n{words}\n\n" + table(("Argument or option", "Default", "What it is"), rows)


def _names(one: Any) -> str:
    kind = one.type_descriptor.annotation
    plain = "" if getattr(one, "is_flag", False) else getattr(kind, "__name__", "").upper()
    word = "|".join(str(choice.value) for choice in getattr(kind, "__members__", {}).values()) or one.metavar or plain
    if not str(one.opts[0]).startswith("-"):
        return code(one.metavar or one.opts[0].upper())
    names = ", ".join((*one.opts, *one.secondary_opts))
    return code(f"{names} {word}".strip())


def _default(one: Any) -> str:
    if one.required:
        return "required"
    return "" if one.default in (None, False, "", [], ()) or callable(one.default) else code(one.default)


def _help(one: Any) -> str:
    words = " ".join((one.help or "").split())
    return f"{words} Read from {code(one.envvar)}.".strip() if one.envvar else words
