"""Django models: fields, foreign keys, choices, and what `Meta` says of uniqueness and indexes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from flaresmith.compiler.model import Cardinality, Index, Kind, Reference, Rule, Source, Type
from flaresmith.compiler.parse.code.annotations import limited, named
from flaresmith.compiler.parse.code.declared import Declared, DeclaredField, Typed
from flaresmith.compiler.parse.code.expressions import Expression, value_of, whole
from flaresmith.compiler.parse.code.typetext import array_of
from flaresmith.compiler.parse.code.values import set_default
from flaresmith.compiler.parse.types import enum_of

_KINDS = {
    "CharField": Type(Kind.STRING),
    "TextField": Type(Kind.TEXT),
    "SlugField": Type(Kind.STRING, length=50, format="slug"),
    "EmailField": Type(Kind.STRING, length=254, format="email"),
    "URLField": Type(Kind.STRING, length=200, format="uri"),
    "UUIDField": Type(Kind.UUID),
    "IntegerField": Type(Kind.INTEGER),
    "SmallIntegerField": Type(Kind.INTEGER),
    "PositiveIntegerField": Type(Kind.INTEGER),
    "PositiveSmallIntegerField": Type(Kind.INTEGER),
    "BigIntegerField": Type(Kind.BIGINT),
    "PositiveBigIntegerField": Type(Kind.BIGINT),
    "AutoField": Type(Kind.INTEGER),
    "SmallAutoField": Type(Kind.INTEGER),
    "BigAutoField": Type(Kind.BIGINT),
    "FloatField": Type(Kind.NUMBER),
    "DecimalField": Type(Kind.DECIMAL),
    "BooleanField": Type(Kind.BOOLEAN),
    "NullBooleanField": Type(Kind.BOOLEAN),
    "DateTimeField": Type(Kind.DATETIME),
    "DateField": Type(Kind.DATE),
    "TimeField": Type(Kind.TIME),
    "DurationField": Type(Kind.STRING, format="duration"),
    "JSONField": Type(Kind.JSON),
    "HStoreField": Type(Kind.JSON),
    "BinaryField": Type(Kind.BINARY),
    "FileField": Type(Kind.STRING, length=100),
    "ImageField": Type(Kind.STRING, length=100),
    "FilePathField": Type(Kind.STRING, length=100),
    "GenericIPAddressField": Type(Kind.STRING, format="ip"),
    "IPAddressField": Type(Kind.STRING, format="ip"),
    "PointField": Type(Kind.JSON),
    "ArrayField": Type(Kind.ARRAY),
    "SearchVectorField": Type(Kind.TEXT),
}
_LINKS = {
    "ForeignKey": Cardinality.MANY_TO_ONE,
    "OneToOneField": Cardinality.ONE_TO_ONE,
    "ManyToManyField": Cardinality.MANY_TO_MANY,
    "ParentalKey": Cardinality.MANY_TO_ONE,
    "TreeForeignKey": Cardinality.MANY_TO_ONE,
}
_PAIR = re.compile(r"[(\[]\s*(?:'([^'\n]{1,80})'|\"([^\"\n]{1,80})\")\s*,")


def is_field(value: Expression) -> bool:
    """Whether a right side is a field of a model: `models.CharField(…)`, `ForeignKey(…)`."""
    return value.kind == "call" and (value.name in _KINDS or value.name in _LINKS)


def choice_values(text: str, expression: Expression) -> tuple[str, ...]:
    """The values of a list of pairs, or of plain texts."""
    pairs = tuple(match.group(1) or match.group(2) for match in _PAIR.finditer(text[:20_000]))
    return pairs or expression.words()


def read_field(made: DeclaredField, call: Expression, choices: Mapping[str, tuple[str, ...]], owner: str) -> bool:
    """Adds what a model field says."""
    made.required = value_of(named(call, "null")) is not True
    made.primary_key = value_of(named(call, "primary_key")) is True
    made.unique = value_of(named(call, "unique")) is True
    made.indexed = value_of(named(call, "db_index")) is True
    if call.name in _LINKS:
        _link(made, call, owner)
    else:
        made.typed = Typed(_typed(call), generated=call.name.endswith("AutoField"))
        if call.name.startswith("Positive"):
            limited(made, minimum=0)
        _choices(made, call, choices)
        _times(made, call)
    if (help_text := named(call, "help_text")) is not None:
        made.description = help_text.name or made.description
    set_default(made, named(call, "default", "db_default"))
    return True


def read_meta(declared: Declared, key: str, value: Expression, source: Source) -> None:
    """One line of a model's `Meta`."""
    if key == "abstract":
        declared.abstract = value_of(value) is True
    elif key == "db_table" and value.kind == "text":
        declared.table = value.name
    elif key == "unique_together":
        for names in _together(value):
            declared.indexes.append(Index(names, unique=True, source=source))
    elif key == "index_together":
        for names in _together(value):
            declared.indexes.append(Index(names, unique=False, source=source))
    elif key in ("indexes", "constraints"):
        for one in value.arguments:
            _constraint(declared, one, source)


