"""Collections pass from top to bottom, keep their ids, and stay within the published vocabulary."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flaresmith.compiler.model import (
    Endpoint,
    Entity,
    Field,
    Kind,
    Limits,
    Model,
    Reference,
    Response,
    Rule,
    Source,
    Transition,
    Type,
)
from flaresmith.compiler.targets.postman import TARGET

Failures = Callable[[Model], list[tuple[str, str]]]
SOURCE = Source("001-x/data-model.md", 1)


def documents(model: Model) -> dict[str, Any]:
    """Every file by name."""
    return {file.path.removeprefix("postman/"): json.loads(file.text) for file in TARGET.emit(model)}


def items(collection: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every request of a collection."""
    for folder in collection["item"]:
        yield from folder["item"]


def test_a_run_passes_and_leaves_nothing_behind(shop: Model, failures: Failures) -> None:
    assert failures(shop) == []


def test_four_collections_and_three_environments_with_their_published_names(shop: Model) -> None:
    made = documents(shop)
    assert {name: document.get("name") or document["info"]["name"] for name, document in made.items()} == {
        "base.postman_collection.json": "Flaresmith Base - Tool shop",
        "dev.postman_collection.json": "Flaresmith - Tool shop (dev)",
        "staging.postman_collection.json": "Flaresmith - Tool shop (staging)",
        "prod.postman_collection.json": "Flaresmith - Tool shop (prod)",
        "dev.postman_environment.json": "Flaresmith - Tool shop (dev)",
        "staging.postman_environment.json": "Flaresmith - Tool shop (staging)",
        "prod.postman_environment.json": "Flaresmith - Tool shop (prod)",
    }
    assert made["base.postman_collection.json"]["info"]["schema"].endswith("/v2.1.0/collection.json")
    values = {v["key"]: v["value"] for v in made["staging.postman_environment.json"]["values"]}
    assert values["environment"] == "staging"
    assert {v["key"] for v in made["dev.postman_collection.json"]["variable"]} >= {"baseUrl", "environment", "toolId"}


def test_folders_are_domains_in_an_order_in_which_things_can_be_made(shop: Model) -> None:
    folders = [folder["name"] for folder in documents(shop)["base.postman_collection.json"]["item"]]
    assert folders == ["Categories", "Tools", "Loans", "Reviews", "Reports", "Clean up"]


def test_every_endpoint_is_there_once(shop: Model) -> None:
    requests = [item["request"] for item in items(documents(shop)["dev.postman_collection.json"])]
    assert len(requests) == len(shop.endpoints)
    assert sorted(request["method"] for request in requests) == sorted(e.method for e in shop.endpoints)


def test_ids_are_unique_and_stay_when_something_is_added(shop: Model, model_of: Callable[..., Model]) -> None:
    before = documents(replace(shop, endpoints=shop.endpoints[:-1]))
    after = documents(shop)
    ids = [item["id"] for document in after.values() if "item" in document for item in items(document)]
    assert len(set(ids)) == len(ids)
    for name, document in before.items():
        if "item" in document:
            now = {item["id"]: item["name"] for item in items(after[name])}
            assert all(now[item["id"]] == item["name"] for item in items(document))
            assert document["info"]["_postman_id"] == after[name]["info"]["_postman_id"]


def test_saved_replies_carry_what_is_expected(shop: Model) -> None:
    made = {item["name"]: item for item in items(documents(shop)["base.postman_collection.json"])}
    (reply,) = made["Create tool"]["response"]
    assert reply["code"] == 201
    assert json.loads(reply["body"])["condition"] == "new"
    assert made["Cancel loan"]["response"][0]["code"] == 409


def test_a_number_is_not_quoted_where_a_variable_stands_for_it(shop: Model) -> None:
    made = {item["name"]: item["request"] for item in items(documents(shop)["base.postman_collection.json"])}
    assert '"loanId": {{loanId}}' in made["Create review"]["body"]["raw"]
    assert '"toolId": "{{toolId}}"' in made["Create loan"]["body"]["raw"]


def test_what_needs_code_is_not_checked_and_says_so(shop: Model) -> None:
    made = {item["name"]: item for item in items(documents(shop)["base.postman_collection.json"])}
    assert "event" not in made["Year report"]
    assert "Not checked" in made["Year report"]["request"]["description"]
    assert {"key": "Authorization", "value": "Bearer {{token}}"} in made["Year report"]["request"]["header"]


def test_a_circle_of_required_references_is_not_checked(model_of: Callable[..., Model], failures: Failures) -> None:
    key = Field("id", Type(Kind.UUID), SOURCE, primary_key=True)

    def to(name: str) -> Field:
        return Field(f"{name.lower()}Id", Type(Kind.UUID), SOURCE, references=Reference(name))

    hen, egg = Entity("Hen", SOURCE, fields=(key, to("Egg"))), Entity("Egg", SOURCE, fields=(key, to("Hen")))
    chick = Entity("Chick", SOURCE, fields=(key, to("Hen")))
    model = model_of(hen, egg, chick)
    made = {item["name"]: item for item in items(documents(model)["base.postman_collection.json"])}
    assert "event" not in made["Create hen"]
    assert "event" in made["List hen"]
    assert failures(model) == []


