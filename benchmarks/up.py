"""How long `flaresmith up` takes to the first page, cold and warm, beside a bare uvicorn and PostgreSQL.

`python benchmarks/up.py [--rounds 5] [-- COMMAND…]`. Cold: no data directory. Warm: the same directory again. Bare: one
FastAPI page with one query, on the same PostgreSQL program, data directory made before. Every round runs all three,
so that they share the weather of the machine; the table shows medians and ratios.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

BARE = """
import sys, uvicorn, asyncpg
from fastapi import FastAPI
from flaresmith.kit.machine import ports, postgres

server, app = postgres.start(sys.argv[1]), FastAPI()

@app.get("/")
async def page():
    connection = await asyncpg.connect(server.url)
    try:
        return await connection.fetchval("select 1")
    finally:
        await connection.close()

listener = ports.listen(int(sys.argv[2]))
uvicorn.Server(uvicorn.Config(app, loop="uvloop", http="httptools", log_level="warning")).run(sockets=[listener])
"""
AIM = 3.0  # seconds to the first page, warm


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("command", nargs="*", default=[sys.executable, "-m", "flaresmith"])
    given = parser.parse_args()
    times: dict[str, list[float]] = {"cold": [], "warm": [], "bare": []}
    for number in range(given.rounds):
        with tempfile.TemporaryDirectory(prefix="fs-", ignore_cleanup_errors=True) as folder:
            for name, seconds in one_round(Path(folder), given.command):
                times[name].append(seconds)
        print(f"round {number + 1}: " + "  ".join(f"{name} {found[-1]:.2f} s" for name, found in times.items()))
    report(times)


def one_round(folder: Path, command: list[str]) -> Iterator[tuple[str, float]]:
    start = [*command, "up", "--ports", "auto", "--data", str(folder / "data")]
    yield "cold", first_page(start, folder / "data/ports.json")
    yield "warm", first_page(start, folder / "data/ports.json")
    bare = [sys.executable, "-c", BARE, str(folder / "pg"), "0"]
    (folder / "ports.json").write_text(json.dumps({"web": free_port()}))
    bare[-1] = str(json.loads((folder / "ports.json").read_text())["web"])
    first_page(bare, folder / "ports.json")  # makes its data directory
    yield "bare", first_page(bare, folder / "ports.json")


def first_page(command: list[str], ports: Path) -> float:
    """Seconds from the start of a command to its first page."""
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        while not page(ports):
            if process.poll() is not None:
                raise SystemExit(f"{command} ended:\n{process.stderr.read() if process.stderr else ''}")
            time.sleep(0.01)
        return time.perf_counter() - began
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate()


def page(ports: Path) -> bool:
    """Whether the first page came. Asked early, the question waits in the backlog of the port until it is answered."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        url = f"http://127.0.0.1:{json.loads(ports.read_text())['web']}/"
        try:
            with urllib.request.urlopen(url, timeout=120) as answer:
                return bool(answer.read())
        except urllib.error.HTTPError as refused:
            return refused.code < 500  # a page that says "sign in first" is a page
    return False


def free_port() -> int:
    from flaresmith.kit.machine import ports

    return ports.free_port()


def report(times: dict[str, list[float]]) -> None:
    bare = statistics.median(times["bare"])
    print(f"\n{'':6}{'median':>9}{'best':>9}{'worst':>9}{'/ bare':>9}")
    for name, found in times.items():
        middle = statistics.median(found)
        print(f"{name:6}{middle:8.2f}s{min(found):8.2f}s{max(found):8.2f}s{middle / bare:9.2f}")
    warm = statistics.median(times["warm"])
    print(
        f"\naim: warm ≤ {AIM:g} s — {'met' if warm <= AIM else 'missed'} ({warm:.2f} s, load {os.getloadavg()[0]:.1f})"
    )


if __name__ == "__main__":
    main()
