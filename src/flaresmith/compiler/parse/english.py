"""What people write of data in other languages, put into the English words that the grammar knows.

Only whole words of the craft are replaced (`必填` → `required`, `clave primaria` → `PK`); names, values between quotes
or ticks and all other text stay. Every function is linear in the length of its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from flaresmith.compiler.parse import languages

_WIDE = str.maketrans(
    {
        0xFF08: "(",
        0xFF09: ")",
        0xFF1A: ":",
        0xFF0C: ",",
        0xFF1B: ";",
        0x3001: ",",
        0x3002: ".",
        0xFF5C: "|",
        0xFF0F: "/",
        0xFF1D: "=",
        0xFF1E: ">",
        0xFF1C: "<",
        0xFF5E: "~",
        0x301C: "~",
        0xFF0D: "-",
        0x3000: " ",
        0x300C: '"',
        0x300D: '"',
        0x3010: "[",
        0x3011: "]",
        0xFF1F: "?",
        0x2011: "-",
    }
)
_SYLLABLE = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"  # scripts that may stand without spaces between words
_WORD = re.compile(rf"[{_SYLLABLE}]|[^\W\d_{_SYLLABLE}][^\W\d_{_SYLLABLE}'’./-]*")
_QUOTED = re.compile(r"(?<!\w)'[^'\n]{0,80}'|\"[^\"\n]{0,80}\"|`[^`\n]{0,200}`|“[^”\n]{0,80}”")
_PARTS = re.compile(r"[()/\[\]|:]| [—–-] ")
_OF = re.compile(r"\s+(?:de|del|da|do|des|du|d'|von|für|para|pour|por|для|per|cho|между|entre|zwischen|e|y|et|und)\b")
_NUMBER = r"(-?\d{1,18}(?:\.\d{1,9})?)"
_DIGIT = re.compile(r"\d")
_LETTERS = r"(?:chars|자|字|글자)"
_MEASURES = tuple(
    (re.compile(pattern, re.I), english)
    for pattern, english in (
        (rf"{_NUMBER}\s*(?:~|부터|에서|から|到|至|bis|до)\s*{_NUMBER}\s*{_LETTERS}?(?:까지|まで)?", r"\1..\2"),
        (rf"{_NUMBER}\s*{_LETTERS}\s*(?:이내|이하|以内|以下|以內|max)", r" max \1 chars "),
        (rf"{_NUMBER}\s*{_LETTERS}\s*(?:이상|以上|min)", r" min \1 chars "),
        (rf"{_NUMBER}\s*(?:이상|以上)", r" >= \1 "),
        (rf"{_NUMBER}\s*(?:이하|以下|以内|以內)", r" <= \1 "),
        (rf"{_NUMBER}\s*(?:초과|超)", r" > \1 "),
        (rf"{_NUMBER}\s*(?:미만|未満|未满)", r" < \1 "),
        (rf"(?<!\w)до\s+{_NUMBER}", r" max \1 "),
        (rf"(?<!\w)(?:de|от|von|du)\s+{_NUMBER}\s*(?:a|à|bis|до|\.\.)\s*{_NUMBER}", r" \1..\2 "),
        (rf"(?<!\w)от\s+{_NUMBER}", r" >= \1 "),
        (rf"between\s+{_NUMBER}\s+(?:y|e|et|und|i|và|и|a)\s+{_NUMBER}", r" between \1 and \2 "),
    )
)


def narrow(text: str) -> str:
    """The text with its full-width punctuation in the narrow form, character by character: columns stay."""
    return text if text.isascii() else text.translate(_WIDE)


@lru_cache(maxsize=4096)
def header(cell: str) -> str:
    """The English word of a column's header, in lower case; headers in two languages give the one that is known."""
    return _whole(cell, _HEADERS, _ENGLISH_HEADERS)


@lru_cache(maxsize=4096)
def section(label: str) -> str:
    """The English words of a label or heading that says what stands below it; any other text is given back."""
    lower = " ".join(narrow(label).lower().split()).strip(" :*")
    first, *more = [part for part in (part.strip() for part in _PARTS.split(lower)) if part] or [""]
    found = _SECTIONS.get(lower) or _SECTIONS.get(first, "")
    if found and not (more and found == "entities"):  # `实体: 用户` is one entity
        return found
    return _prefixed(lower) or ("" if label.isascii() else _suffixed(lower)) or label


def qualifiers(text: str) -> str:
    """The words behind an entity's name in English: new, modified, existing, removed, enum, dto, derived, external."""
    return _replaced(narrow(text), _QUALIFIERS)


def entity_words(heading: str) -> str:
    """A heading with `Entidad:`, `表` and the like in English, where they stand before or behind the name."""
    if match := _ENTITY_BEFORE.match(heading):
        return f"{_QUALIFIED[match.group(1).lower()]}: {heading[match.end() :]}"
    if match := _ENTITY_BEHIND.search(heading):
        return f"{heading[: match.start()]} {_QUALIFIED[match.group(1).lower()]}"
    return heading


@lru_cache(maxsize=16384)
def words(text: str) -> str:
    """The text with the words of constraints in English, and counts written behind their number before it."""
    text = narrow(text)
    found = _replaced(text, _WORDS)
    if found is text and text.isascii():
        return text
    if not _DIGIT.search(found):
        return found
    for pattern, english in _MEASURES:
        found = pattern.sub(english, found)
    return found


