"""The embedded PostgreSQL: real, private, and back after anything that kills it."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from flaresmith.kit.errors import Unavailable
from flaresmith.kit.machine import binaries, lock, ports, postgres, process
from flaresmith.kit.machine.server import Running


def query(url: str, *statements: str) -> object:
    """The value of the last statement."""

    async def run() -> object:
        connection = await asyncpg.connect(url, timeout=10)
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return await connection.fetchval(statements[-1])
        finally:
            await connection.close()

    return asyncio.run(run())


@pytest.fixture
def server(folder: Path) -> Iterator[Running]:
    running = postgres.start(folder / "pg")
    yield running
    running.stop()


def test_it_is_private_and_set_up_for_development(server: Running, folder: Path) -> None:
    settings = {name: query(server.url, f"show {name}") for name in ("timezone", "fsync", "max_connections")}
    assert settings == {"timezone": "UTC", "fsync": "on", "max_connections": "200"}
    assert query(server.url, "show listen_addresses") == "127.0.0.1"
    assert query(server.url, "show unix_socket_directories") == ""
    assert query(server.url, "show password_encryption") == "scram-sha-256"
    assert query(server.url, "select pg_encoding_to_char(encoding) from pg_database limit 1") == "UTF8"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder / "pg").iterdir()}
    assert modes == {"data": 0o700, "lock": 0o600, "password": 0o600, "port": 0o600, "server.log": 0o600}
    assert stat.S_IMODE((folder / "pg").stat().st_mode) == 0o700


def test_a_wrong_password_is_refused(server: Running) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        query(server.url.replace(server.server.password, "wrong"), "select 1")


def test_it_does_not_run_as_root_and_its_password_is_not_in_its_command_line(server: Running) -> None:
    status = Path(f"/proc/{server.pid}/status").read_text()
    effective = next(line for line in status.splitlines() if line.startswith("CapEff"))
    assert int(effective.split()[1], 16) & ~(1 << 1 | 1 << 2) == 0  # at most the right to walk to its folder
    assert server.server.password.encode() not in Path(f"/proc/{server.pid}/cmdline").read_bytes()


def test_a_database_is_made_once_whatever_its_name(server: Running) -> None:
    name = 'it\'s; "a" name'
    server.server.ensure_database(name)  # type: ignore[attr-defined]
    server.server.ensure_database(name)  # type: ignore[attr-defined]
    assert query(server.url, "select count(*) from pg_database where not datistemplate") == 2


def test_killed_with_work_going_on_it_comes_back_with_every_committed_row(server: Running, folder: Path) -> None:
    query(server.url, "create table t as select generate_series(1, 1000)", "select 1")
    hung = next(pid for pid in lock.holders(folder / "pg" / "lock") if pid != server.pid)
    os.kill(hung, signal.SIGSTOP)  # a process that does not notice that the postmaster has died
    os.kill(server.pid, signal.SIGKILL)
    again = postgres.start(folder / "pg")
    try:
        assert again.owned
        assert again.port == server.port
        assert not process.is_alive(hung)
        assert query(again.url, "select count(*) from t") == 1000
    finally:
        again.stop()


def test_a_pid_file_that_names_a_living_process_is_not_believed(server: Running, folder: Path) -> None:
    server.stop()
    (folder / "pg/data/postmaster.pid").write_text(f"{os.getpid()}\n{folder}/pg/data\n1\n{server.port}\n\n\n\nready\n")
    again = postgres.start(folder / "pg")
    try:
        assert query(again.url, "select 1") == 1
    finally:
        again.stop()


def test_a_start_that_is_killed_at_any_moment_leaves_nothing_half_made(folder: Path) -> None:
    code = f"from flaresmith.kit.machine import postgres; postgres.start({str(folder / 'pg')!r})"
    for step in ("password", "data.init", "data.init/base/1", "data.init/base/5", "data/postmaster.pid"):
        child = subprocess.Popen([sys.executable, "-c", code])
        assert process.wait_until((folder / "pg" / step).exists, 20), step
        child.kill()
        child.wait()
        assert process.wait_until(lambda: not lock.is_held(folder / "pg" / "lock"), 10), "it outlived its starter"
    server = postgres.start(folder / "pg")
    assert query(server.url, "select count(*) from pg_database") == 3
    server.stop()


def test_a_second_start_in_the_same_folder_finds_the_first_and_leaves_it_alone(server: Running, folder: Path) -> None:
    second = postgres.start(folder / "pg")
    assert (second.pid, second.url, second.owned) == (server.pid, server.url, False)
    second.stop()
    assert query(server.url, "select 1") == 1


def test_copies_run_beside_each_other(server: Running, folder: Path) -> None:
    other = postgres.start(folder / "other")
    try:
        assert other.port != server.port
        query(other.url, "create table only_here ()", "select 1")
        assert query(server.url, "select to_regclass('only_here')") is None
    finally:
        other.stop()


def test_a_remembered_port_that_is_taken_gives_way_to_another_which_is_remembered(
    server: Running, folder: Path
) -> None:
    server.stop()
    with ports.listen(server.port):
        moved = postgres.start(folder / "pg")
    moved.stop()
    again = postgres.start(folder / "pg")
    again.stop()
    assert moved.port != server.port
    assert again.port == moved.port


def test_a_fixed_port_that_is_taken_says_by_whom(folder: Path) -> None:
    with ports.listen(0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(Unavailable, match=rf"Port {port} is taken by .*\(process {os.getpid()}\)"):
            postgres.start(folder / "pg", port=port)


def test_data_of_another_version_are_left_alone(server: Running, folder: Path) -> None:
    server.stop()
    (folder / "pg/data/PG_VERSION").write_text("12\n")
    with pytest.raises(Unavailable, match="made by PostgreSQL 12, and this is PostgreSQL 18"):
        postgres.start(folder / "pg")


def test_it_runs_for_an_ordinary_user(as_ordinary_user: Callable[[str], str]) -> None:
    printed = as_ordinary_user(
        "import asyncio, asyncpg, os\n"
        "from flaresmith.kit.machine import postgres\n"
        "server = postgres.start('pg')\n"
        "async def ask():\n"
        "    connection = await asyncpg.connect(server.url)\n"
        "    print(await connection.fetchval('select 41 + 1'), os.geteuid())\n"
        "    await connection.close()\n"
        "asyncio.run(ask())\n"
        "server.stop()\n"
    )
    assert printed.split() == ["42", "65534"]


def _copy_programs_into(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = binaries.postgres_program("postgres").parents[2]
    for path in (package, package.with_name(package.name + ".libs")):
        shutil.copytree(path, folder / path.name, symlinks=True)
    programs = folder / package.name / "pginstall" / "bin"
    monkeypatch.setattr(postgres, "postgres_program", lambda name: programs / name)


@pytest.mark.skipif(os.geteuid() != 0, reason="dropping to nobody needs root")
def test_as_root_without_user_namespaces_it_runs_as_nobody_under_a_closed_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.chmod(0o700)
    _copy_programs_into(folder, monkeypatch)
    server = postgres.start(folder / "pg", isolation="nobody")
    try:
        assert Path(f"/proc/{server.pid}").stat().st_uid == 65534
        assert query(server.url, "select 1") == 1
    finally:
        server.stop()
    again = postgres.start(folder / "pg")  # remembers by the owner of its data, whatever is possible now
    assert Path(f"/proc/{again.pid}").stat().st_uid == 65534
    again.stop()


START = """
import sys
from flaresmith.kit.errors import Problem
from flaresmith.kit.machine import postgres
try:
    postgres.start("disk/pg").stop()
except Problem as problem:
    sys.exit(f"{problem.message} {problem.hint}")
"""


def test_a_full_disk_is_said_in_one_sentence(on_small_disk: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    result = on_small_disk(START, mebibytes=30)
    assert result.returncode == 1
    assert result.stderr.strip().startswith("The disk is full:")
    assert "Free some space" in result.stderr


def test_a_disk_that_fills_up_while_it_starts_is_said_too(
    on_small_disk: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    unchecked = START.replace("try:", "postgres.Postgres.space = 0\ntry:")
    result = on_small_disk(unchecked, mebibytes=20)
    assert result.returncode == 1
    assert "the disk is full" in result.stderr


def test_a_read_only_disk_is_said_in_one_sentence(
    on_small_disk: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    result = on_small_disk(START, mebibytes=300, then="mount -o remount,ro $PWD/disk")
    assert result.returncode == 1
    assert "is on a read-only disk" in result.stderr
    assert "--data DIR" in result.stderr
