"""Python: Pydantic, SQLModel, SQLAlchemy, dataclasses, typed dictionaries, enums and Django models.

Parsed by tree-sitter: Python's own parser refuses the fragments that specs hold, and would lose every line of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from flaresmith.compiler.model import EntityKind, Index, Kind, Notation, Source, Type
from flaresmith.compiler.parse.code import django, sqlalchemy
from flaresmith.compiler.parse.code.annotations import limited, named, pattern_of
from flaresmith.compiler.parse.code.declared import Declared, DeclaredField
from flaresmith.compiler.parse.code.expressions import Expression, number_of, read_expression, value_of, whole
from flaresmith.compiler.parse.code.syntax import Code, child, children, found, parsed
from flaresmith.compiler.parse.code.typetext import read_type_text
from flaresmith.compiler.parse.code.values import set_default
from flaresmith.compiler.parse.defaults import UNREADABLE

LANGUAGES = frozenset(("python", "py", "python3", "pydantic", "sqlmodel", "sqlalchemy", "django"))
NAMES = {
    "float": Type(Kind.NUMBER),
    "UUID4": Type(Kind.UUID),
    "UUID1": Type(Kind.UUID),
    "UUID7": Type(Kind.UUID),
    "AwareDatetime": Type(Kind.DATETIME),
    "NaiveDatetime": Type(Kind.DATETIME),
    "PastDate": Type(Kind.DATE),
    "FutureDate": Type(Kind.DATE),
    "Json": Type(Kind.JSON),
    "AnyHttpUrl": Type(Kind.STRING, format="uri"),
    "SecretStr": Type(Kind.STRING),
    "StrictStr": Type(Kind.STRING),
    "StrictInt": Type(Kind.INTEGER),
    "StrictBool": Type(Kind.BOOLEAN),
    "StrictFloat": Type(Kind.NUMBER),
    "constr": Type(Kind.STRING),
    "conint": Type(Kind.INTEGER),
    "confloat": Type(Kind.NUMBER),
    "condecimal": Type(Kind.DECIMAL),
    "PositiveInt": Type(Kind.INTEGER),
    "NonNegativeInt": Type(Kind.INTEGER),
    "PositiveFloat": Type(Kind.NUMBER),
    "NonNegativeFloat": Type(Kind.NUMBER),
    "ObjectId": Type(Kind.STRING),
    "PydanticObjectId": Type(Kind.STRING),
    "IPvAnyAddress": Type(Kind.STRING, format="ip"),
}
_ENUMS = frozenset(("Enum", "StrEnum", "IntEnum", "TextChoices", "IntegerChoices", "Flag", "IntFlag", "Choices"))
_NO_DATA = re.compile(r"(?:Error|Exception|Protocol|TestCase|Warning)$")
_CLOSED = frozenset(("function_definition", "lambda", "call", "dictionary", "list", "string"))
_INNER = frozenset(("Meta", "Config", "Settings", "Arguments"))
_PYDANTIC = frozenset(("Field", "field", "attrib", "ib", "Factory"))


def read_python(text: str, at: Source) -> list[Declared]:
    """What a block of Python declares, in order."""
    root = parsed("python", text)
    return list(_Reader(Code(text, at)).read(root)) if root is not None else []


class _Reader:
    def __init__(self, code: Code) -> None:
        self._code = code
        self._choices: dict[str, tuple[str, ...]] = {}  # of Django: constants and nested enums

    def read(self, root: Node) -> Iterator[Declared]:
        for node in found(root, ("class_definition", "assignment"), _CLOSED):
            if node.type == "assignment":
                self._constant(node)
                continue
            name = self._code.of(node.child_by_field_name("name"))
            if name and name not in _INNER and (made := self._class(node, name)) is not None:
                yield made

    def _constant(self, node: Node) -> None:
        """`STATUS = [("a", "A"), …]`: what a Django field may choose from."""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and right is not None and right.type in ("list", "tuple"):
            expression = read_expression(self._code.text, right.start_byte, right.end_byte, hashes=True)
            self._choices[self._code.of(left)] = django.choice_values(self._code.of(right), expression)

    def _class(self, node: Node, name: str) -> Declared | None:
        bases, options = self._bases(node)
        if any(_NO_DATA.search(base) for base in bases):
            return None
        body = node.child_by_field_name("body")
        at = node.child_by_field_name("name")
        place = at.start_byte if at is not None else node.start_byte
        declared = Declared(name, self._code.source(place), Notation.PYTHON, raw=self._code.raw(place))
        declared.bases, declared.description = bases, self._docstring(body)
        if _ENUMS & set(bases):
            return self._enum(declared, body)
        self._statements(declared, body)
        self._settle(declared, options)
        return declared

    def _bases(self, node: Node) -> tuple[tuple[str, ...], Expression | None]:
        clause = node.child_by_field_name("superclasses")
        if clause is None:
            return (), None
        call = read_expression("C" + self._code.of(clause), hashes=True)
        return tuple(part.name for part in call.arguments if part.name), call

    def _docstring(self, body: Node | None) -> str:
        first = body.named_children[0] if body is not None and body.named_children else None
        text = child(first, "string") if first is not None and first.type == "expression_statement" else None
        lines = self._code.of(text).strip("\"'ru").strip().split("\n\n")
        return lines[0].strip()

    def _enum(self, declared: Declared, body: Node | None) -> Declared:
        members: dict[str, str] = {}
        for assignment in self._assignments(body):
            key = self._code.of(assignment.child_by_field_name("left"))
            right = assignment.child_by_field_name("right")
            if right is None or not re.fullmatch(r"[A-Za-z]\w{0,80}", key):
                continue
            value = read_expression(self._code.text, right.start_byte, right.end_byte, hashes=True)
            members[key] = value.name if value.kind in ("text",) else key.lower() if value.kind == "call" else key
            if value.kind == "number":
                members[key] = key
        declared.members, declared.values = members, tuple(dict.fromkeys(members.values()))
        self._choices[declared.name] = declared.values
        return declared

    def _assignments(self, body: Node | None) -> Iterator[Node]:
        for statement in children(body, "expression_statement", "assignment"):
            if statement.type == "assignment":
                yield statement
            elif (inner := child(statement, "assignment")) is not None:
                yield inner

    def _statements(self, declared: Declared, body: Node | None) -> None:
        for inner in children(body, "class_definition"):
            self._inner(declared, inner)
        for assignment in self._assignments(body):
            self._constant(assignment)
        for assignment in self._assignments(body):
            left = assignment.child_by_field_name("left")
            if left is None or left.type != "identifier":
                continue
            name = self._code.of(left)
            if name.startswith("__"):
                self._special(declared, name, assignment.child_by_field_name("right"))
            elif not name.startswith("_") and name not in ("model_config", "objects"):
                self._field(declared, name, assignment)

    def _inner(self, declared: Declared, node: Node) -> None:
        """Django's `Meta`, and enums that only this class uses."""
        name, body = self._code.of(node.child_by_field_name("name")), node.child_by_field_name("body")
        bases, _ = self._bases(node)
        if _ENUMS & set(bases):
            inner = self._enum(Declared(name, declared.source, Notation.PYTHON), body)
            self._choices[f"{declared.name}.{name}"] = inner.values
        elif name == "Meta":
            for assignment in self._assignments(body):
                right = assignment.child_by_field_name("right")
                if right is not None:
                    key = self._code.of(assignment.child_by_field_name("left"))
                    django.read_meta(declared, key, self._expression(right), self._code.source(right.start_byte))

    def _special(self, declared: Declared, name: str, right: Node | None) -> None:
        if right is None:
            return
        expression = self._expression(right)
        if name == "__tablename__" and expression.kind == "text":
            declared.table, declared.kind = expression.name, EntityKind.PERSISTED
        elif name == "__abstract__":
            declared.abstract = True
        elif name == "__table_args__":
            parts = re.sub(r"^\(|\)$", "", self._code.of(right).strip())
            whole_text = f"args({parts})"
            sqlalchemy.read_table_arguments(
                declared, read_expression(whole_text, hashes=True), self._code.source(right.start_byte)
            )

    def _expression(self, node: Node) -> Expression:
        return read_expression(self._code.text, node.start_byte, node.end_byte, hashes=True)

    # fields

    def _field(self, declared: Declared, name: str, assignment: Node) -> None:
        annotation, right = assignment.child_by_field_name("type"), assignment.child_by_field_name("right")
        written = self._code.of(annotation).strip("\"'")
        if written.startswith(("ClassVar", "typing.ClassVar", "InitVar")):
            return
        if not written and (right is None or right.type != "call"):
            return
        at = assignment.start_byte
        made = DeclaredField(name, self._code.source(at), self._code.raw(at), description=self._code.comment(at, "#"))
        made.typed = read_type_text(re.sub(r"[\"'](\w+)[\"']", _forward, written), NAMES) if written else None
        if written and made.typed is None:
            return
        if written:
            made.required = not (made.typed is not None and made.typed.nullable)
            self._annotated(made, written)
        if right is not None and not self._value(declared, made, self._expression(right)):
            return
        declared.fields.append(made)

    def _value(self, declared: Declared, made: DeclaredField, value: Expression) -> bool:
        """What the right side says; False where it makes the name no field."""
        name = value.name
        if name in _PYDANTIC and value.kind == "call":
            self._options(declared, made, value)
            return True
        if name in sqlalchemy.CALLS and value.kind == "call":
            declared.kind = declared.kind or EntityKind.PERSISTED
            return sqlalchemy.read_column(made, value)
        if django.is_field(value):
            declared.kind = EntityKind.PERSISTED
            return django.read_field(made, value, self._choices, declared.name)
        if made.typed is None:
            return False
        set_default(made, value)
        return True

    def _annotated(self, made: DeclaredField, written: str) -> None:
        """`Annotated[str, Field(max_length=80)]`, `constr(max_length=80)`, `PositiveInt`."""
        if match := re.search(
            r"\b(?:Field|StringConstraints|mapped_column|con(?:str|int|float|decimal))\s*\(", written
        ):
            call = read_expression(written, match.start(), hashes=True)
            self._options(Declared("", made.source, Notation.PYTHON), made, replace(call, arguments=()))
        bare = written.split("|")[0].strip()
        if "Positive" in bare:
            made.limits = replace(made.limits, minimum=0, exclusive_minimum=True)
        elif "NonNegative" in bare:
            limited(made, minimum=0)

    def _options(self, declared: Declared, made: DeclaredField, call: Expression) -> None:
        """`Field(…)` of Pydantic and SQLModel, `field(…)` of dataclasses."""
        default = call.first() or named(call, "default", "default_factory", "factory")
        if default is not None and default.name != "":
            set_default(made, default)
        elif named(call, "default_factory"):
            set_default(made, named(call, "default_factory"))
        _bounds(made, call)
        if (described := named(call, "description", "title")) is not None:
            made.description = described.name or made.description
        if (column := named(call, "sa_column")) is not None and column.kind == "call":
            sqlalchemy.read_column(made, column)
        sqlalchemy.read_options(made, call)
        if made.primary_key:
            made.required = True

    def _settle(self, declared: Declared, options: Expression | None) -> None:
        table = options.named.get("table") if options is not None else None
        if table is not None and value_of(table) is True:
            declared.kind = EntityKind.PERSISTED
        elif "SQLModel" in declared.bases:
            declared.kind = EntityKind.DTO
        total = options.named.get("total") if options is not None else None
        if total is not None and value_of(total) is False:
            for known in declared.fields:
                known.required = False
        indexes: list[Index] = []
        for index in declared.indexes:
            only = declared.find(index.fields[0]) if len(index.fields) == 1 and not index.where else None
            if only is not None and index.unique:
                only.unique = True
            else:
                indexes.append(index)
        declared.indexes = indexes


