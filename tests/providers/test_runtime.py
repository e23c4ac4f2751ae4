"""Deployed services: always the last good version, never a refused connection, nothing of ours in their reach."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import re
import signal
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from flaresmith.kit.errors import Conflict, Invalid, NotFound, Problem
from flaresmith.kit.resources import Found
from flaresmith.providers.local import connect
from flaresmith.providers.local.runtime.client import Daemon
from flaresmith.providers.local.runtime.failures import (
    DependencyMissing,
    DeploymentFailed,
    ReleaseInvalid,
    RuntimeUnavailable,
    TestsFailed,
)

from .app import app_files
from .conftest import STRANGER, Calls, Machine, Store, wait_for

pytestmark = pytest.mark.anyio

NUMBERS = itertools.count()


class Deployment:
    """One service with its repository and database, deployed and asked over HTTP."""

    def __init__(self, kinds: Any, machine: Machine, store: Store, call: Calls) -> None:
        self.kinds, self.machine, self.store, self.call = kinds, machine, store, call
        self.slug = f"notes-{next(NUMBERS)}"
        self.name = f"{self.slug}-api-dev"
        self.found: Found | None = None

    async def prepare(self) -> None:
        await self.kinds["repository"].create(self.call(self.slug))
        name = f"fs_{self.slug.replace('-', '_')}_dev"
        self.database_url = (await self.kinds["database"].create(self.call(name))).outputs["url"]

    async def commit(self, files: dict[str, str]) -> str:
        spec = {
            "repository": self.slug,
            "branch": "dev",
            "files": self.store.files(files),
            "delete": sorted({"api/migrations/versions/0002.py"} - files.keys()),
            "message": "x",
            "author_time": 1,
        }
        return str((await self.kinds["commit"].create(self.call(f"{self.slug}-dev", spec))).outputs["commit"])

    def spec(self, commit: str) -> dict[str, Any]:
        where = {"repository": self.slug, "commit": commit, "environment": "dev"}
        return {**where, "database_url": self.database_url, "kind": "python"}

    async def deploy(self, version: str = "1", **options: Any) -> Found:
        commit = await self.commit(app_files(version, **options))
        self.found = await self.kinds["service"].create(self.call(self.name, self.spec(commit)))
        return self.found

    async def build(self, **options: Any) -> Found:
        commit = await self.commit(app_files(**options))
        spec = {"repository": self.slug, "commit": commit}
        return await self.kinds["build"].create(self.call(f"build-{commit[:12]}", spec))

    @property
    def url(self) -> str:
        assert self.found is not None
        return str(self.found.outputs["url"])

    async def get(self, path: str) -> Any:
        async with aiohttp.ClientSession() as session, session.get(self.url + path) as answer:
            return await answer.json()

    async def crash(self) -> None:
        with contextlib.suppress(aiohttp.ClientError):
            await self.get("/crash")

    async def view(self) -> dict[str, Any]:
        return await Daemon(self.machine.data / "runtime").request("GET", "services", self.name)

    async def replaced(self, pid: int) -> None:
        """Wait until another process than this one runs it."""
        async with asyncio.timeout(30):
            while (await self.view())["pid"] in (pid, None):  # noqa: ASYNC110 - the daemon tells only when asked
                await asyncio.sleep(0.01)

    async def remove(self) -> None:
        await self.kinds["service"].delete(self.call(self.name))


@pytest.fixture
async def service(machine: Machine, store: Store, call: Calls) -> AsyncIterator[Deployment]:
    deployment = Deployment(await connect(machine.settings, store.read), machine, store, call)
    await deployment.prepare()
    yield deployment
    await deployment.remove()


@contextlib.asynccontextmanager
async def hammering(url: str, *, keep_alive: bool, clients: int = 4) -> AsyncIterator[list[str]]:
    """Ask for the version without a pause; the list tells every answer and every failure."""
    seen: list[str] = []
    stop = asyncio.Event()

    async def hammer() -> None:
        connector = aiohttp.TCPConnector(force_close=not keep_alive)
        async with aiohttp.ClientSession(connector=connector) as session:
            while not stop.is_set():
                try:
                    async with session.get(url + "/version") as answer:
                        seen.append(
                            (await answer.json())["version"] if answer.status == 200 else f"HTTP {answer.status}"
                        )
                except (aiohttp.ClientError, OSError) as error:
                    seen.append(repr(error))

    tasks = [asyncio.create_task(hammer()) for _ in range(clients)]
    try:
        yield seen
    finally:
        stop.set()
        await asyncio.gather(*tasks)


async def test_a_switch_fails_no_request(service: Deployment) -> None:
    first = await service.deploy("1")
    async with (
        hammering(first.outputs["url"], keep_alive=False) as fresh,
        hammering(first.outputs["url"], keep_alive=True) as kept,
    ):
        second = await service.deploy("2", migration="alter table notes add column pages int")
        for seen in (fresh, kept):
            while seen[-1] != "2":  # noqa: ASYNC110 - the clients fill it
                await asyncio.sleep(0.01)
    assert set(fresh) == set(kept) == {"1", "2"}
    assert second.outputs["port"] == first.outputs["port"]
    assert second.outputs["commit"] != first.outputs["commit"]
    assert (await service.get("/health"))["commit"] == second.outputs["commit"]


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"healthy": False}, "not healthy: 503"),
        ({"extra": "1/0"}, "ZeroDivisionError"),
        ({"migration": "create table broken (a int"}, "the migration failed"),
        ({"extra": "raise SystemExit('gone')"}, "ended with 1"),
    ],
    ids=["its health check fails", "it does not start", "its migration fails", "it leaves"],
)
async def test_a_bad_version_leaves_the_last_good_one(
    service: Deployment, call: Calls, broken: dict[str, Any], said: str
) -> None:
    good = await service.deploy("1")
    async with hammering(service.url, keep_alive=True, clients=2) as seen:
        with pytest.raises(DeploymentFailed) as failed:
            await service.deploy("2", **broken)
    assert said in failed.value.message
    assert failed.value.retry == "none"
    assert service.database_url not in failed.value.message
    assert set(seen) == {"1"}
    found = await service.kinds["service"].read(call(service.name))
    assert (found.outputs["commit"], found.outputs["health"]) == (good.outputs["commit"], "ok")
    assert found.spec_hash == good.spec_hash
    assert said in (await service.view())["trouble"]
    assert (await service.deploy("3")).outputs["health"] == "ok"


async def test_a_crash_is_mended_and_refuses_nobody(service: Deployment) -> None:
    await service.deploy("1")
    before = (await service.view())["pid"]
    await service.crash()
    assert (await service.get("/version"))["version"] == "1"  # waits in the open socket
    await service.replaced(before)
    os.kill((await service.view())["pid"], signal.SIGKILL)
    assert (await service.get("/version"))["version"] == "1"


async def test_what_a_service_sees(service: Deployment) -> None:
    found = await service.deploy("1")
    (service.machine.data / "secret").write_text("ours")
    seen = await service.get("/self")
    assert set(seen["environ"]) == {
        *("DATABASE_URL", "PORT", "FLARESMITH_COMMIT", "FLARESMITH_ENVIRONMENT", "PATH", "LANG", "HOME")
    }
    assert seen["environ"]["PORT"] == str(found.outputs["port"])
    assert seen["limits"] == {"RLIMIT_AS": 2048 << 20, "RLIMIT_NOFILE": 4096, "RLIMIT_CORE": 0}
    assert seen["nice"] >= 5
    regular = [target for target in seen["files"].values() if target.startswith("/") and target != "/dev/null"]
    assert regular == []
    if found.outputs["isolation"] != "namespace":
        pytest.skip("this kernel gives no namespaces: files of ours cannot be hidden from services here")
    data = service.machine.data
    for path in (data, data / "secret", data / "runtime" / "daemon.json", Path.home() / ".bashrc", "/etc/shadow"):
        assert "error" in await service.get(f"/look?path={path}"), path
    others = [entry for entry in (await service.get("/look?path=/proc"))["found"] if entry.isdecimal()]
    assert len(others) == 1


async def test_no_secret_in_its_log(service: Deployment) -> None:
    await service.deploy("1")
    await service.get("/self")
    password = service.database_url.split("@")[0].rpartition(":")[2]
    wait_for(lambda: "the database is" in _logs(service.machine.data))
    assert password not in _logs(service.machine.data)
    lines = await service.kinds["service"].logs(service.name)
    assert any("the database is" in line for line in lines)
    assert [line for line in lines if password in line] == []


def _logs(data: Path) -> str:
    return "".join(path.read_text() for path in [data / "daemon.log", *(data / "runtime" / "logs").iterdir()])


async def test_after_the_daemon_is_killed_everything_is_back_once(service: Deployment) -> None:
    found = await service.deploy("1")
    machine = service.machine
    wait_for(lambda: len(machine.processes()) == 1)
    old = machine.processes()
    async with hammering(service.url, keep_alive=False, clients=1) as seen:
        machine.kill(signal.SIGKILL)
        wait_for(lambda: not machine.processes())  # nothing outlives the daemon
        machine.start()
        wait_for(lambda: len(machine.processes()) == 1)
        while not seen or seen[-1] != "1":  # noqa: ASYNC110 - the client fills it
            await asyncio.sleep(0.01)
    assert machine.processes() != old
    again = await service.kinds["service"].read(service.call(service.name))
    assert again is not None
    assert (again.outputs["port"], again.outputs["commit"]) == (found.outputs["port"], found.outputs["commit"])
    assert (await service.get("/version"))["version"] == "1"
    assert len(machine.processes()) == 1


async def test_a_deployment_cut_off_by_a_kill_is_finished_by_the_same_call(service: Deployment) -> None:
    machine = service.machine
    deploying = asyncio.create_task(service.deploy("1"))
    await asyncio.to_thread(wait_for, machine.processes)
    machine.kill(signal.SIGKILL)
    await asyncio.to_thread(machine.start)
    assert (await deploying).outputs["health"] == "ok"
    assert len(machine.processes()) == 1


async def test_the_end_of_the_fork_server_is_mended(service: Deployment) -> None:
    await service.deploy("1")
    machine = service.machine
    assert machine.process is not None
    children = Path(f"/proc/{machine.process.pid}/task/{machine.process.pid}/children").read_text().split()
    servers = [pid for pid in map(int, children) if b"forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    assert len(servers) == 1
    before = (await service.view())["pid"]
    os.kill(servers[0], signal.SIGKILL)
    await service.replaced(before)
    assert (await service.get("/version"))["version"] == "1"
    assert len(machine.processes()) == 1


async def test_a_second_daemon_does_not_start(service: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    from flaresmith.providers.local.runtime import daemon

    monkeypatch.setenv("FLARESMITH_DATA", str(service.machine.data))
    monkeypatch.setattr(daemon, "_PREDECESSOR_S", 0.05)
    await asyncio.to_thread(daemon.run)
    assert (await Daemon(service.machine.data / "runtime").request("GET", "health"))["ok"]


async def test_the_same_again_restarts_nothing(service: Deployment) -> None:
    first = await service.deploy("1")
    pid = (await service.view())["pid"]
    spec = service.spec(first.outputs["commit"])
    found = await asyncio.gather(*(service.kinds["service"].create(service.call(service.name, spec)) for _ in range(3)))
    assert {one.outputs["port"] for one in found} == {first.outputs["port"]}
    assert (await service.view())["pid"] == pid
    restarted = await service.kinds["service"].restart(service.name, service.call("x").owner)
    assert restarted.outputs["health"] == "ok"
    assert (await service.view())["pid"] != pid


async def test_who_has_no_token_gets_nothing(service: Deployment) -> None:
    await service.deploy("1")
    home = service.machine.data / "runtime"
    where = json.loads((home / "daemon.json").read_text())
    assert (home / "daemon.json").stat().st_mode & 0o777 == 0o600
    async with aiohttp.ClientSession() as session:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer "}):
            async with session.get(f"{where['url']}/services", headers=headers) as answer:
                assert answer.status == 401
                assert service.name not in await answer.text()


async def test_without_a_daemon_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RuntimeUnavailable) as refused:
        await Daemon(tmp_path, patience_s=0.2).request("GET", "services")
    assert "flaresmith up" in refused.value.hint


async def test_tests_of_a_commit(service: Deployment, database_url: str) -> None:
    built = await service.build()
    assert {name: built.outputs[name] for name in ("passed", "failed", "skipped")} == {
        "passed": 2,
        "failed": 0,
        "skipped": 1,
    }
    with pytest.raises(TestsFailed) as failed:
        await service.build(truth="1 == 2")
    assert "tests/test_notes.py::test_truth" in failed.value.message
    assert "1 == 2" in failed.value.details["failures"][0]["message"]
    with pytest.raises(TestsFailed):
        await service.build(truth="__import__('os')._exit(0)")
    left = [one.name for one in await service.kinds["database"].list() if one.name.startswith("fs_test_")]
    assert left == []


@pytest.mark.parametrize(
    ("dependency", "problem"),
    [
        ("flaresmith-no-such-package>=1", DependencyMissing),
        ("x @ file:///etc/passwd", ReleaseInvalid),
        ("x @ git+https://example.org/x", ReleaseInvalid),
        ("--index-url=http://example.org", ReleaseInvalid),
    ],
)
async def test_dependencies_are_checked(
    service: Deployment, monkeypatch: pytest.MonkeyPatch, dependency: str, problem: type[Problem]
) -> None:
    with pytest.raises(problem) as refused:
        await service.deploy("1", dependency=dependency)
    assert (
        dependency.split(">")[0] in refused.value.message
        or "index-url" in refused.value.message
        or "address" in refused.value.message
    )


async def test_a_missing_dependency_is_installed_beside_ours(service: Deployment) -> None:
    _write_wheel(service.machine.data / "wheels", "flaresmith_sample", "ANSWER = 42")
    extra = "import flaresmith_sample\n@app.get('/sample')\nasync def sample():\n    return flaresmith_sample.ANSWER"
    found = await service.deploy("1", extra=extra, dependency="flaresmith-sample>=1")
    assert await service.get("/sample") == 42
    assert found.outputs["health"] == "ok"
    layers = service.machine.data / "runtime" / "layers"
    assert len(list(layers.iterdir())) == 1
    await service.deploy("2", extra=extra, dependency="flaresmith-sample>=1")
    assert len(list(layers.iterdir())) == 1


def _write_wheel(folder: Path, name: str, source: str) -> None:
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": source,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        for path, text in {**files, f"{info}/RECORD": record}.items():
            wheel.writestr(path, text)


async def test_orders_that_cannot_be_carried_out(service: Deployment, call: Calls) -> None:
    kind = service.kinds["service"]
    good = service.spec(await service.commit(app_files()))
    with pytest.raises(NotFound):
        await kind.create(call(service.name, {**good, "commit": "0" * 40}))
    with pytest.raises(NotFound):
        await kind.create(call(service.name, {**good, "repository": "none"}))
    for bad in (
        {"commit": "HEAD"},
        {"commit": "--output=/x"},
        {"database_url": None},
        {"kind": "node"},
        {"repository": "../x"},
    ):
        with pytest.raises(Invalid):
            await kind.create(call(service.name, {**good, **bad}))
    with pytest.raises(Conflict):
        await kind.create(call(service.name, good, STRANGER))
    assert await kind.read(call(service.name)) is None
    assert [one.name for one in await kind.list() if one.name == service.name] == [service.name]


async def test_a_commit_with_links_and_odd_names_stays_inside(service: Deployment) -> None:
    files = app_files("1") | {"api/app/$(touch pwned).py": "x = 1", "api/-rf": "x"}
    commit = await service.commit(files)
    found = await service.kinds["service"].create(service.call(service.name, service.spec(commit)))
    assert found.outputs["health"] == "ok"
    assert not list(service.machine.data.rglob("pwned"))


async def test_its_own_release_is_not_writable(service: Deployment) -> None:
    found = await service.deploy("1", extra=_WRITE)
    if found.outputs["isolation"] != "namespace":
        pytest.skip("this kernel gives no namespaces: releases cannot be made read-only here")
    assert await service.get("/write?path=/srv/release/api/app/main.py") == {"error": "OSError"}
    assert await service.get("/write?path=/usr/x") == {"error": "OSError"}
    assert await service.get("/write?path=/srv/scratch/x") == {"ok": True}


_WRITE = """
@app.get("/write")
async def write(path: str):
    try:
        open(path, "a").close()
        return {"ok": True}
    except OSError as error:
        return {"error": "OSError"}
