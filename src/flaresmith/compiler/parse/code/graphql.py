"""GraphQL: object types, inputs, interfaces and enums with the fields that a schema declares."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flaresmith.compiler.model import EntityKind, Kind, Notation, Source, Type
from flaresmith.compiler.parse.code.braces import Block, braced
from flaresmith.compiler.parse.code.declared import Declared, DeclaredField
from flaresmith.compiler.parse.code.expressions import read_expression
from flaresmith.compiler.parse.code.syntax import Code
from flaresmith.compiler.parse.code.typetext import read_type_text
from flaresmith.compiler.parse.code.values import default_of
from flaresmith.compiler.parse.defaults import UNREADABLE

NAMES = {
    "ID": Type(Kind.STRING),
    "Int": Type(Kind.INTEGER),
    "Float": Type(Kind.NUMBER),
    "Date": Type(Kind.DATE),
    "DateTime": Type(Kind.DATETIME),
    "Upload": Type(Kind.BINARY),
    "Long": Type(Kind.BIGINT),
}
_FIELD = re.compile(
    r"^[ \t]*([^\W\d]\w{0,100})[ \t]*(?:\([^()]{0,2000}\))?[ \t]*:[ \t]*(\[{0,3}[ \t]*[^\W\d]\w{0,100}[!\] \t]{0,8})"
    r"(?:=[ \t]*([^\n@#]{1,200}))?",
    re.M,
)
_VALUE = re.compile(r"^[ \t]*([^\W\d]\w{0,100})[ \t]*(?=$|@|#|\()", re.M)
_DOC = re.compile(r"\"\"\"(.{0,4000}?)\"\"\"|^[ \t]*\"((?:[^\"\\\n]|\\.){0,1000})\"[ \t]*$", re.S | re.M)
_ROOTS = frozenset(("Query", "Mutation", "Subscription"))


def read_graphql(text: str, at: Source) -> list[Declared]:
    """What a GraphQL schema declares, in order; the operations of the root types are no data."""
    code = Code(text, at)
    made = [_declared(block, code) for block in braced(text) if block.depth == 0]
    return [one for one in made if one is not None]


def _declared(block: Block, code: Code) -> Declared | None:
    if block.keyword not in ("type", "input", "interface", "enum") or block.name in _ROOTS:
        return None
    declared = Declared(block.name, code.source(block.at), Notation.GRAPHQL, raw=code.raw(block.at))
    declared.description = _doc(code.text, block.at)
    body = _DOC.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), code.text[block.start : block.end])
    if block.keyword == "enum":
        declared.values = tuple(dict.fromkeys(match.group(1) for match in _VALUE.finditer(body)))
        if not declared.values:
            declared.values = tuple(re.findall(r"[^\W\d]\w*", body))[:1000]
        return declared
    declared.kind = EntityKind.DTO if block.keyword == "input" else None
    if "implements" in block.rest:
        declared.bases = tuple(re.findall(r"\w+", block.rest.split("implements", 1)[1].split("@")[0]))
    declared.fields = list(_fields(_one_per_line(body), block.start, code))
    return declared


def _one_per_line(body: str) -> str:
    """`{ a: Int, b: Int }` in one line: commas become line breaks; in longer bodies they stay."""
    return body if body.count("\n") > 1 else body.replace(",", "\n")


def _fields(body: str, start: int, code: Code) -> Iterator[DeclaredField]:
    for match in _FIELD.finditer(body):
        written = match.group(2).strip()
        typed = read_type_text(written, NAMES)
        if typed is None:
            continue
        at = start + match.start(1)
        made = DeclaredField(match.group(1), code.source(at), code.raw(at), typed, required=written.endswith("!"))
        made.description = _doc(code.text, at) or code.comment(at, "#")
        if match.group(3) and (value := default_of(read_expression(match.group(3)))) is not UNREADABLE:
            made.default, made.has_default = value, True
        yield made


def _doc(text: str, at: int) -> str:
    """The description that stands above a name."""
    above = text[max(0, at - 1500) : text.rfind("\n", 0, at) + 1].rstrip()
    match = re.search(r"\"\"\"([^\"]{0,1000})\"\"\"$|\"([^\"\n]{0,1000})\"$", above)
    return " ".join((match.group(1) or match.group(2) or "").split()) if match else ""
