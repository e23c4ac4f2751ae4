"""TOML as units: tables, their keys, and the lines of arrays."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence

from flaresmith.compiler.merge.units import Block, Unit, lines_of

_TABLE = re.compile(r"\s*(\[\[?[^\]]+\]\]?)\s*(#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_\-.\"']+)\s*=")
_MOST_LINES = 400  # of one value


def read(text: str) -> Block | None:
    """The tables of a document; None where it is not TOML."""
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError):
        return None
    lines = lines_of(text)
    return _tables(lines)


def _tables(lines: Sequence[str]) -> Block:
    units: list[Unit] = []
    start = at = 0
    name = "opening"
    header = ""
    while at <= len(lines):
        end = at == len(lines)
        table = None if end else _TABLE.match(lines[at])
        if end or table:
            head = _lead_start(lines, start, at) if table else at
            if head > start or header:
                units.append(_table(name, header, lines[start:head], start))
            if table:
                header = "".join(lines[head : at + 1])
                name, start = table[1], at + 1
            at += 1
        else:
            at += _length(lines, at)
    return Block(tuple(units))


def _lead_start(lines: Sequence[str], start: int, at: int) -> int:
    """Comments right above a table belong to it."""
    while at > start and (lines[at - 1].lstrip().startswith("#")):
        at -= 1
    return at


def _table(name: str, header: str, lines: Sequence[str], start: int) -> Unit:
    inner = _entries(lines, start + 1)
    return Unit(name, (header, inner), header.strip() + "\x1d" + inner.code, start + 1 - header.count("\n"))


def _entries(lines: Sequence[str], number: int) -> Block:
    units = []
    lead: list[str] = []
    at = 0
    while at < len(lines):
        length = _length(lines, at)
        key = _KEY.match(lines[at])
        if key is None:
            lead += lines[at : at + length]
        else:
            value = lines[at : at + length]
            code = "".join(line.strip() for line in [*lead, *value] if line.strip())
            slots = ("".join(lead), *_value(value, number + at))
            units.append(Unit(key[1], slots, code, number + at - len(lead)))
            lead = []
        at += length
    return Block(tuple(units), tail="".join(lead))


def _value(lines: Sequence[str], number: int) -> tuple[str | Block, ...]:
    """An array with one element a line, each followed by a comma, is a block of these."""
    inner = lines[1:-1]
    if len(lines) < 3 or not lines[0].rstrip().endswith("[") or not lines[-1].lstrip().startswith("]"):
        return ("".join(lines),)
    if any(line.strip() and not line.split("#")[0].rstrip().endswith(",") for line in inner):
        return ("".join(lines),)
    units = tuple(Unit("", (line,), line.strip(), number + 1 + index) for index, line in enumerate(inner))
    return (lines[0], Block(units), lines[-1])


def _length(lines: Sequence[str], at: int) -> int:
    """How many lines the key or comment at this line takes."""
    if not _KEY.match(lines[at]):
        return 1
    for length in range(1, min(_MOST_LINES, len(lines) - at) + 1):
        try:
            tomllib.loads("".join(lines[at : at + length]))
        except (ValueError, RecursionError):
            continue
        return length
    return 1
