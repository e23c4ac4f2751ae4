"""Code blocks: which reader understands one, and how the entity of a heading takes the code of its own name."""

from __future__ import annotations

import re
from dataclasses import replace

from flaresmith.compiler import naming
from flaresmith.compiler.model import Notation, Source
from flaresmith.compiler.parse import mermaid
from flaresmith.compiler.parse.code import read_code
from flaresmith.compiler.parse.drafts import EntityDraft
from flaresmith.compiler.parse.findings import Findings
from flaresmith.compiler.parse.markdown import Fence

_CODE = re.compile(
    r"^(?:prisma|python|py|java|kotlin|csharp|c#|cs|go|golang|rust|rs|dart|swift|graphql|gql|php|ruby|rb|javascript|js"
    r"|jsx|solidity|cpp|c\+\+|proto|protobuf|scala)$"
)


def read_fence(fence: Fence, file: str, findings: Findings, *, migration: bool) -> list[EntityDraft]:
    """What a code block declares; SQL under a heading of prose is a migration and rules less."""
    if not fence.closed:
        findings.warning("fence-not-closed", "this code block has no end", Source(file, fence.line))
    if code := read_code(fence.language, "\n".join(fence.lines), Source(file, fence.line), findings):
        moved = migration and code.notation is Notation.SQL
        return [replace(draft, notation="migration") if moved else draft for draft in code.entities]
    if mermaid.is_er_diagram(fence):
        return mermaid.read_er_diagram(fence, file, findings)
    if _CODE.match(fence.language):
        findings.info(
            "code-not-read",
            f"{fence.language} code is not read for fields",
            Source(file, fence.line),
            "add a table, bullets or SQL for what it declares",
        )
    return []


def is_same(entity: EntityDraft, code: EntityDraft) -> bool:
    """Whether a declaration is that of the entity whose heading stands above it."""
    named = entity.name != "" and naming.key(code.name) == naming.key(entity.name)
    return named and not code.values and code.notation != "diagram"


def take_over(entity: EntityDraft, code: EntityDraft) -> bool:
    """Gives the entity the fields of its code; SQL that is there already is not replaced by another notation."""
    if entity.notation == "sql" and code.notation != "sql":
        return False
    earlier, entity.fields = entity.fields, list(code.fields)
    for known in earlier:
        if entity.find(known.field.name) is None:
            entity.add(known)
    entity.notation = code.notation
    entity.indexes += code.indexes
    entity.rules += code.rules
    return True