"""


async def test_without_namespaces(
    tmp_path_factory: pytest.TempPathFactory, database_url: str, store: Store, call: Calls
) -> None:
    machine = Machine(tmp_path_factory.mktemp("plain"), database_url, isolation="process")
    machine.start()
    with contextlib.closing(machine):
        await _live_without_namespaces(Deployment(await connect(machine.settings, store.read), machine, store, call))
    assert machine.processes() == []


async def _live_without_namespaces(service: Deployment) -> None:
    machine = service.machine
    await service.prepare()
    found = await service.deploy("1", extra=_CHILD)
    assert found.outputs["isolation"] == "process"
    assert "A_SECRET_OF_OURS" not in (await service.get("/self"))["environ"]
    await service.get("/child")
    assert len(machine.processes()) == 2
    await service.crash()
    assert (await service.get("/version"))["version"] == "1"
    assert len(machine.processes()) == 1
    machine.kill(signal.SIGKILL)
    wait_for(lambda: not machine.processes())
    machine.start()
    assert (await service.get("/version"))["version"] == "1"


_CHILD = """
@app.get("/child")
async def child():
    import subprocess
    subprocess.Popen(["/bin/sleep", "1000"])
    return {}
"""


@pytest.fixture(autouse=True)
def _no_orphans(machine: Machine) -> Iterator[None]:
    yield
    assert machine.process is not None
    text = (machine.data / "daemon.log").read_text()
    assert not re.search(r"Traceback", text), text[-3000:]
