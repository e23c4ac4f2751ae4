"""The words around a type become traits of a field: PK, required, unique, default, reference, limits, values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from flaresmith.compiler.model import Kind, Limits, Reference, Type
from flaresmith.compiler.parse.defaults import UNREADABLE, Unreadable, read_default
from flaresmith.compiler.parse.english import words
from flaresmith.compiler.parse.limits import read_limits
from flaresmith.compiler.parse.types import enum_of, literal_values


@dataclass(slots=True)
class Traits:
    """What a field's author said besides its type; `None` where nothing was said."""

    primary_key: bool = False
    required: bool | None = None
    unique: bool = False
    unique_within: tuple[str, ...] = ()
    indexed: bool = False
    computed: bool = False
    generated: bool = False
    updates_on_write: bool = False
    reference: Reference | None = None
    reference_certain: bool = False  # said with FK, REFERENCES or `.id`, not only an arrow
    default: Any = None
    has_default: bool = False
    bad_default: str = ""
    values: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    format: str = ""


_TARGET = r"[`\"\[]?([^\W\d][\w-]{0,80}(?:\.[^\W\d]\w{0,80}){0,2})[`\"\]]?(?:\s?\(\s*[`\"]?(\w{1,80})[`\"]?\s*\))?"
_FOREIGN = re.compile(
    rf"(?:\bFK(?: id| key| column| reference)?\b|\bforeign[ -]?key\b|\breferences?\b|\bref\b"
    rf"|\bbelongs to\b)[ \t:.]*(?:→|->|=>|to\b"
    rf"|references\b|of\b|\()?[ \t]*{_TARGET}",
    re.I,
)
_ARROW = re.compile(rf"(?:→|->|=>|⇒)[ \t]*(?:FK[ \t:]*)?{_TARGET}")
_ON_DELETE = re.compile(
    r"\bon[ _-]?delete[ :=]*(cascade|restrict|set[ _]null|no[ _]action)|\b(cascade)s? (?:on )?delete", re.I
)
_NOT_TARGETS = frozenset(
    [
        "to",
        "the",
        "a",
        "an",
        "see",
        "when",
        "if",
        "and",
        "or",
        "not",
        "null",
        "unique",
        "required",
        "optional",
        "constraint",
        "key",
        "keys",
        "with",
        "by",
        "of",
        "is",
        "index",
        "indexed",
        "id",
        "uuid",
        "integrity",
        "only",
        "on",
        "same",
        "another",
        "any",
        "each",
        "this",
        "that",
        "from",
        "as",
        "in",
        "parent",
        "existing",
        "valid",
        "entity",
        "table",
    ]
)
_PRIMARY = re.compile(r"(?<![\w-])(?:PK|primary[ _-]?key|@id|clustering key)(?![\w-])", re.I)
_OPTIONAL = re.compile(
    r"(?<!not )(?<!non-)(?<!\bis )\b(?:optional|nullable|null if|may be null|can be null"
    r"|null allowed|not required|non-required)\b"
    r"|(?:^|[,;(|])\s*null\s*(?=$|[,;)|])|\bNULL\b(?!-)|\bdefault\s*:?\s*null\b",
    re.I,
)
_REQUIRED = re.compile(r"\b(?:required|not[ _-]?null(?:able)?|mandatory|non[ -]null(?:able)?|non[ -]empty)\b", re.I)
_CONDITIONAL = re.compile(r"\b(?:required|mandatory|not null) (?:if|when|for|only|unless)\b", re.I)
_UNIQUE = re.compile(
    r"\bunique\b(?! (?:identifier|id|key for|name of|code for|per|within|among|in each|with|together|across)\b)"
    r"|\bunique (?:across|within|among|in) (?:all|every|the (?:whole|entire|system|platform|table|database))\b",
    re.I,
)
_UNIQUE_WITHIN = re.compile(
    r"\bunique (?:per|within|among|in each|together with|with|in|across)(?: an?| the| each)? [`(]?(?!all\b"
    r"|every\b)([A-Za-z_]\w{0,60})",
    re.I,
)
_INDEXED = re.compile(r"\bindex(?:ed)?\b(?! of\b)", re.I)
_COMPUTED = re.compile(
    r"\b(?:not (?:stored|persisted)|virtual(?: column| field| property)?(?=\s*(?:$|[),;:.—–-]))"
    r"|calculated on read|derived at read"
    r"|generated always as(?! identity)|computed (?:on read|at read|on the fly|at runtime|propert(?:y|ies)"
    r"|getter|field|column))\b"
    r"|(?:^|[(,;:.]\s*)computed(?=\s*(?:$|[),;:.—–-]))",
    re.I,
)
_GENERATED = re.compile(
    r"\bauto[ -]?(?:generated|increment(?:ed|s|ing)?|assigned|set|created|populated)|\bidentity\b"
    r"|\bsystem[ -]generated\b|\bserial\b",
    re.I,
)
_ON_WRITE = re.compile(
    r"\b(?:on[ -]update|auto[ -]?updated?|updated? on (?:write|every|each)|trigger on write|@updatedAt|auto_now\b)",
    re.I,
)
_DEFAULT = re.compile(r"\bdefault(?:s to|s|\b(?: to| value| is)?)(?![\w-])[ \t]*[:=]?[ \t]*[(]?[ \t]*", re.I)
_ENUM = re.compile(r"\benum(?:eration)?\b\s*(?:values)?\s*[:=]?\s*[({\[]?([^){}\]\n]{3,1000})", re.I)
_VALUES = re.compile(
    r"(?:\b(?:values?|one of|either|allowed(?: values)?|possible values|valid values|options"
    r"|must be one of|in)|∈)\s*(?:[:=]|(?=[{(\[`'\"])|(?<=one of))\s*[({\[]?([^){}\]\n;]{3,1000})",
    re.I,
)
_CHECK_IN = re.compile(r"\bIN\s*\(\s*((?:'[^'\n]{0,80}'\s*,?\s*){1,200})\)", re.I)
_PIPED = re.compile(r"(?<![\w|])[\w.-]{1,40}(?:\s?\|\s?[\w.-]{1,40}){1,60}(?![\w|])")
_TICKED = re.compile(
    r"`([\w.-]{1,60})`(?:\s*[/|,]\s*(?:or\s+)?`([\w.-]{1,60})`)(?:\s*[/|,]\s*(?:or\s+)?`[\w.-]{1,60}`){0,60}"
)
_QUOTED_LIST = re.compile(r"(?:['\"][^'\"\n]{1,60}['\"]\s*(?:[|,/]\s*(?:or\s+)?|or\s+)){1,60}['\"][^'\"\n]{1,60}['\"]")
_BEFORE_VALUES = re.compile(
    r"(?:[:(,;\[{=|∈—–.)-]|\b(?:one of|values?|either|enum|in|is|are|be|as|status|states?|types?|options?|string"
    r"|text|null"
    r"|required|optional|default|or))\s*$",
    re.I,
)
_FORMATS = (
    ("email", re.compile(r"\bemail\b(?! (?:address )?(?:of|for|from|sent|notif|campaign))", re.I)),
    ("uri", re.compile(r"\bur[il]\b", re.I)),
    ("uuid", re.compile(r"\b(?:uuid|guid)(?: ?v\d)?\b", re.I)),
    ("slug", re.compile(r"\b(?:slug|kebab-case)\b", re.I)),
    ("date-time", re.compile(r"\biso[ -]?8601\b|\brfc ?3339\b", re.I)),
    ("semver", re.compile(r"\bsemver\b", re.I)),
)


