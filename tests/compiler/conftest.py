"""Models made by hand, for tests of what is generated from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from flaresmith.compiler import naming
from flaresmith.compiler.model import (
    Endpoint,
    Entity,
    Field,
    Kind,
    Limits,
    Model,
    Reference,
    Response,
    Source,
    Transition,
    Type,
)

SOURCE = Source("001-shop/data-model.md", 3)


def field(name: str, kind: Kind = Kind.STRING, type_: Type | None = None, **facts: Any) -> Field:
    """A field of a plain kind, or of a type."""
    return Field(name, type_ or Type(kind), SOURCE, **facts)


def resource(entity: str, path: str, *triggers: str) -> Iterator[Endpoint]:
    """The derived endpoints of an entity, as the parser makes them."""
    name = naming.pascal(entity)
    facts: dict[str, Any] = {"entity": entity, "derived": True, "requirements": ("FR-001",)}
    yield Endpoint("GET", path, f"list{name}", SOURCE, action="list", **facts)
    yield Endpoint("POST", path, f"create{name}", SOURCE, action="create", **facts)
    for method, action in (("GET", "get"), ("PATCH", "update"), ("PUT", "replace"), ("DELETE", "delete")):
        yield Endpoint(method, f"{path}/{{id}}", f"{action}{name}", SOURCE, action=action, **facts)
    for trigger in triggers:
        operation = f"{naming.camel(trigger)}{name}"
        yield Endpoint("POST", f"{path}/{{id}}/{trigger}", operation, SOURCE, action=f"transition:{trigger}", **facts)


KEY = field("id", Kind.UUID, primary_key=True)
CATEGORY = Entity(
    "Category",
    SOURCE,
    fields=(
        KEY,
        field("name", unique=True, limits=Limits(min_length=2, max_length=60)),
        field("slug", unique=True, limits=Limits(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", min_length=2)),
        field("parentId", Kind.UUID, required=False, references=Reference("Category")),
        field("createdAt", Kind.DATETIME),
    ),
    description='A shelf */ """ `${x}` of the shop',
    requirements=("FR-001",),
)
TOOL = Entity(
    "Tool",
    SOURCE,
    fields=(
        KEY,
        field("categoryId", Kind.UUID, references=Reference("Category")),
        field("name", description='He said "hi" \\ {{baseUrl}} */'),
        field(
            "condition", type_=Type(Kind.ENUM, values=("new", "in use", 'it\'s "x"')), default="new", has_default=True
        ),
        field("price", type_=Type(Kind.DECIMAL, precision=8, scale=2), limits=Limits(minimum=0)),
        field("tags", type_=Type(Kind.ARRAY, items=Type(Kind.STRING)), required=False),
        field("extra", Kind.JSON, required=False),
        field("photo", Kind.BINARY, required=False),
        field("website", type_=Type(Kind.STRING, format="uri"), required=False),
        field("opensAt", Kind.TIME, required=False),
        field("__proto__", Kind.INTEGER, required=False),
        field("weird name!", Kind.BOOLEAN, required=False),
        field("lookAhead", required=False, limits=Limits(pattern="^(?=a)a$")),
    ),
)
LOAN = Entity(
    "Loan",
    SOURCE,
    fields=(
        field("id", Kind.BIGINT, primary_key=True, default={"generated": "increment"}, has_default=True),
        field("toolId", Kind.UUID, references=Reference("Tool")),
        field(
            "status",
            type_=Type(Kind.ENUM, values=("requested", "out", "returned", "lost", "cancelled")),
            default="requested",
            has_default=True,
        ),
        field("dueOn", Kind.DATE),
    ),
    transitions=tuple(
        Transition("status", before, after, SOURCE, trigger)
        for before, after, trigger in (
            ("requested", "out", "hand-over"),
            ("requested", "cancelled", "cancel"),
            ("out", "returned", "return"),
            ("out", "lost", "report-lost"),
            ("lost", "returned", "return"),
        )
    ),
)
REVIEW = Entity(
    "Review",
    SOURCE,
    fields=(
        KEY,
        field("loanId", Kind.BIGINT, unique=True, references=Reference("Loan")),
        field("rating", Kind.INTEGER, limits=Limits(minimum=1, maximum=5)),
    ),
)
REPORT = Endpoint(
    "GET",
    "/reports/{year}",
    "yearReport",
    Source("001-shop/contracts/openapi.yaml", 9),
    tags=("Reports",),
    responses=(Response("200", "A report", {"$ref": "#/components/schemas/Report"}),),
    security=({"bearer": ()},),
    requirements=("FR-002",),
)
SCHEMAS = {
    "Report": {
        "type": "object",
        "required": ["year"],
        "properties": {
            "year": {"type": "integer", "nullable": True},
            "total": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
            "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Report"}},
            "when": {"$ref": "#/components/schemas/When"},
            "gone": {"$ref": "#/components/schemas/Nowhere"},
        },
    },
    "When": {"oneOf": [{"type": "string", "format": "date"}, {"type": "integer", "enum": [1, 2]}]},
    "Loan": {"type": "object", "description": "Has the name of an entity.", "properties": {"x": {"type": "string"}}},
}


@pytest.fixture
def shop() -> Model:
    """Four entities that stand on each other, a state machine, a contract, and names that want care."""
    return Model(
        "Tool shop",
        entities=(REVIEW, LOAN, TOOL, CATEGORY),
        endpoints=(
            *resource("Review", "/reviews"),
            *resource("Loan", "/loans", "hand-over", "cancel", "return", "report-lost"),
            *resource("Tool", "/tools"),
            *resource("Category", "/categories"),
            REPORT,
        ),
        schemas=SCHEMAS,
        security_schemes={"bearer": {"type": "http", "scheme": "bearer"}},
    )


@pytest.fixture
def model_of() -> Callable[..., Model]:
    """Makes a model of entities that each have their derived endpoints."""

    def make(*entities: Entity) -> Model:
        endpoints = (e for entity in entities for e in resource(entity.name, f"/{naming.kebab(entity.name)}"))
        return Model("Made by hand", entities=entities, endpoints=tuple(endpoints))

    return make
