"""The three-way merge of trees of units: what only one side changed is taken, what both changed is merged finer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flaresmith.compiler.merge import imports, lines
from flaresmith.compiler.merge.accept import Choice, Take
from flaresmith.compiler.merge.order import interleaved, same_order
from flaresmith.compiler.merge.pairing import pairs
from flaresmith.compiler.merge.units import Block, Order, Unit, lines_of, plain


@dataclass(frozen=True, slots=True)
class Hunk:
    """One place where both sides changed the same thing: number from 1, where it is, and the three texts.

    `line` is its place on the branch, from 1. `choice` is what was decided about it, if anything was.
    """

    number: int
    where: str
    line: int
    base: str
    ours: str
    theirs: str
    choice: Choice | None = None


@dataclass(slots=True)
class Engine:
    """One merge under way. `choices` decide hunks by number; undecided ones provisionally keep our side."""

    choices: Mapping[int | None, Choice]
    hunks: list[Hunk] = field(default_factory=list)
    _where: list[str] = field(default_factory=list)

    def block(self, base: Block, ours: Block, theirs: Block) -> Block:
        """Merge three blocks."""
        if ours.text == theirs.text or theirs.text == base.text:
            return ours
        if ours.text == base.text:
            return theirs
        return _Blocks(self, base, ours, theirs).merged()

    def unit(self, base: Unit, ours: Unit, theirs: Unit) -> Unit:
        """Merge three versions of one unit: whole, then by its finer parts, then by lines."""
        if settled := _settled(base, ours, theirs):
            return settled
        if ours.name:
            self._where.append(ours.name)
        try:
            return self._finer(base, ours, theirs)
        finally:
            if ours.name:
                self._where.pop()

    def text(self, base: str, ours: str, theirs: str, line: int) -> str:
        """Merge three texts by lines."""
        if ours == theirs or theirs == base:
            return ours
        if ours == base:
            return theirs
        return "".join(
            piece.text
            if isinstance(piece, lines.Same)
            else self.conflict(piece.base, piece.ours, piece.theirs, line + piece.line)
            for piece in lines.merged(lines_of(base), lines_of(ours), lines_of(theirs))
        )

    def conflict(self, base: str, ours: str, theirs: str, line: int) -> str:
        """Note a hunk that only a person can decide; the text that stands for it."""
        number = len(self.hunks) + 1
        choice = self.choices.get(number, self.choices.get(None))
        self.hunks.append(Hunk(number, " › ".join(self._where), line, base, ours, theirs, choice))
        if choice is None or choice.take is Take.OURS:
            return ours
        return theirs if choice.take is Take.THEIRS else _ended(choice.text or "", ours, theirs)

    def _finer(self, base: Unit, ours: Unit, theirs: Unit) -> Unit:
        if ours.names and base.names and theirs.names:
            names = imports.merged(base.names, ours.names, theirs.names)
            if names is not None:
                lead = self.text(str(base.slots[0]), str(ours.slots[0]), str(theirs.slots[0]), ours.line)
                return replace(ours, slots=(lead, imports.written(names, ours, theirs)), names=names)
        if _shape(base) == _shape(ours) == _shape(theirs):
            after = self.text(base.after, ours.after, theirs.after, ours.line)
            return replace(ours, slots=self._slots(base, ours, theirs), after=after)
        body = self.text(base.body, ours.body, theirs.body, ours.line)
        after = self.text(base.after, ours.after, theirs.after, ours.line)
        return replace(plain(body, name=ours.name, line=ours.line), after=after)

    def _slots(self, base: Unit, ours: Unit, theirs: Unit) -> tuple[str | Block, ...]:
        made: list[str | Block] = []
        line = ours.line
        for old, mine, new in zip(base.slots, ours.slots, theirs.slots, strict=True):
            if isinstance(old, str) and isinstance(mine, str) and isinstance(new, str):
                made.append(self.text(old, mine, new, line))
            elif isinstance(old, Block) and isinstance(mine, Block) and isinstance(new, Block):
                made.append(self.block(old, mine, new))
            line += (mine if isinstance(mine, str) else mine.text).count("\n")
        return tuple(made)


class _Blocks:
    """The merge of three blocks: every unit of them has one fate. A unit's identity is its place in `base`, or
    its place among those that were added (`o…` by us, `t…` by them, both when they are the same)."""

    def __init__(self, engine: Engine, base: Block, ours: Block, theirs: Block) -> None:
        self.engine, self.base, self.ours, self.theirs = engine, base, ours, theirs
        self.mine = _identified("o", ours.units, pairs(base.units, ours.units))
        self.new = _identified("t", theirs.units, pairs(base.units, theirs.units))
        self._pair_additions()

    def merged(self) -> Block:
        ours, theirs = list(self.mine), list(self.new)
        old = [str(index) for index in range(len(self.base.units))]
        if not same_order(ours, old) and not same_order(theirs, old) and not same_order(ours, theirs):
            return self._undecided()
        order = interleaved(ours, theirs, spine="ours" if same_order(theirs, old) and not same_order(ours, old) else "")
        fates = self._fates(order)
        units = [unit for key in order if (unit := fates[key]) is not None]
        return self._with(units)

    def _pair_additions(self) -> None:
        """What both sides added under one name, or word for word, is one addition."""
        mine = [(key, unit) for key, unit in self.mine.items() if key.startswith("o")]
        new = [(key, unit) for key, unit in self.new.items() if key.startswith("t")]
        same = pairs([unit for _, unit in mine], [unit for _, unit in new], alike=False)
        renamed = {new[index][0]: mine[other][0] for index, other in same.items()}
        self.new = {renamed.get(key, key): unit for key, unit in self.new.items()}

    def _fates(self, order: Sequence[str]) -> dict[str, Unit | None]:
        """The unit that becomes of each; None for what goes. In the order of the result, so that hunks are too."""
        clashes = self._clashes(order) if self.base.order is Order.STRICT else {}
        return {key: clashes[key] if key in clashes else self._fate(key) for key in order}

    def _fate(self, key: str) -> Unit | None:
        base = self.base.units[int(key)] if key.isdecimal() else None
        mine, new = self.mine.get(key), self.new.get(key)
        if base is None:
            if mine is not None and new is not None and mine.code != new.code:
                return self._decided(None, mine, new)
            return mine or new
        if mine is not None and new is not None:
            return self.engine.unit(base, mine, new)
        left = mine or new
        if left is None or left.code == base.code:
            return None
        return self._decided(base, mine, new)

    def _decided(self, base: Unit | None, mine: Unit | None, new: Unit | None) -> Unit | None:
        """A unit that one side deleted and the other changed, or that both added differently: a person decides."""
        line = mine.line if mine else self._line()
        named = mine or new
        assert named is not None
        old, ours, theirs = (unit.body if unit else "" for unit in (base, mine, new))
        text = self._asking(named.name, lambda: self.engine.conflict(old, ours, theirs, line))
        if not text:
            return None
        if mine is not None and text == mine.body:
            return mine
        if new is not None and text == new.body:
            return new
        return replace(plain(text, name=named.name), after=named.after)

    def _asking(self, name: str, ask: Callable[[], str]) -> str:
        where = self.engine._where
        if not name:
            return ask()
        where.append(name)
        try:
            return ask()
        finally:
            where.pop()

    def _clashes(self, order: Sequence[str]) -> dict[str, Unit | None]:
        """Where order matters, two additions in one place are for a person to arrange."""
        found: dict[str, Unit | None] = {}
        at = 0
        while at < len(order):
            end = at
            while end < len(order) and not order[end].isdecimal():
                end += 1
            run = order[at:end]
            mine = [self.mine[key] for key in run if key in self.mine and key not in self.new]
            new = [self.new[key] for key in run if key in self.new and key not in self.mine]
            if mine and new and not all(unit.name for unit in (*mine, *new)):
                text = self.engine.conflict("", _joined(mine), _joined(new), mine[0].line)
                found |= dict.fromkeys((key for key in run if (key in self.mine) != (key in self.new)), None)
                first = next(key for key in run if key in found)
                found[first] = plain(text, line=mine[0].line) if text else None
            at = max(end, at + 1)
        return found

    def _undecided(self) -> Block:
        """Both sides put the same units into another order, each its own: the block as a whole is the conflict."""
        text = self.engine.conflict(self.base.text, self.ours.text, self.theirs.text, self._line())
        if text == self.theirs.text:
            return self.theirs
        return self.ours if text == self.ours.text else Block((plain(text),))

    def _with(self, units: Sequence[Unit]) -> Block:
        trailing = _three(self.base.trailing, self.ours.trailing, self.theirs.trailing)
        line = self._line() + self.ours.text.count("\n") - self.ours.tail.count("\n")
        tail = self.engine.text(self.base.tail, self.ours.tail, self.theirs.tail, line)
        if self.base.comma and not self.base.units:
            filled = next((block for block in (self.ours, self.theirs) if block.units), self.base)
            trailing, tail = filled.trailing, filled.tail
        kept = tuple(units) if self.base.comma else _on_lines(units, last=bool(tail))
        return replace(self.ours, units=kept, trailing=trailing, tail=tail)

    def _line(self) -> int:
        return self.ours.units[0].line if self.ours.units else 1


def _ended(text: str, ours: str, theirs: str) -> str:
    """A text of a person ends its line where both sides do: what follows must not join it."""
    whole = ours.endswith("\n") or (not ours and theirs.endswith("\n"))
    return f"{text}\n" if whole and text and text[-1] != "\n" else text


def _settled(base: Unit, ours: Unit, theirs: Unit) -> Unit | None:
    """The unit where no merge is needed: one side, or only layout, changed."""
    if ours.text == theirs.text or theirs.text == base.text:
        return ours
    if ours.text == base.text:
        return theirs
    if ours.code == theirs.code or theirs.code == base.code:
        return ours
    return theirs if ours.code == base.code else None


def _identified(prefix: str, units: Sequence[Unit], paired: Mapping[int, int]) -> dict[str, Unit]:
    return {str(paired[index]) if index in paired else f"{prefix}{index}": unit for index, unit in enumerate(units)}


def _shape(unit: Unit) -> list[tuple[type, object, bool]]:
    return [(str, "", False) if isinstance(slot, str) else (Block, slot.order, slot.comma) for slot in unit.slots]


def _three(base: bool, ours: bool, theirs: bool) -> bool:
    return ours if theirs == base else theirs


def _joined(units: Sequence[Unit]) -> str:
    return "".join(unit.text for unit in units)


def _on_lines(units: Sequence[Unit], *, last: bool) -> tuple[Unit, ...]:
    """What was last in a file may end without a newline; what follows it now must not join its line."""
    end = len(units) if last else len(units) - 1
    return tuple(
        replace(unit, slots=(*unit.slots, "\n")) if index < end and unit.text and unit.text[-1] != "\n" else unit
        for index, unit in enumerate(units)
    )
