"""Conditions over the fields of one row (`endsOn >= startsOn`): whether a row keeps them, and a row that does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from flaresmith.compiler.model import Rule

Row = Mapping[str, Any]

_MOST_TRIES = 400
_UNKNOWN = object()  # what SQL calls NULL: a condition that is unknown is kept


class Conditions:
    """The understood conditions of one entity."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.trees = list(_parsed(rule.expression for rule in rules if rule.expression))

    def fields(self) -> frozenset[str]:
        """The names that the conditions speak of."""
        return frozenset(name for tree in self.trees for name in _columns(tree))

    def hold(self, row: Row) -> bool:
        """Whether no condition is violated; one that cannot be evaluated here counts as kept."""
        return all(_value(tree, row) is not False for tree in self.trees)

    def repaired(self, row: Row, free: Mapping[str, Sequence[Any]]) -> dict[str, Any] | None:
        """The row with as few `free` fields changed as are needed, or None when no such row was found.

        `free` maps each field that may change to further values it may have; values that the conditions mention, and
        those of other fields, are tried too.
        """
        current = dict(row)
        tries = 0
        for tree in self.trees * 2:
            if _value(tree, current) is not False:
                continue
            for name, value in self._options(tree, current, free):
                tries += 1
                if tries > _MOST_TRIES:
                    return None
                changed = {**current, name: value}
                if _value(tree, changed) is not False and self._broken(changed) < self._broken(current):
                    current = changed
                    break
        return current if self.hold(current) else None

    def _broken(self, row: Row) -> int:
        return sum(_value(tree, row) is False for tree in self.trees)

    def _options(self, tree: Any, row: Row, free: Mapping[str, Sequence[Any]]) -> Iterator[tuple[str, Any]]:
        names = [name for name in _columns(tree) if name in free]
        mentioned = [*_literals(tree), *(row.get(name) for name in _columns(tree))]
        for name in names:
            old = row.get(name)
            for value in [*free[name], *mentioned]:
                for near in _near(value):
                    if type(near) is type(old) or near is None or old is None:
                        yield name, near
                    elif isinstance(old, str) and isinstance(near, (int, float)) and _number(old) is not None:
                        yield name, str(near)


def _near(value: Any) -> Iterator[Any]:
    yield value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        yield value + 1
        yield value - 1


def _parsed(expressions: Iterable[str]) -> Iterator[Any]:
    import sqlglot  # a quarter of a second that only specs with conditions pay

    for expression in expressions:
        try:
            yield sqlglot.parse_one(expression, dialect="postgres")
        except (sqlglot.errors.SqlglotError, RecursionError):
            continue


def _columns(tree: Any) -> list[str]:
    from sqlglot import exp

    return list(dict.fromkeys(column.name for column in tree.find_all(exp.Column)))


def _literals(tree: Any) -> list[Any]:
    from sqlglot import exp

    return [_literal(literal) for literal in tree.find_all(exp.Literal)]


def _literal(node: Any) -> Any:
    if node.is_string:
        return node.this
    return int(node.this) if node.this.isdigit() else float(node.this)


def _value(node: Any, row: Row) -> Any:
    """The value of a node: True, False, a scalar, or unknown."""
    value = _plain_value(node, row)
    return not value if node.args.get("negate") and value is not _UNKNOWN else value  # `is not null`


def _plain_value(node: Any, row: Row) -> Any:
    from sqlglot import exp

    match node:
        case exp.Paren():
            return _value(node.this, row)
        case exp.Column():
            value = row.get(node.name)
            return _UNKNOWN if value is None else value
        case exp.Literal():
            return _literal(node)
        case exp.Boolean():
            return bool(node.this)
        case exp.Neg():
            return _arithmetic(node, 0, _value(node.this, row))
        case exp.Not():
            inner = _value(node.this, row)
            return inner if inner is _UNKNOWN else not inner
        case exp.And() | exp.Or():
            return _joined(isinstance(node, exp.Or), _value(node.this, row), _value(node.expression, row))
        case exp.Is():
            missing = _value(node.this, row) is _UNKNOWN
            return missing if isinstance(node.expression, exp.Null) else _UNKNOWN
        case exp.In():
            found = [_compared(exp.EQ, _value(node.this, row), _value(item, row)) for item in node.expressions]
            return _UNKNOWN if _UNKNOWN in found else any(found)
        case exp.Between():
            value = _value(node.this, row)
            low = _compared(exp.GTE, value, _value(node.args["low"], row))
            return _joined(False, low, _compared(exp.LTE, value, _value(node.args["high"], row)))
        case exp.EQ() | exp.NEQ() | exp.GT() | exp.GTE() | exp.LT() | exp.LTE():
            return _compared(type(node), _value(node.this, row), _value(node.expression, row))
        case exp.Length():
            text = _value(node.this, row)
            return len(text) if isinstance(text, str) else _UNKNOWN
        case exp.Add() | exp.Sub():
            return _arithmetic(node, _value(node.this, row), _value(node.expression, row))
    return _UNKNOWN


def _joined(either: bool, one: Any, other: Any) -> Any:
    deciding = either
    if deciding in (one, other):
        return deciding
    return _UNKNOWN if _UNKNOWN in (one, other) else not deciding


def _arithmetic(node: Any, one: Any, other: Any) -> Any:
    from sqlglot import exp

    left, right = _number(one), _number(other)
    if left is None or right is None:
        return _UNKNOWN
    return left + right if isinstance(node, exp.Add) else left - right


def _compared(kind: Any, one: Any, other: Any) -> Any:
    from sqlglot import exp

    if _UNKNOWN in (one, other):
        return _UNKNOWN
    numbers = (_number(one), _number(other))
    left, right = (one, other) if None in numbers else numbers
    if kind in (exp.EQ, exp.NEQ):
        return (left == right) is (kind is exp.EQ)
    try:
        return _ordered(kind, left, right)
    except TypeError:
        return _UNKNOWN


def _ordered(kind: Any, left: Any, right: Any) -> bool:
    from sqlglot import exp

    if kind is exp.GT:
        return bool(left > right)
    if kind is exp.GTE:
        return bool(left >= right)
    return bool(left < right) if kind is exp.LT else bool(left <= right)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
