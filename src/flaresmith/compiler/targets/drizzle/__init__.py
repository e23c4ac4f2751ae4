"""Target `drizzle`: the tables as Drizzle has them, and their migrations, `packages/database/`."""

from __future__ import annotations

from collections.abc import Iterator

from flaresmith.compiler.model import File, Model
from flaresmith.compiler.targets import Target
from flaresmith.compiler.targets.drizzle.migrations import migration_files
from flaresmith.compiler.targets.drizzle.package import package_files
from flaresmith.compiler.targets.drizzle.schema import schema_files

NAME = "drizzle"


def emit(model: Model) -> Iterator[File]:
    """A package with one module per table, and one SQL file per database revision."""
    yield from package_files(model, NAME)
    yield from schema_files(model, NAME)
    yield from migration_files(model, NAME)


TARGET = Target(NAME, "typescript", emit)
