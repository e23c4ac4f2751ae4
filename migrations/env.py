"""Alembic's environment: our tables against the database that `kit.migrate` names."""

import os

from alembic import context
from sqlalchemy import NullPool, create_engine

from flaresmith.kit.discover import load_models
from flaresmith.kit.model import Table

load_models()


def owned(name: str | None, kind: str, _parents: object) -> bool:
    """Only our own schema: the engine keeps its tables elsewhere."""
    return kind != "schema" or name is None


url = context.config.attributes.get("url") or os.environ["DATABASE_URL"]
engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        include_name=owned,
        compare_type=True,
        compare_server_default=False,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
