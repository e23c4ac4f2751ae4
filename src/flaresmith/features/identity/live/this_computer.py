"""The owner of the computer that Flaresmith runs on: account, sign-in link, and the token of its commands."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from flaresmith.features.identity import queries
from flaresmith.features.identity import service as identity
from flaresmith.features.identity.errors import NoLocalOwner, TokenExpired
from flaresmith.features.identity.live.recognise import authenticate
from flaresmith.features.identity.queries import Person
from flaresmith.features.identity.schemas import Visitor
from flaresmith.kit.actor import system
from flaresmith.kit.settings import settings
from flaresmith.kit.tx import Tx, begin

LINK_PATH = "/sign-in/link/"


async def first_owner() -> str | None:
    """Make the owner's account and the organization "Home" when there is no account at all, once.

    Returns the path of a one-time sign-in link; None when there were accounts already.
    """
    async with begin(system()) as tx:
        owner = await identity.open_first_account(tx)
        return LINK_PATH + await identity.make_link(tx, owner.id) if owner else None


async def sign_in_link() -> str:
    """The path of a fresh one-time link that signs this computer's owner in, good for a day. Raises NoLocalOwner."""
    async with begin(system()) as tx:
        return LINK_PATH + await identity.make_link(tx, (await _owner(tx)).id)


async def local_token() -> str:
    """The bearer token of this computer's commands, kept in `DIR/owner.token` (0600) and renewed when it has ended.

    Its session is listed as "this computer" and can be revoked like any other. Raises NoLocalOwner.
    """
    path = settings().data / "owner.token"
    kept = await asyncio.to_thread(_read, path)
    if kept and await _is_good(kept):
        return kept
    async with begin(system()) as tx:
        here = Visitor("127.0.0.1", "flaresmith command line")
        issued = await identity.open_session(tx, await _owner(tx), "local", here, label="this computer")
    await asyncio.to_thread(_write, path, issued.access)
    return issued.access


async def _owner(tx: Tx) -> Person:
    owner = await identity.open_first_account(tx) or await queries.find_person(tx, email=identity.OWNER_EMAIL)
    if owner is None or owner.disabled:
        raise NoLocalOwner()
    return owner


async def _is_good(token: str) -> bool:
    try:
        return await authenticate(token, "bearer", "") is not None
    except TokenExpired:
        return False


def _read(path: Path) -> str:
    return path.read_text().strip() if path.is_file() else ""


def _write(path: Path, token: str) -> None:
    """All or nothing, and never readable by others, not even for a moment."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(token + "\n")
    draft.replace(path)
