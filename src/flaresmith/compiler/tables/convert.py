"""How the values of a column survive a change of its type, and what is lost where they cannot."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flaresmith.compiler.tables.shape import Column
from flaresmith.compiler.tables.sql import quoted

_VARCHAR = re.compile(r"varchar(?:\((\d+)\))?")
_NUMERIC = re.compile(r"numeric(?:\((\d+), (\d+)\))?")
_WHOLE_DIGITS = {"integer": 9, "bigint": 18}
_LOSSLESS = frozenset(
    {
        ("integer", "bigint"),
        ("integer", "double precision"),
        ("integer", "numeric"),
        ("bigint", "numeric"),
        ("double precision", "numeric"),
        ("date", "timestamptz"),
    }
)


@dataclass(frozen=True, slots=True)
class Conversion:
    """A change in words, the SQL that makes the new value, and what is lost (empty when nothing is)."""

    words: str
    using: str = ""
    loses: str = ""


def conversion(was: Column, now: Column) -> Conversion:
    """How a column goes from one shape to another."""
    words = ", ".join(_changes(was, now))
    if was.type == now.type:
        return Conversion(words)
    using, lost = _using(was.type, now)
    return Conversion(words, using, f"{was.name}: {lost}" if lost else "")


def _changes(was: Column, now: Column) -> list[str]:
    changes = [f"{was.type} becomes {now.type}"] if was.type != now.type else []
    if was.nullable != now.nullable:
        changes.append("it may be empty" if now.nullable else "it is required")
    if was.default != now.default:
        changes.append(f"its default is {now.default.removeprefix('=') or 'gone'}")
    return changes


def _using(was: str, now: Column) -> tuple[str, str]:
    column, wanted = quoted(now.name), now.type
    if (length := _shrunk(was, wanted)) is not None:
        return f"left({column}::text, {length})", f"text longer than {length} characters is cut"
    if _is_lossless(was, wanted):
        return f"{column}::{wanted}", ""
    if rounded := _rounded(was, wanted):
        return f"{column}::{wanted}", rounded
    instead = "NULL" if now.nullable else (now.filler.replace("numbered__rows.n", "0") or "NULL")
    digits = _WHOLE_DIGITS.get(wanted)
    if digits and (was == "text" or _VARCHAR.fullmatch(was)):
        test = f"{column} ~ '^-?[0-9]{{1,{digits}}}$'"
        return f"CASE WHEN {test} THEN {column}::{wanted} ELSE {instead} END", f"values that are no {wanted}"
    return instead, f"all values, because {was} cannot become {wanted}"


def _rounded(was: str, now: str) -> str:
    """What a number loses that only gets fewer places; too many digits before the point stop the migration."""
    source, target = _NUMERIC.fullmatch(was), _NUMERIC.fullmatch(now)
    if source is None or target is None or not target.group(1):
        return ""
    room = int(target.group(1)) - int(target.group(2))
    digits = int(source.group(1)) - int(source.group(2)) if source.group(1) else room
    return f"places behind the point after {target.group(2)}" if digits <= room else ""


def _shrunk(was: str, now: str) -> int | None:
    """The new length where text may have to be cut."""
    target = _VARCHAR.fullmatch(now)
    if target is None or target.group(1) is None:
        return None
    length = int(target.group(1))
    source = _VARCHAR.fullmatch(was)
    if source and source.group(1):
        return None if int(source.group(1)) <= length else length
    return length if was == "text" or source else None


def _is_lossless(was: str, now: str) -> bool:
    if now == "text" or now == "varchar":
        return not was.endswith("[]") and was != "bytea"
    if (target := _VARCHAR.fullmatch(now)) and target.group(1):
        return bool(_VARCHAR.fullmatch(was)) or (was in {"uuid", "integer", "bigint"} and int(target.group(1)) >= 36)
    if (source := _NUMERIC.fullmatch(was)) and (target := _NUMERIC.fullmatch(now)):
        return _holds(source, target)
    return (was, now) in _LOSSLESS


def _holds(source: re.Match[str], target: re.Match[str]) -> bool:
    if target.group(1) is None:
        return True
    if source.group(1) is None:
        return False
    before, after = int(source.group(1)) - int(source.group(2)), int(target.group(1)) - int(target.group(2))
    return after >= before and int(target.group(2)) >= int(source.group(2))
