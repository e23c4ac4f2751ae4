"""`data-model.md`: the walk over its sections, from headings to entities with all that is said of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from flaresmith.compiler import naming
from flaresmith.compiler.model import Change, EntityKind, Field, Index, Kind, Limits, Rule, Source
from flaresmith.compiler.parse import headings, inline, languages
from flaresmith.compiler.parse.body import Body
from flaresmith.compiler.parse.conditions import expression_of
from flaresmith.compiler.parse.drafts import EntityDraft, FieldDraft
from flaresmith.compiler.parse.english import words
from flaresmith.compiler.parse.findings import Findings, Mention, excerpt
from flaresmith.compiler.parse.handout import hand_out
from flaresmith.compiler.parse.headings import Announcement, Role
from flaresmith.compiler.parse.limits import settled
from flaresmith.compiler.parse.markdown import Block, Fence, Heading, Prose, blocks
from flaresmith.compiler.parse.outline import Outline, outline_of
from flaresmith.compiler.parse.presence import settle_presence
from flaresmith.compiler.parse.recorder import Collected
from flaresmith.compiler.parse.sections import Section, tree
from flaresmith.compiler.parse.traits import read_traits
from flaresmith.compiler.parse.types import enum_of
from flaresmith.compiler.parse.unify import unified
from flaresmith.compiler.parse.unread import report_unread

_FACTS = (Role.FIELDS, Role.INDEXES, Role.RULES, Role.LINKS, Role.STATES, Role.VALUES, Role.SEEDS, Role.RETENTION)


_CODE = re.compile(r"(?:Repository|Service|Controller|Provider|Client|Notifier|Widget|Screen|View|Handler|Component)$")
_SUBJECT = re.compile(
    r"^[`\"']?([^\W\d]\w{0,80})[`\"']?\s*(?:\s(?:must|one of|should|is|are|has|max|min|in|between|can|cannot|matches"
    r"|length|required"
    r"|optional|unique)\b|\s(?:≥|>=|>|≤|<)|:|—|–)"
)
_UNCHANGED = re.compile(
    r"\bno (?:\*\*)?(?:database |db |persisted |persistent )?(?:schema|data[- ]model|table"
    r"|migration)s?(?: (?:or|and|/) \w+)? (?:changes?|modifications?|is needed|are needed)"
    r"|\bno (?:\*\*)?(?:new|additional|persisted) (?:\w+ ){0,2}(?:tables?|entit(?:y|ies)|models?"
    r"|schemas?|migrations?)\b"
    r"|\b(?:introduces|adds|requires|needs|has|makes) (?:\*\*)?no (?:new )?(?:\w+ ){0,2}(?:schema"
    r"|tables?|entities|migrations?|database)\b"
    r"|\bdoes not (?:introduce|add|change|modify) (?:any )?(?:new )?(?:\w+ ){0,2}(?:schema|tables?"
    r"|entities|database|data model)\b",
    re.I,
)
_NO_DATABASE = re.compile(
    r"\bno (?:\*\*)?(?:database|persistent storage|persistence|server-side storage"
    r"|backend storage)\b|\b(?:does not use|without) a database\b"
    r"|\b(?:purely|entirely|only) (?:in[- ]memory|client[- ]side|file[- ]based|ui state)\b"
    r"|\bnothing is persisted\b|\bnot persisted anywhere\b",
    re.I,
)


_UNCHANGED_ELSEWHERE = re.compile(languages.NO_CHANGES, re.I)
_NO_DATABASE_ELSEWHERE = re.compile(languages.NO_DATABASE, re.I)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk stands: the entity above, and what the groups above say of kind and change."""

    entity: EntityDraft | None = None
    kind: EntityKind | None = None
    delta: bool = False
    change: Change | None = None
    extends: str = ""
    grouped: bool = False
    said: bool = False  # a heading says what changes, not only the opening of the file


