"""Which copy of Flaresmith a command talks to, and with which token."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flaresmith import cli
from flaresmith.kit.errors import Unauthenticated
from flaresmith.kit.machine.home import Home


@dataclass(frozen=True, slots=True)
class Copy:
    """Addresses without a slash at the end. `home` is None for a copy that runs elsewhere."""

    api: str
    token: str
    orchestrator: str = ""
    web: str = ""
    home: Home | None = None


def find(data: Path) -> Copy:
    """The copy that FLARESMITH_API_URL and FLARESMITH_TOKEN name, else the one that runs in the data directory.

    NothingRuns when there is none. The token of this computer goes to no other.
    """
    # not by kit.settings: loading it takes longer than the whole command may
    if address := os.environ.get("FLARESMITH_API_URL", ""):
        return _elsewhere(address, os.environ.get("FLARESMITH_TOKEN", ""), os.environ.get("FLARESMITH_WEB_URL", ""))
    home = Home(data)
    run = home.read_run()
    if run is None:
        raise _nothing_runs(home)
    return Copy(run["api"], _token(home), run["orchestrator"], run["web"], home)


def is_here() -> bool:
    """Whether commands talk to a copy on this computer."""
    return not os.environ.get("FLARESMITH_API_URL", "")


def _elsewhere(address: str, token: str, web: str) -> Copy:
    for given in filter(None, (address, web)):
        parts = urlsplit(given)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
            hint = "It is like https://api.example.com."
            raise cli.UsageRefused(f"{cli.plain(given)} is not the address of a copy.", hint=hint)
    if not token:
        raise Unauthenticated(
            f"FLARESMITH_API_URL names {address}, and FLARESMITH_TOKEN is not set.",
            hint="Make a token there, and set it; or unset FLARESMITH_API_URL to use the copy of this computer.",
        )
    return Copy(address.rstrip("/"), token, web=web.rstrip("/"))


def _nothing_runs(home: Home) -> cli.NothingRuns:
    if pid := home.supervisor():
        hint = "Wait until `flaresmith up` has printed its addresses."
        return cli.NothingRuns(f"The copy in {home.path} is still starting (process {pid}).", hint=hint)
    hint = "Start it with `flaresmith up`, or name another one with --data DIR."
    return cli.NothingRuns(f"Nothing runs in {home.path}.", hint=hint)


def _token(home: Home) -> str:
    path = home.path / "owner.token"
    try:
        token = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        hint = "Only the user who started this copy may use it from here."
        raise Unauthenticated(f"{path} cannot be read: {error.strerror}.", hint=hint) from None
    if not token or not token.isascii() or not token.isprintable():
        raise Unauthenticated(f"{path} holds no token.", hint="`flaresmith up` writes a new one when it starts.")
    return token
