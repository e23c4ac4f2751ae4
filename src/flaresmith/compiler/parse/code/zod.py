"""Zod: `z.object({…})` with its chains, enums, and schemas made of other schemas."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from flaresmith.compiler.model import Kind, Notation, Type
from flaresmith.compiler.parse.code.annotations import limited, pattern_of
from flaresmith.compiler.parse.code.declared import Declared, DeclaredField, Typed
from flaresmith.compiler.parse.code.expressions import Expression, number_of, whole
from flaresmith.compiler.parse.code.syntax import Code
from flaresmith.compiler.parse.code.typetext import array_of, map_of, object_of, union_of
from flaresmith.compiler.parse.code.values import set_default
from flaresmith.compiler.parse.defaults import UNREADABLE
from flaresmith.compiler.parse.types import enum_of

_KINDS = {
    "string": Type(Kind.STRING),
    "number": Type(Kind.NUMBER),
    "int": Type(Kind.INTEGER),
    "int32": Type(Kind.INTEGER),
    "bigint": Type(Kind.BIGINT),
    "boolean": Type(Kind.BOOLEAN),
    "date": Type(Kind.DATETIME),
    "any": Type(Kind.JSON),
    "unknown": Type(Kind.JSON),
    "uuid": Type(Kind.UUID),
    "guid": Type(Kind.UUID),
    "email": Type(Kind.STRING, format="email"),
    "url": Type(Kind.STRING, format="uri"),
    "iso.datetime": Type(Kind.DATETIME),
    "iso.date": Type(Kind.DATE),
    "instanceof": Type(Kind.JSON),
    "custom": Type(Kind.JSON),
}
_REFINED = {
    "uuid": Type(Kind.UUID),
    "datetime": Type(Kind.DATETIME),
    "date": Type(Kind.DATE),
    "time": Type(Kind.TIME),
    "int": Type(Kind.INTEGER),
    "email": Type(Kind.STRING, format="email"),
    "url": Type(Kind.STRING, format="uri"),
    "ip": Type(Kind.STRING, format="ip"),
}
_DEEPEST = 20
_SHAPES = ("object", "strictObject", "looseObject", "interface")


def copied(known: DeclaredField) -> DeclaredField:
    """A member of its own that says the same."""
    return replace(known)


class Schemas:
    """The schemas of one block by the names of their constants."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self._known: dict[str, Declared] = {}

    def read(self, name: str, at: int, expression: Expression) -> Declared | None:
        """The schema that a constant holds, or None where it is none."""
        steps = expression.steps()
        first = steps[0].name
        if first == "z" and len(steps) > 1 and steps[1].name in ("enum", "nativeEnum"):
            values = steps[1].words()
            named = steps[1].first()
            if not values and named is not None and named.kind == "object":
                values = tuple(part.name for part in named.named.values() if part.kind == "text")
            made = self._declared(name, at)
            made.values, made.members = values, {text: text for text in values}
            return made if values else None
        fields = self._shape(steps)
        if fields is None:
            return None
        made = self._declared(name, at)
        made.fields = fields
        self._known[name] = made
        return made

    def _declared(self, name: str, at: int) -> Declared:
        """`userSchema` describes User."""
        bare = re.sub(r"(?:Zod)?(?:Schema|Validator|Validation)?$", "", name) or name
        bare = bare[0].upper() + bare[1:] if bare != name else name
        said = self._code.comment_over(at)
        return Declared(bare, self._code.source(at), Notation.ZOD, raw=self._code.raw(at), description=said)

    def _shape(self, steps: list[Expression]) -> list[DeclaredField] | None:
        known = self._known.get(steps[0].name)
        fields = [copied(one) for one in known.fields] if known else None
        for step in steps[1:]:
            argument = step.first()
            if step.name in _SHAPES and argument is not None and argument.kind == "object":
                fields = self._members(argument)
            elif fields is not None:
                fields = self._changed(fields, step, argument)
        return fields

    def _changed(
        self, fields: list[DeclaredField], step: Expression, argument: Expression | None
    ) -> list[DeclaredField]:
        """`.extend({…})`, `.merge(Other)`, `.omit({ id: true })`, `.pick(…)`, `.partial()`."""
        names = set(argument.named) if argument is not None and argument.kind == "object" else set()
        if step.name in ("extend", "safeExtend", "augment") and argument is not None:
            added = self._members(argument)
        elif step.name == "merge" and argument is not None and argument.name in self._known:
            added = [copied(one) for one in self._known[argument.name].fields]
        elif step.name in ("omit", "pick"):
            return [one for one in fields if (one.name in names) == (step.name == "pick")]
        elif step.name in ("partial", "required"):
            for one in fields:
                one.required = step.name == "required" if not names or one.name in names else one.required
            return fields
        else:
            return fields
        return [*(one for one in fields if all(one.name != new.name for new in added)), *added]

    def _members(self, shape: Expression) -> list[DeclaredField]:
        fields = []
        for name, expression in shape.named.items():
            at = shape.keys[name]
            made = DeclaredField(name, self._code.source(at), self._code.raw(at), required=True)
            made.description = " ".join(filter(None, (self._code.comment_over(at), self._code.comment(at))))
            self._chain(made, expression, 0)
            fields.append(made)
        return fields

    def _chain(self, made: DeclaredField, expression: Expression, depth: int) -> None:
        steps = expression.steps()
        if steps[0].name != "z":
            made.typed = self._elsewhere(steps[0])
            steps = steps[:1] + steps[1:]
        else:
            used = _leading(steps)
            made.typed = self._typed(used[-1] if used else steps[0], steps, depth)
            steps = steps[len(used) :]
        for step in steps[1:]:
            _refine(made, step)
        if made.typed is not None and made.typed.nullable:
            made.required = False

    def _elsewhere(self, first: Expression) -> Typed:
        """`address: AddressSchema`."""
        return Typed(Type(Kind.JSON, raw=first.name), target=self._declared(first.name, first.at).name)

    def _typed(self, step: Expression, steps: list[Expression], depth: int) -> Typed | None:
        """The type that the chain begins with."""
        name = ".".join(part.name for part in _leading(steps))
        if name in _KINDS:
            return Typed(replace(_KINDS[name], raw=f"z.{name}()"))
        if depth > _DEEPEST:
            return Typed(Type(Kind.JSON))
        inner = [self._inner(part, depth) for part in step.arguments]
        first = inner[0] if inner else None
        if name in _SHAPES:
            shape = step.first()
            return self._object(shape.named, depth) if shape is not None else map_of(None)
        if name in ("enum", "nativeEnum"):
            target = step.first()
            values = step.words() if target is None or target.kind != "name" else ()
            return Typed(enum_of(values)) if values else Typed(Type(Kind.JSON), target=target.name if target else "")
        if name == "literal":
            return Typed(enum_of(step.words())) if step.arguments and step.arguments[0].kind == "text" else first
        if name in ("array", "set"):
            return array_of(first)
        if name == "union" and step.arguments:
            return union_of([self._inner(part, depth) for part in step.arguments[0].arguments])
        if name in ("optional", "nullable", "nullish"):
            return replace(first, nullable=True) if first else None
        return (
            map_of(inner[-1])
            if name in ("record", "map") and inner
            else first
            if name in ("lazy", "preprocess")
            else None
        )

    def _inner(self, expression: Expression, depth: int) -> Typed | None:
        if expression.kind == "function":
            expression = expression.first() or expression
        made = DeclaredField("", self._code.source(expression.at), "", required=True)
        if expression.steps()[0].kind != "name":
            return None
        self._chain(made, expression, depth + 1)
        if made.typed is not None and not made.required:
            return replace(made.typed, nullable=True)
        return made.typed

    def _object(self, members: Mapping[str, Expression], depth: int) -> Typed:
        inner = [(name, self._inner(part, depth)) for name, part in members.items()]
        return object_of([(name, typed, not typed.nullable) for name, typed in inner if typed is not None])


