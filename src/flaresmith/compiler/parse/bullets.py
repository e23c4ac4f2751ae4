"""Fields as list items, in every form that people write them.

`name (type, constraints) REQUIRED → X.id` · `name: type (pk)` · `` `name`: type `` · `**name**: type` ·
`` `name` — text `` · `` `name: type` `` · `` `name type MODS` `` · `` `name` UUID PK → `x.y` `` · `name`
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from flaresmith.compiler.model import Notation, Source
from flaresmith.compiler.parse.drafts import Written
from flaresmith.compiler.parse.english import narrow, words
from flaresmith.compiler.parse.markdown import LONGEST_FACT, Bullet, plain
from flaresmith.compiler.parse.types import Reading, read_type

_NAME = r"[^\W\d][\w$]{0,80}(?:(?:\.|->)[\w$]{1,60}){0,4}(?:\[\])?"
_UNSAFE_NAME = r"[^`]{1,120}"
_CHECKBOX = re.compile(r"^\[[ xX]\]\s+")
_TICKED = re.compile(rf"^(?:\*\*)?`({_UNSAFE_NAME})`(?:\*\*)?(\?)?\s*(.*)$", re.S)
_BOLD = re.compile(r"^\*\*([^`*:(]{1,120}?):?\*\*(\?)?\s*(.*)$", re.S)
_PLAIN = re.compile(rf"^({_NAME})(\?)?(?=$|[\s:(—–-])\s*(.*)$", re.S)
_HOSTILE = re.compile(r"^([^\s:(][^:(]{0,120}?)\s*(?::|\()\s*(.*)$", re.S)
_INSIDE_COLON = re.compile(rf"^({_NAME})(\?)?\s*:\s*(.+)$", re.S)
_INSIDE_TYPE = re.compile(rf"^({_NAME})(\?)?\s*\(([^()]{{1,200}})\)$")
_INSIDE_SPACE = re.compile(rf"^({_NAME})\s+(\S.*)$", re.S)
_GRAMMAR = re.compile(
    r"[^\w]|pk\b|fk\b|(?-i:[A-Z]{2,}\b)|(?:not null|required|optional|nullable|null|unique|primary"
    r"|default|references|ref|auto|index(?:ed)?|check|min|max|foreign"
    r"|between|range|email|ur[il]|uuid|iso|regex|pattern|length|enum|one of|values|positive|non|up to|\d)\b",
    re.I,
)
_AFTER_ENUM = re.compile(
    r"\s*;\s*|\s*,\s*(?=(?:default|required|optional|unique|nullable|not null|null|indexed|pk|fk)\b)", re.I
)
_DASH = re.compile(r"^(?:—|–|--?|:|=)\s*")
_SEPARATOR = re.compile(r"\s+(?:—|–|-{1,2}|//|#)\s+|;\s+|\.\s+(?=[A-Z])")
_MEMBER_OF = re.compile(r"^(?::\s*)?∈\s*[{\[(]([^{}\[\]()]{3,1000})[)}\]]")
_NAME_ONLY = re.compile(rf"^{_NAME}\??$")


@dataclass(frozen=True, slots=True)
class BulletField:
    """A bullet that may be a field: `sure` when a type was recognised, not only a name."""

    written: Written
    sure: bool
    also: tuple[str, ...] = ()  # further names of the same line: `createdAt` / `updatedAt`


def read_bullet(bullet: Bullet, file: str) -> BulletField | None:
    """The field that a bullet describes, or None where it does not look like one."""
    text = narrow(_CHECKBOX.sub("", bullet.text[:LONGEST_FACT]))
    source = Source(file, bullet.line, bullet.column)
    split = _name_and_rest(text)
    if split is None:
        return None
    name, optional, rest = split
    also: tuple[str, ...] = ()
    if (more := re.match(rf"^(?:/|,|and)\s*`({_NAME})`\s*", rest)) and not optional:
        also, rest = (more.group(1),), rest[more.end() :]
    return _described(name.removesuffix("[]"), rest, source, bullet.text, also, optional=optional)


def looks_like_field(text: str) -> bool:
    """Whether a line that was not read has the outline of a field, so that it must not be passed over in silence."""
    head = plain(text)[:200]
    return (
        bool(re.match(r"^[^\W\d][\w.]{0,60}\??\s*(?:\([^)]*\)|:\s*\S+(?:\s*\(|\s*$|,))", head)) and "," not in head[:8]
    )


def type_before(text: str) -> str:
    """The text, where a known type stands first and the grammar goes on after it; else empty."""
    reading = read_type(text) if text else None
    if reading is None or not reading.known or not (not reading.rest or _GRAMMAR.match(words(reading.rest).lstrip())):
        return ""
    return text


def _name_and_rest(text: str) -> tuple[str, bool, str] | None:
    if match := _TICKED.match(text):
        return _ticked(match)
    if match := _BOLD.match(text):
        name = match.group(1).strip(" `:")
        return (name.removesuffix("?"), bool(match.group(2)) or name.endswith("?"), match.group(3))
    if match := _PLAIN.match(text):
        return match.group(1), bool(match.group(2)), match.group(3)
    if (match := _HOSTILE.match(text)) and re.search(r"[/\\'\";${}<>]", match.group(1)):
        return match.group(1), False, f": {match.group(2)}"
    return None


def _ticked(match: re.Match[str]) -> tuple[str, bool, str] | None:
    inside, rest = match.group(1).strip(), match.group(3)
    if _NAME_ONLY.match(inside):
        return inside.removesuffix("?"), bool(match.group(2)) or inside.endswith("?"), rest
    if colon := _INSIDE_COLON.match(inside):
        return colon.group(1), bool(colon.group(2)), f": {colon.group(3)} {rest}"
    if typed := _INSIDE_TYPE.match(inside):
        return typed.group(1), bool(typed.group(2)), f"({typed.group(3)}) {rest}"
    if space := _INSIDE_SPACE.match(inside):
        return (space.group(1), False, f": {space.group(2)} {rest}") if read_type(space.group(2)) else None
    if re.search(r"[()=<>→]|\s", inside) and not re.search(r"[{}$;'\"\\/]", inside):
        return None
    return inside, False, rest


def _described(
    name: str, rest: str, source: Source, raw: str, also: tuple[str, ...], *, optional: bool
) -> BulletField | None:
    rest = _MEMBER_OF.sub(r": enum(\1)", rest, count=1)
    dashed = bool(re.match(r"^(?:—|–|--?)\s", rest))
    typed = rest.startswith((":", "("))
    rest = _DASH.sub("", rest.strip(), count=1)
    reading, type_text, constraints, notes = _pieces(rest, dashed=dashed)
    if reading is None and not (dashed or typed or not rest or rest[0] in "→-"):
        return None
    written = Written(name, source, raw.strip(), type_text, constraints, notes, presence=False if optional else None)
    written = replace(written, notation=Notation.BULLET, unknown_type=_unknown_type(rest) if reading is None else "")
    return BulletField(written, reading is not None and _is_sure(reading, constraints), also)


def _unknown_type(rest: str) -> str:
    """The word in the place of a type, where it is none that is known: `(feeling)`."""
    match = re.match(r"^\(\s*`?([a-z][\w-]{2,40})`?\s*(?:,[^()]{0,200})?\)", rest.strip())
    return match.group(1) if match and not _GRAMMAR.match(words(match.group(1)).lstrip()) else ""


def _is_sure(reading: Reading, constraints: str) -> bool:
    """Whether the line is a field beyond doubt: after the type comes nothing, a mark, or a word of the grammar."""
    if not reading.known:
        return bool(constraints)
    return not reading.rest or bool(_GRAMMAR.match(words(reading.rest).lstrip()))


def _pieces(rest: str, *, dashed: bool) -> tuple[Reading | None, str, str, str]:
    """The type's reading, its text, the words read strictly, and the prose."""
    rest = rest.strip()
    if rest.startswith("("):
        return _parenthesised(rest)
    head, notes = _cut(rest)
    unticked = head.replace("`", "").replace("**", "").strip()
    reading = read_type(unticked)
    if reading is None or (dashed and not reading.known):
        return None, "", "" if len(rest) > 80 else plain(rest), plain(rest)
    if not reading.known and not re.fullmatch(r"[\w.<>\[\]|? ]+(?:\(.{0,200}\))?.{0,120}", unticked):
        return None, "", "", plain(rest)
    return reading, unticked, notes if len(notes) < 160 else "", notes


