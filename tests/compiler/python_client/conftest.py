"""Generated packages, imported; services for them to call."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.compiler.clients.odd_contract import odd
from tests.compiler.clients.service import example, served, write


@pytest.fixture(scope="session")
def odd_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of the odd contract on disk."""
    return write(odd(), tmp_path_factory.mktemp("odd"), "python-client") / "clients/python"


@pytest.fixture(scope="session")
def odd_client(odd_folder: Path) -> Iterator[Any]:
    """The package of the odd contract."""
    yield from _imported(odd_folder, "odd_client")


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The package of the example."""
    folder = write(example(), tmp_path_factory.mktemp("library"), "python-client")
    yield from _imported(folder / "clients/python", "tool_library_client")


@pytest.fixture(scope="session")
def address(servers: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the example's service answers."""
    with served(tmp_path_factory.mktemp("service"), servers["postgres"]) as found:
        yield found


def _imported(folder: Path, package: str) -> Iterator[Any]:
    sys.path.insert(0, str(folder / "src"))
    try:
        yield importlib.import_module(package)
    finally:
        sys.path.remove(str(folder / "src"))
        for name in [name for name in sys.modules if name.partition(".")[0] == package]:
            del sys.modules[name]
