"""The FastAPI service around the schemas and tables: routes, errors, lists, health and its tests, below `api/`."""

from __future__ import annotations

from collections.abc import Iterator

from flaresmith.compiler.model import File, Model
from flaresmith.compiler.targets import Target
from flaresmith.compiler.targets.fastapi.plumbing import plumbing_files
from flaresmith.compiler.targets.fastapi.retention import retention_files
from flaresmith.compiler.targets.fastapi.routes import route_files
from flaresmith.compiler.targets.fastapi.suite import suite_files

NAME = "fastapi"


def emit(model: Model) -> Iterator[File]:
    """Everything below `api/` that is neither a schema nor a table."""
    yield from plumbing_files(model, NAME)
    yield from route_files(model, NAME)
    yield from retention_files(model, NAME)
    yield from suite_files(model, NAME)


TARGET = Target(NAME, "python", emit)
