"""What the walk over a data model passed by, so that nothing is lost in silence: fields, code and diagrams."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from flaresmith.compiler import naming
from flaresmith.compiler.model import Source
from flaresmith.compiler.parse import mermaid
from flaresmith.compiler.parse.code import is_read
from flaresmith.compiler.parse.drafts import EntityDraft
from flaresmith.compiler.parse.findings import Findings
from flaresmith.compiler.parse.markdown import LONGEST_FACT, Block, Bullet, Fence, Prose, Row, Table, flat, split_row
from flaresmith.compiler.parse.outline import outlined_rows, typed_bullet
from flaresmith.compiler.parse.types import read_type

_DATA = frozenset(
    ("json", "jsonc", "json5", "yaml", "yml", "toml", "xml", "html", "http", "bash", "sh", "shell", "env")
)
_BOX = re.compile(
    r"[\u250c\u2554\u256d]|\+-{3,}|\[\w[\w ]{0,60}\]\s*[-=\u2500]{1,3}>|[\u2500-]{2,}[>\u25b6\u25ba]|\u25bc"
)
_DECLARES = re.compile(
    r"\s*(?:@?\w+\s+){0,4}?(?:class|struct|model|type|message|record|interface|entity)\s+([^\W\d]\w{0,80})"
)
_MODIFIERS = r"\s*(?:(?:pub|public|private|protected|internal|readonly|final|val|var|let|static|late|repeated)\s+)*"
_NAME_FIRST = re.compile(
    rf"{_MODIFIERS}([^\W\d]\w{{0,80}})\??\s*(?::\s*|\s)([A-Za-z][\w.<>\[\]]{{0,60}})[?!]?(.{{0,200}})$"
)
_TYPE_FIRST = re.compile(
    rf"{_MODIFIERS}([A-Za-z][\w.<>\[\]]{{0,60}})\??\s+([^\W\d]\w{{0,80}})\s*(?:[;={{].{{0,200}})?$"
)
_STATEMENT = re.compile(
    r"\s*(?:return|import|from|def|if|for|while|package|raise|throw|new|else|elif|with|print)\b|.*\(\s*$"
)


def report_unread(
    blocks: Sequence[Block], read: set[int], entities: Sequence[EntityDraft], file: str, findings: Findings
) -> None:
    """Counts each line with the outline of a field of which nothing was read or said; one note per unread diagram."""
    told = read | findings.lines(file)
    names = {naming.key(entity.name) for entity in entities}
    for block in blocks:
        if isinstance(block, Fence):
            _fence(block, names, told, file, findings)
            continue
        for line, text in _outlined(block, told):
            findings.not_understood(text, Source(file, line), _HINT)


_HINT = "put fields below a heading that names their entity, each as `- name (type, constraints) REQUIRED`"


def _outlined(block: Block, told: set[int]) -> Iterator[tuple[int, str]]:
    if isinstance(block, Bullet):
        for bullet in flat([block]):
            if bullet.line not in told and typed_bullet(bullet):
                yield bullet.line, bullet.text
    elif isinstance(block, Table):
        if any(row.line not in told for row in block.rows):
            yield from ((row.line, row.raw) for row in outlined_rows(block) if row.line not in told)
    elif isinstance(block, Prose) and block.line not in told and _quoted(block):
        yield block.line, block.text


def _quoted(block: Prose) -> bool:
    """A field in a block quote: `> - id (uuid, pk)`, `> | id | uuid |`."""
    text = block.text[:LONGEST_FACT]
    if match := re.match(r"[-*+\u2022]\s+(?=\S)", text):
        return typed_bullet(Bullet(block.line, 1, 0, text[match.end() :])) is not None
    if not text.startswith("|"):
        return False
    row = Row(block.line, split_row(text), text)
    return len(row.cells) > 1 and bool(outlined_rows(Table(block.line, [row], separated=False)))


def _fence(fence: Fence, names: set[str], told: set[int], file: str, findings: Findings) -> None:
    """Code that no reader of fields understands."""
    lines = range(fence.line, fence.line + len(fence.lines))
    understood = is_read(fence.language, "\n".join(fence.lines)) or mermaid.is_er_diagram(fence)
    if understood or mermaid.is_state_diagram(fence) or fence.language in _DATA or not told.isdisjoint(lines[1:]):
        return
    found = list(_code_fields(fence, names))
    for number, text in found:
        findings.not_understood(
            text, Source(file, number), "describe it with a table, bullets or SQL below its heading"
        )
    if not found and (fence.language == "mermaid" or _is_diagram(fence)):
        findings.info(
            "diagram-not-read",
            "this diagram is not read for facts",
            Source(file, fence.line),
            "say what only the diagram says in words, a table or a mermaid erDiagram",
        )


def _is_diagram(fence: Fence) -> bool:
    return fence.language in ("", "text", "txt", "ascii", "plaintext", "plantuml", "dot") and any(
        _BOX.search(line[:LONGEST_FACT]) for line in fence.lines[:400]
    )


def _code_fields(fence: Fence, names: set[str]) -> Iterator[tuple[int, str]]:
    """The fields of declarations that no entity of the file bears the name of, and of lists between fence marks."""
    inside, open_calls = "", 0
    for number, line in enumerate(fence.lines[:5000], start=fence.line):
        line, called = line[:LONGEST_FACT], open_calls
        open_calls = max(0, open_calls + line.count("(") - line.count(")"))
        if match := _DECLARES.match(line):
            inside = match.group(1)
        elif line.strip() in ("}", "};"):
            inside = ""
        elif fence.language in ("", "text", "txt", "md", "markdown"):
            if (mark := re.match(r"\s*[-*+]\s+(?=\S)", line)) and typed_bullet(
                Bullet(number, 1, 0, line[mark.end() :])
            ):
                yield number, line
        elif (
            inside
            and not (called and fence.language in ("python", "py"))
            and naming.key(inside) not in names
            and _declares_field(line)
        ):
            yield number, line


def _declares_field(line: str) -> bool:
    if _STATEMENT.match(line):
        return False
    first, second = _NAME_FIRST.match(line), _TYPE_FIRST.match(line)
    return bool((first and _is_type(first.group(2))) or (second and _is_type(second.group(1))))


def _is_type(text: str) -> bool:
    reading = read_type(text)
    return reading is not None and reading.known
