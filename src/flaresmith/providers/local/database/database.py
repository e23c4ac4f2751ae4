"""The kind `database`: one PostgreSQL database per environment, owned by a role that can reach nothing else."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg

from flaresmith.kit.errors import Conflict, Failed, NotFound
from flaresmith.kit.resources import Call, Found
from flaresmith.providers.local import names
from flaresmith.providers.local.database.server import Server
from flaresmith.providers.local.database.sql import comment, identifier, literal, password_verifier, tags

_FIND = """
select d.datname as name, shobj_description(d.oid, 'pg_database') as database_comment,
       (select shobj_description(r.oid, 'pg_authid') from pg_roles r where r.rolname = d.datname) as role_comment,
       exists (select from pg_roles r where r.rolname = d.datname) as has_role, d.datallowconn as open
from pg_database d where d.datname = $1
"""
_LIST = """
select coalesce(d.datname, r.rolname) as name, shobj_description(d.oid, 'pg_database') as database_comment,
       shobj_description(r.oid, 'pg_authid') as role_comment
from (select * from pg_database where datname like 'fs\\_%') d
full join (select * from pg_roles where rolname like 'fs\\_%') r on r.rolname = d.datname
order by 1
"""
_LOCK = "select pg_advisory_lock(hashtextextended('flaresmith:database:' || $1, 0))"
_TRY_LOCK = "select pg_try_advisory_lock(hashtextextended('flaresmith:database:' || $1, 0))"
_IS_MEMBER = "select rolsuper or pg_has_role($1, 'member') from pg_roles where rolname = current_user"
_CLOSED = "select datname from pg_database where not datallowconn and datname like 'fs\\_%'"
_END_SESSIONS = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()"


class DatabaseFailed(Failed):
    """PostgreSQL refused what was asked."""

    code = "INTEGRATION_LOCAL_ERROR"
    status = 502
    severity = "error"
    retry = "idempotent"


class DatabaseKind:
    """Databases and their roles, both named like the resource and both tagged with the owner in their comments.

    The role is made first and its comment with it; the database's comment is written last and says that everything
    before it was done. So what an interrupted creation left is known as ours, and is made again from the start.
    `spec`: `source`, the database to branch from, or nothing for an empty one. It only counts at creation.
    """

    name = "database"
    secret_outputs = frozenset({"url"})

    def __init__(self, server: Server, *, statement_timeout_s: int = 30, connections: int = 20) -> None:
        self._server = server
        self._statement_timeout_s = statement_timeout_s
        self._connections = connections

    async def read(self, call: Call) -> Found | None:
        """The finished database of that name, or None; a source that was left closed is opened again."""
        names.checked_database(call.name)
        async with self._server.session() as admin:
            await _open_forgotten(admin)
            return await self._find(admin, call.name)

    async def create(self, call: Call) -> Found:
        """Make the role and its database, empty or as a copy of `source`."""
        names.checked_database(call.name)
        async with self._locked(call.name) as admin:
            found = await self._find(admin, call.name)
            if found is None:
                await self._refuse_strangers(admin, call)
                await self._make(admin, call)
                found = await self._find(admin, call.name)
        if found is None or found.owner != call.owner:
            raise Conflict(f"The database `{call.name}` belongs to another project.", hint="Choose another name.")
        return found

    async def update(self, call: Call, found: Found) -> Found:
        """Put role, password, rights and limits back; the data is never touched."""
        names.checked_database(call.name)
        async with self._locked(call.name) as admin:
            now = await self._find(admin, call.name)
            if now is None:
                raise NotFound(f"The database `{call.name}` is gone.", hint="Apply again: it will be made anew.")
            if now.owner != call.owner:
                raise Conflict(f"The database `{call.name}` belongs to another project.")
            await self._make_role(admin, call)
            await self._grant(admin, call)
            return await self._finish(admin, call)

    async def delete(self, call: Call) -> None:
        """End its sessions, drop the database, then the role."""
        names.checked_database(call.name)
        async with self._locked(call.name) as admin:
            found = await self._find(admin, call.name)
            if found is not None and found.owner != call.owner:
                raise Conflict(f"The database `{call.name}` belongs to another project.")
            if found is None:
                await self._refuse_strangers(admin, call)
            await _run(admin, f"drop database if exists {identifier(call.name)} with (force)")
            await _run(admin, f"drop role if exists {identifier(call.name)}")

    async def list(self, owner: str | None = None) -> Sequence[Found]:
        """Every database and every role of ours, finished or not, so that nothing can be forgotten."""
        async with self._server.session() as admin:
            await _open_forgotten(admin)
            rows = await admin.fetch(_LIST)
        tagged = [(row["name"], tags(row["database_comment"]) or tags(row["role_comment"])) for row in rows]
        found = [Found(name, name, tag.get("owner", ""), {}, tag.get("spec", "")) for name, tag in tagged if tag]
        return [one for one in found if owner is None or one.owner == owner]

    async def _find(self, admin: Any, name: str) -> Found | None:
        row = await admin.fetchrow(_FIND, name)
        tag = tags(row["database_comment"]) if row else None
        if row is None or tag is None or not row["has_role"]:
            return None
        outputs = {
            "name": name,
            "host": self._server.host,
            "port": self._server.port,
            "role": name,
            "url": self._server.url(name, name),
        }
        return Found(name, name, tag.get("owner", ""), outputs, tag.get("spec", ""))

    async def _refuse_strangers(self, admin: Any, call: Call) -> None:
        """A database or role of that name which does not carry our owner's tag is somebody else's."""
        database = await admin.fetchrow(_FIND, call.name)
        role = await admin.fetchrow(
            "select shobj_description(oid, 'pg_authid') as comment from pg_roles where rolname = $1", call.name
        )
        known = tags(role["comment"]) if role else tags(database["database_comment"]) if database else None
        if (database or role) and (known is None or known.get("owner") != call.owner):
            raise Conflict(
                f"A database or role `{call.name}` is there already and is not this project's.",
                hint="Choose another name, or drop it yourself.",
            )

    async def _make(self, admin: Any, call: Call) -> None:
        source = call.spec.get("source")
        await self._make_role(admin, call)
        await _run(admin, f"drop database if exists {identifier(call.name)} with (force)")
        if source is None:
            await _run(admin, f"create database {identifier(call.name)} template template0 encoding 'UTF8'")
        else:
            await self._copy(call, names.checked_database(source))
        await self._grant(admin, call)
        await self._give_contents(call, source)
        await self._finish(admin, call)
        await call.log(f"Database `{call.name}` created" + (f" as a branch of `{source}`" if source else ""))

    async def _make_role(self, admin: Any, call: Call) -> None:
        role, owner = identifier(call.name), names.checked_owner(call.owner)
        rights = f"login nosuperuser nocreatedb nocreaterole noreplication connection limit {self._connections}"
        verifier = literal(password_verifier(self._server.password(call.name)))
        async with admin.transaction():
            verb = "alter" if await admin.fetchval("select 1 from pg_roles where rolname = $1", call.name) else "create"
            await _run(admin, f"{verb} role {role} {rights} password {verifier}")
            await _run(admin, f"comment on role {role} is {literal(comment({'owner': owner}))}")

    async def _copy(self, call: Call, source: str) -> None:
        """Copy a database of the same owner; while it is copied nobody is connected to it, afterwards all may be."""
        async with self._locked(source) as admin:
            found = await self._find(admin, source)
            if found is None:
                raise NotFound(f"There is no database `{source}` to branch from.", hint="Create it first.")
            if found.owner != call.owner:
                raise Conflict(f"The database `{source}` belongs to another project.")
            try:
                await _run(admin, f"alter database {identifier(source)} with allow_connections false")
                await _end_sessions(admin, source)
                await _run(admin, f"create database {identifier(call.name)} template {identifier(source)}")
            finally:
                await _run(admin, f"alter database {identifier(source)} with allow_connections true")

    async def _grant(self, admin: Any, call: Call) -> None:
        name = identifier(call.name)
        await _run(admin, f"alter database {name} with allow_connections true")
        await _run(admin, f"revoke all on database {name} from public")
        await _run(admin, f"grant connect, create, temporary on database {name} to {name}")
        limits = {
            "statement_timeout": f"{self._statement_timeout_s}s",
            "lock_timeout": f"{self._statement_timeout_s}s",
            "idle_in_transaction_session_timeout": "60s",
        }
        for setting, value in limits.items():
            await _run(admin, f"alter role {name} in database {name} set {setting} = {literal(value)}")

    async def _give_contents(self, call: Call, source: str | None) -> None:
        """Make the role own what is in its database; of a copy, take everything from the role of the source."""
        async with self._server.session(call.name) as admin, admin.transaction():
            await _belong(admin, call.name)
            if source is not None:
                await _belong(admin, source)
                was = identifier(source)
                await _run(admin, f"reassign owned by {was} to {identifier(call.name)}")
                # Takes away what was granted to the source's role here, and with it, in the same transaction given
                # back, its right to connect to its own database.
                await _run(admin, f"drop owned by {was}")
                await _run(admin, f"grant connect, create, temporary on database {was} to {was}")
            await _run(admin, f"alter schema public owner to {identifier(call.name)}")

    async def _finish(self, admin: Any, call: Call) -> Found:
        tag = comment({"owner": names.checked_owner(call.owner), "spec": call.spec_hash})
        await _run(admin, f"comment on database {identifier(call.name)} is {literal(tag)}")
        found = await self._find(admin, call.name)
        if found is None:
            raise DatabaseFailed(f"The database `{call.name}` disappeared while it was made.", hint="Apply again.")
        return found

    @contextlib.asynccontextmanager
    async def _locked(self, name: str) -> AsyncIterator[Any]:
        """A session that alone works on one database; the lock ends with the session, however that ends."""
        async with self._server.session() as admin:
            await admin.execute("set lock_timeout = 0; set statement_timeout = 0")
            await admin.fetchval(_LOCK, name)
            await _open_forgotten(admin, name)
            yield admin


async def _open_forgotten(admin: Any, mine: str | None = None) -> None:
    """Open databases that a copy closed and, being killed, did not open again: nobody holds their lock any more."""
    for row in await admin.fetch(_CLOSED):
        name = row["datname"]
        if name == mine or await admin.fetchval(_TRY_LOCK, name):
            await _run(admin, f"alter database {identifier(name)} with allow_connections true")
            if name != mine:
                await admin.fetchval(_LOCK.replace("pg_advisory_lock", "pg_advisory_unlock"), name)


async def _end_sessions(admin: Any, database: str) -> None:
    """End every session on a database and wait until the last is gone."""
    while await admin.fetch(_END_SESSIONS, database):
        await admin.fetchval("select pg_sleep(0.01)")


async def _belong(admin: Any, role: str) -> None:
    """An administrator who is not superuser must be a member of a role to give or take what it owns."""
    if not await admin.fetchval(_IS_MEMBER, role):
        await _run(admin, f"grant {identifier(role)} to current_user")


async def _run(admin: Any, statement: str) -> None:
    """Run one statement; what PostgreSQL refuses becomes a sentence without the statement in it."""
    try:
        await admin.execute(statement)
    except asyncpg.DiskFullError:
        hint = "Free some space, then apply again."
        raise DatabaseFailed("The disk of the database server is full.", hint=hint) from None
    except asyncpg.InsufficientPrivilegeError as error:
        raise DatabaseFailed(
            f"The user of DATABASE_URL may not do this: {error}.", hint="It needs CREATEDB and CREATEROLE."
        ) from None
    except asyncpg.PostgresError as error:
        raise DatabaseFailed(f"PostgreSQL refused: {error} ({error.sqlstate}).") from None
