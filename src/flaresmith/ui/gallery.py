"""Every component in every state on one page, with hostile names among them: what the tests and the eye look at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from htpy import Element, Node, div, h2, p, section

from flaresmith.ui import diff, forms, matrix, notices, plan, plot, run, spec, states, status, table, text
from flaresmith.ui.keys import Command
from flaresmith.ui.layout import Choice, NavGroup, NavItem, Person, Shell, page
from flaresmith.ui.markdown import markdown
from flaresmith.ui.theme import Theme
from flaresmith.ui.when import when

NOW = datetime(2026, 11, 20, 12, 4, 0, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>\"' \u202eevil שלום"


def shell(
    theme: Theme = Theme.AUTO, *, path: str = "/projects/bookshop", flash: tuple[notices.Flash, ...] = ()
) -> Shell:
    """A shell as a signed-in owner of two projects has it."""
    return Shell(
        nav=(
            NavGroup(
                (
                    NavItem("Overview", "/projects/bookshop", "home", "g o"),
                    NavItem("Environments", "/projects/bookshop/environments", "environments", "g e", 3),
                    NavItem("Runs", "/projects/bookshop/runs", "runs", "g r", 41),
                    NavItem("Specs", "/projects/bookshop/specs", "specs", "g s"),
                    NavItem("Plan", "/projects/bookshop/plan", "plan", "g l"),
                )
            ),
            NavGroup(
                (
                    NavItem("Projects", "/projects", "projects", "g p"),
                    NavItem("People", "/people", "people"),
                    NavItem("Settings", "/settings", "settings"),
                ),
                "Organization",
            ),
        ),
        user=Person("Dana Okafor", "dana@example.org", links=(("Account", "/account"),)),
        theme=theme, csrf="token-of-the-gallery", path=path, flash=flash,
        projects=(Choice("bookshop", "/projects/bookshop", current=True), Choice(HOSTILE, "/projects/evil")),
        commands=(Command("New project", "/projects/new", note="create"),),
    )  # fmt: skip


def gallery(theme: Theme = Theme.AUTO) -> Element:
    """The whole gallery as a page."""
    return page(
        "bookshop", *(_section(title, content) for title, content in _sections().items()),
        shell=shell(theme, flash=(notices.Flash("Branch staging was created in 4.2 s."),)),
        within="Gallery", lede="Every component in every state.", live=True, crumbs=(("Projects", "/projects"),),
        actions=[
            forms.link_button("Plan", "/projects/bookshop/plan"),
            forms.post_button("Apply", "/apply", csrf="token-of-the-gallery", primary=True, pending="Applying"),
        ],
    )  # fmt: skip


def environment_matrix() -> Element:
    """The matrix of a project whose staging is behind and whose preview is on its way."""
    environments = (
        matrix.Environment("dev", "/e/dev", "active", "http://127.0.0.1:7101"),
        matrix.Environment("staging", "/e/staging", "updating", "http://127.0.0.1:7102"),
        matrix.Environment("prod", "/e/prod", "active", "http://127.0.0.1:7103"),
    )
    ok, behind = status.HEALTH["ok"], status.HEALTH["behind"]
    sha = "a41c9e2f7d0b3c5a9e8f7d6c5b4a39281706f5e4"
    old = "9be01d3c2b1a09f8e7d6c5b4a3928170f6e5d4c3"
    minutes = [NOW - timedelta(minutes=each) for each in (4, 12, 190)]
    return matrix.matrix(
        environments,
        (
            matrix.Part(
                "code", "Code", (
                    matrix.Cell(sha[:7], ok, "/c/1", sha, since=minutes[0]),
                    matrix.Cell(old[:7], behind, "/c/2", old, "2 commits", minutes[1]),
                    matrix.Cell(old[:7], ok, "/c/2", old, since=minutes[2]),
                ), "local Git",
            ),
            matrix.Part(
                "database", "Database", (
                    matrix.Cell("m0042", ok, since=minutes[0]),
                    matrix.Cell("m0041", status.HEALTH["starting"], since=minutes[1]),
                    matrix.Cell("m0041", ok, since=minutes[2]),
                ), "PostgreSQL branches",
            ),
            matrix.Part(
                "runtime", "Runtime", (
                    matrix.Cell(sha[:7], ok, value=sha, note="41 ms", since=minutes[0]),
                    matrix.Cell(old[:7], status.HEALTH["degraded"], value=old, note="410 ms", since=minutes[1]),
                    matrix.Cell(old[:7], status.HEALTH["down"], value=old, since=minutes[2]),
                ), "local processes",
            ),
            matrix.Part(
                "collections", "Collections", (
                    matrix.Cell("17 requests", ok, since=minutes[0]), None,
                    matrix.Cell("17 requests", status.HEALTH["stale"], since=minutes[2]),
                ), "Postman v2.1",
            ),
        ),
        now=NOW, title="Environments of bookshop",
    )  # fmt: skip


def run_events(*, finished: bool = False) -> list[Mapping[str, Any]]:
    """The events of a provisioning run in which one thing retries and one fails."""
    steps = [
        ("repository", "Repository bookshop.git", "code"), ("branches", "Branches main, staging, dev", "code"),
        ("db-dev", "Database branch dev", "database"), ("db-staging", "Database branch staging", "database"),
        ("run-dev", "Processes of dev", "runtime"), ("run-staging", "Processes of staging", "runtime"),
        ("col", "Collections and environments", "collections"),
    ]  # fmt: skip
    announced = [{"step": key, "title": title, "group": group} for key, title, group in steps]
    told: list[dict[str, Any]] = [
        {"type": "run.started", "steps": announced, "usual_s": 70},
        {"type": "step.started", "step": "repository", "title": steps[0][1], "group": "code"},
        {"type": "step.log", "step": "repository", "line": "git init --bare bookshop.git"},
        {"type": "step.log", "step": "repository", "line": "\x1b[32mInitialised\x1b[0m empty Git repository"},
        {
            "type": "step.finished", "step": "repository", "outcome": "done", "seconds": 3.1,
            "link": "http://127.0.0.1:7100/bookshop.git",
        },
        {"type": "step.finished", "step": "branches", "outcome": "unchanged", "seconds": 0.4},
        {"type": "step.started", "step": "db-dev"},
        {"type": "step.finished", "step": "db-dev", "outcome": "done", "seconds": 12.4},
        {"type": "step.started", "step": "db-staging"},
        {
            "type": "step.attempt", "step": "db-staging", "attempt": 3, "of": 5, "wait_s": 1.6,
            "error": "429 Too Many Requests",
        },
        {"type": "step.started", "step": "run-dev"},
        *({"type": "step.log", "step": "run-dev", "line": f"INFO worker {n} is ready"} for n in range(12)),
        {
            "type": "step.finished", "step": "run-staging", "outcome": "failed", "seconds": 2.0,
            "error": "port 7102 is taken",
        },
    ]  # fmt: skip
    if finished:
        told.append(
            {"type": "run.finished", "outcome": "failed", "summary": "4 of 7 steps are done. staging has no processes."}
        )
    return [
        {"seq": n, "at": (NOW + timedelta(seconds=n)).isoformat(timespec="milliseconds"), **each}
        for n, each in enumerate(told, 1)
    ]


def plan_groups() -> tuple[plan.Group, ...]:
    """A plan with a change of every kind, one of them destructive."""
    old = "\n".join(
        [
            "class Order(Base):",
            '    """One purchase."""',
            "",
            *(f"    field_{n}: int" for n in range(40)),
            "    total: int",
        ]
    )
    new = old.replace("field_20: int", "field_20: Decimal").replace(
        "    total: int", "    total: Decimal\n    note: str | None"
    )
    return (
        plan.Group(
            "Database", (
                plan.Change(
                    plan.Kind.CREATE, "column", "orders.note", "The spec adds the field `note` to Order.", ("FR-012",)
                ),
                plan.Change(
                    plan.Kind.CHANGE, "column", "orders.total", "integer becomes numeric; 4,102 rows are rewritten."
                ),
                plan.Change(
                    plan.Kind.REMOVE, "table", "legacy_carts", "No entity of the spec uses it any more.",
                    loses="1,204 rows in dev, 88 in prod",
                ),
            ),
        ),
        plan.Group(
            "Resources", (
                plan.Change(plan.Kind.REPLACE, "process", "bookshop-dev", "The commit changes."),
                plan.Change(plan.Kind.UNCHANGED, "branch", HOSTILE),
            ),
        ),
        plan.Group(
            "Code", files=(
                diff.FileDiff("app/models/order.py", old, new, "sqlalchemy · FR-012"),
                diff.FileDiff("app/routes/notes.py", None, "from fastapi import APIRouter\n\nrouter = APIRouter()\n"),
                diff.FileDiff("app/legacy.py", "GONE = True\n", None),
            ),
        ),
    )  # fmt: skip


def spec_page() -> Element:
    """A spec with a finding of each severity in place."""
    source = (
        "# Orders\n\n## User Story 1 - Buy a book (Priority: P1)\n\nA reader buys a book.\n\n"
        f"- **FR-012**: System MUST keep a note {HOSTILE}\n- **Order**: id, total (monney), note\n\nStatus: Draft\n"
    )
    findings = (
        spec.Finding(
            "model/unknown-type", "error", "“monney” is not a type.", 8, 26, "Did you mean `money` or `decimal(12, 2)`?"
        ),
        spec.Finding("spec/unclear", "warning", "FR-012 does not say how long the note may be.", 7, 3, "Add a length."),
        spec.Finding("spec/status", "info", "This feature is still a draft.", 10),
    )
    outline = {
        "Stories": (spec.Fact("Buy a book", 3, "P1"),),
        "Requirements": (spec.Fact(f"System MUST keep a note {HOSTILE}", 7, "FR-012"),),
        "Entities": (spec.Fact("Order", 8),),
        "Endpoints": (spec.Fact("/orders", 1, "GET"), spec.Fact("/orders/{id}", 1, "GET")),
    }
    return spec.spec_view("specs/001-orders/spec.md", source, findings=findings, outline=outline, not_understood=1)


def _section(title: str, content: Node) -> Element:
    return section(".section")[h2[title], content]


def _sections() -> Mapping[str, Node]:
    return {
        "Environment matrix": environment_matrix(),
        "Run": run.run_view(
            run.fold(run_events(finished=True)), label="Steps of the run", events_href="/none", retry_href="/retry"
        ),
        "Plan": plan.plan_view(plan_groups(), stale="The spec changed at 12:02."),
        "Spec": spec_page(),
        "States of things": _states_of_things(),
        "Projects": _projects(),
        "Values": _values(),
        "Forms": _forms(),
        "States of a page": _states_of_a_page(),
        "Prose": markdown(
            "## Why\n\nA *reader* buys a [book](https://example.org).\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n<b>no</b>"
        ),
    }


def _states_of_things() -> Element:
    def line(words: str, shown: Mapping[str, status.Status]) -> tuple[str, Node]:
        return words, div(".row")[(status.status(each) for each in shown.values())]

    return text.key_values(
        [
            line("Environment", status.ENVIRONMENT), line("Run", status.RUN), line("Step", status.STEP),
            line("Health", status.HEALTH),
        ]
    )  # fmt: skip


def _projects() -> Element:
    columns = (
        table.Column("Project", "name"),
        table.Column("State"),
        table.Column("Runs", "runs", numeric=True),
        table.Column("Changed"),
    )
    actions = (table.Action("Open", "/p"), table.Action("Destroy", "/p/destroy", post=True, danger=True))
    known = (("bookshop", "active"), (HOSTILE, "error"), ("atlas", "provisioning"))
    rows = [
        table.Row(
            text.name(each),
            (status.environment_status(state), f"{number:,}", when(NOW - timedelta(hours=number), now=NOW)),
            f"/projects/{number}", each, actions,
        )
        for number, (each, state) in enumerate(known, 1)
    ]  # fmt: skip
    sort = table.Sort("name", False, lambda key, descending: f"?sort={'-' if descending else ''}{key}")
    return table.data_table(
        "Projects", columns, rows, sort=sort, pages=table.Pages(3, 41, next="?after=3", noun="project"), csrf="t"
    )


def _values() -> Element:
    return div(".stack")[
        text.key_values(
            [
                ("Id", text.identifier("0192f0c1-7a34-7cc2-9b1e-0242ac120002", what="project id", length=13)),
                ("Created", when(NOW - timedelta(days=2), now=NOW, focusable=True)),
                ("Repository", text.external_link("https://example.org/bookshop.git", "bookshop.git")),
                ("Refused link", text.external_link("javascript:alert(1)", "not a link")),
                (
                    "Latency",
                    plot.sparkline(
                        [41, 43, 39, 44, 62, 48, 41],
                        title="p50",
                        unit=" ms",
                        band=plot.Band((90, 96, 88, 97, 210, 120, 96)),
                        marks=(4,),
                    ),
                ),
            ]
        ),
        text.code_line("flaresmith apply bookshop"),
    ]


def _forms() -> Element:
    fields = (
        forms.Field(
            "name", "Name", value="Book shop", error="Use lower-case letters, digits and dashes.", required=True
        ),
        forms.Field("specs", "Spec folder", hint="A folder with specs/NNN-name/spec.md in it.", placeholder="./specs"),
        forms.Field("role", "Role", "select", "viewer", options=(("viewer", "Viewer"), ("owner", "Owner"))),
        forms.Field(
            "code",
            "Code provider",
            "radio",
            "local",
            options=(("local", "Local Git"), ("github", "GitHub")),
            required=True,
        ),
        forms.Field("agree", "Run the tests first", "checkbox", "yes"),
        forms.Field("note", "Note", "textarea", HOSTILE),
    )
    return div(".stack")[
        forms.form(
            fields, action="/create", submit="Create project", csrf="t", pending="Creating",
            errors=["Nothing was created."], cancel_href="/",
        ),
        div(".row")[
            forms.button("Apply", disabled="The plan is out of date"),
            forms.confirm(
                "destroy", opener="Destroy project …", title="Destroy bookshop?", action="/destroy", submit="Destroy",
                body=p["Three databases with 9,120 rows, the repository and all collections are deleted."],
                csrf="t", typed="bookshop",
            ),
        ],
    ]  # fmt: skip


def _states_of_a_page() -> Element:
    return div(".stack")[
        states.empty(
            "No runs yet", "A run appears when something is applied.",
            action=forms.link_button("Make a plan", "/plan"), command="flaresmith apply bookshop",
        ),
        states.failed(
            "The environments could not be read", "The database did not answer within 5 s.",
            correlation_id="req_01HZX3", retry_href="/", hint="The embedded PostgreSQL may be restarting.",
            still_works="specs, plans and what is deployed",
        ),
        states.partial("The collections are shown as they were.", since=NOW - timedelta(minutes=9), now=NOW),
        states.forbidden("Only maintainers may apply a plan", role="Maintainer", holders=["Dana", HOSTILE]),
        states.loading("Loading runs", lines=3),
        notices.toast(notices.Flash("The plan was refused: the spec changed.", status.Tone.BAD)),
    ]  # fmt: skip
