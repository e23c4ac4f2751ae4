"""Fixes that follow from a finding and the text alone: the end of a code block, the number of a requirement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from flaresmith.compiler.model import Diagnostic, Edit, Fix, Source

_FENCE = re.compile(r"([ \t>]*)(`{3,}|~{3,})")
_BULLET = re.compile(r"[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")


def with_fixes(found: Iterable[Diagnostic], texts: Mapping[str, str]) -> Iterator[Diagnostic]:
    """The findings, those that can be mended without a question with their fix."""
    numbers: dict[tuple[str, str], int] = {}
    for diagnostic in found:
        text = texts.get(diagnostic.source.file)
        if diagnostic.fix is not None or text is None:
            yield diagnostic
        elif diagnostic.rule == "fence-not-closed":
            yield replace(diagnostic, fix=_closed(diagnostic.source, text))
        elif diagnostic.rule == "requirement-without-id":
            yield replace(diagnostic, fix=_numbered(diagnostic, text, numbers))
        else:
            yield diagnostic


def _closed(source: Source, text: str) -> Fix | None:
    """The block ends where the file does: that is how it was read."""
    lines = text.split("\n")
    opened = _FENCE.match(lines[source.line - 2]) if 1 < source.line <= len(lines) + 1 else None
    if opened is None:
        return None
    last = len(lines)
    before = "" if not lines[-1] else "\n"
    end = Source(source.file, last, len(lines[-1]) + 1)
    return Fix(
        "close the code block at the end of the file", (Edit(end, 0, f"{before}{opened.group(1)}{opened.group(2)}\n"),)
    )


def _numbered(diagnostic: Diagnostic, text: str, numbers: dict[tuple[str, str], int]) -> Fix | None:
    """The next free number of the file, in the order of the lines."""
    source = diagnostic.source
    prefix = "SC" if "criterion" in diagnostic.message.partition(":")[0] else "FR"
    line = text.split("\n")[source.line - 1]
    bullet = _BULLET.match(line)
    if bullet is None:
        return None
    key = (source.file, prefix)
    if key not in numbers:
        numbers[key] = max((int(n) for n in re.findall(rf"\b{prefix}-(\d{{1,4}})", text)), default=0)
    numbers[key] += 1
    identifier = f"{prefix}-{numbers[key]:03d}"
    place = Source(source.file, source.line, bullet.end() + 1)
    return Fix(f"number it {identifier}", (Edit(place, 0, f"**{identifier}**: "),))
