"""Only portable relative paths may be written, and no two of them may be one file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flaresmith.compiler.paths import collisions, why_unsafe


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../../etc/passwd",
        "api/../../x",
        "api//x",
        "./x",
        "api\\x",
        "C:/x",
        "a\x00b",
        "a\nb",
        "\ud800",
        ".git/hooks/pre-commit",
        "api/.GIT/config",
        ".g\u200cit/config",
        ".git./config",
        ".git::$INDEX_ALLOCATION/config",
        "git~1/config",
        "x" * 300,
        "/".join(["abcdefghij"] * 200),
    ],
)
def test_path_that_leaves_the_project_or_the_portable_is_refused(path: str) -> None:
    assert why_unsafe(path)


@pytest.mark.parametrize("path", ["README.md", "specs/001-büro/spec.md", ".github/workflows/a b.yml", "a/.gitignore"])
def test_ordinary_path_is_accepted(path: str) -> None:
    assert why_unsafe(path) == ""


@given(st.text())
def test_an_accepted_path_never_points_outside(path: str) -> None:
    if not why_unsafe(path):
        assert not path.startswith("/")
        assert ".." not in path.split("/")
        path.encode()


def test_paths_that_differ_only_in_case_or_composition_collide() -> None:
    assert collisions(["README.md", "readme.md"]) == [("README.md", "readme.md")]
    assert collisions(["e\u0301.md", "\u00e9.md"])


def test_a_file_cannot_be_the_folder_of_another() -> None:
    assert collisions(["api/app", "api/app/main.py"]) == [("api/app", "api/app/main.py")]
    assert collisions(["api/app.py", "api/app/main.py"]) == []
