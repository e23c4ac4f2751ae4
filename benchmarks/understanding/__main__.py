"""Precision and recall of the compiler's reading, against data models that were labelled by hand.

python -m benchmarks.understanding                       the tables; exit 1 below the bars
python -m benchmarks.understanding --misses              and every fact that was missed or made up
python -m benchmarks.understanding --misses --only field,reference --file 003
python -m benchmarks.understanding --unread              what is not read in all spec folders, by cause
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks.understanding import report, unread
from benchmarks.understanding.score import verdicts
from benchmarks.understanding.truth import CORPORA, TRUTH, documents


def main(arguments: list[str] | None = None) -> int:
    """Prints what is asked for; 1 below the bars, 0 where there are no corpora."""
    options = _options(arguments)
    if not options.corpora.is_dir():
        print(f"skipped: there are no corpora in {options.corpora}", file=sys.stderr)
        return 0
    if options.unread:
        _print(unread.table(unread.unread(options.corpora)))
        return 0
    return _measured(options)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.understanding", description=__doc__.split("\n")[0])
    parser.add_argument("--corpora", type=Path, default=CORPORA, help="the folder of spec folders")
    parser.add_argument("--truth", type=Path, default=TRUTH, help="the folder of labels")
    parser.add_argument("--misses", action="store_true", help="list what was missed, read otherwise or made up")
    parser.add_argument("--only", default="", help="aspects to list: entity,field,type,required,reference,enum,…")
    parser.add_argument("--file", default="", help="only files whose path contains this")
    parser.add_argument("--unread", action="store_true", help="the commonest causes of what is not read")
    return parser.parse_args(arguments)


def _measured(options: argparse.Namespace) -> int:
    labelled = [one for one in documents(options.truth, options.corpora) if options.file in one.file]
    found = verdicts(labelled)
    if options.misses:
        _print(report.misses(found, [name for name in options.only.split(",") if name]))
        print()
    print(f"{len(labelled)} data models, {sum(len(one.entities) for one in labelled)} entities\n")
    _print(report.overall(found))
    print()
    _print(report.per_notation(found))
    below = report.below_bars(found)
    _print(["", *below])
    return 1 if below else 0


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


if __name__ == "__main__":
    sys.exit(main())