def test_ids_are_found_inside_the_wrapper_that_a_contract_uses(shop: Model) -> None:
    book = Entity("Book", SOURCE, fields=(Field("book_id", Type(Kind.UUID), SOURCE, primary_key=True),))
    reply = {"type": "object", "properties": {"data": {"type": "object", "properties": {"bookId": {}}}}}
    endpoints = (
        Endpoint(
            "POST", "/books", "add", SOURCE, entity="Book", action="create", responses=(Response("201", "", reply),)
        ),
        Endpoint("GET", "/books/{id}", "show", SOURCE, entity="Book", action="get"),
    )
    model = Model("Books", entities=(book,), endpoints=endpoints)
    add, show = items(documents(model)["base.postman_collection.json"])
    assert (
        'pm.collectionVariables.set("bookBookId", pm.response.json().data.bookId);' in add["event"][0]["script"]["exec"]
    )
    assert show["request"]["url"]["raw"] == "{{baseUrl}}/books/{{bookBookId}}"


def contract(shop: Model, body: dict[str, Any], reply: dict[str, Any]) -> dict[str, Any]:
    """The items of a collection in which a contract creates categories."""
    create = Endpoint(
        "POST",
        "/shelves",
        "addShelf",
        SOURCE,
        entity="Category",
        action="create",
        request_schema=body,
        responses=(Response("201", "", reply),),
    )
    model = Model("Shelves", entities=(shop.entities[3],), endpoints=(create,))
    (item,) = items(documents(model)["base.postman_collection.json"])
    return item


def test_an_operation_of_a_contract_is_checked_only_where_the_service_can_do_it_alone(shop: Model) -> None:
    text = {"type": "string"}
    whole = {"type": "object", "required": ["name", "slug"], "properties": {"name": text, "slug": text}}
    reply = {"type": "object", "required": ["id"], "properties": {"id": text, "name": text}}
    assert "event" in contract(shop, whole, reply)
    assert "event" in contract(shop, whole, {"type": "object", "properties": {"data": reply}})
    assert "event" not in contract(shop, {**whole, "required": ["name"]}, reply)
    assert "event" not in contract(shop, {**whole, "properties": {**whole["properties"], "pin": text}}, reply)
    assert "event" not in contract(
        shop, whole, {"type": "object", "required": ["token"], "properties": {"token": text}}
    )


def test_bodies_keep_the_conditions_of_the_data_model(model_of: Callable[..., Model]) -> None:
    day = Type(Kind.DATE)
    fields = (
        Field("id", Type(Kind.UUID), SOURCE, primary_key=True),
        Field("opens", day, SOURCE),
        Field("closes", day, SOURCE),
        Field("days", Type(Kind.INTEGER), SOURCE),
    )
    rules = tuple(Rule(text, SOURCE, text) for text in ("closes > opens", "days BETWEEN 30 AND 60"))
    made = items(
        documents(model_of(Entity("Fair", SOURCE, fields=fields, rules=rules)))["base.postman_collection.json"]
    )
    body = json.loads(next(item for item in made if item["name"] == "Create fair")["request"]["body"]["raw"])
    assert body["closes"] > body["opens"]
    assert 30 <= body["days"] <= 60


def test_conditions_that_cannot_be_kept_leave_the_request_unchecked(model_of: Callable[..., Model]) -> None:
    fields = (Field("id", Type(Kind.UUID), SOURCE, primary_key=True), Field("n", Type(Kind.INTEGER), SOURCE))
    entity = Entity("Odd", SOURCE, fields=fields, rules=(Rule("", SOURCE, "n < 1 AND n > 1"),))
    made = items(documents(model_of(entity))["base.postman_collection.json"])
    assert [item["name"] for item in made if "event" in item] == ["List odd"]


@st.composite
def models(draw: st.DrawFn) -> tuple[Entity, ...]:
    """Entities that refer to one another in any way, circles and themselves included."""
    count = draw(st.integers(1, 6))
    entities = []
    for number in range(count):
        fields = [Field("id", Type(draw(st.sampled_from([Kind.UUID, Kind.BIGINT]))), SOURCE, primary_key=True)]
        for place, target in enumerate(draw(st.lists(st.integers(0, count - 1), max_size=3))):
            facts = {"required": draw(st.booleans()), "unique": draw(st.booleans())}
            reference = Reference(f"Thing{target}")
            fields.append(Field(f"ref{place}", Type(Kind.UUID), SOURCE, references=reference, **facts))
        fields.append(Field("code", Type(Kind.STRING), SOURCE, unique=True, limits=Limits(pattern="^[A-Z]{2}[0-9]+$")))
        states = ("a", "b", "c")
        fields.append(Field("state", Type(Kind.ENUM, values=states), SOURCE, default="a", has_default=True))
        arrows = draw(st.lists(st.tuples(st.sampled_from(states), st.sampled_from(states)), max_size=3, unique=True))
        transitions = tuple(Transition("state", x, y, SOURCE, f"go-{x}-{y}") for x, y in arrows)
        entities.append(Entity(f"Thing{number}", SOURCE, fields=tuple(fields), transitions=transitions))
    return tuple(entities)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(models())
def test_any_model_runs_clean(model_of: Callable[..., Model], failures: Failures, entities: tuple[Entity, ...]) -> None:
    model = model_of(*entities)
    moves = tuple(
        Endpoint(
            "POST",
            f"/{entity.name.lower()}/{{id}}/{arrow.trigger}",
            f"{arrow.trigger}{entity.name}",
            SOURCE,
            entity=entity.name,
            action=f"transition:{arrow.trigger}",
            derived=True,
        )
        for entity in entities
        for arrow in entity.transitions
    )
    assert failures(replace(model, endpoints=(*model.endpoints, *moves))) == []
