"""The bars of understanding: what hand-labelled data models say is what the compiler reads."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from benchmarks.understanding import report
from benchmarks.understanding.reading import Found, Read
from benchmarks.understanding.score import ENTITY, ENUM, FIELD, REFERENCE, TYPE, Verdict, compared, scored, verdicts
from benchmarks.understanding.truth import CORPORA, TRUTH, Document, Label, Labelled, documents, plain

LABELLED_AT_LEAST = 25


@pytest.fixture(scope="module")
def labelled() -> list[Document]:
    if not CORPORA.is_dir():
        pytest.skip(f"the corpora are not there: {CORPORA}")
    return documents()


@pytest.fixture(scope="module")
def judged(labelled: list[Document]) -> list[Verdict]:
    return verdicts(labelled)


def test_enough_data_models_are_labelled(labelled: list[Document]) -> None:
    assert len(labelled) >= LABELLED_AT_LEAST


def test_every_repository_of_the_corpora_is_labelled(labelled: list[Document]) -> None:
    there = {path.name for path in (CORPORA / "open").iterdir() if path.is_dir()}
    assert {document.file.split("/")[1] for document in labelled} == there


def test_labels_stand_on_the_lines_they_name(labelled: list[Document]) -> None:
    astray = []
    for document in labelled:
        lines = document.text.decode("utf-8", "replace").split("\n")
        for entity in document.entities:
            for field in entity.fields:
                if plain(field.name.split(".")[-1]) not in plain(lines[field.line - 1]):
                    astray.append(f"{document.file}:{field.line} {entity.names[0]}.{field.name}")
    assert astray == []


def test_files_without_entities_yield_none(labelled: list[Document], judged: list[Verdict]) -> None:
    empty = {document.file for document in labelled if not document.entities}
    assert len(empty) >= 3
    assert [verdict for verdict in judged if verdict.file in empty] == []


def test_the_bars(judged: list[Verdict]) -> None:
    below = report.below_bars(judged)
    assert below == [], "\n".join([*below, *list(report.misses(judged, list(report.BARS)))[:60]])


def document(*entities: Labelled) -> Document:
    return Document("x/data-model.md", "x", b"", entities)


def entity(name: str, *fields: Label, values: Sequence[str] = ()) -> Labelled:
    return Labelled([name], 1, "", "table", fields, values, (), open=False, fields_open=False)


def label(name: str, **said: object) -> Label:
    return Label(name, 1, "table", said)


def read(name: str, *fields: Found, values: Sequence[str] = ()) -> Read:
    return Read(name, 1, "persisted", "table", {field.path: field for field in fields}, values, frozenset())


def found(name: str, *, inner: bool = False, **said: object) -> Found:
    told = {"type": "string", "references": None, "enum": None, **said}
    return Found(name, ".".join(plain(part) for part in name.split(".")), 1, "table", told, inner)


def of(aspect: str, judged: Sequence[Verdict]) -> tuple[float, float]:
    score = scored(verdict for verdict in judged if verdict.aspect == aspect)
    return score.precision, score.recall


def test_a_missed_entity_misses_its_fields_and_a_made_up_one_makes_them_up() -> None:
    truth = document(entity("User", label("id"), label("email")), entity("Role", label("id")))
    judged = list(compared(truth, [read("users", found("id"), found("email")), read("Junk", found("a"))]))
    assert of(ENTITY, judged) == (0.5, 0.5)
    assert of(FIELD, judged) == (2 / 3, 2 / 3)


def test_a_foreign_key_to_another_entity_is_neither_precise_nor_recalled() -> None:
    truth = document(entity("Post", label("author", references="User.id"), label("title", references=None)))
    right = [read("Post", found("author", references="users.id"), found("title"))]
    wrong = [read("Post", found("author", references="Post.id"), found("title"))]
    made_up = [read("Post", found("author", references="User.id"), found("title", references="User.id"))]
    assert of(REFERENCE, list(compared(truth, right))) == (1.0, 1.0)
    assert of(REFERENCE, list(compared(truth, wrong))) == (0.0, 0.0)
    assert of(REFERENCE, list(compared(truth, made_up))) == (0.5, 1.0)


def test_values_count_as_a_whole_and_what_is_open_does_not_count() -> None:
    truth = document(entity("A", label("status", type=None, enum=["x", "y"]), label("other", type="integer")))
    judged = list(compared(truth, [read("A", found("status", enum=("x",)), found("other", type="integer"))]))
    assert of(ENUM, judged) == (0.0, 0.0)
    assert [verdict.name for verdict in judged if verdict.aspect == TYPE] == ["A.other"]


def test_a_path_is_found_flat_or_nested_and_a_flattened_one_is_not() -> None:
    truth = document(entity("Config", label("hooks.before"), label("hooks.after")))
    nested = [found("hooks"), found("hooks.before", inner=True), found("hooks.after", inner=True)]
    assert of(FIELD, list(compared(truth, [read("Config", *nested)]))) == (1.0, 1.0)
    assert of(FIELD, list(compared(truth, [read("Config", found("hooks.before"), found("hooks.after"))]))) == (1.0, 1.0)
    assert of(FIELD, list(compared(truth, [read("Config", found("before"), found("after"))]))) == (0.0, 0.0)


def test_every_label_file_is_read(labelled: list[Document]) -> None:
    assert len(labelled) == len(list(TRUTH.glob("*.json")))
