"""The matrix of a project: which requirement is served by which story, entity, endpoint, file, test and task."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import Response
from htpy import Element, Node, Renderable, code, details, div, fragment, input, label, p, small, span, summary
from htpy import form as form_

from flaresmith.compiler.tracing import COLUMNS, Link, Matrix, Row
from flaresmith.features.projects.schemas import ProjectView
from flaresmith.features.specs import live
from flaresmith.features.specs.errors import SpecNotFound
from flaresmith.features.specs.live.seen import read_matrix
from flaresmith.features.specs.pages.found import crumbs
from flaresmith.features.specs.pages.opened import opened
from flaresmith.kit.asgi import Signed
from flaresmith.ui import forms, states, table
from flaresmith.ui.layout import page
from flaresmith.ui.product import html
from flaresmith.ui.text import counted, visible

router = APIRouter()
_MOST_OPEN = 3
_HOW = {"cited": "", "derived": "follows from what cites it", "name": "the words agree"}


@router.get("/projects/{project}/requirements")
async def matrix_page(request: Request, actor: Signed, project: str, q: str = "", lacking: bool = False) -> Response:
    """Every requirement with what serves it; `q` narrows by words, `lacking` to what lacks something."""
    found, shell = await opened(request, actor, project)
    try:
        documents = await live.read_documents(actor, found.id)
    except SpecNotFound:
        return html(page("Requirements", _nothing(found), shell=shell, within=found.name, crumbs=crumbs(found)))
    made = await read_matrix(documents, found)
    rows = [row for row in made.rows if _fits(row, q, lacking)]
    return html(
        page(
            "Requirements",
            _filter(found, q, lacking),
            p(".muted", role="status")[_counted(made, rows)],
            _table(found, rows),
            shell=shell,
            within=found.name,
            crumbs=[*crumbs(found), ("Specs", f"/projects/{found.slug}/specs")],
            lede="What serves each requirement of the specs, and how that is known.",
            actions=forms.link_button("Diagram", f"/projects/{found.slug}/diagram"),
            wide=True,
        )
    )


def _fits(row: Row, words: str, lacking: bool) -> bool:
    text = f"{row.feature} {row.requirement.id} {row.requirement.text} " + " ".join(
        f"{link.name} {link.detail}" for column in COLUMNS for link in row.links[column]
    )
    return (not lacking or bool(row.missing)) and all(word in text.lower() for word in words.lower().split())


def _filter(project: ProjectView, words: str, lacking: bool) -> Element:
    return form_(".row", method="get", action=f"/projects/{project.slug}/requirements", role="search")[
        label(for_="q")["Filter"],
        div[input("#q.input", type="search", name="q", value=words, placeholder="FR-003, Loan …")],
        label[input(type="checkbox", name="lacking", value="true", checked=lacking), " only what lacks something"],
        forms.button("Show"),
    ]


def _counted(made: Matrix, rows: Sequence[Row]) -> str:
    total = counted(len(made.rows), "requirement")
    have = ", ".join(f"{made.covered(column)} have {column}" for column in COLUMNS)
    shown = "" if len(rows) == len(made.rows) else f" {len(rows)} shown."
    return f"{total}: {made.complete} lack nothing, {have}.{shown}"


def _table(project: ProjectView, rows: Sequence[Row]) -> Element:
    columns = [table.Column("Requirement"), *(table.Column(column.capitalize()) for column in COLUMNS)]
    shown = [
        table.Row(
            _name(row), tuple(_cell(project, column, row.links[column]) for column in COLUMNS), label=row.requirement.id
        )
        for row in rows
    ]
    empty = states.empty("Nothing fits", "No requirement has these words.")
    return table.data_table("Requirements", columns, shown, empty=empty)


def _name(row: Row) -> Renderable:
    one = row.requirement
    lacks = f"Lacks {', '.join(row.missing)}." if row.missing else "Lacks nothing."
    return fragment[code[one.id], " ", visible(one.text), small(".muted")[f" {row.feature}. {lacks}"]]


def _cell(project: ProjectView, column: str, links: Sequence[Link]) -> Node:
    if not links:
        return span(".muted")["none"]
    listed = div(".stack")[(_link(link) for link in links)]
    if len(links) <= _MOST_OPEN:
        return listed
    return details[summary[f"{len(links)} {column}"], listed]


def _link(link: Link) -> Renderable:
    how = _HOW[link.how]
    detail = link.detail if link.detail != link.name else ""
    place = f"{link.file}:{link.line}" if link.line else link.file
    said = " · ".join(
        part for part in (detail, place if place != link.name else "", how, "done" if link.done else "") if part
    )
    return div[code[visible(link.name)], small(".muted")[f" {visible(said)}"] if said else None]


def _nothing(project: ProjectView) -> Element:
    return states.empty(
        "There are no requirements yet",
        "They come from the specs of the project.",
        command=f"flaresmith apply {project.slug} --specs ./specs",
    )
