"""Tables from fenced SQL: definitions, changes, indexes, enums, comments, rows, and the pseudo form `t ( id INT, )`.

A tolerant reader of tokens. Tried against sqlglot on the 166 SQL fences of the public spec folders: sqlglot refuses 16
of them whole (elisions, pseudo forms, half-written statements), leaves 52 with statements that it only keeps as text,
and takes twice the time; this one loses no line, and knows the line of each column.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from flaresmith.compiler import naming
from flaresmith.compiler.model import EntityKind, Index, Kind, Notation
from flaresmith.compiler.parse.code.sql.columns import Columns, change
from flaresmith.compiler.parse.code.sql.seeds import seed_rows
from flaresmith.compiler.parse.code.sql.statements import (
    Tokens,
    after,
    joined,
    last_name,
    names_in_parenthesis,
    opening,
    pieces,
    statements,
    without_comments,
)
from flaresmith.compiler.parse.code.sql.tokens import Token, tokens
from flaresmith.compiler.parse.drafts import EntityDraft, FieldDraft, Written, field_draft
from flaresmith.compiler.parse.findings import Findings, excerpt
from flaresmith.compiler.parse.markdown import Fence
from flaresmith.compiler.parse.types import enum_of, read_type

LABELS = frozenset(
    (
        "sql",
        "postgresql",
        "postgres",
        "psql",
        "pgsql",
        "mysql",
        "sqlite",
        "plpgsql",
        "ddl",
        "tsql",
        "mariadb",
        "sqlite3",
    )
)
_OPEN = frozenset(("", "text", "txt", "plaintext", "plain", "code", "pseudo", "pseudocode"))
_PSEUDO = re.compile(r"^[ \t]*(?:table\s+)?[`\"]?[A-Za-z_]\w*[`\"]?(?:\.[A-Za-z_]\w*)?\s*\(\s*(?:--.*)?$", re.M | re.I)
TABLE = re.compile(rf"\bcreate\s+(?:\w+\s+){{0,2}}table\b|{_PSEUDO.pattern}", re.M | re.I)  # what declares one
_KEYWORDS = frozenset(
    """CHECK AND OR NOT WHERE ON IN IF EXISTS VALUES FROM JOIN UNIQUE PRIMARY FOREIGN CONSTRAINT EXECUTE CALL
    USING""".split()  # noqa: SIM905
)
_IGNORED = frozenset(("BEGIN", "COMMIT", "SET", "SELECT", "GRANT", "REVOKE", "DROP", "USE", "DO"))


def is_sql(fence: Fence) -> bool:
    """Whether a fence holds table definitions: by its language, or by their form where it has none."""
    if fence.language in LABELS:
        return True
    if fence.language not in _OPEN:
        return False
    text = "\n".join(fence.lines[:400])
    return bool(
        re.search(r"\bcreate\s+table\b", text, re.I) or (_PSEUDO.search(text) and re.search(r"^[ \t]*\)", text, re.M))
    )


def read_sql(fence: Fence, file: str, findings: Findings) -> list[EntityDraft]:
    """The tables and enum types of a fence, in order, with the indexes and alterations that follow them."""
    return _Reader(fence, file, findings).read(tokens(fence.lines, fence.line))


class _Reader:
    def __init__(self, fence: Fence, file: str, findings: Findings) -> None:
        self._lines = {number: line.strip()[:400] for number, line in enumerate(fence.lines, start=fence.line)}
        self._file = file
        self._findings = findings
        self._columns = Columns(file, findings)
        self._found: dict[str, EntityDraft] = {}

    def read(self, stream: list[Token]) -> list[EntityDraft]:
        for statement in statements(stream):
            self._statement(statement)
        self._settle_enums()
        return list(self._found.values())

    def _statement(self, stream: Tokens) -> None:
        code = without_comments(stream)
        first = [token.upper for token in code[:8]]
        if not first or first[0] in _IGNORED:
            return
        if first[0] == "CREATE":
            self._create(stream, code, first)
        elif first[:2] == ["ALTER", "TABLE"]:
            self._alter(stream, code)
        elif first[:2] == ["COMMENT", "ON"]:
            self._comment(code)
        elif first[0] == "INSERT":
            self._insert(code)
        elif "(" in first[1:4] and code[0].kind == "word" and first[0] not in _KEYWORDS and _has_columns(code):
            self._table(stream, 1 if first[0] == "TABLE" else 0)

    def _create(self, stream: Tokens, code: Tokens, first: list[str]) -> None:
        if "TABLE" in first[1:4]:
            if "PARTITION" not in first:
                self._table(stream, after(stream, "TABLE"))
        elif "INDEX" in first[1:4]:
            self._index(code, unique="UNIQUE" in first[1:3])
        elif first[1:2] == ["TYPE"]:
            self._type(code)
        elif first[1:2] == ["DOMAIN"]:
            self._domain(code)
        else:
            self._findings.info(
                "sql-not-read", f"{' '.join(first[:3]).lower()} is not part of the model", self._columns.at(code[0])
            )

    def _draft(self, token: Token, *, delta: bool = False) -> EntityDraft | None:
        source = self._columns.at(token)
        if reason := naming.unsafe_reason(token.text):
            self._findings.error(
                "unsafe-name",
                f"the table name {excerpt(token.text)!r} is refused: {reason}",
                source,
                "use letters, digits and underscores",
            )
            return None
        key = naming.key(token.text)
        if key not in self._found:
            self._found[key] = EntityDraft(
                token.text, source, notation=Notation.SQL, delta=delta, raw=self._lines.get(token.line, "")
            )
        return self._found[key]

    def _table(self, stream: Tokens, at: int) -> None:
        place = opening(stream, at)
        name = last_name(stream[at:place])
        draft = self._draft(name) if name else None
        if place is None or draft is None:
            return
        draft.delta = self._columns.elided(stream)
        for piece in pieces(stream[place + 1 :]):
            self._columns.piece(draft, piece)

    def _index(self, code: Tokens, *, unique: bool) -> None:
        place = after(code, "ON")
        start = opening(code, place)
        name = last_name([token for token in code[place:start] if token.upper != "USING"][:5])
        if start is None or name is None:
            return
        draft = self._draft(name, delta=True)
        fields = names_in_parenthesis(code[start:])
        if draft is None or not fields:
            return
        where = joined(code[after(code, "WHERE") :]) if any(t.upper == "WHERE" and t.bare for t in code) else ""
        label = code[place - 2].text if place >= 2 and code[place - 2].upper not in ("INDEX", "CONCURRENTLY") else ""
        using = after(code, "USING")
        method = code[using].text.lower() if using < len(code) and code[using].kind == "word" else ""
        draft.indexes.append(
            Index(
                tuple(fields),
                unique,
                self._columns.at(code[0]),
                where=where[:500],
                name=label,
                method="" if method == "btree" else method,
            )
        )

    def _type(self, code: Tokens) -> None:
        values = tuple(token.text.strip("'").replace("''", "'") for token in code if token.kind == "text")
        if len(code) > 2 and values and any(token.upper == "ENUM" for token in code):
            place = opening(code) or len(code)
            draft = self._draft(last_name([t for t in code[2:place] if t.upper not in ("AS", "ENUM")]) or code[2])
            if draft is not None:
                draft.kind, draft.values = EntityKind.ENUM, values

    def _domain(self, code: Tokens) -> None:
        """`CREATE DOMAIN status AS text CHECK (VALUE IN ('a', 'b'))` is a list of values too."""
        condition = joined(code[after(code, "CHECK") :])
        values = re.findall(r"'([^'\n]{1,80})'", condition) if re.search(r"VALUE\s+IN\b", condition, re.I) else []
        draft = self._draft(code[2]) if len(code) > 2 and values else None
        if draft is not None:
            draft.kind, draft.values = EntityKind.ENUM, tuple(values)

    # statements that change what another one made

    def _alter(self, stream: Tokens, code: Tokens) -> None:
        name = last_name(code[2:8])
        if name is None:
            return
        place = next((at for at, token in enumerate(stream) if token is name), len(stream))
        actions = pieces(stream[place + 1 :])
        words = {token.upper for action in actions for token in without_comments(action)[:1]}
        if not words & {"ADD", "DROP", "ALTER", "MODIFY", "CHANGE", "RENAME"}:
            return
        draft = self._draft(name, delta=True)
        latest = "ADD"
        for action in actions if draft is not None else ():
            inner = without_comments(action)
            verb = inner[0].upper if inner else ""
            if verb in _VERBS:
                latest = verb
            if draft is not None and inner:
                _VERBS[latest](
                    self, draft, [t for t in action if t is not inner[0]] if verb in _VERBS else list(action)
                )

    def _add(self, draft: EntityDraft, action: list[Token]) -> None:
        code = without_comments(action)
        skipped = 1 if code and code[0].upper == "COLUMN" else 0
        if [token.upper for token in code[skipped : skipped + 3]] == ["IF", "NOT", "EXISTS"]:
            skipped += 3
        dropped = code[:skipped]
        rest = [token for token in action if not any(token is known for known in dropped)]
        if rest and rest[0].text == "(":
            for piece in pieces(rest[1:]):
                self._columns.piece(draft, piece)
        else:
            self._columns.piece(draft, rest)

    def _drop(self, draft: EntityDraft, action: list[Token]) -> None:
        code = [token for token in without_comments(action) if token.upper not in ("COLUMN", "IF", "EXISTS")]
        if not code or code[0].upper in ("CONSTRAINT", "INDEX", "PRIMARY", "FOREIGN", "CHECK"):
            return
        known = draft.find(code[0].text)
        if known is not None:
            draft.fields = [field for field in draft.fields if field is not known]
        else:
            draft.removed.append((code[0].text, self._columns.at(code[0])))

    def _change(self, draft: EntityDraft, action: list[Token]) -> None:
        """ALTER COLUMN: a new type, presence or default; a column of a table that stands elsewhere is said again."""
        code = [token for token in without_comments(action) if token.upper != "COLUMN"]
        if not code or code[0].kind != "word":
            return
        words = [token.upper for token in code[1:5]]
        known = draft.find(code[0].text)
        if words[:3] == ["SET", "NOT", "NULL"] or words[:3] == ["DROP", "NOT", "NULL"]:
            if known is not None:
                known.presence = words[0] == "SET"
        elif words[:2] == ["DROP", "DEFAULT"]:
            change(draft, code[0].text, default=None, has_default=False)
        elif words[:2] == ["SET", "DEFAULT"]:
            self._default(known, code)
        elif "TYPE" in words[:3] or (words and words[0] != "SET"):
            self._retype(draft, known, code)

    def _default(self, known: FieldDraft | None, code: Tokens) -> None:
        if known is None:
            return
        text = f"text {joined(code[2:])}"
        made = field_draft(Written(known.field.name, known.field.source, "", text, sql=True), self._findings)
        if made is not None and made.field.has_default:
            known.field = replace(known.field, default=made.field.default, has_default=True)

    def _retype(self, draft: EntityDraft, known: FieldDraft | None, code: Tokens) -> None:
        rest = code[1:] if code[1].upper not in ("SET", "TYPE") else code[after(code, "TYPE") :]
        place = next((at for at, token in enumerate(rest) if token.upper == "USING"), len(rest))
        reading = read_type(joined(rest[:place]))
        if known is not None and reading is not None and reading.known:
            known.field = replace(known.field, type=reading.type)
        elif known is None and rest[:place]:
            self._columns.piece(draft, [code[0], *rest[:place]])

    def _rename(self, draft: EntityDraft, action: list[Token]) -> None:
        code = [token for token in without_comments(action) if token.upper != "COLUMN"]
        if len(code) > 2 and code[1].upper == "TO" and not naming.unsafe_reason(code[2].text):
            known = draft.find(code[0].text)
            if known is not None:
                known.field = replace(known.field, name=code[2].text)

    def _comment(self, code: Tokens) -> None:
        text = next((token.text[1:-1].replace("''", "'") for token in code if token.kind == "text"), "")
        what, place = (code[2].upper if len(code) > 2 else ""), after(code, "IS")
        names = [token.text for token in code[3 : place - 1] if token.kind == "word"]
        if what == "TABLE" and names and (draft := self._found.get(naming.key(names[-1]))):
            draft.description = draft.description or excerpt(text)
        elif what == "COLUMN" and len(names) > 1 and (draft := self._found.get(naming.key(names[-2]))):
            change(draft, names[-1], description=excerpt(text))

    def _insert(self, code: Tokens) -> None:
        name, rows = seed_rows(code, self._file)
        draft = self._draft(name, delta=True) if name is not None and rows else None
        if draft is not None:
            draft.seeds += rows

    def _settle_enums(self) -> None:
        """Columns whose type is an enum of this block."""
        for draft in self._found.values():
            for known in draft.fields:
                enum = self._found.get(naming.key(known.target)) if known.target else None
                if enum is not None and enum.values:
                    typed = enum_of(enum.values, known.field.type.raw)
                    known.field = replace(known.field, type=typed, confidence=1.0)
                    known.target = ""
                elif known.field.type.kind is Kind.ARRAY and known.field.default == {}:
                    known.field = replace(known.field, default=[])


_Verb = Callable[[_Reader, EntityDraft, list[Token]], None]
_VERBS: dict[str, _Verb] = {
    "ADD": _Reader._add,
    "DROP": _Reader._drop,
    "ALTER": _Reader._change,
    "MODIFY": _Reader._change,
    "RENAME": _Reader._rename,
}


def _has_columns(code: Tokens) -> bool:
    """Whether a parenthesis without CREATE TABLE holds columns: `name TYPE` pieces, not the arguments of a call."""
    found = pieces(code[(opening(code) or 0) + 1 :])
    typed = sum(
        len(piece) > 1 and piece[0].kind == "word" and read_type(joined(piece[1:4])) is not None for piece in found
    )
    return typed > 0 and typed * 3 >= len(found)
