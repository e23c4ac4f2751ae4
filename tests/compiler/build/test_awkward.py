"""Contracts as others write them, through every target: what once was refused by a tool, or stopped the build."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from flaresmith.compiler.build import Build, build

LONG = (
    "arn:aws((-us-gov)|(-iso)|(-cn))?:medical-imaging:[a-z0-9-]+:[0-9]{12}:datastore/[0-9a-z]{32}(/imageset/[a-z]+)?$"
)
WORDS = ["RegistrationStatusNotSupportedForRenewal", "ExpirationNotInRenewalTimeRange", "SubscriptionNotActive"]
NAMES = ["Resource", "Call", "Paging", "Method", "Styled", "Field", "Model", "Literal", "Client", "Request", "Session"]
SCHEMAS: dict[str, Any] = {
    **{name: {"type": "object", "properties": {"name": {"type": "string"}}} for name in NAMES},
    "Flag": {"type": "object", "properties": {"on": {"type": "boolean", "default": "1"}}},
    "Ascii": {"type": "string", "pattern": r"\p{ASCII}{0,8192}", "default": 7},
    "Arn": {"type": "string", "maxLength": 512, "pattern": LONG},
    "Reasons": {
        "type": "object",
        "required": ["identityProviderSummary"],
        "properties": {
            "domainNotRenewableReasons": {"type": "array", "items": {"type": "string", "enum": WORDS}},
            "identityProviderSummary": {
                "type": "object",
                "title": "DeregisterIdentityProviderResponseIdentityProviderSummary",
                "properties": {"identityProviderOfTheRegistration": {"$ref": "#/components/schemas/Reasons"}},
            },
        },
    },
}


def compiled(paths: dict[str, Any], schemas: dict[str, Any]) -> Build:
    """The build of a contract with these paths and components."""
    document = {"openapi": "3.0.3", "paths": paths, "components": {"schemas": schemas}}
    contract = json.dumps(document | {"info": {"title": "Odd", "version": "1"}}).encode()
    return build(
        {"001-odd/spec.md": b"# Feature Specification: Odd\n", "001-odd/contracts/odd.json": contract}, name="Odd"
    )


def answer(name: str) -> dict[str, Any]:
    """The responses of an operation that answers a component."""
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that is made from the awkward contract."""
    paths = {f"/{name}": {"get": {"operationId": f"find{name}", "responses": answer(name)}} for name in SCHEMAS}
    paths["/#X-Amz-Target=Pricing.Describe"] = {"post": {"operationId": "describe", "responses": answer("Flag")}}
    made = compiled(paths, SCHEMAS)
    assert made.ok
    out = tmp_path_factory.mktemp("awkward")
    for file in made.files:
        path = out / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text)
    return out


def ran(folder: Path, *command: str) -> str:
    """What a checker says; empty where it is content."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_python_is_formatted_and_without_faults(folder: Path) -> None:
    assert ran(folder, "ruff", "check", "--no-cache", "--isolated", "--select", "E9,F", ".") == ""
    assert ran(folder, "ruff", "format", "--no-cache", "--check", "--line-length", "120", ".") == ""


@pytest.mark.parametrize("package", ["api", "clients/python", "tests/contract"])
def test_python_is_strictly_typed(folder: Path, package: str, tmp_path: Path) -> None:
    assert ran(folder / package, "mypy", "--strict", "--cache-dir", str(tmp_path), ".") == ""


def test_what_a_validator_refuses_is_set_aside(folder: Path) -> None:
    document = json.loads((folder / "contracts/openapi.json").read_text())
    OpenAPIV31SpecValidator(document).validate()
    schemas = document["components"]["schemas"]
    assert schemas["Flag"]["properties"]["on"] == {"type": "boolean", "x-default": "1"}
    assert schemas["Ascii"] == {"type": "string", "x-pattern": r"\p{ASCII}{0,8192}", "x-default": 7}
    assert schemas["Arn"]["pattern"] == LONG


def test_a_thousand_objects_inside_one_are_no_deep_recursion() -> None:
    inner = {"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"type": "string"}}}}}
    schemas = {"Wide": {"type": "object", "properties": {f"p{number}": inner for number in range(1000)}}}
    made = compiled({"/wide": {"get": {"operationId": "wide", "responses": answer("Wide")}}}, schemas)
    contract = next(file.text for file in made.files if file.path == "api/app/schemas/contract.py")
    assert contract.count("\nclass ") == 2001


def test_two_spellings_of_one_tag_are_one_group() -> None:
    tagged = {f"/{n}": {"get": {"operationId": n, "tags": [tag], "responses": answer("Flag")}} for n, tag in TAGS}
    made = compiled(tagged, SCHEMAS)
    resources = {file.path for file in made.files if file.path.startswith("clients/python/src/odd_client/resources/")}
    assert {Path(path).name for path in resources} == {"__init__.py", "event_interests.py"}


TAGS = [("first", "event-interests"), ("second", "EventInterests"), ("third", "event_interests")]
