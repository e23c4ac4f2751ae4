"""Facts beside the fields: indexes, rules, relationships and state transitions, as lines, bullets or table rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flaresmith.compiler.model import Cardinality, Index, Rule, Source, Transition
from flaresmith.compiler.parse.english import narrow, words
from flaresmith.compiler.parse.findings import excerpt
from flaresmith.compiler.parse.markdown import LONGEST_FACT, plain

_COLUMN = r"[^\W\d]\w{0,80}(?:\s+(?:asc|desc))?"
_COLUMNS = re.compile(rf"\(\s*({_COLUMN}(?:\s*,\s*{_COLUMN}){{0,11}})\s*\)", re.I)
_BARE_COLUMNS = re.compile(
    r"^((?:[^\W\d]\w{0,80}\s*[,+]\s*){0,10}[^\W\d]\w{0,80})(?:\s+(?:unique|index|desc|asc)\b.*|\s*[(—–-].*)?$", re.I
)
_TICKED_COLUMNS = re.compile(
    r"`\(?((?:[^\W\d]\w{0,80}(?:\s+(?:asc|desc))?\s*[,+]\s*){0,10}[^\W\d]\w{0,80})(?:\s+(?:asc|desc))?\)?`", re.I
)
_ABOUT_INDEX = re.compile(
    r"\s*\(\s*((?:unique|composite|partial|btree|b-tree|gin|gist|hash(?= index)|desc|asc)(?: index)?)\s*\)", re.I
)
_INDEX_NAME = re.compile(r"^(?:idx|ix|uq|uk|uniq|unique|pk|fk|index)_|_(?:idx|index|key|uniq|unique|pkey)$", re.I)
_WHERE = re.compile(r"\bwhere\s+(.{3,300}?)\)?$", re.I)
_CARDINALITY = re.compile(
    r"(?<![\w.])(1|one|N|M|many|0\.\.1|0\.\.\*|1\.\.\*|\*)\s*(?::|-to-|—|–|--?|\s+to\s+)\s*(1|one|N"
    r"|M|many|0\.\.1|0\.\.\*|1\.\.\*|\*)(?![\w.])",
    re.I,
)
_NAMED = r"[`*\"]{0,3}([^\W\d][\w]{0,80}(?: (?-i:[A-Z])\w{0,60}){0,3})[`*\"]{0,3}(?:\.\w{1,60})?"
_BETWEEN = re.compile(rf"^{_NAMED}\s*(?:\(?\s*{_CARDINALITY.pattern}\s*\)?)\s*(?:with\s+)?{_NAMED}", re.I)
_HAS_MANY = re.compile(
    rf"^(?:(?:an?|each|one|the)\s+)?{_NAMED}\s+(?:has many|has zero or more|has one or more"
    rf"|contains many|owns many|has multiple)\s+{_NAMED}",
    re.I,
)
_BELONGS = re.compile(
    rf"^(?:(?:an?|each|the)\s+)?{_NAMED}\s+belongs to\s+(?:(?:an?|one|exactly one|the)\s+)?{_NAMED}", re.I
)
_OWN = re.compile(
    rf"^(?:(one|many)-to-(one|many)|has (one|many)|belongs to|(1|N|M):(1|N|M))\s*(?:with|→|->|to"
    rf"|:)?\s*(?:an?\s+|the\s+)?{_NAMED}",
    re.I,
)
_ARROW = re.compile(r"\s*(?:→|-->|->|=>|⟶|➔)\s*")
_CLAUSES = re.compile(r"\s*[;,.]\s*(?=[`'\"]?[\w-]{1,40}[`'\"]?\s*(?:→|-->|->|=>|⟶|➔))")
_STATE = re.compile(r"^\[?[`*'\"(]*([\w][\w -]{0,40}?)[`*'\")]*\]?$")
_GROUPED = re.compile(
    r"\(([^()]{1,200})\)(?=$|\s+(?:when|if|after|via|on|by|upon|during|once|with|until|as|while|at|for)\b)"
)
_VERB = r"`?([a-z][\w-]{1,40})`?(?:\(\))?"
_TRIGGER = re.compile(
    rf"\(\s*(?:trigger(?:ed by)?\s*[:=]?\s*|action\s*[:=]?\s*|event\s*[:=]?\s*|on |via |by |when )?{_VERB}\s*\)"
    rf"|\b(?:via|trigger:|action:)\s*{_VERB}|:\s*{_VERB}\s*$|\bon\s+{_VERB}\s*$|/([a-z][a-z-]{{1,40}})`?\)?\s*$"
)


@dataclass(frozen=True, slots=True)
class Link:
    """A relationship between two names as written; an empty left side means the entity it stands in."""

    left: str
    right: str
    cardinality: Cardinality
    source: Source
    field: str = ""


def read_index(text: str, source: Source) -> Index | None:
    """`(a, b) unique`, ``UNIQUE idx on `a` ``, `a, b`, `table(a, b) …`; None where no columns are named."""
    clean = " ".join(words(plain(text)[:1000]).split())
    where = _WHERE.search(clean)
    fields = _index_columns(text[:1000], clean[: where.start()] if where and where.start() else clean)
    unique = bool(re.search(r"\bunique\b", clean, re.I))
    return Index(fields, unique, source, where=where.group(1).strip() if where else "") if fields else None


def _index_columns(text: str, clean: str) -> tuple[str, ...]:
    clean = _ABOUT_INDEX.sub(r" \1", clean)
    if found := _COLUMNS.search(clean):
        return _split_columns(found.group(1))
    ticked = [name for match in _TICKED_COLUMNS.finditer(text) for name in _split_columns(match.group(1))]
    if ticked := [name for name in ticked if not _INDEX_NAME.search(name)]:
        return tuple(dict.fromkeys(ticked))
    bare = _BARE_COLUMNS.match(clean.strip(" .;"))
    return (
        _split_columns(bare.group(1))
        if bare and not re.match(r"(?:partial|primary|composite|unique|gin|gist|b-?tree)\b", clean, re.I)
        else ()
    )


def _split_columns(text: str) -> tuple[str, ...]:
    return tuple(part.split()[0] for part in re.split(r"\s*[,+]\s*", text.strip()) if part.strip())


def index_owner(text: str) -> str:
    """The table that an index line names: `component_artifacts(name) unique` → `component_artifacts`."""
    match = re.match(r"^([^\W\d]\w{0,80})\s*\(", _ABOUT_INDEX.sub("", words(plain(text)[:200]).strip()))
    return match.group(1) if match and match.group(1).lower() not in ("unique", "index", "partial") else ""


def read_rule(text: str, source: Source) -> Rule:
    """A rule in the author's words."""
    return Rule(excerpt(plain(text)), source)


