"""A plan as a page: what would change, what would be lost, and the form that applies it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from htpy import Element, a, div, input, label
from htpy import form as form_

from flaresmith.compiler.lock import Ownership
from flaresmith.features.projects.schemas import ProjectView
from flaresmith.features.specs.pages import conflicts
from flaresmith.features.specs.pages.found import crumbs, findings
from flaresmith.features.specs.schemas import Accept, FileChange, PlanView, Prepared
from flaresmith.ui import forms, plan
from flaresmith.ui.diff import FileDiff
from flaresmith.ui.layout import Shell, page

_KINDS = {"create": plan.Kind.CREATE, "update": plan.Kind.CHANGE, "delete": plan.Kind.REMOVE}
_OPERATIONS = {"create": plan.Kind.CREATE, "add": plan.Kind.CREATE, "drop": plan.Kind.REMOVE}


def render(
    project: ProjectView,
    shell: Shell,
    prepared: Prepared,
    file: str,
    text: str,
    *,
    groups: Sequence[plan.Group] | None = None,
    decided: Sequence[Accept] = (),
    problem: str = "",
) -> Element:
    """The page of a plan of `file` with `text`; `problem` says why it was not applied."""
    view = prepared.plan
    assert view is not None
    errors = [d for d in view.diagnostics if d["severity"] == "error"]
    return page(
        "Plan",
        problem and div(".notice", data_tone="bad", role="alert")[problem],
        findings(errors) if errors else plan.plan_view(groups if groups is not None else groups_of(prepared)),
        _back(project, file) if errors or view.empty else _apply_form(project, view, file, text, decided),
        shell=shell,
        within=project.name,
        crumbs=crumbs(project),
        lede=f"Made from the specs {view.spec_hash[:12]}." + ("" if view.empty else " Nothing has changed yet."),
        wide=True,
    )


def _apply_form(project: ProjectView, view: PlanView, file: str, text: str, decided: Sequence[Accept]) -> Element:
    losses = [c for c in view.database if c.destructive]
    asking = conflicts.section_of(view.conflicts, decided)
    return form_(
        class_={"form": True, "wide": asking is not None},
        method="post",
        action=f"/projects/{project.slug}/apply",
        data_form=True,
    )[
        input(type="hidden", name="file", value=file),
        input(type="hidden", name="text", value=text),
        input(type="hidden", name="spec_hash", value=view.spec_hash),
        input(type="hidden", name="state_hash", value=view.state_hash),
        (
            div(".field")[label[input(type="checkbox", name="allow", value=c.name), f" Allow {c.name}: {c.loses}"],]
            for c in losses
        ),
        asking,
        div(".row")[
            forms.button("Apply to dev", primary=True, danger=bool(losses), pending="Applying"), _back(project, file)
        ],
    ]


def _back(project: ProjectView, file: str) -> Element:
    href = f"/projects/{project.slug}/specs?file={file}#edit" if file else f"/projects/{project.slug}/specs"
    return a(href=href)["Back to the specs"]


def groups_of(prepared: Prepared) -> list[plan.Group]:
    """The changes of a plan with the diffs of its files; work for a thread."""
    view, comparison = prepared.plan, prepared.comparison
    if view is None or comparison is None:
        return []
    files = [
        FileDiff(c.path, *comparison.texts(c.path), note=_note(c)) for c in view.code if c.path != "flaresmith.lock"
    ]
    asked = tuple(plan.Change(plan.Kind.CHANGE, "conflict", c["path"], c["suggestion"]) for c in view.conflicts)
    kept = tuple(plan.Change(plan.Kind.UNCHANGED, "kept", path, view.kept_because.get(path, "")) for path in view.kept)
    return [
        plan.Group("Database", tuple(_database_change(c) for c in view.database)),
        plan.Group("Resources", tuple(_resource_change(c) for c in view.resources)),
        plan.Group("Code", (*asked, *kept), tuple(files)),
    ]


def _note(change: FileChange) -> str:
    merged = ["merged with the edits by hand"] if change.ownership is Ownership.MERGED else []
    return " · ".join([change.target, *merged, *change.requirements[:4]])


def _database_change(change: Any) -> plan.Change:
    verb, _, what = change.op.partition("_")
    return plan.Change(
        _OPERATIONS.get(verb, plan.Kind.CHANGE), what.replace("_", " "), change.name, change.reason,
        loses=change.loses.removeprefix("drops ") if change.destructive else "", allowed_by="the box at the end",
    )  # fmt: skip


def _resource_change(change: Any) -> plan.Change:
    maybe = "" if change.certain else " (if it comes out different)"
    return plan.Change(_KINDS[change.action], change.kind, change.name, change.reason + maybe)
