"""Reading a folder of specs: which files, from where, and what a hostile folder cannot do."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cli.conftest import EXAMPLE, SPEC, make_specs

from flaresmith import cli
from flaresmith.cli import documents
from flaresmith.kit.errors import Invalid


def test_the_same_specs_are_read_from_the_project_and_from_its_specs_folder() -> None:
    from_project, from_specs = documents.read(EXAMPLE), documents.read(EXAMPLE / "specs")
    assert from_project.files == from_specs.files
    assert "specs/001-catalogue/data-model.md" in from_project.files
    assert not any("README" in path for path in from_project.files)
    assert from_project.base == from_specs.base == EXAMPLE


def test_one_feature_is_read_alone_under_the_same_paths() -> None:
    read = documents.read(EXAMPLE / "specs" / "001-catalogue")
    assert {path.split("/")[1] for path in read.files} == {"001-catalogue"}
    assert read.files.items() <= documents.read(EXAMPLE).files.items()


def test_features_are_found_without_a_specs_folder_and_other_texts_are_left(tmp_path: Path) -> None:
    (tmp_path / "docs" / "001-a" / "contracts").mkdir(parents=True)
    (tmp_path / "docs" / "001-a" / "spec.md").write_text(SPEC)
    (tmp_path / "docs" / "001-a" / "contracts" / "openapi.yaml").write_text("openapi: 3.1.0\n")
    (tmp_path / "docs" / "001-a" / "picture.png").write_bytes(b"\x89PNG")
    (tmp_path / "CHANGELOG.md").write_text("# nothing of ours\n")
    assert set(documents.read(tmp_path).files) == {"docs/001-a/spec.md", "docs/001-a/contracts/openapi.yaml"}


def test_a_project_whose_folder_looks_like_a_feature_is_a_project(tmp_path: Path) -> None:
    project = make_specs(tmp_path / "2024-shop")
    assert documents.read(project).base == project


def test_hidden_folders_and_those_of_tools_are_skipped_but_the_constitution_is_read(books: Path) -> None:
    for name in (".git", "node_modules", "__pycache__"):
        (books / "specs" / "001-books" / name).mkdir()
        (books / "specs" / "001-books" / name / "spec.md").write_text("# no\n")
    (books / ".specify" / "memory").mkdir(parents=True)
    (books / ".specify" / "memory" / "constitution.md").write_text("**Version**: 1.2.0\n")
    paths = set(documents.read(books).files)
    assert paths == {".specify/memory/constitution.md", "specs/001-books/data-model.md", "specs/001-books/spec.md"}


def test_no_link_leads_out_of_the_folder_or_in_circles(books: Path, tmp_path: Path) -> None:
    feature = books / "specs" / "001-books"
    (tmp_path / "secret.md").write_text("the key to the house")
    (feature / "out.md").symlink_to(tmp_path / "secret.md")
    (feature / "up").symlink_to(books)
    (feature / "self.md").symlink_to("self.md")
    (feature / "gone.md").symlink_to("nowhere.md")
    (feature / "inside.md").symlink_to("spec.md")
    read = documents.read(books)
    assert b"the key to the house" not in read.files.values()
    assert read.files["specs/001-books/inside.md"] == SPEC.encode()
    assert read.notes == {
        "specs/001-books/gone.md": "this link leads nowhere",
        "specs/001-books/out.md": "links out of the folder are not followed",
        "specs/001-books/self.md": "this link leads nowhere",
        "specs/001-books/up": "links to folders are not followed",
    }


def test_what_is_no_file_is_not_waited_for(books: Path) -> None:
    os.mkfifo(books / "specs" / "001-books" / "pipe.md")
    read = documents.read(books)
    assert read.notes == {"specs/001-books/pipe.md": "this is not a regular file"}


def test_a_50_mb_file_is_cut_behind_the_limit_and_named(books: Path) -> None:
    with (books / "specs" / "001-books" / "huge.md").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    read = documents.read(books)
    assert len(read.files["specs/001-books/huge.md"]) == documents.MAX_FILE_BYTES + 1
    assert read.notes["specs/001-books/huge.md"].startswith("50.0 MiB")


def test_too_much_altogether_is_refused(books: Path) -> None:
    for number in range(33):
        with (books / "specs" / "001-books" / f"{number}.md").open("wb") as file:
            file.truncate(2 * 1024 * 1024)
    with pytest.raises(Invalid, match="more than 64 MiB"):
        documents.read(books)


@pytest.mark.parametrize("make", ["missing", "empty", "file", "texts", "loop"])
def test_no_specs_is_one_clear_sentence(tmp_path: Path, make: str) -> None:
    place = tmp_path / make
    if make in ("empty", "texts"):
        place.mkdir()
    if make == "texts":
        (place / "README.md").write_text("# a project without specs\n")
    if make == "file":
        place.write_text("x")
    if make == "loop":
        place.symlink_to(place)
    with pytest.raises(documents.NoSpecs) as caught:
        documents.read(place)
    assert str(place) in caught.value.message
    assert caught.value.hint
    assert cli.exit_code(caught.value) == 2


def test_names_that_are_no_text_are_left_out_and_shown_harmless(books: Path) -> None:
    (books / "specs" / "001-books" / "\x1b[2Jboo.md").write_text("# x")
    (books / os.fsdecode(b"specs/001-books/\xff.md")).write_text("# x")
    read = documents.read(books)
    assert set(read.files) == {"specs/001-books/data-model.md", "specs/001-books/spec.md"}
    assert len(read.notes) == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_named(books: Path) -> None:
    (books / "specs" / "001-books" / "spec.md").chmod(0)
    with pytest.raises(documents.SpecsUnreadable, match=r"specs/001-books/spec\.md: Permission denied"):
        documents.read(books)


def test_text_goes_over_the_wire_as_the_compiler_would_read_it(books: Path) -> None:
    feature = books / "specs" / "001-books"
    (feature / "latin.md").write_bytes("Käse".encode("cp1252"))
    (feature / "wide.md").write_bytes("Käse".encode("utf-16"))
    (feature / "garbage.md").write_bytes(bytes(range(256)))
    texts = documents.read(books).texts()
    assert texts["specs/001-books/latin.md"] == texts["specs/001-books/wide.md"] == "Käse"
    assert len(texts["specs/001-books/garbage.md"]) == 256


@given(st.text())
def test_plain_text_cannot_steer_a_terminal(text: str) -> None:
    shown = cli.plain(text)
    assert not [char for char in shown if unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t"]
    assert not set(shown) & set("\x1b\x9b\x07\x08\r\u202e\u2066")
    assert cli.plain(shown) == shown
