"""Reads source code into units with tree-sitter: one algorithm for every language, which `Grammar` describes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tree_sitter import Language, Node, Parser

from flaresmith.compiler.merge.units import Block, Names, Order, Unit

_DEPTH = 60  # of blocks in blocks; what lies deeper is text
_CLOSERS = frozenset({")", "]", "}"})


@dataclass(frozen=True)
class Grammar:
    """What must be known of a language.

    `listed` are node types whose children are separated by commas, `lined` those whose children stand on lines of
    their own, each with what order means there (None: as around it). `indented` languages have no braces around the
    latter. `name` gives a node's kind and name or "", `names` what an import takes from where.
    """

    language: Language
    listed: Mapping[str, Order]
    lined: Mapping[str, Order | None]
    name: Callable[[Node, Order], str]
    names: Callable[[Node], Names | None]
    order: Callable[[Node], Order | None] = lambda node: None
    indented: bool = False
    decorated: str = ""
    wrapped: bool = False  # read in parentheses, as JSON is by the grammar of TypeScript


def read(text: str, grammar: Grammar) -> Block | None:
    """The units of a file; None where the language does not understand it."""
    data = text.encode()
    shown = b"(" + data + b"\n)" if grammar.wrapped else data
    root = Parser(grammar.language).parse(shown).root_node
    if root.has_error:
        return None
    reading = _Reading(shown, grammar, root)
    if grammar.wrapped:
        return Block((reading.unit(root, 1, len(data) + 1, Order.FREE, 0),))
    return reading.lines(root.children, 0, len(shown), Order.FREE, 0)


@dataclass
class _Reading:
    """One file under reading; places are bytes."""

    data: bytes
    grammar: Grammar
    root: Node
    _starts: list[int] = field(default_factory=list)
    _tokens: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._starts = [0]
        at = self.data.find(b"\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = self.data.find(b"\n", at + 1)
        self._tokens = list(_without_last_commas(list(_leaves(self.root))))

    def lines(self, nodes: Sequence[Node], start: int, end: int, order: Order, depth: int) -> Block:
        """A block of units that stand on lines of their own, from one line's start to another's end."""
        units: list[Unit] = []
        comments = [node for node in nodes if node.type == "comment"]
        cursor = start
        for node in nodes:
            if node.type == "comment" or not node.is_named or node.start_byte == node.end_byte:
                continue
            stop = min(self._line_end(self._with_comments(node.end_byte, comments)), end)
            if node.start_byte < cursor and units:  # `a = 1; b = 2` on one line is one unit
                stop = max(stop, cursor)
                whole = self._cut(cursor - len(units[-1].text.encode()), stop)
                units[-1] = Unit("", (whole,), whole, units[-1].line)
            else:
                units.append(self._statement(node, cursor, stop, order, depth))
            cursor = stop
        return Block(tuple(units), order, tail=self._cut(cursor, end))

    def unit(self, node: Node, start: int, stop: int, order: Order, depth: int) -> Unit:
        """The unit of a node with all that stands from `start` to `stop`."""
        first = max(start, node.start_byte)
        return Unit(
            self.grammar.name(node, order),
            (self._cut(start, first), *self._pieces(node, first, stop, order, depth)),
            self._code(start, stop),
            self._line(start),
        )

    def _statement(self, node: Node, cursor: int, stop: int, order: Order, depth: int) -> Unit:
        first = max(cursor, self._line_start(node.start_byte))
        lead = self._cut(cursor, first)
        common = {"name": self.grammar.name(node, order), "code": self._code(cursor, stop), "line": self._line(cursor)}
        if (names := self.grammar.names(node)) and not self._has_comment(first, stop):
            rest = self._cut(node.end_byte, stop)
            before = self._cut(first, node.start_byte)
            named = replace(names, prefix=before + names.prefix, suffix=names.suffix + rest)
            return Unit(slots=(lead, self._cut(first, stop)), names=named, **common)  # type: ignore[arg-type]
        decorators, at = self._decorators(node, first, order, depth)
        pieces = self._pieces(node, at, stop, order, depth)
        return Unit(slots=(lead, decorators, *pieces), **common)  # type: ignore[arg-type]

    def _decorators(self, node: Node, first: int, order: Order, depth: int) -> tuple[Block, int]:
        """The decorators of a definition, empty where it has none, and where the definition itself starts."""
        found = [child for child in node.children if child.type == "decorator"] if self.grammar.decorated else []
        if not found or node.type != self.grammar.decorated:
            return Block(()), first
        end = self._line_end(found[-1].end_byte)
        definition = node.children[-1]
        if definition.start_byte < end:
            return Block(()), first
        return self.lines(found, first, end, Order.FREE, depth + 1), end

    def _pieces(self, node: Node, start: int, stop: int, order: Order, depth: int) -> tuple[str | Block, ...]:
        """Text and blocks from `start` to `stop`, of the outermost blocks in a node."""
        slots: list[str | Block] = []
        at = start
        for inner in self._outermost(node, start) if depth < _DEPTH else ():
            if found := self._block(inner, order, depth):
                block, begin, end = found
                if begin >= at and end <= stop:
                    slots += [self._cut(at, begin), block]
                    at = end
        return (*slots, self._cut(at, stop))

    def _outermost(self, node: Node, start: int) -> Iterator[Node]:
        waiting = [node]
        while waiting:
            each = waiting.pop()
            if each.end_byte <= start:
                continue
            if each.start_byte >= start and (each.type in self.grammar.listed or each.type in self.grammar.lined):
                yield each
            else:
                waiting += reversed(each.children)

    def _block(self, node: Node, order: Order, depth: int) -> tuple[Block, int, int] | None:
        if node.type in self.grammar.listed:
            return self._listed(node, self.grammar.listed[node.type], depth)
        order = self.grammar.order(node) or self.grammar.lined[node.type] or order
        if self.grammar.indented:
            start, end = self._line_end(self._header_end(node)), self._line_end(node.end_byte)
            inner = node.children
            if start > node.start_byte or start >= end:
                return None
        else:
            start, end = self._line_end(node.start_byte + 1), self._line_start(node.end_byte - 1)
            inner = node.children[1:-1]
            if start > end or any(c.start_byte < start or c.end_byte > end for c in inner):
                return None
        return self.lines(inner, start, end, order, depth + 1), start, end

    def _header_end(self, node: Node) -> int:
        """Where the header of an indented block ends: behind its colon."""
        sibling = node.prev_sibling
        while sibling is not None and sibling.type == "comment":
            sibling = sibling.prev_sibling
        return sibling.end_byte if sibling else node.start_byte

    def _listed(self, node: Node, order: Order, depth: int) -> tuple[Block, int, int] | None:
        """A block of units separated by commas, between its brackets."""
        children = node.children
        if len(children) < 2 or children[-1].type not in _CLOSERS:
            return None
        start, end = children[0].end_byte, children[-1].start_byte
        inner = children[1:-1]
        elements = [child for child in inner if child.type not in {",", "comment"}]
        commas = [child for child in inner if child.type == ","]
        if not len(elements) - 1 <= len(commas) <= len(elements) or (commas and not elements):
            return None
        comments = [child for child in inner if child.type == "comment"]
        units: list[Unit] = []
        cursor = start
        for index, element in enumerate(elements):
            comma = commas[index] if index < len(commas) else None
            if comma is not None and comma.start_byte < element.end_byte:
                return None
            stop = comma.start_byte if comma else element.end_byte
            unit = self.unit(element, cursor, stop, order, depth + 1)
            behind = comma.end_byte if comma else stop
            cursor = self._comment_behind(behind, comments, end)
            code = f"{unit.code}\x1f{self._code(behind, cursor)}" if cursor > behind else unit.code
            units.append(replace(unit, after=self._cut(behind, cursor), code=code))
        trailing = bool(commas) and len(commas) == len(elements)
        return Block(tuple(units), order, True, trailing, self._cut(cursor, end)), start, end

    def _comment_behind(self, place: int, comments: Sequence[Node], end: int) -> int:
        """The end of the comment on the rest of this line, if there is one."""
        line = self._line_end(place)
        for comment in comments:
            if place <= comment.start_byte < line and not self.data[place : comment.start_byte].strip():
                return min(comment.end_byte, end)
        return place

    def _with_comments(self, place: int, comments: Sequence[Node]) -> int:
        line = self._line_end(place)
        return max([place, *(c.end_byte for c in comments if place <= c.start_byte < line)])

    def _has_comment(self, start: int, stop: int) -> bool:
        return b"#" in self.data[start:stop] or b"/*" in self.data[start:stop] or b"//" in self.data[start:stop]

    def _code(self, start: int, stop: int) -> str:
        low = bisect_left(self._tokens, (start,))
        high = bisect_left(self._tokens, (stop,))
        return "\x1f".join(token for _, token in self._tokens[low:high])

    def _cut(self, start: int, stop: int) -> str:
        return self.data[start:stop].decode()

    def _line(self, place: int) -> int:
        return bisect_right(self._starts, place)

    def _line_start(self, place: int) -> int:
        return self._starts[bisect_right(self._starts, place) - 1]

    def _line_end(self, place: int) -> int:
        """The end of the line that what ends at a place stands on, its newline included."""
        index = bisect_right(self._starts, max(place - 1, 0))
        return self._starts[index] if index < len(self._starts) else len(self.data)


def _leaves(root: Node) -> Iterator[tuple[int, str]]:
    """The tokens of a file with their places; blocks by indentation are bracketed, plain quotes are alike."""
    waiting: list[Node | tuple[int, str]] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            yield node
        elif node.child_count == 0 or node.type == "string":
            yield node.start_byte, _token(node)
        elif node.type == "block":
            yield node.start_byte, "{"
            waiting.append((node.end_byte - 1, "}"))
            waiting += reversed(node.children)
        else:
            waiting += reversed(node.children)


def _token(node: Node) -> str:
    text = (node.text or b"").decode()
    if node.type == "string" and text[:1] == "'" == text[-1:] and not set(text[1:-1]) & {"'", '"', "\\", "\n"}:
        return f'"{text[1:-1]}"'
    return text


def _without_last_commas(tokens: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    for index, token in enumerate(tokens):
        following = tokens[index + 1][1] if index + 1 < len(tokens) else ""
        if not (token[1] == "," and following in _CLOSERS):
            yield token
