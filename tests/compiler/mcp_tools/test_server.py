"""The generated server against the example's service: in this process, over standard output, over HTTP."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client, StdioServerParameters
from tests.compiler.clients.node import installed, node

INSPECTOR = "@modelcontextprotocol/inspector@2.12"


def settings_of(package: Any, folder: Path, address: str, **facts: Any) -> Any:
    return package.Settings(address, descriptors=folder, **facts)


async def test_tools_are_listed_and_called(package: Any, folder: Path, address: str) -> None:
    async with Client(package.create_server(settings_of(package, folder, address))) as client:
        listed = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert len(listed) == len(list(folder.glob("0*/*.json")))
        assert listed["get_loan"].annotations.read_only_hint is True
        made = await client.call_tool("create_category", {"name": "Hammers", "slug": "hammers"})
        assert made.is_error is False
        assert made.structured_content["slug"] == "hammers"
        found = await client.call_tool("list_categories", {"limit": 5, "name": "Hammers"})
        assert [each["id"] for each in found.structured_content["items"]] == [made.structured_content["id"]]
        gone = await client.call_tool("delete_category", {"id": made.structured_content["id"]})
        assert (gone.is_error, gone.structured_content) == (False, {})


async def test_what_goes_wrong_is_told_to_the_model(package: Any, folder: Path, address: str) -> None:
    async with Client(package.create_server(settings_of(package, folder, address))) as client:
        missing = await client.call_tool("get_tool", {"id": "3f2b7c9e-5d41-4a86-9c0e-7b1d2e4f6a80"})
        assert missing.is_error
        assert missing.content[0].text.startswith("404 RESOURCE_NOT_FOUND: There is no such tool.")
        wrong = await client.call_tool("create_category", {"name": "x", "slug": 5, "colour": "red"})
        assert wrong.is_error
        assert "not valid" in wrong.content[0].text
        elsewhere = await client.call_tool("get_tool", {"id": ".."})
        assert "must be something that can stand in a path" in elsewhere.content[0].text
    async with Client(package.create_server(settings_of(package, folder, "http://127.0.0.1:9"))) as client:
        silent = await client.call_tool("list_tools", {})
        assert silent.content[0].text == "The service cannot be reached: ConnectError."


async def test_a_read_only_server_has_no_tool_that_changes_anything(package: Any, folder: Path, address: str) -> None:
    async with Client(package.create_server(settings_of(package, folder, address, read_only=True))) as client:
        names = {tool.name for tool in (await client.list_tools()).tools}
        assert "get_tool" in names
        assert not [name for name in names if name.startswith(("create", "update", "delete", "replace"))]
        assert (await client.call_tool("create_category", {"name": "A", "slug": "a"})).is_error


def environment(folder: Path, address: str, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder / "src"), "BASE_URL": address, **more}


async def test_over_standard_input_and_output(package: Any, folder: Path, address: str) -> None:
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "tool_library_mcp"], env=environment(folder, address)
    )
    async with Client(command) as client:
        assert (await client.call_tool("list_tools", {"limit": 1})).structured_content["hasMore"] in (True, False)


@contextlib.contextmanager
def over_http(folder: Path, address: str, **more: str) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    argv = [sys.executable, "-m", "tool_library_mcp", "--http", "--port", str(port)]
    server = subprocess.Popen(argv, env=environment(folder, address, **more), stderr=subprocess.PIPE)
    url = f"http://127.0.0.1:{port}/mcp"
    deadline = time.monotonic() + 30
    try:
        while True:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(url)
                break
            assert server.poll() is None, server.communicate()[1]
            assert time.monotonic() < deadline
        yield url
    finally:
        server.terminate()
        server.communicate(timeout=20)


async def test_over_http(package: Any, folder: Path, address: str) -> None:
    with over_http(folder, address) as url:
        async with Client(url) as client:
            assert not (await client.call_tool("list_tags", {})).is_error


def test_a_page_elsewhere_cannot_reach_it(package: Any, folder: Path, address: str) -> None:
    with over_http(folder, address) as url:
        assert httpx.post(url, json={}, headers={"Host": "evil.example"}).status_code in (403, 421)
        assert httpx.post(url, json={}, headers={"Origin": "https://evil.example"}).status_code == 403


def test_over_http_only_with_the_token_where_there_is_one(package: Any, folder: Path, address: str) -> None:
    with over_http(folder, address, MCP_TOKEN="words for a test") as url:
        assert httpx.post(url, json={}).status_code == 401
        assert httpx.post(url, json={}, headers={"Authorization": "Bearer others"}).status_code == 401
        assert httpx.post(url, json={}, headers={"Authorization": "Bearer words for a test"}).status_code != 401


def test_beyond_this_machine_only_with_a_token(package: Any, folder: Path, address: str) -> None:
    argv = [sys.executable, "-m", "tool_library_mcp", "--http", "--host", "0.0.0.0", "--port", "0"]
    done = subprocess.run(
        argv, env=environment(folder, address), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode != 0
    assert "set MCP_TOKEN" in done.stderr


def test_the_inspector_is_content(package: Any, folder: Path, address: str) -> None:
    inspector = installed(INSPECTOR) / "@modelcontextprotocol/inspector/clients/launcher/build/index.js"
    base = [str(node()), str(inspector), "--cli", "-e", f"BASE_URL={address}", sys.executable, "-m", "tool_library_mcp"]
    where = folder / "src"

    def asked(*argv: str) -> Any:
        done = subprocess.run([*base, *argv], cwd=where, capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)

    assert "create_loan" in [tool["name"] for tool in asked("--method", "tools/list", "--strict")["tools"]]
    found = asked("--method", "tools/call", "--tool-name", "list_members", "--tool-arg", "limit=1")
    assert "items" in found["structuredContent"]


def test_the_package_is_typed_and_formatted(folder: Path, tmp_path: Path) -> None:
    checks = (["ruff", "check", "--no-cache", "."], ["ruff", "format", "--no-cache", "--check", "."])
    for argv in (*checks, ["mypy", "--cache-dir", str(tmp_path), "src"]):
        done = subprocess.run(
            [sys.executable, "-m", *argv], cwd=folder, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("call", "arguments", "seen"),
    [
        (
            {"path": "/a/{b}", "parameters": [{"argument": "b", "name": "b", "in": "path"}]},
            {"b": "x/y z"},
            ("/a/x%2Fy%20z", None),
        ),
        (
            {"path": "/a", "parameters": [{"argument": "q", "name": "q[]", "in": "query", "explode": False}]},
            {"q": [1, "b&c"]},
            ("/a?q%5B%5D=1,b%26c", None),
        ),
        (
            {"path": "/a", "parameters": [{"argument": "f", "name": "f", "in": "query", "style": "deepObject"}]},
            {"f": {"x": True}},
            ("/a?f[x]=true", None),
        ),
        (
            {"path": "/a", "body": {"kind": "json", "mediaType": "application/json", "properties": ["x"]}},
            {"x": "é", "y": 1},
            ("/a", '{"x": "é"}'),
        ),
        (
            {
                "path": "/a",
                "body": {"kind": "form", "mediaType": "application/x-www-form-urlencoded", "properties": ["x"]},
            },
            {"x": ["1", "2"]},
            ("/a", "x=1&x=2"),
        ),
    ],
)
def test_arguments_find_their_places(package: Any, call: Any, arguments: Any, seen: Any) -> None:
    from tool_library_mcp.arguments import parts_of

    parts = parts_of(call, arguments)
    assert (parts.address, parts.body.get("content")) == seen
