"""A spec as written, with what the compiler says about it under the line it says it about, and an outline beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from htpy import (
    Element,
    Node,
    Renderable,
    a,
    aside,
    b,
    code,
    del_,
    div,
    form,
    fragment,
    h2,
    h3,
    input,
    ins,
    li,
    nav,
    p,
    pre,
    span,
    table,
    tbody,
    td,
    tr,
    ul,
)

from flaresmith.ui.forms import button
from flaresmith.ui.status import Status, Tone, status
from flaresmith.ui.text import counted, prose, safe_href, visible

WINDOW = 2_000
LONGEST_LINE = 4_000
_SEVERITY = {
    "error": Status("Error", "■", Tone.BAD),
    "warning": Status("Warning", "▲", Tone.WARN),
    "info": Status("Note", "○", Tone.IDLE),
}


@dataclass(frozen=True, slots=True)
class Mend:
    """What would set a finding right: in words, the changed lines before and after, and the form that does it."""

    title: str
    before: str
    after: str
    action: str = ""
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One diagnostic: its rule, severity (error, warning, info), what is wrong, what to do; 1-based line and column.

    `href` leads to the explanation of the rule, `mend` is offered where the fix needs no question.
    """

    rule: str
    severity: str
    message: str
    line: int
    column: int = 1
    hint: str = ""
    href: str = ""
    mend: Mend | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing the compiler understood, and the line it stands on; `href` where that is another page."""

    label: str
    line: int
    id: str = ""
    href: str = ""


def spec_view(
    path: str, text: str, *, findings: Sequence[Finding] = (), outline: Mapping[str, Sequence[Fact]],
    not_understood: int = 0, first: int = 1, page_href: str = "",
) -> Element:  # fmt: skip
    """One spec file. Long files show a window of 2,000 lines from line `first`; `page_href` + `?from=N` is another one.

    `outline` groups the facts: stories, requirements, entities, endpoints. `not_understood` counts lines that looked
    like facts and were not read.
    """
    lines = text.splitlines()
    first = max(1, min(first, len(lines) or 1))
    return div[
        spec_counts(outline, findings, not_understood),
        div(".spec")[
            div[
                _window(len(lines), first, page_href),
                div(".scroll.framed", tabindex="0", role="region", aria_label=visible(path))[
                    table(".source")[tbody[_lines(lines[first - 1 : first - 1 + WINDOW], first, findings)]]
                ],
                not lines and p(".muted")["This file is empty."],
                _window(len(lines), first, page_href),
            ],
            _outline(outline, first, first + WINDOW, page_href),
        ],
    ]


def spec_counts(outline: Mapping[str, Sequence[Fact]], findings: Sequence[Finding], not_understood: int) -> Element:
    """`Stories 3 · Requirements 12 · 2 errors · 4 lines not understood`."""
    severities = [finding.severity for finding in findings]
    return div(".counts")[
        (span[f"{title} ", b[f"{len(facts):,}"]] for title, facts in outline.items()),
        (
            status(Status(counted(severities.count(each), shown.word.lower()), shown.glyph, shown.tone))
            for each, shown in _SEVERITY.items()
            if each in severities
        ),
        _unread(not_understood),
    ]


def findings_list(path: str, findings: Sequence[Finding], *, href: str = "") -> Element:
    """The findings of a file as a list, each a link to its line; for pages that do not show the source."""
    return ul(".changes")[
        (
            li(".change")[
                status(_severity(each)),
                div[
                    a(href=f"{safe_href(href) or ''}#L{each.line}")[code[f"{visible(path)}:{each.line}:{each.column}"]],
                    " ",
                    span(".req")[_rule(each)],
                ],
                p[prose(each.message)],
                each.hint and p(".why")[prose(each.hint)],
            ]
            for each in findings
        )
    ]


def _unread(count: int) -> Element:
    if count:
        return status(Status(f"{counted(count, 'line')} not understood", "▲", Tone.WARN))
    return status(Status("every line understood", "✓", Tone.OK))


def _lines(lines: Sequence[str], first: int, findings: Sequence[Finding]) -> Iterator[Renderable]:
    at: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        at[max(finding.line, 1)].append(finding)
    for number, text in enumerate(lines, first):
        yield fragment[_line(number, text, at.get(number, [])), (_finding(each) for each in at.get(number, []))]


def _line(number: int, text: str, findings: Sequence[Finding]) -> Element:
    worst = next((each for each in _SEVERITY if any(found.severity == each for found in findings)), None)
    return tr(id=f"L{number}", data_severity=worst)[
        td(".no")[a(href=f"#L{number}", aria_label=f"Line {number}", tabindex="-1")[number]], td[_short(text)]
    ]


def _finding(finding: Finding) -> Element:
    return tr(".finding", data_severity=finding.severity if finding.severity in _SEVERITY else "info")[
        td(colspan="2")[
            div(".row")[
                status(_severity(finding)),
                span[prose(finding.message)],
                span(".rule")[_rule(finding), f" · {finding.line}:{finding.column}"],
            ],
            finding.hint and p(".hint")[prose(finding.hint)],
            finding.mend is not None and _mend(finding.mend),
        ]
    ]


def _rule(finding: Finding) -> Node:
    """The rule's name, a link to its explanation where there is one."""
    target = safe_href(finding.href) if finding.href else None
    shown = visible(finding.rule)
    return a(href=target, title=f"Why {shown} matters")[shown] if target else shown


