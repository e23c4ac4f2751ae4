"""File differences as a person reads them: unified, with both line numbers, unchanged stretches folded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from htpy import (
    Element,
    Renderable,
    button,
    code,
    del_,
    details,
    div,
    fragment,
    ins,
    p,
    span,
    summary,
    table,
    tbody,
    td,
    tr,
)

from flaresmith.ui.text import counted, visible

CONTEXT = 3
MOST_LINES = 4_000
LONGEST_LINE = 2_000
MOST_FOLDED = 400


@dataclass(frozen=True)
class FileDiff:
    """One file before and after; None where it does not exist. `note` stands beside its name (`pydantic`, FR-003)."""

    path: str
    before: str | None
    after: str | None
    note: str = ""

    @cached_property
    def pieces(self) -> Sequence[tuple[str, int, int, int, int]]:
        """How the old lines become the new ones, as difflib's opcodes; empty where the file is too large to compare."""
        old, new = self.lines
        if max(len(old), len(new)) > MOST_LINES and old and new:
            return ()
        return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()

    @cached_property
    def lines(self) -> tuple[list[str], list[str]]:
        """The lines of both sides, without their ends."""
        return (self.before or "").splitlines(), (self.after or "").splitlines()

    @property
    def added(self) -> int:
        """How many lines are new."""
        return sum(j2 - j1 for tag, _, _, j1, j2 in self.pieces if tag != "equal")

    @property
    def removed(self) -> int:
        """How many lines are gone."""
        return sum(i2 - i1 for tag, i1, i2, _, _ in self.pieces if tag != "equal")


def file_diff(diff: FileDiff, *, expanded: bool = False) -> Element:
    """One file's difference, which opens and closes."""
    return details(".file", open=expanded)[
        summary[
            code[visible(diff.path)],
            diff.note and span(".muted")[visible(diff.note)],
            diff.before is None and span(".plus")["new file"],
            diff.after is None and span(".minus")["removed"],
            tally(diff.added, diff.removed),
        ],
        _body(diff),
    ]


def tally(added: int, removed: int) -> Element:
    """`+12 −3`, said in words to those who do not see it."""
    return span(".tally")[
        span(".sr")[f"{added} added, {removed} removed"],
        span(aria_hidden="true")[span(".plus")[f"+{added:,}"], " ", span(".minus")[f"−{removed:,}"]],
    ]


def _body(diff: FileDiff) -> Element:
    old, new = diff.lines
    if not diff.pieces and (old or new):
        return p[f"Too large to compare here: {counted(len(old), 'line')} before, {counted(len(new), 'line')} after."]
    if old == new:
        return p["Only line endings differ." if diff.before != diff.after and old else "No lines differ."]
    if max(len(old), len(new)) > MOST_LINES:
        return p[f"{counted(max(len(old), len(new)), 'line')}: too long to show here."]
    return div(".scroll", tabindex="0", role="region", aria_label=f"Changes in {visible(diff.path)}")[
        table(".diff")[_rows(diff)]
    ]


def _rows(diff: FileDiff) -> Iterator[Renderable]:
    old, new = diff.lines
    last = len(diff.pieces) - 1
    for number, (tag, i1, i2, j1, j2) in enumerate(diff.pieces):
        if tag == "equal":
            yield _same(old[i1:i2], i1, j1, first=number == 0, last=number == last)
        else:
            yield tbody[
                (_line("del", i1 + n + 1, None, text) for n, text in enumerate(old[i1:i2])),
                (_line("add", None, j1 + n + 1, text) for n, text in enumerate(new[j1:j2])),
            ]


def _same(lines: Sequence[str], before: int, after: int, *, first: bool, last: bool) -> Renderable:
    head = 0 if first else min(CONTEXT, len(lines))
    tail = 0 if last else min(CONTEXT, len(lines) - head)
    folded = len(lines) - head - tail
    rows = [_line("", before + n + 1, after + n + 1, text) for n, text in enumerate(lines)]
    if folded < 2:
        return tbody[rows]
    kept = rows[head : len(rows) - tail] if folded <= MOST_FOLDED else []
    return fragment[
        tbody[rows[:head]],
        tbody[_gap(folded, openable=bool(kept))],
        kept and tbody(hidden=True)[kept],
        tbody[rows[len(rows) - tail :]],
    ]


def _gap(lines: int, *, openable: bool) -> Element:
    words = counted(lines, "unchanged line")
    shown = button(".js", type="button", data_unfold=True)[f"Show {words}"] if openable else words
    return tr(".gap")[td(colspan="4")[shown]]


def _line(kind: str, before: int | None, after: int | None, text: str) -> Element:
    shown = visible(text if len(text) <= LONGEST_LINE else text[:LONGEST_LINE]) + _cut(text)
    wrap = {"add": ins, "del": del_}.get(kind)
    return tr(class_=kind or None)[
        td(".no")[before],
        td(".no")[after],
        td(".sign")[{"add": "+", "del": "−"}.get(kind, " ")],
        td[wrap[shown] if wrap else shown],
    ]


def _cut(text: str) -> str:
    return f" … {counted(len(text) - LONGEST_LINE, 'more character')}" if len(text) > LONGEST_LINE else ""
