"""Entities become tables: columns, keys, constraints and indexes with stable names."""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence

from flaresmith.compiler import naming, resolve
from flaresmith.compiler.model import Cardinality, Entity, Field, Index, Kind, Relationship, Source, Type
from flaresmith.compiler.patterns import is_portable
from flaresmith.compiler.tables.expressions import to_sql
from flaresmith.compiler.tables.fill import filler
from flaresmith.compiler.tables.names import RESERVED_TABLES, column_names, table_names
from flaresmith.compiler.tables.seeds import seed_rows
from flaresmith.compiler.tables.shape import Check, Column, ForeignKey, SeedRow, Table, TableIndex, Unique
from flaresmith.compiler.tables.sql import column_default, column_type, literal, quoted


def tables(entities: Sequence[Entity]) -> tuple[Table, ...]:
    """The tables of the persisted entities and of their N:M relationships, entities first, in the model's order.

    The latest answer is remembered, since several targets ask for the same tables.
    """
    global _latest
    kept = resolve.persisted(entities)
    latest = _latest
    if latest is None or len(latest[0]) != len(kept) or not all(map(operator.is_, latest[0], kept)):
        _latest = latest = (kept, _tables(kept))
    return latest[1]


_latest: tuple[tuple[Entity, ...], tuple[Table, ...]] | None = None


def _tables(kept: tuple[Entity, ...]) -> tuple[Table, ...]:
    names = table_names(kept)
    by_name = {entity.name: entity for entity in kept}
    rows = seed_rows(kept)
    made = tuple(_table(entity, names, by_name, rows.get(entity.name, ())) for entity in kept)
    return made + tuple(_join_tables(kept, names, {table.name for table in made}))


def _table(
    entity: Entity, names: Mapping[str, str], entities: Mapping[str, Entity], seeds: tuple[SeedRow, ...]
) -> Table:
    name, columns = names[entity.name], column_names(entity)
    key = tuple(columns[field.name] for field in entity.primary_key)
    uniques = _distinct_uniques(_uniques(entity, name, columns), key)
    return Table(
        name=name,
        entity=entity.name,
        columns=tuple(_column(entity, field, columns[field.name]) for field in entity.fields),
        primary_key=key,
        foreign_keys=tuple(_foreign_keys(entity, name, columns, names, entities)),
        uniques=uniques,
        checks=_distinct_checks(_checks(entity, name, columns)),
        indexes=_distinct_indexes(_indexes(entity, name, columns), key, uniques),
        why=_why(entity.requirements, f"entity `{entity.name}`", entity.source),
        seeds=seeds,
    )


def _column(entity: Entity, field: Field, name: str) -> Column:
    return Column(
        name=name,
        type=column_type(field),
        nullable=resolve.is_nullable(field),
        default=column_default(field),
        values=field.type.values if field.type.kind is Kind.ENUM else (),
        field=field.name,
        why=_why(entity.requirements, f"field `{field.name}` of `{entity.name}`", field.source),
        filler=filler(field),
    )


def _why(requirements: Sequence[str], what: str, source: Source) -> str:
    ids = ", ".join(requirements[:3])
    return f"{ids + ': ' if ids else ''}{what} in {source.file}:{source.line}"


def _foreign_keys(
    entity: Entity, table: str, columns: Mapping[str, str], names: Mapping[str, str], entities: Mapping[str, Entity]
) -> Iterator[ForeignKey]:
    for field in entity.fields:
        if reference := field.references:
            target = entities[reference.entity]
            yield ForeignKey(
                name=constraint_name(table, columns[field.name], "fkey"),
                column=columns[field.name],
                target=names[reference.entity],
                target_column=column_names(target)[reference.field],
                on_delete=reference.on_delete if reference.on_delete in {"cascade", "set null", "restrict"} else "",
            )


def _uniques(entity: Entity, table: str, columns: Mapping[str, str]) -> Iterator[Unique]:
    for field in entity.fields:
        if field.unique and not (field.primary_key and len(entity.primary_key) == 1):
            yield _unique(table, (columns[field.name],))
    for index in entity.indexes:
        if index.unique and not index.where and (over := _over(index, columns)):
            yield _unique(table, over)


def _unique(table: str, over: tuple[str, ...]) -> Unique:
    return Unique(constraint_name(table, "__".join(over), "key"), over)


