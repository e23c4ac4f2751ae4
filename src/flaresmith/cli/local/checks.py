"""The examinations behind `flaresmith doctor`: each looks at one need and says how to meet it."""

from __future__ import annotations

import locale
import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flaresmith.cli.local.outside import check_database, check_redis
from flaresmith.cli.local.roles import PRODUCT
from flaresmith.kit.errors import Problem
from flaresmith.kit.machine import binaries, ports, process
from flaresmith.kit.machine.home import Home
from flaresmith.kit.settings import settings

State = Literal["ok", "optional", "missing"]
SPACE = 1024  # MiB for the servers, three environments and their logs
FILES = 1024  # open files


@dataclass(frozen=True, slots=True)
class Finding:
    """One need: `missing` stops Flaresmith, `optional` costs comfort. `hint` is what to do."""

    name: str
    state: State
    found: str
    hint: str = ""


def examine(home: Home) -> list[Finding]:
    """Every finding about this machine and this data directory; starts nothing and leaves nothing behind."""
    examinations: tuple[Callable[[Home], Iterator[Finding]], ...] = (
        _python, _system, _wheels, _git, _space, _ports, _isolation, _files, _locale, _servers, _browser,
    )  # fmt: skip
    return [finding for examination in examinations for finding in examination(home)]


def _python(_: Home) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= (3, 11)
    yield Finding("python", "ok" if good else "missing", version, "" if good else "Install Python 3.11 or newer.")


def _system(_: Home) -> Iterator[Finding]:
    good = sys.platform == "linux"
    yield Finding("system", "ok" if good else "missing", sys.platform, "" if good else "Use Linux, or a container.")


def _wheels(_: Home) -> Iterator[Finding]:
    programs: dict[str, Callable[[], Path]] = {
        "postgresql": lambda: binaries.postgres_program("postgres"),
        "valkey": binaries.valkey_program,
    }
    for name, program in programs.items():
        try:
            yield Finding(name, "ok", _version(program()))
        except Problem as problem:
            yield Finding(name, "missing", problem.message, problem.hint)
        except (OSError, subprocess.SubprocessError) as error:
            yield Finding(name, "missing", f"does not run: {error}", "Its wheel is for another system: `make install`.")


def _git(_: Home) -> Iterator[Finding]:
    program = shutil.which("git")
    hint = "" if program else "Install git, for instance with `apt install git`."
    yield Finding("git", "ok" if program else "missing", _version(Path(program)) if program else "not found", hint)


def _space(home: Home) -> Iterator[Finding]:
    place = next(path for path in (home.path, *home.path.parents) if path.exists())
    free = shutil.disk_usage(place).free // 2**20
    good = free >= SPACE
    hint = "" if good else f"Free {SPACE} MiB, or use --data DIR on another disk."
    yield Finding("disk space", "ok" if good else "missing", f"{free} MiB free at {place}", hint)
    allowed = os.access(place, os.W_OK | os.X_OK) and not os.statvfs(place).f_flag & os.ST_RDONLY
    found = str(home.path) if allowed else f"{place} cannot be written"
    yield Finding("data directory", "ok" if allowed else "missing", found, "" if allowed else "Use --data DIR.")


def _ports(home: Home) -> Iterator[Finding]:
    if home.supervisor():
        yield Finding("ports", "ok", "this copy runs")
        return
    for role in PRODUCT.roles:
        if role.port is not None and role.has_address:
            free = ports.is_free(role.port)
            found = "free" if free else f"taken by {ports.user_of(role.port) or 'somebody'}"
            hint = "" if free else "Stop it, or use --ports auto."
            yield Finding(f"port {role.port} ({role.name})", "ok" if free else "optional", found, hint)


def _isolation(_: Home) -> Iterator[Finding]:
    if process.can_isolate("namespace"):
        yield Finding("user namespaces", "ok", "allowed")
        return
    hint = "Deployed services then run with less isolation; see `sysctl user.max_user_namespaces`."
    yield Finding("user namespaces", "optional", "not allowed", hint)


def _files(_: Home) -> Iterator[Finding]:
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    good = soft == resource.RLIM_INFINITY or soft >= FILES
    hint = "" if good else f"Raise it: `ulimit -n {4 * FILES}`."
    yield Finding("open files", "ok" if good else "missing", "no limit" if soft < 0 else str(soft), hint)


def _locale(_: Home) -> Iterator[Finding]:
    encoding = locale.getpreferredencoding(False)
    good = encoding.lower().replace("-", "") == "utf8"
    yield Finding("locale", "ok" if good else "optional", encoding, "" if good else "Set LANG=C.UTF-8.")


def _servers(_: Home) -> Iterator[Finding]:
    given = settings()
    for name, url, check in (
        ("DATABASE_URL", given.database_url, check_database),
        ("REDIS_URL", given.redis_url, check_redis),
    ):
        if not url:
            yield Finding(name, "ok", "not set: the server that comes along is used")
            continue
        try:
            yield Finding(name, "ok", f"version {check(url)}")
        except Problem as problem:
            yield Finding(name, "missing", problem.message, problem.hint)


def _browser(_: Home) -> Iterator[Finding]:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    hint = "" if program else "Only the browser tests need it: `apt install chromium`."
    yield Finding("chromium", "ok" if program else "optional", program or "not found", hint)


def _version(program: Path) -> str:
    result = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=True)
    found = re.search(r"\d+(\.\d+)+", result.stdout)
    return found[0] if found else result.stdout.strip()
