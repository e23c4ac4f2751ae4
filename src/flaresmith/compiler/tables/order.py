"""The order in which tables can be created, and the foreign keys that must wait because they form circles."""

from __future__ import annotations

from collections.abc import Sequence

from flaresmith.compiler.tables.shape import Table


def creation_order(tables: Sequence[Table]) -> tuple[tuple[Table, ...], frozenset[str]]:
    """Tables with referenced ones first, by name where nothing decides, and the names of the keys to add last."""
    waiting = {table.name: table for table in sorted(tables, key=lambda table: table.name)}
    needs = {name: _needed(table, waiting) for name, table in waiting.items()}
    ordered: list[Table] = []
    while waiting:
        ready = [name for name in waiting if not needs[name] & waiting.keys()]
        for name in ready or [_least_tied(waiting, needs)]:
            ordered.append(waiting.pop(name))
    return tuple(ordered), _late(ordered)


def _needed(table: Table, known: dict[str, Table]) -> set[str]:
    return {key.target for key in table.foreign_keys if key.target in known and key.target != table.name}


def _least_tied(waiting: dict[str, Table], needs: dict[str, set[str]]) -> str:
    return min(waiting, key=lambda name: (len(needs[name] & waiting.keys()), name))


def _late(ordered: Sequence[Table]) -> frozenset[str]:
    created: set[str] = set()
    late: set[str] = set()
    known = {table.name for table in ordered}
    for table in ordered:
        created.add(table.name)
        late.update(key.name for key in table.foreign_keys if key.target in known - created)
    return frozenset(late)
