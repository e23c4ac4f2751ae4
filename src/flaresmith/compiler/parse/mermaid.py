"""Entity blocks and relationships of mermaid `erDiagram`, and arrows of `stateDiagram`."""

from __future__ import annotations

import re
from dataclasses import replace

from flaresmith.compiler.model import Cardinality, Notation, Relationship, Source
from flaresmith.compiler.parse.drafts import EntityDraft, Written, field_draft
from flaresmith.compiler.parse.findings import Findings
from flaresmith.compiler.parse.markdown import LONGEST_FACT, Fence

_BLOCK = re.compile(r"^\s*\"?([^\W\d][\w-]{0,100})\"?(?:\[[^\]]{0,100}\])?\s*\{\s*$")
_FIELD = re.compile(
    r"^\s*([\w<>\[\](),-]{1,80})\s+([^\W\d][\w-]{0,100})\s*((?:PK|FK|UK|,|\s)*)(\"[^\"]{0,300}\")?\s*$", re.I
)
_RELATION = re.compile(
    r"^\s*\"?([\w-]{1,100})\"?\s+([|"
    r"}o][|o])(?:--|\.\.)([|o][|{o])\s+\"?([\w-]{1,100})\"?\s*(?::\s*\"?(.{0,100}?)\"?)?\s*$"
)


def is_er_diagram(fence: Fence) -> bool:
    """Whether the fence is a mermaid entity-relationship diagram."""
    return _kind(fence) == "erdiagram"


def is_state_diagram(fence: Fence) -> bool:
    """Whether the fence is a mermaid state diagram."""
    return _kind(fence).startswith("statediagram")


def read_er_diagram(fence: Fence, file: str, findings: Findings) -> list[EntityDraft]:
    """The entity blocks of the diagram with their fields, and its relationships on their left side."""
    found: dict[str, EntityDraft] = {}
    current: EntityDraft | None = None
    for number, line in enumerate(fence.lines, start=fence.line):
        line, source = line[:LONGEST_FACT], Source(file, number)
        if current is not None:
            current = None if line.strip() == "}" else _field(current, line, source, findings)
        elif match := _BLOCK.match(line):
            current = found.setdefault(match.group(1), EntityDraft(match.group(1), source, notation=Notation.MERMAID))
        elif match := _RELATION.match(line):
            _relation(found, match, source)
    return list(found.values())


def _kind(fence: Fence) -> str:
    if fence.language not in ("mermaid", ""):
        return ""
    first = next((line.strip() for line in fence.lines[:20] if line.strip() and not line.strip().startswith("%%")), "")
    return first.split(" ")[0].lower()


def _field(draft: EntityDraft, line: str, source: Source, findings: Findings) -> EntityDraft:
    match = _FIELD.match(line)
    if match is None:
        if line.strip() and not line.strip().startswith("%%"):
            findings.not_understood(line, source, "write `type name PK` in a diagram's entity")
        return draft
    keys = match.group(3).upper().replace("UK", "unique").replace("FK", "")
    written = Written(match.group(2), source, line.strip(), match.group(1), keys, (match.group(4) or "").strip('"'))
    written = replace(written, notation=Notation.MERMAID)
    made = field_draft(written, findings)
    if made is not None:
        draft.add(made)
    return draft


def _relation(found: dict[str, EntityDraft], match: re.Match[str], source: Source) -> None:
    left, right = match.group(1), match.group(4)
    many_left, many_right = "}" in match.group(2), "{" in match.group(3)
    cardinality = {
        (False, False): Cardinality.ONE_TO_ONE,
        (False, True): Cardinality.ONE_TO_MANY,
        (True, False): Cardinality.MANY_TO_ONE,
        (True, True): Cardinality.MANY_TO_MANY,
    }[(many_left, many_right)]
    draft = found.setdefault(left, EntityDraft(left, source, notation=Notation.MERMAID))
    draft.relationships.append(Relationship(match.group(5) or right, right, cardinality, source))
