"""Differences by line are complete, small, and quick on large files."""

import shutil
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flaresmith.compiler.linediff import changed_blocks, count_lines, unified_diff

LINES = st.lists(st.sampled_from(["a", "b", "c", "", "{", "}", "unique 1", "unique 2", "unique 3"]), max_size=40)


@given(LINES, LINES)
def test_applying_the_blocks_to_the_old_text_gives_the_new_one(before: list[str], after: list[str]) -> None:
    result, at = [], 0
    for a, b, c, d in changed_blocks(before, after):
        result += before[at:a] + after[c:d]
        at = b
    assert result + before[at:] == after


@given(LINES)
def test_equal_texts_have_no_blocks(lines: list[str]) -> None:
    assert changed_blocks(lines, lines) == []


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@settings(max_examples=25, deadline=None)
@given(st.lists(LINES, min_size=2, max_size=2), st.booleans(), st.booleans())
def test_git_applies_our_unified_diff(tmp_path_factory, sides: list[list[str]], old_end: bool, new_end: bool) -> None:  # type: ignore[no-untyped-def]
    before, after = ("\n".join(side) + "\n" * end for side, end in zip(sides, (old_end, new_end), strict=True))
    diff = unified_diff("a.txt", before, after)
    assert bool(diff) == (before != after)
    if diff:
        folder: Path = tmp_path_factory.mktemp("apply")
        (folder / "a.txt").write_bytes(before.encode())
        subprocess.run(["git", "apply", "--unidiff-zero", "-"], cwd=folder, input=diff.encode(), check=True)
        assert (folder / "a.txt").read_bytes() == after.encode()


def test_counts_are_those_of_a_small_change_in_a_large_file() -> None:
    old = "".join(f'  "key{i}": {{\n    "type": "string"\n  }},\n' for i in range(30_000))
    new = old.replace('"key77":', '"key77b":').replace('"key29000": {', '"key29000": {\n    "extra": 1,')
    start = time.perf_counter()
    assert count_lines(old, new) == (2, 1)
    assert time.perf_counter() - start < 5


def test_large_files_without_a_common_line_do_not_take_quadratic_time() -> None:
    old = "\n".join(["x", "y"] * 20_000)
    new = "\n".join(["y", "z", "x"] * 15_000)
    start = time.perf_counter()
    count_lines(old, new)
    assert time.perf_counter() - start < 5


def test_a_new_and_a_deleted_file_name_the_empty_side() -> None:
    assert unified_diff("a", None, "x\n") == "--- /dev/null\n+++ b/a\n@@ -0,0 +1,1 @@\n+x\n"
    assert unified_diff("a", "x\n", None) == "--- a/a\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-x\n"
