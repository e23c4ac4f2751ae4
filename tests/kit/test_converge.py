"""Convergence: plans with reasons, a parallel graph, and nothing twice or orphaned whenever the process dies."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kit.world import Book, Killed, Thing, World, later, wanted

from flaresmith.kit.converge import Action, GraphInvalid, Report, Status, converge, pending, plan, refresh
from flaresmith.kit.resources import Found

OWNER = "project-1"


async def bring(graph, world, book, limits=None) -> Report:
    return await converge(
        plan(graph, book.states),
        owner=OWNER,
        states=book.states,
        journal=book,
        kinds=world.kind,
        limits=limits or {},
    )


def run(graph, world, book, limits=None) -> Report:
    return asyncio.run(bring(graph, world, book, limits))


def outcomes(report: Report) -> dict[str, str]:
    return {o.key: o.outcome for o in report.outcomes}


def test_everything_wanted_is_created_and_the_second_run_does_nothing():
    graph, world, book = [wanted("a"), wanted("b", "a"), wanted("c", uses="b")], World(), Book()
    assert outcomes(run(graph, world, book)) == {"a": "done", "b": "done", "c": "done"}
    assert set(world.things) == {"n-a", "n-b", "n-c"}
    calls = world.calls.total()
    assert pending(plan(graph, book.states)) == ()
    assert outcomes(run(graph, world, book)) == {"a": "unchanged", "b": "unchanged", "c": "unchanged"}
    assert world.calls.total() == calls


def test_an_output_reaches_those_who_need_it_and_a_change_travels_down():
    world, book = World(), Book()
    run([wanted("a", value="one"), wanted("b", uses="a")], world, book)
    assert world.things["n-b"].outputs["value"] == "one"
    changed = [wanted("a", value="two"), wanted("b", uses="a")]
    changes = {c.key: c for c in plan(changed, book.states)}
    assert changes["a"].action is Action.UPDATE
    assert (changes["b"].action, changes["b"].certain) == (Action.UPDATE, False)
    assert "a changes" in changes["b"].reason
    run(changed, world, book)
    assert world.things["n-b"].outputs["value"] == "two"


def test_a_dependent_whose_input_did_not_change_after_all_is_left_alone():
    world, book = World(), Book()
    graph = [wanted("a"), wanted("b", uses="a")]
    run(graph, world, book)
    book.states["a"] = book.states["a"].__class__(
        **{f: getattr(book.states["a"], f) for f in book.states["a"].__slots__} | {"status": Status.FAILED}
    )
    assert outcomes(run(graph, world, book)) == {"a": "done", "b": "unchanged"}


def test_what_is_no_longer_wanted_goes_in_reverse_order():
    world, book = World(), Book()
    run([wanted("a"), wanted("b", "a")], world, book)
    changes = pending(plan([], book.states))
    assert [(c.key, c.action) for c in changes] == [("b", Action.DELETE), ("a", Action.DELETE)]
    world.forbidden = {"n-b"}
    assert outcomes(run([], world, book)) == {"b": "failed", "a": "skipped"}
    world.forbidden = set()
    assert outcomes(run([], world, book)) == {"b": "done", "a": "done"}
    assert world.things == {}


def test_independent_branches_go_on_after_a_failure_and_the_report_tells():
    graph = [wanted("a"), wanted("b", "a"), wanted("c", "b"), wanted("d")]
    world, book = World(forbidden={"n-b"}), Book()
    report = run(graph, world, book)
    assert outcomes(report) == {"a": "done", "b": "failed", "c": "skipped", "d": "done"}
    assert report.of("failed")[0].error == "n-b is forbidden"
    assert "waits for b" in report.of("skipped")[0].error
    assert not report.ok
    world.forbidden = set()
    assert outcomes(run(graph, world, book)) == {"a": "unchanged", "b": "done", "c": "done", "d": "unchanged"}


def test_a_passing_failure_is_retried_and_a_lasting_one_is_not():
    world, book = World(failures={"n-a": [later(), later()]}), Book()
    report = run([wanted("a")], world, book)
    assert (report.of("done")[0].attempts, world.made["n-a"]) == (3, 1)
    assert [n[1]["attempt"] for n in book.notes if n[0] == "step.attempt"] == [2, 3]
    world = World(failures={"n-b": [later() for _ in range(9)]})
    assert run([wanted("b")], world, Book()).of("failed")[0].attempts == 5
    world = World(forbidden={"n-c"})
    assert run([wanted("c")], world, Book()).of("failed")[0].attempts == 1


def test_an_unexpected_exception_of_a_provider_is_a_failure_of_that_step_alone():
    world, book = World(failures={"n-a": [KeyError("boom")]}), Book()
    report = run([wanted("a"), wanted("b")], world, book)
    assert outcomes(report) == {"a": "failed", "b": "done"}
    assert "KeyError" in report.of("failed")[0].error


def test_a_provider_takes_no_more_calls_at_once_than_its_limit():
    world = World(latency=0.002)
    run([wanted(f"r{i}") for i in range(40)], world, Book(), {"p": 3})
    assert world.most_running == 3


def test_the_intent_is_journaled_before_the_call():
    world, book = World(), Book()
    seen = []

    class Looking(Thing):
        async def create(self, call):
            seen.append((book.states[call.key].status, book.states[call.key].request_hash == call.spec_hash))
            return await super().create(call)

    async def kinds(_provider, _kind):
        return Looking(world)

    async def go():
        graph = [wanted("a")]
        return await converge(plan(graph, {}), owner=OWNER, states={}, journal=book, kinds=kinds, limits={})

    asyncio.run(go())
    assert seen == [(Status.INTENDED, True)]
    assert book.states["a"].status is Status.READY


def test_a_thing_of_another_owner_is_never_taken_over():
    world, book = World(), Book()
    world.things["n-a"] = Found("x", "n-a", "somebody-else", {})
    assert outcomes(run([wanted("a")], world, book)) == {"a": "failed"}
    assert world.things["n-a"].owner == "somebody-else"


def test_many_changes_share_few_writes():
    book = Book()
    run([wanted(f"r{i}") for i in range(300)], World(), book, {"p": 300})
    assert book.writes < 60


@pytest.mark.parametrize(
    "graph", [[wanted("a", "b"), wanted("b", "a")], [wanted("a", "nobody")]], ids=["circle", "dangling"]
)
def test_an_impossible_graph_is_refused(graph):
    with pytest.raises(GraphInvalid):
        plan(graph, {})


def test_refresh_sees_what_was_removed_behind_our_back_and_changes_nothing():
    world, book = World(), Book()
    graph = [wanted("a"), wanted("b")]
    run(graph, world, book)
    del world.things["n-a"]
    before = dict(world.things)

    async def look():
        return await refresh(book.states, owner=OWNER, kinds=world.kind, specs={d.key: d.spec for d in graph})

    seen = asyncio.run(look())
    assert {k: s.status for k, s in seen.items()} == {"a": Status.MISSING, "b": Status.READY}
    assert world.things == before
    changes = pending(plan(graph, seen))
    assert [(c.key, c.action, c.reason) for c in changes] == [("a", Action.CREATE, "it is gone from the provider")]


GRAPH = [
    wanted("repo"),
    wanted("commit", uses="repo"),
    wanted("db"),
    wanted("db2", "db"),
    wanted("service", "commit", "db2", value=3),
    wanted("collection", uses="service"),
]


@settings(max_examples=150, deadline=None)
@given(kills=st.lists(st.integers(1, 45), min_size=1, max_size=6), target=st.sampled_from([GRAPH, [], GRAPH[:3]]))
def test_killed_anywhere_any_number_of_times_it_converges_without_orphan_or_duplicate(kills, target):
    world, book = World(), Book()
    book.world = world
    if target is not GRAPH:
        run(GRAPH, world, book)
    for kill in kills:
        world.points, world.kill_at = 0, kill
        try:
            run(target, world, book)
        except BaseException as error:
            if not isinstance(error, Killed):
                raise
    world.kill_at = None
    report = run(target, world, book)
    assert report.ok
    assert set(world.things) == {d.name for d in target}
    assert all(count == 1 for count in world.made.values())
    live = {s.name for s in book.states.values() if s.status is Status.READY}
    assert live == set(world.things)
    assert pending(plan(target, book.states)) == ()