def read_data_model(text: str, file: str, findings: Findings) -> list[EntityDraft]:
    """The entities of a data model in the order in which they stand."""
    collected = Collected()
    found_blocks = blocks(text)
    _Walk(file, findings, collected).section(tree(found_blocks), _opening(text))
    found = unified(collected.entities, findings)
    hand_out(collected, found, findings)
    _report_tables(collected, found, file, findings)
    report_unread(found_blocks, collected.lines | _lines_of(found), found, file, findings)
    for draft in found:
        _apply_rules(draft)
        _rate(draft)
        _time_dates(draft)
    settle_presence(found)
    return found


def _report_tables(collected: Collected, found: list[EntityDraft], file: str, findings: Findings) -> None:
    """Tables below an entity that say something of identifiers, but nothing that is known here."""
    for draft, rows in collected.tables:
        for row in rows if any(draft is known for known in found) and draft.fields else ():
            findings.not_understood(row.raw, Source(file, row.line), "write it as a table of fields, values or states")


def _lines_of(found: list[EntityDraft]) -> set[int]:
    """The lines whose fact belongs to an entity."""
    owned: list[tuple[Index | Rule | Field, ...]] = [
        (*draft.indexes, *draft.rules, *(known.field for known in draft.fields)) for draft in found
    ]
    return {fact.source.line for every in owned for fact in every}


def _opening(text: str) -> _Place:
    """What the first forty lines say of the whole file: no schema changes, or no database at all."""
    lines = text[:8000].split("\n")[:40]
    start = next((place for place, line in enumerate(lines) if line.startswith(("###", "|"))), len(lines))
    head = " ".join(lines[:start])
    if _UNCHANGED.search(head) or (not head.isascii() and _UNCHANGED_ELSEWHERE.search(head)):
        return _Place(kind=EntityKind.EXTERNAL, delta=True, change=Change.UNCHANGED)
    stateless = _NO_DATABASE.search(head) or (not head.isascii() and _NO_DATABASE_ELSEWHERE.search(head))
    return _Place(kind=EntityKind.DERIVED) if stateless else _Place()