def read_link(text: str, source: Source) -> Link | None:
    """A relationship line: `User 1—N Link`, `A has many B`, `Many-to-one with Products`; None for other prose."""
    clean = " ".join(words(plain(text)[:600]).split())
    if match := _BETWEEN.match(clean):
        return Link(match.group(1), match.group(4), _cardinality(match.group(2), match.group(3)), source)
    if match := _HAS_MANY.match(clean):
        return Link(match.group(1), match.group(2), Cardinality.ONE_TO_MANY, source)
    if match := _BELONGS.match(clean):
        return Link(match.group(1), match.group(2), Cardinality.MANY_TO_ONE, source)
    if match := _OWN.match(clean):
        return Link("", match.group(6), _own_cardinality(match), source)
    return None


def read_transitions(text: str, source: Source, field: str = "") -> Iterator[Transition]:
    """The arrows of one line: `a → b → c`, `a -> b | c`, `status: a → b (publish)`."""
    for clause in _CLAUSES.split(narrow(plain(text)[: min(LONGEST_FACT, 800)])):
        yield from _arrows(clause, source, field)


def _arrows(clean: str, source: Source, field: str) -> Iterator[Transition]:
    """The arrows of one chain."""
    if prefix := re.match(r"^([a-z]\w{0,60})\s*:\s+(?=\S.{0,60}(?:→|->))", clean):
        field, clean = prefix.group(1), clean[prefix.end() :]
    parts = _ARROW.split(clean)
    if len(parts) < 2:
        return
    trigger = _trigger(parts[-1])
    befores = _states(parts[0])
    for place, part in enumerate(parts[1:], start=2):
        afters = _states(part)
        if not afters:
            return
        for before in befores:
            for after in afters:
                yield Transition(field, before, after, source, trigger if place == len(parts) else _trigger(part))
        befores = afters


def _states(text: str) -> list[str]:
    """The states of one end of an arrow: `a | b`, `(a|b)`, `(only if approved) a`."""
    text = re.sub(r"\s*:\s*[\w.]{1,60}\([^()]{0,80}\)$", "", text.strip(" .;`"))
    if constant := re.match(r"([A-Z][A-Z\d_]{1,40})\s+[^A-Z\d|/(—–-]", text):
        text = constant.group(1) if not re.match(r"[A-Z\d_]+\s+or\b", text) else text
    if grouped := _GROUPED.match(text):
        text = grouped.group(1)
    text = re.sub(r"^\([^()]{0,120}\)\s*(?=\w)", "", text)
    text = re.split(
        r"\s+(?:—|–|-|when|if|after|via|on|by|upon|during|once|with|until|as|while|at|for)\s|[(:;,]\s?(?![^)]*\)$)|\s\(|\.\s",
        text.strip(" .;"),
        maxsplit=1,
    )[0]
    pieces = [piece.strip() for piece in re.split(r"\s*[|/]\s*|\s+or\s+", text) if piece.strip()]
    found = [match.group(1) for piece in pieces if (match := _STATE.match(piece.strip()))]
    return found if len(found) == len(pieces) and all(name.count(" ") < 3 for name in found) else []


def _trigger(text: str) -> str:
    match = _TRIGGER.search(text.strip(" .;`"))
    return next((group for group in match.groups() if group), "") if match else ""


def _cardinality(left: str, right: str) -> Cardinality:
    many_left, many_right = _many(left), _many(right)
    if many_left and many_right:
        return Cardinality.MANY_TO_MANY
    if many_left:
        return Cardinality.MANY_TO_ONE
    return Cardinality.ONE_TO_MANY if many_right else Cardinality.ONE_TO_ONE


def _own_cardinality(match: re.Match[str]) -> Cardinality:
    if match.group(3):
        return Cardinality.ONE_TO_MANY if match.group(3).lower() == "many" else Cardinality.ONE_TO_ONE
    left, right = match.group(1) or match.group(4), match.group(2) or match.group(5)
    return _cardinality(left, right) if left and right else Cardinality.MANY_TO_ONE


def _many(word: str) -> bool:
    return word.lower() in ("n", "m", "many", "0..*", "1..*", "*")
