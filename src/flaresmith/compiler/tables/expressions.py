"""Conditions in the author's words (`endsOn >= startsOn`, `kind = 'preview' and ttl is not null`) as checked SQL.

Only comparisons between fields and literals, `in`, `between`, null tests and their combination are understood;
anything else gives None. SQL is written from the parsed parts, never copied from the spec.
"""

from __future__ import annotations

import operator as operators
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.literals import literal_text
from flaresmith.compiler.model import Kind, Type
from flaresmith.compiler.tables.sql import literal, quoted

MAX_LENGTH = 2000
MAX_DEPTH = 20
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>-?\d+(?:\.\d+)?)(?![\w.])|(?P<text>'(?:[^']|'')*')|(?P<name>[A-Za-z_]\w*|"[^"]+")
    |(?P<operator><=|>=|<>|!=|==|[=<>(),≤≥]))""",
    re.VERBOSE,
)
_OPERATORS = {"==": "=", "!=": "<>", "≤": "<=", "≥": ">="}
_COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})
_COMPARE = {
    "=": operators.eq,
    "<>": operators.ne,
    "<": operators.lt,
    ">": operators.gt,
    "<=": operators.le,
    ">=": operators.ge,
}
_FAMILIES = {
    Kind.INTEGER: "number",
    Kind.BIGINT: "number",
    Kind.NUMBER: "number",
    Kind.DECIMAL: "number",
    Kind.STRING: "text",
    Kind.TEXT: "text",
    Kind.ENUM: "text",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "time",
    Kind.DATETIME: "time",
}


_UNORDERED = frozenset({Kind.JSON, Kind.ARRAY, Kind.BINARY})  # these are only tested for null
Values = Mapping[str, Any]
Truth = Callable[[Values], bool | None]


class _NotUnderstood(Exception):
    """The condition is outside the small grammar."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition: its SQL, whether it holds for values by column (None: unknown, which a check lets pass), and the
    literals that its columns are compared with.
    """

    sql: str
    holds: Truth
    literals: tuple[tuple[str, Any], ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the condition speaks of."""
        return tuple(dict.fromkeys(column for column, _ in self.literals))


@dataclass(frozen=True, slots=True)
class Term:
    """A column or a literal: what it can be compared with, its value or name, its SQL, and a column's type."""

    family: str
    value: Any
    sql: str
    type: Type | None = None

    def of(self, values: Values) -> Any:
        """The value of the term; None where it is unknown."""
        return _comparable_value(values.get(self.value) if self.type else self.value, self.family)


def to_sql(condition: str, columns: Mapping[str, tuple[str, Type]]) -> str | None:
    """SQL of a condition, or None when it is not understood; `columns` maps field names to column and type."""
    found = read_condition(condition, columns)
    return found.sql if found else None


def read_condition(condition: str, columns: Mapping[str, tuple[str, Type]]) -> Condition | None:
    """A condition as written by an author, or None when it is not understood."""
    if not condition.strip() or len(condition) > MAX_LENGTH:
        return None
    try:
        return _Reader(condition, columns).read()
    except _NotUnderstood:
        return None


