"""The relational reading of a model: what the database must look like, as data that targets and `diff` share."""

from __future__ import annotations

from flaresmith.compiler.tables.names import column_names, table_names
from flaresmith.compiler.tables.order import creation_order
from flaresmith.compiler.tables.read import tables
from flaresmith.compiler.tables.shape import (
    Check,
    Column,
    ForeignKey,
    SeedRow,
    SnapshotUnreadable,
    Table,
    TableIndex,
    Unique,
    from_json,
    to_json,
)

__all__ = [
    "Check",
    "Column",
    "ForeignKey",
    "SeedRow",
    "SnapshotUnreadable",
    "Table",
    "TableIndex",
    "Unique",
    "column_names",
    "creation_order",
    "from_json",
    "table_names",
    "tables",
    "to_json",
]
