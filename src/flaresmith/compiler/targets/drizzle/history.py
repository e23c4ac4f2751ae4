"""The tables as each migration leaves them: the steps of the history, replayed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from flaresmith.compiler.model import Migration

State = dict[str, dict[str, Any]]  # table → its arguments, with columns and keys by name
_LISTS = {"index": "indexes", "unique": "uniques", "foreign_key": "foreign_keys", "check": "checks"}


def states(migrations: Sequence[Migration]) -> Iterator[State]:
    """The tables after each migration, in order; read them before asking for the next, since it changes them."""
    state: State = {}
    for migration in migrations:
        for operation in migration.operations:
            if operation.op == "insert_rows":
                continue  # rows are no part of the schema
            if step := _STEPS.get(operation.op):  # rows leave the tables as they are
                step(state, operation.table, operation.arguments)
        yield state


def _create_table(state: State, table: str, arguments: Mapping[str, Any]) -> None:
    made: dict[str, Any] = {"primary_key": list(arguments["primary_key"])}
    for part in ("columns", *_LISTS.values()):
        made[part] = {item["name"]: dict(item) for item in arguments[part]}
    state[table] = made


def _drop_table(state: State, table: str, _: Mapping[str, Any]) -> None:
    state.pop(table, None)


def _add_column(state: State, table: str, arguments: Mapping[str, Any]) -> None:
    column = arguments["column"]
    state[table]["columns"][column["name"]] = dict(column)


def _drop_column(state: State, table: str, arguments: Mapping[str, Any]) -> None:
    state[table]["columns"].pop(arguments["column"]["name"], None)


def _alter_column(state: State, table: str, arguments: Mapping[str, Any]) -> None:
    column = arguments["after"]
    state[table]["columns"][column["name"]] = dict(column)


def _add(part: str) -> Callable[[State, str, Mapping[str, Any]], None]:
    def added(state: State, table: str, key: Mapping[str, Any]) -> None:
        state[table][part][key["name"]] = dict(key)

    return added


def _drop(part: str) -> Callable[[State, str, Mapping[str, Any]], None]:
    def dropped(state: State, table: str, key: Mapping[str, Any]) -> None:
        state[table][part].pop(key["name"], None)

    return dropped


_STEPS: dict[str, Callable[[State, str, Mapping[str, Any]], None]] = {
    "create_table": _create_table,
    "drop_table": _drop_table,
    "add_column": _add_column,
    "drop_column": _drop_column,
    "alter_column": _alter_column,
    **{f"add_{noun}": _add(part) for noun, part in _LISTS.items()},
    **{f"drop_{noun}": _drop(part) for noun, part in _LISTS.items()},
}
