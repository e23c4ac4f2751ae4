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

_DIAGRAMS = (Notation.MERMAID, Notation.ASCII)


def read_fence(fence: Fence, file: str, findings: Findings, *, migration: bool) -> list[EntityDraft]:
    """What a code block declares; SQL under a heading of prose is a migration and rules less."""
    if not fence.closed:
        findings.warning("fence-not-closed", "this code block has no end", Source(file, fence.line))
    if code := read_code(fence.language, "\n".join(fence.lines), Source(file, fence.line), findings):
        moved = migration and code.notation is Notation.SQL
        return [_noted(draft, migration=moved) for draft in code.entities]
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


def is_same(entity: EntityDraft, code: EntityDraft, *, alone: bool = False) -> bool:
    """Whether a declaration is that of the entity whose heading stands above it; one that stands alone may say more.

    `### DriftSnapshot` above `mcp_drift_snapshots (…)` names the same table.
    """
    names = {naming.key(name) for name in (entity.name, *entity.aliases) if name}
    if code.values or code.notation in _DIAGRAMS:
        return False
    return naming.key(code.name) in names or (alone and not entity.fields and _ends_alike(entity.name, code.name))


def _ends_alike(one: str, other: str) -> bool:
    short, long = sorted((naming.words(naming.singular(name)) for name in (one, other)), key=len)
    return bool(short) and long[-len(short) :] == short


def take_over(entity: EntityDraft, code: EntityDraft) -> None:
    """Gives an entity that has no fields yet those of its code."""
    entity.fields = list(code.fields)
    if naming.key(code.name) != naming.key(entity.name):
        entity.aliases = (*entity.aliases, code.name)
    entity.notation, entity.raw = code.notation, entity.raw or code.raw
    entity.kind = entity.kind or code.kind
    entity.delta = entity.delta or code.delta
    entity.indexes += code.indexes
    entity.rules += code.rules
    entity.relationships += code.relationships
    entity.transitions += code.transitions
    entity.seeds += code.seeds
    entity.removed += code.removed
    entity.description = entity.description or code.description


def _noted(draft: EntityDraft, *, migration: bool) -> EntityDraft:
    """The draft, and its fields with its notation."""
    for known in draft.fields:
        if known.field.notation is None:
            known.field = replace(known.field, notation=draft.notation)
    return replace(draft, migration=migration)
