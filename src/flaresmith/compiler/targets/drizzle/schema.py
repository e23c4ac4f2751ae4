"""One module per table: columns, keys, constraints and indexes, named as the migrations name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from flaresmith.compiler import naming, tables
from flaresmith.compiler.model import Entity, Field, File, Kind, Model
from flaresmith.compiler.resolve import persisted
from flaresmith.compiler.surroundings import surroundings
from flaresmith.compiler.tables import ForeignKey, Table, TableIndex
from flaresmith.compiler.targets.drizzle.columns import column, function, key_name
from flaresmith.compiler.targets.drizzle.relations import Relations, relation_lines
from flaresmith.compiler.typescript import names as typescript_names
from flaresmith.compiler.typescript.layout import (
    Group,
    Node,
    after,
    array,
    call,
    header,
    imports,
    lines,
    obj,
    template,
)
from flaresmith.compiler.typescript.layout import module as in_blocks
from flaresmith.compiler.typescript.text import chain, comment, literal, property_name

FOLDER = "packages/database/src/schema"


@dataclass(frozen=True, slots=True)
class _Schema:
    """All tables, their names, and which of them refer to each other in a circle."""

    entities: Mapping[str, Entity]
    tables: Mapping[str, Table]
    names: typescript_names.TableNames
    relations: Relations
    circular: frozenset[str]

    def near(self, table: Table) -> tuple[str, ...]:
        """Those of a table and the tables it refers to that are in a circle."""
        return tuple(sorted(self.circular & {table.name, *(key.target for key in table.foreign_keys)}))


def schema_files(model: Model, target: str) -> Iterator[File]:
    """The modules of all tables, and the one that exports them."""
    entities = persisted(model.entities)
    made = tables.tables(entities)
    names = typescript_names.table_names(made)
    relations = Relations.of(entities, made, names)
    by_name = {entity.name: entity for entity in entities}
    schema = _Schema(by_name, {table.name: table for table in made}, names, relations, circular(made))
    around = surroundings(model)
    for table in made:
        entity = by_name.get(table.entity)
        path = f"{FOLDER}/{names.modules[table.name]}.ts"
        text = around.remembered(target, table.entity, partial(_text, table, entity, schema), schema.near(table))
        yield File(path, text, target, entity.requirements if entity else (), (entity.source,) if entity else ())
    yield File(f"{FOLDER}/index.ts", _index(names), target)


def _text(table: Table, entity: Entity | None, schema: _Schema) -> str:
    return _Module(table, entity, schema).text()


def circular(made: Sequence[Table]) -> frozenset[str]:
    """The tables whose references lead in a circle over another table, and those between two circles."""
    targets = {table.name: {key.target for key in table.foreign_keys} - {table.name} for table in made}
    sources: dict[str, set[str]] = {name: set() for name in targets}
    for name, found in targets.items():
        for target in found:
            sources[target].add(name)
    return frozenset(_tied(_tied(targets, sources), targets))


def _tied(edges: Mapping[str, set[str]], back: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """What is left when names without edges go, and then those that led to them only; edges the other way around."""
    left = {name: len(found) for name, found in edges.items()}
    waiting = [name for name, count in left.items() if not count]
    while waiting:
        gone = waiting.pop()
        left.pop(gone)
        for name in back[gone] & left.keys():
            left[name] -= 1
            if not left[name]:
                waiting.append(name)
    return {name: back[name] & left.keys() for name in left}


def _index(names: typescript_names.TableNames) -> str:
    exports = sorted(f'export * from "./{module}.js";' for module in names.modules.values())
    return in_blocks([header((), (), "Every table."), exports or ["export {};"]])


class _Module:
    """The module of one table."""

    def __init__(self, table: Table, entity: Entity | None, schema: _Schema) -> None:
        self.table = table
        self.entity = entity
        self.schema = schema
        self.constant = schema.names.constants[table.name]
        self.properties = schema.names.properties[table.name]
        self.fields = {field.name: field for field in entity.fields} if entity else {}
        self.values = dict(self._value_names())

    def text(self) -> str:
        body = [*self._value_lists(), self._table(), *self._types(), self._relations()]
        code = "\n".join(line for block in body for line in block)
        source = [self.entity.source] if self.entity else []
        says = "" if self.entity else f"The table `{self.table.name}`: who is linked with whom."
        head = header(source, self.entity.requirements if self.entity else (), says)
        return in_blocks([head, self._imports(code), *body])

    def _value_names(self) -> Iterator[tuple[str, str]]:
        for found in self.table.columns:
            if _values(self.fields.get(found.field)):
                yield found.name, naming.camel(f"{naming.singular(self.table.name)} {found.name} values")

    def _value_lists(self) -> Iterator[list[str]]:
        for name, constant in self.values.items():
            found = self.table.column(name)
            values = _values(self.fields.get(found.field)) if found else ()
            yield lines(after(f"export const {constant} = ", array(*map(literal, values)), " as const;"))

    def _table(self) -> list[str]:
        rules = self._rules()
        indent = " " * (4 if rules else 2)  # without rules, the columns are the last argument
        columns = {self.properties[found.name]: self._column(found.name, indent) for found in self.table.columns}
        items: list[Node] = [literal(self.table.name), obj(columns, expanded=True)]
        if rules:
            returns = ": PgTableExtraConfigValue[]" if self.table.name in self.schema.circular else ""
            opening = f"(table){returns} => [" if returns or _names_table(rules) else "() => ["
            items.append(Group(opening, tuple(rules), "]"))
        made = after(f"export const {self.constant} = ", call("pgTable(", *items), ";")
        says = self.entity.description if self.entity else ""
        return [*comment(says), *lines(made)]

    def _column(self, name: str, indent: str) -> Node:
        found = self.table.column(name)
        assert found is not None
        is_key = self.table.primary_key == (name,)
        calls = column(found, self.fields.get(found.field), self.values.get(name, ""), is_key=is_key)
        return chain(calls, indent, len(property_name(self.properties[name])) + 2)

    def _rules(self) -> list[Node]:
        keys = [self._primary_key()] if len(self.table.primary_key) > 1 else []
        references = [self._foreign_key(key) for key in self.table.foreign_keys]
        uniques = [f"unique({literal(u.name)}).on({self._columns(u.columns)})" for u in self.table.uniques]
        checks = [call("check(", literal(check.name), template("sql", check.expression)) for check in self.table.checks]
        return [*keys, *references, *uniques, *checks, *map(self._table_index, self.table.indexes)]

    def _primary_key(self) -> Node:
        over = [f"table{_dot(self.properties[name])}" for name in self.table.primary_key]
        return call("primaryKey(", obj({"name": literal(key_name(self.table.name)), "columns": array(*over)}))

    def _foreign_key(self, key: ForeignKey) -> Node:
        own = f"table{_dot(self.properties[key.column])}"
        is_own = key.target == self.table.name
        target = "table" if is_own else self.schema.names.constants[key.target]
        other = f"{target}{_dot(self.schema.names.properties[key.target][key.target_column])}"
        options = obj({"name": literal(key.name), "columns": array(own), "foreignColumns": array(other)}, expanded=True)
        end = f".onDelete({literal(key.on_delete)})" if key.on_delete else ""
        return after("", call("foreignKey(", options), end)

    def _table_index(self, index: TableIndex) -> Node:
        start = "uniqueIndex" if index.unique else "index"
        method = index.method or "btree"
        over = ", ".join(f"table{_dot(self.properties[name])}" for name in index.columns)
        on = f"on({over})" if method == "btree" else f"using({literal(method)}, {over})"
        where = [f"where({template('sql', index.where)})"] if index.where else []
        return chain([f"{start}({literal(index.name)})", on, *where], " " * 4)

    def _columns(self, names: Sequence[str]) -> str:
        return ", ".join(f"table{_dot(self.properties[name])}" for name in names)

    def _types(self) -> Iterator[list[str]]:
        stem = self.schema.names.rows[self.table.name]
        yield [
            f"export type {stem}Row = typeof {self.constant}.$inferSelect;",
            f"export type New{stem}Row = typeof {self.constant}.$inferInsert;",
        ]

    def _relations(self) -> list[str]:
        return relation_lines(self.schema.relations, self.table.name)

    def _imports(self, code: str) -> list[str]:
        used = {function(found.type) for found in self.table.columns}
        used |= {
            word
            for word in ("primaryKey", "foreignKey", "unique", "uniqueIndex", "index", "check")
            if f"{word}(" in code
        }
        ours = {"bytea"} & used
        used = (used - ours) | {"pgTable"}
        typed = ["type PgTableExtraConfigValue"] if "PgTableExtraConfigValue" in code else []
        foreign = [
            *imports(
                "drizzle-orm", [*(["relations"] if " relations(" in code else []), *(["sql"] if "sql`" in code else [])]
            ),
            *imports("drizzle-orm/pg-core", [*sorted(used, key=str.lower), *typed]),
        ]
        own = imports("../columns.js", sorted(ours))
        others = self.schema.relations.named(self.table.name) | {key.target for key in self.table.foreign_keys}
        for other in sorted(others - {self.table.name}, key=lambda name: self.schema.names.modules[name]):
            own += imports(f"./{self.schema.names.modules[other]}.js", [self.schema.names.constants[other]])
        return [*foreign, *([""] if foreign and own else []), *own]


def _values(field: Field | None) -> tuple[str, ...]:
    """The words that a column may hold, also one of many."""
    if field is None:
        return ()
    kind = field.type.items if field.type.kind is Kind.ARRAY else field.type
    return kind.values if kind and kind.kind is Kind.ENUM else ()


def _names_table(rules: Sequence[Node]) -> bool:
    return any("table" in (rule if isinstance(rule, str) else rule.flat()).replace("sql`", "") for rule in rules)


def _dot(name: str) -> str:
    return f".{name}"
