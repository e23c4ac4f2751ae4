"""What all tests share. Ask for `database` to get a real, migrated, empty one; for `client`, `ada`, `bob` to call us.

Asynchronous tests and fixtures need no mark (anyio, asyncio); all of a worker's run on one event loop.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from tests.cast import ada, anonymous, bob, make_client
from tests.make.machine import copy_database, drop_database, empty_database, machine
from tests.make.sockets import close_all_but_loopback

__all__ = ["ada", "anonymous", "bob"]


def pytest_configure(config: pytest.Config) -> None:
    close_all_but_loopback()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, str]]:
    """Where this worker's own `postgres` and `valkey` answer: environments of two workers never share a server."""
    with machine() as started:
        yield started


@pytest.fixture(scope="session")
def base_url() -> str:
    return "http://127.0.0.1:3000"


@pytest.fixture(scope="session")
def installation(servers: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """This worker's database and data folder, told to our code the way any process is told: by its environment."""
    from flaresmith.kit.settings import settings

    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    url = copy_database(servers["postgres"], f"test_{worker}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        patch.setenv("REDIS_URL", f"{servers['valkey'].rpartition('/')[0]}/{int(worker[2:]) % 16}")
        patch.setenv("FLARESMITH_ENV", "test")
        patch.setenv("FLARESMITH_DATA", str(tmp_path_factory.mktemp("data", numbered=True)))
        settings.cache_clear()
        yield url
    settings.cache_clear()
    drop_database(servers["postgres"], f"test_{worker}")


@pytest.fixture(scope="session")
async def pools(installation: str, anyio_backend: str) -> AsyncIterator[str]:
    """Holds the event loop of the worker, and closes what was opened on it."""
    from flaresmith.kit import cache, stream, tx

    yield installation
    await stream.close()
    await cache.close()
    await tx.close()


@pytest.fixture
def database(pools: str) -> Iterator[str]:
    """The DSN of a real, migrated database without a row; what a test leaves in it is deleted."""
    yield pools
    empty_database(pools)


@pytest.fixture
def data(installation: str) -> Path:
    """The data folder."""
    from flaresmith.kit.settings import settings

    return settings().data


@pytest.fixture(scope="session")
def app(installation: str) -> object:
    """All roles in one app, as `flaresmith serve --role all` serves it."""
    from flaresmith.app import create_app

    return create_app("all")


@pytest.fixture
async def client(app: object, base_url: str, database: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client that nobody is signed in with."""
    async with make_client(app, base_url) as made:
        yield made
