"""Code in a spec: which reader understands a block, and the entities that it declares.

The label of a block says its language; where it says nothing, or its reader finds nothing, the content does. A reader
and its parser are imported when the first block of its language is met.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module

from flaresmith.compiler.model import Notation, Source
from flaresmith.compiler.parse.code import boxes, samples, sql, typedlines
from flaresmith.compiler.parse.code.declared import Declared
from flaresmith.compiler.parse.code.drafting import drafted
from flaresmith.compiler.parse.drafts import EntityDraft
from flaresmith.compiler.parse.findings import Findings
from flaresmith.compiler.parse.markdown import Fence

Read = Callable[[str, Source], Sequence[Declared]]


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """What one block of code declares, in order, and the notation that it is written in."""

    notation: Notation
    entities: tuple[EntityDraft, ...]


@dataclass(frozen=True, slots=True)
class _Language:
    """A language: its notation, its labels, the module that reads it, and what its declarations look like."""

    notation: Notation
    labels: frozenset[str]
    module: str
    outline: re.Pattern[str]

    def read(self, text: str, at: Source) -> Sequence[Declared]:
        """What the block declares; one without a word that declares anything is not even parsed."""
        if not _DECLARING.search(_dense(text)):
            return []
        reader: Read = getattr(import_module(f"{__name__}.{self.module}"), f"read_{self.module}")
        return reader(text, at)


def read_code(language: str, text: str, at: Source, findings: Findings) -> CodeFacts | None:
    """The declarations of a block of code, by its label and by its content; None where no reader knows it.

    `at` is the place of the first line of the code. Never raises on content.
    """
    label = language.lower()
    fence = Fence(at.line, label, text.split("\n"), closed=True)
    if sql.is_sql(fence):
        return CodeFacts(Notation.SQL, tuple(sql.read_sql(fence, at.file, findings)))
    known = _languages(label, text)
    for one in known:
        if drafts := drafted(one.read(text, at), findings):
            _tell_unread(one, text, at, drafts, findings)
            return CodeFacts(drafts[0].notation, tuple(drafts))
    if known and label in known[0].labels:
        from flaresmith.compiler.parse.code.syntax import is_too_deep  # loads tree-sitter

        if is_too_deep(text):
            findings.info("code-not-read", "the brackets of this code are nested too deeply to be read", at)
        return CodeFacts(known[0].notation, ())
    drafts = _sketched(label, text, at, findings)
    return CodeFacts(drafts[0].notation, tuple(drafts)) if drafts else None


def _tell_unread(language: _Language, text: str, at: Source, drafts: Sequence[EntityDraft], findings: Findings) -> None:
    """Counts the lines of half-written code that look like members and were not read."""
    from flaresmith.compiler.parse.code.syntax import has_grammar, unread_lines

    if not has_grammar(language.module):
        return
    read = {known.field.source.line for draft in drafts for known in draft.fields}
    for number, line in unread_lines(language.module, text):
        if at.line + number not in read:
            source = Source(at.file, at.line + number)
            findings.not_understood(line.strip(), source, "this line of code is not complete")


def _sketched(label: str, text: str, at: Source, findings: Findings) -> list[EntityDraft]:
    """What is no language: boxes, lines with types, samples. A draft without a name belongs to its heading."""
    if label in _OPEN | _ASCII and boxes.OUTLINE.search(_dense(text[:_LOOKED_AT])):
        return boxes.read_boxes(text, at, findings)
    if label in _OPEN | samples.YAML_LABELS and typedlines.OUTLINE.search(text[:_LOOKED_AT]):
        return typedlines.read_typed_lines(text, at, findings)
    if label in samples.JSON_LABELS | samples.YAML_LABELS:
        return samples.read_sample(label, text, at)
    return []


def is_read(language: str, text: str) -> bool:
    """Whether a reader knows this code, so that what it passes by is no field."""
    return sql.is_sql(Fence(1, language.lower(), text.split("\n"), closed=True)) or bool(
        _languages(language.lower(), text)
    )


def declares(language: str, text: str) -> bool:
    """Whether the code has the outline of a declared type or table."""
    label = language.lower()
    if sql.is_sql(Fence(1, label, text.split("\n"), closed=True)):
        return bool(sql.TABLE.search(_dense(text[:_LOOKED_AT])))
    return bool(_languages(label, text)) and bool(_DECLARATION.search(_dense(text[:_LOOKED_AT])))


_LOOKED_AT = 40_000
_ASCII = frozenset(("ascii", "diagram", "asciiart"))
_OPEN = frozenset(("", "text", "txt", "plaintext", "plain", "code", "pseudo", "pseudocode"))
_DECLARATION = re.compile(
    r"^\s*(?:[\w@()]{1,80}\s+){0,4}(?:class|record|enum|struct|interface|type|message|model|input)\s+\w|=\s*z\.|Table\(",
    re.M,
)
_DECLARING = re.compile(
    r"\b(?:class|record|enum|struct|interface|type|message|model|input|view)\s+[^\W\d]"
    r"|=\s*z\.|Table\(|Enum\(|\bas const\b"
    r"|^\s*(?:readonly\s+)?\w{1,80}\??\s*:",
    re.M,
)
_WORDS = r"(?:(?:export|default|declare|public|abstract|sealed|final|partial|static|internal|data|pub)\s+)*"


def _language(notation: Notation, module: str, labels: str, outline: str) -> _Language:
    return _Language(notation, frozenset(labels.split()), module, re.compile(outline, re.M))


_LANGUAGES = (
    _language(
        Notation.JAVA,
        "java",
        "java",
        r"^\s*(?:private|protected)\s+[A-Z][\w<>,\[\] ]{0,80}\s\w{1,80}\s*(?:=[^\n]{0,200})?;",
    ),
    _language(
        Notation.CSHARP, "csharp", "csharp cs c#", r"\{\s*get;|^\s*public\s+(?:sealed\s+)?record\s+\w{1,80}\s*\("
    ),
    _language(Notation.GO, "golang", "go golang", r"^\s*type\s+\w{1,80}\s+struct\s*\{"),
    _language(Notation.DART, "dart", "dart flutter", r"^\s*(?:late\s+)?final\s+[A-Z][\w<>, ?]{0,80}\s\w{1,80};"),
    _language(
        Notation.PRISMA,
        "prisma",
        "prisma",
        r"^\s*model\s+\w{1,80}\s*\{\s*$|^\s*\w{1,80}\s+\w{1,80}[^\n]{0,80}\s@(?:id|default|relation)\b",
    ),
    _language(
        Notation.GRAPHQL,
        "graphql",
        "graphql gql graphqls sdl",
        r"^\s*(?:type|input|interface)\s+\w{1,80}[^\n={]{0,200}\{(?:\s*(?:#[^\n]{0,200}|\"[^\n]{0,200})\n){0,5}"
        r"\s*(?:\w{1,80}\s*:\s*\[?\w{1,80}[!\]]|id\s*:\s*ID)",
    ),
    _language(Notation.PROTOBUF, "protobuf", "proto protobuf proto3 proto2", r"^\s*message\s+\w{1,80}\s*\{"),
    _language(
        Notation.SOLIDITY,
        "solidity",
        "solidity sol",
        r"^pragma solidity\b|^contract \w{1,80}[^\n{]{0,200}\{|^struct \w{1,80} \{\n(?:uint256|address|bytes32)\b",
    ),
    _language(
        Notation.CPP,
        "cpp",
        "cpp c++ cc cxx hpp h c",
        r"^(?:typedef )?(?:struct|class) \w{1,80}[^\n{;()]{0,200}\{\n(?:public:\n)?(?://[^\n]{0,200}\n){0,3}"
        r"[a-zA-Z_][\w:<>, *\[\]]{0,100} \w{1,80}(?:\[\w{0,40}\])?(?: ?\{[^\n}]{0,40}\}| = [^\n;]{1,60})?;",
    ),
    _language(Notation.RUST, "rust", "rust rs", r"^\s*(?:pub\s+)?struct\s+\w{1,80}\s*(?:<[^>\n]{0,80}>)?\s*\{"),
    _language(
        Notation.PYTHON,
        "python",
        "python py python3 pydantic sqlmodel sqlalchemy django",
        r"^\s*class\s+\w{1,80}\s*(?:\([^\n]{0,300}\))?\s*:",
    ),
    _language(
        Notation.TYPESCRIPT,
        "typescript",
        "ts typescript tsx js javascript jsx mjs vue zod drizzle",
        rf"^\s*{_WORDS}(?:(?:interface|class)\s+\w{{1,80}}[^\n{{:]{{0,300}}\{{|enum\s+\w{{1,80}}\s*\{{"
        r"|type\s+\w{1,80}\s*(?:<[^=\n]{0,80}>)?\s*=|const\s+\w{1,80}\s*=\s*(?:z\.|\w{1,40}Table\(|pgEnum\())",
    ),
)


def _languages(label: str, text: str) -> list[_Language]:
    """The language of the label, then those whose outline the content has; a label that says another thing forbids."""
    labelled = [one for one in _LANGUAGES if label in one.labels]
    if not labelled and label not in _OPEN:
        return []
    looked_at = _dense(text[:_LOOKED_AT])
    return [*labelled, *(one for one in _LANGUAGES if one not in labelled and one.outline.search(looked_at))]


@lru_cache(maxsize=16)
def _dense(text: str) -> str:
    """The text without blank lines and with single spaces: an outline that starts at every line stays linear in it."""
    return "\n".join(words for line in text.split("\n") if (words := " ".join(line.split())))
