"""The tables after a migration, in the form that drizzle-kit compares with the schema."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

from flaresmith.compiler.tables.sql import literal
from flaresmith.compiler.targets.drizzle.columns import constant, key_name
from flaresmith.compiler.targets.drizzle.history import State

VERSION = "7"
NOTHING = "00000000-0000-0000-0000-000000000000"
_LARGEST = {"integer": 2**31 - 1, "bigint": 2**63 - 1}
_TYPES = {"timestamptz": "timestamp with time zone"}


def snapshot(state: State, revision: str, parent: str) -> dict[str, Any]:
    """The snapshot that a revision leaves; `parent` is the revision before it, or empty."""
    return {
        "id": _id_of(revision),
        "prevId": _id_of(parent) if parent else NOTHING,
        "version": VERSION,
        "dialect": "postgresql",
        "tables": {f"public.{name}": _table(name, state[name]) for name in sorted(state)},
        "enums": {},
        "schemas": {},
        "sequences": {},
        "roles": {},
        "policies": {},
        "views": {},
        "_meta": {"columns": {}, "schemas": {}, "tables": {}},
    }


def _id_of(revision: str) -> str:
    """A UUID that follows from the revision alone."""
    return str(uuid.UUID(bytes=hashlib.sha256(revision.encode()).digest()[:16], version=4))


def _table(name: str, table: Mapping[str, Any]) -> dict[str, Any]:
    key = table["primary_key"]
    composite = {key_name(name): {"name": key_name(name), "columns": key}} if len(key) > 1 else {}
    return {
        "name": name,
        "schema": "",
        "columns": {column: _column(name, found, key) for column, found in table["columns"].items()},
        "indexes": {index: _index(found) for index, found in table["indexes"].items()},
        "foreignKeys": {found["name"]: _foreign_key(name, found) for found in table["foreign_keys"].values()},
        "compositePrimaryKeys": composite,
        "uniqueConstraints": {unique: _unique(found) for unique, found in table["uniques"].items()},
        "policies": {},
        "checkConstraints": {
            check: {"name": check, "value": found["expression"]} for check, found in table["checks"].items()
        },
        "isRLSEnabled": False,
    }


def _column(table: str, column: Mapping[str, Any], key: list[str]) -> dict[str, Any]:
    kind, default = column["type"], column.get("default", "")
    bare = kind.removesuffix("[]")
    made: dict[str, Any] = {
        "name": column["name"],
        "type": _TYPES.get(bare, bare) + kind.removeprefix(bare),
        "primaryKey": key == [column["name"]],
        "notNull": not column["nullable"],
    }
    if default == "identity":
        made["identity"] = _identity(f"{table}_{column['name']}_seq", kind)
    elif default:
        made["default"] = _default(kind, default)
    return made


def _default(kind: str, default: str) -> Any:
    if not default.startswith("="):
        return default
    found = constant(kind, default[1:])
    return literal(default[1:]) if isinstance(found, str) else found


def _identity(name: str, kind: str) -> dict[str, Any]:
    return {
        "type": "byDefault",
        "name": name,
        "schema": "public",
        "increment": "1",
        "startWith": "1",
        "minValue": "1",
        "maxValue": str(_LARGEST[kind]),
        "cache": "1",
        "cycle": False,
    }


def _index(index: Mapping[str, Any]) -> dict[str, Any]:
    over = [{"expression": c, "isExpression": False, "asc": True, "nulls": "last"} for c in index["columns"]]
    return {
        "name": index["name"],
        "columns": over,
        "isUnique": bool(index.get("unique")),
        **({"where": index["where"]} if index.get("where") else {}),
        "concurrently": False,
        "method": index.get("method") or "btree",
        "with": {},
    }


def _foreign_key(table: str, key: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": key["name"],
        "tableFrom": table,
        "tableTo": key["target"],
        "columnsFrom": [key["column"]],
        "columnsTo": [key["target_column"]],
        "onDelete": key.get("on_delete") or "no action",
        "onUpdate": "no action",
    }


def _unique(unique: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": unique["name"], "nullsNotDistinct": False, "columns": list(unique["columns"])}
