"""Fields from TypeScript fences: `interface`, `type X = {…}`, `enum X {…}` and `type X = 'a' | 'b'`, at field level."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flaresmith.compiler import naming
from flaresmith.compiler.model import EntityKind, Source
from flaresmith.compiler.parse.drafts import EntityDraft, Written, field_draft
from flaresmith.compiler.parse.findings import Findings
from flaresmith.compiler.parse.markdown import LONGEST_FACT, Fence
from flaresmith.compiler.parse.types import literal_values

_OPEN = re.compile(
    r"^\s*(?:export\s+)?(?:declare\s+)?(?:(interface|class)\s+(\w{1,100})[^"
    r"{]{0,300}|type\s+(\w{1,100})(?:<[^=]{0,80}>)?\s*=\s*[^{'\"|;]{0,120})\{\s*(.*)$"
)
_ENUM = re.compile(r"^\s*(?:export\s+)?(?:const\s+)?enum\s+(\w{1,100})\s*\{(.*)$")
_UNION = re.compile(r"^\s*(?:export\s+)?type\s+(\w{1,100})\s*=\s*(.*)$")
_FIELD = re.compile(r"^\s*(?:readonly\s+|public\s+)?([\"']?)([^\W\d][\w$]{0,100})\1(\?)?\s*:\s*([^;]{1,600}?)[;,]?\s*$")
_MEMBER = re.compile(r"^\s*(\w{1,100})\s*(?:=\s*(?:'([^']{0,100})'|\"([^\"]{0,100})\"|(-?\d{1,9})))?\s*,?\s*$")
_COMMENT = re.compile(r"\s*(?:/\*\*?(.*?)\*/|//+\s?(.*)$)")
DECLARATION = re.compile(r"\s*(?:export\s+)?(?:interface|class|type)\s+\w")
LANGUAGES = frozenset(("ts", "typescript", "tsx"))


def read_typescript(fence: Fence, file: str, findings: Findings) -> list[EntityDraft]:
    """The declared types of a fence: interfaces become entities with fields, enums and literal unions value lists."""
    return list(_Reader(fence, file, findings).read())


class _Reader:
    def __init__(self, fence: Fence, file: str, findings: Findings) -> None:
        self._lines = [line[:LONGEST_FACT] for line in fence.lines]
        self._first = fence.line
        self._file = file
        self._findings = findings
        self._at = 0

    def read(self) -> Iterator[EntityDraft]:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            if match := _OPEN.match(line):
                yield self._body(match.group(2) or match.group(3), match.group(4))
            elif match := _ENUM.match(line):
                yield self._enum(match.group(1), match.group(2))
            elif (match := _UNION.match(line)) and (found := self._union(match.group(1), match.group(2))):
                yield found

    def _source(self, at: int, column: int = 1) -> Source:
        return Source(self._file, self._first + at, column)

    def _body(self, name: str, first: str) -> EntityDraft:
        draft = EntityDraft(name, self._source(self._at - 1), notation="code")
        if "}" in first:
            for piece in first.split("}")[0].split(";"):
                self._field(draft, piece, self._at - 1)
            return draft
        depth, comment = 0, ""
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            if depth == 0 and line.strip().startswith("}"):
                break
            opened = line.count("{") - line.count("}")
            if depth == 0:
                comment = self._line(draft, line, comment, nested=opened > 0)
            depth = max(0, depth + opened)
        return draft

    def _line(self, draft: EntityDraft, line: str, comment: str, *, nested: bool) -> str:
        """One line of the body; returns the comment that belongs to the next one."""
        found = _COMMENT.search(line)
        said = ((found.group(1) or found.group(2) or "") if found else "").strip()
        code = _COMMENT.sub("", line).strip()
        if not code or code.startswith(("*", "/*")):
            return said or code.strip("/* ")
        if nested:
            code = f"{code.split('{')[0]}object"
        self._field(draft, code, self._at - 1, " ".join(filter(None, (comment, said))))
        return ""

    def _field(self, draft: EntityDraft, code: str, at: int, comment: str = "") -> None:
        match = _FIELD.match(code)
        if match is None:
            if ":" in code and "(" not in code and not code.strip().startswith("["):
                self._findings.not_understood(code, self._source(at), "write one `name: type;` per line")
            return
        column = max(1, self._lines[at].find(match.group(2)) + 1)
        optional = bool(match.group(3))
        written = Written(
            match.group(2),
            self._source(at, column),
            code,
            match.group(4),
            "",
            comment,
            presence=not (optional or re.search(r"\|\s*(?:null|undefined)\b", match.group(4))),
        )
        made = field_draft(written, self._findings)
        if made is not None:
            draft.add(made)

    def _enum(self, name: str, first: str) -> EntityDraft:
        draft = EntityDraft(name, self._source(self._at - 1), kind=EntityKind.ENUM, notation="code")
        text = first
        while "}" not in text and self._at < len(self._lines) and len(text) < 20_000:
            text += f"\n{_COMMENT.sub('', self._lines[self._at])}"
            self._at += 1
        members = re.split(r"[,\n]", text.split("}")[0])
        draft.values = tuple(value for member in members if (value := _member(member)))
        return draft

    def _union(self, name: str, first: str) -> EntityDraft | None:
        text = first
        while self._at < len(self._lines) and self._lines[self._at].strip().startswith("|"):
            text += " " + self._lines[self._at].strip()
            self._at += 1
        values = literal_values(text.strip(" ;|")) if re.search(r"['\"]", text) else ()
        if not values or naming.unsafe_reason(name):
            return None
        return EntityDraft(name, self._source(self._at - 1), kind=EntityKind.ENUM, notation="code", values=values)


def _member(text: str) -> str:
    match = _MEMBER.match(text)
    if match is None:
        return ""
    return match.group(2) or match.group(3) or match.group(1)
