"""Pictures of entities: nothing overlaps, every reference is drawn, any words stay words."""

from __future__ import annotations

import random
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.compiler.clients.hostile import MARK, hostile, models
from tests.compiler.clients.service import example

from flaresmith.compiler.diagram import draw, graph
from flaresmith.compiler.diagram.place import Picture, place
from flaresmith.compiler.model import Entity, Field, Kind, Model, Reference, Source, Type
from flaresmith.compiler.resolve import resolve
from flaresmith.compiler.targets.erd import TARGET

SVG = "{http://www.w3.org/2000/svg}"
SOURCE = Source("001-x/data-model.md", 1)


def entities(count: int, seed: int, most: int = 3) -> tuple[Entity, ...]:
    """Entities that refer to each other at random, a few of them to themselves."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        fields = [Field("id", Type(Kind.UUID), SOURCE, primary_key=True)]
        for n in range(chance.randint(0, most)):
            target = f"Thing{chance.randrange(count)}"
            fields.append(
                Field(f"ref{n}", Type(Kind.UUID), SOURCE, references=Reference(target), required=chance.random() < 0.5)
            )
        fields += [Field(f"field{n}", Type(Kind.STRING), SOURCE) for n in range(chance.randint(0, 20))]
        made.append(Entity(f"Thing{number}", SOURCE, fields=tuple(fields)))
    return resolve(made)


def overlapping(picture: Picture) -> Iterator[tuple[str, str]]:
    for one, other in combinations(picture.boxes, 2):
        apart = (
            one.x + one.box.width <= other.x
            or other.x + other.box.width <= one.x
            or one.y + one.box.height <= other.y
            or other.y + other.box.height <= one.y
        )
        if not apart:
            yield one.box.name, other.box.name


def crossed(picture: Picture) -> Iterator[tuple[str, str]]:
    """Boxes that a line runs through."""
    for routed in picture.lines:
        for a, b in pairwise(routed.points):
            low, high, left, right = min(a.y, b.y), max(a.y, b.y), min(a.x, b.x), max(a.x, b.x)
            for each in picture.boxes:
                inside_x = left < each.x + each.box.width - 1 and right > each.x + 1
                if inside_x and low < each.y + each.box.height - 1 and high > each.y + 1:
                    yield f"{routed.line.child}.{routed.line.row}", each.box.name


@settings(max_examples=40, deadline=None)
@given(count=st.integers(1, 40), seed=st.integers(0, 10_000), most=st.integers(0, 4))
def test_nothing_overlaps_and_lines_go_around(count: int, seed: int, most: int) -> None:
    made = graph(entities(count, seed, most))
    picture = place(made)
    assert list(overlapping(picture)) == []
    assert list(crossed(picture)) == []
    assert len(picture.boxes) == count
    assert sorted(map(repr, (routed.line for routed in picture.lines))) == sorted(map(repr, made.lines))
    for routed in picture.lines:
        assert all(a.x == b.x or a.y == b.y for a, b in pairwise(routed.points))
    for each in picture.boxes:
        assert each.x >= 0
        assert each.x + each.box.width <= picture.width
        assert each.y + each.box.height <= picture.height


@settings(max_examples=25, deadline=None)
@given(count=st.integers(2, 30), seed=st.integers(0, 10_000))
def test_a_line_starts_and_ends_at_its_rows(count: int, seed: int) -> None:
    picture = place(graph(entities(count, seed)))
    boxes = {each.box.name: each for each in picture.boxes}
    for routed in picture.lines:
        parent, child = boxes[routed.line.parent], boxes[routed.line.child]
        start, end = routed.points[0], routed.points[-1]
        assert start.x in (parent.x, parent.x + parent.box.width)
        assert end.x in (child.x, child.x + child.box.width)
        assert end.y == pytest.approx(child.y + child.box.row_at(routed.line.row), abs=0.2)


def test_the_example_has_a_picture_of_all_and_one_of_each_feature() -> None:
    made = {file.path: file for file in TARGET.emit(example())}
    assert set(made) == {"docs/erd/all.svg", "docs/erd/001-catalogue.svg", "docs/erd/002-lending.svg"}
    root = ET.fromstring(made["docs/erd/all.svg"].text)
    assert root.get("role") == "img"
    labelled = (root.get("aria-labelledby") or "").split()
    said = {each.get("id"): each.text for each in root if each.tag in (f"{SVG}title", f"{SVG}desc")}
    assert said[labelled[0]] == "Entities of tool-library"
    assert "one Review to one Loan by loanId" in (said[labelled[1]] or "")
    assert "many Category to at most one Category by parentId" in (said[labelled[1]] or "")
    links = [each.get("href") for each in root.iter(f"{SVG}a")]
    assert "../entities/tool-tag.md" in links
    assert "FR-003" in made["docs/erd/all.svg"].requirements


def test_entities_of_other_features_are_named_without_their_fields() -> None:
    made = {file.path: file.text for file in TARGET.emit(example())}
    root = ET.fromstring(made["docs/erd/002-lending.svg"])
    elsewhere = [each for each in root.iter(f"{SVG}g") if each.get("class") == "elsewhere"]
    assert [each.get("id") for each in elsewhere] == ["erd-Tool"]


def test_a_large_product_is_drawn_quickly_and_always_the_same() -> None:
    many = entities(120, 7, 2)
    once = draw(graph(many), "Many")
    assert once == draw(graph(tuple(map(replace, many))), "Many")
    assert len(ET.fromstring(once).findall(f".//{SVG}g[@transform]")) == 120


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(model=models())
def test_no_word_of_a_spec_becomes_markup(model: Model) -> None:
    for file in TARGET.emit(model):
        _check(file.text)


@settings(max_examples=60, deadline=None)
@given(name=hostile, field=hostile, title=hostile)
def test_names_are_text(name: str, field: str, title: str) -> None:
    entity = Entity(name, SOURCE, fields=(Field(field, Type(Kind.STRING, raw=name), SOURCE),), description=title)
    _check(draw(graph(resolve([entity])), title, lambda found: f'javascript:{found}"'))


def _check(text: str) -> None:
    root = ET.fromstring(text.encode())
    allowed = {"svg", "title", "desc", "style", "rect", "path", "g", "a", "text", "circle"}
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= allowed
    for each in root.iter():
        assert not [key for key in each.attrib if key.startswith("on")]
        if each.tag == f"{SVG}style":
            assert MARK not in (each.text or "")


def test_no_entities_is_a_picture_too() -> None:
    assert "There are no entities." in next(iter(TARGET.emit(Model("Empty")))).text


def test_a_browser_draws_it_in_both_themes(tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = Path("/usr/bin/chromium")
    if not chromium.exists():
        pytest.skip("there is no chromium at /usr/bin/chromium")
    (tmp_path / "all.svg").write_text(next(iter(TARGET.emit(example()))).text)
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        colours = []
        for scheme in ("light", "dark"):
            page = browser.new_page(color_scheme=scheme)
            page.goto((tmp_path / "all.svg").as_uri())
            fill = "getComputedStyle(document.querySelector('.paper')).fill"
            colours.append(page.evaluate(fill))
            boxes = page.evaluate(
                "[...document.querySelectorAll('g[transform]')].map(g => ["
                "g.querySelector('.box').getBoundingClientRect().right,"
                "...[...g.querySelectorAll('text')].map(t => t.getBoundingClientRect().right)])"
            )
            for right, *texts in boxes:
                assert max(texts) <= right + 1, "text stays inside of its box"
        browser.close()
    assert colours[0] != colours[1]
