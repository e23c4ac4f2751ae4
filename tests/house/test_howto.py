"""The how-to pages are followed to the letter: every block becomes its file, and the house still stands.

A line that is only a path names the file of the block below it; a `diff` block replaces its `-` lines by its `+` lines.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.house.tree import ROOT

PAGES = sorted((ROOT / "docs" / "howto").glob("add-a-*.md"))
_BLOCK = re.compile(r"(?:^`([\w./-]+)`\n\n)?^```(python|diff)\n(.*?)^```$", re.M | re.S)
_REPLACED = re.compile(r"((?:^-.*\n)+)((?:^\+.*\n)*)", re.M)
_LINT = "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c(prog_name='lint-imports'))"
_CONTRACTS = ("floors", "contexts", "shape", "private", "inside", "gates", "providers", "targets", "pure")
_TRIED = [word for name in _CONTRACTS for word in ("--contract", name)]


class Followed(NamedTuple):
    """A copy of the tree in which a page was followed, and the files that this made."""

    tree: Path
    made: list[str]


@pytest.fixture(scope="module", params=PAGES, ids=lambda page: page.stem)
def followed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Followed:
    """The page, followed."""
    tree = tmp_path_factory.mktemp(request.param.stem)
    unwanted = shutil.ignore_patterns("__pycache__", "static", "*.js")
    for folder in ("src", "migrations", "tests/house", "tests/make"):
        shutil.copytree(ROOT / folder, tree / folder, ignore=unwanted)
    for file in (".importlinter", "pyproject.toml"):
        shutil.copy(ROOT / file, tree / file)
    made = [
        path for found in _BLOCK.finditer(request.param.read_text("utf-8")) if (path := _follow(tree, *found.groups()))
    ]
    return Followed(tree, made)


def test_the_import_contracts_hold(followed: Followed) -> None:
    done = _run(followed, "-c", _LINT, "--config", ".importlinter", "--no-cache", *_TRIED)
    assert done.returncode == 0, done.stdout


def test_the_linter_and_the_formatter_have_nothing_to_say(followed: Followed) -> None:
    for command in (["check"], ["format", "--check"]):
        done = _run(followed, "-m", "ruff", *command, "--no-cache", *followed.made)
        assert done.returncode == 0, done.stdout


def test_everything_can_be_imported(followed: Followed) -> None:
    modules = [
        path.removeprefix("src/").removesuffix(".py").replace("/", ".") for path in followed.made if path[:4] == "src/"
    ]
    names = [name.removesuffix(".__init__") for name in modules]
    listing = "from flaresmith.compiler.targets import all_targets; from flaresmith.providers import all_providers"
    code = f"import {', '.join(names)}; {listing}; print(*all_targets(), *all_providers())"
    done = _run(followed, "-W", "error", "-c", code)
    assert done.returncode == 0, done.stderr
    kind = names[0].split(".")
    assert kind[1] == "features" or kind[-2] in done.stdout.split() or kind[-1] in done.stdout.split()


def _follow(tree: Path, path: str | None, language: str, text: str) -> str | None:
    file = tree / (path or ".importlinter")
    if language == "python" and path:
        assert not file.exists(), f"{path} is there already"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return path
    for before, after in _REPLACED.findall(text):
        old, new = (re.sub(r"^.", "", lines, flags=re.M) for lines in (before, after))
        assert file.read_text("utf-8").count(old) == 1, f"{file.name} does not hold {old!r} once"
        file.write_text(file.read_text("utf-8").replace(old, new), encoding="utf-8")
    return None


def _run(followed: Followed, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(followed.tree / "src")}
    return subprocess.run(
        [sys.executable, *command], cwd=followed.tree, env=environment, capture_output=True, text=True, check=False
    )
