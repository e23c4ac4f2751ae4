"""Models that specs rarely hold, all at once: odd keys, circles, reserved and hostile words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from flaresmith.compiler import naming
from flaresmith.compiler.diff import next_migration, schema_operations
from flaresmith.compiler.model import (
    Cardinality,
    Endpoint,
    Entity,
    Field,
    Index,
    Kind,
    Limits,
    Model,
    Reference,
    Relationship,
    Rule,
    Source,
    Transition,
    Type,
)

SOURCE = Source("001-shop/data-model.md", 3)
HOSTILE = (
    """ends """
    + '"""'
    + r""" \N{BULLET} {{7*7}} ${x} `rm -rf` '; DROP TABLE books; -- %s %(x)s :name """
    + "\n\u2028\x1b"
)


def field(name: str, kind: Kind = Kind.STRING, type_: Type | None = None, **facts: Any) -> Field:
    return Field(name, type_ or Type(kind), SOURCE, **facts)


def uuid_key(name: str = "id") -> Field:
    return field(name, Kind.UUID, primary_key=True)


def reference(name: str, entity: str, **facts: Any) -> Field:
    on_delete = facts.pop("on_delete", "")
    return field(name, Kind.UUID, references=Reference(entity, "id", on_delete), **facts)


def enum(name: str, *values: str, **facts: Any) -> Field:
    return field(name, type_=Type(Kind.ENUM, values=values), **facts)


def entity(name: str, *fields: Field, **facts: Any) -> Entity:
    return Entity(name, SOURCE, fields=fields, **facts)


def endpoints(one: Entity) -> Iterator[Endpoint]:
    """The derived resource of an entity, as the parser derives it."""
    path, name = f"/{naming.plural(one.name).replace('_', '-')}", naming.pascal(one.name)
    facts: dict[str, Any] = {"entity": one.name, "derived": True, "requirements": ("FR-001",)}
    yield Endpoint("GET", path, f"list{name}", SOURCE, action="list", **facts)
    yield Endpoint("POST", path, f"create{name}", SOURCE, action="create", **facts)
    for method, action in (("GET", "get"), ("PATCH", "update"), ("PUT", "replace"), ("DELETE", "delete")):
        yield Endpoint(method, f"{path}/{{id}}", f"{action}{name}", SOURCE, action=action, **facts)
    for trigger in dict.fromkeys(t.trigger for t in one.transitions if t.trigger):
        where = f"{path}/{{id}}/{trigger}"
        yield Endpoint("POST", where, f"{naming.camel(trigger)}{name}", SOURCE, action=f"transition:{trigger}", **facts)


def model_of(*entities: Entity, before: Model | None = None, extra: Sequence[Endpoint] = (), **facts: Any) -> Model:
    """A model with derived endpoints, and the migration that leads to it from `before`."""
    known = before.migrations if before else ()
    operations = schema_operations(before.tables if before else (), entities)
    migrations = (*known, next_migration(known, operations)) if operations else known
    made = tuple(endpoint for one in entities for endpoint in endpoints(one))
    return Model("shop", entities=entities, endpoints=(*made, *extra), migrations=migrations, **facts)


AUTHOR = entity(
    "Author",
    uuid_key(),
    field("name", limits=Limits(min_length=2, max_length=80)),
    field("email", type_=Type(Kind.STRING, format="email"), unique=True),
    field("createdAt", Kind.DATETIME),
    requirements=("FR-001",),
)
BOOK = entity(
    "Book",
    uuid_key(),
    field("title", type_=Type(Kind.STRING, length=200), unique=True),
    reference("authorId", "Author", on_delete="cascade"),
    enum("status", "draft", "published", "withdrawn", default="draft", has_default=True),
    field("price", type_=Type(Kind.DECIMAL, precision=8, scale=2), limits=Limits(minimum=0)),
    field("pages", Kind.INTEGER, required=False, limits=Limits(minimum=1)),
    field("createdAt", Kind.DATETIME, default={"generated": "now"}, has_default=True),
    field("updatedAt", Kind.DATETIME, default={"generated": "now"}, has_default=True, updates_on_write=True),
    transitions=(
        Transition("status", "draft", "published", SOURCE, "publish"),
        Transition("status", "published", "withdrawn", SOURCE, "withdraw"),
    ),
    requirements=("FR-002", "FR-003"),
)
SHOP = model_of(AUTHOR, BOOK)

