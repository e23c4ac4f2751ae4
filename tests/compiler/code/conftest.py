"""Code is read as a spec folder reads it, with the findings beside."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flaresmith.compiler.model import Source
from flaresmith.compiler.parse.code import read_code
from flaresmith.compiler.parse.drafts import EntityDraft, FieldDraft
from flaresmith.compiler.parse.findings import Findings


class Read:
    """What a block of code declares."""

    def __init__(self, language: str, text: str) -> None:
        self.findings = Findings()
        self.facts = read_code(language, text, Source("data-model.md", 11), self.findings)
        self.entities = list(self.facts.entities) if self.facts else []

    @property
    def names(self) -> list[str]:
        return [entity.name for entity in self.entities]

    def entity(self, name: str) -> EntityDraft:
        return next(entity for entity in self.entities if entity.name == name)

    def field(self, entity: str, name: str) -> FieldDraft:
        return next(known for known in self.entity(entity).fields if known.field.name == name)

    def shape(self, entity: str) -> dict[str, str]:
        """`name` → kind with `?` where it may be null, and its marks."""
        return {known.field.name: _told(known) for known in self.entity(entity).fields}


def _told(known: FieldDraft) -> str:
    marks = [word for word in ("primary_key", "unique", "indexed") if getattr(known.field, word)]
    optional = "?" if known.presence is False else ""
    return " ".join([f"{known.field.type.kind}{optional}", *marks])


@pytest.fixture
def read() -> Callable[[str, str], Read]:
    return Read
