"""The body below one heading: which blocks are fields, which are facts beside them, and which are prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from flaresmith.compiler import naming
from flaresmith.compiler.model import EntityKind, Kind, Notation, Source
from flaresmith.compiler.parse import bullets, english, headings, kinds, mermaid
from flaresmith.compiler.parse.drafts import EntityDraft, FieldDraft, Written, field_draft
from flaresmith.compiler.parse.fences import is_same, read_fence, take_over
from flaresmith.compiler.parse.findings import Findings, excerpt
from flaresmith.compiler.parse.headings import Role
from flaresmith.compiler.parse.markdown import Block, Bullet, Fence, Prose, Table, flat, plain
from flaresmith.compiler.parse.nesting import holding, inner_fields
from flaresmith.compiler.parse.outline import is_plain_field, outline_of
from flaresmith.compiler.parse.recorder import Collected, value_of
from flaresmith.compiler.parse.sentences import SentenceRecorder
from flaresmith.compiler.parse.sidefacts import apply_side_fact, read_side_fact
from flaresmith.compiler.parse.types import enum_of
from flaresmith.compiler.parse.unify import agree

_META = re.compile(
    r"^(Type|Purpose|Description|Constraints?|Formats?|Examples?|Notes?|Fields|Attributes|Columns"
    r"|Properties|Relationships?|Relations|Index(?:es)?"
    r"|Validations?|Validation [Rr]ules|Rules|Storage|Location|Usage|Rationale|Lifecycle|Retention"
    r"|Security|Invariants|Uniqueness|Identity"
    r"|Primary [Kk]ey|Foreign [Kk]eys?|Algorithm|Expiration|Behaviou?r|Methods|Responsibilit(?:y"
    r"|ies)|States?|State [Tt]ransitions|Used by|Persistence"
    r"|Scope|Structure|Path|Example [Vv]alue|Required|Generation|Length|Implementation|Claims"
    r"|Payload|Cardinality|Key [Aa]ttributes|Key [Ff]ields)\s*:\s*(.*)$"
)
_ABOUT_FIELD = re.compile(r"^([^\W\d][\w ]{1,30})\s*:\s*(.+)$")
_ABOUT_WORDS = {
    "type": "type",
    "data type": "type",
    "constraints": "constraints",
    "constraint": "constraints",
    "validation": "constraints",
    "rules": "constraints",
    "required": "required",
    "default": "default",
    "notes": "notes",
    "description": "notes",
    "references": "constraints",
}
_CALLED = re.compile(
    r"(?:key |main |public )?(?:parameters?|params|arguments|methods|functions|callbacks|constructor)$", re.I
)
_DERIVED = re.compile(
    r"(?:derived|computed|calculated|virtual)(?: \(\w+\))? (?:fields?|propert(?:y|ies)|attributes?|columns?"
    r"|getters?)$|getters$",
    re.I,
)
_DEFINED = re.compile(r"\b(?:defined|described|introduced|extends?|extended|inherited|reused)\b", re.I)
_COLUMN = re.compile(r"`[a-z][a-z\d]*(?:_[a-z\d]+)*`\s+(?:-|—|–)\s+(?!`)")
_REQUIREMENT = re.compile(r"\b(?:FR|SC|NFR)-(?:[A-Z]{2,8}-)?\d{1,4}(?:\.\d{1,3})?[a-z]?\b")


class Body(SentenceRecorder):
    """Reads the blocks of one section into its entity and into what was collected of the document."""

    def __init__(self, draft: EntityDraft, role: Role, collected: Collected, file: str, findings: Findings) -> None:
        super().__init__(draft, role, collected, file, findings)
        self._labelled = False  # a label or heading says that the items are fields
        self._grouped = False
        self._migration = role is Role.PROSE

    def read(self, found: list[Block], *, grouped: bool = False) -> None:
        """Reads the blocks in order; `grouped` says that the section is a group of entities."""
        self._grouped = grouped
        place = 0
        while place < len(found):
            block = found[place]
            if isinstance(block, Bullet):
                end = place
                while end < len(found) and isinstance(found[end], Bullet):
                    end += 1
                self._list([item for item in found[place:end] if isinstance(item, Bullet)])
                place = end
                continue
            taken = self._unfenced(found, place) if isinstance(block, Prose) else 0
            if not taken:
                self._block(block)
            place += taken or 1

    def _block(self, block: Block) -> None:
        if isinstance(block, Fence):
            self._fence(block)
        elif isinstance(block, Table):
            self._table(block)
        elif isinstance(block, Prose):
            self._prose(block)

    # prose and labels

    def _prose(self, block: Prose) -> None:
        source = Source(self._file, block.line)
        self._draft.requirements += tuple(_REQUIREMENT.findall(block.text[:2000]))
        label = headings.label_of(block.text[:2000])
        if label is None:
            self._sentence(block.text, source)
            return
        words, rest = label
        self._computed = bool(_DERIVED.match(words))
        role = Role.FIELDS if self._computed else headings.fact_role(words)
        self._pending = ""
        if _CALLED.match(words) and self._draft.kind is not EntityKind.DTO:
            self._role, self._columns = Role.PROSE, None
        elif role is not None:
            self._role, self._labelled = role, role is Role.FIELDS
            if rest:
                unique = role is Role.INDEXES and re.match(r"unique\b", words, re.I)
                self._fact(f"unique {rest}" if unique else rest, source, inline=True)
        elif not rest and (re.fullmatch(r"[A-Z]\w{1,80}", words)):
            self._pending, self._columns = words, None
            self._role = Role.PROSE if self._draft.fields else self._role
        else:
            self._sentence(block.text, source)
            if self._draft.fields and not rest:
                self._role = Role.PROSE

    def _sentence(self, text: str, source: Source) -> None:
        if self._role is Role.STATES and re.search(r"→|->", text[:800]):
            self._transitions(text, source)
        elif (
            (self._role is Role.LINKS and self._link(text, source))
            or self._pseudo(text, source)
            or self._spelled_out(text, source)
        ):
            return
        if self._draft.name:
            self._retention(text, source, labelled=self._role is Role.RETENTION)
            self._draft.extends = self._draft.extends or (
                headings.origin_in(text[:600]) if _DEFINED.search(text) else ""
            )
        if not self._draft.fields and not self._draft.description:
            self._draft.description = excerpt(plain(text))
        if self._draft.kind is None and (kind := kinds.kind_of_text(text[:1000])):
            self._draft.kind = kind

    # lists

    def _list(self, items: list[Bullet]) -> None:
        if self._pending and outline_of(items).is_certain:
            self._start(self._pending, items[0].line - 1, Notation.BULLET)
            self._pending, self._role = "", Role.FIELDS
        if self._role is Role.FIELDS and (self._columns is None or self._labelled):
            self._field_list(items)
            return
        for item in self._beside_fields(items):
            source = Source(self._file, item.line, item.column)
            self._draft.requirements += tuple(_REQUIREMENT.findall(item.text[:2000]))
            if self._role is Role.VALUES or (self._draft.kind is EntityKind.ENUM and not self._draft.fields):
                self._values(tuple(filter(None, (value_of(item.text),))))
            else:
                self._fact(item.text, source)
            for child in self._beside_fields(item.children):
                self._fact(child.text, Source(self._file, child.line, child.column))

    def _beside_fields(self, items: list[Bullet]) -> Iterator[Bullet]:
        """The items of a list of indexes, rules and the like, without those that are fields all the same."""
        fields = self._draft.name != "" and self._role not in (Role.PROSE, Role.VALUES)
        for item in items:
            read = bullets.read_bullet(item, self._file) if fields and is_plain_field(item) else None
            if read is None or (self._role is Role.RULES and self._draft.find(read.written.name)):
                yield item
            else:
                self._field_item(item, read, lower=True)

    def _field_list(self, items: list[Bullet]) -> None:
        if self._grouped and (self._entity_list(items) or self._described_list(items)):
            return
        if self._draft.kind is EntityKind.ENUM and not self._draft.fields:
            self._values(tuple(value for item in items if (value := value_of(item.text))))
            return
        items = [item for item in items if not self._labelled_item(item)]
        candidates = [
            (item, None if read_side_fact(item, self._file) else bullets.read_bullet(item, self._file))
            for item in items
        ]
        read = [candidate for _, candidate in candidates if candidate is not None]
        sure = sum(candidate.sure for candidate in read)
        self._spelled = len(items) > 3 and all(_COLUMN.match(item.text) for item in items)
        if not self._accepts(len(items), len(read), sure):
            return
        lower = any(candidate.sure and candidate.written.name[:1].islower() for candidate in read)
        for item, candidate in candidates:
            self._field_item(item, candidate, lower=lower)

    def _labelled_item(self, item: Bullet) -> bool:
        """`**Fields**: …`, `**Type**: UUID` and other words about the entity that stand as items of its list."""
        match = _META.match(plain(item.text[:300]))
        if match is None:
            return False
        role = headings.fact_role(match.group(1))
        self._collected.lines.add(item.line)
        if role is None:
            return True
        inner = Body(self._draft, role, self._collected, self._file, self._findings)
        inner._labelled = role is Role.FIELDS
        if match.group(2):
            inner._fact(
                item.text.split(":", 1)[-1].strip(" *"), Source(self._file, item.line, item.column), inline=True
            )
        inner._list(item.children)
        return True

    def _accepts(self, items: int, read: int, sure: int) -> bool:
        """Whether a list is a list of fields: types are recognised, or a label says so."""
        if self._labelled:
            return read > 0
        if self._doubtful:
            return sure > 0 and sure * 4 >= items * 3
        if sure:
            return sure * 3 >= read or sure >= 3
        trusted = self._grouped_names or self._spelled
        return self._draft.name != "" and read >= 2 and read * 10 >= items * 8 and trusted

    _grouped_names = False
    _spelled = False  # every item begins with a name as columns have it
    _coded = False  # code of this section declared something
    _doubtful = False

    def doubt(self) -> None:
        """Asks for types on nearly every item: prose has headings like this one too."""
        self._doubtful = True

    def label_fields(self) -> None:
        """Takes every item for a field: the heading is `Fields` or the like."""
        self._labelled = True

    def trust_names(self) -> None:
        """Accepts a list of bare names as fields: the heading itself says that this is an entity."""
        self._grouped_names = True

    def _field_item(self, item: Bullet, candidate: bullets.BulletField | None, *, lower: bool) -> None:
        if candidate is None and (side := read_side_fact(item, self._file)):
            self._collected.lines.add(item.line)
            apply_side_fact(self._draft, side)
            return
        named = candidate is not None and (
            candidate.sure or not lower or candidate.written.name[:1].islower() or item.text[:1] == "`"
        )
        doubtful = candidate is not None and bool(re.search(r"\w/\S*\.\w{1,5}$", candidate.written.name))
        doubtful = doubtful or (
            candidate is not None
            and not candidate.sure
            and bool(naming.unsafe_reason(candidate.written.name) or " " in candidate.written.name)
        )
        if candidate is None or not named or doubtful:
            if bullets.looks_like_field(item.text):
                self._findings.not_understood(item.text, Source(self._file, item.line, item.column))
            return
        self._add(candidate.written)
        for name in candidate.also:
            self._add(replace(candidate.written, name=name))
        self._children(item, candidate.written.name)

    def _children(self, item: Bullet, name: str) -> None:
        """Nested items are the values of an enum, the inside of an object, or fields that only stand too far right."""
        known = self._draft.find(name)
        if known is None or not item.children:
            return
        values = tuple(filter(None, (value_of(child.text) for child in item.children)))
        kind = known.field.type.kind
        listed = kind is Kind.ENUM or (kind is Kind.STRING and known.field.confidence == 1.0)
        if len(values) == len(item.children) and listed and not known.field.type.values and len(values) > 1:
            known.field = replace(known.field, type=enum_of(values, known.field.type.raw))
            self._collected.lines.update(child.line for child in item.children)
            return
        self._inside(known, item.children)

    def _inside(self, known: FieldDraft, children: list[Bullet]) -> None:
        inside = inner_fields(children, self._file)
        if not inside:
            self._beside(known, children)
        elif known.field.type.kind in (Kind.JSON, Kind.ARRAY, Kind.ENUM) or known.field.confidence < 1:
            self._collected.lines.update(child.line for child in flat(children))
            known.field = replace(known.field, type=holding(known.field.type, inside), confidence=1.0)
            known.target = ""
            names = excerpt(", ".join(field.name for _, field, _ in inside))
            self._findings.info(
                "inside-of-json", f"{known.field.name} is stored as JSON, with this inside: {names}", known.field.source
            )
        else:
            for child, _, _ in inside:
                self._field_item(child, bullets.read_bullet(child, self._file), lower=True)

    def _beside(self, known: FieldDraft, children: list[Bullet]) -> None:
        """Nested items without a type: more words about the field (`Type: uuid`, `Constraints: unique`)."""
        said: dict[str, str] = {}
        for child in children:
            match = _ABOUT_FIELD.match(plain(english.narrow(child.text[:600])))
            word = english.header(match.group(1)) if match else ""
            if match and word in _ABOUT_WORDS:
                said[_ABOUT_WORDS[word]] = match.group(2)
                self._collected.lines.add(child.line)
        if not said:
            return
        field = known.field
        required = {"yes": True, "true": True, "no": False, "false": False}.get(said.get("required", "").lower())
        written = Written(
            field.name,
            field.source,
            field.raw,
            said.get("type", field.type.raw if field.confidence == 1.0 else ""),
            said.get("constraints", ""),
            " ".join(filter(None, (field.description, said.get("notes", "")))),
            required if required is not None else known.presence,
            said.get("default", ""),
            notation=field.notation,
        )
        if made := field_draft(written, self._findings):
            agree(self._draft, made, known, Findings())
            known.field, known.presence, known.target = made.field, made.presence, made.target

    def _entity_list(self, items: list[Bullet]) -> bool:
        """`- **User**` with its fields as nested items."""
        made: list[EntityDraft] = []
        for item in items:
            name = re.match(r"^(?:\*\*|`)([A-Z][\w ]{0,80}?)(?:\*\*|`)\s*(?:[:(—–-].*)?$", item.text[:400])
            if not name or not item.children:
                return False
            draft = EntityDraft(name.group(1), Source(self._file, item.line, item.column), kind=self._draft.kind)
            inner = Body(draft, Role.FIELDS, self._collected, self._file, self._findings)
            inner._field_list(item.children)
            made.append(draft)
        if not all(draft.fields for draft in made):
            return False
        self._collected.entities.extend(made)
        return True

    # code

    def _fence(self, fence: Fence) -> None:
        arrows = self._role is Role.STATES and not outline_of([fence]).declared
        if mermaid.is_state_diagram(fence) or (arrows and not mermaid.is_er_diagram(fence)):
            self._collected.lines.update(range(fence.line, fence.line + len(fence.lines)))
            for number, line in enumerate(fence.lines, start=fence.line):
                self._transitions(line.strip(), Source(self._file, number))
            return
        if self._role is Role.SEEDS and fence.language in ("json", "json5", "jsonc", ""):
            self._collected.seed_texts.append((self._draft, "\n".join(fence.lines), Source(self._file, fence.line)))
            return
        drafts = read_fence(fence, self._file, self._findings, migration=self._migration)
        for draft in drafts:
            if not draft.name and not self._owns(draft):
                continue
            self._coded = True
            if not is_same(self._draft, draft, alone=len(drafts) == 1 and self._draft.name != ""):
                self._collected.entities.append(draft)
            elif self._draft.fields or draft.notation is Notation.SAMPLE:
                draft.name = self._draft.name
                self._collected.entities.append(draft)
            else:
                take_over(self._draft, draft)
                self._columns = self._columns if self._columns is not None else {}

    def _owns(self, draft: EntityDraft) -> bool:
        """Fields without a name of their own are the heading's; a sample is, where the heading surely is an entity."""
        sample = draft.notation is Notation.SAMPLE
        if not self._draft.name or (sample and (self._draft.fields or self._coded or not self._grouped_names)):
            return False
        draft.name = self._draft.name
        return True
