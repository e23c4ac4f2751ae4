"""Bring a database to the schema of this version: roles, tables, and the workflow engine's own tables."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config

from flaresmith.kit.errors import Unavailable
from flaresmith.kit.model import APP, SYSTEM

_LOCK = 4_711_402_603  # one migration at a time per database


def migrations_folder() -> Path:
    """Where the revisions are: beside the package when installed, at the root of a checkout otherwise."""
    package = Path(__file__).parents[1] / "migrations"
    return package if package.is_dir() else Path(__file__).parents[3] / "migrations"


def migrate(database_url: str) -> bool:
    """Migrate to head; False when it already was. Safe to call from several processes at once."""
    return asyncio.run(_migrate(database_url))


def config(database_url: str) -> Config:
    """The Alembic configuration for `database_url`."""
    made = Config()
    made.set_main_option("script_location", str(migrations_folder()))
    made.attributes["url"] = database_url.replace("postgres://", "postgresql://", 1)
    return made


async def _migrate(database_url: str) -> bool:
    connection = await asyncpg.connect(database_url, timeout=10)
    try:
        await _check_version(connection)
        if await _stamp(connection) == _wanted():
            return False
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        if await _stamp(connection) == _wanted():
            return False
        await _create_roles(connection)
        await asyncio.to_thread(command.upgrade, config(database_url), "head")
        await asyncio.to_thread(_migrate_engine, database_url)
        await connection.execute("UPDATE auth.schema_stamp SET stamp = $1", _wanted())
        return True
    finally:
        await connection.close()


async def _check_version(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    if connection.get_server_version() < (15, 0):
        found = ".".join(map(str, connection.get_server_version()[:2]))
        raise Unavailable(f"PostgreSQL {found} is too old: version 15 or newer is needed.")


async def _stamp(connection: asyncpg.Connection[asyncpg.Record]) -> str | None:
    if await connection.fetchval("SELECT to_regclass('auth.schema_stamp')") is None:
        return None
    found: str | None = await connection.fetchval("SELECT stamp FROM auth.schema_stamp")
    return found


def _wanted() -> str:
    """Changes whenever a revision or the engine's version does."""
    revisions = sorted((migrations_folder() / "versions").glob("*.py"))
    digest = hashlib.sha256(b"".join(r.name.encode() + r.read_bytes() for r in revisions))
    return f"{digest.hexdigest()[:32]} dbos-{version('dbos')}"


async def _create_roles(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """The two roles that requests and workflows take on; the login role must be a member to take them."""
    for role in (APP, SYSTEM):
        if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
            with suppress(asyncpg.UniqueViolationError, asyncpg.DuplicateObjectError):
                await connection.execute(f"CREATE ROLE {role} NOLOGIN NOINHERIT")
        try:
            await connection.execute(f"GRANT {role} TO CURRENT_USER")
        except asyncpg.InsufficientPrivilegeError:  # somebody who may has done it already, or it cannot work
            if not await connection.fetchval("SELECT pg_has_role(CURRENT_USER, $1, 'MEMBER')", role):
                raise


def _migrate_engine(database_url: str) -> None:
    from flaresmith.kit.workflows import migrate_engine

    migrate_engine(database_url)
