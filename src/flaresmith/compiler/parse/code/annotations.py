"""What annotations, attributes and decorators say of a member: `@Column(nullable = false)`, `[MaxLength(80)]`, `@Id`.

JPA, Bean Validation, .NET data annotations, TypeORM, class-validator, Isar and freezed use nearly the same words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from flaresmith.compiler.model import Cardinality, Kind, Reference, Type
from flaresmith.compiler.parse.code.declared import DeclaredField, Typed
from flaresmith.compiler.parse.code.expressions import Expression, number_of, value_of, whole
from flaresmith.compiler.parse.code.values import set_default
from flaresmith.compiler.parse.defaults import UNREADABLE
from flaresmith.compiler.parse.types import read_type

Say = Callable[[DeclaredField, Expression], None]

UNMAPPED = frozenset(("transient", "notmapped", "jsonignore", "ignore", "exclude", "inject", "autowired", "value"))
_RELATIONS = {
    "onetomany": Cardinality.ONE_TO_MANY,
    "manytomany": Cardinality.MANY_TO_MANY,
    "onetoone": Cardinality.ONE_TO_ONE,
    "manytoone": Cardinality.MANY_TO_ONE,
}


def apply_annotations(known: DeclaredField, annotations: Iterable[Expression]) -> bool:
    """Adds what the annotations say; False where one of them says that this is no column."""
    for annotation in annotations:
        name = word(annotation)
        if name in UNMAPPED:
            return False
        if name in _RELATIONS:
            _relation(known, annotation, _RELATIONS[name])
        elif say := _SAYS.get(name):
            say(known, annotation)
    return True


def word(annotation: Expression) -> str:
    """The name of an annotation in small letters, without its package and mark."""
    return annotation.name.lstrip("@$").lower()


def named(annotation: Expression, *names: str) -> Expression | None:
    """The first of the named arguments, those of an options object included; None where none is there."""
    options: Mapping[str, Expression] = annotation.named
    for argument in annotation.arguments:
        if argument.kind == "object":
            options = {**argument.named, **options}
    return next((options[name] for name in names if name in options), None)


def limited(known: DeclaredField, **bounds: Any) -> None:
    """Sets the bounds that are known."""
    known.limits = replace(known.limits, **{key: bound for key, bound in bounds.items() if bound is not None})


def _relation(known: DeclaredField, annotation: Expression, cardinality: Cardinality) -> None:
    """A list leads to others; a single one is a column of its own, as JPA and TypeORM make one for it."""
    if cardinality in (Cardinality.ONE_TO_MANY, Cardinality.MANY_TO_MANY) or named(annotation, "mappedBy"):
        known.relation = cardinality
    elif known.typed and known.typed.target:
        known.references = known.references or Reference(known.typed.target, "")
        known.unique = known.unique or cardinality is Cardinality.ONE_TO_ONE
        optional = named(annotation, "optional", "nullable")
        known.required = known.required if optional is None else value_of(optional) is False
        if (deletes := named(annotation, "onDelete")) is not None:
            known.references = replace(known.references, on_delete=deletes.name.lower())


def _column(known: DeclaredField, annotation: Expression) -> None:
    nullable = value_of(named(annotation, "nullable"))
    if isinstance(nullable, bool):
        known.required = not nullable
    known.unique = known.unique or value_of(named(annotation, "unique")) is True
    limited(known, max_length=whole(named(annotation, "length")))
    set_default(known, named(annotation, "default"))
    _column_type(known, annotation)
    precision, scale = whole(named(annotation, "precision")), whole(named(annotation, "scale"))
    if known.typed and precision and known.typed.type.kind in (Kind.DECIMAL, Kind.NUMBER):
        typed = replace(known.typed.type, kind=Kind.DECIMAL, precision=precision, scale=scale or 0)
        known.typed = replace(known.typed, type=typed)


def _column_type(known: DeclaredField, annotation: Expression) -> None:
    """`columnDefinition = "jsonb"`, `@Column('text')`, `{ type: 'decimal' }`, `TypeName = "varchar(80)"`."""
    written = named(annotation, "columnDefinition", "type", "TypeName") or annotation.first()
    if written is None or written.kind != "text" or (known.typed and known.typed.target):
        return
    read = read_type(written.name)
    if read is not None and read.known and known.typed is not None and read.type.kind is not Kind.ENUM:
        many = known.typed.many
        known.typed = known.typed if many else replace(known.typed, type=replace(read.type, raw=known.typed.type.raw))


def _primary(known: DeclaredField, annotation: Expression) -> None:
    known.primary_key = True
    if word(annotation) == "primarygeneratedcolumn":
        first = annotation.first()
        _generated(known, "uuid" if first and first.name == "uuid" else "")
        if first and first.name == "uuid":
            known.typed = Typed(Type(Kind.UUID, raw="uuid"))


def _generated(known: DeclaredField, how: str = "") -> None:
    kind = known.typed.type.kind if known.typed else Kind.UUID
    known.default = {"generated": how or ("uuid" if kind in (Kind.UUID, Kind.STRING) else "increment")}
    known.has_default = True


def _created(known: DeclaredField, _: Expression) -> None:
    known.default, known.has_default = {"generated": "now"}, True


def _updated(known: DeclaredField, annotation: Expression) -> None:
    _created(known, annotation)
    known.updates_on_write = True


def _required(known: DeclaredField, annotation: Expression) -> None:
    known.required = True
    if word(annotation) in ("notblank", "notempty", "isnotempty"):
        limited(known, min_length=1)


def _optional(known: DeclaredField, _: Expression) -> None:
    known.required = False


def _length(known: DeclaredField, annotation: Expression) -> None:
    """`@Size(min = 1, max = 80)`, `[StringLength(80, MinimumLength = 2)]`, `@Length(2, 80)`."""
    numbers = [whole(part) for part in annotation.arguments if part.kind == "number"]
    least = whole(named(annotation, "min", "MinimumLength"))
    most = whole(named(annotation, "max"))
    if len(numbers) > 1 and most is None:
        least, most = numbers[0], numbers[1]
    elif numbers and most is None:
        most = numbers[0]
    limited(known, min_length=least, max_length=most)


def _longest(known: DeclaredField, annotation: Expression) -> None:
    limited(known, max_length=whole(annotation.first()))


def _shortest(known: DeclaredField, annotation: Expression) -> None:
    limited(known, min_length=whole(annotation.first()))


def _bound(annotation: Expression) -> Any:
    value = number_of(annotation.first() or named(annotation, "value"))
    if value is UNREADABLE and (first := annotation.first()) and re.fullmatch(r"-?\d{1,15}(\.\d{1,9})?", first.name):
        value = float(first.name) if "." in first.name else int(first.name)
    return None if value is UNREADABLE else value


def _least(known: DeclaredField, annotation: Expression) -> None:
    limited(known, minimum=_bound(annotation))


def _most(known: DeclaredField, annotation: Expression) -> None:
    limited(known, maximum=_bound(annotation))


def _range(known: DeclaredField, annotation: Expression) -> None:
    numbers = [value for part in annotation.arguments if (value := number_of(part)) is not UNREADABLE]
    if len(numbers) == 2:
        limited(known, minimum=numbers[0], maximum=numbers[1])


def _positive(known: DeclaredField, annotation: Expression) -> None:
    strict = word(annotation) in ("positive", "ispositive")
    known.limits = replace(known.limits, minimum=0, exclusive_minimum=strict)


def _digits(known: DeclaredField, annotation: Expression) -> None:
    before, behind = whole(named(annotation, "integer")), whole(named(annotation, "fraction"))
    if known.typed and known.typed.type.kind is Kind.DECIMAL and before is not None and behind is not None:
        typed = replace(known.typed.type, precision=before + behind, scale=behind)
        known.typed = replace(known.typed, type=typed)


def _pattern(known: DeclaredField, annotation: Expression) -> None:
    written = named(annotation, "regexp", "regex") or annotation.first()
    if written is not None and written.kind in ("text", "regex"):
        limited(known, pattern=pattern_of(written))


def pattern_of(written: Expression) -> str | None:
    """The regular expression of a literal, or None where it is none that compiles."""
    text = written.name
    if written.kind == "regex":
        text = text[1 : text.rfind("/")]
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError):
        return None
    return text[:500] or None


def _format(known: DeclaredField, annotation: Expression) -> None:
    formats = {"email": "email", "isemail": "email", "emailaddress": "email", "isuuid": "uuid"}
    wanted = formats.get(word(annotation), "uri")
    if known.typed is None or known.typed.type.kind is not Kind.STRING:
        return
    typed = known.typed.type
    made = replace(typed, kind=Kind.UUID) if wanted == "uuid" else replace(typed, format=wanted)
    known.typed = replace(known.typed, type=made)


def _whole(known: DeclaredField, _: Expression) -> None:
    if known.typed and known.typed.type.kind is Kind.NUMBER:
        known.typed = replace(known.typed, type=replace(known.typed.type, kind=Kind.INTEGER))


def _default(known: DeclaredField, annotation: Expression) -> None:
    set_default(known, annotation.first() or named(annotation, "value", "defaultValue"))


def _joined(known: DeclaredField, annotation: Expression) -> None:
    nullable = value_of(named(annotation, "nullable"))
    if isinstance(nullable, bool):
        known.required = not nullable


def _foreign(known: DeclaredField, annotation: Expression) -> None:
    """.NET's `[ForeignKey("User")]` on the column, or on the navigation with the name of the column."""
    first = annotation.first()
    if first is not None and first.name and known.typed and not known.typed.target:
        known.references = Reference(first.name, "")


