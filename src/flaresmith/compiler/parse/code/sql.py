"""Tables from fenced SQL: `CREATE TABLE`, the pseudo form `table ( col TYPE …, )`, indexes, alterations, enums."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from flaresmith.compiler import naming
from flaresmith.compiler.model import EntityKind, Index, Notation, Rule, Source
from flaresmith.compiler.parse.code.sqltokens import Token, tokens
from flaresmith.compiler.parse.drafts import EntityDraft, FieldDraft, Written, field_draft, reference_to
from flaresmith.compiler.parse.findings import Findings, excerpt
from flaresmith.compiler.parse.markdown import Fence
from flaresmith.compiler.parse.types import read_type

_TABLE_WORDS = frozenset("CONSTRAINT PRIMARY FOREIGN UNIQUE CHECK EXCLUDE INDEX KEY LIKE PARTITION".split())  # noqa: SIM905
_PSEUDO = re.compile(r"^\s*(?:table\s+)?[`\"]?[A-Za-z_]\w*[`\"]?(?:\.[A-Za-z_]\w*)?\s*\(\s*(?:--.*)?$", re.M | re.I)
TABLE = re.compile(rf"\bcreate\s+(?:\w+\s+){{0,2}}table\b|{_PSEUDO.pattern}", re.M | re.I)  # what declares one
_KEYWORDS = frozenset(
    [
        "CHECK",
        "AND",
        "OR",
        "NOT",
        "WHERE",
        "ON",
        "IN",
        "IF",
        "EXISTS",
        "VALUES",
        "FROM",
        "JOIN",
        "UNIQUE",
        "PRIMARY",
        "FOREIGN",
        "CONSTRAINT",
        "EXECUTE",
        "CALL",
        "USING",
    ]
)
_IGNORED = frozenset("""BEGIN COMMIT COMMENT SET SELECT INSERT GRANT REVOKE DROP USE DO""".split())  # noqa: SIM905

Tokens = Sequence[Token]


def is_sql(fence: Fence) -> bool:
    """Whether a fence holds table definitions: by its language, or by their form where it has none."""
    if fence.language in ("sql", "postgresql", "postgres", "psql", "pgsql", "mysql", "sqlite", "plpgsql", "ddl"):
        return True
    text = "\n".join(fence.lines[:400])
    if fence.language not in ("", "text", "txt", "plaintext"):
        return False
    return bool(
        re.search(r"\bcreate\s+table\b", text, re.I) or (_PSEUDO.search(text) and re.search(r"^\s*\)", text, re.M))
    )


def read_sql(fence: Fence, file: str, findings: Findings) -> list[EntityDraft]:
    """The tables and enum types of a fence, in order, with the indexes and alterations that follow them."""
    return _Reader(file, findings).read(tokens(fence.lines, fence.line))


class _Reader:
    def __init__(self, file: str, findings: Findings) -> None:
        self._file = file
        self._findings = findings
        self._found: dict[str, EntityDraft] = {}

    def read(self, stream: list[Token]) -> list[EntityDraft]:
        for statement in _statements(stream):
            self._statement(statement)
        return list(self._found.values())

    def _statement(self, stream: Tokens) -> None:
        code = [token for token in stream if token.kind != "comment"]
        first = [token.upper for token in code[:8]]
        if not first or first[0] in _IGNORED:
            return
        if first[0] == "CREATE" and "TABLE" in first[1:4] and "PARTITION" not in first:
            self._table(stream, _after(stream, "TABLE"))
        elif first[0] == "CREATE" and "INDEX" in first[1:3]:
            self._index(code, unique="UNIQUE" in first[1:2])
        elif first[:2] == ["CREATE", "TYPE"]:
            self._type(code)
        elif first[:2] == ["ALTER", "TABLE"]:
            self._alter(code)
        elif first[0] == "CREATE":
            self._findings.info(
                "sql-not-read", f"{' '.join(first[:3]).lower()} is not part of the model", self._at(code[0])
            )
        elif "(" in first[1:4] and code[0].kind == "word" and first[0] not in _KEYWORDS and _has_columns(code):
            self._table(stream, 1 if first[0] == "TABLE" else 0)

    def _at(self, token: Token) -> Source:
        return Source(self._file, token.line, token.column)

    def _draft(self, token: Token, *, delta: bool = False) -> EntityDraft | None:
        if reason := naming.unsafe_reason(token.text):
            self._findings.error(
                "unsafe-name",
                f"the table name {excerpt(token.text)!r} is refused: {reason}",
                self._at(token),
                "use letters, digits and underscores",
            )
            return None
        key = naming.key(token.text)
        if key not in self._found:
            self._found[key] = EntityDraft(token.text, self._at(token), notation=Notation.SQL, delta=delta)
        return self._found[key]

    def _table(self, stream: Tokens, at: int) -> None:
        opening = next((place for place in range(at, len(stream)) if stream[place].text == "("), None)
        name = _last_name(stream[at:opening])
        draft = self._draft(name) if name else None
        if opening is None or draft is None:
            return
        for piece in _pieces(stream[opening + 1 :]):
            self._piece(draft, piece)

    def _piece(self, draft: EntityDraft, piece: Tokens) -> None:
        code = [token for token in piece if token.kind != "comment"]
        if not code:
            return
        if code[0].upper in _TABLE_WORDS and code[0].kind == "word" and not _is_column(code):
            self._constraint(draft, code)
        elif code[0].kind == "word" and len(code) > 1:
            self._column(draft, code, " ".join(token.text for token in piece if token.kind == "comment"))
        elif code[0].text not in ("...", "."):
            self._findings.not_understood(_joined(code), self._at(code[0]), "write a column as `name TYPE constraints`")

    def _column(self, draft: EntityDraft, code: Tokens, comment: str) -> None:
        rest = _joined(code[1:])
        written = Written(code[0].text, self._at(code[0]), _joined(code), rest, "", comment, sql=True)
        made = field_draft(written, self._findings)
        if made is not None:
            made.presence = made.presence if made.presence is not None else False
            draft.add(made)

    def _constraint(self, draft: EntityDraft, code: Tokens) -> None:
        if code[0].upper == "CONSTRAINT":
            code = code[2:]
        words = [token.upper for token in code[:3]]
        names = _names_in_parenthesis(code)
        source = self._at(code[0]) if code else draft.source
        if words[:1] == ["PRIMARY"]:
            _mark_primary(draft, names)
        elif words[:1] == ["UNIQUE"]:
            _mark_unique(draft, names, source)
        elif words[:1] == ["FOREIGN"]:
            _mark_foreign(draft, names, code)
        elif words[:1] == ["CHECK"]:
            draft.rules.append(Rule(excerpt(_joined(code)), source, expression=_joined(code[1:])[:1000]))
        elif words[:1] == ["INDEX"] or words[:1] == ["KEY"]:
            draft.indexes.append(Index(tuple(names), unique=False, source=source))
        elif words:
            self._findings.not_understood(_joined(code), source, "PRIMARY KEY, UNIQUE, FOREIGN KEY and CHECK are read")

    def _index(self, code: Tokens, *, unique: bool) -> None:
        place = _after(code, "ON")
        opening = next((at for at in range(place, len(code)) if code[at].text == "("), None)
        name = _last_name(code[place:opening])
        if opening is None or name is None:
            return
        draft = self._draft(name, delta=True)
        fields = _names_in_parenthesis(code[opening:])
        if draft is None or not fields:
            return
        where = _joined(code[_after(code, "WHERE") :]) if any(token.upper == "WHERE" for token in code) else ""
        label = code[place - 2].text if place >= 2 and code[place - 2].upper != "INDEX" else ""
        draft.indexes.append(Index(tuple(fields), unique, self._at(code[0]), where=where[:500], name=label))

    def _type(self, code: Tokens) -> None:
        values = tuple(token.text.strip("'").replace("''", "'") for token in code if token.kind == "text")
        if len(code) > 2 and values and any(token.upper == "ENUM" for token in code):
            draft = self._draft(_last_name(code[2:4]) or code[2])
            if draft is not None:
                draft.kind, draft.values = EntityKind.ENUM, values

    def _alter(self, code: Tokens) -> None:
        name = next((token for token in code[2:] if token.upper not in ("IF", "EXISTS", "ONLY")), None)
        if name is None or not any(token.upper == "ADD" for token in code):
            return
        draft = self._draft(name, delta=True)
        for piece in _pieces(code[_after(code, "ADD") :]) if draft else ():
            self._addition(draft, [token for token in piece if token.upper != "ADD"] if piece else piece)

    def _addition(self, draft: EntityDraft | None, piece: Tokens) -> None:
        words = [token.upper for token in piece[:4]]
        if draft is None or not words:
            return
        if words[0] == "COLUMN":
            piece = piece[4 if words[1:4] == ["IF", "NOT", "EXISTS"] else 1 :]
        self._piece(draft, piece)


def _statements(stream: Tokens) -> list[list[Token]]:
    """Statements end at a semicolon; a pseudo table ends at its closing parenthesis."""
    found: list[list[Token]] = [[]]
    depth = 0
    for token in stream:
        if token.kind == "mark":
            depth = max(0, depth + (token.text == "(") - (token.text == ")"))
        if token.text == ";" and token.kind == "mark" and depth == 0:
            found.append([])
            continue
        if depth == 0 and _starts_anew(found[-1], token):
            found.append([])
        found[-1].append(token)
    return [statement for statement in found if statement]


def _starts_anew(so_far: list[Token], token: Token) -> bool:
    code = [known for known in so_far[-3:] if known.kind != "comment"]
    if not code or token.kind != "word":
        return False
    if token.upper in ("CREATE", "ALTER") and token.line > code[-1].line:
        return True
    return code[-1].text == ")" and token.line > code[-1].line and so_far[0].upper not in ("CREATE", "ALTER")


def _pieces(stream: Tokens) -> list[list[Token]]:
    """The comma-separated pieces up to the closing parenthesis; a comment behind the comma stays with its line."""
    pieces: list[list[Token]] = [[]]
    depth = 0
    comma_line = -1
    for token in stream:
        if token.kind == "comment" and token.line == comma_line and len(pieces) > 1:
            pieces[-2].append(token)
            continue
        if token.kind == "comment" and not pieces[-1]:
            continue
        if token.kind == "mark":
            depth += (token.text == "(") - (token.text == ")")
            if depth < 0:
                break
        if token.text == "," and token.kind == "mark" and depth == 0:
            pieces.append([])
            comma_line = token.line
            continue
        pieces[-1].append(token)
    return [piece for piece in pieces if piece]


def _has_columns(code: Tokens) -> bool:
    """Whether a parenthesis without CREATE TABLE holds columns: `name TYPE` pieces, not the arguments of a call."""
    opening = next(place for place, token in enumerate(code) if token.text == "(")
    pieces = _pieces(code[opening + 1 :])
    typed = sum(
        len(piece) > 1 and piece[0].kind == "word" and read_type(_joined(piece[1:4])) is not None for piece in pieces
    )
    return typed > 0 and typed * 3 >= len(pieces)


def _is_column(code: Tokens) -> bool:
    """`key TEXT` and `index INT` are columns; `UNIQUE (a)` and `PRIMARY KEY (a)` are not."""
    return code[0].upper in ("KEY", "INDEX", "LIKE", "PARTITION") and len(code) > 1 and code[1].kind == "word"


def _mark_primary(draft: EntityDraft, names: list[str]) -> None:
    for name in names:
        _change(draft, name, primary_key=True)


def _mark_unique(draft: EntityDraft, names: list[str], source: Source) -> None:
    if len(names) == 1:
        _change(draft, names[0], unique=True)
    elif names:
        draft.indexes.append(Index(tuple(names), unique=True, source=source))


def _mark_foreign(draft: EntityDraft, names: list[str], code: Tokens) -> None:
    at = _after(code, "REFERENCES")
    target = _last_name(code[at : at + 3]) if at < len(code) else None
    columns = _names_in_parenthesis(code[at:])
    action = re.search(r"ON DELETE (CASCADE|RESTRICT|SET NULL)", _joined(code), re.I)
    if target and len(names) == 1:
        reference = reference_to(target.text, columns[0] if columns else "", action.group(1).lower() if action else "")
        _change(draft, names[0], references=reference)


def _change(draft: EntityDraft, name: str, **changes: object) -> None:
    known: FieldDraft | None = draft.find(name)
    if known is not None:
        known.field = replace(known.field, **changes)  # type: ignore[arg-type]


def _after(stream: Tokens, word: str) -> int:
    return next(
        (place + 1 for place, token in enumerate(stream) if token.upper == word and token.kind == "word"), len(stream)
    )


def _last_name(stream: Tokens) -> Token | None:
    """The table's name without its schema and the words IF NOT EXISTS."""
    names = [t for t in stream if t.kind == "word" and t.upper not in ("IF", "NOT", "EXISTS", "ONLY", "USING")]
    if not names:
        return None
    dotted = len(names) > 1 and any(token.text == "." for token in stream)
    return names[1] if dotted else names[0]


def _names_in_parenthesis(code: Tokens) -> list[str]:
    """The column names of the first parenthesis; an expression index keeps its first column."""
    names: list[str] = []
    depth = 0
    for place, token in enumerate(code):
        if token.text == "(":
            depth += 1
        elif token.text == ")":
            depth -= 1
            if depth == 0:
                break
        elif depth == 1 and token.kind == "word" and code[place - 1].text in ("(", ",") and not _is_call(code, place):
            names.append(token.text)
    return names


def _is_call(code: Tokens, place: int) -> bool:
    return place + 1 < len(code) and code[place + 1].text == "("


def _joined(code: Tokens) -> str:
    text = ""
    for token in code:
        tight = token.text in ("(", ")", ",", ".", "::", "[", "]") or text[-1:] in ("(", ".", ":", "[", "")
        text += token.text if tight else f" {token.text}"
        if len(text) > 3000:
            break
    return text.strip()
