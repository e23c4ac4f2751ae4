"""What the compiler itself says that it passed by, over every spec folder of the corpora, by cause."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flaresmith.compiler.model import Diagnostic
from flaresmith.compiler.parse import parse

COMMONEST = 10
LARGEST = 16 * 1024 * 1024
_NOT_READ = re.compile(r"not-(?:understood|read|text|utf8)$|^entity-without-fields$|^unknown-type$")
_SHAPES = (
    ("a table row", re.compile(r"\|")),
    ("a bullet with a type", re.compile(r"[-*+]?\s*`?[\w.]+\??`?\s*[:(]")),
    ("a bullet with a name", re.compile(r"[-*+]?\s*[`*]")),
)


@dataclass(frozen=True, slots=True)
class Unread:
    """One thing that was not read, and why."""

    cause: str
    place: str
    message: str
    counted: bool  # it is one of the lines of `Model.not_understood`


def unread(corpora: Path) -> list[Unread]:
    """Everything that was not read in every repository of the corpora, each parsed as a whole."""
    return [one for repository in _repositories(corpora) for one in _of(repository)]


def table(found: Sequence[Unread]) -> Iterator[str]:
    """The ten commonest causes with a count and one place each."""
    lines = sum(one.counted for one in found)
    yield f"{lines} lines not understood, {len(found) - lines} other things not read"
    counts = Counter(one.cause for one in found)
    places = {one.cause: one.place for one in reversed(found)}
    for cause, count in counts.most_common(COMMONEST):
        yield f"{count:6}  {cause}  (first: {places[cause]})"


def _repositories(corpora: Path) -> list[Path]:
    return sorted(path for group in corpora.iterdir() if group.is_dir() for path in group.iterdir() if path.is_dir())


def _of(repository: Path) -> Iterator[Unread]:
    files = {path.relative_to(repository).as_posix(): path for path in sorted(repository.rglob("*")) if path.is_file()}
    texts = {name: path.read_bytes() for name, path in files.items() if path.stat().st_size <= LARGEST}
    for diagnostic in parse(texts, name=repository.name).diagnostics:
        if _NOT_READ.search(diagnostic.rule):
            place = f"{repository.name}/{diagnostic.source.file}:{diagnostic.source.line}"
            yield Unread(_cause(diagnostic), place, diagnostic.message, diagnostic.rule == "not-understood")


def _cause(diagnostic: Diagnostic) -> str:
    """The rule, and the shape of the line or of the message without its names."""
    if diagnostic.rule == "not-understood":
        line = diagnostic.message.removeprefix("not understood: ")
        shape = next((name for name, pattern in _SHAPES if pattern.match(line)), "a line of code or prose")
        return f"not-understood: {shape}"
    subjectless = re.sub(r"^.{1,120}? (?=(?:is|has|are) )", "… ", diagnostic.message)
    words = re.sub(r"`[^`]*`|'[^']*'|\"[^\"]*\"|“[^”]*”", "…", subjectless)
    return f"{diagnostic.rule}: {re.sub(r'[0-9]+', 'N', words)[:90]}"
