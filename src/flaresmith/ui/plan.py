"""A plan: what would change in code, database and resources, each with its reason, before anything changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from htpy import Element, Node, div, h2, li, ol, p, section, span, strong

from flaresmith.ui.diff import FileDiff, file_diff, tally
from flaresmith.ui.status import Status, Tone, status
from flaresmith.ui.text import counted, name, prose, visible


class Kind(StrEnum):
    """What a change does to its thing."""

    CREATE = "create"
    CHANGE = "change"
    REPLACE = "replace"
    REMOVE = "remove"
    UNCHANGED = "unchanged"


_SHOWN = {
    Kind.CREATE: Status("Create", "+", Tone.OK),
    Kind.CHANGE: Status("Change", "~", Tone.WARN),
    Kind.REPLACE: Status("Replace", "±", Tone.BAD),
    Kind.REMOVE: Status("Remove", "−", Tone.BAD),
    Kind.UNCHANGED: Status("Unchanged", "=", Tone.IDLE),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change: what kind of thing (`column`), which (`orders.note`), why, and for which requirements.

    `loses` says in words what a destructive change destroys; such a change is marked and `allowed_by` names the
    option that allows it, or is empty when it is refused as it stands.
    """

    kind: Kind
    what: str
    name: str
    reason: str = ""
    requirements: tuple[str, ...] = ()
    loses: str = ""
    allowed_by: str = ""
    detail: Node = None


@dataclass(frozen=True, slots=True)
class Group:
    """The changes of one part of the product: code, database, resources; `files` carries the differences of code."""

    title: str
    changes: tuple[Change, ...] = ()
    files: tuple[FileDiff, ...] = ()


def plan_view(groups: Sequence[Group], *, actions: Node = None, stale: str = "") -> Element:
    """The whole plan, grouped; `stale` says why it can no longer be applied, `actions` are the forms to apply it."""
    return div[
        stale and _stale(stale),
        div(".run-head")[_summary(groups), actions is not None and div(".row")[actions]],
        (_group(group) for group in groups if group.changes or group.files),
    ]


def plan_counts(groups: Sequence[Group]) -> tuple[int, int, int]:
    """How much a plan creates, changes (or replaces) and removes, files included."""
    kinds = [change.kind for group in groups for change in group.changes]
    files = [file for group in groups for file in group.files]
    return (
        kinds.count(Kind.CREATE) + sum(file.before is None for file in files),
        kinds.count(Kind.CHANGE) + kinds.count(Kind.REPLACE) + sum(None not in (f.before, f.after) for f in files),
        kinds.count(Kind.REMOVE) + sum(file.after is None for file in files),
    )


def _summary(groups: Sequence[Group]) -> Element:
    create, change, remove = plan_counts(groups)
    if not create + change + remove:
        return p["Nothing to do: what runs is what the specs say."]
    losing = sum(bool(each.loses) for group in groups for each in group.changes)
    return p(".row")[
        span[span(".plus.mono")[f"+{create:,}"], " to create"],
        span[span(".tilde.mono")[f"~{change:,}"], " to change"],
        span[span(".minus.mono")[f"−{remove:,}"], " to remove"],
        losing > 0 and status(Status(f"{counted(losing, 'change')} would lose data", "▲", Tone.BAD)),
    ]


def _group(group: Group) -> Element:
    return section(".section")[
        div(".row")[h2[visible(group.title)], bool(group.files) and _tally(group.files)],
        bool(group.changes) and ol(".changes")[(_change(change) for change in group.changes)],
        bool(group.files) and div(".files")[(file_diff(file, expanded=len(group.files) == 1) for file in group.files)],
    ]


def _tally(files: Sequence[FileDiff]) -> Element:
    lines = tally(sum(file.added for file in files), sum(file.removed for file in files))
    return span(".muted")[f"{counted(len(files), 'file')} ", lines]


def _change(change: Change) -> Element:
    return li(class_={"change": True, "destructive": bool(change.loses)})[
        status(_SHOWN[change.kind]),
        div[span(".kind")[visible(change.what)], strong[name(change.name)]],
        (change.reason or change.requirements)
        and p(".why")[(span(".req")[visible(each)] for each in change.requirements), prose(change.reason)],
        change.loses and p(".loses")[f"Loses {visible(change.loses)}. ", _allowed(change)],
        change.detail is not None and div[change.detail],
    ]


def _allowed(change: Change) -> str:
    return f"Allowed by {visible(change.allowed_by)}." if change.allowed_by else "Refused unless it is allowed by name."


def _stale(why: str) -> Element:
    return div(".notice", data_tone="warn")[
        status(Status("Out of date", "▲", Tone.WARN)), span[f"{visible(why)} Make a new plan to apply it."]
    ]
