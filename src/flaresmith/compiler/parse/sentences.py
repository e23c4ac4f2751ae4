"""Fields and values that stand in text: tables without a fence, lists in a sentence, enums told in one line."""

from __future__ import annotations

from flaresmith.compiler import naming
from flaresmith.compiler.model import EntityKind, Notation, Source
from flaresmith.compiler.parse import inline
from flaresmith.compiler.parse.drafts import EntityDraft
from flaresmith.compiler.parse.headings import Role
from flaresmith.compiler.parse.markdown import Block, Bullet, Prose
from flaresmith.compiler.parse.tabular import TableRecorder

LONGEST_TABLE = 200


class SentenceRecorder(TableRecorder):
    """Writes down what lines of text say."""

    _looked_at = 0  # the last line of those that were looked at in vain

    def _unfenced(self, found: list[Block], place: int) -> int:
        """How many lines of text from here on are a table that stands in no fence; 0 where none does."""
        first = found[place]
        if not isinstance(first, Prose) or first.line <= self._looked_at or not inline.begins_table(first.text[:2000]):
            return 0
        lines = _together(found, place)
        taken = self._opened(lines) or self._aligned(lines)
        self._looked_at = 0 if taken else lines[-1][0]
        return taken

    def _opened(self, lines: list[tuple[int, str]]) -> int:
        """`users (`, its columns, `)`: how many lines that takes."""
        end = next((at for at, (_, text) in enumerate(lines) if text.startswith(")")), -1)
        table = inline.read_open_table(lines[: end + 1], self._file) if end > 0 else None
        if table is None:
            return 0
        self._start(table[0], lines[0][0], Notation.PSEUDO)
        for written in table[1]:
            self._add(written)
        return end + 1

    def _aligned(self, lines: list[tuple[int, str]]) -> int:
        """The columns of the entity above, one below the other up to an empty line: how many lines they take."""
        if not self._draft.name or self._draft.fields or self._role is not Role.FIELDS:
            return 0
        aligned = inline.read_aligned(lines, self._file)
        for written in aligned:
            self._add(written)
        return len(aligned)

    def _pseudo(self, text: str, source: Source) -> bool:
        """`users ( id UUID PK, … )` in one line."""
        found = inline.read_pseudo(text, source)
        if found is None:
            return False
        name, columns = found
        if naming.key(name) != naming.key(self._draft.name) or self._draft.fields:
            self._start(name, source.line, Notation.PSEUDO)
        self._draft.notation = Notation.PSEUDO
        for written in columns:
            self._add(written)
        return True

    def _spelled_out(self, text: str, source: Source) -> bool:
        """A type with its fields in one line, or the fields that a sentence about the entity lists."""
        if found := inline.read_named(text, source):
            name, fields = found
            above, self._draft = self._draft, EntityDraft(name, source, kind=EntityKind.DTO, raw=text[:200])
            self._collected.entities.append(self._draft)
            for written in fields:
                self._add(written)
            self._draft = above
            return True
        if found_values := inline.read_values(text, source):
            self._collected.lines.add(source.line)
            name, values = found_values
            self._collected.entities.append(
                EntityDraft(name, source, EntityKind.ENUM, Notation.PROSE, values=values, raw=text[:200])
            )
            return True
        if self._draft.name and not self._draft.fields:
            for written in (*inline.read_listed(text, source), *inline.read_columns(text, source)):
                self._add(written)
        return False

    def _described_list(self, items: list[Bullet]) -> bool:
        """`- **Show**: a podcast. Attributes: feed URL (unique), title`: what most items are, or none of them."""
        sources = [Source(self._file, item.line, item.column) for item in items]
        read = [inline.read_attributes(item.text, source) for item, source in zip(items, sources, strict=True)]
        if sum(one is not None for one in read) * 2 <= len(items):
            return False
        above = self._draft
        for one, source in zip(read, sources, strict=True):
            if one is not None:
                self._draft = EntityDraft(one[0], source, kind=above.kind, notation=Notation.PROSE)
                self._collected.entities.append(self._draft)
                for written in one[1]:
                    self._add(written)
        self._draft = above
        return True


def _together(found: list[Block], place: int) -> list[tuple[int, str]]:
    """The lines of text from here on, up to an empty one or one that opens another table."""
    lines: list[tuple[int, str]] = []
    for block in found[place : place + LONGEST_TABLE]:
        follows = isinstance(block, Prose) and (not lines or block.line == lines[-1][0] + 1)
        if not isinstance(block, Prose) or not follows or (lines and inline.opens_table(block.text)):
            break
        lines.append((block.line, block.text[:2000]))
    return lines
