"""Solidity: structs with their members, and enums; contracts, mappings, events and functions are no data.

Its grammar for tree-sitter is bound in a way that tree-sitter is about to refuse; structs and enums need no more than
their braces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from flaresmith.compiler.model import Kind, Notation, Source, Type
from flaresmith.compiler.parse.code.braces import Block, braced
from flaresmith.compiler.parse.code.declared import Declared, DeclaredField
from flaresmith.compiler.parse.code.syntax import Code
from flaresmith.compiler.parse.code.typetext import read_type_text

NAMES = {
    **{f"{sign}int{size}": Type(Kind.INTEGER) for sign in ("", "u") for size in range(8, 33, 8)},
    **{f"{sign}int{size}": Type(Kind.BIGINT) for sign in ("", "u") for size in range(40, 257, 8)},
    **dict.fromkeys(("int", "uint"), Type(Kind.BIGINT)),
    "address": Type(Kind.STRING),
    **{f"bytes{size}": Type(Kind.BINARY) for size in range(1, 33)},
}
_MEMBER = re.compile(
    r"(?:^|(?<=[;{/]))[ \t]*"
    r"(mapping[ \t]*\([^;{}]{1,300}\)|[A-Za-z_][\w.]{0,100}(?:[ \t]+payable)?(?:[ \t]*\[\w{0,40}\]){0,3})"
    r"[ \t]+([A-Za-z_]\w{0,100})[ \t]*;",
    re.M,
)


def read_solidity(text: str, at: Source) -> list[Declared]:
    """What a block of Solidity declares, in order."""
    code, blocks = Code(text, at), braced(text)
    ends = [*(block.at for block in blocks[1:]), len(text)]  # nothing stands inside a struct that has braces
    return [
        _declared(replace(block, end=min(block.end, end)), code)
        for block, end in zip(blocks, ends, strict=False)
        if block.keyword in ("struct", "enum")
    ]


def _declared(block: Block, code: Code) -> Declared:
    declared = Declared(
        block.name,
        code.source(block.at),
        Notation.SOLIDITY,
        raw=code.raw(block.at),
        description=code.comment_over(block.at),
    )
    if block.keyword == "enum":
        body = re.sub(r"//[^\n]*|/\*.{0,2000}?\*/", "", code.text[block.start : block.end], flags=re.S)
        declared.values = tuple(dict.fromkeys(re.findall(r"[A-Za-z_]\w{0,100}", body)))
        declared.members = {name: name for name in declared.values}
    else:
        declared.fields = list(_members(block, code))
    return declared


def _members(block: Block, code: Code) -> Iterator[DeclaredField]:
    for match in _MEMBER.finditer(code.text, block.start, block.end):
        written, at = match.group(1), match.start(2)
        spelled = "object" if written.startswith("mapping") else re.sub(r"\s+payable", "", written)
        made = DeclaredField(match.group(2), code.source(at), code.raw(at), read_type_text(spelled, NAMES))
        made.required = True
        made.description = " ".join(filter(None, (code.comment_over(at), code.comment(at))))
        yield made
