"""Readers of small spec folders written inline."""

from collections.abc import Callable

import pytest

from flaresmith.compiler.model import Entity, Field, Model
from flaresmith.compiler.parse import parse


@pytest.fixture
def read() -> Callable[[dict[str, str]], Model]:
    """Parses texts by path."""
    return lambda files: parse({path: text.encode() for path, text in files.items()}, name="shop")


@pytest.fixture
def model_of(read) -> Callable[[str], Model]:
    """Parses one data model."""
    return lambda text: read({"specs/001-shop/data-model.md": text})


@pytest.fixture
def entity_of(model_of) -> Callable[[str], Entity]:
    """The first entity of one data model."""
    return lambda text: model_of(text).entities[0]


@pytest.fixture
def field_of(entity_of) -> Callable[[str], Field]:
    """The last field of an entity `Book` with the given line."""
    return lambda line: entity_of(f"### Book\n- id (uuid) REQUIRED\n{line}\n").fields[-1]
