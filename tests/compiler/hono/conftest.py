"""The example's model, databases, and both of its services at work."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.compiler.python.conftest import new_database
from tests.make import node
from tests.make.machine import copy_database, drop_database
from tests.make.twins import Twins, twins

from flaresmith.compiler.diff import next_migration, schema_operations
from flaresmith.compiler.model import Model

__all__ = ["new_database"]

EXAMPLE = Path(__file__).parents[3] / "examples/tool-library/specs"


@pytest.fixture(scope="session")
def library() -> Model:
    """The model of the example, with its first migration."""
    from flaresmith.compiler.parse import parse

    found = {str(p.relative_to(EXAMPLE)): p.read_bytes() for p in sorted(EXAMPLE.rglob("*")) if p.is_file()}
    model = parse(found, name="tool-library")
    return replace(model, migrations=(next_migration((), schema_operations((), model.tables)),))


@pytest.fixture(scope="session")
def both(library: Model, servers: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    """Both services of the example."""
    node.tools_or_skip()
    names = [f"twin_{uuid.uuid4().hex[:12]}" for _ in range(2)]
    one, other = (copy_database(servers["postgres"], name, template="template0") for name in names)
    with twins(library, tmp_path_factory.mktemp("twins"), (one, other)) as running:
        yield running
    for name in names:
        drop_database(servers["postgres"], name)
