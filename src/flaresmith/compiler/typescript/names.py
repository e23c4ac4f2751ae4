"""Names of modules, types, tables and properties in TypeScript, the same for every target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.model import Entity
from flaresmith.compiler.tables import Table

# What a property of a table would hide: every table and every object has these already.
_PROPERTIES = """_ getSQL enableRLS shouldOmitSQLParens $inferSelect $inferInsert __proto__ constructor toString
    toLocaleString valueOf hasOwnProperty isPrototypeOf propertyIsEnumerable then"""
RESERVED_PROPERTIES = frozenset(_PROPERTIES.split())
_CONSTANTS = """bigint boolean bytea check customType date doublePrecision foreignKey index integer jsonb numeric
    pgTable primaryKey relations sql text time timestamp unique uniqueIndex uuid varchar app
    database eq and db schema z"""
RESERVED_CONSTANTS = naming.TYPESCRIPT_RESERVED | frozenset(_CONSTANTS.split())
RESERVED_MODULES = frozenset({"index", "contracts", "decimal", "columns"})


def modules(entities: Iterable[Entity]) -> dict[str, str]:
    """Entity name → module, `tool-tag`."""
    names = [entity.name for entity in entities]
    reserved = {"index", "contracts", "decimal"}
    return dict(zip(names, naming.distinct(map(naming.kebab, names), reserved), strict=True))


def stems(names: Iterable[str]) -> dict[str, str]:
    """What each entity is called in TypeScript, so that no two export the same name."""
    taken: set[str] = set()
    found = {}
    for name in names:
        stem = naming.pascal(name)
        while taken & exports(stem):
            stem += "Record"
        taken |= exports(stem)
        found[name] = stem
    return found


def exports(stem: str) -> set[str]:
    """The types that an entity has: what is read, what makes one, what changes one."""
    return {stem, f"{stem}Create", f"{stem}Update"}


def contract_stems(schemas: Mapping[str, Any]) -> dict[str, str]:
    """Component → what it is called in TypeScript, each after those it refers to where that is possible."""
    order = _in_order(schemas)
    return dict(zip(order, naming.distinct(map(naming.pascal, order)), strict=True))


@dataclass(frozen=True, slots=True)
class TableNames:
    """Names of one model's tables, by table name: the constant, the module, column → property, the type of a row."""

    constants: Mapping[str, str]
    modules: Mapping[str, str]
    properties: Mapping[str, Mapping[str, str]]
    rows: Mapping[str, str]


def table_names(made: Sequence[Table]) -> TableNames:
    """The names of tables; none is given twice."""
    names = [table.name for table in made]
    constants = naming.distinct(map(naming.camel, names), RESERVED_CONSTANTS)
    files = naming.distinct((naming.kebab(name) for name in names), RESERVED_MODULES)
    return TableNames(
        dict(zip(names, constants, strict=True)),
        dict(zip(names, files, strict=True)),
        {table.name: _table_properties(table) for table in made},
        dict(zip(names, naming.distinct(naming.pascal(naming.singular(name)) for name in names), strict=True)),
    )


def properties(names: Iterable[str]) -> dict[str, str]:
    """Name in the spec → property: the name itself, unless a table or an object has such a member already."""
    listed = list(names)
    settled = sorted(listed, key=lambda name: property_of(name) != name)
    chosen = dict(zip(settled, naming.distinct(map(property_of, settled)), strict=True))
    return {name: chosen[name] for name in listed}


def property_of(name: str) -> str:
    """A name as it is written behind a dot; one that cannot stand there is written in camel case."""
    plain = name if name.isidentifier() and name.isascii() else naming.camel(name)
    return f"{plain}_" if plain in RESERVED_PROPERTIES else plain


def entity_properties(entity: Entity) -> dict[str, str]:
    """Field → property."""
    return properties(field.name for field in entity.fields)


def _table_properties(table: Table) -> dict[str, str]:
    columns = {column.name: column.field or naming.camel(column.name) for column in table.columns}
    chosen = properties(columns.values())
    return {column: chosen[name] for column, name in columns.items()}


def _in_order(schemas: Mapping[str, Any]) -> list[str]:
    """The names in alphabetical order, but each after those it refers to where that is possible."""
    order: dict[str, None] = {}
    for start in sorted(schemas):
        waiting: list[tuple[str, bool]] = [(start, False)]
        seen: set[str] = set()
        while waiting:
            name, done = waiting.pop()
            if done:
                order.setdefault(name)
            elif name not in order and name not in seen:
                seen.add(name)
                waiting.append((name, True))
                waiting += [
                    (other, False) for other in sorted(_references(schemas[name]) & schemas.keys(), reverse=True)
                ]
    return list(order)


def _references(schema: Any) -> set[str]:
    found: set[str] = set()
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            if isinstance(reference := value.get("$ref"), str):
                found.add(reference.rsplit("/", 1)[-1])
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return found
