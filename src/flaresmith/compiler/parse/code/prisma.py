"""Prisma: models and composite types with their attributes, enums, and relations by their fields."""

from __future__ import annotations

import re
from dataclasses import replace

from flaresmith.compiler.model import Cardinality, EntityKind, Index, Kind, Notation, Reference, Source, Type
from flaresmith.compiler.parse.code.annotations import named
from flaresmith.compiler.parse.code.braces import Block, body_lines, braced
from flaresmith.compiler.parse.code.declared import Declared, DeclaredField, Typed
from flaresmith.compiler.parse.code.expressions import Expression, read_calls, whole
from flaresmith.compiler.parse.code.syntax import Code
from flaresmith.compiler.parse.code.typetext import array_of, read_type_text
from flaresmith.compiler.parse.code.values import generated, set_default
from flaresmith.compiler.parse.types import read_type

NAMES = {
    "Int": Type(Kind.INTEGER),
    "Float": Type(Kind.NUMBER),
    "DateTime": Type(Kind.DATETIME),
    "Unsupported": Type(Kind.JSON),
}
_FIELD = re.compile(r"\s*([^\W\d]\w{0,100})\s+([A-Za-z]\w{0,100}(?:\(\"[^\"]{0,100}\"\))?)(\[\])?(\?)?\s*(.{0,1500})$")
_VALUE = re.compile(r"\s*([^\W\d]\w{0,100})\s*(?:@map\(\"([^\"\n]{1,100})\"\))?\s*(?://.*)?$")
_BLOCK = re.compile(r"\s*@@(\w+)\s*(\(.{0,1000}\))?")
_ACTIONS = {"Cascade": "cascade", "Restrict": "restrict", "SetNull": "set null"}


def read_prisma(text: str, at: Source) -> list[Declared]:
    """What a Prisma schema declares, in order."""
    code = Code(text, at)
    made = [_declared(block, code) for block in braced(text) if block.depth == 0]
    found = [one for one in made if one is not None]
    names = {one.name: one for one in found}
    for one in found:
        _relate(one, names)
    return found


def _declared(block: Block, code: Code) -> Declared | None:
    if block.keyword not in ("model", "enum", "type", "view"):
        return None
    declared = Declared(
        block.name,
        code.source(block.at),
        Notation.PRISMA,
        raw=code.raw(block.at),
        description=code.comment_over(block.at),
    )
    if block.keyword == "enum":
        for _, line in body_lines(code.text, block):
            if (match := _VALUE.match(line)) and match.group(1):
                declared.members = {**declared.members, match.group(1): match.group(1)}
        declared.values = tuple(declared.members)
        return declared
    declared.kind = EntityKind.PERSISTED if block.keyword == "model" else EntityKind.DTO
    if block.keyword == "view":
        declared.kind = EntityKind.DERIVED
    for offset, line in body_lines(code.text, block):
        if match := _BLOCK.match(line):
            _attribute(declared, match.group(1), read_calls(f"{match.group(1)}{match.group(2) or ''}"), code, offset)
        elif match := _FIELD.match(line):
            declared.fields.append(_field(match, offset, code))
    return declared


def _field(match: re.Match[str], offset: int, code: Code) -> DeclaredField:
    name, written, many, optional, rest = match.groups()
    at = offset + match.start(1)
    typed = read_type_text(written.split("(")[0], NAMES) or Typed(Type(Kind.JSON))
    if many:
        typed = array_of(typed)
    typed = replace(typed, type=replace(typed.type, raw=f"{written}{many or ''}{optional or ''}"))
    made = DeclaredField(name, code.source(at), code.raw(at), typed, required=not optional)
    made.description = " ".join(filter(None, (code.comment_over(at), code.comment(at))))
    for attribute in read_calls(rest.split("//")[0]):
        _said(made, attribute)
    return made


