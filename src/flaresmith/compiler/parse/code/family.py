"""The walk that Java, C#, Go, Dart and Rust share: types with members, enums with values, each with its comments.

A language says which nodes of its syntax tree declare a type, and how one member is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tree_sitter import Node

from flaresmith.compiler.model import EntityKind, Index, Notation, Source
from flaresmith.compiler.parse.code.annotations import apply_annotations, named, word
from flaresmith.compiler.parse.code.declared import Declared, DeclaredField, Typed
from flaresmith.compiler.parse.code.expressions import Expression, read_calls, value_of
from flaresmith.compiler.parse.code.syntax import Code, children, found, parsed
from flaresmith.compiler.parse.code.typetext import Names, read_type_text


class Family:
    """Reads one block; a subclass says what is particular to its language."""

    grammar = ""
    notation = Notation.JAVA
    types: tuple[str, ...] = ()
    enums: tuple[str, ...] = ()
    closed: frozenset[str] = frozenset()
    names: Names = {}
    no_data: tuple[str, ...] = ("Exception", "Error", "Repository", "Service", "Controller", "Test")

    def __init__(self, text: str, at: Source) -> None:
        self.code = Code(text, at)

    def read(self) -> list[Declared]:
        """What the block declares, in order."""
        root = parsed(self.grammar, self.code.text)
        if root is None:
            return []
        made = (self._declaration(node) for node in found(root, (*self.types, *self.enums), self.closed))
        return [one for one in made if one is not None]

    def _declaration(self, node: Node) -> Declared | None:
        name = node.child_by_field_name("name")
        if name is None or not self.code.of(name):
            return None
        declared = Declared(
            self.code.of(name),
            self.code.source(name.start_byte),
            self.notation,
            raw=self.code.raw(name.start_byte),
            description=self.code.comment_over(node.start_byte),
        )
        if node.type in self.enums:
            declared.members = self.values(node)
            declared.values = tuple(dict.fromkeys(declared.members.values()))
            return declared
        if declared.name.endswith(self.no_data):
            return None
        declared.bases = self.bases(node)
        self.marked(declared, self.annotations(node))
        declared.fields = list(self.members(node, declared))
        _leave_open(declared)
        return declared

    # what a language says

    def bases(self, node: Node) -> tuple[str, ...]:
        """The names of the types that it extends."""
        return ()

    def annotations(self, node: Node) -> list[Expression]:
        """The annotations of a type or member."""
        return []

    def members(self, node: Node, declared: Declared) -> Iterator[DeclaredField]:
        """The fields, without methods and constants."""
        return iter(())

    def values(self, node: Node) -> dict[str, str]:
        """The members of an enum with their values."""
        return {}

    # what the languages need

    def field(self, name: Node, typed: Typed | None, annotations: Iterable[Expression] = ()) -> DeclaredField | None:
        """A field with its comments; None for what is no data or no column."""
        if typed is None:
            return None
        at = name.start_byte
        said = " ".join(filter(None, (self.code.comment_over(at), self.code.comment(at))))
        made = DeclaredField(self.code.of(name), self.code.source(at), self.code.raw(at), typed, description=said)
        return made if apply_annotations(made, annotations) else None

    def typed(self, text: str) -> Typed | None:
        """The type that a text spells in this language."""
        return read_type_text(text, self.names)

    def calls(self, nodes: Iterable[Node]) -> list[Expression]:
        """Annotations as expressions."""
        return [call for node in nodes for call in read_calls(self.code.text, node.start_byte, node.end_byte)]

    def marked(self, declared: Declared, annotations: Iterable[Expression]) -> None:
        """`@Entity`, `@Table(name = …)`, `[Index(nameof(A), IsUnique = true)]` on a type."""
        for one in annotations:
            name = word(one)
            if name in ("entity", "collection", "document", "table"):
                declared.kind = EntityKind.PERSISTED
            if name in ("table", "document"):
                label = named(one, "name") or one.first()
                declared.table = label.name if label is not None and label.kind == "text" else declared.table
                self._constraints(declared, one)
            elif name in ("mappedsuperclass",):
                declared.abstract = True
            elif name == "index" and (columns := _columns(one)):
                unique = value_of(named(one, "IsUnique", "unique")) is True
                declared.indexes.append(Index(columns, unique, self.code.source(one.at)))

    def _constraints(self, declared: Declared, table: Expression) -> None:
        """`uniqueConstraints = …` and `indexes = …` of `@Table`."""
        for key in ("uniqueConstraints", "indexes"):
            written = table.named.get(key)
            if written is None:
                continue
            for one in written.arguments if written.kind in ("list", "object") else (written,):
                columns = named(one, "columnNames", "columnList")
                names = [name for text in (columns.words() if columns is not None else ()) for name in text.split(",")]
                names = [name.strip().split(" ")[0] for name in names]
                unique = key == "uniqueConstraints" or value_of(named(one, "unique")) is True
                if names:
                    declared.indexes.append(Index(tuple(names), unique, self.code.source(one.at)))


def member_nodes(body: Node | None, *types: str) -> list[Node]:
    """The members of a body, those inside a syntax error included."""
    return children(body, *types)


def _columns(index: Expression) -> tuple[str, ...]:
    """`nameof(A), nameof(B)` or texts."""
    found_names = []
    for part in index.arguments:
        inner = part.first() if part.name == "nameof" else part
        if inner is not None and inner.kind in ("text", "name") and inner.name:
            found_names.append(inner.name)
    return tuple(found_names)


def _leave_open(declared: Declared) -> None:
    """Where some members are marked as required, the unmarked ones of this type are optional."""
    marked = any(known.required is True and not known.primary_key for known in declared.fields)
    if marked and not any(known.required is False for known in declared.fields):
        for known in declared.fields:
            if known.required is None and known.relation is None:
                known.required = known.primary_key or known.has_default
