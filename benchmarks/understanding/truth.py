"""The labels: what the author of each data model says, read by a person and kept as facts."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TRUTH = ROOT / "tests" / "compiler" / "truth"
CORPORA = ROOT.parent / "shared" / "corpora"


class TextChanged(Exception):
    """The labelled text is not the text that was read for the labels."""


@dataclass(frozen=True, slots=True)
class Label:
    """One labelled field. What the author leaves open is absent from `said` and is not scored."""

    name: str
    line: int
    notation: str
    said: Mapping[str, Any]
    open: bool = False

    @property
    def key(self) -> str:
        """The name as it is compared, with its path: `hooks.afterTasks` is `hooks.aftertasks`."""
        return ".".join(plain(part) for part in self.name.split("."))


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled entity or enum; `names` are all the names that the author gives it."""

    names: Sequence[str]
    line: int
    kind: str
    notation: str
    fields: Sequence[Label]
    values: Sequence[str]
    transitions: Sequence[tuple[str, str, str]]
    open: bool
    fields_open: bool

    @property
    def keys(self) -> set[str]:
        """The names as they are compared."""
        return {singular(name) for name in self.names}


@dataclass(frozen=True, slots=True)
class Document:
    """One data model with its labels; `feature` is the name of its folder, `text` its bytes."""

    file: str
    feature: str
    text: bytes
    entities: Sequence[Labelled]


def plain(name: str) -> str:
    """A name without case, spaces, underscores and what stands in angle brackets."""
    return re.sub(r"[\W_]+", "", re.sub(r"<[^<>]*>", "", name)).lower()


def singular(name: str) -> str:
    """The name of an entity as it is compared: `user_roles`, `UserRole` and `User Roles` are one."""
    key = plain(name)
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")):
        if key.endswith(ending):
            return key[: -len(ending)] + instead
    return key[:-1] if key.endswith("s") and not key.endswith(("ss", "us", "is")) else key


def documents(truth: Path = TRUTH, corpora: Path = CORPORA) -> list[Document]:
    """All labelled data models with their text; `TextChanged` where a text is no longer what was labelled."""
    return [_document(json.loads(path.read_text("utf-8")), corpora) for path in sorted(truth.glob("*.json"))]


def _document(data: Mapping[str, Any], corpora: Path) -> Document:
    path = corpora / data["file"]
    text = path.read_bytes()
    if hashlib.sha256(text).hexdigest() != data["sha256"]:
        raise TextChanged(f"{data['file']} is not the text that was labelled; read it again and correct its labels")
    return Document(data["file"], path.parent.name, text, [_entity(entity) for entity in data["entities"]])


def _entity(data: Mapping[str, Any]) -> Labelled:
    return Labelled(
        names=[data["name"], *data.get("also", [])],
        line=data["line"],
        kind=data["kind"] or "",
        notation=data["notation"] or "",
        fields=[_field(field) for field in data["fields"]],
        values=data.get("values", []),
        transitions=[(field, before, after) for field, before, after in data.get("transitions", [])],
        open=data.get("open", False),
        fields_open=data.get("fields_open", False),
    )


def _field(data: Mapping[str, Any]) -> Label:
    told = {key: value for key, value in data.items() if key not in ("name", "line", "notation", "open")}
    return Label(data["name"], data["line"], data["notation"] or "", told, data.get("open", False))
