"""The body below one heading: which blocks are fields, which are facts beside them, and which are prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from flaresmith.compiler import naming
from flaresmith.compiler.model import EntityKind, Kind, Source
from flaresmith.compiler.parse import bullets, headings, mermaid, tables
from flaresmith.compiler.parse.drafts import EntityDraft, FieldDraft
from flaresmith.compiler.parse.fences import is_same, read_fence, take_over
from flaresmith.compiler.parse.findings import Findings, excerpt
from flaresmith.compiler.parse.headings import Role
from flaresmith.compiler.parse.markdown import Block, Bullet, Fence, Prose, Row, Table, plain
from flaresmith.compiler.parse.outline import has_types, is_plain_field, named_rows, outline_of, typed_bullet
from flaresmith.compiler.parse.recorder import Collected, Recorder
from flaresmith.compiler.parse.sidefacts import apply_side_fact, read_side_fact
from flaresmith.compiler.parse.types import enum_of

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
_REQUIREMENT = re.compile(r"\b(?:FR|SC|NFR)-(?:[A-Z]{2,8}-)?\d{1,4}(?:\.\d{1,3})?[a-z]?\b")


class Body(Recorder):
    """Reads the blocks of one section into its entity and into what was collected of the document."""

    def __init__(self, draft: EntityDraft, role: Role, collected: Collected, file: str, findings: Findings) -> None:
        super().__init__(draft, role, collected, file, findings)
        self._labelled = False  # a label or heading says that the items are fields
        self._columns: tables.Columns | None = None  # those of the field table above; None where there is none
        self._pending = ""  # a bold label that may name the entity of the table below it
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
            self._block(block)
            place += 1

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
        role = headings.fact_role(words)
        self._pending = ""
        if role is not None:
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
        elif self._role is Role.LINKS and self._link(text, source):
            return
        if not self._draft.fields and not self._draft.description:
            self._draft.description = excerpt(plain(text))
        if self._draft.kind is None and (kind := headings.kind_of_text(text[:1000])):
            self._draft.kind = kind

    # tables

    def _table(self, table: Table) -> None:
        other = self._role in (Role.LINKS, Role.STATES, Role.INDEXES)
        if tables.is_field_table(table) and (not other or (self._draft.name and has_types(table))):
            self._field_table(table)
            return
        self._collected.lines.update(row.line for row in table.rows[:1] if table.separated)
        _, cells = tables.header_of(table)
        rows = table.rows[1:] if table.separated else table.rows
        if self._role is Role.STATES or {"from", "to"} <= set(cells) or {"from state", "to state"} <= set(cells):
            self._state_table(cells, rows)
        elif self._role is Role.INDEXES or (cells and re.match(r"index", cells[0])):
            for row in rows:
                self._index(" ".join(row.cells), Source(self._file, row.line))
        elif self._role in (Role.RULES, Role.LINKS):
            for row in rows:
                self._fact(
                    " ".join(row.cells) if self._role is Role.LINKS else " — ".join(row.cells),
                    Source(self._file, row.line),
                )
        elif (
            self._role is Role.VALUES
            or self._draft.kind is EntityKind.ENUM
            or (cells and cells[0] in ("value", "status", "state", "enum value"))
        ):
            self._values(tuple(value for row in rows if (value := _value(row.cells[0]))))
        elif self._role is Role.FIELDS and self._draft.name:
            self._collected.tables.append((self._draft, rows if tables.has_types(table) else named_rows(rows)))

    def _field_table(self, table: Table) -> None:
        if self._pending and (self._draft.fields or not self._draft.name):
            self._start(self._pending, table.line, "table")
        self._pending = ""
        self._role = Role.FIELDS
        columns, _ = tables.header_of(table)
        written, unread = tables.read_rows(table, self._file, self._columns)
        if self._columns is None and self._draft.notation == "bullets":
            self._draft.notation = "table"
        self._columns = columns or self._columns or {}
        for item in written:
            self._add(item)
        for row in unread:
            self._findings.not_understood(row.raw, Source(self._file, row.line))

    def _start(self, name: str, line: int, notation: str) -> None:
        """A label that names an entity of its own below the one whose heading stands above."""
        self._draft = EntityDraft(name, Source(self._file, line), kind=self._draft.kind, notation=notation)
        self._collected.entities.append(self._draft)

    def _state_table(self, cells: list[str], rows: list[Row]) -> None:
        if not {"from", "to"} <= {cell.split(" ")[0] for cell in cells}:
            return
        first = [cell.split(" ")[0] for cell in cells]
        trigger = next(
            (place for place, cell in enumerate(first) if cell in ("trigger", "action", "event", "on", "via")), -1
        )
        for row in rows:
            if len(row.cells) < len(cells):
                continue
            arrow = f"{plain(row.cells[first.index('from')])} → {plain(row.cells[first.index('to')])}"
            word = plain(row.cells[trigger]).strip() if trigger >= 0 else ""
            said = f" ({naming.snake(word)})" if re.fullmatch(r"[\w]+(?:[ -]\w+)?(?:\(\))?", word) else ""
            self._transitions(arrow + said, Source(self._file, row.line))

    # lists

    def _list(self, items: list[Bullet]) -> None:
        if self._pending and outline_of(items).is_certain:
            self._start(self._pending, items[0].line - 1, "bullets")
            self._pending, self._role = "", Role.FIELDS
        if self._role is Role.FIELDS and (self._columns is None or self._labelled):
            self._field_list(items)
            return
        for item in self._beside_fields(items):
            source = Source(self._file, item.line, item.column)
            self._draft.requirements += tuple(_REQUIREMENT.findall(item.text[:2000]))
            if self._role is Role.VALUES or (self._draft.kind is EntityKind.ENUM and not self._draft.fields):
                self._values(tuple(filter(None, (_value(item.text),))))
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
        if self._grouped and self._entity_list(items):
            return
        if self._draft.kind is EntityKind.ENUM and not self._draft.fields:
            self._values(tuple(value for item in items if (value := _value(item.text))))
            return
        items = [item for item in items if not self._labelled_item(item)]
        candidates = [
            (item, None if read_side_fact(item, self._file) else bullets.read_bullet(item, self._file))
            for item in items
        ]
        read = [candidate for _, candidate in candidates if candidate is not None]
        sure = sum(candidate.sure for candidate in read)
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
        return self._draft.name != "" and read >= 2 and read * 10 >= items * 8 and self._grouped_names

    _grouped_names = False
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
        """Nested items are the values of an enum, or the inside of an object, which stays JSON."""
        known = self._draft.find(name)
        if known is None or not item.children:
            return
        values = tuple(filter(None, (_value(child.text) for child in item.children)))
        kind = known.field.type.kind
        listed = kind is Kind.ENUM or (kind is Kind.STRING and known.field.confidence == 1.0)
        if len(values) == len(item.children) and listed and not known.field.type.values and len(values) > 1:
            known.field = replace(known.field, type=enum_of(values, known.field.type.raw))
        elif kind in (Kind.STRING, Kind.TEXT) and known.field.confidence < 1:
            known.field = replace(known.field, type=replace(known.field.type, kind=Kind.JSON))
        self._inside(known, item.children)

    def _inside(self, known: FieldDraft, children: list[Bullet]) -> None:
        """Fields below a field: those of the object it holds; below a scalar they only stand too far to the right."""
        found = [(child, read) for child in children if (read := typed_bullet(child))]
        if not found:
            return
        if known.field.type.kind in (Kind.JSON, Kind.ARRAY, Kind.ENUM) or known.field.confidence < 1:
            self._collected.lines.update(child.line for child, _ in found)
            names = excerpt(", ".join(read.written.name for _, read in found))
            self._findings.info(
                "inside-of-json",
                f"{known.field.name} is stored as JSON; its inside is free: {names}",
                known.field.source,
            )
            return
        for child, _ in found:
            self._field_item(child, bullets.read_bullet(child, self._file), lower=True)

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
        for draft in read_fence(fence, self._file, self._findings, migration=self._migration):
            if is_same(self._draft, draft):
                if take_over(self._draft, draft) and self._columns is None:
                    self._columns = {}
            else:
                self._collected.entities.append(draft)


def _value(text: str) -> str:
    """The value that a bullet or a cell names: `` `active` - in use `` → `active`."""
    clean = re.split(r"\s*(?:[:=—–(]|\s-\s|→)", text[:200], maxsplit=1)[0]
    clean = plain(clean).strip(" '\"")
    return clean if re.fullmatch(r"[\w][\w.:/+-]{0,60}", clean) else ""
