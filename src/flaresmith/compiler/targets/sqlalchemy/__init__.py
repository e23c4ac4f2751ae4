"""SQLAlchemy models and Alembic migrations: `api/app/models`, `api/migrations`, `api/alembic.ini`."""

from __future__ import annotations

from collections.abc import Iterator

from flaresmith.compiler.model import File, Model
from flaresmith.compiler.targets import Target
from flaresmith.compiler.targets.sqlalchemy.migrations import migration_files
from flaresmith.compiler.targets.sqlalchemy.models import model_files

NAME = "sqlalchemy"


def emit(model: Model) -> Iterator[File]:
    """The tables of the model as declarative classes, and one file per database revision."""
    yield from model_files(model, NAME)
    yield from migration_files(model, NAME)


TARGET = Target(NAME, "python", emit)