class _Reader:
    def __init__(self, condition: str, columns: Mapping[str, tuple[str, Type]]) -> None:
        self.columns = {naming.snake(name): column for name, column in columns.items()} | dict(columns)
        self.tokens = _tokens(condition)
        self.position = 0
        self.depth = 0

    def read(self) -> Condition:
        found = self._any()
        if self.position != len(self.tokens):
            raise _NotUnderstood
        return found

    def _any(self) -> Condition:
        parts = [self._all()]
        while self._word("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else _joined(parts, " OR ", _either)

    def _all(self) -> Condition:
        parts = [self._one()]
        while self._word("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else _joined(parts, " AND ", _both)

    def _one(self) -> Condition:
        if self._symbol("("):
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise _NotUnderstood
            inner = self._any()
            self._expect(")")
            return Condition(f"({inner.sql})", inner.holds, inner.literals)
        return self._comparison()

    def _comparison(self) -> Condition:
        left = self._term()
        if self._word("is"):
            return _null_test(left, negated=self._not_null())
        if self._word("not"):
            return self._choices(left, negated=True) if self._word("in") else self._bare_not_null(left)
        if self._word("in"):
            return self._choices(left, negated=False)
        if self._word("between"):
            return self._between(left)
        operator = self._comparator()
        if operator in {"=", "<>"} and self._word("null"):
            return _null_test(left, negated=operator == "<>")
        return _compared(left, operator, self._comparable(left))

    def _between(self, left: Term) -> Condition:
        low = self._comparable(left)
        if not self._word("and"):
            raise _NotUnderstood
        high = self._comparable(left)
        parts = [_compared(left, ">=", low), _compared(left, "<=", high)]
        return _joined(parts, " AND ", _both)

    def _not_null(self) -> bool:
        negated = self._word("not")
        if not self._word("null"):
            raise _NotUnderstood
        return negated

    def _bare_not_null(self, left: Term) -> Condition:
        if not self._word("null"):
            raise _NotUnderstood
        return _null_test(left, negated=True)

    def _choices(self, left: Term, *, negated: bool) -> Condition:
        self._expect("(")
        choices = [self._comparable(left)]
        while self._symbol(","):
            choices.append(self._comparable(left))
        self._expect(")")
        whole = _joined([_compared(left, "=", choice) for choice in choices], " OR ", _either)
        sql = f"{left.sql} {'NOT IN' if negated else 'IN'} ({', '.join(choice.sql for choice in choices)})"
        return Condition(sql, _negated(whole.holds) if negated else whole.holds, whole.literals)

    def _comparable(self, left: Term) -> Term:
        """The next term, where PostgreSQL can compare it with `left`."""
        right = self._term()
        kinds = [term.type.kind for term in (left, right) if term.type]
        if not kinds or _UNORDERED & set(kinds):
            raise _NotUnderstood
        if left.family == right.family or _fits(left, right) or _fits(right, left):
            return right
        raise _NotUnderstood

    def _term(self) -> Term:
        kind, text = self._take()
        if kind == "number":
            return Term(kind, Decimal(text), text)
        if kind == "text":
            value = text[1:-1].replace("''", "'")
            return Term(kind, value, literal(value))
        if kind == "name":
            return self._column(text.strip('"'))
        raise _NotUnderstood

    def _column(self, name: str) -> Term:
        if name.lower() in {"true", "false"}:
            return Term("boolean", name.lower() == "true", name.lower())
        known = self.columns.get(name) or self.columns.get(naming.snake(name))
        if known is None:
            raise _NotUnderstood
        column, kind = known
        return Term(_FAMILIES.get(kind.kind, f"only {kind.kind}"), column, quoted(column), kind)

    def _comparator(self) -> str:
        kind, text = self._take()
        operator = _OPERATORS.get(text, text)
        if kind != "operator" or operator not in _COMPARISONS:
            raise _NotUnderstood
        return operator

    def _take(self) -> tuple[str, str]:
        if self.position >= len(self.tokens):
            raise _NotUnderstood
        self.position += 1
        return self.tokens[self.position - 1]

    def _peek(self) -> tuple[str, str]:
        return self.tokens[self.position] if self.position < len(self.tokens) else ("", "")

    def _word(self, word: str) -> bool:
        kind, text = self._peek()
        return self._advance(kind == "name" and text.lower() == word)

    def _symbol(self, symbol: str) -> bool:
        return self._advance(self._peek() == ("operator", symbol))

    def _expect(self, symbol: str) -> None:
        if not self._symbol(symbol):
            raise _NotUnderstood

    def _advance(self, matched: bool) -> bool:
        self.position += matched
        return matched


def _joined(parts: Sequence[Condition], word: str, join: Callable[[list[bool | None]], bool | None]) -> Condition:
    literals = tuple(pair for part in parts for pair in part.literals)
    return Condition(word.join(p.sql for p in parts), lambda values: join([p.holds(values) for p in parts]), literals)


def _either(found: list[bool | None]) -> bool | None:
    return True if True in found else None if None in found else False


def _both(found: list[bool | None]) -> bool | None:
    return False if False in found else None if None in found else True


def _negated(holds: Truth) -> Truth:
    def negated(values: Values) -> bool | None:
        found = holds(values)
        return None if found is None else not found

    return negated


def _null_test(left: Term, *, negated: bool) -> Condition:
    sql = f"{left.sql} IS {'NOT ' if negated else ''}NULL"
    return Condition(sql, lambda values: (left.of(values) is None) != negated, ((str(left.value), None),))


def _compared(left: Term, operator: str, right: Term) -> Condition:
    compare = _COMPARE[operator]

    def holds(values: Values) -> bool | None:
        one, other = left.of(values), right.of(values)
        if one is None or other is None:
            return None
        return bool(compare(one, other)) if type(one) is type(other) else None

    literals = [(t.value, None if o.type else o.value) for t, o in ((left, right), (right, left)) if t.type]
    return Condition(f"{left.sql} {operator} {right.sql}", holds, tuple(literals))


def _comparable_value(value: Any, family: str) -> Any:
    """A JSON value in a form that orders as PostgreSQL orders it."""
    if family == "number" and isinstance(value, (int, float, str)) and not isinstance(value, bool):
        try:
            return Decimal(str(value))
        except InvalidOperation:
            return None
    return value


def _fits(column: Term, constant: Term) -> bool:
    """Whether a text literal can be read as a value of the column, a date for instance."""
    if column.type is None or constant.type is not None or constant.family != "text":
        return False
    return literal_text(column.type, constant.value) is not None


def _tokens(condition: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    text, position = condition.strip(), 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise _NotUnderstood
        tokens.append((match.lastgroup, match.group(match.lastgroup)))
        position = match.end()
    return tokens
