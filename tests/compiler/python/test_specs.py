"""Specs that people wrote: each becomes a service that is well-formed, and the example one that works."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest
from tests.compiler.python.conftest import Emit, NewDatabase, files_of, ran

from flaresmith.compiler.diff import next_migration, schema_operations
from flaresmith.compiler.model import Model
from flaresmith.compiler.parse import parse

ROOT = Path(__file__).parents[3]
CORPORA = ROOT.parent / "shared" / "corpora" / "open"
EXAMPLE = ROOT / "examples" / "tool-library" / "specs"


def read(folder: Path) -> Model:
    """The model of a folder, with its first migration."""
    found = {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    model = parse(found, name=folder.name)
    operations = schema_operations((), model.tables)
    return replace(model, migrations=(next_migration((), operations),) if operations else ())


@pytest.mark.skipif(not CORPORA.is_dir(), reason=f"the corpora are not at {CORPORA}")
@pytest.mark.parametrize("folder", sorted(CORPORA.iterdir()) if CORPORA.is_dir() else [], ids=lambda path: path.name)
def test_what_people_wrote_becomes_well_formed_code(folder: Path, emitted: Emit) -> None:
    model = read(folder)
    for path, file in files_of(model).items():
        if path.endswith(".py"):
            ast.parse(file.text, path)
    api = emitted(model)
    ran(api, "", "ruff", "format", "--check", "--no-cache", ".")
    ran(api, "", "ruff", "check", "--no-cache", ".")


def test_the_example_works(emitted: Emit, new_database: NewDatabase) -> None:
    api, url = emitted(read(EXAMPLE)), new_database()
    ran(api, url, "alembic", "upgrade", "head")
    assert "No new upgrade operations detected" in ran(api, url, "alembic", "check")
    ran(api, url, "pytest", "-p", "no:cacheprovider", "-W", "error")
    assert not list((api / "app" / "handlers").glob("[!_]*.py"))  # the service can do all of it by itself
