"""`flaresmith spec build` and `diff`: a folder that keeps up with the specs and never loses an edit by hand."""

from __future__ import annotations

import resource
import subprocess
from pathlib import Path

import pytest
from tests.cli.conftest import DATA_MODEL, Command, make_specs

CHANGED = DATA_MODEL + "- isbn (string, unique) OPTIONAL\n"
REDUCED = DATA_MODEL.replace("- pages (integer) OPTIONAL\n", "")
MODEL = "api/app/models/book.py"


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def data_model(books: Path) -> Path:
    return books / "specs" / "001-books" / "data-model.md"


@pytest.fixture
def built(flaresmith: Command, books: Path, tmp_path: Path) -> Path:
    """A folder into which the books were built."""
    assert flaresmith("spec", "build", books, "--out", tmp_path / "out").code == 0
    return tmp_path / "out"


def test_it_writes_once_and_then_finds_nothing_to_do(flaresmith: Command, books: Path, built: Path) -> None:
    before = tree(built)
    assert {"flaresmith.lock", "contracts/openapi.json", MODEL, "specs/001-books/spec.md"} <= set(before)
    again = flaresmith("spec", "build", books, "--out", built, "--json")
    assert (again.code, again.json["code"], again.json["status"]) == (0, [], "clean")
    assert flaresmith("spec", "build", books / "specs", "--out", built, "--check").code == 0
    assert tree(built) == before


def test_check_writes_nothing_and_says_so_with_its_exit_code(flaresmith: Command, books: Path, built: Path) -> None:
    before = tree(built)
    data_model(books).write_text(CHANGED)
    result = flaresmith("spec", "build", books, "--out", built, "--check")
    assert result.code == 1
    assert "out of date" in result.out
    assert "add column books.isbn" in result.out
    assert tree(built) == before


def test_a_changed_spec_changes_the_files_and_adds_a_migration(flaresmith: Command, books: Path, built: Path) -> None:
    data_model(books).write_text(CHANGED)
    told = flaresmith("spec", "build", books, "--out", built, "--json").json
    assert told["written"] is True
    assert [step["op"] for step in told["database"]][:1] == ["add_column"]
    assert "isbn" in (built / MODEL).read_text()
    assert len(list((built / "api" / "migrations" / "versions").glob("*.py"))) == 2


def test_an_edit_by_hand_is_merged_with_what_changes_in_the_specs(
    flaresmith: Command, books: Path, built: Path
) -> None:
    method = "\n    def shout(self) -> str:\n        return self.title.upper()\n"
    (built / MODEL).write_text((built / MODEL).read_text() + method)
    for text, word in ((CHANGED, "isbn"), (CHANGED + "- shelf (string) OPTIONAL\n", "shelf")):
        data_model(books).write_text(text)
        result = flaresmith("spec", "build", books, "--out", built)
        assert result.code == 0
        assert "merged with your edits" in result.out
        assert method in (built / MODEL).read_text()
        assert word in (built / MODEL).read_text()
        assert flaresmith("spec", "build", books, "--out", built, "--check").code == 0


WIDER = DATA_MODEL.replace("max 200", "max 300")


@pytest.fixture
def clash(books: Path, built: Path) -> Path:
    """A generated file in which a person and the specs changed the length of one column."""
    (built / MODEL).write_text((built / MODEL).read_text().replace("sa.String(200)", "sa.String(250)"))
    data_model(books).write_text(WIDER)
    return built / MODEL


def test_a_conflict_shows_all_sides_and_nothing_at_all_is_written(
    flaresmith: Command, books: Path, built: Path, clash: Path
) -> None:
    before = tree(built)
    result = flaresmith("spec", "build", books, "--out", built)
    assert result.code == 1
    assert f"--keep {MODEL}" in result.err
    for words in ("base   │ 200", "ours   │ 250", "theirs │ 300", "class Book › title", "data-model.md:3"):
        assert words in result.out
    told = flaresmith("spec", "build", books, "--out", built, "--json").json
    (conflict,) = told["conflicts"]
    (hunk,) = conflict["hunks"]
    assert (hunk["base"], hunk["ours"], hunk["theirs"]) == ("200", "250", "300")
    assert tree(built) == before


@pytest.mark.parametrize("decision", ["--keep", "--overwrite"])
def test_a_conflict_is_decided_by_name(
    flaresmith: Command, books: Path, built: Path, clash: Path, decision: str
) -> None:
    assert flaresmith("spec", "build", books, "--out", built, decision, MODEL).code == 0
    assert f"sa.String({250 if decision == '--keep' else 300})" in clash.read_text()
    assert "300" in (built / "contracts" / "openapi.json").read_text()


