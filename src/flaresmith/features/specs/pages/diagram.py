"""The entities of a project as a picture, all of them or those of one feature."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from htpy import Element, a, div, img, nav, p

from flaresmith.features.projects.schemas import ProjectView
from flaresmith.features.specs import live
from flaresmith.features.specs.errors import SpecNotFound
from flaresmith.features.specs.live.seen import Drawing, read_drawing
from flaresmith.features.specs.pages.found import crumbs
from flaresmith.features.specs.pages.opened import opened
from flaresmith.kit.asgi import Signed
from flaresmith.ui import forms, states
from flaresmith.ui.layout import page
from flaresmith.ui.product import html
from flaresmith.ui.text import counted, visible

router = APIRouter()
# The picture has its own styles and nothing that runs.
_PICTURE = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'", "cache-control": "no-store"}


@router.get("/projects/{project}/diagram")
async def diagram_page(request: Request, actor: Signed, project: str, feature: str = "") -> Response:
    """The picture with a way to choose a feature."""
    found, shell = await opened(request, actor, project)
    try:
        documents = await live.read_documents(actor, found.id)
    except SpecNotFound:
        return html(page("Diagram", _nothing(found), shell=shell, within=found.name, crumbs=crumbs(found)))
    drawing = await _drawn(documents, found, feature)
    return html(
        page(
            "Diagram",
            _choices(found, drawing, feature),
            _picture(found, drawing, feature),
            shell=shell,
            within=found.name,
            crumbs=[*crumbs(found), ("Specs", f"/projects/{found.slug}/specs")],
            lede="What the product keeps, and what refers to what.",
            actions=forms.link_button("Requirements", f"/projects/{found.slug}/requirements"),
            wide=True,
        )
    )


@router.get("/diagrams/{project}")
async def diagram_picture(request: Request, actor: Signed, project: str, feature: str = "") -> Response:
    """The picture alone. Browsers ask for it as an image: below `/projects` that would be a question to the API."""
    found, _ = await opened(request, actor, project)
    drawing = await _drawn(await live.read_documents(actor, found.id), found, feature)
    return Response(drawing.svg, media_type="image/svg+xml", headers=_PICTURE)


async def _drawn(documents: Mapping[str, bytes], project: ProjectView, feature: str) -> Drawing:
    drawing = await read_drawing(documents, project, feature)
    if drawing is None:
        raise SpecNotFound(hint="This feature has no entities: see all at the project's diagram.")
    return drawing


def _query(feature: str) -> str:
    return f"?{urlencode({'feature': feature})}" if feature else ""


def _choices(project: ProjectView, drawing: Drawing, feature: str) -> Element | None:
    if len(drawing.features) < 2:
        return None
    listed = [("", "All features"), *drawing.features]
    return nav(".row", aria_label="Features")[
        (
            a(href=f"/projects/{project.slug}/diagram{_query(id_)}", aria_current="page" if id_ == feature else None)[
                visible(title)
            ]
            for id_, title in listed
        )
    ]


def _picture(project: ProjectView, drawing: Drawing, feature: str) -> Element:
    said = f"{counted(drawing.entities, 'entity', 'entities')}, with all references"
    address = f"/diagrams/{project.slug}{_query(feature)}"
    return div(".stack")[
        p(".muted")[f"{said}. ", a(href=address)["Open the picture alone"]],
        div(".scroll", tabindex="0", role="region", aria_label="Diagram")[img(src=address, alt=said)],
    ]


def _nothing(project: ProjectView) -> Element:
    return states.empty(
        "There is nothing to draw yet",
        "Entities come from the data models of the specs.",
        command=f"flaresmith apply {project.slug} --specs ./specs",
    )
