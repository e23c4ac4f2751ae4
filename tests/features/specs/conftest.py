"""A copy that runs, and one provisioned project for each module of these tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.make.running import DOCUMENTS, Running, running

from flaresmith.kit.settings import settings


@pytest.fixture(scope="module")
async def copy(app: object, base_url: str, pools: str) -> AsyncIterator[Running]:
    async with running(app, base_url, pools, settings().data) as started:
        yield started


@pytest.fixture(scope="module")
async def shop(copy: Running) -> dict[str, Any]:
    """The project `Shop`, provisioned from the tiny documents."""
    made = await copy.create("Shop", DOCUMENTS)
    assert made["run"]["status"] == "succeeded", made["run"]["report"]
    return made
