"""Run Git in a clean environment, and say in words what it refused."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from flaresmith.kit.errors import Failed, Unavailable

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
NOTHING = "0" * 40

IDENTITY = "Flaresmith <flaresmith@localhost>"


class GitRefused(Failed):
    """Git could not do what was asked."""

    code = "INTEGRATION_LOCAL_ERROR"
    status = 502
    severity = "error"
    retry = "idempotent"


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The whole environment that Git sees: no settings of this user or machine, no prompt, no secret of ours."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": "/nonexistent",
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
        **(extra or {}),
    }


async def git(repository: Path, *arguments: str, stdin: bytes = b"", extra: Mapping[str, str] | None = None) -> bytes:
    """What Git prints when run in a repository; raises GitRefused with its message."""
    code, out, err = await attempt(repository, arguments, stdin=stdin, extra=extra)
    if code != 0:
        message = err.decode(errors="replace").strip().replace(str(repository), repository.name)
        raise GitRefused(f"git {arguments[0]} failed in {repository.name}: {message[-500:]}")
    return out


async def attempt(
    repository: Path, arguments: Sequence[str], *, stdin: bytes = b"", extra: Mapping[str, str] | None = None
) -> tuple[int, bytes, bytes]:
    """Exit code, output and error output of Git in a repository; the caller decides what a failure means."""
    process = await start(repository, arguments, extra)
    if not stdin and process.stdin is not None:
        process.stdin.close()  # uvloop raises when a program that reads nothing ends before we have written nothing
    try:
        out, err = await process.communicate(stdin or None)
    finally:
        await stop(process)
    return process.returncode or 0, out, err


async def start(
    repository: Path, arguments: Sequence[str], extra: Mapping[str, str] | None = None
) -> asyncio.subprocess.Process:
    """Git running in a repository with its three streams as pipes; raises Unavailable where Git is missing."""
    pipe = asyncio.subprocess.PIPE
    try:
        return await asyncio.create_subprocess_exec(
            "git",
            f"--git-dir={repository}",
            *arguments,
            env=environment(extra),
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            start_new_session=True,
        )
    except FileNotFoundError:
        raise Unavailable("Git is not installed.", hint="Install git 2.30 or newer, then try again.") from None


async def stop(process: asyncio.subprocess.Process) -> None:
    """Make sure that a process and what it started are gone; what it still had to say is thrown away."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        # A pipe that nobody reads is never seen to end, and `wait` would not return.
        streams = [stream.read() for stream in (process.stdout, process.stderr) if stream is not None]
        await asyncio.gather(process.wait(), *streams)
