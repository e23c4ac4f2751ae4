"""Broken contracts, read as they were meant: unquoted colons, Markdown around YAML, commas and comments."""

from __future__ import annotations

import re

from flaresmith.compiler.parse.documents.json import read_json
from flaresmith.compiler.parse.documents.tree import Document, Repair, Unreadable
from flaresmith.compiler.parse.documents.yaml import NOT_YAML, read_yaml

MOST_REPAIRS = 40
LARGEST = 1024 * 1024  # characters; every repair reads the text again
_VALUE = re.compile(
    r"^(\s*(?:-\s+)*(?:\"[^\"\n]{0,200}\"|'[^'\n]{0,200}'|[^\s:#'\"\[\]{},&*!"
    r"|>%@`-][^:#\n]{0,200}?|-?\w[^:#\n]{0,200}?)\s{0,20}:\s+|\s*(?:-\s+)+)(\S.*)$"
)
_FENCE = re.compile(r"^\s*(?:```|~~~)\s*([\w-]*)\s*$")
_COMMENT_OR_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])', re.S)


def repaired_yaml(text: str, problem: Unreadable) -> list[Document]:
    """The documents of a text whose values are quoted where YAML demands it; `problem` is raised where that fails.

    A block that cannot be read is left out, with its place and cause in `lost` of the last document.
    """
    lines = _unfenced(text.split("\n"))
    repairs: list[Repair] = []
    lost: list[Unreadable] = []
    for _ in range(MOST_REPAIRS if len(text) <= LARGEST else 0):
        try:
            found = list(read_yaml("\n".join(lines)))
        except Unreadable as wrong:
            if not wrong.message.startswith(NOT_YAML):
                break
            if repair := _quoted(lines, wrong):
                repairs.append(repair)
            elif _without(lines, wrong):
                lost.append(wrong)
            else:
                break
            continue
        if not found or not any(isinstance(document.root, dict | list) for document in found):
            break
        for document in found:
            document.text = ""
        found[-1].repairs, found[-1].lost = repairs, lost
        return found
    raise problem


def repaired_json(text: str, problem: Unreadable) -> Document:
    """The document of a text with comments or with commas before a closing bracket; else raises `problem`."""
    repairs: list[Repair] = []

    def blank(match: re.Match[str]) -> str:
        if match.group()[0] == '"':
            return match.group()
        if "\n" not in match.group():
            line, column = _place(text, match.start())
            repairs.append(Repair("JSON has neither comments nor a last comma", line, column, len(match.group()), ""))
        return re.sub(r"[^\n]", " ", match.group())

    if len(text) > LARGEST:
        raise problem
    try:
        document = read_json(_COMMENT_OR_STRING.sub(blank, text))
    except Unreadable:
        raise problem from None
    document.repairs, document.text = repairs, ""
    return document


def _unfenced(lines: list[str]) -> list[str]:
    """The lines of a fenced block of YAML in a file of Markdown; all others become blank, and no line moves."""
    inside, kept, any_fence = False, [], False
    for line in lines:
        match = _FENCE.match(line)
        if match is not None and (inside or match.group(1).lower() in ("", "yaml", "yml", "json")):
            inside, any_fence = not inside, True
            kept.append("")
        else:
            kept.append(line if inside else "")
    return kept if any_fence and any(line.strip() for line in kept) else lines


def _quoted(lines: list[str], wrong: Unreadable) -> Repair | None:
    """Quotes the value on the line that YAML stumbles over, or on the one before it."""
    for number in (wrong.line, wrong.line - 1):
        match = _VALUE.match(lines[number - 1].rstrip()) if 0 < number <= len(lines) else None
        if match is None or match.group(2)[0] in "|>'\"#" or not _needs_quotes(match.group(2)):
            continue
        before, value = match.group(1), match.group(2)
        text = "'" + value.replace("'", "''") + "'"
        lines[number - 1] = f"{before}{text}"
        return Repair(wrong.message, number, len(before) + 1, len(value), text)
    return None


def _needs_quotes(value: str) -> bool:
    """Whether a plain value holds what YAML takes for syntax, and can be meant as text only."""
    if value[0] in "[{":
        close = "]" if value[0] == "[" else "}"
        return close in value and not value.endswith((close, ","))
    if value[0] in "*&":
        return re.fullmatch(r"[*&][\w-]+", value) is None
    return value[0] in "`@%" or bool(re.search(r":(?:\s|$)|\s#", value))


def _without(lines: list[str], wrong: Unreadable) -> bool:
    """Blanks the block that the broken line belongs to; False where that would be everything."""
    start = min(wrong.line, len(lines)) - 1
    while start > 0 and not lines[start].strip():
        start -= 1
    depth = _depth(lines[start])
    if not lines[start].strip() or depth == 0:
        return False
    end = start + 1
    while end < len(lines) and (not lines[end].strip() or _depth(lines[end]) > depth):
        end += 1
    for number in range(start, end):
        lines[number] = ""
    return True


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _place(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