def _over(index: Index, columns: Mapping[str, str]) -> tuple[str, ...]:
    """The columns of an index, or none when it names a field that does not exist."""
    by_snake = {naming.snake(name): column for name, column in columns.items()}
    found = [columns.get(name) or by_snake.get(naming.snake(name)) for name in index.fields]
    return tuple(dict.fromkeys(name for name in found if name)) if all(found) else ()


def _checks(entity: Entity, table: str, columns: Mapping[str, str]) -> Iterator[Check]:
    for field in entity.fields:
        column = columns[field.name]
        for what, expression in _field_checks(field, quoted(column)):
            yield Check(constraint_name(table, column, what, "check"), expression)
    typed = {field.name: (columns[field.name], field.type) for field in entity.fields}
    for rule in entity.rules:
        if rule.expression and (sql := to_sql(rule.expression, typed)):
            digest = hashlib.sha256(sql.encode()).hexdigest()[:8]
            yield Check(constraint_name(table, digest, "check"), sql)


def _field_checks(field: Field, column: str) -> Iterator[tuple[str, str]]:
    kind = field.type
    if kind.kind is Kind.ENUM and kind.values:
        yield "values", f"{column} IN ({', '.join(map(literal, kind.values))})"
    if kind.kind is Kind.ARRAY and kind.items and kind.items.kind is Kind.ENUM and kind.items.values:
        yield "values", f"{column} <@ ARRAY[{', '.join(map(literal, kind.items.values))}]::varchar[]"
    if kind.kind in {Kind.INTEGER, Kind.BIGINT, Kind.NUMBER, Kind.DECIMAL}:
        yield from _range(field, column)
    if kind.kind in {Kind.STRING, Kind.TEXT}:
        yield from _text_checks(field, column)


def _range(field: Field, column: str) -> Iterator[tuple[str, str]]:
    limits, bounds = field.limits, []
    if (low := limits.minimum) is not None and _is_finite(low):
        bounds.append(f"{column} {'>' if limits.exclusive_minimum else '>='} {low}")
    if (high := limits.maximum) is not None and _is_finite(high):
        bounds.append(f"{column} {'<' if limits.exclusive_maximum else '<='} {high}")
    if bounds:
        yield "range", " AND ".join(bounds)


def _is_finite(number: float) -> bool:
    return not isinstance(number, bool) and abs(number) < 1e30


def _text_checks(field: Field, column: str) -> Iterator[tuple[str, str]]:
    limits, bounds = field.limits, []
    if limits.min_length:
        bounds.append(f"char_length({column}) >= {int(limits.min_length)}")
    if limits.max_length and field.type.kind is Kind.TEXT:
        bounds.append(f"char_length({column}) <= {int(limits.max_length)}")
    if bounds:
        yield "length", " AND ".join(bounds)
    if limits.pattern and is_portable(limits.pattern):  # others are checked by the service alone
        yield "pattern", f"{column} ~ {literal(limits.pattern)}"


def _indexes(entity: Entity, table: str, columns: Mapping[str, str]) -> Iterator[TableIndex]:
    typed = {field.name: (columns[field.name], field.type) for field in entity.fields}
    for index in entity.indexes:
        over = _over(index, columns)
        if over and (not index.unique or index.where):
            yield _index(table, index, over, typed)
    for field in entity.fields:
        if field.references or field.indexed:
            over = (columns[field.name],)
            yield TableIndex(constraint_name(table, *over, "idx"), over)
    if times := [columns[f.name] for f in entity.fields if resolve.is_creation_time(f)]:
        keys = [columns[field.name] for field in entity.primary_key]
        over = tuple(dict.fromkeys((times[0], *keys)))
        yield TableIndex(constraint_name(table, "__".join(over), "idx"), over)


def _index(table: str, index: Index, over: tuple[str, ...], typed: Mapping[str, tuple[str, Type]]) -> TableIndex:
    """A partial index whose condition is not understood covers the whole table, and then cannot be unique."""
    where = to_sql(index.where, typed) or ""
    method = index_method(index, dict(typed.values()), over)
    digest = (hashlib.sha256(where.encode()).hexdigest()[:8],) if where else ()
    name = constraint_name(table, "__".join(over), *([method] if method else []), *digest, "idx")
    return TableIndex(name, over, index.unique and bool(where) and not method, where, method)


