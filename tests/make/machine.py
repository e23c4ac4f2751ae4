"""One PostgreSQL and one Valkey for a test session, a migrated template database, and a copy of it per worker."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from flaresmith.kit.machine import postgres, valkey

TEMPLATE = "flaresmith_template"

# As a replica, triggers and foreign keys do not fire: the order does not matter, and append-only tables can be emptied.
_EMPTY = """
DO $$ DECLARE found text; BEGIN
    SET LOCAL session_replication_role = replica;
    SET LOCAL lock_timeout = '10s';
    FOR found IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
        WHERE schemaname IN ('public', 'dbos') AND tablename NOT IN ('alembic_version', 'dbos_migrations')
    LOOP EXECUTE 'DELETE FROM ' || found; END LOOP;
END $$
"""


@contextmanager
def machine() -> Iterator[dict[str, str]]:
    """Both servers in a folder of their own: `{"postgres": url, "valkey": url}`. They end with this process."""
    folder = Path(tempfile.mkdtemp(prefix="flaresmith-tests-"))
    servers = []
    try:
        servers = [postgres.start(folder / "postgres"), valkey.start(folder / "valkey")]
        _make_template(servers[0].url)
        yield {"postgres": servers[0].url, "valkey": servers[1].url}
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def copy_database(server_url: str, name: str, *, template: str = TEMPLATE) -> str:
    """A database of this name, copied from the template (`template0` is an empty one); its DSN."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    return f"{server_url.rpartition('/')[0]}/{name}"


def drop_database(server_url: str, name: str) -> None:
    """Remove a database, whoever is connected to it."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def empty_database(url: str) -> None:
    """Delete every row of ours and of the workflow engine's; some milliseconds."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_EMPTY)


def _make_template(server_url: str) -> None:
    from flaresmith.kit.migrate import migrate

    migrate(copy_database(server_url, TEMPLATE, template="template0"))
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {TEMPLATE} ALLOW_CONNECTIONS false")
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [TEMPLATE])
