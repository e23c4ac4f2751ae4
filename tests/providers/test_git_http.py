"""Clone, push and protected branches over HTTP, with the real Git client and a real server."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

from flaresmith.providers.local.code.repository import RepositoryKind
from flaresmith.providers.local.git_http import create_app

pytestmark = pytest.mark.anyio

CLEAN = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


@asynccontextmanager
async def serving(folder: Path, **options: int) -> AsyncIterator[str]:
    async def authorize(repository: str, service: str, headers: Mapping[str, str]) -> bool:
        return headers.get("authorization", "").startswith("Basic ")

    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(authorize, folder, **options), log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


async def git(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    run = lambda: subprocess.run(["git", *arguments], cwd=cwd, env=CLEAN, capture_output=True, text=True)  # noqa: E731
    return await asyncio.to_thread(run)


def commit_file(work: Path, name: str, text: bytes) -> None:
    (work / name).write_bytes(text)
    subprocess.run(["git", "add", "."], cwd=work, env=CLEAN, check=True)
    subprocess.run(["git", "commit", "-qm", name], cwd=work, env=CLEAN, check=True)


async def test_clone_push_and_protected_branches(tmp_path: Path, repositories: RepositoryKind, call) -> None:
    await repositories.create(call("shop"))
    work = tmp_path / "work"
    async with serving(tmp_path / "repositories") as host:
        cloned = await git("clone", "-q", "-b", "dev", f"http://u:p@{host}/shop.git", "work", cwd=tmp_path)
        assert cloned.returncode == 0, cloned.stderr
        commit_file(work, "large.bin", os.urandom(3_000_000))
        pushed = await git("push", "-q", "origin", "dev", cwd=work)
        assert pushed.returncode == 0, pushed.stderr
        for refspec in ("dev:main", "dev:staging", "+dev:main", ":staging", "dev:refs/flaresmith/commits/x"):
            refused = await git("push", "-q", "origin", refspec, cwd=work)
            assert refused.returncode != 0, refspec
            assert "protected" in refused.stderr or "only branches" in refused.stderr or "hidden" in refused.stderr
        ours = (await repositories.read(call("shop"))).outputs["branches"]
        assert ours["dev"] != ours["main"] == ours["staging"]
        assert (await git("push", "-q", "origin", "+dev~1:dev", cwd=work)).returncode == 0  # dev is the user's own
        assert (await git("push", "-q", "origin", "dev:feature/$(touch${IFS}pwned);main", cwd=work)).returncode == 0
        assert (await git("fetch", "-q", "origin", cwd=work)).returncode == 0
    assert not list(tmp_path.rglob("pwned"))


async def test_nothing_without_permission(tmp_path: Path, repositories: RepositoryKind, call) -> None:
    await repositories.create(call("shop"))
    async with serving(tmp_path / "repositories") as host:
        assert (await git("clone", "-q", f"http://{host}/shop.git", "work", cwd=tmp_path)).returncode != 0
        async with httpx.AsyncClient(base_url=f"http://{host}") as client:
            answer = await client.get("/shop.git/info/refs?service=git-upload-pack")
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/shop.git/config", 404),
        ("GET", "/shop.git/objects/info/packs", 404),
        ("GET", "/%2e%2e/shop.git/info/refs", 404),
        ("GET", "/shop.git/info/refs", 403),
        ("GET", "/shop.git/info/refs?service=git-upload-archive", 403),
        ("GET", "/none.git/info/refs?service=git-upload-pack", 404),
        ("GET", "/shop.git/git-upload-pack", 405),
        ("POST", "/shop.git/git-upload-pack", 415),
        ("DELETE", "/shop.git/info/refs", 405),
    ],
)
async def test_only_the_protocol_is_answered(
    tmp_path: Path, repositories: RepositoryKind, call, method: str, path: str, status: int
) -> None:
    await repositories.create(call("shop"))
    async with (
        serving(tmp_path / "repositories") as host,
        httpx.AsyncClient(auth=("u", "p"), base_url=f"http://{host}") as client,
    ):
        assert (await client.request(method, path)).status_code == status


async def test_a_compressed_bomb_is_cut_off(tmp_path: Path, repositories: RepositoryKind, call, monkeypatch) -> None:
    import gzip

    await repositories.create(call("shop"))
    monkeypatch.setattr("flaresmith.providers.local.git_http._LARGEST_BODY", 1_000_000)
    headers = {"content-type": "application/x-git-receive-pack-request", "content-encoding": "gzip"}
    async with (
        serving(tmp_path / "repositories") as host,
        httpx.AsyncClient(auth=("u", "p"), base_url=f"http://{host}") as client,
    ):
        try:
            answer = await client.post(
                "/shop.git/git-receive-pack", headers=headers, content=gzip.compress(b"0" * 50_000_000)
            )
            assert answer.status_code in (200, 413)
        except httpx.RemoteProtocolError:
            pass
        assert (await client.get("/shop.git/info/refs?service=git-upload-pack")).status_code == 200
