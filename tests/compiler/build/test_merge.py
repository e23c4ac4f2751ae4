"""Comparing a build with a branch: hand edits are never lost, and every path has exactly one fate."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flaresmith.compiler.build import Build, checksum
from flaresmith.compiler.lock import LOCK_PATH, Lock, LockedFile, Ownership
from flaresmith.compiler.merge import (
    Choice,
    Comparison,
    Reason,
    Take,
    compare,
    drift_report,
    known_bases,
    needed_bases,
)
from flaresmith.compiler.model import Diagnostic, File, Model, Severity, Source

PATHS = ["README.md", "api/app.py", "api/models.py", "zod.ts"]
TEXTS = st.sampled_from(["one\n", "one\ntwo\n", "three\n", ""])
TREES = st.dictionaries(st.sampled_from(PATHS), TEXTS)


def made(texts: Mapping[str, str], seeds: frozenset[str] = frozenset()) -> Build:
    """A build of these files."""
    files = [File(path, texts[path], "zod", ("FR-001",), seed=path in seeds) for path in sorted(texts)]
    where = ("001-x/data-model.md:7",)
    lock = Lock(
        files={f.path: LockedFile(checksum(f.text), f.target, f.requirements, f.seed, sources=where) for f in files}
    )
    return Build(Model("x"), (*files, File(LOCK_PATH, lock.write().decode(), "lock")), lock)


def tree(build: Build) -> dict[str, bytes]:
    """The branch right after that build was applied."""
    return {file.path: file.text.encode() for file in build.files}


def applied(comparison: Comparison, branch: Mapping[str, bytes]) -> dict[str, bytes]:
    """The branch after applying."""
    return {p: d for p, d in branch.items() if p not in comparison.deletes()} | comparison.writes()


def test_an_empty_branch_gets_everything() -> None:
    comparison = compare(made({"a": "1\n", "b": "2\n"}), {}, None)
    assert [change.path for change in comparison.created] == ["a", "b", LOCK_PATH]
    assert comparison.status == "drift"
    assert comparison.created[0].added == 1


def test_applying_twice_changes_nothing_the_second_time() -> None:
    build = made({"a": "1\n"})
    comparison = compare(build, tree(build), build.lock)
    assert comparison.status == "clean"
    assert comparison.unchanged == ("a", LOCK_PATH)


def test_a_generated_file_that_nobody_touched_is_brought_up_to_date() -> None:
    old, new = made({"a": "1\n2\n"}), made({"a": "1\n3\n4\n"})
    change = compare(new, tree(old), old.lock).modified[0]
    assert (change.path, change.added, change.removed) == ("a", 2, 1)
    assert (change.before, change.after) == (checksum("1\n2\n"), checksum("1\n3\n4\n"))


def test_a_hand_edit_is_kept_while_our_output_stays_the_same() -> None:
    build = made({"a": "1\n"})
    comparison = compare(build, tree(build) | {"a": b"mine\n"}, build.lock)
    assert comparison.kept == ("a",)
    assert comparison.writes() == {}


def test_a_hand_edit_is_a_conflict_when_our_output_changes() -> None:
    old, new = made({"a": "1\n"}), made({"a": "2\n"})
    comparison = compare(new, tree(old) | {"a": b"mine\n"}, old.lock)
    (conflict,) = comparison.conflicts
    assert (conflict.path, conflict.reason) == ("a", Reason.MANUAL_DIVERGENCE)
    assert comparison.status == "conflicts"
    assert "-mine\n+2\n" in comparison.diff("a")


def test_a_file_that_is_not_ours_is_not_overwritten() -> None:
    (conflict,) = compare(made({"a": "1\n"}), {"a": b"mine\n"}, None).conflicts
    assert conflict.reason is Reason.UNTRACKED


def test_a_file_no_longer_generated_is_deleted_unless_edited_then_it_is_yours() -> None:
    old, new = made({"a": "1\n", "b": "2\n"}), made({})
    branch = tree(old) | {"b": b"mine\n"}
    comparison = compare(new, branch, old.lock)
    assert (comparison.deletes(), comparison.conflicts, comparison.kept) == (("a",), (), ("b",))
    assert "yours now" in comparison.why["b"]
    assert comparison.lock.files["b"].ownership is Ownership.YOURS
    branch = applied(comparison, branch)
    again = compare(new, branch, Lock.read(branch[LOCK_PATH]))
    assert (again.status, again.kept) == ("clean", ("b",))
    assert compare(new, branch, comparison.lock, overwrite={"b"}).deletes() == ("b",)


def test_a_file_deleted_by_hand_stays_deleted_until_somebody_asks_for_it() -> None:
    old, new = made({"a": "1\n"}), made({"a": "2\n"})
    for build in (old, new):
        comparison = compare(build, {}, old.lock)
        assert (comparison.kept, comparison.conflicts) == (("a",), ())
        assert "deleted by hand" in comparison.why["a"]
    branch = applied(comparison, {})
    assert "a" not in branch
    again = compare(made({"a": "3\n"}), branch, Lock.read(branch[LOCK_PATH]), overwrite={"a"})
    assert again.writes()["a"] == b"3\n"


def test_what_both_sides_changed_apart_is_merged_from_the_base() -> None:
    old, new = made({"a": "1\n2\n3\n4\n"}), made({"a": "1\n2\n3\nfour\n"})
    branch = tree(old) | {"a": b"one\n2\n3\n4\n"}
    needed = needed_bases(new, branch, old.lock)
    assert needed == {"a": checksum("1\n2\n3\n4\n")}
    comparison = compare(new, branch, old.lock, bases=known_bases(tree(old), needed))
    assert comparison.writes()["a"] == b"one\n2\n3\nfour\n"
    assert [change.path for change in comparison.merged] == ["a"]
    assert comparison.lock.files["a"].ownership is Ownership.MERGED
    after = applied(comparison, branch)
    assert compare(new, after, Lock.read(after[LOCK_PATH])).status == "clean"
    newest = made({"a": "1\n2\nthree\nfour\n"})  # and once more, from the version that the branch never held
    lock, bases = Lock.read(after[LOCK_PATH]), comparison.bases(of_all=False)
    assert set(bases) == {checksum("1\n2\n3\nfour\n")}
    assert compare(newest, after, lock, bases=bases).writes()["a"] == b"one\n2\nthree\nfour\n"


def test_a_conflict_tells_both_sides_the_base_and_where_it_comes_from() -> None:
    old, new = made({"a": "1\n2\n3\n"}), made({"a": "1\ntwo\n3\n"})
    branch = tree(old) | {"a": b"1\nzwei\n3\n"}
    bases = known_bases(tree(old), needed_bases(new, branch, old.lock))
    (conflict,) = compare(new, branch, old.lock, bases=bases).conflicts
    (hunk,) = conflict.hunks
    assert (hunk.number, hunk.line, hunk.base, hunk.ours, hunk.theirs) == (1, 2, "2\n", "zwei\n", "two\n")
    assert (conflict.change.requirements, conflict.change.sources) == (("FR-001",), ("001-x/data-model.md:7",))
    for take, text, result in (
        (Take.OURS, None, b"1\nzwei\n3\n"),
        (Take.THEIRS, None, b"1\ntwo\n3\n"),
        (Take.EDIT, "deux\n", b"1\ndeux\n3\n"),
    ):
        choice = Choice("a", take, 1, text, conflict.fingerprint)
        comparison = compare(new, branch, old.lock, bases=bases, choices=[choice])
        assert comparison.conflicts == ()
        assert applied(comparison, branch)["a"] == result
    stale = Choice("a", Take.THEIRS, 1, None, "of other versions")
    comparison = compare(new, branch, old.lock, bases=bases, choices=[stale])
    assert (len(comparison.conflicts), comparison.unused) == (1, ("a",))


def test_what_is_yours_is_never_written_and_merges_when_it_is_given_back() -> None:
    old, new = made({"a": "1\n2\n3\n"}), made({"a": "1\n2\ndrei\n"})
    record = replace(old.lock.files["a"], ownership=Ownership.YOURS)
    branch = tree(old) | {"a": b"one\n2\n3\n"}
    comparison = compare(new, branch, replace(old.lock, files={"a": record}), bases=known_bases(tree(old), {}))
    assert (comparison.kept, comparison.conflicts) == (("a",), ())
    frozen = comparison.lock.files["a"]
    assert (frozen.ownership, frozen.sha256) == (Ownership.YOURS, record.sha256)
    given = replace(comparison.lock, files={"a": replace(frozen, ownership=Ownership.GENERATED)})
    bases = {record.sha256: b"1\n2\n3\n"}
    assert compare(new, branch, given, bases=bases).writes()["a"] == b"one\n2\ndrei\n"


def test_seed_files_are_written_once_and_never_again() -> None:
    seeds = frozenset({"a"})
    old, new = made({"a": "1\n"}, seeds), made({"a": "2\n"}, seeds)
    assert [change.path for change in compare(old, {}, None).created] == ["a", LOCK_PATH]
    assert compare(new, {"a": b"mine\n"}, None).kept == ("a",)
    assert compare(new, tree(old), old.lock).kept == ("a",)
    assert compare(made({}), tree(old), old.lock).kept == ("a",)


def test_a_conflict_is_settled_by_name() -> None:
    old, new = made({"a": "1\n", "b": "1\n"}), made({"a": "2\n", "b": "2\n"})
    branch = tree(old) | {"a": b"mine\n", "b": b"mine\n"}
    comparison = compare(new, branch, old.lock, keep={"a"}, overwrite={"b", "never/heard.of"})
    assert comparison.conflicts == ()
    assert comparison.kept == ("a",)
    assert comparison.writes()["b"] == b"2\n"
    assert comparison.unused == ("never/heard.of",)
    with pytest.raises(ValueError, match="both"):
        compare(new, branch, old.lock, keep={"a"}, overwrite={"a"})


def test_after_keeping_a_file_there_is_no_conflict_any_more() -> None:
    old, new = made({"a": "1\n"}), made({"a": "2\n"})
    comparison = compare(new, tree(old) | {"a": b"mine\n"}, old.lock, keep={"a"})
    branch = applied(comparison, tree(old) | {"a": b"mine\n"})
    again = compare(new, branch, Lock.read(branch[LOCK_PATH]))
    assert (again.status, again.kept) == ("clean", ("a",))
    assert comparison.lock.files["a"].ownership is Ownership.MERGED


def test_a_build_with_errors_cannot_be_compared() -> None:
    error = Diagnostic("no-specs", Severity.ERROR, "Nothing here", Source(".", 1))
    with pytest.raises(ValueError, match="errors"):
        compare(Build(Model("x", diagnostics=(error,)), (), Lock()), {}, None)


@given(TREES, TREES, TREES, st.sets(st.sampled_from(PATHS)), st.sets(st.sampled_from(PATHS)))
def test_a_hand_edit_is_never_lost_unless_named(
    old: dict[str, str], new: dict[str, str], branch: dict[str, str], overwrite: set[str], seeds: set[str]
) -> None:
    before, build = made(old), made(new, frozenset(seeds))
    present = {path: text.encode() for path, text in branch.items()}
    comparison = compare(build, present, before.lock, overwrite=overwrite)
    after = applied(comparison, present)
    for path, data in present.items():
        edited = path not in old or data != old[path].encode()
        if edited and path not in overwrite:
            added = set(data.splitlines()) - set(old.get(path, "").encode().splitlines())
            assert added <= set(after[path].splitlines())
            if path in {conflict.path for conflict in comparison.conflicts}:
                assert after[path] == data


@given(TREES, TREES, TREES)
def test_every_path_has_exactly_one_fate_and_the_report_agrees(
    old: dict[str, str], new: dict[str, str], branch: dict[str, str]
) -> None:
    before, build = made(old), made(new)
    present = {path: text.encode() for path, text in branch.items()}
    comparison = compare(build, present, before.lock)
    changed = [change.path for change in comparison.changes]
    fates = [*changed, *(c.path for c in comparison.conflicts), *comparison.unchanged, *comparison.kept]
    assert len(fates) == len(set(fates))
    assert set(new) <= set(fates)
    report = drift_report(
        comparison,
        project_id="p",
        feature_dir="specs",
        spec_version="1",
        constitution_version="",
        dry_run=True,
        applied_at="2030-01-01T00:00:00Z",
    )
    summary = report["summary"]
    assert isinstance(summary, dict)
    assert summary["changedCount"] == len(changed)
    assert summary["filesCreated"] + summary["filesModified"] + summary["filesDeleted"] == len(changed)
    assert summary["hasConflicts"] == bool(summary["conflictCount"]) == bool(comparison.conflicts)
    assert summary["status"] == comparison.status
    assert report["appliedAt"] is None


@given(TREES, TREES, TREES)
def test_once_conflicts_are_settled_a_second_apply_has_nothing_to_do(
    old: dict[str, str], new: dict[str, str], branch: dict[str, str]
) -> None:
    before, build = made(old), made(new)
    present = {path: text.encode() for path, text in branch.items()}
    conflicts = {conflict.path for conflict in compare(build, present, before.lock).conflicts}
    comparison = compare(build, present, before.lock, overwrite=conflicts)
    assert comparison.conflicts == ()
    again = compare(build, applied(comparison, present), comparison.lock)
    assert again.status == "clean"
