"""JSON and YAML with the line of every mapping: bounded in depth and size, in linear time, repaired where safe."""

from __future__ import annotations

from flaresmith.compiler.parse.documents.json import read_json
from flaresmith.compiler.parse.documents.repair import repaired_json, repaired_yaml
from flaresmith.compiler.parse.documents.tree import Document, Repair, Unreadable
from flaresmith.compiler.parse.documents.yaml import read_yaml

__all__ = ["Document", "Repair", "Unreadable", "read_document", "read_documents"]


def read_document(text: str, *, json_text: bool) -> Document:
    """The first document of a text; raises `Unreadable` with the place of what is wrong."""
    return read_json(text) if json_text else next(iter(read_yaml(text)), Document(None))


def read_documents(text: str, *, json_text: bool) -> list[Document]:
    """All documents of a text. What is broken is repaired where its meaning is plain, and each repair is kept.

    Raises `Unreadable` where nothing can be read. A part that cannot be repaired is left out and told by the last
    document's `lost`.
    """
    if json_text and text.lstrip()[:1] in "{[":
        try:
            return [read_json(text)]
        except Unreadable as problem:
            return [repaired_json(text, problem)]
    try:
        return list(read_yaml(text))
    except Unreadable as problem:
        return repaired_yaml(text, problem)