@lru_cache(maxsize=8192)
def type_words(text: str) -> str:
    """A type's spelling with its first words in English: `문자열(50)`, `número entero`, `массив строк`."""
    text = narrow(text)
    match = _WORD.match(text)
    if match is None:
        return text
    lower = _lower(text)
    for phrase, english in _TYPES.get(_lower(match.group()), ()):
        if lower.startswith(phrase) and _ends(lower, len(phrase)):
            rest = text[len(phrase) :]
            items = re.match(r"\s*(?:의|の|的)?\s*(?:数组|陣列|列表|配列|リスト|배열|목록)", rest)
            if items:
                return f"{english}[]{rest[items.end() :]}"
            if english == "array" and (of := re.match(r"\s+(?:de|di|von|z|из|của)?\s*", rest)):
                return f"array of {type_words(rest[of.end() :])}" if rest.strip() else "array"
            return f"{english}{rest}" if not rest[:1].isalnum() else f"{english} {rest}"
    return text


def _whole(text: str, known: Mapping[str, str], english: frozenset[str]) -> str:
    lower = " ".join(narrow(text).lower().split()).strip(" :*")
    if lower in known:
        return known[lower]
    if lower in english or (lower.isascii() and not _PARTS.search(lower)):
        return lower
    parts = [part.strip() for part in _PARTS.split(lower)]
    return next((part for part in parts if part in english), next((known[p] for p in parts if p in known), lower))


def _prefixed(lower: str) -> str:
    """`Reglas de validación de Pedido` → the words it begins with; empty where they say nothing."""
    for stop in _OF.finditer(lower):
        if (found := _SECTIONS.get(lower[: stop.start()])) and found not in ("example", "overview", "notes"):
            return found
    return ""


def _suffixed(lower: str) -> str:
    """`订单状态流转`, `주문 상태 전이` → the name and what stands below it; empty where nothing is said."""
    for length in range(min(10, len(lower) - 1), 1, -1):
        found = _SUFFIXES.get(lower[-length:])
        if found and lower[-length - 1] != "_":
            return f"{lower[:-length].strip()} {found}"
    return ""


def _replaced(text: str, phrases: Mapping[str, tuple[tuple[str, str], ...]]) -> str:
    """The text with each known phrase replaced, outside of quotes and ticks."""
    lower, pieces, at = _lower(text), [], 0
    quoted = [match.span() for match in _QUOTED.finditer(text)] if "`" in text or '"' in text or "'" in text else []
    inside = iter(quoted)
    span = next(inside, None)
    for match in _WORD.finditer(lower):
        start = match.start()
        while span and span[1] <= start:
            span = next(inside, None)
        candidates = phrases.get(match.group())
        if candidates is None or start < at or (span and span[0] <= start):
            continue
        for phrase, english in candidates:
            if lower.startswith(phrase, start) and _ends(lower, start + len(phrase)):
                pieces += [text[at:start], f" {english} "]
                at = start + len(phrase)
                break
    return "".join([*pieces, text[at:]]) if pieces else text


def _ends(text: str, at: int) -> bool:
    """Whether a phrase may end here: no letter goes on, or the script has no spaces."""
    return at >= len(text) or not (text[at].isalpha() and text[at - 1].isalpha()) or text[at - 1] >= "\u3040"


def _lower(text: str) -> str:
    lower = text.lower()
    return lower if len(lower) == len(text) else text


def _by_phrase(table: Mapping[str, str]) -> dict[str, str]:
    return {phrase.strip(): english for english, text in table.items() for phrase in text.split("|")}


def _by_first_word(table: Mapping[str, str]) -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for phrase, english in _by_phrase(table).items():
        match = _WORD.match(phrase)
        found.setdefault(match.group() if match else phrase, []).append((phrase, english))
    return {first: tuple(sorted(phrases, key=_longest)) for first, phrases in found.items()}


def _longest(phrase: tuple[str, str]) -> int:
    return -len(phrase[0])


def _long_enough(phrases: Iterable[str]) -> Iterable[str]:
    """Phrases that mean the same behind a name: long ones, and those that are never a part of a name."""
    return (
        p for p in phrases if not p.isascii() and p[0] >= "\u3040" and (len(p) > 3 or p in ("索引", "关系", "관계"))
    )


_HEADERS = _by_phrase(languages.HEADERS)
_ENGLISH_HEADERS = frozenset(languages.HEADERS) | {"description", "column", "name", "validation", "rules", "attribute"}
_SECTIONS = _by_phrase(languages.SECTIONS)
_SUFFIXES = {
    phrase: _SECTIONS[phrase]
    for phrase in _long_enough(_SECTIONS)
    if _SECTIONS[phrase] in ("indexes", "relationships", "state transitions", "validation rules", "unique constraints")
}
_WORDS = _by_first_word(languages.WORDS)
_TYPES = _by_first_word(languages.TYPES)
_QUALIFIED = _by_phrase(languages.QUALIFIERS)
_QUALIFIERS = _by_first_word(languages.QUALIFIERS)
_THINGS = "|".join(
    sorted((p for p, e in _QUALIFIED.items() if e in ("table", "entity", "model", "enum")), key=len)[::-1]
)
_ENTITY_BEFORE = re.compile(rf"^({_THINGS})\s*(?:\d{{1,3}}\s*)?[:—–-]\s*(?=\S)", re.I)
_ENTITY_BEHIND = re.compile(rf"(?:(?<=\w)\s+|(?<=[{_SYLLABLE}]))({_THINGS})$", re.I)
