"""Identifiers: random UUIDs for rows (001:D-012), and deterministic ones where a retry must not make a second row."""

from __future__ import annotations

import re
import unicodedata
import uuid

NAMESPACE = uuid.UUID("5b0a4c58-8f0e-5d5b-9a44-2f1f4f0e6c11")


def new() -> uuid.UUID:
    """A fresh random id."""
    return uuid.uuid4()


def derived(*parts: object) -> uuid.UUID:
    """The same id for the same parts, for ever."""
    return uuid.uuid5(NAMESPACE, "\x1f".join(str(part) for part in parts))


def parse(text: str) -> uuid.UUID | None:
    """The id that `text` spells, or None."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def slug(name: str) -> str:
    """The kebab-case slug of a name: ASCII lower case, other runs become one hyphen (flaresmith §1.1)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48].strip("-")