_LONG = "a very long name that goes on and on until no database would take it any more at all"
ODD = model_of(
    entity("Nothing required", field("note", required=False)),
    entity("Tree", uuid_key(), reference("parentId", "Tree", required=False, on_delete="set null")),
    entity("Chicken", uuid_key(), reference("eggId", "Egg", required=False), field("name")),
    entity("Egg", uuid_key(), reference("chickenId", "Chicken"), field("size", Kind.NUMBER)),
    entity("Ouroboros", uuid_key(), reference("tailId", "Ouroboros")),
    entity("Left", uuid_key(), reference("rightId", "Right")),
    entity("Right", uuid_key(), reference("leftId", "Left")),
    entity(
        "Order",
        field("id", Kind.INTEGER, primary_key=True, default={"generated": "increment"}, has_default=True),
        field("class", limits=Limits(pattern=r"^(?=.*\d)[a-z0-9]{4,8}$")),
        field("metadata", Kind.JSON, required=False),
        field("type", Kind.BIGINT, required=False),
        field("select", Kind.TIME, required=False),
        field("registry", Kind.BINARY, required=False),
        field("text", Kind.TEXT, default='it\'s 100% :ok \\ "fine"', has_default=True),
        field("date", Kind.DATE, required=False),
        field("datetime", Kind.DATETIME, required=False),
        field("uuid", Kind.UUID, required=False),
        field("copy", Kind.BOOLEAN, default=False, has_default=True),
        field("json", Kind.JSON, default={"a": [1, "b:c"]}, has_default=True),
        field("model_dump", required=False),
        field("limit", Kind.INTEGER, required=False),
        field("self", required=False),
        field("str", required=False),
    ),
    entity("user", field("key", primary_key=True, limits=Limits(max_length=40)), field("desc", required=False)),
    entity("Class", reference("orderId", "Order"), field("user", references=Reference("user", "key"), unique=True)),
    entity(
        "Pair",
        field("left id", Kind.INTEGER, primary_key=True),
        field("right id", type_=Type(Kind.STRING, length=20), primary_key=True),
        field("value", Kind.NUMBER, limits=Limits(minimum=0, maximum=1, exclusive_maximum=True)),
    ),
    entity("Collision", uuid_key(), field("fooBar"), field("foo_bar"), field("foo bar", Kind.INTEGER)),
    entity("OrderItem", uuid_key(), field("größe", Kind.INTEGER), field("название", required=False)),
    entity("Order_item", uuid_key(), field(_LONG), field(_LONG + " again", required=False)),
    entity(
        "Mixed",
        uuid_key(),
        enum("mood", "it's", 'say "hi"', "50%:ok", "a\\b", default="it's", has_default=True),
        field("marks", type_=Type(Kind.ARRAY, items=Type(Kind.ENUM, values=("x", "y"))), required=False),
        field("ids", type_=Type(Kind.ARRAY, items=Type(Kind.UUID)), required=False),
        field("amount", Kind.DECIMAL, limits=Limits(minimum=0.01)),
        field("from", Kind.DATE),
        field("until", Kind.DATE),
        field("deletedAt", Kind.DATETIME, required=False),
        rules=(
            Rule("until > from", SOURCE, "until > from"),
            Rule("hostile", SOURCE, "1 = 1); DROP TABLE trees; --"),
        ),
        indexes=(
            Index(("from", "until"), unique=True, source=SOURCE),
            Index(("mood",), unique=False, source=SOURCE, where="mood = '50%:ok' and deletedAt is null"),
            Index(("amount",), unique=True, source=SOURCE, where="no one knows"),
            Index(("missing",), unique=True, source=SOURCE),
        ),
        description=HOSTILE,
    ),
    replace(
        entity("Student", uuid_key(), field("name")),
        relationships=(Relationship("courses", "Course", Cardinality.MANY_TO_MANY, SOURCE),),
    ),
    entity("Course", uuid_key(), enum("level", "only")),
)
