"""`tasks.md` in its forms: ids, marks, stories, phases, citations, paths."""

from __future__ import annotations

import pytest

from flaresmith.compiler.parse.tasks import paths_of, read_tasks


def only(text):
    [task] = read_tasks(f"# Tasks\n\n## Phase 1: Setup\n\n{text}\n", "tasks.md")
    return task


@pytest.mark.parametrize(
    ("line", "identifier", "text"),
    [
        ("- [ ] T001 Make it", "T001", "Make it"),
        ("- [ ] **T001** Make it", "T001", "Make it"),
        ("- [ ] **T001**: Make it", "T001", "Make it"),
        ("- [ ] T001a: Make it", "T001a", "Make it"),
        ("- [ ] T0001 - Make it", "T0001", "Make it"),
        ("- T001: Make it", "T001", "Make it"),
        ("**T001**: Make it", "T001", "Make it"),
        ("### T001 Make it", "T001", "Make it"),
        ("### Task 1.1: Make it", "1.1", "Make it"),
        ("### WP01: Make it", "WP01", "Make it"),
        ("## Work Package WP01: Make it", "WP01", "Make it"),
        ("| T001 | Make it |", "T001", "Make it"),
        ("- [ ] Make it", "", "Make it"),
    ],
)
def test_the_id_of_a_task(line, identifier, text):
    task = only(line)
    assert (task.id, task.text, task.done) == (identifier, text, False)


def test_marks_story_phase_citations_and_paths():
    task = only("- [X] T012 [P] [US2] Build the cart in `src/cart.py` and tests/test_cart.py (FR-003, FR-005–006)")
    assert (task.id, task.done, task.parallel, task.story, task.phase) == ("T012", True, True, "US2", "Phase 1: Setup")
    assert task.requirements == ("FR-003", "FR-005", "FR-006")
    assert task.paths == ("src/cart.py", "tests/test_cart.py")
    assert task.text == "Build the cart in src/cart.py and tests/test_cart.py (FR-003, FR-005–006)"
    assert str(task.source) == "tasks.md:5:3"


def test_what_stands_below_a_task_belongs_to_it():
    task = only("- [ ] T001 Make it\n  - cites FR-009\n  - in `lib/it.dart`")
    assert (task.requirements, task.paths) == (("FR-009",), ("lib/it.dart",))


def test_checkboxes_below_a_work_package_are_tasks_of_their_own():
    text = "## Work Package WP01: Base (Priority: P0)\n### Included Subtasks\n- [ ] T001 One\n  - [ ] T002 Two\n"
    found = [task.id for task in read_tasks(text, "tasks.md")]
    assert found == ["WP01", "T001", "T002"]


@pytest.mark.parametrize(
    "line",
    ["- T001, T002 can run in parallel", "- T001-T004: the base", "- T003 → T004", "- **[P]**: can run in parallel"],
)
def test_words_about_tasks_are_none(line):
    assert read_tasks(f"# Tasks\n## Phase 1\n- [ ] T001 One\n\n## Phase 2\n\n{line}\n", "t.md")[1:] == []


def test_an_id_is_one_task_wherever_it_is_named_again():
    text = "## Phase 1\n- [ ] T001 One\n## Dependencies\n- T001: before everything\n- T002: never\n"
    assert [task.id for task in read_tasks(text, "t.md")] == ["T001"]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("edit `src/app/[id]/page.tsx`", ["src/app/[id]/page.tsx"]),
        ("edit `package.json` and `Dockerfile`", ["package.json", "Dockerfile"]),
        ("create `tests/fixtures/`", ["tests/fixtures/"]),
        ("serve `/api/users` and `GET /x`", []),
        ("see https://example.com/a/b.html", []),
        ("CRUD and/or list", []),
        ("call `app.run()` on `user.name`", []),
        ("in apps/web/src/main.ts.", ["apps/web/src/main.ts"]),
    ],
)
def test_paths(text, paths):
    assert list(paths_of(text)) == paths
