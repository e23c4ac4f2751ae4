"""The state machine of environments, as data (flaresmith §2.1)."""

from __future__ import annotations

from flaresmith.features.projects.models import EnvironmentState as S

CORE: dict[S, frozenset[S]] = {
    S.PENDING: frozenset({S.PROVISIONING}),
    S.PROVISIONING: frozenset({S.ACTIVE, S.ERROR}),
    S.ACTIVE: frozenset({S.UPDATING, S.ARCHIVED}),
    S.UPDATING: frozenset({S.VALIDATING, S.ERROR}),
    S.VALIDATING: frozenset({S.ACTIVE, S.ERROR}),
    S.ERROR: frozenset({S.UPDATING, S.PROVISIONING, S.FAILED}),
    S.FAILED: frozenset({S.PROVISIONING, S.ARCHIVED}),
    S.ARCHIVED: frozenset(),
}
PREVIEW: dict[S, frozenset[S]] = {
    S.PROVISIONING: frozenset({S.ACTIVE, S.ERROR}),
    S.ACTIVE: frozenset({S.ERROR, S.ARCHIVED}),
    S.ERROR: frozenset({S.ARCHIVED, S.PROVISIONING}),
    S.ARCHIVED: frozenset({S.PROVISIONING}),
}


def allowed(kind: str, before: str, after: str) -> bool:
    """Whether an environment of this kind may go from one state to the other."""
    table = PREVIEW if kind == "preview" else CORE
    return S(after) in table.get(S(before), frozenset())


def path_to_work(kind: str, state: str, deployed: bool) -> list[str]:
    """The states to go through so that work on the environment can begin; empty when it is being worked on."""
    if kind == "preview":
        return [] if state in (S.PROVISIONING, S.ACTIVE) else [S.PROVISIONING]
    if state in (S.PROVISIONING, S.UPDATING, S.VALIDATING):
        return []
    if state == S.ERROR:
        return [S.UPDATING if deployed else S.PROVISIONING]
    return [S.UPDATING] if state == S.ACTIVE else [S.PROVISIONING]


def path_to_end(kind: str, state: str, ok: bool) -> list[str]:
    """The states to go through when work on the environment has ended."""
    if state == S.UPDATING and ok:
        return [S.VALIDATING, S.ACTIVE]
    if state in (S.PROVISIONING, S.UPDATING, S.VALIDATING):
        return [S.ACTIVE if ok else S.ERROR]
    return [S.ERROR] if kind == "preview" and state == S.ACTIVE and not ok else []
