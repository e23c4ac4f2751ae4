"""Bob as the application's own role, by plain SQL on every table: he sees, adds, changes and removes nothing of Ada's.

Nothing here names a table: whatever the catalogue holds is tried, and must hold a row of hers.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import psycopg
from psycopg import errors, sql
from tests.house.conftest import World
from tests.house.test_tables import TENANT

Row = dict[str, Any]


def test_there_is_a_row_of_hers_in_every_table(database: str, world: World) -> None:
    assert [table for table in TENANT if not _hers(database, world, table)] == []


def test_he_sees_no_row_of_hers(database: str, world: World) -> None:
    seen: dict[str, list[Row]] = {}
    for table in TENANT:
        with _as(database, world.bob.id) as bob:
            try:
                seen[table] = _rows(bob, table)
            except errors.InsufficientPrivilege:
                continue
    assert {table for table, rows in seen.items() if any(_is_hers(row, world) for row in rows)} == set()
    assert len(seen) > 10
    assert seen["users"]
    assert seen["organizations"]


def test_nobody_sees_no_row_at_all(database: str, world: World) -> None:
    for table in TENANT:
        with _as(database, None) as nobody:
            try:
                assert _rows(nobody, table) == [], table
            except errors.InsufficientPrivilege:
                continue


def test_he_cannot_add_a_row_of_hers(database: str, world: World) -> None:
    accepted = [
        table
        for table in TENANT
        for row in _hers(database, world, table)
        if _inserts(database, world.bob.id, table, _anew(row))
    ]
    assert accepted == []


def test_he_cannot_add_a_row_in_his_own_name_to_what_is_hers(database: str, world: World) -> None:
    mine = {str(world.ada.id): str(world.bob.id)}
    forged = [
        (table, {name: mine.get(str(value), value) for name, value in _anew(row).items()})
        for table in TENANT
        for row in _hers(database, world, table)
    ]
    still_hers = [(table, row) for table, row in forged if _names(row, world.ada.org_id, world.project, world.run)]
    assert len(still_hers) > 10
    assert [table for table, row in still_hers if _inserts(database, world.bob.id, table, row)] == []


def test_he_cannot_change_or_remove_a_row_of_hers(database: str, world: World) -> None:
    touched = []
    for table in TENANT:
        before = _hers(database, world, table)
        column = sql.Identifier(next(iter(before[0])))
        for words in (
            "UPDATE {0} SET {1} = {1} RETURNING to_jsonb({0}.*)",
            "DELETE FROM {0} RETURNING to_jsonb({0}.*)",
        ):
            statement = sql.SQL(words).format(sql.Identifier(table), column)
            returned = _returned(database, world.bob.id, statement)
            touched += [f"{words[:6]} {table}" for row in returned if _is_hers(row, world)]
        assert _hers(database, world, table) == before
    assert touched == []


def _hers(database: str, world: World, table: str) -> list[Row]:
    with psycopg.connect(database) as owner:
        return [row for row in _rows(owner, table) if _is_hers(row, world)]


def _is_hers(row: Row, world: World) -> bool:
    """Everything in this world that does not name Bob."""
    return not _names(row, world.bob.id, world.bob.org_id)


def _names(row: Row, *ids: object) -> bool:
    text = orjson.dumps(row).decode()
    return any(str(one) in text for one in ids)


def _anew(row: Row) -> Row:
    return {**row, "id": str(uuid.uuid4())} if "id" in row else row


def _rows(connection: psycopg.Connection, table: str) -> list[Row]:
    statement = sql.SQL("SELECT to_jsonb(t) FROM {} t").format(sql.Identifier(table))
    return [row for (row,) in connection.execute(statement).fetchall()]


def _inserts(database: str, person: uuid.UUID, table: str, row: Row) -> bool:
    statement = sql.SQL("INSERT INTO {0} SELECT * FROM jsonb_populate_record(NULL::{0}, %s)")
    with _as(database, person) as connection:
        try:
            connection.execute(statement.format(sql.Identifier(table)), [orjson.dumps(row).decode()])
        except errors.InsufficientPrivilege:
            return False
    return True


def _returned(database: str, person: uuid.UUID, statement: sql.Composed) -> list[Row]:
    with _as(database, person) as connection:
        try:
            return [row for (row,) in connection.execute(statement).fetchall()]
        except errors.InsufficientPrivilege:
            return []


@contextmanager
def _as(database: str, person: uuid.UUID | None) -> Iterator[psycopg.Connection]:
    """A transaction as requests have it, for this person or nobody; rolled back."""
    with psycopg.connect(database) as connection:
        connection.execute("SET LOCAL ROLE flaresmith_app")
        connection.execute("SELECT set_config('flaresmith.user_id', %s, true)", [str(person or "")])
        try:
            yield connection
        finally:
            connection.rollback()
