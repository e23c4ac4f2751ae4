"""Conditions in the author's words (`endsOn >= startsOn`, `kind = 'preview' and ttl is not null`) as checked SQL.

Only comparisons between fields and literals, `in`, `between`, null tests and their combination are understood;
anything else gives None. SQL is written from the parsed parts, never copied from the spec.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flaresmith.compiler import naming
from flaresmith.compiler.model import Kind, Type
from flaresmith.compiler.tables.sql import literal, literal_text, quoted

MAX_LENGTH = 2000
MAX_DEPTH = 20
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>-?\d+(?:\.\d+)?)(?![\w.])|(?P<text>'(?:[^']|'')*')|(?P<name>[A-Za-z_]\w*|"[^"]+")
    |(?P<operator><=|>=|<>|!=|==|[=<>(),≤≥]))""",
    re.VERBOSE,
)
_OPERATORS = {"==": "=", "!=": "<>", "≤": "<=", "≥": ">="}
_COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})
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


class _NotUnderstood(Exception):
    """The condition is outside the small grammar."""


@dataclass(frozen=True, slots=True)
class Term:
    """A column or a literal: what it can be compared with, its value or name, its SQL, and a column's type."""

    family: str
    value: str
    sql: str
    type: Type | None = None


def to_sql(condition: str, columns: Mapping[str, tuple[str, Type]]) -> str | None:
    """SQL of a condition, or None when it is not understood; `columns` maps field names to column and type."""
    if not condition.strip() or len(condition) > MAX_LENGTH:
        return None
    try:
        return _Reader(condition, columns).read()
    except _NotUnderstood:
        return None


class _Reader:
    def __init__(self, condition: str, columns: Mapping[str, tuple[str, Type]]) -> None:
        self.columns = {naming.snake(name): column for name, column in columns.items()}
        self.tokens = _tokens(condition)
        self.position = 0
        self.depth = 0

    def read(self) -> str:
        sql = self._any()
        if self.position != len(self.tokens):
            raise _NotUnderstood
        return sql

    def _any(self) -> str:
        parts = [self._all()]
        while self._word("or"):
            parts.append(self._all())
        return " OR ".join(parts)

    def _all(self) -> str:
        parts = [self._one()]
        while self._word("and"):
            parts.append(self._one())
        return " AND ".join(parts)

    def _one(self) -> str:
        if self._symbol("("):
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise _NotUnderstood
            inner = self._any()
            self._expect(")")
            return f"({inner})"
        return self._comparison()

    def _comparison(self) -> str:
        left = self._term()
        if self._word("is"):
            return f"{left.sql} IS NOT NULL" if self._not_null() else f"{left.sql} IS NULL"
        if self._word("not"):
            return f"{left.sql} NOT IN {self._choices(left)}" if self._word("in") else self._bare_not_null(left)
        if self._word("in"):
            return f"{left.sql} IN {self._choices(left)}"
        if self._word("between"):
            return self._between(left)
        operator = self._comparator()
        if operator in {"=", "<>"} and self._word("null"):
            return f"{left.sql} IS {'NOT ' if operator == '<>' else ''}NULL"
        return f"{left.sql} {operator} {self._comparable(left).sql}"

    def _between(self, left: Term) -> str:
        low = self._comparable(left)
        if not self._word("and"):
            raise _NotUnderstood
        return f"{left.sql} BETWEEN {low.sql} AND {self._comparable(left).sql}"

    def _not_null(self) -> bool:
        negated = self._word("not")
        if not self._word("null"):
            raise _NotUnderstood
        return negated

    def _bare_not_null(self, left: Term) -> str:
        if not self._word("null"):
            raise _NotUnderstood
        return f"{left.sql} IS NOT NULL"

    def _choices(self, left: Term) -> str:
        self._expect("(")
        choices = [self._comparable(left).sql]
        while self._symbol(","):
            choices.append(self._comparable(left).sql)
        self._expect(")")
        return f"({', '.join(choices)})"

    def _comparable(self, left: Term) -> Term:
        """The next term, where PostgreSQL can compare it with `left`."""
        right = self._term()
        if left.type is None and right.type is None:
            raise _NotUnderstood
        if left.family == right.family or _fits(left, right) or _fits(right, left):
            return right
        raise _NotUnderstood

    def _term(self) -> Term:
        kind, text = self._take()
        if kind == "number":
            return Term(kind, text, text)
        if kind == "text":
            value = text[1:-1].replace("''", "'")
            return Term(kind, value, literal(value))
        if kind == "name":
            return self._column(text.strip('"'))
        raise _NotUnderstood

    def _column(self, name: str) -> Term:
        if name.lower() in {"true", "false"}:
            return Term("boolean", name.lower(), name.lower())
        known = self.columns.get(naming.snake(name))
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