@lru_cache(maxsize=16384)
def read_traits(text: str, *, loose: bool = False) -> Traits:
    """The traits named in a constraint text; with `loose` the text is prose, and only certain words count.

    The same words stand behind many fields, so what they mean is remembered: nobody may change the result.
    """
    text = words(text[:3000])
    traits = Traits()
    if not text.strip():
        return traits
    _keys(text, traits, loose)
    _presence(text, traits)
    _default(text, traits, loose)
    _reference(text, traits, loose)
    traits.values = _values(text, loose)
    traits.limits = read_limits(text)
    traits.format = next((name for name, pattern in _FORMATS if not loose and pattern.search(text)), "")
    return traits


def combined(first: Traits, second: Traits) -> Traits:
    """The traits of both, where the first one rules."""
    return replace(
        first,
        primary_key=first.primary_key or second.primary_key,
        required=first.required if first.required is not None else second.required,
        unique=first.unique or second.unique,
        unique_within=first.unique_within or second.unique_within,
        indexed=first.indexed or second.indexed,
        computed=first.computed or second.computed,
        generated=first.generated or second.generated,
        updates_on_write=first.updates_on_write or second.updates_on_write,
        reference=_better_reference(first, second),
        reference_certain=first.reference_certain or second.reference_certain,
        default=first.default if first.has_default else second.default,
        has_default=first.has_default or second.has_default,
        bad_default=first.bad_default or second.bad_default,
        values=first.values or second.values,
        limits=first.limits if first.limits != Limits() else second.limits,
        format=first.format or second.format,
    )


