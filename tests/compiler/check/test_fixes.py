"""Fixes change what they name and nothing else, and a second run finds nothing to do."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flaresmith.compiler.check import RULES, apply_fixes
from flaresmith.compiler.mend import mend
from flaresmith.compiler.model import Diagnostic, Edit, Fix, Severity, Source
from flaresmith.compiler.parse import parse

API = "openapi: 3.1.0\npaths:\n  /books/{id}:\n    get:\n      responses: {'204': {description: ok}}\n"
FIXABLE = {name: rule for name, rule in RULES.items() if rule.fixable}
FOLDER = "specs/001-books"


def finding(line: int, column: int, length: int, text: str, path: str = "a.md") -> Diagnostic:
    source = Source(path, line, column)
    return Diagnostic("rule", Severity.INFO, "x", source, fix=Fix("mend", (Edit(source, length, text),)))


def mended(files: dict[str, str | bytes]) -> dict[str, bytes]:
    present = {f"{FOLDER}/{path}": text.encode() if isinstance(text, str) else text for path, text in files.items()}
    result = mend(present, name="books")
    assert not result.refused
    return {path.removeprefix(f"{FOLDER}/"): content for path, content in result.files.items()}


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (b"one\r\ntwo\r\n", b"one\r\nTWO\r\nx\r\n"),
        (b"\xef\xbb\xbfone\ntwo", b"\xef\xbb\xbfone\nTWO\nx"),
        ("one\ntwo".encode("utf-16"), "one\nTWO\nx".encode("utf-16")),
        (b"\xe9ne\ntwo\n", b"\xe9ne\nTWO\nx\n"),
        (b"one\rtwo\r", b"one\rTWO\nx\r"),
    ],
)
def test_encodings_marks_and_line_ends_stay(content, wanted):
    applied = apply_fixes({"a.md": content}, [finding(2, 1, 3, "TWO\nx")])
    assert applied.files == {"a.md": wanted}


def test_what_overlaps_waits_and_the_same_twice_is_once():
    files = {"a.md": b"abcdef\n"}
    found = [finding(1, 2, 2, "X"), finding(1, 3, 2, "Y"), finding(1, 2, 2, "X"), finding(1, 6, 1, "Z")]
    applied = apply_fixes(files, found)
    assert applied.files == {"a.md": b"aXdeZ\n"}
    assert applied.left == [found[1]]


def test_a_fix_is_whole_or_nothing():
    one, two = Source("a.md", 1, 1), Source("b.md", 9, 1)
    both = Diagnostic("r", Severity.INFO, "x", one, fix=Fix("m", (Edit(one, 1, "X"), Edit(two, 1, "Y"))))
    applied = apply_fixes({"a.md": b"abc", "b.md": b"one line"}, [both])
    assert (applied.files, applied.left) == ({}, [both])


@pytest.mark.parametrize("content", [b"a\x00b\n", b"\x81\x8d\n", None])
def test_a_file_that_could_lose_a_byte_is_left(content):
    files = {} if content is None else {"a.md": content}
    assert apply_fixes(files, [finding(1, 1, 1, "X")]).files == {}


@given(
    st.lists(st.sampled_from(["word ", "ä", "漢", "\t", "\r\n", "\n", "\r", "😀"]), max_size=40),
    st.sampled_from([b"", b"\xef\xbb\xbf"]),
    st.lists(
        st.tuples(st.integers(1, 12), st.integers(1, 8), st.integers(0, 4), st.sampled_from(["", "X"])), max_size=6
    ),
)
@settings(max_examples=150, deadline=None)
def test_every_byte_outside_of_the_spans_stays(pieces, mark, edits):
    """Taken out again, what was written leaves what was there: the untouched parts follow each other unchanged."""
    content = mark + "".join(pieces).encode()
    applied = apply_fixes({"a.md": content}, [finding(*edit) for edit in edits])
    after = applied.files.get("a.md", content)
    kept = after.decode("utf-8-sig").replace("X", "")
    assert after.startswith(mark)
    position = 0
    before = content.decode("utf-8-sig")
    for character in kept:
        position = before.find(character, position) + 1
        assert position, "a character moved or came out of nowhere"
    lost = len(before.replace("\r\n", "\n")) - len(kept.replace("\r\n", "\n"))
    assert lost <= sum(length for _, _, length, _ in edits)


@pytest.mark.parametrize("name", FIXABLE)
def test_what_is_fixable_is_gone_after_its_fix_and_stays_gone(name):
    example = dict(FIXABLE[name].bad.files)
    changed = mended(example)
    assert changed
    after = example | changed
    rules = {
        d.rule
        for d in parse(
            {f"{FOLDER}/{p}": t if isinstance(t, bytes) else t.encode() for p, t in after.items()}, name="b"
        ).diagnostics
    }
    assert name not in rules
    assert mended(after) == {}


def test_an_operation_gets_its_id_in_the_style_around_it():
    changed = mended({"contracts/openapi.yaml": API})["contracts/openapi.yaml"].decode()
    assert "    get:\n      operationId: getBooksId\n      parameters: [{" in changed or (
        "    get:\n      parameters: [{" in changed and "      operationId: getBooksId\n      responses:" in changed
    )
    [endpoint] = parse({f"{FOLDER}/contracts/openapi.yaml": changed.encode()}, name="b").endpoints
    assert endpoint.operation_id == "getBooksId"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("openapi.json", '{"openapi": "3.1.0", "paths": {"/a": {"get": {"responses": {}}}}}'),
        (
            "openapi.json",
            '{\n "openapi": "3.1.0",\n "paths": {\n  "/a": {\n   "get": {\n    "responses": {}\n   }\n  }\n }\n}',
        ),
        ("openapi.yaml", "openapi: 3.1.0\npaths: {/a: {get: {responses: {}}}}\n"),
        ("openapi.yaml", "openapi: 3.1.0\r\npaths:\r\n  /a:\r\n    get:\r\n      responses: {}\r\n"),
    ],
)
def test_an_entry_is_written_into_json_and_flow_and_block(name, text):
    changed = mended({f"contracts/{name}": text})[f"contracts/{name}"]
    model = parse({f"{FOLDER}/contracts/{name}": changed}, name="b")
    assert [e.operation_id for e in model.endpoints] == ["getA"]
    assert "operation-id-missing" not in {d.rule for d in model.diagnostics}
    assert changed.count(b"\r\n") == changed.count(b"\n") or b"\r" not in changed


def test_requirements_are_numbered_behind_the_last_one():
    text = (
        "# A\n## Functional Requirements\n- **FR-007**: It MUST sell.\n- Members MUST pay\n1. [ ] It MUST lend books\n"
    )
    assert mended({"spec.md": text})["spec.md"].decode() == text.replace("- Members", "- **FR-008**: Members").replace(
        "[ ] It", "[ ] **FR-009**: It"
    )


def test_a_fix_that_makes_an_error_is_taken_back(monkeypatch):
    def worse(files, found):
        return type(apply_fixes({}, []))({f"{FOLDER}/contracts/openapi.yaml": b"openapi: [\n"}, list(found), [])

    monkeypatch.setattr("flaresmith.compiler.mend.apply_fixes", worse)
    result = mend({f"{FOLDER}/contracts/openapi.yaml": API.encode()}, name="b")
    assert result.files == {}
    assert result.refused
