"""Drizzle: `pgTable`, `mysqlTable`, `sqliteTable` with columns, references, indexes, enums and `relations`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from flaresmith.compiler.model import (
    Cardinality,
    EntityKind,
    Index,
    Kind,
    Notation,
    Reference,
    Relationship,
    Rule,
    Type,
)
from flaresmith.compiler.parse.code.annotations import named
from flaresmith.compiler.parse.code.declared import Declared, DeclaredField, Typed
from flaresmith.compiler.parse.code.expressions import Expression, whole
from flaresmith.compiler.parse.code.syntax import Code
from flaresmith.compiler.parse.code.typetext import array_of, read_type_text
from flaresmith.compiler.parse.code.values import set_default
from flaresmith.compiler.parse.types import enum_of, read_type

_TABLE = re.compile(r"^(?:\w*Table|table)$")
_ENUM = re.compile(r"^(?:pgEnum|enum)$")
_SPELLED = {
    "doubleprecision": "double",
    "doublePrecision": "double",
    "bigserial": "bigserial",
    "bytea": "bytea",
    "customType": "json",
}


class Tables:
    """The tables and enums of one block by the names of their constants."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self._known: dict[str, Declared] = {}
        self._waiting: list[tuple[DeclaredField, str]] = []

    def read(self, name: str, at: int, expression: Expression) -> Declared | None:
        """The table or enum that a constant holds, or None where it is none."""
        if expression.kind != "call":
            return None
        first = expression.first()
        if expression.name == "relations" and first is not None:
            self._relations(self._known.get(first.name), expression)
            return None
        if first is None or first.kind != "text":
            return None
        if _ENUM.match(expression.name) and len(expression.arguments) > 1:
            return self._keep(name, self._enum(first.name, at, expression.arguments[1]))
        shape = expression.arguments[1] if len(expression.arguments) > 1 else None
        shape = shape.first() if shape is not None and shape.kind == "function" else shape
        if not _TABLE.match(expression.name) or shape is None or shape.kind != "object":
            return None
        return self._keep(name, self._table(name, first.name, at, shape, expression))

    def _keep(self, name: str, made: Declared) -> Declared:
        self._known[name] = made
        for known, constant in self._waiting:
            if constant == name and known.references is not None:
                known.references = replace(known.references, entity=made.name)
        return made

    def _declared(self, name: str, at: int) -> Declared:
        return Declared(name, self._code.source(at), Notation.DRIZZLE, raw=self._code.raw(at))

    def _enum(self, name: str, at: int, values: Expression) -> Declared:
        made = self._declared(name, at)
        made.values = values.words()
        made.members = {text: text for text in made.values}
        return made

    def _table(self, constant: str, name: str, at: int, shape: Expression, expression: Expression) -> Declared:
        made = self._declared(name, at)
        made.kind, made.table, made.description = EntityKind.PERSISTED, constant, self._code.comment_over(at)
        made.fields = [self._column(key, shape.keys[key], column) for key, column in shape.named.items()]
        for extra in expression.arguments[2:]:
            self._extras(made, extra)
        return made

    def _column(self, name: str, at: int, column: Expression) -> DeclaredField:
        steps = column.steps()
        made = DeclaredField(name, self._code.source(at), self._code.raw(at), required=False)
        made.typed = self._typed(steps[0] if steps[0].kind == "call" else steps[min(1, len(steps) - 1)])
        made.description = self._code.comment(at)
        for step in steps[1:]:
            self._modify(made, step)
        return made

    def _typed(self, step: Expression) -> Typed | None:
        raw = f"{step.name}{step.raw}"[:200]
        if (known := self._known.get(step.name)) is not None:
            return Typed(enum_of(known.values, raw))
        values = named(step, "enum")
        if step.name in ("mysqlEnum", "singlestoreEnum") or (values is not None):
            words = values.words() if values is not None else step.arguments[-1].words() if step.arguments else ()
            return Typed(enum_of(words, raw))
        mode = named(step, "mode")
        typed = self._scalar(step.name, mode.name if mode is not None else "")
        if typed is None:
            return Typed(Type(Kind.JSON, raw=raw), target=step.name[:1].upper() + step.name[1:].removesuffix("Enum"))
        length, precision = whole(named(step, "length")), whole(named(step, "precision"))
        if typed.type.kind is Kind.STRING and length:
            typed = replace(typed, type=replace(typed.type, length=length))
        if typed.type.kind is Kind.DECIMAL and precision:
            scale = whole(named(step, "scale")) or 0
            typed = replace(typed, type=replace(typed.type, precision=precision, scale=scale))
        return replace(typed, type=replace(typed.type, raw=raw))

    def _scalar(self, name: str, mode: str) -> Typed | None:
        by_mode = {
            "timestamp": Kind.DATETIME,
            "timestamp_ms": Kind.DATETIME,
            "boolean": Kind.BOOLEAN,
            "json": Kind.JSON,
        }
        if mode in by_mode and name in ("integer", "int", "text", "blob"):
            return Typed(Type(by_mode[mode]))
        reading = read_type(_SPELLED.get(name, name))
        if reading is None or not reading.known:
            return None
        return Typed(reading.type, generated=reading.generated)

    def _modify(self, made: DeclaredField, step: Expression) -> None:
        if step.name == "notNull":
            made.required = True
        elif step.name == "primaryKey":
            made.primary_key = True
        elif step.name == "unique":
            made.unique = True
        elif step.name in ("default", "$default", "$defaultFn"):
            set_default(made, step.first())
            self._sql_default(made, step)
        elif step.name in ("defaultNow", "defaultRandom", "generatedAlwaysAsIdentity", "generatedByDefaultAsIdentity"):
            how = {"defaultNow": "now", "defaultRandom": "uuid"}.get(step.name, "increment")
            made.default, made.has_default = {"generated": how}, True
        elif step.name in ("$onUpdate", "$onUpdateFn", "onUpdateNow"):
            made.updates_on_write = True
        elif step.name == "array":
            made.typed = array_of(made.typed)
        elif step.name == "references":
            self._references(made, step)
        elif step.name == "$type" and made.typed is not None and made.typed.type.kind is Kind.JSON:
            self._shaped(made, step)

    def _sql_default(self, made: DeclaredField, step: Expression) -> None:
        """``.default(sql`now()`)``: the template is no literal, its text says what it makes."""
        if made.has_default or not step.raw.startswith("(sql`"):
            return
        how = re.match(r"\(sql`\s*(?:(now|current_timestamp|\(?unixepoch)|(gen_random_uuid|uuid))", step.raw, re.I)
        if how:
            made.default, made.has_default = {"generated": "now" if how.group(1) else "uuid"}, True

    def _shaped(self, made: DeclaredField, step: Expression) -> None:
        match = re.match(r"<(.*)>\s*\(", step.raw, re.S)
        typed = read_type_text(match.group(1)) if match else None
        if typed is not None and not typed.target and made.typed is not None and typed.type.schema is not None:
            made.typed = replace(made.typed, type=replace(made.typed.type, schema=typed.type.schema))

    def _references(self, made: DeclaredField, step: Expression) -> None:
        target = step.first()
        target = target.first() if target is not None and target.kind == "function" else target
        if target is None or target.base is None:
            return
        deletes = named(step, "onDelete")
        action = deletes.name.lower() if deletes is not None else ""
        constant = target.base.name
        entity = self._known[constant].name if constant in self._known else constant
        made.references = Reference(entity, target.name, "" if action == "no action" else action)
        self._waiting.append((made, constant))

    # what stands beside the columns

    def _extras(self, made: Declared, extra: Expression) -> None:
        body = extra.first() if extra.kind == "function" else extra
        if body is None:
            return
        for one in [*body.arguments, *body.named.values()]:
            self._extra(made, one)

    def _extra(self, made: Declared, one: Expression) -> None:
        steps = one.steps()
        first = steps[0]
        columns = tuple(_columns(steps))
        where = next((step.raw.strip("()") for step in steps if step.name == "where"), "")
        if first.name in ("index", "uniqueIndex", "unique") and columns:
            label = first.first()
            name = label.name if label is not None and label.kind == "text" else ""
            method = next((step.first() for step in steps if step.name == "using"), None)
            self._index(
                made,
                Index(
                    columns,
                    first.name != "index",
                    self._code.source(first.at),
                    where=_predicate(where),
                    name=name,
                    method=method.name if method is not None and method.kind == "text" else "",
                ),
            )
        elif first.name == "primaryKey":
            made.key = columns
        elif first.name == "check":
            self._check(made, first)

    def _index(self, made: Declared, index: Index) -> None:
        only = made.find(index.fields[0]) if len(index.fields) == 1 and not index.where else None
        if only is not None and index.unique:
            only.unique = True
        else:
            made.indexes.append(index)

    def _check(self, made: Declared, check: Expression) -> None:
        text = _predicate(check.raw.partition("sql`")[2].rstrip(")"))
        if text:
            made.rules.append(Rule(f"CHECK ({text})"[:120], self._code.source(check.at), expression=text))

    def _relations(self, owner: Declared | None, expression: Expression) -> None:
        body = expression.arguments[1].first() if len(expression.arguments) > 1 else None
        if owner is None or body is None:
            return
        for name, link in body.named.items():
            target = link.first()
            if target is None or link.name not in ("one", "many"):
                continue
            entity = self._known[target.name].name if target.name in self._known else target.name
            by = named(link, "fields")
            fields = [column.name for column in by.arguments] if by is not None else []
            cardinality = Cardinality.ONE_TO_MANY if link.name == "many" else Cardinality.MANY_TO_ONE
            at = self._code.source(body.keys[name])
            owner.relationships.append(Relationship(name, entity, cardinality, at, field=fields[0] if fields else ""))


def _columns(steps: list[Expression]) -> Iterator[str]:
    """The columns of `.on(t.a, t.b)`, of `{ columns: [t.a, t.b] }`, of `.on(t.a.desc())`."""
    for step in steps:
        listed = named(step, "columns")
        found = list(listed.arguments) if listed is not None else []
        if step.name in ("on", "using", "onOnly"):
            found += step.arguments
        for part in found:
            chain = [one for one in part.steps() if one.kind == "name"]
            if len(chain) > 1:
                yield chain[1].name


def _predicate(text: str) -> str:
    """The condition of a template: `` sql`${t.deletedAt} IS NULL` `` → `deletedAt IS NULL`."""
    text = re.sub(r"^\s*sql`|`\s*$", "", text)
    return re.sub(r"\$\{\s*\w+\.(\w+)\s*\}", r"\1", text).strip()[:500]
