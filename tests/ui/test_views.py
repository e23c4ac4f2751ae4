"""What the components promise as HTML: nothing that a stranger wrote becomes markup."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flaresmith.ui import diff, forms, gallery, layout, matrix, plan, plot, run, spec, states, status, table, text
from flaresmith.ui.markdown import markdown
from flaresmith.ui.theme import Theme, narrow_rail, theme_cookie, theme_from_cookies
from flaresmith.ui.when import relative, when

RUNS = "javascript:alert(1)"
EVIL = "</textarea></title><script>alert(1)</script><img src=x onerror=alert(1)>\"'` \u202e\x00 שלום"
NOW = gallery.NOW


class Tags(HTMLParser):
    """The tags, attributes and text of a piece of HTML."""

    def __init__(self, html: object) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(str(html))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def hostile_views() -> dict[str, object]:
    finding = spec.Finding(EVIL, EVIL, EVIL, 1, 1, EVIL)
    outline = {"Entities": (spec.Fact(EVIL, 1, EVIL, RUNS),)}
    lost = plan.Change(plan.Kind.REMOVE, EVIL, EVIL, EVIL, (EVIL,), EVIL, EVIL)
    cell = matrix.Cell(EVIL, status.Status(EVIL, "x", status.Tone.OK), RUNS, EVIL, EVIL, NOW)
    column = matrix.Environment(EVIL, RUNS, EVIL, EVIL, EVIL)
    said = [
        {"seq": 1, "at": "x", "type": "step.started", "step": EVIL, "title": EVIL, "group": EVIL},
        {"seq": 2, "type": "step.log", "step": EVIL, "line": EVIL},
        {
            "seq": 3,
            "type": "step.finished",
            "step": EVIL,
            "outcome": "failed",
            "error": EVIL,
            "link": RUNS,
        },
        {"seq": 4, "type": "run.finished", "outcome": EVIL, "summary": EVIL},
    ]
    kinds = ("text", "textarea", "select", "radio", "checkbox", "email")
    fields = [
        forms.Field(f"f{n}", EVIL, kind, EVIL, EVIL, EVIL, options=((EVIL, EVIL),)) for n, kind in enumerate(kinds)
    ]
    person = layout.Person(EVIL, EVIL, RUNS, ((EVIL, RUNS),))
    item = layout.NavItem(EVIL, RUNS, "home", EVIL)
    shell = layout.Shell(
        nav=(layout.NavGroup((item,), EVIL),), user=person, csrf=EVIL, projects=(layout.Choice(EVIL, RUNS, True),),
        query=EVIL, path=EVIL, search_href=RUNS, theme_href=RUNS,
    )  # fmt: skip
    changed = diff.FileDiff(EVIL, EVIL, EVIL + "\nx", EVIL)
    action = table.Action(EVIL, RUNS, post=True, fields=((EVIL, EVIL),))
    row = table.Row(EVIL, (EVIL,), RUNS, EVIL, (action,))
    return {
        "page": layout.page(EVIL, EVIL, shell=shell, within=EVIL, lede=EVIL, crumbs=((EVIL, RUNS),)),
        "plain": layout.plain_page(EVIL, EVIL, shell=shell),
        "spec": spec.spec_view(EVIL, EVIL, findings=[finding], outline=outline, page_href=RUNS),
        "findings": spec.findings_list(EVIL, [finding], href=RUNS),
        "plan": plan.plan_view([plan.Group(EVIL, (lost,), (changed,))], stale=EVIL),
        "matrix": matrix.matrix([column], [matrix.Part("code", EVIL, (cell,), EVIL)], now=NOW, title=EVIL),
        "run": run.run_view(run.fold(said), label=EVIL, events_href=EVIL, retry_href=RUNS, cancel_href=RUNS),
        "form": forms.form(fields, action=RUNS, submit=EVIL, csrf=EVIL, errors=[EVIL]),
        "confirm": forms.confirm(
            "d", opener=EVIL, title=EVIL, body=EVIL, action=RUNS, submit=EVIL, csrf="t", typed=EVIL
        ),
        "table": table.data_table(EVIL, [table.Column(EVIL), table.Column(EVIL)], [row], csrf=EVIL),
        "failed": states.failed(EVIL, EVIL, correlation_id=EVIL, hint=EVIL, retry_href=RUNS, still_works=EVIL),
        "forbidden": states.forbidden(EVIL, role=EVIL, holders=[EVIL]),
        "values": text.key_values([(EVIL, text.identifier(EVIL)), (EVIL, text.code_line(EVIL))]),
        "link": text.external_link(RUNS, EVIL),
        "markdown": markdown(EVIL),
        "plot": plot.sparkline([1, 2], title=EVIL, unit=EVIL),
    }  # fmt: skip


@pytest.mark.parametrize("view", hostile_views())
def test_what_a_stranger_wrote_stays_text(view: str) -> None:
    html = str(hostile_views()[view])
    tags = Tags(html)
    scripts = tags.all("script")
    assert all(each.get("type") == "module" and str(each.get("src")).startswith("/static/") for each in scripts)
    assert not tags.all("img")
    assert not [name for _, attributes in tags.found for name in attributes if name.startswith("on") or name == "style"]
    assert "javascript:" not in " ".join(
        str(a.get(key)) for _, a in tags.found for key in ("href", "action", "formaction")
    )


NAMELESS = {"form", "page", "plain", "confirm", "link", "plot", "table"}


@pytest.mark.parametrize("view", sorted(set(hostile_views()) - NAMELESS))
def test_invisible_characters_of_strangers_are_spelled_out(view: str) -> None:
    assert "\u202e" not in Tags(hostile_views()[view]).text


@given(st.text())
def test_visible_text_has_no_control_or_bidi_override_and_is_stable(said: str) -> None:
    shown = text.visible(said)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]", shown)
    assert text.visible(shown) == shown


def test_terminal_colours_disappear_from_logs() -> None:
    assert text.visible("\x1b[1;32mok\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07") == "ok link"


@pytest.mark.parametrize(
    "href", ["https://a.example/x?y=1#z", "/p/1", "?sort=-name", "#L4", "a/b:c", "mailto:a@example.org", ""]
)
def test_ordinary_addresses_are_kept(href: str) -> None:
    assert text.safe_href(href) == href


@pytest.mark.parametrize(
    "href",
    [RUNS, "JaVaScRiPt:alert(1)", " javascript:x", "java\nscript:x", "data:text/html,x", "vbscript:x",
     "blob:x", "\\\\evil", "\x01javascript:x", "file:///etc/passwd", "1x:y"],
)  # fmt: skip
def test_addresses_that_could_run_or_read_something_are_refused(href: str) -> None:
    assert text.safe_href(href) is None


@given(st.text(alphabet=st.sampled_from("javscript:JAVSCRIPT \t\n\r\x00\\/?#&;%01data")))
def test_no_address_that_is_kept_has_a_foreign_scheme(href: str) -> None:
    kept = text.safe_href(href)
    if kept is not None and (scheme := re.match(r"([a-z][a-z0-9+.-]*):", kept, re.IGNORECASE)):
        assert scheme[1].lower() in ("http", "https", "mailto")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0.0 s"), (3.19, "3.1 s"), (9.99, "9.9 s"), (10, "10 s"), (59.9, "59 s"), (70, "1 m 10 s"), (7500, "2 h 5 m"),
     (273600, "3 d 4 h"), (-5, "0.0 s")],
)  # fmt: skip
def test_durations_read_like_durations(seconds: float, words: str) -> None:
    assert text.duration(seconds) == words


@pytest.mark.parametrize(
    ("ago", "words"),
    [(2, "just now"), (12, "12 s ago"), (240, "4 m ago"), (-240, "in 4 m"), (10800, "3 h ago"), (6 * 86400, "6 d ago"),
     (31 * 86400, "2026-10-20")],
)  # fmt: skip
def test_moments_are_told_as_people_tell_them(ago: int, words: str) -> None:
    assert relative(NOW - timedelta(seconds=ago), NOW) == words


def test_a_moment_carries_its_exact_time_in_utc() -> None:
    moment = datetime.fromisoformat("2026-11-20T14:00:00+02:00")
    (shown,) = Tags(when(moment, now=NOW)).all("time")
    assert shown["datetime"] == "2026-11-20T12:00:00Z"
    assert shown["data-exact"] == "2026-11-20 12:00:00 UTC"


@pytest.mark.parametrize("states_of", [status.ENVIRONMENT, status.RUN, status.STEP, status.HEALTH])
def test_every_state_has_a_glyph_and_a_word_of_its_own(states_of: dict[str, status.Status]) -> None:
    assert all(each.glyph and each.word for each in states_of.values())
    assert len({each.word for each in states_of.values()}) == len(states_of)
    for tone in (status.Tone.BAD, status.Tone.OK):
        glyphs = {each.glyph for each in states_of.values() if each.tone is tone}
        others = {each.glyph for each in states_of.values() if each.tone in set(status.Tone) - {tone, status.Tone.WARN}}
        assert not glyphs & others


def test_the_eight_environment_states_are_the_ones_of_the_state_machine() -> None:
    assert list(status.ENVIRONMENT) == [
        "pending",
        "provisioning",
        "active",
        "updating",
        "validating",
        "error",
        "failed",
        "archived",
    ]


def test_a_page_has_one_h1_landmarks_a_skip_link_and_no_inline_code() -> None:
    tags = Tags(gallery.gallery())
    assert len(tags.all("h1")) == len(tags.all("main")) == len(tags.all("header")) == 1
    assert tags.all("a")[0]["href"] == "#main"
    assert not tags.all("style")
    assert all(each.get("src") for each in tags.all("script"))


def test_the_title_names_object_project_and_product() -> None:
    page = str(layout.page("Run 41", shell=gallery.shell(), within="bookshop"))
    assert "<title>Run 41 · bookshop · Flaresmith</title>" in page


def test_every_posting_form_carries_the_token() -> None:
    html = str(gallery.gallery())
    posting = re.findall(r'<form[^>]*method="post".*?</form>', html)
    assert len(posting) >= 8
    assert all('name="csrf_token"' in each for each in posting)


@pytest.mark.parametrize(
    ("path", "entry"),
    [("/projects/bookshop", "Overview"), ("/projects/bookshop/runs/41", "Runs"), ("/projects", "Projects"),
     ("/projects/other", "Projects"), ("/projectsx", None)],
)  # fmt: skip
def test_the_rail_marks_the_nearest_place(path: str, entry: str | None) -> None:
    marked = [
        each for each in Tags(layout.page("x", shell=gallery.shell(path=path))).all("a") if each.get("aria-current")
    ]
    titles = [each["title"] for each in marked if "title" in each]
    assert titles == ([entry] if entry else [])


def test_sorting_is_a_link_that_turns_the_order_around() -> None:
    sort = table.Sort("name", False, lambda key, descending: f"?sort={'-' if descending else ''}{key}")
    html = table.data_table(
        "T", [table.Column("Name", "name"), table.Column("Age", "age")], [table.Row("a", ("1",))], sort=sort
    )
    tags = Tags(html)
    assert [each["href"] for each in tags.all("a")] == ["?sort=-name", "?sort=age"]
    assert [each.get("aria-sort") for each in tags.all("th")[:2]] == ["ascending", None]


def test_a_table_without_rows_shows_what_it_is_told_to() -> None:
    html = str(table.data_table("Runs", [table.Column("Run")], [], empty=states.empty("No runs", "Nothing ran.")))
    assert "<table" not in html
    assert "Nothing ran." in html


def test_a_row_with_too_few_cells_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="zip"):
        str(table.data_table("T", [table.Column("a"), table.Column("b")], [table.Row("x", ())]))


def test_field_errors_and_hints_are_tied_to_their_field() -> None:
    fields = [forms.Field("name", "Name", hint="h", error="e")]
    html = str(forms.form(fields, action="/", submit="Go", csrf="t", id="new"))
    (_, field) = Tags(html).all("input")
    assert field["aria-describedby"] == "new-name-hint new-name-error"
    assert field["aria-invalid"] == "true"
    assert 'id="new-name-error"' in html


def test_a_password_is_never_sent_back() -> None:
    html = str(
        forms.form([forms.Field("p", "Password", "password", value="hunter2")], action="/", submit="Go", csrf="t")
    )
    assert "hunter2" not in html


def test_a_destructive_change_says_what_is_lost_and_that_it_is_refused() -> None:
    shown = Tags(plan.plan_view(gallery.plan_groups())).text
    assert "Loses 1,204 rows in dev, 88 in prod. Refused unless it is allowed by name." in shown
    assert "1 change would lose data" in shown


def test_a_plan_counts_changes_and_files() -> None:
    assert plan.plan_counts(gallery.plan_groups()) == (2, 3, 2)
    assert "Nothing to do" in Tags(plan.plan_view([plan.Group("Code")])).text


LINES = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=30)


@given(LINES, LINES)
def test_a_diff_shows_every_line_of_both_sides_once_and_in_order(before: list[str], after: list[str]) -> None:
    old, new = "\n".join(before), "\n".join(after)
    rows = re.findall(
        r'<tr(?: class="(add|del)")?><td class="no">(\d*)</td><td class="no">(\d*)</td><td class="sign">.</td>',
        str(diff.file_diff(diff.FileDiff("x", old, new))),
    )
    if old.splitlines() == new.splitlines():
        assert rows == []
        return
    assert [int(left) for _, left, _ in rows if left] == list(range(1, len(old.splitlines()) + 1))
    assert [int(right) for _, _, right in rows if right] == list(range(1, len(new.splitlines()) + 1))


def test_a_diff_too_large_to_compare_says_so_at_once() -> None:
    shown = Tags(diff.file_diff(diff.FileDiff("big", "a\n" * 100_000, "b\n" * 100_000))).text
    assert "Too large to compare here: 100,000 lines before, 100,000 lines after." in shown


def test_an_endless_line_is_cut_with_the_rest_counted() -> None:
    shown = Tags(diff.file_diff(diff.FileDiff("min.js", "x", "y" * 1_000_000))).text
    assert len(shown) < 5_000
    assert "998,000 more characters" in shown


def test_a_finding_stands_under_its_line() -> None:
    html = str(gallery.spec_page())
    assert html.index('id="L8"') < html.index("is not a type") < html.index('id="L9"')
    assert "Did you mean" in html
    assert "1 line not understood" in html


def test_a_huge_spec_is_shown_in_windows_that_lead_to_each_other() -> None:
    outline = {"Entities": (spec.Fact("Far", 90_000),)}
    html = str(spec.spec_view("s.md", "line\n" * 100_000, outline=outline, first=4_001, page_href="/s"))
    assert len(html) < 600_000
    assert "Lines 4,001–6,000 of 100,000" in html
    assert 'href="/s?from=2001"' in html
    assert 'href="/s?from=6001"' in html
    assert 'href="/s?from=90000#L90000"' in html


@pytest.mark.parametrize("first", [-5, 0, 1, 10**9])
def test_a_window_outside_of_the_file_is_moved_into_it(first: int) -> None:
    assert 'class="no"' in str(spec.spec_view("s.md", "a\nb\n", outline={}, first=first))


def test_markdown_keeps_its_meaning_and_loses_its_teeth() -> None:
    html = str(
        markdown(
            "# T\n\n## U\n\n[a](https://x.example) [b](javascript:alert(1)) ![c](https://x.example/c.png) <b>d</b>\n\n"
            "|a|b|\n|:-:|--:|\n|1|2|\n"
        )
    )
    assert "<h2>T</h2>" in html
    assert "<h3>U</h3>" in html
    assert 'href="https://x.example" rel="noopener noreferrer nofollow"' in html
    assert RUNS in html
    assert not [each for each in Tags(html).all("a") if "javascript" in str(each["href"])]
    assert "<img" not in html
    assert "&lt;b&gt;d" in html
    assert '<td class="right">2</td>' in html
    assert "style=" not in html


def test_markdown_of_absurd_size_is_shown_plainly() -> None:
    assert str(markdown("[" * 300_000)).startswith('<pre class="log"')


def test_the_theme_is_read_from_its_cookie_and_anything_else_is_auto() -> None:
    assert theme_from_cookies("a=b; fs_theme=night") is Theme.NIGHT
    assert theme_from_cookies("fs_theme=<script>") is Theme.AUTO
    assert theme_from_cookies("\x00;;;=") is Theme.AUTO
    assert theme_from_cookies(None) is Theme.AUTO
    assert theme_cookie(Theme.NIGHT, secure=True) == "fs_theme=night; Path=/; Max-Age=31536000; SameSite=Lax; Secure"
    assert narrow_rail("fs_rail=narrow")
    assert not narrow_rail("fs_rail=wide")


def test_the_theme_of_the_person_is_in_the_page() -> None:
    assert 'data-theme="night"' in str(layout.page("x", shell=replace(gallery.shell(), theme=Theme.NIGHT)))
    assert "data-theme=" not in str(layout.page("x", shell=gallery.shell())).split("<body>")[0]


def test_a_sparkline_says_its_numbers() -> None:
    html = str(plot.sparkline([41, 43, 39], title="p50", unit=" ms"))
    assert 'aria-label="p50: last 39 ms, lowest 39 ms, highest 43 ms"' in html
    assert "no data yet" in str(plot.sparkline([], title="p50"))
    assert "NaN" not in str(plot.sparkline([0, 0], title="p50"))


def test_exact_now_is_in_utc() -> None:
    assert NOW.tzinfo is UTC
