"""A tiny service as the compiler would write it: FastAPI, Alembic, a health check that asks the database, tests."""

from __future__ import annotations

MAIN = """
import asyncio, os, signal
import asyncpg
from contextlib import asynccontextmanager
from fastapi import FastAPI, Response

@asynccontextmanager
async def lifespan(app):
    app.state.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1, max_size=4)
    yield
    await app.state.pool.close()

app = FastAPI(lifespan=lifespan)

@app.get("/health")
async def health(response: Response):
    healthy = {healthy} and await app.state.pool.fetchval("select count(*) from notes") is not None
    response.status_code = 200 if healthy else 503
    return {{"ok": healthy, "commit": os.environ.get("FLARESMITH_COMMIT")}}

@app.get("/version")
async def version():
    await asyncio.sleep(0.005)
    return {{"version": "{version}"}}

@app.post("/notes", status_code=201)
async def create(text: str):
    return {{"id": await app.state.pool.fetchval("insert into notes (text) values ($1) returning id", text)}}

@app.get("/notes")
async def notes():
    return [dict(row) for row in await app.state.pool.fetch("select id, text from notes order by id")]

@app.get("/crash")
async def crash():
    os._exit(7)

@app.get("/look")
async def look(path: str):
    try:
        return {{"found": os.listdir(path) if os.path.isdir(path) else open(path).read(100)}}
    except OSError as error:
        return {{"error": type(error).__name__}}

@app.get("/self")
async def self():
    import resource
    print("the database is", os.environ["DATABASE_URL"], flush=True)
    names = ("RLIMIT_AS", "RLIMIT_NOFILE", "RLIMIT_CORE")
    limits = {{name: resource.getrlimit(getattr(resource, name))[0] for name in names}}
    files = {{}}
    for number in os.listdir("/proc/self/fd"):
        try:
            files[number] = os.readlink(f"/proc/self/fd/{{number}}")
        except OSError:
            pass
    return {{"environ": dict(os.environ), "limits": limits, "files": files, "nice": os.nice(0)}}
{extra}
"""

ENV = """
import asyncio, os
from alembic import context
from sqlalchemy.ext.asyncio import create_async_engine

async def main():
    engine = create_async_engine(os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
        await connection.commit()
    await engine.dispose()

def migrate(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()

asyncio.run(main())
"""

MIGRATION = """
from alembic import op
revision, down_revision = "{revision}", {down}
def upgrade():
    op.execute("{statement}")
def downgrade():
    pass
"""

TESTS = """
import os
import pytest

def test_it_has_a_database():
    assert os.environ["DATABASE_URL"] == os.environ["TEST_DATABASE_URL"]

def test_{name}():
    assert {truth}

@pytest.mark.skip(reason="later")
def test_later():
    pass
"""


def app_files(
    version: str = "1",
    *,
    healthy: bool = True,
    extra: str = "",
    migration: str = "",
    dependency: str = "",
    truth: str = "True",
) -> dict[str, str]:
    """The files of one version; `migration` is a second migration's SQL, `dependency` one more requirement."""
    needs = [
        "fastapi>=0.100",
        "asyncpg",
        "alembic>=1.10",
        "sqlalchemy[asyncio]>=2",
        *([dependency] if dependency else []),
    ]
    files = {
        "README.md": "# Notes\n",
        "api/pyproject.toml": f'[project]\nname = "notes"\nversion = "1"\ndependencies = {needs!r}\n'.replace("'", '"'),
        "api/alembic.ini": "[alembic]\nscript_location = migrations\npath_separator = os\n",
        "api/app/__init__.py": "",
        "api/app/main.py": MAIN.format(healthy=healthy, version=version, extra=extra),
        "api/migrations/env.py": ENV,
        "api/migrations/script.py.mako": "",
        "api/migrations/versions/0001.py": MIGRATION.format(
            revision="0001", down=None, statement="create table notes (id serial primary key, text text)"
        ),
        "api/tests/test_notes.py": TESTS.format(name="truth", truth=truth),
    }
    if migration:
        files["api/migrations/versions/0002.py"] = MIGRATION.format(revision="0002", down="'0001'", statement=migration)
    return files
