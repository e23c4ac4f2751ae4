"""`flaresmith up` as a user meets it: real servers, a tiny product, and everything that can go wrong with both."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import sysconfig
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import redis

from flaresmith.kit.machine import ports, postgres, process, valkey
from flaresmith.kit.machine.home import Home

COMMAND = Path(__file__).with_name("tiny_copy.py")
ROLES = ("web", "api", "orchestrator", "preview")
NOBODY = 65534
# Where there is a disk in memory, so that these tests measure neither the disk nor who else uses it.
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() and shutil.disk_usage("/dev/shm").free > 2**31 else None


@dataclass
class Copy:
    """One copy of the tiny product, driven from outside by its commands."""

    data: Path
    environment: dict[str, str] = field(default_factory=dict)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(self._argv(words), env=self._environment(), capture_output=True, text=True, timeout=120)

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Start a command that stays in the foreground, in a process group of its own, as a terminal does."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            self._argv(words), env=self._environment(), stdout=pipe, stderr=pipe, text=True, process_group=0
        )

    def up(self, *words: str) -> dict[str, str]:
        """Bring it up behind us; what run.json says then."""
        result = self.command("up", "--detach", "--ports", "auto", *words)
        assert result.returncode == 0, result.stdout + result.stderr
        return self.run

    @property
    def run(self) -> dict[str, str]:
        return json.loads((self.data / "run.json").read_text())

    @property
    def supervisor(self) -> int:
        return int((self.data / "supervisor.pid").read_text())

    def parts(self) -> dict[str, int]:
        """Process ids of the parts that live, by name."""
        children = Path(f"/proc/{self.supervisor}/task/{self.supervisor}/children")
        found = {}
        for pid in map(int, children.read_text().split()):
            with contextlib.suppress(OSError):
                name = Path(f"/proc/{pid}/comm").read_text().strip().removeprefix("fs:").removesuffix("-server")
                found[name] = pid
        return {name: pid for name, pid in found.items() if process.is_alive(pid)}

    def end(self) -> None:
        """Stop it when it still runs: what `down` does, without the start of a command."""
        if pid := Home(self.data).supervisor():
            os.kill(pid, signal.SIGTERM)
            assert process.wait_until(lambda: not Home(self.data).supervisor(), 60)

    def _argv(self, words: tuple[str, ...]) -> list[str]:
        return [sys.executable, str(COMMAND), *words, *([] if words[0] == "serve" else ["--data", str(self.data)])]

    def _environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        return {**ours, "PYTHONWARNINGS": "default", **self.environment}


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="fs-", dir=MEMORY, ignore_cleanup_errors=True) as name:
        yield Path(name).resolve()


@pytest.fixture
def copy(folder: Path) -> Iterator[Copy]:
    made = Copy(folder / "data")
    yield made
    made.end()


@pytest.fixture(scope="module")
def lasting() -> Iterator[Copy]:
    """A copy that several tests share; each leaves it running and well."""
    with tempfile.TemporaryDirectory(prefix="fs-", dir=MEMORY, ignore_cleanup_errors=True) as name:
        made = Copy(Path(name).resolve() / "data")
        made.up()
        yield made
        made.end()


def health(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}/health", timeout=10) as response:
        return json.loads(response.read())


def count_starts(url: str) -> int:
    async def ask() -> int:
        connection = await asyncpg.connect(url, timeout=10)
        try:
            return int(await connection.fetchval("select count(*) from starts"))
        finally:
            await connection.close()

    return asyncio.run(ask())


def answers(url: str) -> bool:
    with contextlib.suppress(OSError):
        return bool(health(url)["ok"])
    return False


def database_answers(url: str) -> bool:
    with contextlib.suppress(OSError, asyncpg.PostgresError):
        return count_starts(url) > 0
    return False


def redis_answers(url: str) -> bool:
    with contextlib.suppress(redis.RedisError), redis.Redis.from_url(url, retry=None) as client:
        return bool(client.ping())
    return False


def all_gone(pids: list[int]) -> bool:
    return process.wait_until(lambda: not any(map(process.is_alive, pids)), 15)


def test_it_returns_when_everything_answers_and_says_where(lasting: Copy) -> None:
    run = lasting.run
    assert list(run) == [*ROLES, "database", "redis", "sign_in"]
    assert [health(run[role])["role"] for role in ROLES] == list(ROLES)
    assert run["sign_in"] == f"{run['web']}/sign-in/once"
    assert database_answers(run["database"])
    assert redis_answers(run["redis"])


def test_what_it_keeps_is_for_its_owner_alone(lasting: Copy) -> None:
    modes = {path: stat.S_IMODE(path.lstat().st_mode) for path in (lasting.data, *lasting.data.rglob("*"))}
    assert [str(path) for path, mode in modes.items() if mode & 0o077] == []
    secret = lasting.run["database"].split(":")[2].split("@")[0]
    commands = [Path(f"/proc/{pid}/cmdline").read_text() for pid in lasting.parts().values()]
    assert not [command for command in commands if secret in command]


def test_the_roles_are_told_what_they_need(lasting: Copy) -> None:
    run, told = lasting.run, health(lasting.run["orchestrator"])
    assert (told["DATABASE_URL"], told["REDIS_URL"]) == (run["database"], run["redis"])
    assert (told["FLARESMITH_WEB_URL"], told["FLARESMITH_API_URL"]) == (run["web"], run["api"])
    assert told["FLARESMITH_DATA"] == str(lasting.data)


def test_a_second_up_says_where_the_first_runs(lasting: Copy) -> None:
    before = lasting.supervisor
    again = lasting.command("up", "--detach", "--json")
    assert again.returncode == 0
    assert json.loads(again.stdout)["web"] == lasting.run["web"]
    refused = lasting.command("up")
    assert refused.returncode == 1
    assert f"runs already: {lasting.run['web']}" in refused.stderr
    assert lasting.supervisor == before


@pytest.mark.parametrize("name", ["web", "preview", "worker", "runtime"])
def test_a_killed_role_is_back_and_its_port_never_refuses(lasting: Copy, name: str) -> None:
    before = lasting.parts()[name]
    os.kill(before, signal.SIGKILL)
    if name in ROLES:
        assert health(lasting.run[name])["pid"] != before  # asked at once: waits in the backlog, is not refused
    assert process.wait_until(lambda: lasting.parts().get(name, before) != before, 10)
    assert all(answers(lasting.run[role]) for role in ROLES)


@pytest.mark.parametrize(
    ("name", "key", "well"), [("postgres", "database", database_answers), ("valkey", "redis", redis_answers)]
)
def test_a_killed_server_is_back_at_the_same_address(
    lasting: Copy, name: str, key: str, well: Callable[[str], bool]
) -> None:
    before, url = lasting.parts()[name], lasting.run[key]
    os.kill(before, signal.SIGKILL)
    assert process.wait_until(lambda: lasting.parts().get(name, before) != before, 20)
    assert process.wait_until(lambda: well(url), 20)
    assert lasting.run[key] == url


def test_down_stops_everything_and_up_brings_the_same_back(copy: Copy) -> None:
    first = copy.up()
    pids = [copy.supervisor, *copy.parts().values()]
    down = copy.command("down", "--json")
    assert (down.returncode, json.loads(down.stdout)["was_running"]) == (0, True)
    assert all_gone(pids)
    assert not (copy.data / "run.json").exists()
    assert copy.command("down").stdout.startswith("Nothing runs in")
    assert copy.up() == first  # ports and passwords included
    assert count_starts(first["database"]) == 2


def test_ctrl_c_stops_everything_in_good_order(copy: Copy) -> None:
    with copy.begin("up", "--ports", "auto", "--json", "--verbose") as started:
        assert started.stdout is not None
        assert json.loads(started.stdout.readline())["state"] == "running"
        pids = list(copy.parts().values())
        os.killpg(started.pid, signal.SIGINT)
        _, said = started.communicate(timeout=60)
    assert started.returncode == 0
    assert all_gone(pids)
    assert "Stopping." in said
    assert "web begins" in said
    assert "Traceback" not in said
    assert "database system is shut down" in (copy.data / "logs/postgres.log").read_text()


def test_killed_itself_it_takes_everything_along_and_starts_again(copy: Copy) -> None:
    first = copy.up()
    pids = list(copy.parts().values())
    os.kill(copy.supervisor, signal.SIGKILL)
    second = copy.up()  # at once: its parts may still be dying, run.json and the pid file are stale
    assert all_gone(pids)
    assert second == first
    assert count_starts(first["database"]) == 2


def test_everything_killed_at_once_starts_again(copy: Copy) -> None:
    first = copy.up()
    for pid in (copy.supervisor, *copy.parts().values()):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert copy.up() == first


def test_a_pid_file_that_names_somebody_else_is_not_believed(copy: Copy) -> None:
    copy.data.mkdir(parents=True)
    (copy.data / "supervisor.pid").write_text(f"{os.getpid()}\n")
    (copy.data / "run.json").write_text('{"web": "http://127.0.0.1:1"}')
    assert copy.command("down").returncode == 0  # and we still live
    assert answers(copy.up()["web"])


def test_copies_run_beside_each_other(copy: Copy, lasting: Copy) -> None:
    run = copy.up()
    assert not set(run.values()) & set(lasting.run.values())
    copy.end()
    assert answers(lasting.run["web"])


def test_fixed_ports_are_the_usual_ones_and_a_taken_one_says_by_whom(copy: Copy) -> None:
    base = four_free_ports()
    copy.environment["TINY_PORT"] = str(base)
    assert copy.command("up", "--detach").returncode == 0
    assert [copy.run[role] for role in ROLES] == [f"http://127.0.0.1:{base + offset}" for offset in range(4)]
    copy.end()
    with ports.listen(base + 1):
        refused = copy.command("up", "--detach")
    assert refused.returncode == 1
    assert f"Port {base + 1} is taken by" in refused.stderr
    assert f"(process {os.getpid()})" in refused.stderr
    assert "--ports auto" in refused.stderr
    assert not Home(copy.data).supervisor()


def four_free_ports() -> int:
    for _ in range(50):
        base = ports.free_port()
        if base < 65000 and all(ports.is_free(base + offset) for offset in range(4)):
            return base
    pytest.skip("no four free ports in a row")


def test_a_role_that_does_not_start_is_shown_and_nothing_stays(copy: Copy) -> None:
    copy.environment["TINY_BROKEN"] = "api"
    failed = copy.command("up", "--ports", "auto", "--detach")
    assert failed.returncode == 1
    assert "RuntimeError: the role api is broken on purpose" in failed.stderr
    assert f"Its log is {copy.data}/logs/api.log" in failed.stderr
    assert not Home(copy.data).supervisor()
    assert not (copy.data / "run.json").exists()


def test_a_worker_that_does_not_stay_up_is_shown_though_every_page_answers(copy: Copy) -> None:
    copy.environment["TINY_BROKEN"] = "worker"
    failed = copy.command("up", "--ports", "auto", "--detach")
    assert failed.returncode == 1
    assert "RuntimeError: the worker is broken on purpose" in failed.stderr
    assert not Home(copy.data).supervisor()


def test_a_failure_is_json_for_those_who_want_json(copy: Copy) -> None:
    copy.environment["TINY_BROKEN"] = "web"
    failed = copy.command("up", "--ports", "auto", "--json")
    assert failed.returncode == 1
    assert json.loads(failed.stdout)["error"]["message"] == "web stopped with exit code 1."
    assert not Home(copy.data).supervisor()


def test_the_example_is_provisioned_before_up_returns(copy: Copy, folder: Path) -> None:
    (folder / "example").mkdir()
    copy.up("--seed", str(folder / "example"))
    assert (copy.data / "seeded").read_text().startswith(str(folder / "example"))
    assert copy.command("up", "--seed", str(folder / "none")).returncode == 2  # usage


def test_an_example_that_fails_is_told_and_the_copy_stays(copy: Copy, folder: Path) -> None:
    (folder / "example" / "broken").mkdir(parents=True)
    failed = copy.command("up", "--detach", "--ports", "auto", "--seed", str(folder / "example"))
    assert failed.returncode == 1
    assert "seed stopped with exit code 1" in failed.stderr
    assert answers(copy.run["web"])


def test_given_servers_replace_the_embedded_ones(copy: Copy, folder: Path) -> None:
    database, cache = postgres.start(folder / "pg"), valkey.start(folder / "vk")
    try:
        copy.environment |= {"DATABASE_URL": database.url, "REDIS_URL": cache.url}
        run = copy.up()
        assert (run["database"], run["redis"]) == (database.url, cache.url)
        assert not (copy.data / "postgres").exists()
        assert not (copy.data / "valkey").exists()
        doctor = json.loads(copy.command("doctor", "--json").stdout)
        assert {one["found"] for one in doctor["findings"] if one["name"] == "DATABASE_URL"} == {"version 18.6"}
        copy.end()
        assert redis_answers(cache.url)
        assert count_starts(database.url) == 1
    finally:
        database.stop()
        cache.stop()


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
def test_a_given_server_that_does_not_answer_is_said_without_its_password(copy: Copy, name: str) -> None:
    scheme = {"DATABASE_URL": "postgresql", "REDIS_URL": "redis"}[name]
    copy.environment[name] = f"{scheme}://u:not-to-be-seen@127.0.0.1:{ports.free_port()}/0"
    refused = copy.command("up", "--detach", "--ports", "auto")
    assert refused.returncode == 1
    assert "answers at 127.0.0.1:" in refused.stderr
    assert f"Check {name}" in refused.stderr
    assert "not-to-be-seen" not in refused.stderr + refused.stdout


def test_a_full_and_a_read_only_disk_are_said_in_one_sentence(folder: Path) -> None:
    unshare = shutil.which("unshare")
    if os.geteuid() != 0 or unshare is None:
        pytest.skip("mounting a small disk needs root and `unshare`")
    disk = folder / "disk"
    disk.mkdir()
    if subprocess.run([unshare, "-m", "mount", "-t", "tmpfs", "none", disk], capture_output=True).returncode:
        pytest.skip("this kernel does not let us mount a disk")
    for options, expected in (("size=20m", "The disk is full"), ("ro", "is on a read-only disk")):
        script = f'mount -t tmpfs -o {options} none {disk} && exec "$@"'
        command = [unshare, "-m", "sh", "-c", script, "sh", sys.executable, str(COMMAND)]
        result = subprocess.run(
            [*command, "up", "--detach", "--data", str(disk / "data")], capture_output=True, text=True
        )
        assert result.returncode == 1
        assert expected in result.stderr
        assert "--data DIR" in result.stderr
        assert "Traceback" not in result.stderr


def test_it_runs_for_an_ordinary_user(folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("every other test runs as an ordinary user already")
    os.chown(folder, NOBODY, NOBODY)
    root = COMMAND.parents[2]
    environment = {
        "PATH": os.defpath,
        "HOME": str(folder),
        "PYTHONPATH": os.pathsep.join([str(root / "src"), sysconfig.get_path("purelib")]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [python_for_everybody(), str(COMMAND)]

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *words], user=NOBODY, group=NOBODY, extra_groups=[], cwd=folder, env=environment,
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip

    started = run("up", "--detach", "--ports", "auto")
    try:
        assert started.returncode == 0, started.stdout + started.stderr
        assert answers(json.loads((folder / ".flaresmith/run.json").read_text())["web"])
    finally:
        assert run("down").returncode == 0


def python_for_everybody() -> str:
    """An interpreter of our version that another user may run; ours can lie in a home directory."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    for candidate in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        with contextlib.suppress(OSError):
            if subprocess.run([candidate, "-c", "0"], user=NOBODY, cwd="/", capture_output=True).returncode == 0:
                return candidate
    pytest.skip(f"no {version} that an ordinary user may run")


