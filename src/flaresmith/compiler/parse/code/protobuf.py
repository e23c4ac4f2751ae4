"""Protocol Buffers: messages with their fields, maps, groups of one, and enums."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from flaresmith.compiler.model import Kind, Notation, Source, Type
from flaresmith.compiler.parse.code.braces import Block, braced, inner_blocks, own_text
from flaresmith.compiler.parse.code.declared import Declared, DeclaredField, Typed
from flaresmith.compiler.parse.code.syntax import Code
from flaresmith.compiler.parse.code.typetext import array_of, map_of, named

NAMES = {
    **dict.fromkeys(("sint32", "fixed32", "sfixed32"), Type(Kind.INTEGER)),
    **dict.fromkeys(("sint64", "fixed64", "sfixed64"), Type(Kind.BIGINT)),
    "google.protobuf.Duration": Type(Kind.STRING, format="duration"),
    "google.protobuf.Any": Type(Kind.JSON),
    "ListValue": Type(Kind.JSON),
}
_WRAPPERS = {
    f"google.protobuf.{name}Value": Type(kind)
    for name, kind in {
        "String": Kind.STRING,
        "Int32": Kind.INTEGER,
        "Int64": Kind.BIGINT,
        "Bool": Kind.BOOLEAN,
        "Double": Kind.NUMBER,
        "Float": Kind.NUMBER,
        "Bytes": Kind.BINARY,
    }.items()
}
_FIELD = re.compile(
    r"(?:^|(?<=[{;]))[ \t]*(?:(optional|required|repeated)[ \t]+)?"
    r"(?:map[ \t]*<[ \t]*\w{1,40}[ \t]*,[ \t]*([\w.]{1,120})[ \t]*>|\.?([A-Za-z][\w.]{0,120}))"
    r"[ \t]+([A-Za-z_]\w{0,100})[ \t]*(?:=[ \t]*\d{1,9}|;)",
    re.M,
)
_VALUE = re.compile(r"([A-Z_a-z]\w{0,100})[ \t]*=[ \t]*-?(?:0x)?[\da-fA-F]{1,10}")
_STATEMENTS = frozenset(("option", "reserved", "package", "import", "syntax", "extensions", "return", "rpc"))


def read_protobuf(text: str, at: Source) -> list[Declared]:
    """What a .proto file declares, in order, inner messages behind their outer one."""
    code, blocks = Code(text, at), braced(text)
    return [
        _declared(block, inner_blocks(blocks, place), code)
        for place, block in enumerate(blocks)
        if block.keyword in ("message", "enum")
    ]


def _declared(block: Block, inner: list[Block], code: Code) -> Declared:
    declared = Declared(
        block.name,
        code.source(block.at),
        Notation.PROTOBUF,
        raw=code.raw(block.at),
        description=code.comment_over(block.at),
    )
    if block.keyword == "enum":
        body = re.sub(r"//[^\n]*|\[[^\]\n]*\]", "", code.text[block.start : block.end])
        declared.members = {name: name for name in _VALUE.findall(body) if name not in _STATEMENTS}
        declared.values = tuple(declared.members)
        return declared
    choices = [(one.start, one.end) for one in inner if one.keyword == "oneof"]
    body = own_text(code.text, block, [one for one in inner if one.keyword != "oneof"])
    declared.fields = list(_fields(body, block.start, code, choices))
    return declared


def _fields(body: str, start: int, code: Code, choices: list[tuple[int, int]]) -> Iterator[DeclaredField]:
    for match in _FIELD.finditer(body):
        label, value, name_of_type, name = match.groups()
        if name_of_type in _STATEMENTS:
            continue
        at = start + match.start(4)
        typed = map_of(named(value, NAMES)) if value else _typed(name_of_type)
        made = DeclaredField(name, code.source(at), code.raw(at), array_of(typed) if label == "repeated" else typed)
        chosen = any(begin <= at < end for begin, end in choices)
        made.required = False if label == "optional" or chosen or typed.nullable else True if label else None
        made.description = " ".join(filter(None, (code.comment_over(at), code.comment(at))))
        yield made


def _typed(name: str) -> Typed:
    if name in _WRAPPERS:
        return Typed(replace(_WRAPPERS[name], raw=name), nullable=True)
    typed = named(name, NAMES)
    return replace(typed, type=replace(typed.type, raw=name))