class _Walk:
    def __init__(self, file: str, findings: Findings, collected: Collected) -> None:
        self._file = file
        self._findings = findings
        self._collected = collected

    def section(self, section: Section, place: _Place) -> None:
        """One section and all below it."""
        heading = section.heading
        said = headings.announce(heading.text) if heading and heading.level > 1 else Announcement(Role.GROUP)
        if heading and heading.level == 1:
            said = _of_title(heading.text)
        elif heading and said.role is not Role.ENTITY and (entity := self._all_the_same(section, heading, said, place)):
            said = entity
        if said.role in _FACTS:
            self._facts(section, said, place)
        elif said.role is Role.ENTITY and heading:
            self._entity(section, heading, said, place)
        else:
            self._group(section, said, place)

    def _all_the_same(
        self, section: Section, heading: Heading, said: Announcement, place: _Place
    ) -> Announcement | None:
        """An entity called Workflow or Record: below the common word stand fields with a key."""
        if said.role is Role.FIELDS and place.entity is not None:
            return None
        return headings.as_entity(heading.text) if outline_of(section.blocks).is_certain else None

    def _facts(self, section: Section, said: Announcement, place: _Place) -> None:
        draft = place.entity or EntityDraft("", self._at(section), kind=place.kind)
        body = Body(draft, said.role, self._collected, self._file, self._findings)
        body.about = headings.titled(section.heading.text) if section.heading else ""
        if said.role is Role.FIELDS and place.entity is not None:
            body.label_fields()
        body.read(section.blocks)
        if place.entity is None:
            self._lost(draft)
        for child in section.children:
            owner = headings.announce(child.heading.text) if child.heading else said
            elsewhere = said.role is not Role.FIELDS and place.entity is None and owner.role is Role.ENTITY
            if elsewhere and not _is_entity(outline_of(child.blocks), said.role):
                self._facts_of(child, owner.name, said.role)
            else:
                self.section(child, place)

    def _facts_of(self, section: Section, name: str, role: Role) -> None:
        """`## State Transitions` → `### Sync Operation`: facts of an entity that stands elsewhere."""
        draft = EntityDraft(name, self._at(section), delta=True)
        Body(draft, role, self._collected, self._file, self._findings).read(section.blocks)
        if draft.fields or draft.indexes or draft.rules or draft.relationships or draft.values:
            self._collected.entities.append(draft)
        for child in section.children:
            self.section(child, _Place())

    def _group(self, section: Section, said: Announcement, place: _Place) -> None:
        prose = said.role is Role.PROSE
        change = said.change or (headings.leading_change(section.heading.text) if section.heading else None)
        delta = change in (Change.MODIFIED, Change.UNCHANGED, Change.REMOVED)
        kind = said.kind or (None if change is Change.NEW and place.kind is EntityKind.EXTERNAL else place.kind)
        inner = replace(
            place,
            entity=place.entity if prose else None,
            kind=kind,
            delta=delta or (place.delta and change is None),
            change=change or place.change,
            said=change is not None or place.said,
            grouped=not prose and section.heading is not None and section.heading.level > 1,
        )
        draft = EntityDraft("", self._at(section), kind=kind)
        body = Body(draft, Role.PROSE if prose else Role.FIELDS, self._collected, self._file, self._findings)
        body.read(section.blocks if not prose else _declaring(section.blocks), grouped=inner.grouped)
        self._lost(draft)
        for child in section.children:
            self.section(child, inner)

    def _lost(self, draft: EntityDraft) -> None:
        """Fields below a heading that names no entity."""
        for lost in draft.fields:
            if lost.field.confidence < 0.5 and lost.field.name[:1].isupper():
                self._findings.info(
                    "entity-without-fields",
                    f"{excerpt(lost.field.name)} is named here without fields",
                    lost.field.source,
                    "list its fields with their types",
                )
            else:
                self._findings.not_understood(
                    lost.field.raw, lost.field.source, "put the fields below a heading that names their entity"
                )

    def _entity(self, section: Section, heading: Heading, said: Announcement, place: _Place) -> None:
        source = Source(self._file, heading.line, heading.level + 2)
        kind = said.kind or place.kind
        if kind is EntityKind.ENUM and said.kind is None and outline_of(section.blocks).is_entity:
            kind = None  # among the enums, but no enum
        draft = EntityDraft(
            said.name,
            source,
            kind=kind,
            delta=said.delta or (place.delta and said.change is None),
            change=said.change or place.change,
            extends=said.extends,
            aliases=said.aliases,
            raw=heading.text[:500],
        )
        before = len(self._collected.entities)
        self._collected.entities.append(draft)
        body = Body(draft, Role.FIELDS, self._collected, self._file, self._findings)
        if (said.explicit or place.grouped) and not said.doubtful:
            body.trust_names()
        if said.doubtful:
            body.doubt()
        body.read(section.blocks)
        for child in section.children:
            self.section(child, replace(place, entity=draft, delta=draft.delta))
        self._judge(draft, said, section, place, alone=len(self._collected.entities) == before + 1)

    def _judge(self, draft: EntityDraft, said: Announcement, section: Section, place: _Place, *, alone: bool) -> None:
        """An entity without a fact is only a heading; one with a hostile name is refused."""
        if draft.values and not draft.fields and (draft.kind is EntityKind.ENUM or len(draft.values) > 1):
            draft.kind = EntityKind.ENUM
        elif not draft.fields:
            self._withdraw(draft)
            if said.change is not None or place.said:
                self._mention(draft)
            if alone and not draft.delta and (place.grouped or said.explicit) and not section.children:
                self._findings.info(
                    "entity-without-fields",
                    f"{excerpt(draft.name)} has no fields here and becomes no table",
                    draft.source,
                    "list its fields with their types",
                )
            return
        if reason := naming.unsafe_reason(draft.name):
            self._withdraw(draft)
            self._findings.error(
                "unsafe-name",
                f"the entity name {excerpt(draft.name)!r} is refused: {reason}",
                draft.source,
                "use letters, digits and spaces",
            )

    def _mention(self, draft: EntityDraft) -> None:
        """An entity that is only said to exist, or to change, elsewhere."""
        said = draft.change in (Change.MODIFIED, Change.UNCHANGED, Change.REMOVED)
        if (
            said
            and len(draft.name.split()) < 4
            and not naming.unsafe_reason(draft.name)
            and not _CODE.search(draft.name)
        ):
            self._findings.mentions.append(Mention(draft.name, draft.source, draft.change, draft.extends))
            if re.search(r"[a-z][A-Z]", draft.name) or f"`{draft.name}`" in draft.raw:
                draft.kind, draft.delta = draft.kind or EntityKind.EXTERNAL, True
                self._collected.entities.append(draft)

    def _withdraw(self, draft: EntityDraft) -> None:
        self._collected.entities = [known for known in self._collected.entities if known is not draft]

    def _at(self, section: Section) -> Source:
        return Source(self._file, section.heading.line if section.heading else 1)


