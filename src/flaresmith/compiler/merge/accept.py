"""What a person decides about a conflict: their own side, the generated one, or a text of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Take(StrEnum):
    """Which side to take: `ours` is the file as it is on the branch, `theirs` what was generated now."""

    OURS = "ours"
    THEIRS = "theirs"
    EDIT = "edit"


WHOLE = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """One decision: about a hunk of a file (numbered from 1), or about all of them where `hunk` is None.

    With WHOLE as its hunk it is about the file as one: also what merges without a conflict is then kept or replaced.

    `text` is what to write for `edit`. `fingerprint` names the three versions that the person saw (see
    `three.fingerprint`); where it is set, a choice about other versions counts for nothing.
    """

    path: str
    take: Take
    hunk: int | None = None
    text: str | None = None
    fingerprint: str = ""

    def __post_init__(self) -> None:
        if (self.take is Take.EDIT) != (self.text is not None):
            raise ValueError(f"{self.path}: an edit has a text, and nothing else has one")


def by_file(choices: Iterable[Choice]) -> Mapping[str, Mapping[int | None, Choice]]:
    """Choices by path and hunk; ValueError when one thing is decided twice, differently."""
    found: dict[str, dict[int | None, Choice]] = {}
    for choice in choices:
        of_file = found.setdefault(choice.path, {})
        if of_file.setdefault(choice.hunk, choice) != choice:
            what = f"hunk {choice.hunk} of {choice.path}" if choice.hunk else choice.path
            raise ValueError(f"Decided twice, differently: {what}")
    return found
