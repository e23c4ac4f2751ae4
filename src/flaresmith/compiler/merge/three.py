"""The three-way merge of one file: by its syntax where that is known, else by lines; no byte is ever lost."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from flaresmith.compiler.merge import syntax
from flaresmith.compiler.merge.accept import Choice, Take
from flaresmith.compiler.merge.engine import Engine, Hunk
from flaresmith.compiler.merge.units import Block, plain

MAX_MERGED = 16 * 1024 * 1024  # bytes of a version; a larger file is decided as a whole
MAX_SYNTAX = 1024 * 1024  # bytes of a version; a larger file is merged by lines


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge made. While any of the `hunks` is undecided, `data` is our side as it was.

    `how` names the syntax, `lines`, or `whole` where the file can only be decided as one.
    """

    data: bytes
    how: str
    hunks: tuple[Hunk, ...] = ()
    problem: str = ""

    @property
    def clean(self) -> bool:
        """Whether nothing is left for a person to decide."""
        return all(hunk.choice is not None for hunk in self.hunks)


def merge(
    path: str,
    base: bytes | None,
    ours: bytes,
    theirs: bytes,
    choices: Mapping[int | None, Choice] | None = None,
) -> Merged:
    """Merge what a person made of a generated file (`ours`) with what is generated now (`theirs`).

    `base` is what both started from, None where nobody knows. `choices` decide hunks by number, None all of them. The
    same input always gives the same result.
    """
    choices = choices or {}
    if ours == theirs or theirs == base:
        return Merged(ours, "same")
    if ours == base:
        return Merged(theirs, "same")
    texts = _Texts.of(base, ours, theirs)
    if base is None or texts is None:
        why = "the version that it was made from is not known" if base is None else "it is not text, or too large"
        return _whole(base, ours, theirs, choices, why)
    merged = _by_syntax(path, texts, choices) or _by_lines(path, texts, choices)
    return merged if merged.clean else replace(merged, data=ours)


def fingerprint(base: bytes | None, ours: bytes | None, theirs: bytes | None) -> str:
    """Names three versions, so that a decision counts only for those that it was made about."""
    sides = (hashlib.sha256(side).hexdigest() if side is not None else "-" for side in (base, ours, theirs))
    return hashlib.sha256(" ".join(sides).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class _Texts:
    """Three texts with the same line ends, and how ours had them."""

    base: str
    ours: str
    theirs: str
    mark: str
    returns: bool

    @classmethod
    def of(cls, base: bytes | None, ours: bytes, theirs: bytes) -> _Texts | None:
        sides = (base or b"", ours, theirs)
        if any(len(side) > MAX_MERGED or b"\0" in side for side in sides):
            return None
        try:
            texts = [side.decode() for side in sides]
        except UnicodeDecodeError:
            return None
        mark = "\ufeff" if texts[1].startswith("\ufeff") else ""
        returns = bool(texts[1]) and _all_returns(texts[1])
        if returns != _all_returns(texts[2]) or returns:
            texts = [text.replace("\r\n", "\n") if _all_returns(text) else text for text in texts]
        old, mine, new = (text.removeprefix("\ufeff") for text in texts)
        return cls(old, mine, new, mark, returns)

    def bytes(self, text: str) -> bytes:
        """A result with the line ends and the mark of our side."""
        return (self.mark + (text.replace("\n", "\r\n") if self.returns else text)).encode()


def _all_returns(text: str) -> bool:
    """Whether every line ends as on Windows."""
    return "\r\n" in text and text.count("\r\n") == text.count("\n") and "\r" not in text.replace("\r\n", "")


def _by_syntax(path: str, texts: _Texts, choices: Mapping[int | None, Choice]) -> Merged | None:
    """The merge by units; None where a side cannot be read so."""
    language = syntax.of(path)
    sides = (texts.base, texts.ours, texts.theirs)
    if language is None or any(len(side) > MAX_SYNTAX for side in sides):
        return None
    trees = [language.read(side) for side in sides]
    if any(tree is None or tree.text != side for tree, side in zip(trees, sides, strict=True)):
        return None
    engine = Engine(choices)
    merged = engine.block(*(tree or Block(()) for tree in trees)).text
    return _checked(Merged(texts.bytes(merged), language.name, tuple(engine.hunks)), merged, texts, path, choices)


def _by_lines(path: str, texts: _Texts, choices: Mapping[int | None, Choice]) -> Merged:
    engine = Engine(choices)
    merged = engine.block(*(Block((plain(side, name=""),)) for side in (texts.base, texts.ours, texts.theirs))).text
    return _checked(Merged(texts.bytes(merged), "lines", tuple(engine.hunks)), merged, texts, path, choices)


def _checked(merged: Merged, text: str, texts: _Texts, path: str, choices: Mapping[int | None, Choice]) -> Merged:
    """The result, if it parses as both sides do; else the file is decided as a whole."""
    language = syntax.of(path)
    if language is None or not merged.clean:
        return merged
    if language.parses(text) or not (language.parses(texts.ours) and language.parses(texts.theirs)):
        return merged
    why = "what both sides make together would not parse"
    return _whole(texts.base.encode(), texts.ours.encode(), texts.theirs.encode(), choices, why, texts)


def _whole(
    base: bytes | None,
    ours: bytes,
    theirs: bytes,
    choices: Mapping[int | None, Choice],
    why: str,
    texts: _Texts | None = None,
) -> Merged:
    """The file as one hunk."""
    choice = choices.get(None) or choices.get(1)
    shown = (_shown(base), _shown(ours), _shown(theirs))
    hunk = Hunk(1, "the whole file", 1, *shown, choice)
    data = ours
    if choice is not None and choice.take is not Take.OURS:
        data = theirs if choice.take is Take.THEIRS else (choice.text or "").encode()
    return Merged(texts.bytes(data.decode()) if texts else data, "whole", (hunk,), why)


def _shown(side: bytes | None) -> str:
    if side is None:
        return ""
    try:
        return side.decode() if b"\0" not in side else f"{len(side):,} bytes that are not text\n"
    except UnicodeDecodeError:
        return f"{len(side):,} bytes that are not text\n"