def _declaring(found: list[Block]) -> list[Block]:
    """The blocks below a heading of prose that declare something all the same: code, and tables without a fence."""
    kept, inside = [], False
    for block in found:
        inside = isinstance(block, Prose) and (inside or inline.opens_table(block.text))
        if inside or isinstance(block, Fence):
            kept.append(block)
        inside = inside and not (isinstance(block, Prose) and block.text.startswith(")"))
    return kept


def _is_entity(outline: Outline, role: Role) -> bool:
    """Whether a named section among facts is an entity; what stands among rules may repeat fields of another."""
    return outline.is_certain or (outline.is_entity and role is not Role.RULES)


def _of_title(text: str) -> Announcement:
    """The first heading names the document, unless it is itself the heading of an entity."""
    said = headings.announce(text)
    titled = re.search(r"\b(?:data[ -]?models?|spec|specification|design|phase|feature|overview)\b|:", text, re.I)
    return Announcement(Role.GROUP, kind=None) if titled or said.role is not Role.ENTITY else said


def _rate(draft: EntityDraft) -> None:
    """The notation of most of its fields, and less confidence where no field has a type."""
    notations = [known.field.notation for known in draft.fields if known.field.notation]
    if notations and draft.notation not in notations:
        draft.notation = notations[0]
    if draft.fields and all(known.field.confidence < 0.5 for known in draft.fields):
        draft.confidence = 0.6


def _time_dates(draft: EntityDraft) -> None:
    """`Date` beside `ObjectId` is that of MongoDB: a point in time."""
    if not any("ObjectId" in known.field.type.raw for known in draft.fields):
        return
    for known in draft.fields:
        typed = known.field.type
        if typed.kind is Kind.DATE and re.match(r"Date\b(?!\w)", typed.raw):
            known.field = replace(known.field, type=replace(typed, kind=Kind.DATETIME))


def _apply_rules(draft: EntityDraft) -> None:
    """`name must be at most 80 characters` narrows the field that it begins with; comparisons become conditions."""
    names = {naming.snake(known.field.name): known.field.name for known in draft.fields}
    for place, rule in enumerate(draft.rules):
        if not rule.expression and (expression := expression_of(rule.text, names)):
            draft.rules[place] = replace(rule, expression=expression)
        match = _SUBJECT.match(words(rule.text))
        known = draft.find(match.group(1)) if match else None
        if known is not None and match and not rule.expression:
            _narrow(known, match.string[match.end(1) :])


def _narrow(known: FieldDraft, text: str) -> None:
    if re.search(r"\b(?:if|when|unless|for|cannot|not|per|after|before|than [a-z])\b", text):
        return
    traits = read_traits(text)
    field = known.field
    if len(traits.values) > 1 and field.type.kind in (Kind.STRING, Kind.TEXT) and not field.type.values:
        known.field = replace(field, type=enum_of(traits.values, field.type.raw))
        return
    limits, typed = settled(traits.limits, field.type)
    if limits != Limits() and field.limits == Limits():
        known.field = replace(field, limits=limits, type=typed)
