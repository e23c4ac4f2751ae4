"""Code as a syntax tree with places in the spec file; tree-sitter parses, half-written code included.

Letters outside ASCII are masked for the parser, so that its offsets are those of the text. A parser is loaded when its
language is met for the first time. Brackets that are not closed are closed behind the text. Those nested deeper than
`DEEPEST` are refused: no spec has them, and some grammars (Dart's) take quadratic time to recover from them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator
from functools import cache, lru_cache
from importlib import import_module

from tree_sitter import Language, Node, Parser

from flaresmith.compiler.model import Source

DEEPEST = 100
LONGEST_LINE = 8000
LONGEST_RAW = 400
_GRAMMARS = {
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "python": ("tree_sitter_python", "language"),
    "java": ("tree_sitter_java", "language"),
    "csharp": ("tree_sitter_c_sharp", "language"),
    "golang": ("tree_sitter_go", "language"),
    "dart": ("tree_sitter_dart", "language"),
    "rust": ("tree_sitter_rust", "language"),
    "cpp": ("tree_sitter_cpp", "language"),
}
_MASKED = re.compile(r"[^\t\n\r -~]")
_BRACKETS = re.compile(r"[()\[\]{}<>;]")
_LONG = re.compile(rf"^([^\n]{{{LONGEST_LINE}}})([^\n]+)", re.M)
_MEMBER = re.compile(r"\s*(?!//|/?\*|#)(?:[@\w]{1,60}\s+){0,4}[\w<>\[\]?]{1,80}(?:\s*:\s*|\s+)\w")
_CLOSERS = {"(": ")", "[": "]", "{": "}"}


class Code:
    """A block of code: its text, where its first line stands, and the lines around each offset."""

    def __init__(self, text: str, at: Source) -> None:
        self.text = text
        self._at = at
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def line(self, offset: int) -> int:
        """The line of the block that holds an offset, from 0."""
        return bisect_right(self._starts, offset) - 1

    def source(self, offset: int) -> Source:
        """Where an offset stands in the spec file."""
        line = self.line(offset)
        return Source(self._at.file, self._at.line + line, offset - self._starts[line] + 1)

    def raw(self, offset: int) -> str:
        """The line that holds an offset, as written."""
        line = self.line(offset)
        end = self._starts[line + 1] - 1 if line + 1 < len(self._starts) else len(self.text)
        return self.text[self._starts[line] : end].strip()[:LONGEST_RAW]

    def of(self, node: Node | None) -> str:
        """The text of a node; empty where there is none."""
        return self.text[node.start_byte : node.end_byte] if node is not None else ""

    def end_of_line(self, offset: int) -> str:
        """What stands behind an offset on its line."""
        end = self.text.find("\n", offset)
        return self.text[offset : end if end >= 0 else len(self.text)][:LONGEST_RAW]

    def comment(self, offset: int, mark: str = "//") -> str:
        """The comment that ends the line of an offset."""
        match = re.search(rf"(?:^|[\s,;({{]){mark}+\s?(.*)$", self.raw(offset))
        return bare_comment(match.group(1)) if match else ""

    def comment_over(self, offset: int, mark: str = "//") -> str:
        """The comment lines directly above the line of an offset."""
        line, found = self.line(offset) - 1, list[str]()
        while line >= 0 and len(found) < 20 and self.line(offset) - line < 30:
            text = self.raw(self._starts[line])
            if re.match(rf"{mark}|/?\*|\*/", text):
                found.append(bare_comment(text))
            elif not re.match(r"@\w|#?\[[A-Za-z]", text):  # annotations may stand between
                break
            line -= 1
        return " ".join(reversed([text for text in found if text]))


@lru_cache(maxsize=2)
def parsed(grammar: str, text: str) -> Node | None:
    """The root of the syntax tree, or None where brackets are nested too deeply; the last ones are remembered."""
    missing = _missing(text)
    if missing is None:
        return None
    return _parser(grammar).parse(_MASKED.sub(_mask, _short_lines(text) + missing).encode("ascii")).root_node


def has_grammar(name: str) -> bool:
    """Whether tree-sitter parses this language."""
    return name in _GRAMMARS


def is_too_deep(text: str) -> bool:
    """Whether brackets are nested more deeply than any code that declares data."""
    return _missing(text) is None


def found(root: Node, wanted: Collection[str], closed: Collection[str] = ()) -> Iterator[Node]:
    """The nodes of the wanted types from top to bottom; nothing is looked for inside `closed` ones (bodies of code)."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type in wanted:
            yield node
        if node.type not in closed:
            waiting.extend(reversed(node.named_children))


def unread_lines(grammar: str, text: str) -> list[tuple[int, str]]:
    """The lines that the parser could not make sense of and that look like members, counted from 0."""
    root = parsed(grammar, text)
    if root is None or not root.has_error:
        return []
    lines = text.split("\n")
    numbers = {
        number
        for error in found(root, ("ERROR",))
        if error.parent is not None and error.parent.parent is not None
        for number in range(error.start_point[0], min(error.end_point[0] + 1, len(lines), error.start_point[0] + 50))
    }
    return [(number, lines[number][:LONGEST_RAW]) for number in sorted(numbers) if _MEMBER.match(lines[number])]


def child(node: Node, *types: str) -> Node | None:
    """The first child of one of the types."""
    return next((inner for inner in node.children if inner.type in types), None)


def children(node: Node | None, *types: str) -> list[Node]:
    """The children of the types, those inside a syntax error included; all named ones where no type is given."""
    if node is None:
        return []
    inner = [part for own in node.named_children for part in (own.named_children if own.type == "ERROR" else [own])]
    return [part for part in inner if part.type in types] if types else inner


def bare_comment(text: str) -> str:
    """A comment without `//`, `/** */`, `#`, XML tags and the asterisks at its lines."""
    text = re.sub(r"^\s*(?:///?|/\*+|#+|\*+(?!/))\s?|\*+/\s*$|</?\w{1,20}>", " ", text[:2000], flags=re.M)
    return " ".join(text.split())


def _missing(text: str) -> str | None:
    """The brackets that close what is open at the end; None where they are nested too deeply."""
    opened: list[str] = []
    angles = 0
    for match in _BRACKETS.finditer(text):
        mark = match.group()
        angles = angles + 1 if mark == "<" else max(0, angles - 1) if mark == ">" else 0
        if mark in "([{":
            opened.append(mark)
        elif mark in ")]}" and opened:
            opened.pop()
        if len(opened) > DEEPEST or angles > DEEPEST:
            return None
    return "".join(["\n", *(_CLOSERS[mark] for mark in reversed(opened))]) if opened else ""


def _short_lines(text: str) -> str:
    """The text with what stands beyond the longest line of a spec blanked out."""
    if len(text) <= LONGEST_LINE:
        return text
    return _LONG.sub(lambda match: match.group(1) + " " * len(match.group(2)), text)


def _mask(match: re.Match[str]) -> str:
    return "_" if match.group().isalnum() else " "


@cache
def _parser(grammar: str) -> Parser:
    module, function = _GRAMMARS[grammar]
    return Parser(Language(getattr(import_module(module), function)()))
