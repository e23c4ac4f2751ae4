"""The state machine of environments, row by row as documented (flaresmith §2.1), and the ways that work takes in it."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flaresmith.features.projects.models import EnvironmentState
from flaresmith.features.projects.service.states import allowed, path_to_end, path_to_work

DOCUMENTED = {
    "core": {
        "pending": "provisioning",
        "provisioning": "active error",
        "active": "updating archived",
        "updating": "validating error",
        "validating": "active error",
        "error": "updating provisioning failed",
        "failed": "provisioning archived",
        "archived": "",
    },
    "preview": {
        "provisioning": "active error",
        "active": "archived error",
        "error": "archived provisioning",
        "archived": "provisioning",
    },
}
STATES = [state.value for state in EnvironmentState]


@pytest.mark.parametrize("kind", ["core", "preview"])
def test_exactly_the_documented_transitions_are_allowed(kind: str) -> None:
    for before, after in product(STATES, STATES):
        assert allowed(kind, before, after) == (after in DOCUMENTED[kind].get(before, "").split()), (before, after)


@given(
    st.sampled_from(["core", "preview"]), st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=12)
)
def test_whatever_happens_every_step_is_allowed_and_work_ends_in_active_or_error(
    kind: str, rounds: list[tuple[bool, bool, bool]]
) -> None:
    """A round: whether work begins a second time (after a crash), whether it succeeds, whether it is told twice."""
    state, deployed = ("pending" if kind == "core" else "provisioning"), False
    for begun_again, ok, told_twice in rounds:
        for _ in range(1 + begun_again):
            state = walked(kind, [state, *path_to_work(kind, state, deployed)])
        for _ in range(1 + told_twice):
            state = walked(kind, [state, *path_to_end(kind, state, ok)])
        assert state == ("active" if ok else "error")
        deployed = deployed or ok


def walked(kind: str, path: list[str]) -> str:
    for before, after in pairwise(path):
        assert allowed(kind, before, after), (before, after)
    return path[-1]


@pytest.mark.parametrize(
    ("state", "deployed", "path"),
    [
        ("pending", False, ["provisioning"]),
        ("active", True, ["updating"]),
        ("error", True, ["updating"]),
        ("error", False, ["provisioning"]),
        ("failed", True, ["provisioning"]),
        ("updating", True, []),
    ],
)
def test_work_begins_by_the_documented_hop(state: str, deployed: bool, path: list[str]) -> None:
    assert path_to_work("core", state, deployed) == path


def test_an_update_is_validated_before_it_is_active() -> None:
    assert path_to_end("core", "updating", True) == ["validating", "active"]
    assert path_to_end("core", "updating", False) == ["error"]
