"""SQL statements and their pieces as tokens: where one ends, what stands between commas, which names they hold."""

from __future__ import annotations

from collections.abc import Sequence

from flaresmith.compiler.parse.code.sql.tokens import Token

Tokens = Sequence[Token]

_NO_NAMES = frozenset(("IF", "NOT", "EXISTS", "ONLY", "USING", "CONCURRENTLY"))


def statements(stream: Tokens) -> list[list[Token]]:
    """Statements end at a semicolon; a pseudo table ends at its closing parenthesis."""
    found: list[list[Token]] = [[]]
    depth = 0
    for token in stream:
        if token.kind == "mark":
            depth = max(0, depth + (token.text == "(") - (token.text == ")"))
        if token.text == ";" and token.kind == "mark" and depth == 0:
            found.append([])
            continue
        if _starts_anew(found[-1], token, depth):
            found.append([])
            depth = 0
        found[-1].append(token)
    return [statement for statement in found if statement]


def pieces(stream: Tokens) -> list[list[Token]]:
    """The comma-separated pieces up to the closing parenthesis; a comment behind the comma stays with its line."""
    found: list[list[Token]] = [[]]
    depth = 0
    comma_line = -1
    for token in stream:
        if token.kind == "comment" and token.line == comma_line and len(found) > 1:
            found[-2].append(token)
            continue
        if token.kind == "comment" and not found[-1]:
            continue
        if token.kind == "mark":
            depth += (token.text == "(") - (token.text == ")")
            if depth < 0:
                break
        if token.text == "," and token.kind == "mark" and depth == 0:
            found.append([])
            comma_line = token.line
            continue
        found[-1].append(token)
    return [piece for piece in found if piece]


def without_comments(stream: Tokens) -> list[Token]:
    """The code alone."""
    return [token for token in stream if token.kind != "comment"]


def after(stream: Tokens, word: str) -> int:
    """The place behind a keyword, or the end."""
    return next(
        (place + 1 for place, token in enumerate(stream) if token.upper == word and token.kind == "word"), len(stream)
    )


def opening(stream: Tokens, start: int = 0) -> int | None:
    """The place of the first opening parenthesis."""
    return next((place for place in range(start, len(stream)) if stream[place].text == "("), None)


def group(stream: Tokens, start: int) -> list[Token]:
    """What stands between the parenthesis at a place and the one that closes it."""
    depth, found = 0, list[Token]()
    for token in stream[start:]:
        depth += (token.text == "(" and token.kind == "mark") - (token.text == ")" and token.kind == "mark")
        if depth == 0:
            break
        found.append(token)
    return found[1:]


def last_name(stream: Tokens) -> Token | None:
    """The table's name without its schema and the words IF NOT EXISTS."""
    names = [t for t in stream if t.kind == "word" and (t.upper not in _NO_NAMES)]
    if not names:
        return None
    dots = 0
    while dots < len(names) - 1 and any(
        token.text == "."
        and (token.line, token.column) > (names[dots].line, names[dots].column)
        and (token.line, token.column) < (names[dots + 1].line, names[dots + 1].column)
        for token in stream
    ):
        dots += 1
    return names[dots]


def names_in_parenthesis(code: Tokens) -> list[str]:
    """The column names of the first parenthesis; `lower(email)` is a name of its column."""
    names: list[str] = []
    depth, taken = 0, False
    for place, token in enumerate(code):
        if token.text == "(":
            depth += 1
        elif token.text == ")":
            depth -= 1
            if depth == 0:
                break
        elif depth == 1 and token.text == ",":
            taken = False
        elif token.kind == "word" and not taken and not _is_call(code, place) and depth in (1, 2):
            names.append(token.text)
            taken = True
    return names


def joined(code: Tokens) -> str:
    """The tokens as one line of SQL."""
    text = ""
    for token in code:
        tight = token.text in ("(", ")", ",", ".", "::", "[", "]") or text[-1:] in ("(", ".", ":", "[", "")
        text += token.text if tight else f" {token.text}"
        if len(text) > 3000:
            break
    return text.strip()


def _starts_anew(so_far: list[Token], token: Token, depth: int) -> bool:
    """CREATE at the beginning of a line opens a statement, even where the one before was not closed."""
    code = [known for known in so_far[-3:] if known.kind != "comment"]
    if not code or token.kind != "word":
        return False
    fresh = token.line > code[-1].line and (code[-1].text != "," or token.column == 1)
    if token.upper in ("CREATE", "ALTER", "INSERT", "COMMENT") and fresh and token.bare:
        return depth == 0 or token.column == 1
    return depth == 0 and code[-1].text == ")" and fresh and so_far[0].upper not in ("CREATE", "ALTER", "INSERT")


def _is_call(code: Tokens, place: int) -> bool:
    return place + 1 < len(code) and code[place + 1].text == "("
