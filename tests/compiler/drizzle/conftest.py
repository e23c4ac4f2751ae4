"""Databases, and a model that changed twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.compiler.python.conftest import new_database
from tests.compiler.python.odd_models import AUTHOR, BOOK, SHOP, entity, enum, field, model_of, reference, uuid_key

from flaresmith.compiler.model import Index, Kind, Limits, Model, Type

__all__ = ["new_database"]


@pytest.fixture
def changed() -> Model:
    """The shop after two changes: columns added, retyped, required and gone, keys, checks and tables likewise."""
    books = replace(
        BOOK,
        fields=(
            *(f for f in BOOK.fields if f.name not in {"pages", "price", "status"}),
            enum("status", "draft", "published", default="draft", has_default=True),
            field("price", type_=Type(Kind.DECIMAL, precision=10, scale=2), limits=Limits(minimum=0, maximum=10**6)),
            field("isbn", type_=Type(Kind.STRING, length=13), unique=True),
            field(
                "marks",
                type_=Type(Kind.ARRAY, items=Type(Kind.STRING)),
                default=["--> statement-breakpoint"],
                has_default=True,
            ),
            reference("editorId", "Author", required=False, on_delete="set null"),
        ),
        indexes=(Index(("status", "price"), unique=False, source=BOOK.source, where="status = 'draft'"),),
        transitions=(),
    )
    number = field("id", Kind.INTEGER, primary_key=True, default={"generated": "increment"}, has_default=True)
    grown = model_of(AUTHOR, books, entity("Shelf", number, field("name")), before=SHOP)
    authors = replace(AUTHOR, fields=tuple(f for f in AUTHOR.fields if f.name != "email"))
    note = entity("Note", uuid_key(), field("text", Kind.TEXT, default="--> statement-breakpoint", has_default=True))
    return model_of(authors, books, note, before=grown)
