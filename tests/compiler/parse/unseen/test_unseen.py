"""Data models that were written and labelled before the reader saw them: other languages, other notations, traps."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from benchmarks.understanding import report
from benchmarks.understanding.score import ENTITY, ENUM, FIELD, REFERENCE, REQUIRED, TYPE, Verdict, scored, verdicts
from benchmarks.understanding.truth import Document, documents, plain

from flaresmith.compiler.parse import parse

HERE = Path(__file__).parent
BARS = {ENTITY: 0.97, FIELD: 0.95, TYPE: 0.97, REQUIRED: 0.98, REFERENCE: 0.95, ENUM: 0.95}


@pytest.fixture(scope="module")
def unseen() -> list[Document]:
    return documents(truth=HERE, corpora=HERE)


@pytest.fixture(scope="module")
def judged(unseen: list[Document]) -> list[Verdict]:
    return verdicts(unseen)


@pytest.mark.parametrize("aspect", BARS)
def test_the_bar_of(aspect: str, judged: list[Verdict]) -> None:
    score = scored(verdict for verdict in judged if verdict.aspect == aspect)
    told = "\n".join(list(report.misses(judged, [aspect]))[:40])
    assert min(score.precision, score.recall) >= BARS[aspect], told


def test_nothing_is_made_up_where_nothing_is_declared(unseen: list[Document], judged: list[Verdict]) -> None:
    empty = {document.file for document in unseen if not any(not one.open for one in document.entities)}
    assert len(empty) >= 7
    assert [verdict for verdict in judged if verdict.file in empty] == []


def test_labels_stand_on_the_lines_they_name(unseen: list[Document]) -> None:
    for document in unseen:
        lines = document.text.decode().split("\n")
        for field in (field for entity in document.entities for field in entity.fields):
            assert plain(field.name.split(".")[-1]) in plain(lines[field.line - 1]), f"{document.file}:{field.line}"


HEADED = "# Data Model\n\n### Thing\n\n"
HOSTILE = {
    "lines with gaps": HEADED + "aa  bb  cc\n" * 9000,
    "tables that never close": HEADED + "users (\n" * 12_000,
    "structs that never close": HEADED + "```solidity\n" + "struct A { mapping(" * 5000 + "\n```",
    "messages that never close": HEADED + "```protobuf\n" + "message A { b c;" * 6000 + "\n```",
    "templates that never close": HEADED + "```cpp\n" + "struct A {\nstd::vector<" * 4000 + "\n```",
    "values without an end": HEADED + "**Status**: " + "`a`, " * 19_000,
    "attributes without an end": "## Entities\n\n" + "- **Show**: Attributes: " + "a b, " * 19_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hundred_kilobytes_take_less_than_a_second(text: str) -> None:
    begun = time.process_time()
    parse({"001-x/data-model.md": text.encode()}, name="product")
    assert time.process_time() - begun < 1.5
