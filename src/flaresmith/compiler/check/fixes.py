"""Fixes written back: the named spans change, every other byte stays; what overlaps waits for the next pass."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flaresmith.compiler.model import Diagnostic, Edit, Fix

_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(slots=True)
class Applied:
    """What became of the fixes: the files that changed, the findings that are mended, those that must wait."""

    files: dict[str, bytes] = field(default_factory=dict)
    done: list[Diagnostic] = field(default_factory=list)
    left: list[Diagnostic] = field(default_factory=list)


def apply_fixes(files: Mapping[str, bytes], found: Iterable[Diagnostic]) -> Applied:
    """Applies the fix of each finding, in the order given, to files as they are on disk.

    A fix is applied whole or not at all; one that touches what another has changed is left, and so is one whose file
    would lose a byte by being read as text.
    """
    applied = Applied()
    texts: dict[str, _Text | None] = {}
    for diagnostic in found:
        if diagnostic.fix is None:
            continue
        for edit in diagnostic.fix.edits:
            texts.setdefault(edit.source.file, _Text.read(files.get(edit.source.file)))
        (applied.done if _taken(diagnostic.fix, texts) else applied.left).append(diagnostic)
    applied.files = {path: text.written() for path, text in texts.items() if text is not None and text.edits}
    return applied


@dataclass(slots=True)
class _Text:
    """A file as text with its encoding, the offset of each line, and the edits that it takes."""

    text: str
    codec: str
    mark: bytes
    starts: list[int]
    edits: dict[tuple[int, int], str] = field(default_factory=dict)

    @classmethod
    def read(cls, content: bytes | None) -> _Text | None:
        """The text of a file that can be written back byte by byte, else None."""
        if content is None or (b"\x00" in content and content[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return None
        mark, codec = _encoding(content)
        try:
            text = content[len(mark) :].decode(codec)
            if mark + text.encode(codec) != content:
                return None
        except UnicodeError:
            return None
        return cls(text, codec, mark, [0, *(match.end() for match in _BREAK.finditer(text))])

    def span(self, edit: Edit) -> tuple[int, int] | None:
        """Where an edit begins and ends; a line break counts as one character, however it is written."""
        if not 0 < edit.source.line <= len(self.starts):
            return None
        start = end = self.starts[edit.source.line - 1] + edit.source.column - 1
        for _ in range(edit.length):
            if end >= len(self.text):
                break
            end += 2 if self.text.startswith("\r\n", end) else 1
        limit = self.starts[edit.source.line] if edit.source.line < len(self.starts) else len(self.text)
        return (start, end) if start <= limit else None

    def written(self) -> bytes:
        """The file with its edits; new line breaks are written as the others are."""
        line_end = "\r\n" if self.text.count("\r\n") * 2 > self.text.count("\n") else "\n"
        text = self.text
        for (start, end), new in sorted(self.edits.items(), reverse=True):
            text = text[:start] + new.replace("\n", line_end) + text[end:]
        return self.mark + text.encode(self.codec)


def _encoding(content: bytes) -> tuple[bytes, str]:
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if content.startswith(mark):
            return mark, codec
    try:
        content.decode()
    except UnicodeDecodeError:
        return b"", "cp1252"
    return b"", "utf-8"


def _taken(fix: Fix, texts: Mapping[str, _Text | None]) -> bool:
    """Takes all edits of a fix, or none of them."""
    wanted: list[tuple[_Text, tuple[int, int], str]] = []
    for edit in fix.edits:
        text = texts.get(edit.source.file)
        span = text.span(edit) if text is not None else None
        if text is None or span is None or _collides(text, span, edit.text):
            return False
        wanted.append((text, span, edit.text))
    for text, span, new in wanted:
        text.edits[span] = new
    return bool(wanted)


def _collides(text: _Text, span: tuple[int, int], new: str) -> bool:
    """Whether a span touches one that is taken; the same edit twice is one."""
    if text.edits.get(span) == new:
        return False
    start, end = span
    return any(start <= other_end and other_start <= end for other_start, other_end in text.edits)