def test_serve_starts_no_servers(copy: Copy) -> None:
    refused = copy.command("serve", "--role", "web")
    assert refused.returncode == 1
    assert "DATABASE_URL is not set" in refused.stderr


def test_serve_plays_one_role_where_it_is_told(copy: Copy) -> None:
    copy.environment |= {"DATABASE_URL": "postgresql://elsewhere/x", "REDIS_URL": "redis://elsewhere/0"}
    port = ports.free_port()
    with copy.begin("serve", "--role", "api", "--port", str(port)) as served:
        assert process.wait_until(lambda: answers(f"http://127.0.0.1:{port}"), 20)
        assert health(f"http://127.0.0.1:{port}")["DATABASE_URL"] == "postgresql://elsewhere/x"
        served.terminate()


def test_serve_all_plays_every_role_and_restarts_what_crashes(copy: Copy) -> None:
    base = four_free_ports()
    given = {"DATABASE_URL": "postgresql://elsewhere/x", "REDIS_URL": "redis://elsewhere/0"}
    copy.environment |= {**given, "TINY_PORT": str(base)}
    with copy.begin("serve", "--role", "all") as served:
        urls = [f"http://127.0.0.1:{base + offset}" for offset in range(4)]
        assert process.wait_until(lambda: answers(urls[0]), 20)
        pids = [health(url)["pid"] for url in urls]
        os.kill(pids[1], signal.SIGKILL)
        assert health(urls[1])["pid"] != pids[1]
        served.send_signal(signal.SIGTERM)
        printed = served.communicate(timeout=60)[0]
    assert served.returncode == 0
    assert "web begins" in printed  # their logs are its output: a container's log
    assert all_gone(pids)


