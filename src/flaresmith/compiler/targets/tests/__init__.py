"""Contract tests that ask a running service from outside, whatever language it is written in: `tests/contract/`."""

from __future__ import annotations

from collections.abc import Iterator

from flaresmith.compiler.model import File, Model
from flaresmith.compiler.targets import Target
from flaresmith.compiler.targets.tests.fixtures import fixture_files
from flaresmith.compiler.targets.tests.makings import Makings
from flaresmith.compiler.targets.tests.modules import test_files

NAME = "tests"


def emit(model: Model) -> Iterator[File]:
    """Fixtures, a sample per entity, and a module of tests per entity."""
    makings = Makings(model)
    yield from fixture_files(model, makings, NAME)
    yield from test_files(model, makings, NAME)


TARGET = Target(NAME, "python", emit)