def refined(typed: Type, traits: Traits) -> Type:
    """The type, made narrower by the values, length and format that the words around it name."""
    if traits.values and typed.kind in (Kind.STRING, Kind.TEXT, Kind.ENUM) and not typed.values:
        return replace(enum_of(traits.values, typed.raw), raw=typed.raw)
    if traits.values and typed.kind is Kind.ARRAY and (typed.items is None or typed.items.kind is Kind.STRING):
        return replace(typed, items=enum_of(traits.values))
    if typed.kind is Kind.STRING and traits.format == "uuid":
        return replace(typed, kind=Kind.UUID)
    if typed.kind is Kind.STRING and traits.format == "date-time":
        return replace(typed, kind=Kind.DATETIME)
    if typed.kind is Kind.STRING and not typed.format and traits.format:
        return replace(typed, format=traits.format)
    return typed


def _better_reference(first: Traits, second: Traits) -> Reference | None:
    if first.reference is None or (second.reference_certain and not first.reference_certain):
        return second.reference or first.reference
    return first.reference


def _keys(text: str, traits: Traits, loose: bool) -> None:
    traits.primary_key = bool(_PRIMARY.search(text))
    within = tuple(match.group(1) for match in _UNIQUE_WITHIN.finditer(text))[:3]
    traits.unique_within = () if loose else within
    traits.unique = bool(_UNIQUE.search(text)) and not within and not (loose and len(text) > 60)
    traits.indexed = not loose and bool(_INDEXED.search(text))
    traits.computed = bool(_COMPUTED.search(text))
    traits.generated = bool(_GENERATED.search(text))
    traits.updates_on_write = bool(_ON_WRITE.search(text))


def _presence(text: str, traits: Traits) -> None:
    required = bool(_REQUIRED.search(text)) and not re.search(r"\bnot required\b", text, re.I)
    if required and not _CONDITIONAL.search(text):
        traits.required = True
    elif _OPTIONAL.search(
        re.sub(
            r"\bnot[ _-]?null\b|\bon delete set null\b|\bis (?:not )?null\b|(?:[!=]=?|<>"
            r"|≠)\s*null\b",
            "",
            text,
            flags=re.I,
        )
    ):
        traits.required = False


def _default(text: str, traits: Traits, loose: bool) -> None:
    match = _DEFAULT.search(text)
    if match is None or match.end() >= len(text):
        return
    read = read_default(text[match.end() :])
    if loose and isinstance(read, str | Unreadable) and text[match.end()] not in "'\"`":
        return  # prose: "defaults to whatever the user chose"
    if isinstance(read, Unreadable):
        traits.bad_default = read.text
    elif read is not UNREADABLE:
        traits.default, traits.has_default = read, True


