"""Which other features a feature cites: `depends on 001-auth`, `specs/001-auth/spec.md`, `Spec 004`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_ID = re.compile(r"(?<![\w-])(\d{3,}-[a-z][a-z0-9-]{1,80})(?![\w-])", re.I)
_FOLDER = re.compile(r"(?:^|[\s(`\"'/])(?:kitty-)?specs/(\d{3,}[-_][\w-]{1,80})", re.I)
_NUMBER = re.compile(r"\b(?:spec|feature|specification)s?\s+#?(\d{3})\b(?!-\w)", re.I)
_DEPENDS = re.compile(
    r"\b(?:depends? (?:up)?on|builds? (?:up)?on|extends|requires|defined in|prerequisite|blocked by)\b", re.I
)
_FENCE = re.compile(r"^[ \t>]*(```|~~~).*?^[ \t>]*\1", re.S | re.M)


def features_cited(texts: Iterable[str], said: Sequence[str], own: str, known: Sequence[str]) -> tuple[str, ...]:
    """Ids of other features that the texts name, as the folders spell them; `said` are lines that state dependencies.

    An id that is no folder counts only where a dependency is stated: elsewhere it may be anything.
    """
    by_id = {identifier.casefold(): identifier for identifier in known}
    found: dict[str, None] = {}
    for text in texts:
        plain = _FENCE.sub("", text)
        for identifier in _named(plain):
            if identifier.casefold() in by_id:
                found[by_id[identifier.casefold()]] = None
        stated = [line for line in plain.splitlines() if _DEPENDS.search(line[:2000])]
        found.update(dict.fromkeys(_stated(stated, by_id)))
    found.update(dict.fromkeys(_stated(said, by_id)))
    return tuple(sorted(identifier for identifier in found if identifier.casefold() != own.casefold()))


def _named(text: str) -> Iterable[str]:
    yield from (match.group(1) for match in _FOLDER.finditer(text))
    yield from (match.group(1) for match in _ID.finditer(text))


def _stated(lines: Iterable[str], by_id: dict[str, str]) -> Iterable[str]:
    """Ids on lines that state a dependency, unknown ones too; a bare number where one feature has it."""
    for line in lines:
        for identifier in _named(line[:4000]):
            yield by_id.get(identifier.casefold(), identifier)
        for match in _NUMBER.finditer(line[:4000]):
            numbered = [name for name in by_id.values() if name.startswith(f"{match.group(1)}-")]
            if len(numbered) == 1:
                yield numbered[0]
