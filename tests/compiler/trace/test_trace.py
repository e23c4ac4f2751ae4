"""The matrix: every requirement, what serves it and how that is known; a page that stands alone."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from tests.compiler.clients.hostile import MARK, hostile, models
from tests.compiler.clients.service import example_files

from flaresmith.compiler.build import build
from flaresmith.compiler.model import (
    Endpoint,
    Entity,
    Feature,
    Field,
    File,
    Kind,
    Model,
    Requirement,
    RequirementKind,
    Source,
    Story,
    Task,
    Type,
)
from flaresmith.compiler.targets.trace import TARGET
from flaresmith.compiler.tracing import matrix


def at(file: str, line: int) -> Source:
    return Source(f"001-shop/{file}", line)


def requirement(id_: str, text: str, line: int) -> Requirement:
    return Requirement(id_, RequirementKind.FUNCTIONAL, text, at("spec.md", line))


BOOK = Entity(
    "BookCopy",
    at("data-model.md", 4),
    fields=(Field("id", Type(Kind.UUID), at("data-model.md", 5)),),
    requirements=("FR-001",),
)
LIST = Endpoint("GET", "/book-copies", "listBookCopies", at("data-model.md", 4), entity="BookCopy", derived=True)
RENEW = Endpoint("POST", "/renewals", "renew", at("contracts/openapi.yaml", 9), requirements=("FR-002",))
SHOP = Feature(
    "001-shop",
    "Shop",
    at("spec.md", 1),
    stories=(Story("1", "Borrow", at("spec.md", 7), text="As FR-001 says."), Story("2", "Tidy", at("spec.md", 9))),
    requirements=(
        requirement("FR-001", "Keep books", 20),
        requirement("FR-002", "Renew the book copies", 21),
        requirement("FR-0011", "Nothing", 22),
    ),
    entities=(BOOK,),
    endpoints=(RENEW,),
    tasks=(Task("T001", "Write it", at("tasks.md", 3), done=True, story="US2", requirements=("FR-002",)),),
)
OTHER = replace(
    SHOP, id="002-other", requirements=(requirement("FR-001", "Another FR-001", 3),), entities=(), endpoints=()
)
MODEL = Model("Shop", features=(SHOP, OTHER), entities=(BOOK,), endpoints=(LIST, RENEW))
FILES = (
    File("api/book.py", "x\n# FR-001\n", "fastapi", ("FR-001",), (at("data-model.md", 4),)),
    File("tests/contract/test_book.py", "def test():\n  'FR-001'\n", "tests", ("FR-001",), (at("data-model.md", 4),)),
    File("shared.json", "{}", "openapi", ("FR-001",)),
    File("specs/001-shop/spec.md", "FR-001", "specs", ("FR-001",)),
)


def shown(column: str, id_: str = "FR-001", feature: str = "001-shop") -> list[tuple[str, str, str]]:
    """Name, origin and place of the links of one cell."""
    row = next(r for r in matrix(MODEL, FILES).rows if (r.feature, r.requirement.id) == (feature, id_))
    return [(link.name, link.how, f"{link.file}:{link.line}") for link in row.links[column]]


def test_every_link_says_how_it_is_known_and_where() -> None:
    assert shown("stories") == [("US1", "cited", "001-shop/spec.md:7")]
    assert shown("entities") == [("BookCopy", "cited", "001-shop/data-model.md:4")]
    assert shown("endpoints") == [("GET /book-copies", "derived", "001-shop/data-model.md:4")]
    assert shown("files") == [("api/book.py", "cited", "api/book.py:2"), ("shared.json", "name", "shared.json:0")]
    assert shown("tests") == [("tests/contract/test_book.py", "cited", "tests/contract/test_book.py:2")]
    assert shown("entities", "FR-002") == [("BookCopy", "name", "001-shop/spec.md:21")]
    assert shown("endpoints", "FR-002") == [("POST /renewals", "cited", "001-shop/contracts/openapi.yaml:9")]
    assert shown("tasks", "FR-002") == [("T001", "cited", "001-shop/tasks.md:3")]
    assert shown("stories", "FR-002") == [("US2", "derived", "001-shop/spec.md:9")]


def test_ids_of_another_feature_and_longer_ids_are_others() -> None:
    assert shown("files", feature="002-other") == [("shared.json", "name", "shared.json:0")]
    assert shown("entities", feature="002-other") == []
    assert shown("stories", "FR-0011") == []


def test_what_lacks_something_is_counted() -> None:
    found = matrix(MODEL, FILES).json()
    assert found["counts"]["requirements"] == 4
    assert found["counts"]["complete"] == 1
    assert "001-shop:FR-002" in found["uncovered"]
    assert found["requirements"][1]["missing"] == ["files", "tests"]


@pytest.fixture(scope="module")
def built() -> dict[str, str]:
    return {file.path: file.text for file in build(example_files(), name="tool-library").files}


def test_the_example_is_traced_from_requirement_to_test(built: dict[str, str]) -> None:
    found = json.loads(built["trace/matrix.json"])
    rows = {(row["feature"], row["id"]): row for row in found["requirements"]}
    assert found["counts"]["requirements"] == len(rows)
    row = rows["002-lending", "FR-003"]
    assert row["missing"] == []
    assert "POST /loans/{loanId}/hand-over" in [link["name"] for link in row["endpoints"]]
    for link in row["files"] + row["tests"]:
        assert link["name"] in built
        if "line" in link:
            assert "FR-003" in built[link["file"]].splitlines()[link["line"] - 1]
    assert "002-lending:SC-001" in found["uncovered"]


class Page(HTMLParser):
    """What a browser makes of the page: tags, texts, and everything that would be fetched or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.handlers: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [value or "" for key, value in attrs if key in ("src", "href", "action", "data")]
        self.handlers += [key for key, _ in attrs if key.startswith("on")]


