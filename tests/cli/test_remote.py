"""Commands over HTTP against a server that speaks the wire: what they send, what they say, and how they fail."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import TOKEN, Command, Wire, dashboard, make_specs, problem, project, run, stream

CLEAN = {"features": [], "diagnostics": [], "counts": {}}
EMPTY: dict[str, Any] = {
    "projectId": "id-of-books",
    "project": "Books",
    "specHash": "aa",
    "stateHash": "bb",
    "summary": {},
    "code": [],
    "conflicts": [],
    "kept": [],
    "database": [],
    "resources": [],
    "diagnostics": [],
}
LOSS = {"op": "drop_column", "name": "books.pages", "reason": "", "destructive": True, "loses": "3 values of pages"}
PLAN = EMPTY | {
    "code": [
        {
            "path": "api/app/book.py",
            "change": "modified",
            "target": "sqlalchemy",
            "requirements": ["FR-001"],
            "linesAdded": 1,
            "linesRemoved": 2,
            "reason": "for FR-001",
            "diff": "--- a\n+++ b\n-old\n+new\n",
        }
    ],
    "database": [LOSS],
    "resources": [
        {
            "key": "service-dev",
            "action": "update",
            "provider": "local",
            "kind": "service",
            "name": "books-api-dev",
            "environment": "dev",
            "reason": "commit-dev changes",
            "certain": False,
        }
    ],
}
FAILED_RUN = [
    {"type": "run.started", "steps": [{"step": "database-dev", "title": "database books_dev", "group": "dev"}]},
    {"type": "step.started", "step": "database-dev"},
    {"type": "step.log", "step": "database-dev", "line": "creating\x1b[31m books_dev"},
    {"type": "step.attempt", "step": "database-dev", "attempt": 2, "of": 5, "wait_s": 0.1, "error": "busy"},
    {
        "type": "step.finished",
        "step": "database-dev",
        "outcome": "failed",
        "seconds": 1.5,
        "error": "the disk is full",
        "hint": "Free some space.",
    },
    {
        "type": "step.finished",
        "step": "service-dev",
        "outcome": "skipped",
        "seconds": 0,
        "error": "waits for database-dev",
    },
    {"type": "run.finished", "outcome": "failed", "summary": "1 failed, 1 not tried", "next": "Apply again."},
]


@pytest.fixture
def shop(wire: Wire, books: Path) -> Wire:
    """A copy with one project, whose specs are the books."""
    wire.on("GET", "/projects", (200, {"items": [project("books", books)], "hasMore": False, "nextCursor": None}))
    wire.on("GET", "/projects/books", (200, project("books", books)))
    wire.on("GET", "/projects/id-of-books/environments", (200, dashboard("dev", "staging", "prod")))
    wire.on("GET", "/runs/run-1", (200, run()))
    return wire


def creating(wire: Wire, *streams: Any, status: str = "succeeded") -> None:
    wire.on("POST", "/specs/check", (200, CLEAN))
    wire.on("POST", "/projects", (201, project("books") | {"run": run("queued")}))
    wire.on("GET", "/runs/run-1/events", *streams)
    wire.on("GET", "/runs/run-1", (200, run(status)))


def steps(*names: str) -> list[dict[str, Any]]:
    return [{"type": "step.finished", "step": n, "title": n, "outcome": "done", "seconds": 1} for n in names]


END = {"type": "run.finished", "outcome": "succeeded", "summary": "3 done"}


def test_a_project_is_created_from_its_documents_and_followed(flaresmith: Command, shop: Wire, books: Path) -> None:
    creating(shop, stream(*steps("one", "two"), END))
    result = flaresmith("project", "create", "--name", "Books", "--specs", books, "--slug", "books")
    assert result.code == 0, result.err
    sent = shop.asked("POST", "/projects")[0].body
    assert set(sent["specs"]) == {"specs/001-books/spec.md", "specs/001-books/data-model.md"}
    assert (sent["name"], sent["slug"], sent["specsSource"]) == ("Books", "books", str(books))
    assert "✓ one" in result.err
    assert "3 done in" in result.out
    assert "http://127.0.0.1:9/staging" in result.out


def test_a_broken_stream_is_taken_up_behind_the_last_event(flaresmith: Command, shop: Wire, books: Path) -> None:
    creating(
        shop,
        stream(*steps("one", "two"), end=False),
        problem(503, "UNAVAILABLE", "Restarting."),
        stream(*steps("two"), *steps("three"), end=False, first=2),  # tells one of them again
        stream(END, first=4),
    )
    result = flaresmith("project", "create", "--name", "Books", "--specs", books)
    assert result.code == 0, result.err
    assert [r.headers["last-event-id"] for r in shop.asked("GET", "/runs/run-1/events")] == ["0", "2", "2", "3"]
    assert [result.err.count(f"✓ {name}") for name in ("one", "two", "three")] == [1, 1, 1]


def test_a_failed_run_tells_what_was_done_what_not_and_how_to_go_on(
    flaresmith: Command, shop: Wire, books: Path
) -> None:
    creating(shop, stream(*steps("repository books"), *FAILED_RUN), status="failed")
    result = flaresmith("project", "create", "--name", "Books", "--specs", books)
    assert result.code == 1
    for words in (
        "Done: repository books.",
        "✗ database books_dev: the disk is full",
        "Free some space.",
        "│ creating�[31m books_dev",
        "Not tried: service-dev (waits for database-dev).",
        "How to go on: Apply again.",
        "(2 of 5)",
    ):
        assert words in result.err
    assert "\x1b" not in result.err


def test_one_json_value_tells_how_it_ended(flaresmith: Command, shop: Wire, books: Path) -> None:
    creating(shop, stream(*FAILED_RUN), status="failed")
    result = flaresmith("project", "create", "--name", "Books", "--specs", books, "--json")
    assert result.code == 1
    assert result.json["run"]["status"] == "failed"
    assert [e["name"] for e in result.json["environments"]] == ["dev", "staging", "prod"]
    assert result.err == ""


def test_no_wait_returns_at_once(flaresmith: Command, shop: Wire, books: Path) -> None:
    creating(shop, stream(END))
    result = flaresmith("project", "create", "--name", "Books", "--specs", books, "--no-wait")
    assert result.code == 0
    assert "flaresmith logs books -f" in result.out
    assert not shop.asked("GET", "/runs/run-1/events")


def test_specs_with_errors_create_nothing(flaresmith: Command, shop: Wire, books: Path) -> None:
    bad = {
        "rule": "no",
        "severity": "error",
        "file": "specs/001-books/spec.md",
        "line": 3,
        "column": 7,
        "message": "bad",
    }
    creating(shop, stream(END))
    shop.on("POST", "/specs/check", (200, CLEAN | {"diagnostics": [bad | {"message": "bad", "hint": "mend it"}]}))
    result = flaresmith("project", "create", "--name", "Books", "--specs", books)
    assert result.code == 1
    assert "specs/001-books/spec.md:3:7: error [no] bad" in result.err
    assert not shop.asked("POST", "/projects")


def test_apply_finds_the_only_project_and_its_specs(flaresmith: Command, shop: Wire, books: Path) -> None:
    shop.on("POST", "/specs/apply", (200, {"report": {}, "run": None, "plan": EMPTY}))
    result = flaresmith("apply")
    assert (result.code, result.out) == (0, "Nothing to do: Books is as its specs say.\n")
    sent = shop.asked("POST", "/specs/apply")[0].body
    assert (sent["projectId"], sent["dryRun"], "plan" in sent) == ("id-of-books", False, False)
    assert set(sent["files"]) == {"specs/001-books/spec.md", "specs/001-books/data-model.md"}


def test_a_command_loads_no_server_code(flaresmith: Command, shop: Wire) -> None:
    """What keeps a command with nothing to do far under a second."""
    heavy = {
        "fastapi",
        "sqlalchemy",
        "pydantic_settings",
        "httpx",
        "dbos",
        "flaresmith.compiler",
        "flaresmith.features",
    }
    shop.on("POST", "/specs/apply", (200, {"report": {}, "run": None, "plan": EMPTY}))
    code = (
        "import sys\nfrom flaresmith.__main__ import main\nsys.argv = ['flaresmith', 'apply']\n"
        "try: main()\nexcept SystemExit as stop: assert not stop.code\n"
        f"print(sorted({sorted(heavy)!r} and set({sorted(heavy)!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def two_projects(wire: Wire, tmp_path: Path) -> tuple[Path, Path]:
    one, other = make_specs(tmp_path / "one"), make_specs(tmp_path / "one" / "inner")
    items = [project("one", one), project("other", other / "specs")]
    wire.on("GET", "/projects", (200, {"items": items, "hasMore": False, "nextCursor": None}))
    wire.on("POST", "/specs/apply", (200, {"report": {}, "run": None, "plan": EMPTY}))
    return one, other


@pytest.mark.parametrize(("folder", "chosen"), [("one/specs", "one"), ("one/inner", "other"), ("one", "one")])
def test_of_several_projects_the_one_whose_folder_we_are_in(
    flaresmith: Command, wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, chosen: str
) -> None:
    two_projects(wire, tmp_path)
    monkeypatch.chdir(tmp_path / folder)
    assert flaresmith("apply").code == 0
    assert wire.asked("POST", "/specs/apply")[0].body["projectId"] == f"id-of-{chosen}"


def test_which_project_is_asked_when_it_is_not_clear(
    flaresmith: Command, wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_projects(wire, tmp_path)
    monkeypatch.chdir("/")
    result = flaresmith("apply")
    assert result.code == 2
    assert "one, other" in result.err
    assert not wire.asked("POST", "/specs/apply")
    assert flaresmith("apply", "one", "--project", "other").code == 2


def test_all_pages_of_projects_are_read(flaresmith: Command, wire: Wire) -> None:
    pages = [
        (200, {"items": [project("a")], "hasMore": True, "nextCursor": "two"}),
        (200, {"items": [project("b")], "hasMore": False, "nextCursor": None}),
    ]
    wire.on("GET", "/projects", *pages)
    assert [p["slug"] for p in flaresmith("project", "list", "--json").json["projects"]] == ["a", "b"]
    assert "cursor=two" in wire.asked("GET", "/projects")[1].path


def test_an_unknown_project_is_answered_with_those_there_are(flaresmith: Command, shop: Wire) -> None:
    shop.on("GET", "/projects/a%2F..%2Fb", problem(404, "PROJECT_NOT_FOUND", "There is no such project."))
    result = flaresmith("project", "show", "a/../b")
    assert result.code == 2
    assert "There are: books." in result.err


def test_a_project_without_known_specs_wants_them_named(flaresmith: Command, wire: Wire, tmp_path: Path) -> None:
    wire.on("GET", "/projects", (200, {"items": [project("books")], "nextCursor": None}))
    assert "--specs PATH" in flaresmith("plan").err
    wire.on("GET", "/projects", (200, {"items": [project("books", tmp_path / "moved")], "nextCursor": None}))
    result = flaresmith("plan")
    assert result.code == 2
    assert str(tmp_path / "moved") in result.err


def test_a_loss_is_refused_with_the_flag_that_allows_it(flaresmith: Command, shop: Wire) -> None:
    details = {"losses": [LOSS]}
    shop.on("POST", "/specs/apply", problem(409, "SPEC_DESTRUCTIVE_REFUSED", "This would lose data.", details=details))
    result = flaresmith("apply", "books", "--keep", "a.py")
    assert result.code == 1
    assert "3 values of pages" in result.err
    assert "flaresmith apply books --keep a.py --allow books.pages" in result.err


def test_a_conflict_is_refused_with_the_flags_that_decide_it(flaresmith: Command, shop: Wire) -> None:
    conflicts = [{"path": "my file.py", "reason": "MANUAL_DIVERGENCE", "suggestion": "Edited by hand."}]
    answer = problem(409, "SPEC_DRIFT_CONFLICT", "Edited by hand.", details={"conflicts": conflicts})
    shop.on("POST", "/specs/apply", answer)
    result = flaresmith("apply", "books")
    assert result.code == 1
    assert "! my file.py" in result.err
    assert "flaresmith apply books --overwrite 'my file.py'" in result.err
    told = flaresmith("apply", "books", "--json").json["error"]
    assert (told["code"], told["details"]["conflicts"]) == ("SPEC_DRIFT_CONFLICT", conflicts)


def test_a_plan_is_readable_and_kept_and_bound_to(flaresmith: Command, shop: Wire, tmp_path: Path) -> None:
    shop.on("POST", "/specs/plan", (200, PLAN))
    kept = tmp_path / "plan.json"
    result = flaresmith("plan", "books", "--out", kept, "--keep", "b.py")
    assert result.code == 0
    for words in (
        "~ api/app/book.py  +1 −2",
        "! drop column books.pages",
        "3 values of pages",
        "service books-api-dev",
    ):
        assert words in result.out
    assert f"flaresmith apply books --plan {kept} --allow books.pages" in result.out
    assert "+new" in flaresmith("plan", "books", "--diff").out
    assert flaresmith("plan", "books", "--json").json == PLAN
    shop.on("GET", "/projects/id-of-books", (200, project("books", "/nowhere")))
    shop.on("POST", "/specs/apply", problem(409, "SPEC_PLAN_STALE", "The specs have changed."))
    stale = flaresmith("apply", "--plan", kept)
    assert stale.code == 1
    assert "flaresmith plan books --out FILE" in stale.err
    sent = shop.asked("POST", "/specs/apply")[0].body
    assert (sent["plan"], sent["keep"]) == ({"specHash": "aa", "stateHash": "bb"}, ["b.py"])
    assert len(sent["files"]) == 2  # from where the plan was made


def test_a_plan_of_another_project_and_what_is_no_plan_are_refused(
    flaresmith: Command, shop: Wire, tmp_path: Path
) -> None:
    kept = tmp_path / "plan.json"
    kept.write_text(json.dumps(PLAN | {"projectId": "id-of-others"}))
    assert flaresmith("apply", "books", "--plan", kept).code == 2
    for text in ("", "[]", '{"projectId": 1}', "\x00"):
        kept.write_text(text)
        assert flaresmith("apply", "books", "--plan", kept).code == 2
    assert flaresmith("apply", "books", "--plan", tmp_path).code == 2
    assert not shop.asked("POST", "/specs/apply")


def test_a_dry_run_ends_with_1_when_it_would_be_refused(flaresmith: Command, shop: Wire) -> None:
    shop.on("POST", "/specs/apply", (200, {"report": {}, "run": None, "plan": PLAN}))
    refused = flaresmith("apply", "books", "--dry-run")
    assert (refused.code, "without --allow books.pages" in refused.err) == (1, True)
    assert flaresmith("apply", "books", "--dry-run", "--allow", "books.pages").code == 0
    assert shop.asked("POST", "/specs/apply")[0].body["dryRun"] is True


def test_destroying_asks_and_a_script_must_say_yes(flaresmith: Command, shop: Wire) -> None:
    shop.on("DELETE", "/projects/id-of-books", (202, run("queued", "destroy")))
    shop.on("GET", "/runs/run-1/events", stream(END))
    shop.on("GET", "/runs/run-1", (200, run("succeeded", "destroy")))
    refused = flaresmith("project", "destroy", "books")
    assert (refused.code, "--yes" in refused.err) == (2, True)
    assert not shop.asked("DELETE", "/projects/id-of-books")
    assert flaresmith("project", "destroy", "books", "--yes").code == 0


def test_a_wrong_token_is_said_and_the_right_one_is_sent(
    flaresmith: Command, shop: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert flaresmith("project", "list").code == 0
    assert shop.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    monkeypatch.setenv("FLARESMITH_TOKEN", "another")
    result = flaresmith("project", "list")
    assert (result.code, "This token is unknown" in result.err) == (1, True)
    monkeypatch.delenv("FLARESMITH_TOKEN")
    assert "FLARESMITH_TOKEN is not set" in flaresmith("project", "list").err


@pytest.mark.parametrize("address", ["ftp://x", "http://", "nonsense", "http://a:b@localhost"])
def test_an_address_that_is_none_is_a_usage_error(
    flaresmith: Command, wire: Wire, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("FLARESMITH_API_URL", address)
    assert flaresmith("project", "list").code == 2


@pytest.mark.parametrize("command", [["project", "list"], ["plan"], ["apply"], ["status"], ["open", "books", "dev"]])
def test_nobody_there_ends_with_3(
    flaresmith: Command, wire: Wire, monkeypatch: pytest.MonkeyPatch, nobody_answers: str, command: list[str]
) -> None:
    monkeypatch.setenv("FLARESMITH_API_URL", nobody_answers)
    result = flaresmith(*command)
    assert result.code == 3
    assert f"{nobody_answers} does not answer" in result.err
    monkeypatch.delenv("FLARESMITH_API_URL")
    result = flaresmith(*command)
    assert result.code == 3
    assert "flaresmith up" in result.err
    assert flaresmith(*command, "--json").json["error"]["code"] == "NOTHING_RUNS"


@pytest.mark.parametrize(
    "answer", [(502, b"<html>Bad Gateway</html>"), (200, b"<html>"), (500, [1]), (500, {"error": 3})]
)
def test_an_answer_of_another_program_is_called_that(flaresmith: Command, wire: Wire, answer: Any) -> None:
    wire.on("GET", "/projects", answer)
    result = flaresmith("project", "list")
    assert result.code == 1
    assert "Is this the address of Flaresmith's API?" in result.err


def test_a_redirect_gets_no_token(flaresmith: Command, wire: Wire) -> None:
    def elsewhere(_: Any, handler: Any) -> None:
        handler.send_response(307)
        handler.send_header("location", f"{wire.url}/stolen")
        handler.send_header("content-length", "0")
        handler.end_headers()

    wire.on("GET", "/projects", elsewhere)
    assert flaresmith("project", "list").code == 1
    assert [request.path for request in wire.requests] == ["/api/v1/projects?limit=100"]


def test_validation_issues_and_waiting_times_are_told(flaresmith: Command, shop: Wire, books: Path) -> None:
    issues = {"issues": [{"path": "body.name", "message": "String should have at least 3 characters"}]}
    shop.on("POST", "/specs/check", problem(400, "VALIDATION_ERROR", "The request does not fit.", details=issues))
    result = flaresmith("project", "create", "--name", "ab", "--specs", books)
    assert "name: String should have at least 3 characters" in result.err


def test_text_of_the_server_cannot_steer_the_terminal(flaresmith: Command, wire: Wire) -> None:
    evil = project("books") | {"name": "\x1b]0;owned\x07[red]x[/red]", "status": "\x1b[2J"}
    wire.on("GET", "/projects", (200, {"items": [evil], "nextCursor": None}))
    out = flaresmith("project", "list").out
    assert "\x1b" not in out
    assert "[red]x[/red]" in out
