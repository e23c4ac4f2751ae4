"""A build with a cache gives the bytes of a build without one, whatever was changed before, and makes little again."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flaresmith.compiler.build import build
from flaresmith.compiler.cache import Cache

EXAMPLE = Path(__file__).parents[3] / "examples/tool-library/specs"
Specs = dict[str, bytes]
CATALOGUE, LENDING = "001-catalogue/data-model.md", "002-lending/data-model.md"
CONTRACT, SPEC = "002-lending/contracts/openapi.yaml", "001-catalogue/spec.md"


def example() -> Specs:
    return {p.relative_to(EXAMPLE).as_posix(): p.read_bytes() for p in EXAMPLE.rglob("*") if p.is_file()}


def replaced(path: str, pattern: str, text: str) -> Callable[[Specs], None]:
    """An edit that replaces the first match, and does nothing where an earlier edit took it away."""

    def edit(specs: Specs) -> None:
        specs[path] = re.sub(pattern, text, specs[path].decode(), count=1).encode()

    return edit


EDITS: dict[str, Callable[[Specs], object]] = {
    "a field more": replaced(CATALOGUE, r"- label \(", "- shade (string, max 10) OPTIONAL\n- label ("),
    "a field more at the top": replaced(CATALOGUE, r"- slug \(", "- shelf (integer, 0..9) OPTIONAL\n- slug ("),
    "a field less": replaced(CATALOGUE, r"- maker .*\n", ""),
    "another type": replaced(CATALOGUE, r"weightGrams \(integer, 1\.\.200000\)", "weightGrams (string, max 9)"),
    "one, not true": replaced(CATALOGUE, r"default false", "default true"),
    "another value": replaced(CATALOGUE, r"new\|good", "new|fine|good"),
    "required": replaced(CATALOGUE, r"(description \(text\)) OPTIONAL", r"\1 REQUIRED"),
    "another name of an entity": replaced(CATALOGUE, r"### Tag\n", "### Sticker\n"),
    "an entity more": replaced(LENDING, r"\Z", "\n### Fine\n\n- id (uuid, pk) REQUIRED\n- cents (integer) REQUIRED\n"),
    "a reference more": replaced(CATALOGUE, r"- label \(", "- categoryId (uuid) OPTIONAL → Category.id\n- label ("),
    "a requirement in other words": replaced(SPEC, r"MUST", "MUST always"),
    "a line more at the top": replaced(LENDING, r"\A", "<!-- draft -->\n"),
    "another summary": replaced(CONTRACT, r"summary: List loans", "summary: List the loans"),
    "another operation id": replaced(CONTRACT, r"operationId: listLoans", "operationId: allLoans"),
    "a bound in the contract": replaced(CONTRACT, r"maximum: \d+", "maximum: 50"),
    "an index": replaced(CATALOGUE, r"- \(categoryId, name\)", "- (categoryId, name) unique"),
    "a file less": lambda specs: specs.pop("002-lending/spec.md", None),
}


def texts(specs: Specs, cache: Cache | None = None) -> list[tuple[object, ...]]:
    made = build(specs, name="Tool library", cache=cache)
    files = [(file.path, file.text, file.target, file.requirements, file.sources) for file in made.files]
    return [*files, *((d.rule, str(d.source), d.message) for d in made.model.diagnostics)]


@pytest.mark.parametrize("name", EDITS)
def test_after_an_edit_the_bytes_are_those_of_a_build_from_nothing(name: str) -> None:
    specs, cache = example(), Cache()
    before = texts(specs, cache)
    EDITS[name](specs)
    after = texts(specs, cache)
    assert after == texts(specs)
    assert after != before, "the edit did not find its place in the example"


@settings(max_examples=12, deadline=None)
@given(st.lists(st.lists(st.sampled_from(sorted(EDITS)), min_size=1, max_size=3), min_size=2, max_size=4))
def test_any_line_of_edits_gives_the_bytes_of_a_build_from_nothing(steps: list[list[str]]) -> None:
    specs, cache = example(), Cache()
    texts(specs, cache)
    for step in steps:
        for name in step:
            EDITS[name](specs)
        made = texts(specs, cache)
    assert made == texts(specs)


def test_the_same_specs_again_make_nothing() -> None:
    cache = Cache()
    texts(example(), cache)
    texts(example(), cache)
    assert cache.made == 0
    assert cache.reused > 100


def test_a_leaf_that_changes_leaves_the_others_as_they_are() -> None:
    specs, cache = example(), Cache()
    texts(specs, cache)
    total = cache.made
    replaced(LENDING, r"\Z", "\n<!-- the end -->\n")(specs)
    texts(specs, cache)
    assert cache.made < total / 4