def _parenthesised(rest: str) -> tuple[Reading | None, str, str, str]:
    inside, after = _balanced(rest)
    after = _DASH.sub("", after.strip(), count=1)
    first, _, more = _split_type(inside)
    reading = read_type(first)
    strict, notes = _strict_part(after)
    if reading is None:
        return None, "", f"{inside}, {strict}", f"{inside} {after}"
    return reading, first, f"{more}, {strict}".strip(", "), notes


def _strict_part(after: str) -> tuple[str, str]:
    """The words after `(type)` that belong to the grammar (`REQUIRED default x → Y.id`), and the rest as prose."""
    mark = re.match(
        r"[^a-z—–]{0,40}(?:REQUIRED|OPTIONAL|PRIMARY|UNIQUE|NOT NULL|NULL|PK|FK|default|required"
        r"|optional|unique|nullable|indexed|→|->)",
        words(after),
    )
    if mark is None:
        return ("", after) if after[:1] not in ",;" else (after.split(". ")[0], after)
    stop = _SEPARATOR.search(after)
    return (after[: stop.start()], after[stop.end() :]) if stop else (after, after if len(after) > 60 else "")


def _split_type(inside: str) -> tuple[str, str, str]:
    """`string, 3..64` → type and the rest; commas inside brackets and quotes do not split."""
    if re.match(r"\s*enum\b\s*:", inside, re.I) and "|" not in inside:
        stop = _AFTER_ENUM.search(inside)
        return (inside[: stop.start()], ",", inside[stop.end() :]) if stop else (inside, "", "")
    depth = 0
    for place, character in enumerate(inside[:600]):
        depth += (character in "([{<") - (character in ")]}>")
        if character in ",;" and depth <= 0:
            return inside[:place], ",", inside[place + 1 :]
    return inside, "", ""


def _balanced(text: str) -> tuple[str, str]:
    """The text of the parenthesis that opens it, and what follows."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return text[1:place], text[place + 1 :]
    return text[1:], ""


def _closing(text: str, opened: int) -> int:
    """The place behind the brace that closes the one at `opened`; 0 where none does."""
    depth = 0
    for match in re.finditer(r"[{}]", text[opened:2000]):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return opened + match.end()
    return 0


def _cut(rest: str) -> tuple[str, str]:
    opened = rest.find("{")
    start = _closing(rest, opened) if 0 <= opened < 40 else 0
    stop = _SEPARATOR.search(rest, start)
    return (rest[: stop.start()], rest[stop.end() :]) if stop else (rest, rest if len(rest) > 40 else "")