def _forward(match: re.Match[str]) -> str:
    """`list["Post"]` names a class; a literal's values keep their quotes."""
    before = match.string[: match.start()]
    return match.group() if re.search(r"\bLiteral\s*\[[^\]]*$", before) else match.group(1)


def _bounds(made: DeclaredField, call: Expression) -> None:
    options = call.named
    for key, bound in (("ge", "minimum"), ("gt", "minimum"), ("le", "maximum"), ("lt", "maximum")):
        number = number_of(options.get(key))
        if number is not UNREADABLE:
            limited(made, **{bound: number})
            made.limits = replace(
                made.limits,
                exclusive_minimum=made.limits.exclusive_minimum or key == "gt",
                exclusive_maximum=made.limits.exclusive_maximum or key == "lt",
            )
    shortest = whole(named(call, "min_length", "min_items"))
    limited(made, min_length=shortest, max_length=whole(named(call, "max_length", "max_items")))
    pattern = named(call, "pattern", "regex")
    if pattern is not None and pattern.kind == "text":
        limited(made, pattern=pattern_of(pattern))
    digits, places = whole(named(call, "max_digits")), whole(named(call, "decimal_places"))
    if made.typed is not None and made.typed.type.kind is Kind.DECIMAL and digits:
        typed = replace(made.typed.type, precision=digits, scale=places or 0)
        made.typed = replace(made.typed, type=typed)