def _typed(call: Expression) -> Type:
    typed = replace(_KINDS[call.name], raw=call.name)
    if call.name == "ArrayField":
        first = call.first()
        inner = _typed(first) if first is not None and first.name in _KINDS else None
        return replace(array_of(Typed(inner) if inner else None).type, raw="ArrayField")
    length = whole(named(call, "max_length"))
    if typed.kind is Kind.STRING and length:
        typed = replace(typed, length=length)
    digits, places = whole(named(call, "max_digits")), whole(named(call, "decimal_places"))
    return replace(typed, precision=digits, scale=places or 0) if typed.kind is Kind.DECIMAL and digits else typed


def _link(made: DeclaredField, call: Expression, owner: str) -> None:
    target = call.first() or named(call, "to")
    name = target.name.rsplit(".", 1)[-1] if target is not None else ""
    name = owner if name == "self" else "User" if name in ("AUTH_USER_MODEL", "get_user_model") else name
    made.typed = Typed(Type(Kind.JSON, raw=call.name), target=name, many=call.name == "ManyToManyField")
    if call.name == "ManyToManyField":
        made.relation = Cardinality.MANY_TO_MANY
        return
    deletes = named(call, "on_delete")
    action = {"CASCADE": "cascade", "PROTECT": "restrict", "RESTRICT": "restrict", "SET_NULL": "set null"}
    made.references = Reference(name, "", action.get(deletes.name, "") if deletes is not None else "")
    made.unique = made.unique or call.name == "OneToOneField"


def _choices(made: DeclaredField, call: Expression, choices: Mapping[str, tuple[str, ...]]) -> None:
    written = named(call, "choices")
    if written is None or made.typed is None or made.typed.type.kind not in (Kind.STRING, Kind.TEXT):
        return
    if written.name == "choices" and written.base is not None:
        made.typed = Typed(Type(Kind.JSON, raw=made.typed.type.raw), target=written.base.name)
    elif values := choices.get(written.name) or choice_values(written.raw, written):
        made.typed = Typed(enum_of(values, made.typed.type.raw))


def _times(made: DeclaredField, call: Expression) -> None:
    if value_of(named(call, "auto_now")) is True:
        made.updates_on_write = True
    if made.updates_on_write or value_of(named(call, "auto_now_add")) is True:
        made.default, made.has_default = {"generated": "now"}, True


def _together(value: Expression) -> list[tuple[str, ...]]:
    """`("a", "b")`, `[("a", "b"), …]`, `(("a", "b"),)`; tuples are read from their text."""
    groups = re.findall(r"[(\[]([^()\[\]]{1,500})[)\]]", value.raw)
    found = [tuple(re.findall(r"['\"](\w{1,80})['\"]", group)) for group in groups]
    return [names for names in found if names]


def _constraint(declared: Declared, one: Expression, source: Source) -> None:
    fields = named(one, "fields")
    names = tuple(name.lstrip("-") for name in fields.words()) if fields is not None else ()
    if not names and fields is not None:
        names = tuple(re.findall(r"['\"]-?(\w{1,80})['\"]", fields.raw))
    label, where = named(one, "name"), named(one, "condition")
    name, condition = label.name if label is not None else "", where.raw if where is not None else ""
    if one.name == "UniqueConstraint" and names:
        declared.indexes.append(Index(names, unique=True, source=source, where=condition[:500], name=name))
    elif one.name.endswith("Index") and names:
        method = one.name.removesuffix("Index").lower().replace("btree", "")
        declared.indexes.append(Index(names, False, source, where=condition[:500], name=name, method=method))
    elif one.name == "CheckConstraint":
        check = named(one, "check", "condition")
        if check is not None:
            declared.rules.append(Rule(f"CHECK {check.name}{check.raw}"[:120], source))