def _mend(mend: Mend) -> Element:
    """The fix as a small difference, with the button that plans it."""
    target = safe_href(mend.action) if mend.action else None
    return div(".mend")[
        pre[
            (fragment[del_[_short(text)], "\n"] for text in mend.before.splitlines()),
            (fragment[ins[_short(text)], "\n"] for text in mend.after.splitlines()),
        ],
        target
        and form(method="post", action=target, data_form=True)[
            (input(type="hidden", name=key, value=value) for key, value in mend.fields),
            button(f"{mend.title[:1].upper()}{mend.title[1:]}", small=True, pending="Planning"),
        ],
    ]


def _severity(finding: Finding) -> Status:
    return _SEVERITY.get(finding.severity, _SEVERITY["info"])


def _outline(outline: Mapping[str, Sequence[Fact]], first: int, end: int, page_href: str) -> Element:
    return aside(".outline", aria_label="Outline")[
        h2(".sr")["Outline"],
        (
            fragment[
                h3[title, span(".muted")[len(facts)]],
                ul[(_fact(fact, inside=first <= fact.line < end, page_href=page_href) for fact in facts)],
            ]
            for title, facts in outline.items()
            if facts
        ),
        not any(outline.values()) and p(".muted")["Nothing was understood in this file."],
    ]


def _fact(fact: Fact, *, inside: bool, page_href: str) -> Element:
    away = fact.href or ("" if inside else f"{page_href}?from={fact.line}#L{fact.line}")
    target = safe_href(away) if away else f"#L{fact.line}"
    return li[a(href=target, title=visible(fact.label))[fact.id and code[visible(fact.id)], visible(fact.label)]]


def _window(total: int, first: int, page_href: str) -> Element | None:
    if total <= WINDOW:
        return None
    last = min(first + WINDOW - 1, total)
    before = max(1, first - WINDOW)
    return nav(".pager", aria_label="Lines")[
        span[f"Lines {first:,}–{last:,} of {total:,}"],
        span(".row")[
            first > 1 and a(href=f"{safe_href(page_href)}?from={before}")["Earlier"],
            last < total and a(href=f"{safe_href(page_href)}?from={last + 1}")["Later"],
        ],
    ]


def _short(text: str) -> str:
    if len(text) <= LONGEST_LINE:
        return visible(text)
    return f"{visible(text[:LONGEST_LINE])} … {counted(len(text) - LONGEST_LINE, 'more character')}"