@pytest.mark.parametrize(("take", "length"), [("--ours", 250), ("--theirs", 300), ("--text", 275)])
def test_a_conflict_is_decided_place_by_place_and_only_the_build_writes(
    flaresmith: Command, books: Path, built: Path, clash: Path, tmp_path: Path, take: str, length: int
) -> None:
    (tmp_path / "text").write_text("275")
    where = ("--specs", books, "--out", built)
    text, before = (tmp_path / "text",) if take == "--text" else (), clash.read_text()
    assert "1 of" not in flaresmith("spec", "accept", MODEL, *where, "--theirs", "--hunk", "1").err
    assert flaresmith("spec", "accept", MODEL, *where, "--undo").code == 0  # a wrong click loses nothing
    assert flaresmith("spec", "build", books, "--out", built).code == 1
    shown = flaresmith("spec", "accept", MODEL, *where, take, *text, "--hunk", "1")
    assert (shown.code, "Everything is decided" in shown.out) == (0, True)
    assert clash.read_text() == before
    assert flaresmith("spec", "build", books, "--out", built).code == 0
    assert f"sa.String({length})" in clash.read_text()
    assert not (built / "flaresmith.accepted").exists()
    assert flaresmith("spec", "build", books, "--out", built, "--check").code == 0


def test_a_decision_counts_only_for_what_was_seen(flaresmith: Command, books: Path, built: Path, clash: Path) -> None:
    where = ("--specs", books, "--out", built)
    assert flaresmith("spec", "accept", MODEL, *where, "--theirs").code == 0
    clash.write_text(clash.read_text().replace("sa.String(250)", "sa.String(260)"))
    assert flaresmith("spec", "build", books, "--out", built).code == 1
    assert "sa.String(260)" in clash.read_text()
    assert flaresmith("spec", "accept", "api/app/main.py", *where, "--theirs").code == 2
    assert flaresmith("spec", "accept", MODEL, *where, "--ours", "--theirs").code == 2
    assert flaresmith("spec", "accept", MODEL, *where, "--ours", "--hunk", "7").code == 2


def test_what_is_yours_is_not_written_until_it_is_given_back(flaresmith: Command, books: Path, built: Path) -> None:
    (built / MODEL).write_text((built / MODEL).read_text() + "\n\nMINE = 1\n")
    assert "is yours" in flaresmith("spec", "own", MODEL, "--out", built).out
    data_model(books).write_text(CHANGED)
    result = flaresmith("spec", "build", books, "--out", built)
    assert (result.code, "stays yours" in result.out) == (0, True)
    assert "isbn" not in (built / MODEL).read_text()
    assert flaresmith("spec", "disown", MODEL, "--out", built).code == 0
    assert flaresmith("spec", "build", books, "--out", built).code == 0
    assert {"isbn" in (built / MODEL).read_text(), "MINE = 1" in (built / MODEL).read_text()} == {True}
    assert flaresmith("spec", "own", "nothing/of/ours.py", "--out", built).code == 2


def test_a_deleted_file_stays_deleted_until_it_is_given_back(flaresmith: Command, books: Path, built: Path) -> None:
    (built / MODEL).unlink()
    data_model(books).write_text(CHANGED)
    result = flaresmith("spec", "build", books, "--out", built)
    assert (result.code, "stays away" in result.out) == (0, True)
    assert not (built / MODEL).exists()
    assert flaresmith("spec", "disown", MODEL, "--out", built).code == 0
    assert flaresmith("spec", "build", books, "--out", built).code == 0
    assert "isbn" in (built / MODEL).read_text()


def test_without_its_side_file_the_base_comes_from_git(flaresmith: Command, books: Path, built: Path) -> None:
    git(built, "init", "-q")
    git(built, "add", ".")
    git(built, "commit", "-qm", "generated")
    (built / "flaresmith.base").write_bytes(b"damaged")
    (built / MODEL).write_text((built / MODEL).read_text() + "\n\nMINE = 1\n")
    data_model(books).write_text(CHANGED)
    assert flaresmith("spec", "build", books, "--out", built).code == 0
    assert {"isbn" in (built / MODEL).read_text(), "MINE = 1" in (built / MODEL).read_text()} == {True}


def test_a_foreign_file_in_the_way_is_a_conflict(flaresmith: Command, books: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "contracts").mkdir(parents=True)
    (tmp_path / "out" / "contracts" / "openapi.json").write_text("mine")
    assert flaresmith("spec", "build", books, "--out", tmp_path / "out").code == 1
    assert tree(tmp_path / "out") == {"contracts/openapi.json": b"mine"}


