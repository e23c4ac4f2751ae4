"""English singulars and plurals of one lower-case word."""

from __future__ import annotations

import re

_IRREGULAR = {
    "person": "people",
    "child": "children",
    "man": "men",
    "woman": "women",
    "mouse": "mice",
    "goose": "geese",
    "foot": "feet",
    "tooth": "teeth",
    "criterion": "criteria",
    "phenomenon": "phenomena",
    "datum": "data",
    "index": "indexes",
    "matrix": "matrices",
    "vertex": "vertices",
    "leaf": "leaves",
    "shelf": "shelves",
    "half": "halves",
    "life": "lives",
    "knife": "knives",
    "wife": "wives",
    "quiz": "quizzes",
    "hero": "heroes",
    "potato": "potatoes",
    "tomato": "tomatoes",
    "echo": "echoes",
    "cache": "caches",
    "axis": "axes",
    "movie": "movies",
    "cookie": "cookies",
    "tie": "ties",
    "pie": "pies",
    "die": "dice",
    "gas": "gases",
    "bus": "buses",
    "alias": "aliases",
    "canvas": "canvases",
    "atlas": "atlases",
    "bias": "biases",
    "taxi": "taxis",
}
_SINGULARS = {plural: singular for singular, plural in _IRREGULAR.items()} | {"indices": "index", "axes": "axis"}
_SINGULARS["data"] = "data"
_UNCOUNTED = frozenset(
    [
        "audio",
        "baggage",
        "cash",
        "chaos",
        "content",
        "data",
        "equipment",
        "feedback",
        "fish",
        "furniture",
        "gear",
        "hardware",
        "homework",
        "information",
        "infrastructure",
        "knowledge",
        "logistics",
        "luggage",
        "media",
        "merchandise",
        "metadata",
        "metrics",
        "money",
        "music",
        "news",
        "progress",
        "series",
        "settings",
        "sheep",
        "software",
        "species",
        "staff",
        "stuff",
        "telemetry",
        "traffic",
        "weather",
        "whitespace",
    ]
) - {"metrics", "settings", "content", "progress"}
_SINGULAR_US = frozenset(
    """apparatus bonus cactus campus census chorus consensus corpus focus genius locus minus nexus nucleus octopus opus
    plus prospectus radius stimulus status surplus syllabus thesaurus thus us versus virus walrus
    """.split()  # noqa: SIM905 a list of words reads better as text
)
_SINGULAR_IS = re.compile(r"(?:sis|[ae]xis|[tp]is)$|^(?:iris|tennis|debris|redis|pelvis|this|is)$")
_ES = re.compile(r"(?:s|x|z|ch|sh)$")
_SINGULAR_ES = re.compile(r"(?:ss|x|zz|ch|sh)es$")


def plural_word(word: str) -> str:
    """`category` → `categories`; a word that is already plural stays."""
    word = singular_word(word)
    if word in _UNCOUNTED or not word[-1:].isalpha():
        return word if word in _UNCOUNTED else f"{word}s"
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    if word.endswith("sis") and len(word) > 4:
        return f"{word[:-2]}es"
    return f"{word}es" if _ES.search(word) else f"{word}s"


def singular_word(word: str) -> str:
    """`categories` → `category`; a word that is already singular stays."""
    if word in _UNCOUNTED or word in _IRREGULAR:
        return word
    if word in _SINGULARS:
        return _SINGULARS[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-1] if word[-4] in "aeiou" else f"{word[:-3]}y"
    if re.search(r"(?:aly|the|rno|ri|oa)ses$", word):
        return f"{word[:-2]}is"
    if _SINGULAR_ES.search(word) or (word.endswith("es") and word[:-2] in _SINGULAR_US):
        return word[:-2]
    return word[:-1] if _drops_s(word) else word


def _drops_s(word: str) -> bool:
    if len(word) < 3 or not word.endswith("s") or word.endswith("ss"):
        return False
    return word not in _SINGULAR_US and not _SINGULAR_IS.search(word)
