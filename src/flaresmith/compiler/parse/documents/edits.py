"""Entries written into a document: in the style of what stands around them, block or flow, YAML or JSON."""

from __future__ import annotations

import re

import orjson

from flaresmith.compiler.model import Edit, Source
from flaresmith.compiler.parse.documents.tree import Document


def with_entry(document: Document, file: str, mapping: dict[str, object], key: str, value: str) -> Edit | None:
    """The edit that writes `key: value` as the first entry of a mapping; None where the text was read repaired.

    `value` is a plain word, or flow YAML that is JSON as well.
    """
    if not document.text or not mapping:
        return None
    line, column = document.place(mapping)
    rest = document.text.split("\n", line)[line - 1][column - 1 :] if line <= document.text.count("\n") + 1 else ""
    place = Source(file, line, column)
    if not rest.startswith("{"):
        indent = " " * (column - 1)
        return Edit(place, 0, f"{key}: {value}\n{indent}") if re.match(r"[\w\"'$-]", rest) else None
    if file.lower().endswith(".json") or re.match(r"\{\s*\"", rest):
        value = value if value[:1] in "{[" else orjson.dumps(value).decode()
        key = f'"{key}"'
    return Edit(place, 1, f"{{{key}: {value}," + ("" if rest[1:2].isspace() or len(rest) == 1 else " "))
