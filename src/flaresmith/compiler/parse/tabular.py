"""The tables below one heading: fields, values, relationships, indexes, transitions and seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flaresmith.compiler import naming
from flaresmith.compiler.model import Change, EntityKind, Notation, Source
from flaresmith.compiler.parse import facts, sidetables, tables
from flaresmith.compiler.parse.drafts import EntityDraft, Written
from flaresmith.compiler.parse.findings import Findings
from flaresmith.compiler.parse.headings import Role
from flaresmith.compiler.parse.markdown import Row, Table
from flaresmith.compiler.parse.outline import has_types, named_rows
from flaresmith.compiler.parse.recorder import Collected, Recorder, value_of


class TableRecorder(Recorder):
    """Writes down what tables say."""

    def __init__(self, draft: EntityDraft, role: Role, collected: Collected, file: str, findings: Findings) -> None:
        super().__init__(draft, role, collected, file, findings)
        self._columns: tables.Columns | None = None  # those of the field table above; None where there is none
        self._heads: tuple[str, ...] = ()  # other names in the heading above
        self._pending = ""  # a bold label that may name the entity of the table below it

    def _table(self, table: Table) -> None:
        other = self._role in (Role.LINKS, Role.STATES, Role.INDEXES, Role.SEEDS, Role.RETENTION)
        fields = self._role is not Role.SEEDS and tables.is_field_table(table)
        if fields and (not other or (self._draft.name and has_types(table))):
            self._field_table(table)
            return
        self._collected.lines.update(row.line for row in table.rows[:1] if table.separated)
        _, header = tables.header_of(table)
        self._other_table(table, sidetables.heads(header), table.rows[1:] if table.separated else table.rows)

    def _other_table(self, table: Table, cells: list[str], rows: Sequence[Row]) -> None:
        if self._role is Role.SEEDS:
            self._collected.seeds.append((self._draft, table.rows[0].cells, list(rows)))
        elif (self._role is Role.STATES and sidetables.is_states(cells)) or (
            {"from", "to"} <= set(cells) and not sidetables.is_links(cells)
        ):
            self._state_table(cells, rows)
        elif self._role is Role.INDEXES or (cells and cells[0].startswith("index")):
            self._index_table(cells, rows)
        elif self._role is Role.LINKS or (self._role is not Role.RULES and sidetables.is_links(cells)):
            for row in rows:
                self._link(sidetables.link_text(row, cells), Source(self._file, row.line))
        elif self._role in (Role.RULES, Role.RETENTION):
            for row in rows:
                self._fact(" — ".join(row.cells), Source(self._file, row.line))
        elif not self._draft.fields and (members := _members(rows, cells)):
            self._collected.lines.update(row.line for row in rows)
            self._values(members)
        elif self._role is Role.VALUES or self._draft.kind is EntityKind.ENUM or sidetables.is_values(cells):
            self._value_table(rows, cells)
        elif self._role is Role.FIELDS and self._draft.name:
            unread = list(rows) if tables.has_types(table) else named_rows(rows)
            self._collected.tables.append((self._draft, unread))

    def _value_table(self, rows: Sequence[Row], cells: Sequence[str]) -> None:
        values = [(row, value) for row, cell in sidetables.value_names(rows, cells) if (value := value_of(cell))]
        self._collected.lines.update(row.line for row, _ in values)
        self._values(tuple(value for _, value in values))

    def _index_table(self, cells: list[str], rows: Sequence[Row]) -> None:
        for row in rows:
            source = Source(self._file, row.line)
            owner, index = sidetables.index_owner(row, cells), None
            if owner and naming.key(owner) != naming.key(self._draft.name):
                index = facts.read_index(sidetables.index_text(row, cells), source)
            if index is not None:
                self._collected.lines.add(row.line)
                self._collected.indexes.append((owner, index))
            else:
                self._index(sidetables.index_text(row, cells), source)

    def _state_table(self, cells: list[str], rows: Sequence[Row]) -> None:
        for row in rows:
            if arrow := sidetables.arrow_text(row, cells):
                self._transitions(arrow, Source(self._file, row.line))

    def _field_table(self, table: Table) -> None:
        if self._pending and (self._draft.fields or not self._draft.name):
            self._start(self._pending, table.line, Notation.TABLE)
        self._pending = ""
        self._role = Role.FIELDS
        columns, _ = tables.header_of(table)
        if tables.is_delta(table) and not self._draft.fields and self._draft.change is None:
            self._draft.change, self._draft.delta = Change.MODIFIED, True
        written, unread = tables.read_rows(table, self._file, self._columns)
        if self._columns is None and self._draft.notation is Notation.BULLET and not self._draft.fields:
            self._draft.notation = Notation.TABLE
        self._columns = columns or self._columns or {}
        for item in written:
            self._add_row(item)
        for row in unread:
            self._findings.not_understood(row.raw, Source(self._file, row.line))

    def _add_row(self, item: Written) -> None:
        """One row; `SyncRecord.summary` is a field of that entity, where the heading or the row before names it."""
        owner, _, name = item.name.partition(".")
        if not name or not owner[:1].isupper() or naming.key(owner) not in self._headed():
            self._add(item)
            return
        if naming.key(owner) != naming.key(self._draft.name):
            self._start(owner, item.source.line, Notation.TABLE)
        self._add(replace(item, name=name))

    def _headed(self) -> set[str]:
        return {naming.key(name) for name in (self._draft.name, *self._draft.aliases, *self._heads)}

    def _start(self, name: str, line: int, notation: Notation) -> None:
        """A label that names an entity of its own below the one whose heading stands above."""
        self._heads = (*self._heads, *self._draft.aliases)
        self._draft = EntityDraft(name, Source(self._file, line), kind=self._draft.kind, notation=notation, raw=name)
        self._collected.entities.append(self._draft)


def _members(rows: Sequence[Row], cells: Sequence[str]) -> tuple[str, ...]:
    return sidetables.named_values(rows, cells) or sidetables.constants(rows)
