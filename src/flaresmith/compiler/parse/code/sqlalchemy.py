"""SQLAlchemy: `Column(…)` of 1.x, `mapped_column(…)` of 2.0, `relationship(…)`, and what SQLModel shares with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flaresmith.compiler.model import Cardinality, Index, Kind, Reference, Rule, Source, Type
from flaresmith.compiler.parse.code.annotations import named
from flaresmith.compiler.parse.code.declared import Declared, DeclaredField, Typed
from flaresmith.compiler.parse.code.expressions import Expression, value_of, whole
from flaresmith.compiler.parse.code.typetext import array_of
from flaresmith.compiler.parse.code.values import set_default
from flaresmith.compiler.parse.types import enum_of, read_type

CALLS = frozenset(("Column", "mapped_column", "relationship", "Relationship", "column_property", "association_proxy"))
_KINDS = {
    "largebinary": Type(Kind.BINARY),
    "smallinteger": Type(Kind.INTEGER),
    "unicode": Type(Kind.STRING),
    "unicodetext": Type(Kind.TEXT),
    "pickletype": Type(Kind.BINARY),
    "pguuid": Type(Kind.UUID),
    "pg_uuid": Type(Kind.UUID),
    "double_precision": Type(Kind.NUMBER),
}


def read_column(made: DeclaredField, call: Expression) -> bool:
    """Adds what a column says; False for what is computed."""
    if call.name in ("relationship", "Relationship"):
        return _relationship(made, call)
    if call.name in ("column_property", "association_proxy"):
        return False
    for argument in call.arguments:
        _argument(made, argument)
    if (written := named(call, "type_")) is not None:
        _argument(made, written)
    mapped = made.required is not None
    read_options(made, call)
    nullable = value_of(named(call, "nullable"))
    if isinstance(nullable, bool):
        made.required = not nullable
        if made.required and made.typed is not None:
            made.typed = replace(made.typed, nullable=False)
    elif not mapped:
        made.required = made.primary_key
    return True


def read_options(made: DeclaredField, call: Expression) -> None:
    """The keyword arguments that `Column`, `mapped_column` and SQLModel's `Field` share."""
    made.primary_key = made.primary_key or value_of(named(call, "primary_key")) is True
    made.unique = made.unique or value_of(named(call, "unique")) is True
    made.indexed = made.indexed or value_of(named(call, "index")) is True
    if (foreign := named(call, "foreign_key")) is not None and foreign.kind == "text":
        made.references = _reference(foreign.name, named(call, "ondelete"))
    if call.name != "Field":
        set_default(made, named(call, "default"))
    if not made.has_default:
        set_default(made, named(call, "server_default"))
    if named(call, "onupdate", "server_onupdate") is not None:
        made.updates_on_write = True


def read_table_arguments(declared: Declared, arguments: Expression, source: Source) -> None:
    """`__table_args__ = (UniqueConstraint("a", "b"), Index("name", "a"), CheckConstraint("a > 0"))`."""
    for one in arguments.arguments:
        words = tuple(part.name for part in one.arguments if part.kind == "text")
        label = named(one, "name")
        name = label.name if label is not None else ""
        if one.name == "UniqueConstraint" and words:
            declared.indexes.append(Index(words, unique=True, source=source, name=name))
        elif one.name == "Index" and len(words) > 1:
            unique = value_of(named(one, "unique")) is True
            where = named(one, "postgresql_where", "sqlite_where")
            method = named(one, "postgresql_using")
            declared.indexes.append(
                Index(
                    words[1:],
                    unique,
                    source,
                    where=_condition(where),
                    name=words[0],
                    method=method.name if method is not None else "",
                )
            )
        elif one.name == "CheckConstraint" and words:
            declared.rules.append(Rule(f"CHECK ({words[0]})"[:120], source, expression=words[0][:1000]))
        elif one.name == "PrimaryKeyConstraint" and words:
            declared.key = words


def _condition(where: Expression | None) -> str:
    if where is None:
        return ""
    first = where.first() if where.kind == "call" else where
    return first.name if first is not None and first.kind == "text" else where.raw


def _argument(made: DeclaredField, argument: Expression) -> None:
    if argument.name == "ForeignKey":
        target = argument.first()
        if target is not None and target.name:
            dotted = target.name if target.kind == "text" else target.dotted
            made.references = _reference(dotted, named(argument, "ondelete"))
    elif argument.name in ("Identity", "Sequence"):
        made.default, made.has_default = {"generated": "increment"}, True
    elif argument.kind in ("name", "call"):
        typed = _typed(argument)
        if typed is not None and (made.typed is None or made.typed.type.kind is not Kind.ENUM):
            written = made.typed.target if made.typed is not None else ""
            known = made.typed is not None and (made.typed.many or bool(written))
            made.typed = made.typed if known and not typed.target else _with_null(typed, made.typed)


def _with_null(typed: Typed, written: Typed | None) -> Typed:
    return replace(typed, nullable=written.nullable) if written is not None else typed


def _typed(written: Expression) -> Typed | None:
    """`String(80)`, `Enum(Status)`, `sa.Numeric(10, 2)`, `ARRAY(String)`, `Enum("a", "b")`."""
    name, first = written.name.lower(), written.first()
    if name in ("enum", "saenum", "sqlenum", "sqlaenum", "pgenum", "choicetype"):
        if first is not None and first.kind == "name":
            return Typed(Type(Kind.JSON, raw=first.name), target=first.name)
        return Typed(enum_of(tuple(part.name for part in written.arguments if part.kind == "text")))
    if name == "array":
        return array_of(_typed(first) if first is not None else None)
    if name in ("mutablelist", "mutabledict", "as_mutable"):
        return None
    known = _KINDS.get(name)
    if known is None:
        reading = read_type(name)
        known = reading.type if reading is not None and reading.known else None
    return Typed(_sized(replace(known, raw=written.name), written)) if known is not None else None


def _sized(typed: Type, written: Expression) -> Type:
    numbers = list(_numbers(written))
    if typed.kind is Kind.STRING and numbers:
        return replace(typed, length=numbers[0])
    if typed.kind is Kind.DECIMAL and numbers:
        return replace(typed, precision=numbers[0], scale=numbers[1] if len(numbers) > 1 else 0)
    return typed


def _numbers(written: Expression) -> Iterator[int]:
    named_parts = [written.named[key] for key in ("length", "precision", "scale") if key in written.named]
    for part in [*written.arguments, *named_parts]:
        if (number := whole(part)) is not None:
            yield number


def _reference(dotted: str, deletes: Expression | None) -> Reference:
    """`users.id`, `auth.users.id`, `User.id`."""
    table, _, column = dotted.rpartition(".")
    action = deletes.name.lower() if deletes is not None and deletes.kind == "text" else ""
    return Reference(
        (table or column).rsplit(".", 1)[-1], column if table else "", "" if action == "no action" else action
    )


def _relationship(made: DeclaredField, call: Expression) -> bool:
    first = call.first()
    many = made.typed is not None and made.typed.many
    if made.typed is None and first is not None and first.name:
        made.typed = Typed(Type(Kind.JSON), target=first.name.rsplit(".", 1)[-1])
        many = value_of(named(call, "uselist")) is not False and made.name.endswith("s")
    if named(call, "secondary", "link_model") is not None:
        made.relation = Cardinality.MANY_TO_MANY
    elif value_of(named(call, "uselist")) is False:
        made.relation = Cardinality.ONE_TO_ONE
    else:
        made.relation = Cardinality.ONE_TO_MANY if many else Cardinality.MANY_TO_ONE
    return True
