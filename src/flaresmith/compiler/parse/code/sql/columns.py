"""Columns and constraints of a table, as they stand between its parentheses and behind ALTER TABLE … ADD."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from flaresmith.compiler.model import Index, Kind, Notation, Rule, Source, Type
from flaresmith.compiler.parse.code.sql.checks import apply_check
from flaresmith.compiler.parse.code.sql.statements import (
    Tokens,
    after,
    group,
    joined,
    last_name,
    names_in_parenthesis,
    opening,
    without_comments,
)
from flaresmith.compiler.parse.code.sql.tokens import Token
from flaresmith.compiler.parse.code.values import listed_values
from flaresmith.compiler.parse.drafts import EntityDraft, FieldDraft, Written, field_draft, reference_to
from flaresmith.compiler.parse.findings import Findings, excerpt
from flaresmith.compiler.parse.types import enum_of, read_type

TABLE_WORDS = frozenset(
    """CONSTRAINT PRIMARY FOREIGN UNIQUE CHECK EXCLUDE INDEX KEY LIKE PARTITION FULLTEXT SPATIAL PERIOD""".split()  # noqa: SIM905
)
_ELISION = re.compile(
    r"^\W*(?:all |the )?(?:existing|other|unchanged|previous|remaining|rest)\b[^.]{0,40}(?:column|field|attribute)s?"
    r"|^\s*(?:\.\.\.|…)",
    re.I,
)
_COMMENT = re.compile(r"\bCOMMENT\s+'((?:[^'\n]|''){0,500})'", re.I)
_AUTO = re.compile(r"\bAUTO_INCREMENT\b", re.I)
_BOOLEAN = re.compile(r"^TINYINT\s*\(\s*1\s*\)", re.I)
_NOT_TYPES = frozenset("NOT NULL DEFAULT PRIMARY UNIQUE REFERENCES CHECK CONSTRAINT COLLATE GENERATED AS".split())  # noqa: SIM905


class Columns:
    """Adds pieces of a definition to the draft of their table."""

    def __init__(self, file: str, findings: Findings) -> None:
        self._file = file
        self._findings = findings

    def at(self, token: Token) -> Source:
        """Where a token stands."""
        return Source(self._file, token.line, token.column)

    def elided(self, stream: Tokens) -> bool:
        """Whether a comment says that columns which stand elsewhere were left out."""
        return any(token.kind == "comment" and _ELISION.match(token.text[:300]) for token in stream)

    def piece(self, draft: EntityDraft, piece: Tokens) -> None:
        """One column, one constraint, or the mark that columns were left out."""
        code = without_comments(piece)
        if not code:
            return
        if code[0].bare and code[0].upper in TABLE_WORDS and not _is_column(code):
            self.constraint(draft, code)
        elif code[0].kind == "word" and len(code) > 1:
            self._column(draft, code, " ".join(token.text for token in piece if token.kind == "comment"))
        elif code[0].text in ("...", ".", "…"):
            draft.delta = True
            self.piece(draft, _behind_elision(piece))
        else:
            self._findings.not_understood(joined(code), self.at(code[0]), "write a column as `name TYPE constraints`")

    def _column(self, draft: EntityDraft, code: Tokens, comment: str) -> None:
        rest = joined(_without_expression(code[1:]))
        checks = list(_checks(code))
        written = _AUTO.sub("auto-increment", _BOOLEAN.sub("BOOLEAN", rest))
        if said := _COMMENT.search(written):
            comment = " ".join(filter(None, (comment, said.group(1).replace("''", "'"))))
            written = _COMMENT.sub("", written)
        made = field_draft(
            Written(code[0].text, self.at(code[0]), joined(code), written, "", comment, sql=True), self._findings
        )
        if made is None:
            return
        made.presence = made.presence if made.presence is not None else False
        made.field = replace(made.field, notation=Notation.SQL)
        if made.field.type.kind is Kind.BOOLEAN and made.field.default in (0, 1):
            made.field = replace(made.field, default=bool(made.field.default))
        if made.field.type.kind in (Kind.STRING, Kind.TEXT):
            values = listed_values(comment, made.field.default)
            made.field = replace(made.field, type=enum_of(values, made.field.type.raw)) if values else made.field
        _named_type(made, code[1:])
        draft.add(made)
        for condition in checks:
            apply_check(draft, condition)

    def constraint(self, draft: EntityDraft, code: Tokens) -> None:
        """A constraint or index of the table itself."""
        label = ""
        if code[0].upper == "CONSTRAINT":
            label, code = (code[1].text if len(code) > 1 else ""), code[2:]
        words = [token.upper for token in code[:3]]
        names = names_in_parenthesis(code)
        source = self.at(code[0]) if code else draft.source
        if words[:1] == ["PRIMARY"]:
            for name in names:
                change(draft, name, primary_key=True)
        elif words[:1] == ["UNIQUE"]:
            _mark_unique(draft, names, source, label)
        elif words[:1] == ["FOREIGN"]:
            _mark_foreign(draft, names, code)
        elif words[:1] == ["CHECK"]:
            condition = joined(code[1:])[:1000]
            draft.rules.append(Rule(excerpt(joined(code)), source, expression=condition))
            apply_check(draft, condition)
        elif words[:1] in (["INDEX"], ["KEY"], ["FULLTEXT"], ["SPATIAL"]):
            _mark_index(draft, names, code, source)
        elif words[:1] in (["EXCLUDE"], ["PERIOD"]):
            draft.rules.append(Rule(excerpt(joined(code)), source))
        elif words[:1] not in (["LIKE"], ["PARTITION"], []):
            self._findings.not_understood(joined(code), source, "PRIMARY KEY, UNIQUE, FOREIGN KEY and CHECK are read")


def change(draft: EntityDraft, name: str, **changes: Any) -> None:
    """Changes a column of the draft, where it is there."""
    known: FieldDraft | None = draft.find(name)
    if known is not None:
        known.field = replace(known.field, **changes)


def _without_expression(code: Tokens) -> list[Token]:
    """A generated column without the expression that makes it, whose texts are no values of the column."""
    at = next((place for place, token in enumerate(code) if token.upper == "GENERATED" and token.bare), None)
    start = opening(code, at) if at is not None else None
    if start is None or "IDENTITY" in [token.upper for token in code[at:start]]:
        return list(code)
    return [*code[:at], *code[start + len(group(code, start)) + 2 :]]


def _checks(code: Tokens) -> list[str]:
    """The conditions of CHECK in a column."""
    return [
        joined(group(code, place + 1))
        for place, token in enumerate(code[:-1])
        if token.upper == "CHECK" and token.bare and code[place + 1].text == "("
    ]


def _named_type(made: FieldDraft, code: Tokens) -> None:
    """A type that no database knows is one that these specs create: an enum or a domain."""
    head = code[0]
    if made.field.confidence >= 1 or head.kind != "word" or (head.bare and head.upper in _NOT_TYPES):
        return
    if made.field.type.values or read_type(head.text) is not None:
        return
    dotted = len(code) > 2 and code[1].text == "."
    name = code[2].text if dotted else head.text
    if not dotted and len(code) > 1 and code[1].kind == "word" and code[1].upper not in _NOT_TYPES:
        return
    made.target = name
    made.field = replace(made.field, type=Type(Kind.TEXT, raw=name), confidence=0.6)


def _behind_elision(piece: Tokens) -> list[Token]:
    kept = list(piece)
    while kept and kept[0].text in (".", "...", "…"):
        kept.pop(0)
    return kept


def _is_column(code: Tokens) -> bool:
    """`key TEXT` and `index INT` are columns; `UNIQUE (a)` and `KEY k (a)` are not."""
    if code[0].upper not in ("KEY", "INDEX", "LIKE", "PARTITION", "PERIOD") or len(code) < 2 or code[1].kind != "word":
        return False
    return read_type(joined(code[1:4])) is not None and not (
        len(code) > 2 and code[2].text == "(" and not read_type(code[1].text)
    )


def _mark_unique(draft: EntityDraft, names: list[str], source: Source, label: str) -> None:
    if len(names) == 1:
        change(draft, names[0], unique=True)
    elif names:
        draft.indexes.append(Index(tuple(names), unique=True, source=source, name=label))


def _mark_index(draft: EntityDraft, names: list[str], code: Tokens, source: Source) -> None:
    before = [t.text for t in code[:4] if t.kind == "word" and t.upper not in ("INDEX", "KEY", "FULLTEXT", "SPATIAL")]
    label = before[0] if before and before[0] not in names else ""
    if names:
        draft.indexes.append(Index(tuple(names), unique=False, source=source, name=label))


def _mark_foreign(draft: EntityDraft, names: list[str], code: Tokens) -> None:
    at = after(code, "REFERENCES")
    target = last_name(code[at : at + 3]) if at < len(code) else None
    columns = names_in_parenthesis(code[at:])
    action = re.search(r"ON DELETE (CASCADE|RESTRICT|SET NULL)", joined(code), re.I)
    if target and len(names) == 1:
        reference = reference_to(target.text, columns[0] if columns else "", action.group(1).lower() if action else "")
        change(draft, names[0], references=reference)
