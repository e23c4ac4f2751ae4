"""The comparison: every labelled fact that was read, missed or read otherwise, and every fact that nobody wrote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.understanding.reading import Found, Read, read
from benchmarks.understanding.truth import Document, Label, Labelled, plain, singular

ENTITY, FIELD, TYPE, REQUIRED, REFERENCE, ENUM = "entity", "field", "type", "required", "reference", "enum"
FLAGS = ("nullable", "unique", "primary_key")
KIND, TRANSITION = "kind", "transition"
ASPECTS = (ENTITY, FIELD, TYPE, REQUIRED, REFERENCE, ENUM, *FLAGS, KIND, TRANSITION)
_SAME_KIND = {"text": "string"}  # an author who writes `string` or `text` means one thing


@dataclass(frozen=True, slots=True)
class Verdict:
    """One fact: `expected` is None where nobody wrote it, `found` is None where it was not read."""

    aspect: str
    notation: str
    file: str
    line: int
    name: str
    expected: str | None
    found: str | None

    @property
    def right(self) -> bool:
        return self.expected == self.found


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over verdicts: `right`, labelled facts (`wanted`) and facts that were read (`given`)."""

    right: int
    wanted: int
    given: int

    @property
    def precision(self) -> float:
        return self.right / self.given if self.given else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def scored(verdicts: Iterable[Verdict]) -> Score:
    """Precision and recall of these verdicts."""
    kept = list(verdicts)
    right = sum(verdict.right for verdict in kept)
    wanted = sum(verdict.expected is not None for verdict in kept)
    return Score(right, wanted, sum(verdict.found is not None for verdict in kept))


def verdicts(documents: Iterable[Document]) -> list[Verdict]:
    """Reads every document and compares it with its labels."""
    return [verdict for document in documents for verdict in compared(document, read(document))]


def compared(document: Document, found: Sequence[Read]) -> Iterator[Verdict]:
    """The verdicts on one document."""
    waiting = list(found)
    for label in document.entities:
        entity = next((one for one in waiting if one.key in label.keys), None)
        if entity is not None:
            waiting.remove(entity)
        if not label.open:
            yield from _entity(document, label, entity)
    labelled = {key for label in document.entities for key in label.keys}
    for entity in waiting:
        if entity.key not in labelled or not _is_open(document, entity):
            yield Verdict(ENTITY, entity.notation, document.file, entity.line, entity.name, None, entity.name)
            yield from _extra(document, entity.name, entity.fields.values())


def _is_open(document: Document, entity: Read) -> bool:
    return any(label.open for label in document.entities if entity.key in label.keys)


def _entity(document: Document, label: Labelled, entity: Read | None) -> Iterator[Verdict]:
    def verdict(aspect: str, expected: str | None, found: str | None) -> Verdict:
        return Verdict(aspect, label.notation, document.file, label.line, label.names[0], expected, found)

    yield verdict(ENTITY, label.names[0], label.names[0] if entity else None)
    if entity and label.kind:
        yield verdict(KIND, label.kind, entity.kind)
    if label.values:
        yield verdict(ENUM, _listed(label.values), _listed(entity.values) if entity else None)
    for _, before, after in label.transitions:
        arrow = f"{before} -> {after}"
        read_it = entity is not None and (plain(before), plain(after)) in entity.transitions
        yield verdict(TRANSITION, arrow, arrow if read_it else None)
    yield from _fields(document, label, entity)


def _fields(document: Document, label: Labelled, entity: Read | None) -> Iterator[Verdict]:
    found = dict(entity.fields) if entity else {}
    for field in label.fields:
        match = found.pop(field.key, None)
        if not field.open:
            yield from _field(document, label, field, match)
    if not label.fields_open:
        yield from _extra(document, label.names[0], _unlabelled(label, found))


def _unlabelled(label: Labelled, found: Mapping[str, Found]) -> Iterator[Found]:
    """Fields that nobody wrote; not the parents of labelled paths, nor the inside of an object that has no labels."""
    parents = {field.key.rpartition(".")[0] for field in label.fields}
    above = {".".join(parent.split(".")[: end + 1]) for parent in parents for end in range(parent.count(".") + 1)}
    for path, field in found.items():
        labelled_inside = path.rpartition(".")[0] in above
        if path not in above and (labelled_inside or not field.inner):
            yield field


def _extra(document: Document, entity: str, fields: Iterable[Found]) -> Iterator[Verdict]:
    for field in fields:
        name = f"{entity}.{field.name}"
        yield Verdict(FIELD, field.notation, document.file, field.line, name, None, field.name)
        if field.said["references"]:
            target = field.said["references"]
            yield Verdict(REFERENCE, field.notation, document.file, field.line, name, None, target)


def _field(document: Document, label: Labelled, field: Label, found: Found | None) -> Iterator[Verdict]:
    name = f"{label.names[0]}.{field.name}"

    def verdict(aspect: str, expected: str | None, got: str | None) -> Verdict:
        return Verdict(aspect, field.notation, document.file, field.line, name, expected, got)

    yield verdict(FIELD, field.name, field.name if found else None)
    got: Mapping[str, Any] = found.said if found else {}
    if field.said.get("type") and found:
        yield verdict(TYPE, _kind(field.said["type"]), _kind(got["type"]))
    for flag in (REQUIRED, *FLAGS):
        if field.said.get(flag) is not None and flag in got:
            yield verdict(flag, str(field.said[flag]), str(got[flag]))
    if "references" in field.said and (field.said["references"] or got.get("references")):
        expected = field.said["references"]
        yield verdict(REFERENCE, expected, _target(document, expected, got.get("references")))
    if "enum" in field.said and (field.said["enum"] or got.get("enum")):
        yield verdict(ENUM, _listed(field.said["enum"]), _listed(got.get("enum")))


def _kind(kind: str) -> str:
    return _SAME_KIND.get(kind, kind)


def _listed(values: Sequence[Any] | None) -> str | None:
    return ", ".join(sorted(str(value) for value in values)) if values else None


def _target(document: Document, expected: str | None, found: str | None) -> str | None:
    """What was read, in the words of the label where both mean the same field."""
    if not expected or not found:
        return found
    (entity, _, field), (read_entity, _, read_field) = expected.partition("."), found.rpartition(".")
    names = next((label.keys for label in document.entities if singular(entity) in label.keys), {singular(entity)})
    same = singular(read_entity) in names and (not field or plain(field) == plain(read_field))
    return expected if same else found
