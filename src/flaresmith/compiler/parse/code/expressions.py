"""Expressions of any language as data: calls with their arguments, lists, objects, literals, chains of calls.

One reader serves annotations (`@Column(nullable = false)`), attributes (`[Range(1, 5)]`), Prisma's `@default(now())`,
`Column(String(20), ForeignKey("users.id"))`, and the chains of Zod and Drizzle. What it does not know is skipped up to
the next comma.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flaresmith.compiler.parse.defaults import UNREADABLE, is_plain

DEEPEST = 40
_REGEX = r"/(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.){0,200}\]){1,300}/[a-z]{0,8}"
_TOKEN = re.compile(
    r"(?P<space>\s+|//[^\n]*|/\*.{0,4000}?\*/)|(?P<hash>\#[^\n]*)"
    r"|(?P<text>[rbfu]?(?:\"\"\".{0,4000}?\"\"\"|'''.{0,4000}?'''|'(?:[^'\\\n]|\\.){0,1000}'"
    r"|\"(?:[^\"\\\n]|\\.){0,1000}\"|`(?:[^`\\]|\\.){0,1000}`))"
    rf"|(?P<regex>(?:(?<=[(,=:])|(?<=[(,=:]\ )){_REGEX})"
    r"|(?P<number>-?\d[\w.]*)|(?P<name>[@$]?[^\W\d][\w$]*|[@$])|(?P<mark>=>|\.\.\.|\?\.|::|==|!=|<=|>=|->|.)",
    re.S,
)
_PREFIXES = frozenset(("new", "await", "const", "async", "typeof", "not"))
_OPEN, _CLOSE = "([{", ")]}"


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression. `kind` is name, text, number, regex, list, object, call, function or other.

    A call or attribute has the expression that it is applied to in `base`, and its own last name in `name`. `named`
    holds keyword arguments, or the members of an object; `at` is the offset where it begins.
    """

    kind: str
    at: int
    name: str = ""
    arguments: tuple[Expression, ...] = ()
    named: dict[str, Expression] = field(default_factory=dict)
    base: Expression | None = None
    keys: dict[str, int] = field(default_factory=dict)  # where each member's name stands
    raw: str = ""

    def steps(self) -> list[Expression]:
        """The chain from its beginning: `z.string().min(3)` is z, string(), min(3)."""
        found = [self]
        while (base := found[-1].base) is not None:
            found.append(base)
        return found[::-1]

    @property
    def dotted(self) -> str:
        """The names of the chain with points between them."""
        return ".".join(step.name for step in self.steps() if step.name)

    def first(self) -> Expression | None:
        """The first argument, or None."""
        return self.arguments[0] if self.arguments else None

    def words(self) -> tuple[str, ...]:
        """The texts of a list or of all arguments; those of names too."""
        parts = self.arguments if self.kind != "text" else (self,)
        if len(parts) == 1 and parts[0].kind == "list":
            parts = parts[0].arguments
        return tuple(part.name for part in parts if part.kind in ("text", "name", "number") and part.name)


def read_expression(text: str, start: int = 0, end: int | None = None, *, hashes: bool = False) -> Expression:
    """The expression at the beginning of a text; `hashes` says that `#` begins a comment."""
    return _Reader(text, start, len(text) if end is None else end, hashes).expression(0)


def read_calls(text: str, start: int = 0, end: int | None = None) -> list[Expression]:
    """All expressions that stand one behind the other: a list of annotations, or of Prisma's attributes."""
    reader = _Reader(text, start, len(text) if end is None else end, hashes=False)
    return list(reader.all())


def value_of(expression: Expression | None) -> Any:
    """The JSON value of a literal expression, or UNREADABLE."""
    if expression is None:
        return UNREADABLE
    if expression.kind == "text":
        return expression.name if is_plain(expression.name) else UNREADABLE
    if expression.kind == "number":
        return number_of(expression)
    if expression.kind == "name" and expression.base is None:
        constants = {"true": True, "false": False, "null": None, "none": None, "nil": None}
        return constants.get(expression.name.lower(), UNREADABLE)
    if expression.kind in ("list", "object") and not expression.arguments and not expression.named:
        return [] if expression.kind == "list" else {}
    if expression.kind == "list":
        inner = [value_of(part) for part in expression.arguments]
        return UNREADABLE if UNREADABLE in inner else inner
    return UNREADABLE


