"""Words of a spec for a heading: one line that can be printed, in which nothing starts code."""

from __future__ import annotations


def one_line(text: str) -> str:
    """The words on one line, without control characters, half characters and backticks."""
    printable = (
        text if text.isprintable() else "".join(character if character.isprintable() else " " for character in text)
    )
    return " ".join(printable.replace("`", "'").split())
