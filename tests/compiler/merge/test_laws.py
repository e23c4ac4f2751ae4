"""What holds for every three texts, and for every file: the laws of a merge."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flaresmith.compiler.merge import Choice, Take, bases, merge, syntax

SUFFIXES = st.sampled_from([".py", ".ts", ".tsx", ".json", ".toml", ".yaml", ".md", ".txt"])
PIECES = {
    ".py": [
        "import a\n",
        "from b import c, d\n",
        "x = f(1, k=2)\n",
        "def g(a, b=1):\n    y = a\n    return y\n",
        "class K:\n    z: int = 1\n\n    def m(self):\n        return [1,\n                2]\n",
        "if x:\n    pass\n",
        "# note\n",
        "\n",
    ],
    ".ts": [
        'import { a } from "b";\n',
        "const x = { a: 1, b: [1, 2] };\n",
        "export class K {\n  m() {\n    return 1;\n  }\n}\n",
        "type T = {\n  a: string;\n};\n",
        "f(1, () => {\n  g();\n});\n",
        "// note\n",
        "\n",
    ],
    ".json": ['{"a": 1}', '{\n  "a": [1, 2],\n  "b": {"name": "x"}\n}\n', "[]", '[{"id": "p"}, 2]', "null"],
    ".toml": ["a = 1\n", "b = [\n  1,\n  2,\n]\n", "[t]\n", "c = 'x'\n", "# note\n", "\n", "[[u]]\n"],
    ".yaml": ["a: 1\n", "b:\n  c: 2\n  d: [1]\n", "- x\n", "# note\n", "e: |\n  text\n", "\n"],
    ".md": ["# A\n", "## B\n", "- x\n- y\n", "text\n", "\n", "```\n# no\n```\n", "| a | b |\n"],
    ".txt": ["a\n", "b\n", "c", "\r\n", "\n"],
}
PIECES[".tsx"] = PIECES[".ts"]


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, bytes, bytes, bytes]:
    """A path and three versions of it that have much in common."""
    suffix = draw(SUFFIXES)
    lists = st.lists(st.sampled_from(PIECES[suffix]), max_size=6)
    base = draw(lists)

    def version() -> bytes:
        text = "".join(_edited(base, draw(st.lists(st.tuples(st.integers(0, 6), lists), max_size=2))))
        return text.encode() if draw(st.integers(0, 9)) else draw(st.binary(max_size=30))

    return f"file{suffix}", "".join(base).encode(), version(), version()


def _edited(base: Sequence[str], changes: Sequence[tuple[int, list[str]]]) -> list[str]:
    made = list(base)
    for place, new in changes:
        made[place : place + 1] = new
    return made


@given(cases())
@settings(max_examples=300, deadline=None)
def test_a_side_that_changed_nothing_yields_to_the_other(case: tuple[str, bytes, bytes, bytes]) -> None:
    path, base, ours, _ = case
    assert merge(path, base, base, ours).data == ours
    assert merge(path, base, ours, base).data == ours
    assert merge(path, base, ours, ours).data == ours
    assert merge(path, None, ours, ours).data == ours


@given(cases())
@settings(max_examples=400, deadline=None)
def test_a_merge_is_deterministic_parses_or_asks_and_never_loses_a_word(
    case: tuple[str, bytes, bytes, bytes],
) -> None:
    path, base, ours, theirs = case
    merged = merge(path, base, ours, theirs)
    assert merged == merge(path, base, ours, theirs)
    assert b"<<<<<<<" not in merged.data or b"<<<<<<<" in base + ours + theirs
    language = syntax.of(path)
    texts = [side.decode(errors="replace") for side in (ours, theirs, merged.data)]
    if language and merged.clean and language.parses(texts[0]) and language.parses(texts[1]):
        assert language.parses(texts[2])
    decided = merge(path, base, ours, theirs, {None: Choice(path, Take.OURS)})
    assert [(h.base, h.ours, h.theirs) for h in decided.hunks][: len(merged.hunks)] == [
        (h.base, h.ours, h.theirs) for h in merged.hunks
    ]
    if decided.how != "whole":
        shown = decided.data + b"".join(hunk.theirs.encode() for hunk in decided.hunks)
        for word in [*ours.split(), *theirs.split()]:
            assert word in base.split() or word.rstrip(b",") in shown


@given(cases())
@settings(max_examples=200, deadline=None)
def test_reading_gives_back_every_byte(case: tuple[str, bytes, bytes, bytes]) -> None:
    path, *sides = case
    language = syntax.of(path)
    for side in sides:
        text = side.decode(errors="replace")
        block = language.read(text) if language else None
        assert block is None or block.text == text


@given(st.dictionaries(st.binary(max_size=50), st.none(), max_size=5), st.binary(max_size=200), st.integers(0, 300))
def test_the_file_of_bases_gives_back_what_is_whole_and_ignores_the_rest(
    contents: dict[bytes, None], noise: bytes, cut: int
) -> None:
    import hashlib

    wanted = {hashlib.sha256(content).hexdigest(): content for content in contents}
    data = bases.write(wanted)
    assert bases.read(data, wanted) == wanted
    assert bases.write(wanted, data) == data
    for damaged in (data[:cut], data[:cut] + noise, noise, None):
        assert bases.read(damaged, wanted).items() <= wanted.items()


def test_a_large_file_is_merged_in_reasonable_time() -> None:
    lines = [f"def f{n}():\n    return {n}\n\n\n" for n in range(4000)]
    ours = "".join(lines).replace("return 17\n", "return 18\n")
    theirs = "".join(lines).replace("return 3000\n", "return 3001\n")
    text = merge("a.py", "".join(lines).encode(), ours.encode(), theirs.encode()).data
    assert b"def f17():\n    return 18\n" in text
    assert b"def f3000():\n    return 3001\n" in text


def test_hand_edits_of_the_example_against_changes_of_its_specs() -> None:
    """The benchmark, cut short: no edit lost, no silent conflict, everything parses."""
    root = Path(__file__).parents[3]
    if not (root / "benchmarks" / "merge.py").is_file():
        pytest.skip("benchmarks/merge.py is not here")
    sys.path.insert(0, str(root / "benchmarks"))
    try:
        import merge as benchmark  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(root / "benchmarks"))
    score = benchmark.run(40, 4)
    assert score.pairs == 160
    assert score.touched > 20
    assert (score.lost, score.silent, score.broken) == ([], [], [])
