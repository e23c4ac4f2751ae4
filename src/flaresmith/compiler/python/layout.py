"""Python source as the formatter would leave it: literals, prose in comments, and calls that break where too long."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from flaresmith.compiler.model import Source

WIDTH = 120
_LITERALS = re.compile(r'r?"""[\s\S]*?"""|r?"(?:[^"\\\n]|\\.)*"|' + r"r?'(?:[^'\\\n]|\\.)*'")
_SUBSCRIPT = re.compile(r"\w\[$")
INDENT = 4


@dataclass(frozen=True, slots=True)
class Call:
    """Something in brackets: `open` ends with the bracket, `close` starts with it; items are text or nested.

    `lone` keeps the comma that makes a tuple of a single item.
    """

    open: str
    items: tuple[Node, ...] = ()
    close: str = ")"
    lone: bool = False

    def flat(self) -> str:
        """The whole on one line."""
        return f"{self.open}{', '.join(map(flat, self.items))}{',' if self.lone else ''}{self.close}"


@dataclass(frozen=True, slots=True)
class Either:
    """Alternatives, `A | B`; `open` stands before and `close` behind."""

    items: tuple[Node, ...]
    open: str = ""
    close: str = ""

    def flat(self) -> str:
        """The whole on one line."""
        return f"{self.open}{' | '.join(map(flat, self.items))}{self.close}"


Node = str | Call | Either


def call(open_: str, *items: Node, close: str = ")") -> Call:
    """A bracketed list: `call("sa.String(", "20")`."""
    return Call(open_, items, close)


def tuple_of(open_: str, *items: Node) -> Call:
    """A tuple, also of one item: `tuple_of("KEYS = (", '"id"')`."""
    return Call(open_, items, lone=len(items) == 1)


def imports(module: str, names: Iterable[str]) -> list[str]:
    """An import of names, in brackets where it is long; nothing without names."""
    listed = list(names)
    line = f"from {module} import {', '.join(listed)}"
    if not listed:
        return []
    return [line] if len(line) <= WIDTH else [f"from {module} import (", *(f"    {name}," for name in listed), ")"]


def flat(node: Node) -> str:
    """A node on one line."""
    return node if isinstance(node, str) else node.flat()


def after(prefix: str, node: Node, suffix: str = "") -> Node:
    """The node with text before and behind: `after("default=", node)`."""
    if isinstance(node, str):
        return f"{prefix}{node}{suffix}"
    return replace(node, open=prefix + node.open, close=node.close + suffix)


def lines(node: Node, indent: int = 0, suffix: str = "") -> list[str]:
    """The node as lines: one where it fits, else one item per line with a comma, save the lone item of a subscript."""
    pad = " " * indent
    whole = f"{pad}{flat(node)}{suffix}"
    if isinstance(node, str) or not node.items or len(whole) <= WIDTH:
        return [whole]
    if isinstance(node, Either):
        return _alternatives(node, indent, suffix)
    comma = "" if len(node.items) == 1 and _SUBSCRIPT.search(node.open) else ","
    inner = [line for item in node.items for line in lines(item, indent + INDENT, comma)]
    return [pad + node.open, *inner, f"{pad}{node.close}{suffix}"]


def _alternatives(node: Either, indent: int, suffix: str) -> list[str]:
    pad, (first, *others) = " " * indent, node.items
    together = f"{' ' * (indent + INDENT)}{' | '.join(map(flat, node.items))}"
    if len(together) <= WIDTH:
        return [f"{pad}{node.open}(", together, f"{pad}){node.close}{suffix}"]
    inner = lines(first, indent + INDENT)
    for other in others:
        inner += lines(after("| ", other), indent + INDENT)
    return [f"{pad}{node.open}(", *inner, f"{pad}){node.close}{suffix}"]


@lru_cache(maxsize=1 << 16)
def text(value: str) -> str:
    """A string literal, in double quotes unless that needs more escapes."""
    if value.isprintable() and '"' not in value and "\\" not in value:
        return f'"{value}"'
    quote = "'" if value.count('"') > value.count("'") else '"'
    body = "".join(_escaped(character, quote) for character in value)
    return f"{quote}{body}{quote}"


def raw(pattern: str) -> str:
    """A regular expression as a raw literal where that is possible."""
    if "\\" in pattern and pattern.isprintable() and '"' not in pattern and not pattern.endswith("\\"):
        return f'r"{pattern}"'
    return text(pattern)


def literal(value: Any) -> Node:
    """A JSON value as a Python expression."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        return Call("{", tuple(after(f"{text(str(key))}: ", literal(item)) for key, item in value.items()), "}")
    if isinstance(value, (list, tuple)):
        return Call("[", tuple(map(literal, value)), "]")
    return f"Decimal({text(str(value))})" if isinstance(value, Decimal) else repr(value)


def prose(value: str) -> str:
    """Text of a spec made safe for a docstring or comment: one line of printable words, no quotes that end it."""
    words = " ".join(value.split())
    if not words.isprintable():
        words = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return words.replace("\\", "/").replace('"""', "'''").replace('"', "'")


def docstring(first: str, *paragraphs: str, indent: int = 0) -> list[str]:
    """A docstring of wrapped paragraphs; empty ones are left out."""
    pad = " " * indent
    said = [prose(paragraph) for paragraph in (first, *paragraphs)]
    wrapped = [_wrap(words, WIDTH - indent - 6) for words in said if words] or [["Without a description."]]
    if len(wrapped) == 1 and len(wrapped[0]) == 1:
        return [f'{pad}"""{wrapped[0][0]}"""']
    body = [line for index, paragraph in enumerate(wrapped) for line in (*([""] if index else []), *paragraph)]
    return [f'{pad}"""{body[0]}', *(f"{pad}{line}".rstrip() for line in body[1:]), f'{pad}"""']


def header(first: str, requirements: Iterable[str], sources: Iterable[Source], note: str = "") -> list[str]:
    """The docstring a generated module opens with.

    It names requirement ids and spec files but no hash and no line: those would change every file on every edit.
    """
    files = ", ".join(sorted({source.file for source in sources}))
    ids = ", ".join(sorted(set(requirements)))
    origin = (
        f"Generated by Flaresmith{' from ' + files if files else ''}.{' Requirements: ' + ids + '.' if ids else ''}"
    )
    return docstring(first, note, origin)


def without_literals(code: str) -> str:
    """Code in which every string literal is empty, so that names can be looked for."""
    return _LITERALS.sub('""', code)


def module(parts: Iterable[Sequence[str]]) -> str:
    """Blocks of lines as a module: the caller puts blank lines inside, two stand between definitions."""
    return "\n".join(line for part in parts for line in part).rstrip("\n") + "\n"


def _wrap(paragraph: str, width: int) -> list[str]:
    if len(paragraph) <= width:
        return [paragraph]
    return textwrap.wrap(paragraph, width, break_long_words=False, break_on_hyphens=False) or [""]


def _escaped(character: str, quote: str) -> str:
    if character == quote or character == "\\":
        return "\\" + character
    return character if character.isprintable() else repr(character)[1:-1]
