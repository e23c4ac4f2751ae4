"""Ignores in the files: `<!-- flaresmith-ignore rule: reason -->` beside a finding, above it, or for a whole file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from flaresmith.compiler.model import Diagnostic, Edit, Fix, Severity, Source

_IGNORE = re.compile(
    r"(?P<open><!--|//|--|#"
    r"|/\*)[ \t]*flaresmith-ignore(?P<file>-file)?[ \t]+(?P<rules>[a-z][a-z0-9-]*(?:[ \t]*,[ \t]*[a-z][a-z0-9-]*)*)"
    r"[ \t]*(?::[ \t]*(?P<reason>(?:(?!-->|\*/)[^\n])*?))?[ \t]*(?:-->|\*/|$)",
    re.M,
)
_LATER = ("breaking-", "not-copied", "not-expressed", "document-left-out")  # found where more is known than these files
_MARKDOWN = (".md", ".markdown", ".mdx")


@dataclass(slots=True)
class Ignore:
    """One comment: the rules that it silences, on which line, or in the whole file."""

    source: Source
    length: int
    rules: tuple[str, ...]
    reason: str
    line: int  # the line whose findings are silenced; 0 for the whole file
    alone: bool  # nothing else stands on its line
    used: set[str] = field(default_factory=set)

    def covers(self, diagnostic: Diagnostic) -> bool:
        """Whether it silences a finding."""
        where = diagnostic.source
        return where.file == self.source.file and diagnostic.rule in self.rules and self.line in (0, where.line)


def ignores(texts: Mapping[str, str]) -> list[Ignore]:
    """Every ignore of the texts."""
    return [found for path, text in texts.items() if "flaresmith-ignore" in text for found in _in_text(path, text)]


def without_ignores(path: str, text: str) -> str:
    """A text of Markdown whose ignores beside a fact are blank, so that they are no part of the fact."""
    if "flaresmith-ignore" not in text or not path.lower().endswith(_MARKDOWN):
        return text
    return _IGNORE.sub(lambda match: match.group() if _is_alone(text, match) else " " * len(match.group()), text)


def judged(found: Iterable[Diagnostic], comments: list[Ignore], known: Iterable[str]) -> Iterator[Diagnostic]:
    """The findings that no comment silences, then what is wrong with the comments. An error cannot be silenced."""
    for diagnostic in found:
        silenced = [comment for comment in comments if comment.covers(diagnostic)]
        for comment in silenced if diagnostic.severity is not Severity.ERROR else ():
            comment.used.add(diagnostic.rule)
        if not silenced or diagnostic.severity is Severity.ERROR:
            yield diagnostic
    names = frozenset(known)
    for comment in comments:
        yield from _about(comment, names)


def _in_text(path: str, text: str) -> Iterator[Ignore]:
    lines = text.split("\n")
    for match in _IGNORE.finditer(text):
        number = text.count("\n", 0, match.start()) + 1
        column = match.start() - text.rfind("\n", 0, match.start())
        alone = _is_alone(text, match)
        line = 0 if match.group("file") else _next(lines, number) if alone else number
        rules = tuple(rule.strip() for rule in match.group("rules").split(","))
        reason = (match.group("reason") or "").strip()
        yield Ignore(Source(path, number, column), len(match.group()), rules, reason, line, alone)


def _is_alone(text: str, match: re.Match[str]) -> bool:
    start = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    return not (text[start : match.start()] + text[match.end() : end if end >= 0 else len(text)]).strip()


def _next(lines: list[str], number: int) -> int:
    """The line that a comment on a line of its own is about: the next that is neither empty nor such a comment."""
    for later in range(number, min(len(lines), number + 20)):
        text = lines[later].strip()
        if text and not (_IGNORE.match(text) and _IGNORE.match(text).end() == len(text)):  # type: ignore[union-attr]
            return later + 1
    return number


def _about(comment: Ignore, known: frozenset[str]) -> Iterator[Diagnostic]:
    unknown = [rule for rule in comment.rules if rule not in known]
    for rule in unknown:
        yield Diagnostic(
            "unknown-rule", Severity.WARNING, f"there is no rule `{rule}` to ignore", comment.source, "correct its name"
        )
    unused = [rule for rule in comment.rules if not rule.startswith(_LATER) and rule not in {*comment.used, *unknown}]
    if unused:
        names = ", ".join(f"`{rule}`" for rule in unused)
        whole = len(unused) == len(comment.rules)
        yield Diagnostic(
            "unused-ignore",
            Severity.WARNING,
            f"nothing here is found by {names}",
            comment.source,
            "take the comment out" if whole else "take the rule out of the comment",
            _removal(comment) if whole else None,
        )
    if not comment.reason and not unused and not unknown:
        yield Diagnostic(
            "ignore-without-reason",
            Severity.INFO,
            "this ignore does not say why",
            comment.source,
            "write the reason behind a colon: `flaresmith-ignore rule: reason`",
        )


def _removal(comment: Ignore) -> Fix:
    if not comment.alone:
        return Fix("take the comment out", (Edit(comment.source, comment.length, ""),))
    whole_line = comment.source.column - 1 + comment.length + 1
    start = Source(comment.source.file, comment.source.line, 1)
    return Fix("take the comment out", (Edit(start, whole_line, ""),))
