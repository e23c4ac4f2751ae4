"""Who decides what counts: comments in the files, and the settings beside them."""

from __future__ import annotations

import pytest

from flaresmith.compiler.check import breaking_changes
from flaresmith.compiler.model import Severity
from flaresmith.compiler.parse import parse

VAGUE = "- **FR-001**: Search MUST be fast."


def rules(text: str, settings: str = "", **more: str) -> list[tuple[str, int]]:
    files = {"specs/001-a/spec.md": text, **({"flaresmith.toml": settings} if settings else {}), **more}
    model = parse({path: body.encode() for path, body in files.items()}, name="a")
    return [(d.rule, d.source.line) for d in model.diagnostics]


@pytest.mark.parametrize(
    "text",
    [
        f"# A\n{VAGUE} <!-- flaresmith-ignore vague-wording: agreed -->\n",
        f"# A\n<!-- flaresmith-ignore vague-wording: agreed -->\n{VAGUE}\n",
        f"# A\n<!-- flaresmith-ignore vague-wording, unfinished-text: agreed -->\n\n{VAGUE[:-5]}TBD fast.\n".replace(
            "TBD ", ""
        ),
        f"<!-- flaresmith-ignore-file vague-wording: agreed -->\n# A\n\n{VAGUE}\n",
        f"# A\n\n{VAGUE}\n\n<!-- flaresmith-ignore-file vague-wording: agreed -->\n",
    ],
)
def test_a_comment_silences_what_it_names(text):
    assert "vague-wording" not in [rule for rule, _ in rules(text)]


def test_a_comment_beside_a_fact_is_no_part_of_it():
    text = f"# A\n{VAGUE} <!-- flaresmith-ignore vague-wording: agreed -->\n"
    model = parse({"001-a/spec.md": text.encode()}, name="a")
    assert model.features[0].requirements[0].text == "Search MUST be fast."


def test_a_comment_in_yaml():
    comment = "    # flaresmith-ignore operation-id-missing: old clients\n"
    api = f"openapi: 3.1.0\npaths:\n  /books:\n{comment}    get:\n      responses: {{}}\n"
    found = rules("# A\n", **{"specs/001-a/contracts/openapi.yaml": api})
    assert "operation-id-missing" not in [rule for rule, _ in found]


def test_a_comment_reaches_one_line():
    text = f"# A\n<!-- flaresmith-ignore vague-wording: agreed -->\n{VAGUE}\n{VAGUE.replace('001', '002')}\n"
    assert rules(text) == [("vague-wording", 4)]


def test_what_ignores_nothing_is_told():
    text = "# A\n<!-- flaresmith-ignore vague-wording: agreed -->\n- **FR-001**: It MUST answer in 1 s.\n"
    assert rules(text) == [("unused-ignore", 2)]
    assert rules(f"# A\n{VAGUE} <!-- flaresmith-ignore vague-word: x -->\n") == [
        ("vague-wording", 2),
        ("unknown-rule", 2),
    ]
    assert rules(f"# A\n{VAGUE} <!-- flaresmith-ignore vague-wording -->\n") == [("ignore-without-reason", 2)]


def test_an_error_cannot_be_ignored():
    api = "openapi: 3.1.0\npaths:\n  /a: [\n# flaresmith-ignore-file contract-unreadable: later\n"
    assert "contract-unreadable" in [rule for rule, _ in rules("# A\n", **{"specs/001-a/contracts/openapi.yaml": api})]


@pytest.mark.parametrize(
    ("settings", "severity"),
    [
        ("", "info"),
        ('[lint]\nignore = ["vague-wording"]\n', None),
        ('[lint.severity]\nvague-wording = "off"\n', None),
        ('[lint.severity]\nvague-wording = "error"\n', "error"),
        ('[lint.paths."specs/001-*/*"]\nignore = ["vague-wording"]\n', None),
        ('[lint.paths."specs/002-*/*"]\nignore = ["vague-wording"]\n', "info"),
        (
            '[lint]\nignore = ["vague-wording"]\n[lint.paths."specs/*"]\nseverity = {vague-wording = "warning"}\n',
            "warning",
        ),
    ],
)
def test_settings(settings, severity):
    files = {"specs/001-a/spec.md": f"# A\n{VAGUE}\n".encode(), "flaresmith.toml": settings.encode()}
    found = [d.severity.value for d in parse(files, name="a").diagnostics if d.rule == "vague-wording"]
    assert found == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ("[lint\n", 1),
        ('[lint]\nignore = ["contract-unreadable"]\n', 2),
        ('[lint.severity]\ndangling-ref = "info"\n', 2),
        ('[lint.severity]\nvague-wording = "loud"\n', 2),
        ("[lint]\nlevel = 3\n", 2),
        ("lint = 3\n", 1),
    ],
)
def test_a_setting_that_has_no_effect_is_told(settings, line):
    assert rules("# A\n", settings) == [("setting-refused", line)]


def test_nothing_breaks_for_the_same_specs():
    files = {
        "001-a/data-model.md": b"### Book\n- id (uuid, pk)\n- state (enum: a|b)\n",
        "001-a/contracts/openapi.yaml": b"openapi: 3.1.0\npaths:\n  /books:\n    get: {operationId: b}\n",
    }
    model = parse(files, name="a")
    assert breaking_changes(model, model) == ()


def test_widening_breaks_nothing_and_narrowing_does():
    def model(type_, required=""):
        schema = f"{{type: object, required: [{required}], properties: {{n: {{type: {type_}}}}}}}"
        body = f"requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}"
        text = f"openapi: 3.1.0\npaths:\n  /a:\n    post: {{operationId: a, {body}, responses: {{}}}}\n"
        return parse({"001-a/contracts/openapi.yaml": text.encode()}, name="a")

    assert breaking_changes(model("integer"), model("number")) == ()
    assert [d.rule for d in breaking_changes(model("number"), model("integer"))] == ["breaking-type-changed"]
    assert [d.rule for d in breaking_changes(model("number"), model("number", "n"))] == ["breaking-newly-required"]
    assert {d.severity for d in breaking_changes(model("number"), model("string"))} == {Severity.WARNING}