def test_what_the_spec_no_longer_asks_for_is_removed_with_its_empty_folders(
    flaresmith: Command, books: Path, built: Path
) -> None:
    feature = books / "specs" / "002-shelves"
    feature.mkdir()
    (feature / "spec.md").write_text("# Shelves\n")
    (feature / "data-model.md").write_text(DATA_MODEL.replace("Book", "Shelf"))
    assert flaresmith("spec", "build", books, "--out", built).code == 0
    assert (built / "api/app/models/shelf.py").is_file()
    for path in feature.iterdir():
        path.unlink()
    feature.rmdir()
    assert flaresmith("spec", "build", books, "--out", built).code == 0
    assert not (built / "api/app/models/shelf.py").exists()
    assert not (built / "specs/002-shelves").exists()


@pytest.mark.parametrize("link", ["api", "contracts/openapi.json"])
def test_nothing_is_written_through_a_link(flaresmith: Command, books: Path, tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "openapi.json").write_text("theirs")
    place = tmp_path / "out" / link
    place.parent.mkdir(parents=True)
    place.symlink_to(outside if link == "api" else outside / "openapi.json")
    result = flaresmith("spec", "build", books, "--out", tmp_path / "out", "--overwrite", "contracts/openapi.json")
    assert result.code == 1
    assert "is a link" in result.err
    assert tree(outside) == {"openapi.json": b"theirs"}


def test_errors_in_the_specs_write_nothing(flaresmith: Command, books: Path, tmp_path: Path) -> None:
    (books / "specs" / "001-books" / "contracts").mkdir()
    (books / "specs" / "001-books" / "contracts" / "openapi.yaml").write_text("a: [")
    result = flaresmith("spec", "build", books, "--out", tmp_path / "out")
    assert result.code == 1
    assert "openapi.yaml:2:" in result.err
    assert not (tmp_path / "out").exists()


def test_a_damaged_lock_is_not_guessed_at(flaresmith: Command, books: Path, built: Path) -> None:
    (built / "flaresmith.lock").write_text("<<<<<<< ours\n{}")
    before = tree(built)
    result = flaresmith("spec", "build", books, "--out", built)
    assert result.code == 1
    assert "merge conflict marks" in result.err
    assert tree(built) == before


def test_only_some_targets(flaresmith: Command, books: Path, tmp_path: Path) -> None:
    assert flaresmith("spec", "build", books, "--out", tmp_path / "out", "--target", "openapi").code == 0
    assert "contracts/openapi.json" in tree(tmp_path / "out")
    assert not (tmp_path / "out" / "api").exists()
    unknown = flaresmith("spec", "build", books, "--out", tmp_path / "out", "--target", "cobol")
    assert unknown.code == 2
    assert "openapi" in unknown.err


def test_the_output_never_becomes_input(flaresmith: Command, books: Path) -> None:
    assert flaresmith("spec", "build", books, "--out", books / "specs").code == 2
    assert flaresmith("spec", "build", books, "--out", books / "specs" / "out").code == 2
    assert flaresmith("spec", "build", books, "--out", books).code == 0
    assert flaresmith("spec", "build", books, "--out", books, "--check").code == 0


def test_a_build_that_runs_out_of_space_goes_on_later(flaresmith: Command, books: Path, built: Path) -> None:
    data_model(books).write_text(CHANGED)
    before = tree(built)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))  # the larger files cannot be written
    try:
        failed = flaresmith("spec", "build", books, "--out", built)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert failed.code == 1
    assert "cannot be written: File too large" in failed.err
    assert set(tree(built)) - set(before) <= {path for path in tree(built) if "versions/" in path}
    assert flaresmith("spec", "build", books, "--out", built).code == 0
    assert flaresmith("spec", "build", books, "--out", built, "--check").code == 0
    assert "isbn" in (built / MODEL).read_text()


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_diff_against_a_revision_names_what_would_be_lost(flaresmith: Command, books: Path) -> None:
    git(books, "init", "-q")
    git(books, "add", ".")
    git(books, "commit", "-qm", "books")
    assert "Nothing changes" in flaresmith("spec", "diff", books).out
    data_model(books).write_text(REDUCED)
    result = flaresmith("spec", "diff", books / "specs", "--against", "HEAD")
    assert result.code == 0
    assert "drop column books.pages" in result.out
    assert "1 of them destructive" in result.out
    told = flaresmith("spec", "diff", books, "--json", "--diff").json
    assert any("-" in change["diff"] for change in told["code"] if change["path"] == MODEL)
    missing = flaresmith("spec", "diff", books, "--against", "--output=/tmp/x")
    assert missing.code == 2


def test_diff_against_a_built_folder_and_against_other_specs(
    flaresmith: Command, books: Path, built: Path, tmp_path: Path
) -> None:
    other = make_specs(tmp_path / "other", CHANGED)
    data_model(books).write_text(CHANGED)
    before = tree(built)
    assert "add column books.isbn" in flaresmith("spec", "diff", books, "--against", built).out
    assert tree(built) == before
    assert "Nothing changes" in flaresmith("spec", "diff", other, "--against", books, "--name", "books").out
