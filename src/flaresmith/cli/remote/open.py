"""`flaresmith open`: the dashboard, a project's page or an environment, in the browser."""

from __future__ import annotations

import os
import sys
import webbrowser
from typing import Annotated
from urllib.parse import urlsplit

import typer

from flaresmith import cli
from flaresmith.cli.remote import choose, outcome
from flaresmith.cli.remote.api import Api, segment
from flaresmith.cli.remote.copy import Copy, find
from flaresmith.kit.errors import NotFound


class AddressUnknown(NotFound):
    """There is no address to open."""

    code = "ADDRESS_UNKNOWN"


def open_(
    project: Annotated[
        str | None,
        typer.Argument(metavar="PROJECT", help="Left out: the dashboard.", autocompletion=choose.complete),
    ] = None,
    environment: Annotated[
        str | None, typer.Argument(metavar="ENV", help="What runs there: dev, staging, prod.")
    ] = None,
    only_print: Annotated[bool, typer.Option("--print", help="Print the address instead.")] = False,
    data: cli.Data = cli.DEFAULT_DATA,
    as_json: cli.AsJson = False,
) -> None:
    """Open the dashboard, a project's page, or what runs in an environment; without a display print where it is."""
    address = _address(find(data), project, environment)
    if as_json:
        cli.print_json({"url": address})
    elif only_print or not _has_display() or not _opened(address):
        cli.out.print(address, markup=False)


def _address(copy: Copy, project: str | None, environment: str | None) -> str:
    if project is None:
        return _web(copy)
    api = Api(copy)
    found = choose.named(api, project)
    if environment is None:
        return f"{_web(copy)}/projects/{segment(found['slug'])}"
    there = outcome.environments(api, found)
    one = next((one for one in there if environment in (one["name"], one["id"])), None)
    if one is None:
        names = ", ".join(str(each["name"]) for each in there)
        raise AddressUnknown(f"{project} has no environment {environment}.", hint=f"It has {names}.")
    address = str(one.get("url") or "")
    if urlsplit(address).scheme not in ("http", "https"):  # a browser would do more with others than show them
        raise AddressUnknown(f"Nothing runs in {environment} of {project} yet.")
    return address


def _web(copy: Copy) -> str:
    if not copy.web:
        raise AddressUnknown("Nobody has said where the pages of this copy are.", hint="Set FLARESMITH_WEB_URL.")
    return copy.web


def _has_display() -> bool:
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _opened(address: str) -> bool:
    try:
        return webbrowser.open(address)
    except webbrowser.Error:
        return False
