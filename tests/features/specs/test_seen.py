"""The pages that only look: the matrix of requirements, and the entities as a picture."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.make.running import Running


@pytest.fixture
async def browser(copy: Running) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"cookie": f"fs_session={copy.ada.token}", "accept": "text/html", "origin": copy.url}
    async with httpx.AsyncClient(base_url=copy.url, headers=headers) as client:
        yield client


async def test_the_matrix_shows_what_serves_a_requirement(browser: httpx.AsyncClient, shop: dict[str, Any]) -> None:
    page = await browser.get("/projects/shop/requirements")
    assert page.status_code == 200
    assert "<code>FR-001</code>" in page.text
    assert "POST /notes" in page.text
    narrowed = await browser.get("/projects/shop/requirements", params={"q": "no such words"})
    assert "Nothing fits" in narrowed.text
    assert "<code>FR-001</code>" not in narrowed.text
    hostile = await browser.get("/projects/shop/requirements", params={"q": '"><script>alert(1)</script>'})
    assert "<script>alert" not in hostile.text


async def test_the_diagram_is_a_picture_of_the_entities(browser: httpx.AsyncClient, shop: dict[str, Any]) -> None:
    page = await browser.get("/projects/shop/diagram")
    assert 'src="/diagrams/shop"' in page.text
    picture = await browser.get("/diagrams/shop", headers={"accept": "image/avif,image/svg+xml,image/*;q=0.8"})
    assert picture.headers["content-type"] == "image/svg+xml"
    assert "script-src" not in picture.headers["content-security-policy"]
    assert picture.headers["x-content-type-options"] == "nosniff"
    root = ET.fromstring(picture.text)
    assert root.get("role") == "img"
    assert "Note" in "".join(root.itertext())
    assert "<a " not in picture.text


async def test_a_feature_that_is_not_there_is_not_found(browser: httpx.AsyncClient, shop: dict[str, Any]) -> None:
    for path in ("/projects/shop/diagram", "/diagrams/shop"):
        assert (await browser.get(path, params={"feature": "../etc"})).status_code == 404
    assert (await browser.get("/diagrams/shop", params={"feature": "001-notes"})).status_code == 200


async def test_the_specs_lead_to_both(browser: httpx.AsyncClient, shop: dict[str, Any]) -> None:
    specs = (await browser.get("/projects/shop/specs")).text
    assert 'href="/projects/shop/requirements"' in specs
    assert 'href="/projects/shop/diagram"' in specs