def test_the_page_stands_alone(built: dict[str, str]) -> None:
    text = built["trace/index.html"]
    page = Page(text)
    assert (page.fetched, page.handlers, page.tags.count("script"), page.tags.count("style")) == ([], [], 1, 1)
    for kind, tag in (("style-src", "style"), ("script-src", "script")):
        inside = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.S)
        assert inside is not None
        digest = base64.b64encode(hashlib.sha256(inside[1].encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in text
    assert "prefers-color-scheme: dark" in text


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(model=models(), words=hostile)
def test_no_word_of_a_spec_becomes_markup(model: Model, words: str) -> None:
    feature = replace(SHOP, id=words, requirements=(requirement(words, f"{words}{{bodies}}{{script}}", 1),))
    hostile_ = replace(model, features=(feature,))
    made = {f.path: f.text for f in (TARGET.summarise or (lambda *_: ()))(hostile_, tuple(TARGET.emit(model)))}
    json.loads(made["trace/matrix.json"])
    page = Page(made["trace/index.html"])
    assert (page.fetched, page.handlers, page.tags.count("script")) == ([], [], 1)
    assert "svg" not in page.tags
    assert MARK not in (re.search(r"<script>(.*?)</script>", made["trace/index.html"], re.S) or [""])[0]


def test_the_page_filters_in_a_browser(built: dict[str, str], tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    chromium = Path("/usr/bin/chromium")
    if not chromium.exists():
        pytest.skip("there is no chromium at /usr/bin/chromium")
    (tmp_path / "index.html").write_text(built["trace/index.html"])
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            context = browser.new_context(color_scheme=scheme, bypass_csp=True)
            page = context.new_page()
            page.goto((tmp_path / "index.html").as_uri())
            results: Any = axe.Axe().run(page)
            assert results.violations_count == 0, results.generate_report()
        page = browser.new_page()
        messages: list[str] = []
        page.on("console", lambda message: messages.append(message.text))
        page.goto((tmp_path / "index.html").as_uri())
        page.fill("#filter", "loan overdue")
        narrowed = page.locator("tr.row:visible").count()
        assert page.inner_text("#shown") == f"{narrowed} of 16 requirements"
        page.fill("#filter", "")
        page.check("#lacking")
        assert page.locator("tr.row:visible").count() == page.locator("tr.row .lacks").count()
        assert messages == []
        browser.close()
