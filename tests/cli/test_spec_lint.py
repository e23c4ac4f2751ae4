"""`flaresmith spec lint --fix`, `--diff`, `--rule`, `--against`, its formats, and `spec explain`."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Command

from flaresmith.compiler.check import RULES

API = "openapi: 3.1.0\r\npaths:\r\n  /books:\r\n    get:\r\n      responses: {'204': {description: none}}\r\n"


@pytest.fixture
def fixable(books: Path) -> Path:
    """A project whose contract lacks an operationId; its lines end as on Windows."""
    (books / "specs" / "001-books" / "contracts").mkdir()
    contract(books).write_bytes(API.encode())
    return books


def contract(books: Path) -> Path:
    return books / "specs" / "001-books" / "contracts" / "openapi.yaml"


def test_fix_writes_what_it_names_and_a_second_run_changes_nothing(flaresmith: Command, fixable: Path) -> None:
    told = flaresmith("spec", "lint", fixable)
    assert "1 finding can be mended" in told.out
    contract(fixable).chmod(0o640)
    result = flaresmith("spec", "lint", fixable, "--fix")
    assert result.code == 0
    assert "openapi.yaml:4: write the operationId [operation-id-missing]" in result.out
    assert "1 mended in 1 file." in result.out
    wanted = API.replace("      responses", "      operationId: getBooks\r\n      responses").encode()
    assert contract(fixable).read_bytes() == wanted
    assert contract(fixable).stat().st_mode & 0o777 == 0o640
    assert "mended" not in flaresmith("spec", "lint", fixable, "--fix").out
    assert contract(fixable).read_bytes() == wanted
    assert [path.name for path in contract(fixable).parent.iterdir()] == ["openapi.yaml"]


def test_diff_shows_and_changes_nothing(flaresmith: Command, fixable: Path) -> None:
    result = flaresmith("spec", "lint", fixable, "--fix", "--diff")
    assert result.code == 0
    assert "+      operationId: getBooks" in result.out
    assert contract(fixable).read_bytes() == API.encode()


def test_only_and_without_rules(flaresmith: Command, fixable: Path) -> None:
    only = flaresmith("spec", "lint", fixable, "--rule", "operation-id-missing", "--json").json
    assert {d["rule"] for d in only["diagnostics"]} == {"operation-id-missing"}
    without = flaresmith("spec", "lint", fixable, "--ignore", "operation-id-missing", "--fix", "--json").json
    assert "operation-id-missing" not in {d["rule"] for d in without["diagnostics"]}
    assert contract(fixable).read_bytes() == API.encode()
    refused = flaresmith("spec", "lint", fixable, "--rule", "no-such-rule")
    assert refused.code == 2
    assert "no-such-rule" in refused.err


def test_settings_beside_the_specs_count(flaresmith: Command, fixable: Path) -> None:
    (fixable / "flaresmith.toml").write_text('[lint.severity]\noperation-id-missing = "error"\n')
    for place in (fixable, fixable / "specs", fixable / "specs" / "001-books"):
        result = flaresmith("spec", "lint", place)
        assert result.code == 1
        assert "error [operation-id-missing]" in result.out


def test_what_breaks_against_another_version(flaresmith: Command, books: Path, tmp_path: Path) -> None:
    before = tmp_path / "before" / "specs" / "001-books"
    before.mkdir(parents=True)
    text = (books / "specs" / "001-books" / "data-model.md").read_text()
    (before / "data-model.md").write_text(f"{text}- isbn (string) REQUIRED\n")
    (before / "spec.md").write_text((books / "specs" / "001-books" / "spec.md").read_text())
    told = flaresmith("spec", "lint", books, "--against", tmp_path / "before", "--json").json
    assert [d["message"] for d in told["diagnostics"] if d["rule"] == "breaking-field-removed"] != []
    assert "breaking-field-removed" not in {
        d["rule"] for d in flaresmith("spec", "lint", books, "--json").json["diagnostics"]
    }


def test_sarif_has_the_help_of_its_rules_and_the_fixes(flaresmith: Command, fixable: Path) -> None:
    log = flaresmith("spec", "lint", fixable, "--format", "sarif").json
    assert (log["version"], log["$schema"].endswith("sarif-2.1.0.json")) == ("2.1.0", True)
    [run] = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region["startLine"] >= 1
        assert region["startColumn"] >= 1
    for rule in rules:
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
    [fixed] = [result for result in run["results"] if result["ruleId"] == "operation-id-missing"]
    [change] = fixed["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"]["uri"].endswith("contracts/openapi.yaml")
    [replacement] = change["replacements"]
    assert replacement["deletedRegion"] == {"startLine": 5, "startColumn": 7, "endLine": 5, "endColumn": 7}
    assert replacement["insertedContent"]["text"].startswith("operationId: getBooks")


@pytest.mark.parametrize("rule", ["vague-wording", "dangling-ref", "file-too-large"])
def test_explain_tells_why_and_how(flaresmith: Command, rule: str) -> None:
    told = flaresmith("spec", "explain", rule)
    assert told.code == 0
    words = " ".join(told.out.split())
    assert RULES[rule].title in words
    assert RULES[rule].fix in words


def test_explain_lists_all_and_knows_near_names(flaresmith: Command) -> None:
    assert f"{len(RULES)} rules." in flaresmith("spec", "explain").out
    assert {each["rule"] for each in flaresmith("spec", "explain", "--json").json} == set(RULES)
    refused = flaresmith("spec", "explain", "vage-wording")
    assert refused.code == 2
    assert "vague-wording" in refused.err
