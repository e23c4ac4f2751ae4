"""Generated packages, built; a service for them to call."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.compiler.clients.node import PACKAGES, installed, run
from tests.compiler.clients.odd_contract import odd
from tests.compiler.clients.service import example, served, write

from flaresmith.compiler.model import Model


@pytest.fixture(scope="session")
def modules() -> Path:
    """Where the compiler and the formatter are."""
    return installed(*PACKAGES)


@pytest.fixture(scope="session")
def odd_package(modules: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of the odd contract, built under `tsc --strict`."""
    return _built(odd(), modules, tmp_path_factory.mktemp("odd"))


@pytest.fixture(scope="session")
def library(modules: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of the example, built."""
    return _built(example(), modules, tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="session")
def address(servers: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the example's service answers."""
    with served(tmp_path_factory.mktemp("service"), servers["postgres"]) as found:
        yield found


def _built(model: Model, modules: Path, folder: Path) -> Path:
    package = write(model, folder, "typescript-client") / "clients/typescript"
    done = run(modules / "typescript/bin/tsc", "-p", ".", cwd=package)
    assert (done.stdout, done.returncode) == ("", 0)
    return package
