"""The schema goes from empty to head and down again, in one straight line, and head is what the models say."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from tests.make.machine import copy_database, drop_database

from flaresmith.kit.migrate import config, migrate

_OURS = (
    "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
    " WHERE nspname IN ('public', 'auth') AND relkind IN ('r', 'p', 'v', 'm', 'S')"
    " UNION ALL SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace"
    " WHERE nspname IN ('public', 'auth') ORDER BY 1"
)


@pytest.fixture
def empty(servers: dict[str, str]) -> Iterator[str]:
    """A database in which nothing was ever done."""
    yield copy_database(servers["postgres"], "house_migrations", template="template0")
    drop_database(servers["postgres"], "house_migrations")


def test_up_down_and_up_again(empty: str) -> None:
    assert migrate(empty)
    assert not migrate(empty)
    made = _everything(empty)
    command.check(config(empty))
    command.downgrade(config(empty), "base")
    assert _everything(empty) == ["alembic_version"]
    assert migrate(empty)
    assert _everything(empty) == made


def test_the_line_is_straight() -> None:
    script = ScriptDirectory.from_config(config(""))
    assert len(script.get_heads()) == len(script.get_bases()) == 1
    revisions = list(script.walk_revisions())
    assert all(isinstance(one.down_revision, str | None) for one in revisions)
    dated = [one.revision for one in reversed(revisions)]
    assert dated == sorted(dated)


def _everything(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [name for (name,) in connection.execute(_OURS).fetchall()]
