"""`flaresmith spec lint` and `show`, as a person and a program meet them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import EXAMPLE, Command, make_specs

BROKEN = "openapi: 3.1.0\npaths: [\n"


@pytest.fixture
def broken(books: Path) -> Path:
    (books / "specs" / "001-books" / "contracts").mkdir()
    (books / "specs" / "001-books" / "contracts" / "openapi.yaml").write_text(BROKEN)
    return books


def test_lint_is_content_with_the_example(flaresmith: Command) -> None:
    result = flaresmith("spec", "lint", EXAMPLE)
    assert result.code == 0, result.out
    assert "no errors in 2 features" in result.out
    assert "0 lines not understood" in result.out


def test_lint_names_file_line_and_column_as_an_editor_can_open_them(
    flaresmith: Command, broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(broken.parent)
    result = flaresmith("spec", "lint", "books/specs")
    assert result.code == 1
    assert "books/specs/001-books/contracts/openapi.yaml:3:1: error [contract-unreadable]" in result.out
    assert "1 error" in result.out.splitlines()[-1]


def test_lint_in_json_counts_and_in_sarif_places_each_finding(flaresmith: Command, broken: Path) -> None:
    told = flaresmith("spec", "lint", broken, "--json")
    assert told.code == 1
    assert told.json["ok"] is False
    assert told.json["counts"]["errors"] == 1
    assert set(told.json["diagnostics"][0]) == {"rule", "severity", "file", "line", "column", "message", "hint", "fix"}
    sarif = flaresmith("spec", "lint", broken, "--format", "sarif").json
    found = [result for result in sarif["runs"][0]["results"] if result["level"] == "error"]
    where = found[0]["locations"][0]["physicalLocation"]
    assert where["artifactLocation"]["uri"].endswith("contracts/openapi.yaml")
    assert where["region"]["startLine"] == 3
    assert sarif["runs"][0]["tool"]["driver"]["rules"][found[0]["ruleIndex"]]["id"] == found[0]["ruleId"]


def test_lint_tells_what_it_left_out(flaresmith: Command, books: Path) -> None:
    (books / "specs" / "001-books" / "more.md").symlink_to("/etc/hostname")
    told = flaresmith("spec", "lint", books, "--json").json
    assert [d["file"] for d in told["diagnostics"] if d["rule"] == "document-left-out"] == ["specs/001-books/more.md"]


def test_a_50_mb_document_is_an_error_at_its_name(flaresmith: Command, books: Path) -> None:
    with (books / "specs" / "001-books" / "data-model.md").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    result = flaresmith("spec", "lint", books)
    assert result.code == 1
    assert "data-model.md:1:1: error [file-too-large]" in result.out


@pytest.mark.parametrize("command", ["lint", "show", "diff"])
def test_a_folder_without_specs_ends_with_2_and_a_sentence(flaresmith: Command, tmp_path: Path, command: str) -> None:
    for place in (tmp_path, tmp_path / "missing"):
        result = flaresmith("spec", command, place)
        assert result.code == 2
        assert str(place) in result.err
        assert "Traceback" not in result.err


def test_garbage_is_read_without_a_crash(flaresmith: Command, books: Path) -> None:
    (books / "specs" / "001-books" / "data-model.md").write_bytes(bytes(range(256)) * 2000)
    (books / "specs" / "001-books" / "contracts").mkdir()
    (books / "specs" / "001-books" / "contracts" / "a.json").write_bytes(b"{" * 50_000)
    result = flaresmith("spec", "lint", books)
    assert result.code == 1
    assert "contracts/a.json:1" in result.out


def test_show_in_json_is_the_whole_model(flaresmith: Command) -> None:
    told = flaresmith("spec", "show", EXAMPLE, "--json").json
    assert set(told) == {"features", "diagnostics", "counts"}
    assert [feature["id"] for feature in told["features"]] == ["001-catalogue", "002-lending"]
    for feature in told["features"]:
        assert {"title", "stories", "requirements", "successCriteria", "entities", "endpoints"} <= set(feature)
    tool = next(e for e in told["features"][0]["entities"] if e["name"] == "Tool")
    serial = next(f for f in tool["fields"] if f["name"] == "serialNumber")
    assert (serial["unique"], serial["required"], serial["primaryKey"]) == (True, False, False)
    line = (EXAMPLE / serial["source"]["file"]).read_text().splitlines()[serial["source"]["line"] - 1]
    assert "serialNumber" in line
    assert set(told["counts"]) == {"facts", "linesNotUnderstood"}


def test_show_is_an_outline_a_person_can_read(flaresmith: Command) -> None:
    out = flaresmith("spec", "show", EXAMPLE).out
    for words in ("Tool catalogue", "FR-001", "serialNumber string", "→ Category.id", "specs/001-catalogue/spec.md:"):
        assert words in out
    assert "tool-library: 2 features" in out


def test_hostile_names_reach_neither_the_terminal_nor_the_markup(flaresmith: Command, tmp_path: Path) -> None:
    evil = (
        "### Bo\x1b[31mok\n\n- id (uuid, primary key) REQUIRED\n- [bold]x[/] (string) REQUIRED\n- a\u202eb (string)\n"
    )
    books = make_specs(tmp_path / "evil", evil)
    for command in ("lint", "show"):
        result = flaresmith("spec", command, books)
        assert result.code in (0, 1)
        assert not set(result.out + result.err) & set("\x1b\u202e")


def test_every_command_tells_its_exit_codes(flaresmith: Command) -> None:
    for words in (
        ["spec", "lint"],
        ["spec", "build"],
        ["project", "create"],
        ["plan"],
        ["apply"],
        ["status"],
        ["logs"],
    ):
        result = flaresmith(*words, "--help")
        assert result.code == 0
        assert "3 nothing" in result.out


def test_an_unknown_command_is_a_usage_error_that_suggests(flaresmith: Command) -> None:
    result = flaresmith("statsu")
    assert result.code == 2
    assert "Did you mean 'status'?" in result.err


def test_the_shell_completes_commands() -> None:
    words = {"COMP_WORDS": "flaresmith pro", "COMP_CWORD": "1", "_FLARESMITH_COMPLETE": "complete_bash"}
    done = subprocess.run(
        [sys.executable, "-m", "flaresmith"], env=os.environ | words, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.split() == ["project"], done.stderr
