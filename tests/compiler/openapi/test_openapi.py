"""The merged OpenAPI document is valid, complete, and the same each time."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from flaresmith.compiler.model import Endpoint, Entity, Kind, Model, Parameter, Source, Type
from flaresmith.compiler.targets.openapi import TARGET


def emitted(model: Model) -> dict[str, Any]:
    """The document of a model, which must be valid OpenAPI 3.1."""
    (file,) = TARGET.emit(model)
    assert file.path == "contracts/openapi.json"
    document: dict[str, Any] = json.loads(file.text)
    OpenAPIV31SpecValidator(document).validate()
    return document


def test_every_endpoint_is_in_the_document_once(shop: Model) -> None:
    document = emitted(shop)
    operations = {(m.upper(), path) for path, item in document["paths"].items() for m in item}
    assert operations == {(endpoint.method, endpoint.path) for endpoint in shop.endpoints}
    assert list(document["paths"]) == sorted(document["paths"])


def test_an_entity_says_what_is_sent_and_what_is_answered(shop: Model) -> None:
    schemas = emitted(shop)["components"]["schemas"]
    assert "id" in schemas["Category"]["required"]
    assert "id" not in schemas["CategoryCreate"]["properties"]
    assert schemas["CategoryCreate"]["required"] == ["name", "slug"]
    assert "required" not in schemas["CategoryUpdate"]
    assert schemas["Category"]["properties"]["name"] == {"type": "string", "minLength": 2, "maxLength": 60}
    assert schemas["Category"]["properties"]["parentId"]["type"] == ["string", "null"]
    assert schemas["ToolCreate"]["properties"]["condition"]["default"] == "new"
    assert schemas["ToolCreate"]["properties"]["price"]["type"] == ["string", "number"]
    assert schemas["CategoryPage"]["properties"]["items"]["items"] == {"$ref": "#/components/schemas/Category"}


def test_the_time_of_deletion_is_not_shown(shop: Model) -> None:
    key = shop.entities[2].fields[0]
    gone = replace(key, name="deletedAt", type=Type(Kind.DATETIME), primary_key=False, required=False)
    note = Entity("Note", key.source, fields=(key, gone))
    schemas = emitted(replace(shop, entities=(*shop.entities, note)))["components"]["schemas"]
    assert list(schemas["Note"]["properties"]) == ["id"]


def test_a_contract_keeps_its_names_and_the_entity_gives_way(shop: Model) -> None:
    document = emitted(shop)
    schemas = document["components"]["schemas"]
    assert schemas["Loan"]["description"] == "Has the name of an entity."
    answer = document["paths"]["/loans/{id}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer == {"$ref": "#/components/schemas/LoanRecord"}
    assert "toolId" in schemas["LoanRecord"]["properties"]


def test_words_of_openapi_3_0_become_those_of_3_1(shop: Model) -> None:
    report = emitted(shop)["components"]["schemas"]["Report"]["properties"]
    assert report["year"] == {"type": ["integer", "null"]}
    assert report["total"] == {"type": "number", "exclusiveMinimum": 0}
    assert report["gone"] == {}


def test_requirements_and_security_stand_at_the_operation(shop: Model) -> None:
    document = emitted(shop)
    operation = document["paths"]["/reports/{year}"]["get"]
    assert operation["x-requirements"] == ["FR-002"]
    assert operation["security"] == [{"bearer": []}]
    assert operation["parameters"] == [{"name": "year", "in": "path", "required": True, "schema": {"type": "string"}}]
    assert document["components"]["securitySchemes"] == {"bearer": {"type": "http", "scheme": "bearer"}}


def test_a_list_can_be_paged_sorted_and_filtered(shop: Model) -> None:
    parameters = {p["name"]: p["schema"] for p in emitted(shop)["paths"]["/tools"]["get"]["parameters"]}
    assert parameters["limit"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}
    assert "-name" in parameters["sort"]["enum"]
    assert parameters["condition"]["enum"][0] == "new"
    assert "extra" not in parameters


def test_operation_ids_are_unique_whatever_the_model_says(shop: Model) -> None:
    same = tuple(replace(endpoint, operation_id="same") for endpoint in shop.endpoints)
    document = emitted(replace(shop, endpoints=same))
    ids = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(set(ids)) == len(ids) == len(shop.endpoints)


def test_doubled_parameters_and_strange_methods_do_no_harm(shop: Model) -> None:
    parameter = Parameter("q", "query", False, {"type": "string"})
    stray = Parameter("nowhere", "path", True, {"type": "string"})
    source = Source("001-shop/contracts/openapi.yaml", 1)
    search = Endpoint("GET", "/search", "search", source, parameters=(parameter, parameter, stray))
    odd = Endpoint("PURGE", "/search", "purge", source)
    item = emitted(replace(shop, endpoints=(search, odd)))["paths"]["/search"]
    assert [p["name"] for p in item["get"]["parameters"]] == ["q"]
    assert set(item) == {"get"}


def test_a_component_that_is_only_its_own_name_says_nothing(shop: Model) -> None:
    circle = {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}
    schemas = emitted(replace(shop, schemas={**shop.schemas, **circle}))["components"]["schemas"]
    assert schemas["A"] == schemas["B"] == {}


def test_a_model_without_anything_is_a_valid_document() -> None:
    assert emitted(Model("Empty"))["paths"] == {}


def test_the_order_in_the_model_does_not_matter_for_the_document(shop: Model) -> None:
    turned = replace(shop, endpoints=shop.endpoints[::-1])
    assert emitted(turned)["paths"].keys() == emitted(shop)["paths"].keys()
    assert next(iter(TARGET.emit(shop))).text == next(iter(TARGET.emit(replace(shop)))).text