def index_method(index: Index, kinds: Mapping[str, Type], over: Sequence[str]) -> str:
    """The method of an index where PostgreSQL has it for these columns without extensions, else empty: a btree."""
    wanted = index.method.strip().lower()
    types = [kinds[column].kind for column in over]
    if wanted == "gin" and all(kind in {Kind.ARRAY, Kind.JSON} for kind in types):
        return wanted
    scalar = all(kind not in {Kind.ARRAY, Kind.JSON, Kind.BINARY} for kind in types)
    if wanted == "hash" and len(over) == 1 and scalar:
        return wanted
    if wanted == "brin" and scalar and Kind.BOOLEAN not in types:
        return wanted
    return ""


def _join_tables(entities: Sequence[Entity], names: Mapping[str, str], taken: set[str]) -> Iterator[Table]:
    """One table per N:M relationship that no entity stands for."""
    by_name = {entity.name: entity for entity in entities}
    seen: set[tuple[str, ...]] = set()
    for entity in entities:
        for relationship in entity.relationships:
            pair = tuple(sorted((entity.name, relationship.target)))
            if pair in seen or not _needs_join(entity, relationship, by_name):
                continue
            seen.add(pair)
            table = _join_table(by_name[pair[0]], by_name[pair[1]], relationship, names, taken)
            taken.add(table.name)
            yield table


def _needs_join(entity: Entity, relationship: Relationship, by_name: Mapping[str, Entity]) -> bool:
    target = by_name.get(relationship.target)
    if relationship.cardinality is not Cardinality.MANY_TO_MANY or target is None:
        return False
    if len(entity.primary_key) != 1 or len(target.primary_key) != 1 or relationship.through in by_name:
        return False
    return not any(_joins(other, entity.name, target.name) for other in by_name.values())


def _joins(other: Entity, left: str, right: str) -> bool:
    pointed = [field.references.entity for field in other.fields if field.references]
    return other.name not in {left, right} and left in pointed and right in pointed and (left != right)


def _join_table(
    left: Entity, right: Entity, relationship: Relationship, names: Mapping[str, str], taken: set[str]
) -> Table:
    wanted = naming.plural(relationship.through or f"{left.name} {right.name}")
    name = naming.distinct([wanted], taken | RESERVED_TABLES)[0]
    ends = naming.distinct([f"{naming.snake(left.name)}_id", f"{naming.snake(right.name)}_id"])
    columns, keys = [], []
    for end, entity in zip(ends, (left, right), strict=True):
        key = entity.primary_key[0]
        target = column_names(entity)[key.name]
        columns.append(Column(end, column_type(key)))
        keys.append(ForeignKey(constraint_name(name, end, "fkey"), end, names[entity.name], target, "cascade"))
    index = TableIndex(constraint_name(name, ends[1], "idx"), (ends[1],))
    why = _why((), f"N:M relationship of `{left.name}` and `{right.name}`", relationship.source)
    return Table(name, "", tuple(columns), ends, tuple(keys), indexes=(index,), why=why)


def constraint_name(table: str, *parts: str) -> str:
    """A name no table and no other table's constraint can have: single words never hold a double underscore."""
    return naming.shorten("__".join((table, *parts)))


def _distinct_uniques(found: Iterable[Unique], key: tuple[str, ...]) -> tuple[Unique, ...]:
    return tuple({unique.columns: unique for unique in found if unique.columns != key}.values())


def _distinct_checks(found: Iterable[Check]) -> tuple[Check, ...]:
    return tuple({check.name: check for check in found}.values())


def _distinct_indexes(
    found: Iterable[TableIndex], key: tuple[str, ...], uniques: Sequence[Unique]
) -> tuple[TableIndex, ...]:
    """One index per set of columns, and none that a key or a longer index already serves."""
    served = [key, *(unique.columns for unique in uniques)]
    kept: dict[str, TableIndex] = {}
    for index in sorted(found, key=lambda index: -len(index.columns)):
        plain = not index.unique and not index.where and not index.method
        if plain and any(over[: len(index.columns)] == index.columns for over in served):
            continue
        kept[index.name] = index
        if not index.where and not index.method:
            served.append(index.columns)
    return tuple(sorted(kept.values(), key=lambda index: index.name))
