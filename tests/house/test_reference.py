"""The committed reference is what the code says, and the same code always says the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.house.tree import ROOT
from typer.testing import CliRunner

from flaresmith.__main__ import build
from flaresmith.cli.local.docs.generate import PAGES, generate, stale
from flaresmith.cli.local.docs.rules import all_wordings, rule_pages
from flaresmith.compiler.check import RULES

FOLDER = ROOT / "docs" / "reference"


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """The reference as the code says it now."""
    return generate()


def test_the_reference_is_up_to_date(pages: dict[str, str]) -> None:
    assert stale(pages, FOLDER) == [], "run `flaresmith docs reference` and commit the result"


def test_another_process_with_other_hashes_says_the_same(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "flaresmith", "docs", "reference", "--check", "--out", str(FOLDER)]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src"), "PYTHONHASHSEED": "7"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_check_names_what_is_stale_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "errors.md").write_text("old")
    (tmp_path / "forgotten.md").write_text("nobody's")
    done = CliRunner().invoke(build(), ["docs", "reference", "--check", "--out", str(tmp_path)])
    assert done.exit_code == 1
    assert "errors.md" in str(done.exception)
    assert "forgotten.md" in str(done.exception)
    assert (tmp_path / "errors.md").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["errors.md", "forgotten.md"]


def test_writing_brings_both_folders_up_to_date(pages: dict[str, str], tmp_path: Path) -> None:
    folder, beside = tmp_path / "reference", tmp_path / "rules"
    for each in (folder, beside):
        each.mkdir()
        (each / "forgotten.md").write_text("nobody's")
    assert CliRunner().invoke(build(), ["docs", "reference", "--out", str(folder)]).exit_code == 0
    assert {path.name for path in folder.iterdir()} == set(PAGES)
    assert stale(pages, folder) == []
    assert {path.stem for path in beside.iterdir()} == set(RULES)


def test_the_pages_of_the_rules_are_up_to_date() -> None:
    assert stale(rule_pages(), ROOT / "docs" / "rules") == [], "run `flaresmith docs reference` and commit the result"


def test_rules_are_found_where_they_are_worded() -> None:
    known = {"secret-in-spec", "no-specs", "not-understood", "unsafe-path", "cyclic-ref"}
    assert known <= {one.name for one in all_wordings()}


def test_every_error_has_its_own_words(pages: dict[str, str]) -> None:
    assert "|  |" not in pages["errors.md"].partition("## Every error")[2]