def number_of(expression: Expression | None) -> Any:
    """The number that an expression is (`10`, `0.5`, `100L`, `1_000`), or UNREADABLE."""
    if expression is None or expression.kind != "number":
        return UNREADABLE
    text = expression.name.replace("_", "")
    match = re.fullmatch(r"(-?\d{1,18})(\.\d{1,12})?[a-zA-Z]?", text)
    if match is None:
        return UNREADABLE
    return float(match.group(1) + match.group(2)) if match.group(2) else int(match.group(1))


def whole(expression: Expression | None) -> int | None:
    """The whole number that an expression is, or None."""
    value = number_of(expression)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


class _Reader:
    def __init__(self, text: str, start: int, end: int, hashes: bool) -> None:
        self._text = text
        self._tokens = list(_tokens(text, start, end, hashes))
        self._end = end
        self._at = 0

    def all(self) -> Iterator[Expression]:
        while self._at < len(self._tokens):
            before = self._at
            yield self._chain(self._primary(0), 0)
            if self._at == before:
                self._at += 1

    def expression(self, depth: int) -> Expression:
        start = self._offset()
        found = self._chain(self._primary(depth), depth)
        if found.kind == "other" and self._peek() == "=>":
            self._at += 1
            return self._function(start, depth)
        if self._peek() not in ("", ",", ")", "]", "}", ";"):
            found = self._operators(found, start, depth)
        return found

    def _operators(self, found: Expression, start: int, depth: int) -> Expression:
        """`a | b`, `x as const`, `a + b`: the first operand counts where the rest only refines it."""
        if self._peek() == "=>":
            self._at += 1
            return self._function(start, depth)
        keeps = self._peek() in ("as", "satisfies", "!")
        self._skip()
        return found if keeps else Expression("other", start, raw=self._slice(start))

    def _primary(self, depth: int) -> Expression:
        if self._at >= len(self._tokens) or depth > DEEPEST:
            return self._unknown()
        kind, text, at = self._tokens[self._at]
        if kind == "name" and text in _PREFIXES and self._kind(1) in ("name", "mark") and self._peek(1) not in ",)]}":
            self._at += 1
            return self._primary(depth + 1)
        if kind == "name" and text == "lambda":
            while self._at < len(self._tokens) and self._peek() != ":":
                self._at += 1
            self._at += 1
            return self._function(at, depth)
        if kind == "mark" and text in _OPEN:
            return self._group(text, at, depth)
        if kind == "mark" and text in _CLOSE:
            return Expression("other", at)
        self._at += 1
        if kind == "text":
            return Expression("text", at, name=_unquoted(text), raw=text)
        return Expression(kind if kind in ("number", "regex", "name") else "other", at, name=text, raw=text)

    def _unknown(self) -> Expression:
        start = self._offset()
        self._skip()
        return Expression("other", start)

    def _function(self, at: int, depth: int) -> Expression:
        """`() => body`, `lambda: body`: the body is the only argument."""
        if self._peek() == "{" and self._peek(1) == "return":
            self._at += 2
            body = self.expression(depth + 1)
            self._skip()
            self._at += self._peek() == "}"
            return Expression("function", at, arguments=(body,))
        if self._peek() == "{":
            self._skip()
            return Expression("function", at)
        return Expression("function", at, arguments=(self.expression(depth + 1),))

    def _group(self, opener: str, at: int, depth: int) -> Expression:
        arguments, named, keys = self._inside(depth)
        if opener == "{":
            kind = "object" if named or not arguments else "list"
            return Expression(kind, at, arguments=arguments, named=named, keys=keys, raw=self._slice(at))
        if opener == "[":
            return Expression("list", at, arguments=arguments, named=named, keys=keys, raw=self._slice(at))
        if self._peek() == "=>" or len(arguments) != 1:
            return Expression("other", at, raw=self._slice(at))
        return arguments[0]

    def _chain(self, found: Expression, depth: int) -> Expression:
        """Attributes and calls behind an expression."""
        while self._at < len(self._tokens):
            mark, at = self._peek(), self._offset()
            if mark in (".", "?.", "::") and self._kind(1) == "name":
                self._at += 2
                found = Expression("name", found.at, name=self._tokens[self._at - 1][1], base=found)
            elif mark == "(" and found.kind == "name":
                arguments, named, keys = self._inside(depth)
                found = Expression(
                    "call", found.at, found.name, arguments, named, found.base, keys, raw=self._slice(at)
                )
            elif mark == "[" and found.kind == "name" and not found.name.startswith("@"):
                self._inside(depth)
                found = Expression("call", found.at, found.name, base=found.base, raw=self._slice(at))
            elif mark == "<" and found.kind == "name" and (end := self._generics()):
                self._at = end
            else:
                break
        return found

    def _generics(self) -> int:
        """Where the type arguments of a call end, 0 where `<` compares: `z.object<T>(…)`, `json().$type<A>()`."""
        depth = 0
        for place in range(self._at, min(self._at + 200, len(self._tokens))):
            text = self._tokens[place][1]
            depth += (text == "<") - (text == ">")
            if depth == 0:
                follows = self._tokens[place + 1][1] if place + 1 < len(self._tokens) else ""
                return place + 1 if follows == "(" else 0
            if text in (";", "&&", "||"):
                return 0
        return 0

    def _inside(self, depth: int) -> tuple[tuple[Expression, ...], dict[str, Expression], dict[str, int]]:
        """Arguments, keyword arguments and their places, from an opening bracket behind its closing one."""
        self._at += 1
        arguments: list[Expression] = []
        named: dict[str, Expression] = {}
        keys: dict[str, int] = {}
        while self._at < len(self._tokens):
            if self._peek() in _CLOSE:
                self._at += 1
                break
            if self._peek() in (",", ";"):
                self._at += 1
                continue
            before = self._at
            self._member(arguments, named, keys, depth)
            if self._at == before:
                self._at += 1
        return tuple(arguments), named, keys

    def _member(
        self, arguments: list[Expression], named: dict[str, Expression], keys: dict[str, int], depth: int
    ) -> None:
        kind, text, at = self._tokens[self._at]
        if kind in ("name", "text", "number") and self._peek(1) in ("=", ":") and depth <= DEEPEST:
            self._at += 2
            key = _unquoted(text) if kind == "text" else text
            keys[key], named[key] = at, self.expression(depth + 1)
        elif depth > DEEPEST:
            self._skip()
        else:
            arguments.append(self.expression(depth + 1))
        if self._peek() not in ("", ",", ";", ")", "]", "}"):
            self._skip()

    def _skip(self) -> None:
        """To the next comma or closing bracket of this depth."""
        depth = 0
        while self._at < len(self._tokens):
            text = self._tokens[self._at][1]
            if depth == 0 and text in (",", ")", "]", "}", ";"):
                return
            depth += (text in _OPEN) - (text in _CLOSE)
            self._at += 1

    def _peek(self, ahead: int = 0) -> str:
        place = self._at + ahead
        return self._tokens[place][1] if place < len(self._tokens) else ""

    def _kind(self, ahead: int = 0) -> str:
        place = self._at + ahead
        return self._tokens[place][0] if place < len(self._tokens) else ""

    def _offset(self) -> int:
        return self._tokens[self._at][2] if self._at < len(self._tokens) else self._end

    def _slice(self, at: int) -> str:
        return self._text[at : min(self._offset(), at + 2000)].strip()


def _tokens(text: str, start: int, end: int, hashes: bool) -> Iterator[tuple[str, str, int]]:
    at = start
    while at < end:
        match = _TOKEN.match(text, at, end)
        if match is None:
            return
        kind = match.lastgroup or ""
        if kind == "hash" and not hashes:
            yield "mark", "#", at
            at += 1
            continue
        if kind not in ("space", "hash"):
            yield kind, match.group(), at
        at = match.end()


def _unquoted(text: str) -> str:
    text = text.lstrip("rbfu") if text[:1] in "rbfu" else text
    quotes = 3 if text[:3] in ('"""', "'''") else 1
    inner = text[quotes:-quotes] if len(text) >= 2 * quotes else ""
    return re.sub(r"\\(['\"`\\])", r"\1", inner)
