"""The generated server of the example, imported; the service that it calls."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.compiler.clients.service import example, served, write


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`mcp/` of the example on disk."""
    return write(example(), tmp_path_factory.mktemp("mcp"), "mcp_tools") / "mcp"


@pytest.fixture(scope="session")
def package(folder: Path) -> Iterator[Any]:
    """The server's package."""
    pytest.importorskip("mcp", reason="the MCP SDK is not installed")
    sys.path.insert(0, str(folder / "src"))
    yield importlib.import_module("tool_library_mcp.server")
    sys.path.remove(str(folder / "src"))


@pytest.fixture(scope="session")
def address(servers: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the example's service answers."""
    with served(tmp_path_factory.mktemp("service"), servers["postgres"]) as found:
        yield found
