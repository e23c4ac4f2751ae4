"""Single facts below a heading, written down in their entity, or in the document until their owner is known."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from flaresmith.compiler import naming
from flaresmith.compiler.model import EntityKind, Index, Retention, Source, Transition
from flaresmith.compiler.parse import bullets, english, facts, inline
from flaresmith.compiler.parse.drafts import EntityDraft, FieldDraft, Written, field_draft
from flaresmith.compiler.parse.findings import Findings
from flaresmith.compiler.parse.headings import Role
from flaresmith.compiler.parse.markdown import Row, plain
from flaresmith.compiler.parse.retention import read_retention
from flaresmith.compiler.parse.types import literal_values

_UNIQUE_RULE = re.compile(r"^[`*]{0,2}(?:unique\b|\([\w, `]{3,200}\)[`*]{0,2}\s*(?:is |must be |are )?unique\b)", re.I)


@dataclass(slots=True)
class Collected:
    """Everything that a document says, before facts outside an entity find their owner by name."""

    entities: list[EntityDraft] = field(default_factory=list)
    links: list[facts.Link] = field(default_factory=list)
    indexes: list[tuple[str, Index]] = field(default_factory=list)
    transitions: list[tuple[str, Transition]] = field(default_factory=list)
    tables: list[tuple[EntityDraft, list[Row]]] = field(default_factory=list)  # those of no known form
    retention: list[tuple[str, Retention]] = field(default_factory=list)
    seeds: list[tuple[EntityDraft, list[str], list[Row]]] = field(default_factory=list)  # with the header's cells
    seed_texts: list[tuple[EntityDraft, str, Source]] = field(default_factory=list)  # JSON
    lines: set[int] = field(default_factory=set)  # those that were read, besides fields, indexes and rules


class Recorder:
    """Writes facts down in the role that the heading or label above them gives them."""

    def __init__(self, draft: EntityDraft, role: Role, collected: Collected, file: str, findings: Findings) -> None:
        self._draft = draft
        self._role = role
        self._collected = collected
        self._file = file
        self._findings = findings
        self.about = ""  # what the heading speaks of, where no entity stands above
        self._computed = False  # a label says that the fields below it are worked out, not kept

    def _fact(self, text: str, source: Source, *, inline: bool = False) -> None:
        """One fact in the current role."""
        if self._role is Role.INDEXES:
            self._index(text, source)
        elif self._role is Role.RULES:
            self._rule(text, source)
        elif self._role is Role.LINKS:
            self._link(text, source)
        elif self._role is Role.STATES:
            self._transitions(text, source)
        elif self._role is Role.FIELDS and inline:
            self._inline_names(text, source)
        elif self._role is Role.RETENTION:
            self._retention(text, source, labelled=True)
        elif self._role is Role.VALUES and (values := literal_values(text)):
            self._values(values)

    def _inline_names(self, text: str, source: Source) -> None:
        """`a`, `b` (uuid, pk), c?`: the fields of one line, each with what stands in brackets behind it."""
        for written in inline.read_inline(text, source):
            self._add(written)

    def _add(self, written: Written) -> None:
        self._collected.lines.add(written.source.line)
        if self._computed:
            written = replace(written, computed=True)
        if written.removed:
            self._draft.removed.append((written.name, written.source))
            return
        made = field_draft(written, self._findings)
        if made is None:
            return
        known = next((known for known in self._draft.fields if known.field.name == written.name), None)
        if known is not None and _differs(known, made):
            self._findings.warning(
                "field-doubled",
                f"{written.name} is already defined at line {known.field.source.line} in another way; that one counts",
                written.source,
                "keep one of them",
            )
        self._draft.add(made)

    def _index(self, text: str, source: Source) -> None:
        owner, index = facts.index_owner(text), facts.read_index(text, source)
        if re.match(r"^[`*]{0,2}(?:primary|pk)\b", text, re.I):
            self._collected.lines.add(source.line)
            return
        if index is None:
            if bullets.looks_like_field(text):
                self._findings.not_understood(text, source, "name the columns: `(a, b) unique`")
            return
        if owner and naming.key(owner) != naming.key(self._draft.name):
            self._collected.indexes.append((owner, index))
        else:
            self._draft.indexes.append(index)

    def _rule(self, text: str, source: Source) -> None:
        index = facts.read_index(text, source) if _UNIQUE_RULE.match(text) else None
        if index is not None:
            self._draft.indexes.append(replace(index, unique=True))
        else:
            self._draft.rules.append(facts.read_rule(text, source))
            self._retention(text, source)

    def _retention(self, text: str, source: Source, *, labelled: bool = False) -> None:
        """How long rows are kept; below a general heading the line begins with the name of its entity."""
        found = read_retention(text, source, labelled=labelled)
        if found is None:
            return
        self._collected.lines.add(source.line)
        named = re.match(
            r"^[`*|\s]{0,4}([^\W\d][\w ]{0,60}?)[`*]{0,3}\s*(?:[:|(—–-]|\s(?:rows|records|are|is)\b)", text
        )
        owner = self._draft.name or (named.group(1) if named else "")
        self._collected.retention.append((owner, found))

    def _link(self, text: str, source: Source) -> bool:
        link = facts.read_link(text, source)
        if link is None:
            return False
        self._collected.lines.add(source.line)
        self._collected.links.append(replace(link, left=link.left or self._draft.name))
        return True

    def _transitions(self, text: str, source: Source) -> None:
        found = list(facts.read_transitions(text, source))
        self._collected.lines.update(source.line for _ in found)
        self._collected.transitions.extend((self._draft.name or self.about, arrow) for arrow in found)

    def _values(self, values: tuple[str, ...]) -> None:
        if self._draft.kind is EntityKind.ENUM or not self._draft.fields:
            self._draft.values += tuple(value for value in values if value not in self._draft.values)


def _differs(known: FieldDraft, made: FieldDraft) -> bool:
    """Whether two sure descriptions of a field contradict each other in type or presence."""
    if min(known.field.confidence, made.field.confidence) < 1:
        return False
    presence = None not in (known.presence, made.presence) and known.presence != made.presence
    return presence or known.field.type.kind is not made.field.type.kind


def value_of(text: str) -> str:
    """The value that a bullet or a cell names: `` `active` - in use `` → `active`."""
    clean = re.split(r"\s*(?:[:=—–(]|\s-\s|→)", english.narrow(text[:200]), maxsplit=1)[0]
    clean = plain(clean).strip(" '\"")
    return clean if re.fullmatch(r"[\w][\w.:/+-]{0,60}", clean) else ""