def _leading(steps: list[Expression]) -> list[Expression]:
    """The steps that name the type: `z.string()`, `z.coerce.number()`, `z.iso.datetime()`."""
    rest = [step for step in steps[1:] if step.name != "coerce"]
    count = 2 if rest and rest[0].name == "iso" else 1
    return rest[:count]


def _refine(made: DeclaredField, step: Expression) -> None:
    typed = made.typed
    if step.name in ("optional", "nullable", "nullish"):
        made.required = False
    elif step.name == "default":
        set_default(made, step.first())
    elif step.name == "describe":
        made.description = made.description or " ".join(step.words())
    elif typed is None:
        return
    elif step.name == "array":
        made.typed = array_of(typed)
    elif step.name in _REFINED and typed.type.kind in (Kind.STRING, Kind.NUMBER):
        made.typed = replace(typed, type=replace(_REFINED[step.name], raw=f"{typed.type.raw}.{step.name}()"))
    elif step.name == "regex" and (first := step.first()) is not None and first.kind == "regex":
        limited(made, pattern=pattern_of(first))
    else:
        _bounds(made, step, typed)


def _bounds(made: DeclaredField, step: Expression, typed: Typed) -> None:
    number = number_of(step.first())
    numeric = typed.type.kind in (Kind.NUMBER, Kind.INTEGER, Kind.BIGINT)
    if step.name == "positive":
        made.limits = replace(made.limits, minimum=0, exclusive_minimum=True)
    elif step.name == "nonnegative":
        limited(made, minimum=0)
    elif step.name == "nonempty":
        limited(made, min_length=1)
    elif number is UNREADABLE:
        return
    elif step.name == "length":
        limited(made, min_length=whole(step.first()), max_length=whole(step.first()))
    elif step.name in ("min", "gte", "gt"):
        limited(made, **({"minimum": number} if numeric else {"min_length": whole(step.first())}))
        made.limits = replace(made.limits, exclusive_minimum=step.name == "gt")
    elif step.name in ("max", "lte", "lt"):
        limited(made, **({"maximum": number} if numeric else {"max_length": whole(step.first())}))
        made.limits = replace(made.limits, exclusive_maximum=step.name == "lt")
