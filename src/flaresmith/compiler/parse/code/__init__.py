"""Code in a spec: which reader understands a block, and the entities that it declares."""

from __future__ import annotations

from dataclasses import dataclass

from flaresmith.compiler.model import Notation, Source
from flaresmith.compiler.parse.code import sql, typescript
from flaresmith.compiler.parse.drafts import EntityDraft
from flaresmith.compiler.parse.findings import Findings
from flaresmith.compiler.parse.markdown import Fence


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """What one block of code declares, in order, and the notation that it is written in."""

    notation: Notation
    entities: tuple[EntityDraft, ...]


def read_code(language: str, text: str, at: Source, findings: Findings) -> CodeFacts | None:
    """The declarations of a block of code, by its label and by its content; None where no reader knows it.

    `at` is the place of the first line of the code. Never raises on content.
    """
    fence = Fence(at.line, language.lower(), text.split("\n"), closed=True)
    if sql.is_sql(fence):
        return CodeFacts(Notation.SQL, tuple(sql.read_sql(fence, at.file, findings)))
    if fence.language in typescript.LANGUAGES:
        return CodeFacts(Notation.TYPESCRIPT, tuple(typescript.read_typescript(fence, at.file, findings)))
    return None


def is_read(language: str, text: str) -> bool:
    """Whether a reader knows this code, so that what it passes by is no field."""
    fence = Fence(1, language.lower(), text.split("\n"), closed=True)
    return sql.is_sql(fence) or fence.language in typescript.LANGUAGES


def declares(language: str, text: str) -> bool:
    """Whether the code has the outline of a declared type or table."""
    fence = Fence(1, language.lower(), text.split("\n"), closed=True)
    if fence.language in typescript.LANGUAGES:
        return any(typescript.DECLARATION.match(line) for line in fence.lines)
    return sql.is_sql(fence) and bool(sql.TABLE.search("\n".join(fence.lines[:400])))
