"""The front door: same input, same bytes; history never rewritten; nothing written outside; errors make no files."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flaresmith.compiler.build import Build, build
from flaresmith.compiler.lock import LOCK_PATH, Lock
from flaresmith.compiler.merge import compare
from flaresmith.compiler.paths import why_unsafe

ROOT = Path(__file__).parents[3]
MODEL = """\
# Data Model

## Entities

### Book

A thing to read (FR-001).

- id (uuid, pk) REQUIRED
- title (string, 1..200) REQUIRED
- pages (integer, 1..5000) OPTIONAL
{more}
"""
AUTHOR = """
### Author

- id (uuid, pk) REQUIRED
- name (string, max 80) REQUIRED
"""
SPEC = "# Feature Specification: Books\n\n## Requirements\n\n- **FR-001**: Readers MUST be able to keep books.\n"


def specs(more: str = "", spec: str = SPEC) -> dict[str, bytes]:
    """One feature with one entity."""
    return {"001-books/spec.md": spec.encode(), "001-books/data-model.md": MODEL.format(more=more).encode()}


def tree(made: Build) -> dict[str, bytes]:
    """The branch after applying a build."""
    return {file.path: file.text.encode() for file in made.files}


def changed(before: Build, after: Build) -> set[str]:
    """Paths that applying the second build would touch."""
    return {change.path for change in compare(after, tree(before), before.lock).changes}


def test_everything_that_belongs_in_the_repository_is_made() -> None:
    made = build(specs(), name="Books")
    paths = [file.path for file in made.files]
    assert made.ok
    assert {"README.md", "contracts/openapi.json", "specs/001-books/spec.md", "api/app/main.py"} <= set(paths)
    assert paths[-1] == LOCK_PATH
    assert paths[:-1] == sorted(paths[:-1])
    assert set(made.lock.files) == set(paths[:-1])
    assert Lock.read(made.files[-1].text.encode()) == made.lock
    assert [
        file.path
        for file in made.files
        if file.path.startswith("specs/") and file.text.encode() != specs()[file.path.removeprefix("specs/")]
    ] == []


def test_the_lock_knows_requirements_and_checksums() -> None:
    made = build(specs(), name="Books")
    for file in made.files[:-1]:
        assert made.lock.files[file.path].sha256 == hashlib.sha256(file.text.encode()).hexdigest()
    assert made.lock.files["contracts/openapi.json"].requirements == ("FR-001",)
    assert made.lock.files["README.md"].seed


def test_a_second_build_with_the_lock_has_nothing_to_do() -> None:
    first = build(specs(), name="Books")
    second = build(specs(), name="Books", lock=Lock.read(first.lock.write()))
    assert second.operations == ()
    assert second.files == first.files
    assert compare(second, tree(first), first.lock).status == "clean"


def test_a_new_field_adds_a_revision_and_leaves_the_old_one_alone() -> None:
    first = build(specs(), name="Books")
    second = build(specs("- isbn (string, max 13) OPTIONAL"), name="Books", lock=first.lock)
    assert [operation.op for operation in second.operations] == ["add_column"]
    assert second.model.migrations[:1] == first.model.migrations
    assert second.model.migrations[1].parent == first.model.migrations[0].revision
    revisions = {p for p in changed(first, second) if p.startswith("api/migrations/versions/")}
    assert len(revisions) == 1
    assert not revisions & tree(first).keys()


def test_history_survives_the_loss_of_the_old_specs() -> None:
    first = build(specs(), name="Books")
    second = build(specs(AUTHOR), name="Books", lock=first.lock)
    third = build(specs(AUTHOR), name="Books", lock=Lock.read(second.lock.write()))
    old = {p: d for p, d in tree(first).items() if p.startswith("api/migrations/versions/")}
    assert old.items() <= tree(third).items()


def test_words_around_the_facts_change_no_code() -> None:
    first = build(specs(), name="Books")
    prose = {p: b"\n" + d.replace(b"## Entities\n", b"Some more words.\n\n## Entities\n") for p, d in specs().items()}
    second = build(prose, name="Books", lock=first.lock)
    assert second.operations == ()
    told = {"trace/index.html", "trace/matrix.json"}  # they tell the line of every fact
    assert {p for p in changed(first, second) if not p.startswith("specs/")} == {LOCK_PATH, *told}


def test_another_entity_touches_only_what_names_it() -> None:
    first = build(specs(), name="Books")
    second = build(specs(AUTHOR), name="Books", lock=first.lock)
    drawn = {"docs/erd/001-books.svg"}  # the picture of the feature, which has got another entity
    touched = {path for path in changed(first, second) if "book" in path.rsplit("/", 1)[-1]} - drawn
    assert touched == set()


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_the_bytes_do_not_depend_on_the_hash_seed(seed: str) -> None:
    program = (
        "import hashlib, pathlib\n"
        "from flaresmith.compiler.build import build\n"
        "root = pathlib.Path('examples/tool-library/specs')\n"
        "files = {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob('*') if p.is_file()}\n"
        "made = build(files, name='Tool library')\n"
        "print(hashlib.sha256(repr([(f.path, f.text) for f in made.files]).encode()).hexdigest())\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, check=True)
    folder = ROOT / "examples/tool-library/specs"
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    made = build(dict(reversed(files.items())), name="Tool library")
    assert (
        run.stdout.decode().strip() == hashlib.sha256(repr([(f.path, f.text) for f in made.files]).encode()).hexdigest()
    )


def test_errors_make_no_files_and_keep_the_lock() -> None:
    first = build(specs(), name="Books")
    broken = {**specs(), "001-books/contracts/openapi.yaml": b"openapi: 3.1.0\npaths: [\n"}
    made = build(broken, name="Books", lock=first.lock)
    assert not made.ok
    assert made.files == ()
    assert made.lock is first.lock
    assert made.model.errors[0].source.file == "001-books/contracts/openapi.yaml"


def test_no_specs_is_an_error() -> None:
    assert [d.rule for d in build({}, name="Nothing").model.errors] == ["no-specs"]


@pytest.mark.parametrize(
    "path",
    ["../../etc/passwd", "/etc/passwd", "a\\..\\b.md", ".git/hooks/pre-commit", "x\x00.md", "001-books/SPEC.md"],
)
def test_a_path_that_is_not_safe_is_refused_by_name(path: str) -> None:
    made = build({**specs(), path: b"# hello"}, name="Books")
    assert made.files == ()
    assert "unsafe-path" in [d.rule for d in made.model.errors]


def test_specs_given_with_their_folder_are_copied_to_the_same_place() -> None:
    inside = {f"specs/{path}": data for path, data in specs().items()}
    assert tree(build(inside, name="Books")).keys() == tree(build(specs(), name="Books")).keys()


def test_what_is_not_text_stays_behind_and_is_told() -> None:
    made = build({**specs(), "001-books/photo.png": b"\x89PNG\xff"}, name="Books")
    assert made.ok
    assert "specs/001-books/photo.png" not in tree(made)
    assert "not-copied" in [d.rule for d in made.model.diagnostics]


def test_one_target_alone_leaves_the_others_in_the_lock() -> None:
    first = build(specs(), name="Books")
    second = build(specs(AUTHOR), name="Books", lock=first.lock, targets=["openapi"])
    assert "contracts/openapi.json" in tree(second)
    assert not any(path.startswith("api/") for path in tree(second))
    comparison = compare(second, tree(first), first.lock)
    assert comparison.deletes() == ()
    with pytest.raises(ValueError, match="cobol"):
        build(specs(), name="Books", targets=["cobol"])


HOSTILE = st.text(max_size=30) | st.sampled_from(
    ["../../etc/passwd", "'; DROP TABLE users; --", "{{7*7}}", "${x}", "`rm -rf /`", "*/ alert(1) /*", '"""', "class"]
)


@settings(max_examples=25, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE)
def test_hostile_names_never_leave_the_project(entity: str, field: str, default: str) -> None:
    text = f"# Data Model\n\n### {entity}\n\n- id (uuid, pk) REQUIRED\n- {field} (string, default {default}) OPTIONAL\n"
    made = build({"001-x/spec.md": SPEC.encode(), "001-x/data-model.md": text.encode(errors="replace")}, name=entity)
    for file in made.files:
        assert why_unsafe(file.path) == ""
        if file.path.endswith(".json"):
            json.loads(file.text)
        if file.path.endswith(".py"):
            compile(file.text, file.path, "exec")


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["001-a/spec.md", "001-a/data-model.md", "001-a/contracts/openapi.yaml"]),
        st.binary(max_size=80),
    )
)
def test_any_bytes_either_build_or_have_diagnostics(files: Mapping[str, bytes]) -> None:
    made = build(files, name="Anything")
    assert made.ok or made.model.errors
