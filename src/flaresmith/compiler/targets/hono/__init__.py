"""Target `hono`: the service on Node and on Workers, over the tables of `drizzle` and the schemas of `zod`."""

from __future__ import annotations

from collections.abc import Iterator

from flaresmith.compiler.model import File, Model
from flaresmith.compiler.targets import Target
from flaresmith.compiler.targets.hono.package import package_files
from flaresmith.compiler.targets.hono.resources import resource_files
from flaresmith.compiler.targets.hono.retention import retention_files
from flaresmith.compiler.targets.hono.routes import route_files

NAME = "hono"


def emit(model: Model) -> Iterator[File]:
    """`packages/service/`: one module per resource and one per group of routes, around modules that never differ."""
    yield from package_files(model, NAME)
    yield from resource_files(model, NAME)
    yield from route_files(model, NAME)
    yield from retention_files(model, NAME)


TARGET = Target(NAME, "typescript", emit)
