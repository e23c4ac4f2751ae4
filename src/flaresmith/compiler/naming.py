"""Names as written in a spec become identifiers of a language: words, cases, plurals, and what is refused.

Every function here is pure and total: any text gives a valid ASCII identifier, the same text always the same one.
Whether a name may be used at all is asked of `unsafe_reason`.
"""

from __future__ import annotations

import hashlib
import keyword
import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache

from flaresmith.compiler.inflection import plural_word, singular_word

POSTGRES_LIMIT = 63
LONGEST_NAME = 200

PYTHON_RESERVED = frozenset(keyword.kwlist) | frozenset(keyword.softkwlist) | {"self", "cls", "print", "id_"}
SQL_RESERVED = frozenset(
    [
        "all",
        "analyse",
        "analyze",
        "and",
        "any",
        "array",
        "as",
        "asc",
        "asymmetric",
        "authorization",
        "between",
        "binary",
        "both",
        "case",
        "cast",
        "check",
        "collate",
        "collation",
        "column",
        "concurrently",
        "constraint",
        "create",
        "cross",
        "current_catalog",
        "current_date",
        "current_role",
        "current_schema",
        "current_time",
        "current_timestamp",
        "current_user",
        "default",
        "deferrable",
        "desc",
        "distinct",
        "do",
        "else",
        "end",
        "except",
        "false",
        "fetch",
        "for",
        "foreign",
        "freeze",
        "from",
        "full",
        "grant",
        "group",
        "having",
        "ilike",
        "in",
        "initially",
        "inner",
        "intersect",
        "into",
        "is",
        "isnull",
        "join",
        "lateral",
        "leading",
        "left",
        "like",
        "limit",
        "localtime",
        "localtimestamp",
        "natural",
        "not",
        "notnull",
        "null",
        "offset",
        "on",
        "only",
        "or",
        "order",
        "outer",
        "overlaps",
        "placing",
        "primary",
        "references",
        "returning",
        "right",
        "select",
        "session_user",
        "similar",
        "some",
        "symmetric",
        "system_user",
        "table",
        "tablesample",
        "then",
        "to",
        "trailing",
        "true",
        "union",
        "unique",
        "user",
        "using",
        "variadic",
        "verbose",
        "when",
        "where",
        "window",
        "with",
    ]
)
TYPESCRIPT_RESERVED = frozenset(
    [
        "abstract",
        "any",
        "arguments",
        "as",
        "async",
        "await",
        "boolean",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "constructor",
        "continue",
        "debugger",
        "declare",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "eval",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "from",
        "function",
        "get",
        "if",
        "implements",
        "import",
        "in",
        "instanceof",
        "interface",
        "is",
        "keyof",
        "let",
        "module",
        "namespace",
        "never",
        "new",
        "null",
        "number",
        "object",
        "of",
        "package",
        "private",
        "protected",
        "public",
        "readonly",
        "require",
        "return",
        "set",
        "static",
        "string",
        "super",
        "switch",
        "symbol",
        "this",
        "throw",
        "true",
        "try",
        "type",
        "typeof",
        "undefined",
        "unique",
        "unknown",
        "var",
        "void",
        "while",
        "with",
        "yield",
    ]
)

_WORD = re.compile(r"OAuth[0-9]*|iOS|[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+")
_LETTERS = {"ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ı": "i"}
_LETTERS |= {"þ": "th", "Þ": "Th", "ð": "d", "Ð": "D", "œ": "oe", "Œ": "OE"}
_UNSAFE = (
    (re.compile(r"\.\.|[/\\]"), "it contains a path"),
    (re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]"), "it contains control characters"),
    (re.compile(r"\{\{|\}\}|\{%|%\}|<%|%>|\$\{|\$\("), "it contains template syntax"),
    (re.compile(r"[\"'`;]|--|/\*"), "it contains quotes or statement separators"),
    (re.compile(r"[<>&|]"), "it contains markup or shell characters"),
)


def unsafe_reason(name: str) -> str:
    """Why this name is refused, in words, or an empty string when it may be used."""
    if not any(character.isalnum() for character in name):
        return "it has no letter or digit"
    if len(name) > LONGEST_NAME:
        return f"it is longer than {LONGEST_NAME} characters"
    return next((reason for pattern, reason in _UNSAFE if pattern.search(name)), "")


