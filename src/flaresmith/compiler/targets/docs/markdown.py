"""Markdown that holds any words safely: nothing of a spec becomes a link, a heading, markup or a part of a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import quote

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~!&$])")
_LIST = re.compile(r"^([-+]|\d+[.)])(?=\s|$)")
_LONGEST = 2000


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """Words on one line in which nothing is markup."""
    shown = _MARKUP.sub(r"\\\1", _one_line(text)[:_LONGEST])
    return _LIST.sub(r"\\\1" if shown[:1] in "-+" else _escaped_number, shown)


def _escaped_number(found: re.Match[str]) -> str:
    return f"{found[1][:-1]}\\{found[1][-1]}"


@lru_cache(maxsize=65536)
def code(text: str) -> str:
    """Words in a code span, also inside a table."""
    shown = _one_line(text)[:_LONGEST].replace("`", "'").replace("|", "\\|")
    return f"`{shown}`" if shown else ""


def link(text: str, address: str) -> str:
    """A link; the address is made of safe characters."""
    return f"[{text}]({quote(address, safe='/#.-_~')})"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table with an empty line behind it, or nothing without rows."""
    listed = [f"| {' | '.join(row)} |" for row in rows]
    if not listed:
        return []
    return [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *listed, ""]


def bullets(items: Iterable[str]) -> list[str]:
    """A list with an empty line behind it, or nothing without items."""
    listed = [f"- {item}" for item in items]
    return [*listed, ""] if listed else []


def section(title: str, lines: Sequence[str], level: int = 2) -> list[str]:
    """A heading and what stands below it; nothing where nothing would."""
    return [f"{'#' * level} {title}", "", *lines] if lines else []


def document(lines: Iterable[str]) -> str:
    """The lines as a file, with one newline at the end."""
    return "\n".join(lines).rstrip("\n") + "\n"


def anchor(heading: str) -> str:
    """The anchor that a heading gets where the documents are shown: small letters, dashes for blanks."""
    kept = "".join(character for character in heading.lower() if character.isalnum() or character in " -_")
    return kept.replace(" ", "-")


def label(text: str) -> str:
    """Words inside quotes of a diagram."""
    return "".join(c if c.isalnum() or c in " -_.," else " " for c in _one_line(text))[:80].strip() or "unnamed"


def _one_line(text: str) -> str:
    printable = text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
    return " ".join(printable.split())