def test_the_doctor_names_every_need_and_how_to_meet_it(copy: Copy) -> None:
    result = copy.command("doctor", "--json")
    report = json.loads(result.stdout)
    states = {one["name"]: one["state"] for one in report["findings"]}
    assert result.returncode == (0 if report["ok"] else 1)
    assert states["python"] == states["postgresql"] == states["valkey"] == "ok"
    assert {"git", "disk space", "user namespaces", "open files", "locale", "DATABASE_URL", "chromium"} <= set(states)
    assert [one["name"] for one in report["findings"] if one["state"] != "ok" and not one["hint"]] == []
    assert not copy.data.exists()  # looking leaves nothing behind


def test_the_doctor_fails_when_something_is_missing(copy: Copy) -> None:
    copy.environment["PATH"] = "/nowhere"
    result = copy.command("doctor")
    assert result.returncode == 1
    assert "Install git" in " ".join(result.stdout.split())


def test_a_stranger_on_the_port_is_not_taken_for_a_role(copy: Copy) -> None:
    """A role answers on its own socket: somebody else who listens there makes `up` refuse, not succeed."""
    base = four_free_ports()
    copy.environment["TINY_PORT"] = str(base)
    with socket.create_server(("0.0.0.0", base)):
        assert copy.command("up", "--detach").returncode == 1
