"""Every rule is declared, is found by what its page shows as wrong, and keeps silent about what it shows as right."""

from __future__ import annotations

import pytest

from flaresmith.cli.local.docs.rules import all_wordings
from flaresmith.compiler.build import build
from flaresmith.compiler.check import RULES, breaking_changes
from flaresmith.compiler.check.rules import Example, Rule
from flaresmith.compiler.model import Diagnostic

RUN = {name: rule for name, rule in RULES.items() if not rule.bad.said}
TOLD = {"file-too-large", "document-left-out"}  # what no page can show; tested where they are found


def files(example: dict[str, str | bytes]) -> dict[str, bytes]:
    """The files of an example as they lie in a project; a name with a slash before it is one of the project's."""
    return {
        path[1:] if path.startswith("/") else f"specs/001-books/{path}": text.encode()
        if isinstance(text, str)
        else text
        for path, text in example.items()
    }


def found(example: Example) -> list[Diagnostic]:
    """All that the compiler says about an example."""
    model = build(files(dict(example.files)), name="books").model
    if not example.before:
        return list(model.diagnostics)
    return [*model.diagnostics, *breaking_changes(build(files(dict(example.before)), name="books").model, model)]


@pytest.mark.parametrize("name", RUN)
def test_a_rule_finds_what_is_wrong_and_nothing_in_what_is_right(name: str) -> None:
    rule = RULES[name]
    bad = [d for d in found(rule.bad) if d.rule == name]
    assert bad, [d.rule for d in found(rule.bad)]
    assert {d.severity for d in bad} <= set(rule.severities)
    assert [d.message for d in found(rule.good) if d.rule == name] == []
    assert any(d.fix for d in bad) == rule.fixable


def test_what_cannot_be_shown_is_little() -> None:
    assert RULES.keys() - RUN.keys() == TOLD


def test_the_right_examples_are_free_of_errors() -> None:
    errors = {name: [d.rule for d in found(rule.good) if d.severity == "error"] for name, rule in RUN.items()}
    assert {name: rules for name, rules in errors.items() if rules} == {}


def test_every_diagnostic_is_declared_with_its_severity_and_every_rule_is_given() -> None:
    given: dict[str, set[str]] = {}
    for wording in all_wordings():
        given.setdefault(wording.name, set()).add(wording.severity)
    declared = {name: {severity.value for severity in rule.severities} for name, rule in RULES.items()}
    assert given == declared


def test_there_are_enough_rules_and_each_is_explained() -> None:
    assert len(RULES) >= 80
    for rule in RULES.values():
        assert _is_sentence(rule.why), rule.id
        assert _is_sentence(rule.fix), rule.id
        assert not rule.title.endswith("."), rule.id
        assert rule.severities == tuple(sorted(rule.severities, key=["error", "warning", "info"].index)), rule.id


def _is_sentence(text: str) -> bool:
    return len(text) > 12 and text.endswith(".") and (text[0].isupper() or text[0] == "`")


def test_rules_are_in_the_order_of_their_names() -> None:
    assert list(RULES) == sorted(RULES)
    assert all(isinstance(rule, Rule) and rule.id == name for name, rule in RULES.items())
