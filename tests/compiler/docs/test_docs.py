"""The documents say what the spec says, every link leads somewhere, and no word of a spec is markup."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from markdown_it import MarkdownIt
from markdown_it.token import Token
from tests.compiler.clients.hostile import MARK, hostile, models
from tests.compiler.clients.odd_contract import DOC, SPEC
from tests.compiler.clients.service import example, example_files

from flaresmith.compiler.build import build
from flaresmith.compiler.model import Diagnostic, Feature, Model, Role, Rule, Seed, Severity, Source, Transition
from flaresmith.compiler.targets.docs import TARGET
from flaresmith.compiler.targets.docs.markdown import anchor, code, plain

MARKDOWN = MarkdownIt("commonmark").enable("table")
SOURCE = Source("001-shop/data-model.md", 3)


def pages(model: Model) -> dict[str, str]:
    """Every document by its path below `docs/`."""
    return {file.path.removeprefix("docs/"): file.text for file in TARGET.emit(model)}


def tokens(text: str) -> Iterator[Token]:
    for token in MARKDOWN.parse(text):
        yield token
        yield from token.children or ()


def headings(text: str) -> set[str]:
    """The anchors that a reader's site makes, numbered where they repeat."""
    found: dict[str, int] = {}
    made = set()
    parsed = MARKDOWN.parse(text)
    for place, token in enumerate(parsed):
        if token.type == "heading_open":
            shown = "".join(child.content for child in parsed[place + 1].children or ())
            name = anchor(shown)
            made.add(f"{name}-{found[name]}" if name in found else name)
            found[name] = found.get(name, 0) + 1
    return made


@pytest.mark.parametrize("which", ["example", "odd"])
def test_every_link_leads_to_a_file_and_a_heading(which: str) -> None:
    import json

    odd = {"specs/001-odd/spec.md": SPEC.encode(), "specs/001-odd/contracts/openapi.json": json.dumps(DOC).encode()}
    files = example_files() if which == "example" else odd
    built = {file.path: file.text for file in build(files, name=which).files}
    count = 0
    for path, text in built.items():
        if not path.startswith("docs/") or not path.endswith(".md"):
            continue
        for token in tokens(text):
            address = str(token.attrs.get("href") or token.attrs.get("src") or "")
            if address:
                file, _, fragment = unquote(address).partition("#")
                target = posixpath.normpath(posixpath.join(posixpath.dirname(path), file))
                assert target in built, (path, address)
                assert not fragment or fragment in headings(built[target]), (path, address)
                count += 1
    assert count > 20


def test_pictures_lead_to_pages_that_exist() -> None:
    built = {file.path: file.text for file in build(example_files(), name="tool-library").files}
    for path in [path for path in built if path.endswith(".svg")]:
        for address in re.findall(r'<a href="([^"]*)"', built[path]):
            assert posixpath.normpath(posixpath.join("docs/erd", address)) in built


def test_an_entity_has_its_fields_constraints_states_and_relations() -> None:
    loan = pages(example())["entities/loan.md"]
    assert "| `toolId` | `uuid` | yes | refers to [Tool](tool.md) |" in loan
    assert "one of `requested`, `out`, `returned`, `lost`, `cancelled`" in loan
    assert 'state "requested" as s0' in loan
    assert re.search(r"s\d --> s\d: hand", loan)
    assert "Serves FR-002, FR-003, FR-004" in loan
    assert "At most one [Review](review.md) by `loanId` refers to it" in loan
    assert "../endpoints/loans.md#post-loansloanidhand-over" in loan


def test_an_operation_has_what_it_takes_answers_and_refuses() -> None:
    made = pages(example())
    loans = made["endpoints/loans.md"]
    assert "| `limit` | query | no | integer |" in loans
    assert '"dueOn": "2030-02-15"' in loans
    assert "| 409 | `Problem` |" in loans
    assert "[`POST /loans`](endpoints/loans.md#post-loans)" in made["errors.md"]


def test_what_is_missing_is_said(shop: Model) -> None:
    lost = Diagnostic("not-expressed", Severity.WARNING, "Drizzle cannot say this", SOURCE)
    tool = replace(
        shop.entities[2],
        rules=(Rule("Only on Sundays", SOURCE), Rule("a > b", SOURCE, "a > b")),
        seeds=(Seed({"name": "Hammer"}, SOURCE),),
    )
    role = Feature("001-shop", "Shop", SOURCE, roles=(Role("Warden", SOURCE, "Keeps order", ("tools:write",)),))
    said = pages(replace(shop, diagnostics=(lost,), not_understood=3, entities=(tool,), features=(role,)))
    missing = said["not-expressed.md"]
    assert "Drizzle cannot say this" in missing
    assert "Tool: Only on Sundays" in missing
    assert "a \\> b" not in missing
    assert "3 lines looked like facts" in missing
    assert "| Warden | Keeps order | tools:write |" in said["glossary.md"]
    assert '`{"name": "Hammer"}`' in said["entities/tool.md"]
    assert "Everything that the specs say is in the code." in pages(replace(shop, diagnostics=()))["not-expressed.md"]


def test_the_same_model_gives_the_same_bytes(shop: Model) -> None:
    assert pages(shop) == pages(replace(shop, diagnostics=()))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(model=models(), words=hostile)
def test_no_word_of_a_spec_becomes_markup(model: Model, words: str) -> None:
    entity = replace(
        model.entities[0],
        transitions=(Transition(words, words, f"{words} ", SOURCE, words),),
        rules=(Rule(words, SOURCE),),
    )
    for path, text in pages(replace(model, entities=(entity,))).items():
        text.encode()
        for token in tokens(text):
            assert token.type not in ("html_inline", "html_block"), path
            address = str(token.attrs.get("href") or token.attrs.get("src") or "")
            assert not address.startswith(("javascript", "data", "http")), path
            if token.type == "fence" and token.info == "mermaid":
                assert not re.search(rf"{MARK}\(|click|%%", token.content)


@given(words=hostile)
def test_words_are_read_as_they_are_written(words: str) -> None:
    shown = "".join(token.content for token in tokens(f"- {plain(words)}") if token.type == "text")
    kept = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    assert shown == kept
    assert "`" not in code(words)[1:-1]


def test_files_say_what_they_serve() -> None:
    made = {file.path: file.requirements for file in TARGET.emit(example())}
    assert made["docs/entities/loan.md"] == ("FR-002", "FR-003", "FR-004")
    assert "FR-003" in made["docs/endpoints/loans.md"]
