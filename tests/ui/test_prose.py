"""Sentences of the compiler: what stands between backticks is code, and nothing becomes markup."""

from __future__ import annotations

import pytest
from htpy import p

from flaresmith.ui.spec import Finding, Mend, findings_list, spec_view
from flaresmith.ui.text import prose


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("use `a` and `b`", "<p>use <code>a</code> and <code>b</code></p>"),
        ("`a`", "<p><code>a</code></p>"),
        ("one ` alone", "<p>one ` alone</p>"),
        ("`<b>`", "<p><code>&lt;b&gt;</code></p>"),
        ("", "<p></p>"),
    ],
)
def test_what_is_ticked_is_code(text: str, html: str) -> None:
    assert str(p[prose(text)]) == html


def test_a_finding_names_its_rule_as_a_link_and_shows_its_fix() -> None:
    mend = Mend("write it", "a <b", "a <c", "/fix", (("rule", "r"),))
    finding = Finding("r", "warning", "say `b`", 1, 1, "", "/rules/r", mend)
    shown = str(spec_view("a.md", "a <b\n", findings=[finding], outline={}))
    assert '<a href="/rules/r"' in shown
    assert "<del>a &lt;b</del>" in shown
    assert "<ins>a &lt;c</ins>" in shown
    assert '<form method="post" action="/fix"' in shown
    assert '<input type="hidden" name="rule" value="r">' in shown
    assert "<code>b</code>" in str(findings_list("a.md", [finding]))


def test_an_address_that_bites_is_no_link_and_no_form() -> None:
    mend = Mend("write it", "a", "b", "javascript:alert(1)")
    finding = Finding("r", "warning", "x", 1, 1, "", "javascript:alert(1)", mend)
    shown = str(spec_view("a.md", "a\n", findings=[finding], outline={}))
    assert "javascript" not in shown
    assert "<form" not in shown
