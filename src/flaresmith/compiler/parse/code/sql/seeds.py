"""`INSERT INTO … VALUES …`: the rows that exist from the start, as JSON values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flaresmith.compiler.model import Seed, Source
from flaresmith.compiler.parse.code.sql.statements import Tokens, after, group, last_name, opening, pieces
from flaresmith.compiler.parse.code.sql.tokens import Token

_CONSTANTS: dict[str, Any] = {"TRUE": True, "FALSE": False, "NULL": None}
_MOST = 1000


def seed_rows(code: Tokens, file: str) -> tuple[Token | None, list[Seed]]:
    """The table of an INSERT, and its rows; a value that is computed (`now()`) is left out of its row."""
    at = after(code, "INTO")
    values = after(code, "VALUES")
    listed = opening(code, at)
    if values >= len(code) or listed is None or listed > values:
        return last_name(code[at : listed or at]), []
    names = [piece[0].text for piece in pieces(group(code, listed)) if piece]
    return last_name(code[at:listed]), list(_rows(code[values:], names, file))


def _rows(stream: Tokens, names: list[str], file: str) -> Iterator[Seed]:
    place, made = 0, 0
    while place < len(stream) and made < _MOST:
        if stream[place].text != "(":
            if stream[place].kind == "word":
                return  # ON CONFLICT, RETURNING
            place += 1
            continue
        row = group(stream, place)
        cells = pieces(row)
        if len(cells) == len(names):
            found = {name: value for name, cell in zip(names, cells, strict=True) if (value := _value(cell)) is not ...}
            yield Seed(found, Source(file, stream[place].line, stream[place].column))
            made += 1
        place += len(row) + 2


def _value(cell: Tokens) -> Any:
    """The JSON value of a cell, or `...` for an expression."""
    sign = -1 if cell[0].text == "-" and len(cell) > 1 else 1
    token = cell[1] if sign < 0 else cell[0]
    cast = len(cell) > 1 and cell[1].text == "::"
    if len(cell) > (2 if sign < 0 else 1) and not cast:
        return ...
    if token.kind == "text":
        return token.text[1:-1].replace("''", "'")
    if token.kind == "number":
        return sign * (float(token.text) if "." in token.text else int(token.text[:18]))
    if token.kind == "word" and re.fullmatch(r"true|false|null", token.text, re.I):
        return _CONSTANTS[token.upper]
    return ...
