"""The semantic half of the linter."""

import pytest

from flaresmith.compiler.model import Severity
from flaresmith.compiler.parse import parse


def found(files):
    model = parse({path: text.encode() for path, text in files.items()}, name="x")
    return [(d.rule, d.severity, d.source.file, d.source.line) for d in model.diagnostics]


def test_a_folder_without_specs_is_an_error():
    assert found({"README.md": "hello"}) == [("no-specs", Severity.ERROR, ".", 1)]


def test_a_requirement_number_is_used_once():
    text = "# A\n- **FR-001**: one\n- **FR-001**: another\n- **FR-002**: same\n- **FR-002**: same\n"
    assert found({"001-a/spec.md": text}) == [("requirement-doubled", Severity.WARNING, "001-a/spec.md", 3)]


def test_a_state_that_nothing_leads_to():
    text = (
        "### Order\n- id: uuid\n- status (enum: draft|live|gone) default draft\n\nState transitions:\n- draft → live\n"
    )
    assert ("unreachable-state", Severity.WARNING, "001-a/data-model.md", 3) in found({"001-a/data-model.md": text})
    assert "unreachable-state" not in [rule for rule, *_ in found({"001-a/data-model.md": text + "- live → gone\n"})]


def test_a_state_that_is_no_value_of_its_field():
    text = (
        "### Order\n- id: uuid\n- status (enum: draft|live) default draft\n\nState transitions:\n"
        "- draft → live\n- live → lost\n"
    )
    assert ("unknown-state", Severity.WARNING, "001-a/data-model.md", 7) in found({"001-a/data-model.md": text})


@pytest.mark.parametrize(("kind", "conflict"), [("integer", False), ("boolean", True), ("array", True)])
def test_contract_and_data_model_agree_on_types(kind, conflict):
    files = {
        "001-a/data-model.md": "### Book\n- id: uuid\n- pages: integer\n",
        "001-a/contracts/openapi.yaml": (
            f"openapi: 3.1.0\npaths: {{}}\n"
            f"components: {{schemas: {{Book: {{properties: {{pages: {{type: {kind}}}}}}}}}}}\n"
        ),
    }
    assert (("type-conflict", Severity.WARNING, "001-a/data-model.md", 3) in found(files)) == conflict


def test_a_credential_is_pointed_at_and_not_repeated():
    credential = "AKIA" + "Q" * 16
    model = parse({"001-a/spec.md": f"# A\nuse {credential} here\n".encode()}, name="x")
    secret = next(d for d in model.diagnostics if d.rule == "secret-in-spec")
    assert (secret.source.line, secret.source.column, secret.severity) == (2, 5, Severity.WARNING)
    assert credential not in secret.message + secret.hint


def test_reserved_words_are_told_and_do_no_harm():
    rules = found({"001-a/data-model.md": "### Order\n- id: uuid\n- select: string\n"})
    assert [(rule, severity, line) for rule, severity, _, line in rules] == [
        ("reserved-word", Severity.INFO, 1),
        ("reserved-word", Severity.INFO, 3),
    ]


def test_two_contracts_may_not_serve_one_route():
    operation = "openapi: 3.1.0\npaths:\n  /a/{%s}:\n    get: {operationId: %s, responses: {}}\n"
    rules = found(
        {
            "001-a/contracts/openapi.yaml": operation % ("x", "one"),
            "002-b/contracts/openapi.yaml": operation % ("y", "two"),
        }
    )
    assert ("route-doubled", Severity.WARNING, "002-b/contracts/openapi.yaml", 4) in rules