@lru_cache(maxsize=65536)
def words(name: str) -> tuple[str, ...]:
    """The lower-case ASCII words of a name: `orgId` and `org_id` are `("org", "id")`; never empty."""
    found = [match.group().lower() for match in _WORD.finditer(ascii_letters(name[: LONGEST_NAME * 4]))]
    return tuple(found) or ("unnamed",)


def ascii_letters(name: str) -> str:
    """The name in ASCII: accents fall, other scripts become `u<hex>`, punctuation becomes a space."""
    if name.isascii():
        return name
    return "".join(_ascii_letter(character) for character in unicodedata.normalize("NFKD", name))


@lru_cache(maxsize=65536)
def snake(name: str) -> str:
    """`OrderItem` → `order_item`, at most 63 bytes."""
    return _leading_letter(shorten("_".join(words(name))))


def kebab(name: str) -> str:
    """`OrderItem` → `order-item`."""
    return snake(name).replace("_", "-")


def camel(name: str) -> str:
    """`order_item` → `orderItem`."""
    first, *rest = snake(name).split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def pascal(name: str) -> str:
    """`order_item` → `OrderItem`."""
    return "".join(word[:1].upper() + word[1:] for word in snake(name).split("_"))


def plural(name: str) -> str:
    """The snake-case name with its last word in the plural: `OrderItem` → `order_items`, `users` → `users`."""
    *head, last = words(name)
    return _leading_letter(shorten("_".join([*head, plural_word(last)])))


def singular(name: str) -> str:
    """The snake-case name with its last word in the singular: `order_items` → `order_item`."""
    *head, last = words(name)
    return _leading_letter(shorten("_".join([*head, singular_word(last)])))


@lru_cache(maxsize=65536)
def key(name: str) -> str:
    """What two spellings of one name share: `OrderItems`, `order-item` and `Order Item` are all `orderitem`."""
    *head, last = words(name)
    return "".join([*head, singular_word(last)])


def identifier(name: str, reserved: Collection[str] = (), limit: int = POSTGRES_LIMIT) -> str:
    """A valid ASCII identifier that keeps the name's own case; a reserved word gets a trailing underscore."""
    text = re.sub(r"\W+", "_", ascii_letters(name[: LONGEST_NAME * 4]), flags=re.ASCII).strip("_")
    text = shorten(_leading_letter(text or "unnamed"), limit)
    return f"{text[: limit - 1]}_" if text in reserved or text.lower() in reserved else text


def distinct(names: Iterable[str], reserved: Collection[str] = ()) -> tuple[str, ...]:
    """The names in order, each made different from those before it (and from `reserved`) by a numbered suffix."""
    taken = set(reserved)
    numbers: dict[str, int] = {}
    return tuple([_claimed(name, taken, numbers) for name in names])


def claimed(name: str, taken: set[str]) -> str:
    """The name, made different from those that are taken by a numbered suffix; it is taken from now on."""
    return _claimed(name, taken, {})


def shorten(text: str, limit: int = POSTGRES_LIMIT) -> str:
    """The text itself, or its head and a digest of the whole where it is longer than `limit` bytes (ASCII)."""
    if len(text) <= limit:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{text[: limit - 9].rstrip('_')}_{digest}"


def _claimed(name: str, taken: set[str], numbers: dict[str, int]) -> str:
    """`numbers` remembers where the search for a free suffix ended: a thousand equal names are not tried again."""
    chosen, number = name, numbers.get(name, 2)
    while chosen in taken:
        chosen = f"{name}_{number}"
        number += 1
    numbers[name] = number
    taken.add(chosen)
    return chosen


def _leading_letter(text: str) -> str:
    return text if text[:1].isalpha() or text[:1] == "_" else f"n{text}"


def _ascii_letter(character: str) -> str:
    if character.isascii():
        return character
    if character in _LETTERS:
        return _LETTERS[character]
    if unicodedata.combining(character):
        return ""
    return f" u{ord(character):x} " if character.isalnum() else " "