def _unique(known: DeclaredField, _: Expression) -> None:
    known.unique = True


def _index(known: DeclaredField, annotation: Expression) -> None:
    unique = value_of(named(annotation, "unique")) is True
    known.unique, known.indexed = known.unique or unique, known.indexed or not unique


_SAYS: dict[str, Say] = {
    **dict.fromkeys(("id", "key", "primarykey", "primarycolumn", "primarygeneratedcolumn", "embeddedid"), _primary),
    **dict.fromkeys(("generatedvalue", "databasegenerated", "autoincrement"), lambda known, _: _generated(known)),
    **dict.fromkeys(("column", "prop"), _column),
    **dict.fromkeys(("creationtimestamp", "createddate", "createdatecolumn"), _created),
    **dict.fromkeys(("updatetimestamp", "lastmodifieddate", "updatedatecolumn"), _updated),
    **dict.fromkeys(("notnull", "notblank", "notempty", "required", "isnotempty", "nonnull", "isdefined"), _required),
    **dict.fromkeys(("nullable", "isoptional", "optional", "deletedatecolumn"), _optional),
    **dict.fromkeys(("size", "length", "stringlength"), _length),
    "maxlength": _longest,
    "minlength": _shortest,
    **dict.fromkeys(("min", "decimalmin"), _least),
    **dict.fromkeys(("max", "decimalmax"), _most),
    "range": _range,
    **dict.fromkeys(("positive", "positiveorzero", "ispositive"), _positive),
    "digits": _digits,
    **dict.fromkeys(("pattern", "regularexpression", "matches"), _pattern),
    **dict.fromkeys(("email", "isemail", "emailaddress", "url", "isurl", "isuuid"), _format),
    "isint": _whole,
    **dict.fromkeys(("default", "defaultvalue", "columndefault", "builderdefault"), _default),
    "joincolumn": _joined,
    "foreignkey": _foreign,
    **dict.fromkeys(("unique", "isunique"), _unique),
    **dict.fromkeys(("index", "indexed"), _index),
}
