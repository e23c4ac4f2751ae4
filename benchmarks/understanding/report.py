"""The tables: scores beside their bars, per notation, and the list of what to mend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from benchmarks.understanding.score import ASPECTS, ENTITY, ENUM, FIELD, REFERENCE, REQUIRED, TYPE, Verdict, scored

BARS = {ENTITY: 0.98, FIELD: 0.97, REFERENCE: 0.95}
PER_NOTATION = (ENTITY, FIELD, TYPE, REQUIRED, REFERENCE, ENUM)


def below_bars(verdicts: Sequence[Verdict]) -> list[str]:
    """One line for each precision or recall that is below its bar."""
    lines = []
    for aspect, bar in BARS.items():
        score = scored(_of(verdicts, aspect))
        for name, value in (("precision", score.precision), ("recall", score.recall)):
            if value < bar:
                lines.append(f"{aspect} {name} {value:.3f} is below {bar:.2f}")
    return lines


def overall(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """The table over all notations."""
    yield f"{'':12} {'precision':>9} {'recall':>9} {'F1':>9}   {'right':>6} {'labels':>6} {'read':>6}   bar"
    for aspect in ASPECTS:
        score = scored(_of(verdicts, aspect))
        if not score.wanted:
            continue
        bar = f"{BARS[aspect]:.2f}" if aspect in BARS else ""
        numbers = f"{score.precision:9.3f} {score.recall:9.3f} {score.f1:9.3f}"
        yield f"{aspect:12} {numbers}   {score.right:6} {score.wanted:6} {score.given:6}   {bar}".rstrip()


def per_notation(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Precision/recall of each aspect, one row per notation, with the number of labelled fields."""
    yield f"{'':12} {'fields':>6}" + "".join(f" {aspect:>13}" for aspect in PER_NOTATION)
    for notation in sorted({verdict.notation for verdict in verdicts}):
        own = [verdict for verdict in verdicts if verdict.notation == notation]
        fields = scored(_of(own, FIELD)).wanted
        yield f"{notation or 'unknown':12} {fields:6}" + "".join(
            f" {_pair(own, aspect):>13}" for aspect in PER_NOTATION
        )


def misses(verdicts: Iterable[Verdict], only: Sequence[str] = ()) -> Iterator[str]:
    """Every fact that was missed, read otherwise or made up, by place."""
    wrong = [verdict for verdict in verdicts if not verdict.right and (not only or verdict.aspect in only)]
    for verdict in sorted(wrong, key=lambda one: (one.file, one.line, ASPECTS.index(one.aspect), one.name)):
        yield (
            f"{verdict.file}:{verdict.line}  {verdict.aspect} of {verdict.name} ({verdict.notation or 'unknown'}): "
            f"expected {_shown(verdict.expected)}, found {_shown(verdict.found)}"
        )


def _of(verdicts: Iterable[Verdict], aspect: str) -> Iterator[Verdict]:
    return (verdict for verdict in verdicts if verdict.aspect == aspect)


def _pair(verdicts: Sequence[Verdict], aspect: str) -> str:
    score = scored(_of(verdicts, aspect))
    return f"{score.precision:.3f}/{score.recall:.3f}" if score.wanted or score.given else "-"


def _shown(value: str | None) -> str:
    return "nothing" if value is None else value
