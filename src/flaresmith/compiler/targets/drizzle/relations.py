"""What Drizzle's queries follow from table to table: one and many, on both sides, with names that do not meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flaresmith.compiler import naming
from flaresmith.compiler.model import Entity
from flaresmith.compiler.tables import ForeignKey, Table
from flaresmith.compiler.typescript.layout import Group, Node, after, array, call, lines, obj
from flaresmith.compiler.typescript.names import TableNames
from flaresmith.compiler.typescript.text import literal


@dataclass(frozen=True, slots=True)
class Relation:
    """One direction of a foreign key: its name, the other table, and the key where this side holds it.

    `many` tells a list from at most one; `pair` names both directions where two tables are joined by several keys.
    """

    name: str
    other: str
    many: bool
    key: ForeignKey | None = None
    pair: str = ""


@dataclass(frozen=True, slots=True)
class Relations:
    """The relations of every table."""

    by_table: Mapping[str, Sequence[Relation]]
    names: TableNames

    @classmethod
    def of(cls, entities: Iterable[Entity], made: Sequence[Table], names: TableNames) -> Relations:
        """The relations that follow from the foreign keys."""
        found: dict[str, list[Relation]] = {table.name: [] for table in made}
        for table in made:
            for key in table.foreign_keys:
                pair = key.name if _is_ambiguous(key, table, made) else ""
                found[table.name].append(Relation(_one_name(key), key.target, False, key, pair))
                is_single = any(u.columns == (key.column,) for u in table.uniques) or table.primary_key == (key.column,)
                found[key.target].append(
                    Relation(_back_name(key, table, is_single), table.name, not is_single, None, pair)
                )
        return cls({name: _distinct(each, names.properties[name].values()) for name, each in found.items()}, names)

    def named(self, table: str) -> set[str]:
        """The other tables that the relations of a table name."""
        return {relation.other for relation in self.by_table[table]}


def relation_lines(relations: Relations, table: str) -> list[str]:
    """The constant with the relations of a table, or nothing where it has none."""
    found = relations.by_table[table]
    if not found:
        return []
    constant = relations.names.constants[table]
    words = sorted({"many" if relation.many else "one" for relation in found}, reverse=True)
    members = {relation.name: _expression(relation, table, relations.names) for relation in found}
    body = after(f"({{ {', '.join(words)} }}) => (", obj(members, expanded=True), ")")
    return lines(after(f"export const {constant}Relations = ", call("relations(", constant, body), ";"))


def _expression(relation: Relation, table: str, names: TableNames) -> Node:
    options: dict[str, Node] = {}
    if key := relation.key:
        own, other = names.constants[table], names.constants[relation.other]
        options["fields"] = array(f"{own}.{names.properties[table][key.column]}")
        options["references"] = array(f"{other}.{names.properties[relation.other][key.target_column]}")
    if relation.pair:
        options["relationName"] = literal(relation.pair)
    items: list[Node] = [names.constants[relation.other], *([_options(options)] if options else [])]
    return call("many(" if relation.many else "one(", *items)


def _options(options: Mapping[str, Node]) -> Group:
    return obj(options)


def _is_ambiguous(key: ForeignKey, table: Table, made: Sequence[Table]) -> bool:
    """Whether two tables, or one with itself, are joined more than once."""
    if key.target == table.name:
        return True
    forward = sum(other.target == key.target for other in table.foreign_keys)
    backward = sum(
        other.target == table.name for each in made if each.name == key.target for other in each.foreign_keys
    )
    return forward + backward > 1


def _one_name(key: ForeignKey) -> str:
    words = key.column.split("_")
    return naming.camel("_".join(words[:-1])) if len(words) > 1 and words[-1] == "id" else naming.camel(key.column)


def _back_name(key: ForeignKey, table: Table, is_single: bool) -> str:
    name = naming.singular(table.name) if is_single else table.name
    return naming.camel(name)


def _distinct(found: Sequence[Relation], taken: Iterable[str]) -> tuple[Relation, ...]:
    """Relations whose names differ from each other and from the columns."""
    chosen: list[Relation] = []
    used = set(taken)
    for relation in found:
        name = relation.name
        if name in used and relation.pair:
            name = naming.camel(f"{name} by {_last(relation.pair)}")
        name = naming.distinct([name], used)[0]
        used.add(name)
        chosen.append(Relation(name, relation.other, relation.many, relation.key, relation.pair))
    return tuple(chosen)


def _last(pair: str) -> str:
    return pair.split("__")[1] if pair.count("__") > 1 else pair
