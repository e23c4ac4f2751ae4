"""SQL and pseudo-SQL as tokens with their lines, in linear time; comments are kept, function bodies left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"(?P<space>[ \t\r]+)|(?P<line>\n)|(?P<comment>--[^\n]*)|(?P<block>/\*)|(?P<text>'(?:[^'\n]|'')*')"
    r"|(?P<name>\"[^\"\n]{1,200}\"|`[^`\n]{1,200}`|\[[A-Za-z_]\w{0,100}\])|(?P<body>\$\w{0,20}\$)"
    r"|(?P<word>[^\W\d][\w$]*)|(?P<number>\d+(?:\.\d+)?)|(?P<mark>::|<=|>=|<>|!=|->>?|.)",
    re.S,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind (word, name, text, number, mark, comment), its text, and where it stands."""

    kind: str
    text: str
    line: int
    column: int
    bare: bool = True  # not quoted, so it may be a keyword

    @property
    def upper(self) -> str:
        """The text in upper case, for keywords."""
        return self.text.upper()


def tokens(lines: list[str], first_line: int) -> list[Token]:
    """The tokens of a code block without white space."""
    return list(_scan("\n".join(lines), first_line))


def _scan(text: str, line: int) -> Iterator[Token]:
    at, line_start = 0, 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return
        kind, value, start = match.lastgroup or "mark", match.group(), at
        at = match.end()
        if kind in ("block", "body"):
            at = _end_of(text, value, at)
            value = ""
        if value and kind not in ("space", "line"):
            bare = kind != "name"
            yield Token(kind if bare else "word", _unquoted(kind, value), line, start - line_start + 1, bare)
        broken = text.count("\n", start, at)
        if broken:
            line += broken
            line_start = text.rfind("\n", start, at) + 1


def _end_of(text: str, opener: str, at: int) -> int:
    closer = "*/" if opener == "/*" else opener
    end = text.find(closer, at)
    return len(text) if end < 0 else end + len(closer)


def _unquoted(kind: str, value: str) -> str:
    if kind == "name":
        return value[1:-1]
    return value[2:].strip() if kind == "comment" else value