def _said(made: DeclaredField, attribute: Expression) -> None:
    steps = attribute.steps()
    if steps[0].name == "@db":
        _native(made, steps[-1])
        return
    name = attribute.name.lstrip("@")
    if name == "id":
        made.primary_key = True
    elif name == "unique":
        made.unique = True
    elif name == "updatedAt":
        made.updates_on_write = True
    elif name == "default":
        _default(made, attribute)
    elif name == "relation":
        fields, references = named(attribute, "fields"), named(attribute, "references")
        deletes = named(attribute, "onDelete")
        action = _ACTIONS.get(deletes.name, "") if deletes is not None else ""
        made.by = fields.words() if fields is not None else ()
        target = made.typed.target if made.typed is not None else ""
        columns = references.words() if references is not None else ()
        made.references = Reference(target, columns[0] if columns else "", action)


def _default(made: DeclaredField, attribute: Expression) -> None:
    first = attribute.first()
    if first is not None and first.kind == "name" and first.base is None and not generated(first):
        constants = {"true": True, "false": False}
        made.default, made.has_default = constants.get(first.name, first.name), True
    else:
        set_default(made, first)


def _native(made: DeclaredField, native: Expression) -> None:
    """`@db.VarChar(80)`, `@db.Decimal(10, 2)`, `@db.Uuid`, `@db.Text`, `@db.Date`."""
    typed = made.typed
    read = read_type(native.name)
    if typed is None or typed.target or typed.many or read is None or not read.known:
        return
    numbers = [number for part in native.arguments if (number := whole(part)) is not None]
    kind = read.type.kind
    if kind in (Kind.STRING, Kind.TEXT, Kind.UUID, Kind.DATE, Kind.TIME, Kind.DECIMAL, Kind.BIGINT):
        wanted = replace(typed.type, kind=kind)
        if kind is Kind.STRING and numbers:
            wanted = replace(wanted, length=numbers[0])
        elif kind is Kind.DECIMAL and numbers:
            wanted = replace(wanted, precision=numbers[0], scale=numbers[1] if len(numbers) > 1 else 0)
        made.typed = replace(typed, type=wanted)


def _attribute(declared: Declared, name: str, calls: list[Expression], code: Code, offset: int) -> None:
    call = calls[0] if calls else None
    if call is None:
        return
    first = call.first() or named(call, "fields")
    source = code.source(offset)
    columns = tuple(part.name for part in first.arguments if part.name) if first is not None else ()
    if name == "id":
        declared.key = columns
    elif name == "map" and first is not None and first.kind == "text":
        declared.table = first.name
    elif name in ("unique", "index", "fulltext") and columns:
        label, method = named(call, "name", "map"), named(call, "type")
        only = declared.find(columns[0]) if len(columns) == 1 and name == "unique" else None
        if only is not None:
            only.unique = True
        else:
            declared.indexes.append(
                Index(
                    columns,
                    name == "unique",
                    source,
                    name=label.name if label is not None else "",
                    method=method.name.lower() if method is not None else "",
                )
            )


def _relate(one: Declared, names: dict[str, Declared]) -> None:
    """A field that is a model leads there; the columns it is kept in refer to it."""
    for known in one.fields:
        typed = known.typed
        target = names.get(typed.target) if typed is not None else None
        if typed is None or not typed.target or (target is not None and target.values):
            continue
        if target is not None and target.kind is EntityKind.DTO:
            continue
        reference, known.references = known.references, None
        back = _back(one, target)
        if known.by:
            columns = [column for name in known.by if (column := one.find(name)) is not None]
            unique = len(columns) == 1 and (columns[0].unique or columns[0].primary_key)
            known.relation = Cardinality.ONE_TO_ONE if unique else Cardinality.MANY_TO_ONE
            if len(columns) == 1 and reference is not None:
                columns[0].references = reference
        elif typed.many:
            known.relation = Cardinality.MANY_TO_MANY if back else Cardinality.ONE_TO_MANY
        elif target is not None or typed.nullable or not known.required:
            known.relation = Cardinality.ONE_TO_ONE


def _back(one: Declared, target: Declared | None) -> bool:
    """Whether the other model lists this one too, and neither holds a key: an implicit table between them."""
    if target is None or target is one:
        return False
    links = [known for known in target.fields if known.typed is not None and known.typed.target == one.name]
    return any(link.typed is not None and link.typed.many for link in links) and not any(link.by for link in links)
