"""The embedded Valkey: real, private, and back after anything that kills it."""

from __future__ import annotations

import os
import signal
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from flaresmith.kit.machine import process, valkey
from flaresmith.kit.machine.server import Running


@pytest.fixture
def server(folder: Path) -> Iterator[Running]:
    running = valkey.start(folder / 'odd "name"')
    yield running
    running.stop()


def client(server: Running) -> redis.Redis:
    return redis.Redis.from_url(server.url)


def test_it_is_private(server: Running) -> None:
    with client(server) as known:
        assert known.config_get("bind") == {"bind": "127.0.0.1"}
    with socket.create_connection(("127.0.0.1", server.port)) as stranger:
        stranger.sendall(b"GET a\r\n")
        assert stranger.recv(100).startswith(b"-NOAUTH")
    home = server.server.home
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.iterdir()}
    assert {name for name, mode in modes.items() if mode & 0o077} == set()
    assert server.server.password.encode() not in Path(f"/proc/{server.pid}/cmdline").read_bytes()


def test_killed_it_comes_back_with_what_was_written(server: Running) -> None:
    with client(server) as before:
        before.config_set("appendfsync", "always")
        before.set("a", "1")
    os.kill(server.pid, signal.SIGKILL)
    again = valkey.start(server.server.home)
    try:
        with client(again) as after:
            assert after.get("a") == b"1"
        assert again.port == server.port
    finally:
        again.stop()


def test_a_log_of_writes_beyond_repair_is_set_aside(server: Running) -> None:
    with client(server) as before:
        for number in range(100):
            before.set(f"key{number}", "v" * 100)
    server.stop()
    written = next((server.server.data / "appendonlydir").glob("*.incr.aof"))
    content = written.read_bytes()
    written.write_bytes(content[:2000] + b"\0" * 50 + content[2100:])
    again = valkey.start(server.server.home)
    try:
        with client(again) as after:
            assert after.dbsize() == 0
        assert (server.server.data / "appendonlydir.broken").is_dir()
    finally:
        again.stop()


def test_it_runs_for_an_ordinary_user(as_ordinary_user: Callable[[str], str]) -> None:
    printed = as_ordinary_user(
        "import os\n"
        "from flaresmith.kit.machine import valkey\n"
        "server = valkey.start('vk')\n"
        "print(server.server.is_ready(), os.geteuid())\n"
        "server.stop()\n"
    )
    assert printed.split() == ["True", "65534"]


def test_it_dies_with_the_process_that_started_it(as_ordinary_user: Callable[[str], str], folder: Path) -> None:
    pid = int(
        as_ordinary_user(
            "import os\nfrom flaresmith.kit.machine import valkey\n"
            "print(valkey.start('vk').pid, flush=True)\nos._exit(0)\n"
        )
    )
    assert process.wait_until(lambda: not process.is_alive(pid), 10)
