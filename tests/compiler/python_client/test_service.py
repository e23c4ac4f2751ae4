"""The client of the example against the example's service on a real PostgreSQL."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest


@pytest.fixture
def client(library: Any, address: str) -> Iterator[Any]:
    with library.Client(address) as made:
        yield made


def test_things_are_made_read_changed_and_listed(library: Any, client: Any) -> None:
    models = library.models
    category = client.category.create_category(models.CategoryCreate(name="Saws", slug="saws"))
    made = [
        client.tool.create_tool(
            models.ToolCreate(
                category_id=category.id, name=f"Saw {n}", replacement_value=Decimal("12.50"), condition="good"
            )
        )
        for n in range(25)
    ]
    assert made[0].replacement_value == Decimal("12.50")
    assert made[0].created_at.tzinfo is not None
    found = list(client.tool.list_tools.items(category_id=category.id, limit=10, sort="name"))
    assert {tool.id for tool in found} == {tool.id for tool in made}
    assert len(list(client.tool.list_tools.pages(limit=10))) == 3
    changed = client.tool.update_tool(made[0].id, models.ToolUpdate(name="Renamed"))
    assert (changed.name, changed.condition) == ("Renamed", made[0].condition)


def test_a_change_of_what_is_older_is_refused(library: Any, client: Any) -> None:
    models = library.models
    made = client.category.create_category.raw(models.CategoryCreate(name="Drills", slug="drills"))
    changes = models.CategoryUpdate(name="Drills and bits")
    assert made.etag is not None
    client.with_options(if_match=made.etag).category.update_category(made.value.id, changes)
    with pytest.raises(library.PreconditionFailed):
        client.with_options(if_match=made.etag).category.update_category(made.value.id, changes)


def test_refusals_say_why(library: Any, client: Any) -> None:
    models = library.models
    with pytest.raises(library.NotFound) as missing:
        client.tool.get_tool("3f2b7c9e-5d41-4a86-9c0e-7b1d2e4f6a80")
    assert missing.value.code == "RESOURCE_NOT_FOUND"
    assert missing.value.request_id == missing.value.response.headers["x-request-id"]
    client.category.create_category(models.CategoryCreate(name="Planes", slug="planes"))
    with pytest.raises(library.Conflict) as doubled:
        client.category.create_category(models.CategoryCreate(name="Planes", slug="planes"))
    assert doubled.value.code == "ALREADY_EXISTS"


async def test_without_blocking(library: Any, address: str) -> None:
    models = library.models
    async with library.AsyncClient(address) as client:
        member = models.MemberCreate(
            full_name="Ada", email="ada@example.com", membership_number="TL-00001", joined_on=datetime.date(2030, 1, 1)
        )
        made = await client.member.create_member(member)
        assert made.id in [one.id async for one in client.member.list_members.items()]
