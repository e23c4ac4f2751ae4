"""What is written by hand stays true: links lead somewhere, paths exist, commands are commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.house.tree import PACKAGE, ROOT

from flaresmith.cli.local.docs.doors import all_commands

WRITTEN = sorted(
    path for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")] if path.parent != ROOT / "docs" / "reference"
)
_FILE = re.compile(r"^`[\w./-]+`$", re.M)  # a line of its own: the name of the file that a block makes
_FENCE = re.compile(r"^```.*?^```", re.M | re.S)
_LINK = re.compile(r"\[[^\]]+\]\(([^)#\s]+)(?:#[^)]*)?\)")
_CODE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"(?:src|tests|docs|kit|features|compiler|providers|cli|ui|migrations|examples|benchmarks)/[\w./-]+")
_COMMAND = re.compile(r"flaresmith ((?:[a-z]+ ?)+)")
_ROOTS = (ROOT, PACKAGE, PACKAGE / "providers" / "local")


@pytest.fixture(params=WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def written(request: pytest.FixtureRequest) -> Path:
    """One page that somebody wrote."""
    path: Path = request.param
    return path


def test_links_lead_somewhere(written: Path) -> None:
    links = [link for link in _LINK.findall(_FENCE.sub("", written.read_text("utf-8"))) if "://" not in link]
    assert [link for link in links if not (written.parent / link).exists()] == []


def test_paths_exist(written: Path) -> None:
    """Those in the prose; a guide's examples name files that are still to be made."""
    prose = _FILE.sub("", _FENCE.sub("", written.read_text("utf-8")))
    named = {code for code in _CODE.findall(prose) if _PATH.fullmatch(code)}
    assert sorted(path for path in named if not any((root / path).exists() for root in _ROOTS)) == []


def test_commands_are_commands(written: Path) -> None:
    known = {path.removeprefix("flaresmith ") for path, _ in all_commands()}
    groups = {words.partition(" ")[0] for words in known}
    for words in _COMMAND.findall("\n".join(_CODE.findall(written.read_text("utf-8")))):
        first, second = [*words.split(), "", ""][:2]
        assert first in known or (first in groups and (not second or f"{first} {second}" in known)), words


def test_decisions_are_numbered_without_gaps() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [path.name[:4] for path in records] == [f"{number:04}" for number in range(1, len(records) + 1)]
    for path in records:
        text = path.read_text("utf-8")
        assert text.startswith(f"# {int(path.name[:4])}. ")
        assert all(f"**{part}.**" in text for part in ("Context", "Decision", "Consequences")), path.name
