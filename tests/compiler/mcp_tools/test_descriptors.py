"""Descriptors say what a tool takes and answers, with an example that is true, and where the spec speaks of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from tests.compiler.clients.hostile import models
from tests.compiler.clients.odd_contract import odd
from tests.compiler.clients.service import example

from flaresmith.compiler.model import Feature, Model, Source, Tool
from flaresmith.compiler.paths import collisions, why_unsafe
from flaresmith.compiler.targets.mcp_tools import TARGET

SOURCE = Source("001-shop/contracts/mcp-tools.json", 4)


def tools(model: Model) -> dict[str, Any]:
    """Every descriptor by its path below `mcp/`."""
    found = {file.path.removeprefix("mcp/"): file.text for file in TARGET.emit(model) if file.path.endswith(".json")}
    return {path: json.loads(text) for path, text in found.items()}


@pytest.mark.parametrize("model", [example(), odd()], ids=["example", "odd"])
def test_every_operation_is_a_tool_whose_example_is_true(model: Model) -> None:
    found = tools(model)
    assert len(found) == len(model.endpoints)
    for tool in found.values():
        for word, part in (("input", "inputSchema"), ("output", "outputSchema")):
            Draft202012Validator.check_schema(tool[part])
            assert tool[part]["type"] == "object"
            fault = next(Draft202012Validator(tool[part]).iter_errors(tool["examples"][0][word]), None)
            assert fault is None, (tool["name"], fault)
        assert tool["version"]
        assert tool["description"]


def test_a_tool_says_what_it_does_to_things() -> None:
    found = {tool["name"]: tool for tool in tools(example()).values()}
    hints = {name: tuple(found[name]["annotations"].values())[:3] for name in found}
    assert hints["list_loans"] == (True, False, True)
    assert hints["create_tool"] == (False, False, False)
    assert hints["update_tool"] == (False, True, False)
    assert hints["delete_tool"] == (False, True, True)
    assert hints["hand_over_loan"] == (False, True, False)
    assert [found[name]["mutates"] for name in ("get_loan", "create_loan")] == [False, True]


def test_a_tool_leads_back_to_the_spec() -> None:
    found = tools(example())
    loan = found["002-lending/hand_over_loan.json"]
    assert loan["specRef"] == "specs/002-lending/contracts/openapi.yaml#/paths/~1loans~1{loanId}~1hand-over/post"
    assert loan["requirements"] == ["FR-003"]
    assert found["001-catalogue/create_tool.json"]["specRef"] == "specs/001-catalogue/data-model.md#Tool"


def test_a_body_stands_beside_the_parameters_unless_it_cannot(shop: Model) -> None:
    found = {tool["name"]: tool for tool in tools(odd()).values()}
    assert set(found["login"]["inputSchema"]["properties"]) == {"user name", "tags"}
    assert found["raw"]["call"]["body"] == {
        "kind": "binary",
        "mediaType": "application/octet-stream",
        "argument": "body",
    }
    assert found["import"]["inputSchema"]["properties"]["body"]["type"] == "array"
    update = {tool["name"]: tool for tool in tools(shop).values()}["update_tool"]
    assert {"id", "name", "price"} <= set(update["inputSchema"]["properties"])
    assert update["inputSchema"]["required"] == ["id"]


def test_what_a_feature_declares_is_a_tool_too(shop: Model) -> None:
    schema = {"type": "object", "properties": {"q": {"type": "string"}}}
    declared = (
        Tool("shelves.tidy", SOURCE, "Puts all back.", schema, schema, examples=({"input": {"q": "a"}, "output": {}},)),
        Tool("createTool", SOURCE, "Makes a tool.", schema, schema, annotations={"readOnlyHint": True}),
        Tool("weird name!", SOURCE, "", {}, {}),
    )
    found = tools(replace(shop, features=(Feature("001-shop", "Shop", SOURCE, tools=declared),)))
    tidy = found["001-shop/shelves_tidy.json"]
    assert (tidy["name"], tidy["examples"], tidy["mutates"]) == (
        "shelves.tidy",
        [{"input": {"q": "a"}, "output": {}}],
        True,
    )
    assert "call" not in tidy
    made = found["001-shop/create_tool.json"]
    assert (made["description"], made["mutates"], made["call"]["path"]) == ("Makes a tool.", False, "/tools")
    assert found["001-shop/weird_name.json"]["inputSchema"] == {"type": "object"}


def test_the_same_model_gives_the_same_bytes(shop: Model) -> None:
    made = [(file.path, file.text) for file in TARGET.emit(shop)]
    assert made == [(file.path, file.text) for file in TARGET.emit(replace(shop, diagnostics=()))]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(model=models())
def test_any_words_give_files_that_can_be_read(model: Model) -> None:
    made = list(TARGET.emit(model))
    assert not [file.path for file in made if why_unsafe(file.path)]
    assert not list(collisions([file.path for file in made]))
    names = []
    for file in made:
        file.text.encode()
        if file.path.endswith(".json"):
            tool = json.loads(file.text)
            assert tool["inputSchema"]["type"] == tool["outputSchema"]["type"] == "object"
            names.append(tool["name"])
        elif file.path.endswith(".py"):
            compile(file.text, file.path, "exec")
    assert len(set(names)) == len(names)