def _reference(text: str, traits: Traits, loose: bool) -> None:
    match = _first_target(_FOREIGN, text)
    certain = match is not None and _is_certain(match, loose)
    if match is None or not certain:
        match = _first_target(_ARROW, text)
        certain = match is not None and ("." in match.group(1) or bool(match.group(2)))
    if match is None or (loose and not certain):
        return
    traits.reference = _as_reference(match, text)
    traits.reference_certain = certain


def _is_certain(match: re.Match[str], loose: bool) -> bool:
    """Whether a reference is meant, not a sentence: a column, an arrow, FK in capitals, or a name's spelling."""
    pointed = (
        "." in match.group(1) or bool(match.group(2)) or bool(re.search(r"→|->|=>|^FK .{0,12}\bto\b", match.group()))
    )
    lower = not pointed and match.group(1).islower() and "_" not in match.group(1)
    before, behind = match.string[: match.start()], match.string[match.end() :]
    if lower and (re.match(r"\s+\w", behind) or re.search(r"\bno\s+$", before[-8:])):
        return False  # `no FK picker in this form`
    if pointed or loose:
        return pointed
    keyword = bool(re.match(r"FK|REFERENCES|ref\b|fk\b", match.group()))
    return keyword or match.group(1)[0].isupper() or "_" in match.group(1)


def _first_target(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next((m for m in pattern.finditer(text) if m.group(1).lower() not in _NOT_TARGETS), None)


def _as_reference(match: re.Match[str], text: str) -> Reference:
    entity, _, column = match.group(1).rpartition(".")
    if not entity or match.group(2):
        entity, column = match.group(1).rsplit(".", 1)[-1], match.group(2) or ""
    on_delete = _ON_DELETE.search(text)
    action = (on_delete.group(1) or on_delete.group(2)).lower().replace("_", " ") if on_delete else ""
    return Reference(entity.rsplit(".", 1)[-1], column or "", "" if action == "no action" else action)


def _values(text: str, loose: bool) -> tuple[str, ...]:
    if match := _CHECK_IN.search(text):
        return literal_values(match.group(1))
    for pattern in (_ENUM, _VALUES):
        for match in pattern.finditer(text):
            values = literal_values(_before_prose(match.group(1)))
            if len(values) > 1:
                return values
    for pattern in (_QUOTED_LIST, _TICKED) if loose else (_QUOTED_LIST, _TICKED, _PIPED):
        match = pattern.search(text)
        if match and _is_list(text, match.start(), loose=loose) and not _is_example(text, match.start()):
            values = literal_values(match.group())
            if not all(re.fullmatch(r"\w[\w .:+/@&-]*", value) for value in values):
                continue
            if len(values) > 1 and not all(re.fullmatch(r"[\d.]+", value) for value in values):
                return values
    return ()


def _is_list(text: str, start: int, *, loose: bool) -> bool:
    """Whether a list stands where values stand, not in the middle of a sentence (`sent through `a`/`b``)."""
    return start == 0 or (not loose and bool(_BEFORE_VALUES.search(text[max(0, start - 24) : start])))


def _is_example(text: str, start: int) -> bool:
    return bool(re.search(r"(?:e\.g\.|example|such as|like|i\.e\.)\W{0,5}$", text[:start][-20:], re.I))


def _before_prose(text: str) -> str:
    """A written list up to where a sentence goes on: `a, b (default a), used for x` keeps `a, b`."""
    return re.split(
        r"\s+[—–-]\s+|\.\s|;|\bdefault\b|\brequired\b|\bnot null\b|\bwhere\b", text, maxsplit=1, flags=re.I
    )[0].strip(" ,.")
