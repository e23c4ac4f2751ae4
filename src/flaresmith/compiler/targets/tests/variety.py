"""Values that no two rows share and that do not run out: a sample value moved on by a number."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any

from flaresmith.compiler.model import Entity, Field, Kind
from flaresmith.compiler.samples import is_match
from flaresmith.compiler.service.solving import Rules

MOST = 10_000
_FORMS = {"": "{} {}", "email": "{1}.{0}", "uri": "{}{}", "url": "{}{}"}
_DIGITS = re.compile(r"[0-9]{4,}")
_NUMBERS = (0, 1, 7, 10, MOST // 2, MOST * 2 - 1)


def kind_of(field: Field, value: Any) -> str:
    """How a value of a field is moved on: `days`, `moments`, `number`, a form of text, or empty where it cannot be."""
    limits, kind = field.limits, field.type
    if kind.kind is Kind.DATE:
        return "days"
    if kind.kind is Kind.DATETIME:
        return "moments"
    if kind.kind in {Kind.INTEGER, Kind.BIGINT} and limits.maximum is None:
        return "number"
    if kind.kind in {Kind.STRING, Kind.TEXT} and kind.format in _FORMS and isinstance(value, str):
        return _pattern_form(limits.pattern, value) if limits.pattern else _FORMS[kind.format]
    return ""


def _pattern_form(pattern: str, value: str) -> str:
    """A form of text in which every number gives a match: digits of the value replaced, or more behind it."""
    plain = value.replace("{", "{{").replace("}", "}}")
    runs = list(_DIGITS.finditer(plain))
    counted = [f"{plain[: run.start()]}{{1:0{len(run.group())}d}}{plain[run.end() :]}" for run in runs[-1:]]
    for form in (*counted, "{}{}", "{}-{}"):
        if all(is_match(pattern, form.format(value, number)) for number in _NUMBERS):
            return form
    return ""


def moved(value: Any, how: str, number: int) -> Any:
    """The value moved on by a number, exactly as the factory of the tests does it."""
    if how == "days":
        return str(datetime.date.fromisoformat(value) + datetime.timedelta(days=number))
    if how == "moments":
        moment = datetime.datetime.fromisoformat(value) + datetime.timedelta(days=number)
        return moment.isoformat().replace("+00:00", "Z")
    return value + number if how == "number" else how.format(value, number)


def counted(entity: Entity, constant: Mapping[str, Any], distinct: Mapping[str, Any]) -> dict[str, str]:
    """Field → how its first value is moved on, for those with room; none where a rule would then be broken."""
    found: dict[str, str] = {}
    for name, values in distinct.items():
        field = entity.field(name)
        how = kind_of(field, values[0]) if field else ""
        if field and how and _fits(field, moved(values[0], how, MOST * 2)):
            found[name] = how
    rules = Rules(entity)
    for number in (0, 1, MOST // 2, MOST * 2) if rules.conditions else ():
        row = {n: moved(v[0], found[n], number) if n in found else v[0] for n, v in distinct.items()}
        if rules.solved({**constant, **row}, frozenset()) is None:
            return {}
    return found


def _fits(field: Field, value: Any) -> bool:
    if not isinstance(value, str) or field.type.kind in {Kind.DATE, Kind.DATETIME}:
        return isinstance(value, str) or value < 2**31
    longest = [n for n in (field.type.length, field.limits.max_length) if n]
    return len(value) <= min(longest, default=250)
