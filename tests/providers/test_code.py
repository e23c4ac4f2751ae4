"""Commits without a work tree: the same input, the same commit; users' files stay; a moved branch is a conflict."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flaresmith.kit.errors import Conflict, Invalid, NotFound
from flaresmith.providers.local.code.commit import BranchMoved, CommitKind
from flaresmith.providers.local.code.repository import RepositoryKind
from flaresmith.providers.local.disk import checked_path

from .conftest import STRANGER, Calls, Store

pytestmark = pytest.mark.anyio


def spec(store: Store, tree: dict[str, str | bytes], **more):
    where = {"repository": "shop", "branch": "dev", "message": "Change\n\nFR-001", "author_time": 1_700_000_100}
    return {**where, "files": store.files(tree), **more}


def git(repository: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=repository, check=True, capture_output=True, text=True).stdout


def user_commits(bare: Path, work: Path, changes: dict[str, str]) -> str:
    """A person clones, changes and pushes."""
    run = lambda *args, cwd=work: subprocess.run(["git", *args], cwd=cwd, check=True, capture_output=True, text=True)  # noqa: E731
    run("clone", "-q", "-b", "dev", str(bare), str(work), cwd=bare.parent)
    for path, text in changes.items():
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_text(text)
    run("add", ".")
    run("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-qm", "Mine")
    run("push", "-q", "origin", "dev")
    return run("rev-parse", "HEAD").stdout.strip()


@pytest.fixture
async def repository(repositories: RepositoryKind, call: Calls) -> Path:
    await repositories.create(call("shop"))
    return repositories.path("shop")


async def test_the_same_input_gives_the_same_commit(tmp_path: Path, store: Store, call: Calls) -> None:
    made = []
    for place in ("one", "two"):
        repositories = RepositoryKind(tmp_path / place)
        await repositories.create(call("shop"))
        commits = CommitKind(repositories, store.read)
        made.append(
            (await commits.create(call("shop-dev", spec(store, {"a/b.txt": "x", "c": b"\0\xff"})))).outputs["commit"]
        )
    assert made[0] == made[1]


async def test_what_a_commit_changes_and_what_it_leaves(
    repository: Path, repositories: RepositoryKind, commits: CommitKind, store: Store, call: Calls, tmp_path: Path
) -> None:
    first = await commits.create(call("shop-dev", spec(store, {"a.py": "1", "old.py": "2", "dir": "a file"})))
    head = user_commits(repository, tmp_path / "work", {"mine.txt": "kept", "a.py": "edited"})
    tree = {"a.py": "3", "dir/inner.py": 'quote " and ünïcode', "späce d.txt": "x"}
    second = call("shop-dev", spec(store, tree, delete=["old.py", "never-was"], parents=head))
    made = await commits.update(second, first)
    files = await repositories.read_files("shop", "dev", ["a.py", "mine.txt", "dir/inner.py", "späce d.txt", "old.py"])
    assert files == {
        "a.py": b"3",
        "mine.txt": b"kept",
        "dir/inner.py": 'quote " and ünïcode'.encode(),
        "späce d.txt": b"x",
    }
    assert set(await repositories.read_tree("shop", made.outputs["commit"])) == set(files)
    newest, *_, oldest = await repositories.log("shop", "dev")
    assert (newest.sha, newest.parents, newest.message) == (made.outputs["commit"], (head,), "Change\n\nFR-001")
    assert newest.author == "Flaresmith <flaresmith@localhost>"
    assert oldest.parents == ()
    git(repository, "fsck", "--strict")


async def test_nothing_to_change_makes_no_commit(
    repository: Path, repositories: RepositoryKind, commits: CommitKind, store: Store, call: Calls
) -> None:
    one = await commits.create(call("shop-dev", spec(store, {"a": "1"})))
    two = await commits.update(call("shop-dev", spec(store, {"a": "1"}, message="Again")), one)
    assert one.outputs["commit"] == two.outputs["commit"]
    assert len(await repositories.log("shop", "dev")) == 2


async def test_a_moved_branch_is_a_conflict_and_nothing_is_lost(
    repository: Path, repositories: RepositoryKind, commits: CommitKind, store: Store, call: Calls, tmp_path: Path
) -> None:
    seen = (await repositories.read(call("shop"))).outputs["branches"]["dev"]
    head = user_commits(repository, tmp_path / "work", {"mine.txt": "kept"})
    with pytest.raises(BranchMoved) as moved:
        await commits.create(call("shop-dev", spec(store, {"a": "1"}, parents=seen)))
    assert "new plan" in moved.value.hint
    assert (await repositories.read(call("shop"))).outputs["branches"]["dev"] == head
    assert await commits.read(call("shop-dev", spec(store, {}))) is None


async def test_of_two_at_once_one_wins(
    repository: Path, repositories: RepositoryKind, commits: CommitKind, store: Store, call: Calls
) -> None:
    head = (await repositories.read(call("shop"))).outputs["branches"]["dev"]
    wanted = [call(f"shop-{n}", spec(store, {f"{n}.txt": str(n)}, parents=head)) for n in range(4)]
    outcomes = await asyncio.gather(*map(commits.create, wanted), return_exceptions=True)
    made = [one for one in outcomes if not isinstance(one, BaseException)]
    assert len(made) == 1
    assert all(isinstance(one, BranchMoved) for one in outcomes if one not in made)
    assert len(await repositories.log("shop", "dev")) == 2


async def test_the_same_at_once_is_made_once(
    repository: Path, repositories: RepositoryKind, commits: CommitKind, store: Store, call: Calls
) -> None:
    wanted = call("shop-dev", spec(store, {"a": "1"}))
    outcomes = await asyncio.gather(*(commits.create(wanted) for _ in range(4)), return_exceptions=True)
    commit = (await commits.create(wanted)).outputs["commit"]
    assert {one.outputs["commit"] for one in outcomes if not isinstance(one, Exception)} <= {commit}
    assert len(await repositories.log("shop", "dev")) == 2


async def test_a_new_branch_starts_with_its_first_commit(
    repository: Path, repositories: RepositoryKind, commits: CommitKind, store: Store, call: Calls
) -> None:
    await commits.create(call("shop-feature", spec(store, {"a": "1"}, branch="feature/x")))
    assert [commit.parents for commit in await repositories.log("shop", "feature/x")] == [()]


async def test_a_rewritten_branch_is_noticed(repository: Path, commits: CommitKind, store: Store, call: Calls) -> None:
    wanted = call("shop-dev", spec(store, {"a": "1"}))
    await commits.create(wanted)
    git(repository, "update-ref", "refs/heads/dev", "refs/heads/main")
    assert await commits.read(wanted) is None
    again = await commits.create(wanted)
    assert await commits.read(wanted) == again


async def test_killed_halfway_it_is_made_by_the_next_call(
    repository: Path, commits: CommitKind, store: Store, call: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = call("shop-dev", spec(store, {"a": "1"}))
    module = "flaresmith.providers.local.code.commit."

    async def killed(*_: object) -> None:
        raise KeyboardInterrupt

    for step in ("git", "_move"):
        with monkeypatch.context() as patch:
            patch.setattr(module + step, killed)
            with pytest.raises(KeyboardInterrupt):
                await commits.create(wanted)
        assert await commits.read(wanted) is None
    made = await commits.create(wanted)
    assert await commits.read(wanted) == made
    assert len(git(repository, "for-each-ref").splitlines()) == 4  # three branches, and the mark of the commit


async def test_one_tree_on_three_branches_at_once(
    repository: Path, repositories: RepositoryKind, commits: CommitKind, store: Store, call: Calls
) -> None:
    tree = {f"part{n}/file.py": os.urandom(1500) for n in range(150)}
    branches = ("main", "staging", "dev")
    wanted = [call(f"shop-{branch}", spec(store, tree, branch=branch)) for branch in branches]
    made = await asyncio.gather(*map(commits.create, wanted))
    assert len({one.outputs["commit"] for one in made}) == 1
    assert len(set((await repositories.read(call("shop"))).outputs["branches"].values())) == 1


async def test_a_file_takes_the_place_of_a_folder_and_back(
    repository: Path, repositories: RepositoryKind, commits: CommitKind, store: Store, call: Calls
) -> None:
    found = await commits.create(call("shop-dev", spec(store, {"a/b/c": "1", "a/d": "2", "e": "3"})))
    found = await commits.update(call("shop-dev", spec(store, {"a/b": "4", "e/f": "5"})), found)
    assert set(await repositories.read_tree("shop", "dev")) == {"a/b", "a/d", "e/f"}
    with pytest.raises(Invalid):
        await commits.update(call("shop-dev", spec(store, {"x": "1", "x/y": "2"})), found)
    git(repository, "fsck", "--strict")


async def test_a_read_that_is_cancelled_ends_its_process(
    repository: Path, repositories: RepositoryKind, commits: CommitKind, store: Store, call: Calls
) -> None:
    await commits.create(call("shop-dev", spec(store, {f"{n}": os.urandom(400_000) for n in range(8)})))
    for delay in (0.0, 0.003, 0.006, 0.012):
        reading = asyncio.create_task(repositories.read_files("shop", "dev", [str(n) for n in range(8)]))
        await asyncio.sleep(delay)
        reading.cancel()
        done, _ = await asyncio.wait({reading}, timeout=10)
        assert done


async def test_500_files_are_quick(repository: Path, commits: CommitKind, store: Store, call: Calls) -> None:
    tree = {f"api/app/part{n % 20}/file{n}.py": os.urandom(1500) for n in range(500)}
    wanted = call("shop-dev", spec(store, tree))
    started = time.perf_counter()
    await commits.create(wanted)
    assert time.perf_counter() - started < 3  # 0.13 s on a quiet machine; the limit only catches a process per file


async def test_only_in_a_repository_of_ones_own(
    repository: Path, commits: CommitKind, store: Store, call: Calls
) -> None:
    with pytest.raises(Conflict):
        await commits.create(call("shop-dev", spec(store, {"a": "1"}), STRANGER))
    with pytest.raises(NotFound):
        await commits.create(call("x-dev", spec(store, {"a": "1"}, repository="nowhere")))


@pytest.mark.parametrize(
    "bad",
    [
        {"branch": "../x"},
        {"branch": "-x"},
        {"branch": "a..b"},
        {"branch": "x.lock"},
        {"branch": "a b"},
        {"branch": "a\nupdate refs/heads/main"},
        {"repository": "../../etc"},
        {"delete": ["../x"]},
        {"author_time": "yesterday"},
        {"files": {"../../x": "0" * 64}},
        {"files": {".git/config": "0" * 64}},
        {"files": {"a/.GIT/hooks/x": "0" * 64}},
        {"files": {"/etc/passwd": "0" * 64}},
        {"files": {"a\nD b": "0" * 64}},
    ],
)
async def test_hostile_orders_are_refused(
    repository: Path, commits: CommitKind, store: Store, call: Calls, bad
) -> None:
    with pytest.raises(Invalid):
        await commits.create(call("shop-dev", {**spec(store, {"a": "1"}), **bad}))
    assert await commits.list() == []


async def test_leftovers_of_a_killed_creation_are_cleared(repositories: RepositoryKind, call: Calls) -> None:
    await repositories.create(call("other"))
    folder = repositories.path("shop").parent
    (folder / ".shop.git.0123456789ab").mkdir()
    os.utime(folder / ".shop.git.0123456789ab", (1, 1))
    await repositories.create(call("shop"))
    assert sorted(path.name for path in folder.iterdir()) == ["other.git", "shop.git"]


async def test_many_at_once_make_one_repository(repositories: RepositoryKind, call: Calls) -> None:
    made = await asyncio.gather(*(repositories.create(call("shop")) for _ in range(6)))
    assert len({str(one.outputs) for one in made}) == 1
    assert len(list(repositories.path("shop").parent.iterdir())) == 1


async def test_an_update_puts_guard_and_branches_back(
    repository: Path, repositories: RepositoryKind, call: Calls
) -> None:
    (repository / "hooks" / "update").unlink()
    git(repository, "branch", "-q", "-D", "staging")
    found = await repositories.update(call("shop"), await repositories.read(call("shop")))
    assert set(found.outputs["branches"]) == {"main", "staging", "dev"}
    assert os.access(repository / "hooks" / "update", os.X_OK)


@given(st.text(alphabet="ab./\\\n\0 .giGIT~1-", max_size=20))
@settings(max_examples=400, deadline=None)
async def test_no_path_leaves_its_folder(path: str) -> None:
    try:
        kept = checked_path(path)
    except Invalid:
        return
    target = Path(os.path.normpath(Path("/base") / kept))
    assert target.is_relative_to("/base")
    assert target != Path("/base")
    assert ".git" not in [part.lower() for part in target.parts]
