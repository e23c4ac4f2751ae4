"""Types without a language: `User { id: uuid … }`, `User:` with its fields below, and bare fields with their types."""

from __future__ import annotations

import re
from dataclasses import replace

from flaresmith.compiler.model import Notation, Source
from flaresmith.compiler.parse.drafts import EntityDraft, FieldDraft, Written, field_draft
from flaresmith.compiler.parse.findings import Findings
from flaresmith.compiler.parse.types import read_type

OUTLINE = re.compile(
    r"^[ \t]*(?:[-*•+├└│─]+[ \t]*)?[\"`]?[^\W\d]\w{0,80}[\"`]?\??[ \t]*:[ \t]*[\"`]?"
    r"(?:string|str|text|uuid|int|integer|number|float|decimal|bool|boolean|date|datetime|timestamp|timestamptz|json|jsonb|bigint|guid"
    r"|email|url|enum|array|list|varchar|char|map|object|bytes|long|double)\b",
    re.M | re.I,
)
_HEAD = re.compile(
    r"(?:(?:entity|table|model|type|struct|record|class|interface|collection|message)\s+)?([A-Z]\w{0,80}|[a-z]\w{0,80}(?=\s*\{))"
    r"(?:\s*\([^()]{0,80}\))?\s*[:{=]{0,2}\s*\{?\s*$",
    re.I,
)
_FIELD = re.compile(
    r"(?:[-*•+]\s+|[├└│─]+\s*)?[\"`]?([^\W\d]\w{0,80})[\"`]?(\?)?\s*:\s*[\"`]?([^#\n]{1,500}?)[\"`]?\s*[,;]?\s*(?:(?:#|//|--)\s*(.{0,300}))?$"
)
_STATEMENT = re.compile(r"^\s*(?:return|if|for|while|def|import|const|let|var|GET|POST|PUT|PATCH|DELETE)\b")


def read_typed_lines(text: str, at: Source, findings: Findings) -> list[EntityDraft]:
    """The entities of a block in which most lines are fields with known types; one without a name is its heading's."""
    found: list[EntityDraft] = []
    current: EntityDraft | None = None
    told = margin = 0
    for number, line in enumerate(text.split("\n")[:5000]):
        line = line[:2000].rstrip()
        stripped = line.strip()
        if not stripped or stripped[0] in "#}]/" or stripped in ("---", "...", "…"):
            continue
        source = Source(at.file, at.line + number, len(line) - len(line.lstrip()) + 1)
        indent = source.column - 1
        if (head := _HEAD.match(stripped)) and (current is None or indent <= margin):
            current, margin = EntityDraft(head.group(1), source, notation=Notation.PSEUDO, raw=stripped[:400]), indent
            found.append(current)
            continue
        made = _field(stripped, source, findings) if not _STATEMENT.match(stripped) else None
        if made is None:
            told += 1
            continue
        if current is None:
            current = EntityDraft("", at, notation=Notation.PSEUDO)
            found.append(current)
            margin = -1
        current.add(made)
    fields = sum(len(draft.fields) for draft in found)
    return [draft for draft in found if draft.fields] if fields > told and _are_typed(found) else []


def _field(text: str, source: Source, findings: Findings) -> FieldDraft | None:
    match = _FIELD.match(text)
    reading = read_type(match.group(3).strip()) if match else None
    if match is None or reading is None:
        return None
    written = Written(
        match.group(1),
        source,
        text,
        match.group(3).strip(),
        "",
        match.group(4) or "",
        presence=False if match.group(2) else None,
        notation=Notation.PSEUDO,
    )
    made = field_draft(written, Findings() if not reading.known else findings)
    if made is not None:
        made.field = replace(made.field, notation=Notation.PSEUDO)
    return made


def _are_typed(found: list[EntityDraft]) -> bool:
    """Whether the words behind the colons are types, not values: most are known."""
    fields = [known.field for draft in found for known in draft.fields]
    return bool(fields) and sum(field.confidence >= 1 for field in fields) * 3 >= len(fields) * 2
