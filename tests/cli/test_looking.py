"""`flaresmith status`, `logs` and `open` on a copy of which only some parts live."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cli.conftest import TOKEN, Command, Wire, dashboard, project, run, stream

from flaresmith.cli.remote.run import Run
from flaresmith.kit.machine.home import Home


@pytest.fixture
def home(wire: Wire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, nobody_answers: str) -> Iterator[Home]:
    """A copy that runs, as far as its data directory tells; its API is the wire, its web role is down."""
    monkeypatch.delenv("FLARESMITH_API_URL")
    monkeypatch.delenv("FLARESMITH_TOKEN")
    monkeypatch.setenv("FLARESMITH_DATA", str(tmp_path / "copy"))
    made = Home(tmp_path / "copy")
    made.create()
    held = made.claim()
    assert held is not None
    down = dict.fromkeys(("web", "orchestrator", "preview"), nobody_answers)
    made.write_run({**down, "api": wire.url, "database": "postgresql://", "redis": "redis://", "sign_in": ""})
    (made.path / "owner.token").write_text(f"{TOKEN}\n")
    wire.on("GET", "/projects", (200, {"items": [project()], "nextCursor": None}))
    wire.on("GET", "/projects/books", (200, project()))
    wire.on("GET", "/projects/id-of-books/environments", (200, dashboard("dev", "prod")))
    yield made
    os.close(held)


def test_status_tells_roles_and_environments_as_one_json_value(flaresmith: Command, home: Home, wire: Wire) -> None:
    wire.answers["GET", "/health"] = [(200, {"ok": True})]
    result = flaresmith("status", "--json")
    assert result.code == 1  # the web role is down
    assert result.json["roles"]["web"]["ok"] is False
    assert set(result.json["roles"]) == {"web", "api", "orchestrator", "preview", "worker"}
    (books,) = result.json["projects"]
    assert (books["name"], books["status"]) == ("Books", "active")
    assert [(e["name"], e["state"], e["url"]) for e in books["environments"]] == [
        ("dev", "active", "http://127.0.0.1:9/dev"),
        ("prod", "active", "http://127.0.0.1:9/prod"),
    ]
    text = flaresmith("status").out
    assert "✗ down" in text
    assert "http://127.0.0.1:9/prod" in text


def test_status_tells_the_roles_when_the_api_is_down(flaresmith: Command, home: Home, nobody_answers: str) -> None:
    run_file = home.read_run()
    assert run_file is not None
    home.write_run(run_file | {"api": nobody_answers})
    result = flaresmith("status", "--json")
    assert result.code == 1
    assert result.json["roles"]["api"] == {"url": nobody_answers, "ok": False, "status": None}
    assert result.json["projects"] == []


def test_status_of_nothing_is_the_same_shape_with_3(flaresmith: Command) -> None:
    result = flaresmith("status", "--json")
    assert (result.code, result.json["roles"], result.json["projects"]) == (3, {}, [])


def test_the_token_of_this_computer_goes_to_no_other(
    flaresmith: Command, home: Home, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLARESMITH_API_URL", wire.url)
    assert flaresmith("project", "list").code == 1
    assert wire.requests == []


def test_the_stream_of_another_role_is_taken_when_the_orchestrator_is_down(
    flaresmith: Command, home: Home, wire: Wire
) -> None:
    wire.on("GET", "/projects/id-of-books/runs", (200, {"items": [run()]}))
    wire.on("GET", "/runs/run-1/events", stream({"type": "run.finished", "outcome": "succeeded", "summary": "3 done"}))
    result = flaresmith("logs", "books")
    assert result.code == 0
    assert result.out == "2026-01-01T00:00:00 succeeded: 3 done\n"


def test_logs_of_a_part_are_the_last_lines_made_harmless(flaresmith: Command, home: Home) -> None:
    home.log("worker").write_text("".join(f"line {n}\x1b[2J\n" for n in range(1000)))
    result = flaresmith("logs", "worker", "-n", "2")
    assert result.out == "line 998�[2J\nline 999�[2J\n"
    told = flaresmith("logs", "worker", "-n", "1", "--json").json
    assert told == {"lines": [{"log": "worker", "line": "line 999\x1b[2J"}]}


def test_logs_of_all_parts_say_whose_they_are(flaresmith: Command, home: Home) -> None:
    home.log("web").write_text("hello\n")
    home.log("api").write_text("there\n")
    assert flaresmith("logs").out.split() == ["api", "there", "web", "hello"]


def test_logs_of_a_service_are_found_by_environment(flaresmith: Command, home: Home) -> None:
    folder = home.path / "runtime" / "logs"
    folder.mkdir(parents=True)
    (folder / "books-api-dev.log").write_text("serving\n")
    assert flaresmith("logs", "books", "dev").out == "serving\n"
    missing = flaresmith("logs", "books", "moon")
    assert (missing.code, "dev, prod" in missing.err) == (2, True)


@pytest.mark.parametrize("name", ["../owner", "../../etc/passwd", "/etc/passwd", "", "."])
def test_no_name_leads_to_other_files(flaresmith: Command, home: Home, name: str) -> None:
    (home.path / "owner.log").write_text("secret of the house\n")
    result = flaresmith("logs", name)
    assert result.code == 2
    assert "secret" not in result.out + result.err


def test_a_service_name_of_the_server_leads_to_no_other_files(flaresmith: Command, home: Home, wire: Wire) -> None:
    there = dashboard("dev")
    there["environments"][0]["resources"] = [{"kind": "service", "name": "../../logs/worker"}]
    wire.on("GET", "/projects/id-of-books/environments", (200, there))
    home.log("worker").write_text("secret of the house\n")
    result = flaresmith("logs", "books", "dev")
    assert (result.code, "secret" in result.out) == (2, False)


def test_open_prints_where_it_is_without_a_display(
    flaresmith: Command, home: Home, wire: Wire, nobody_answers: str
) -> None:
    assert flaresmith("open").out == f"{nobody_answers}\n"
    assert flaresmith("open", "books").out == f"{nobody_answers}/projects/books\n"
    assert flaresmith("open", "books", "dev", "--print").out == "http://127.0.0.1:9/dev\n"
    there = dashboard("dev")
    there["environments"][0]["url"] = "file:///etc/passwd"
    wire.on("GET", "/projects/id-of-books/environments", (200, there))
    assert flaresmith("open", "books", "dev", "--print").code == 2


@pytest.mark.parametrize("token", [None, "", "a\nb"])
def test_a_missing_or_broken_token_is_said(flaresmith: Command, home: Home, token: str | None) -> None:
    path = home.path / "owner.token"
    path.unlink() if token is None else path.write_text(token)
    result = flaresmith("project", "list")
    assert result.code == 1
    assert "owner.token" in result.err


def test_a_copy_that_is_starting_says_so(flaresmith: Command, home: Home) -> None:
    home.forget_run()
    result = flaresmith("plan")
    assert (result.code, "still starting" in result.err) == (3, True)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["", "a", "done", "\x1b"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["step", "title"]), inner, max_size=2),
    max_leaves=4,
)
TYPES = ("run.started", "run.planned", "run.finished", "step.started", "step.attempt", "step.log", "step.finished", "x")
KEYS = ("step", "steps", "reasons", "title", "outcome", "seconds", "attempt", "of", "line", "usual_s")
EVENTS = st.tuples(st.sampled_from(TYPES), st.dictionaries(st.sampled_from(KEYS), JSON, max_size=4))


@given(st.lists(EVENTS, max_size=8))
def test_no_event_breaks_the_list_of_steps(events: list[tuple[str, dict[str, object]]]) -> None:
    told = Run()
    for kind, event in events:
        told.apply(event | {"type": kind})
    assert sum(len(steps) for _, steps in told.groups()) == len(told.steps)
