"""A project that somebody opens: found, with the rail that leads to its neighbours."""

from __future__ import annotations

from fastapi import Request

from flaresmith.features.projects import queries as projects
from flaresmith.features.projects.schemas import ProjectView
from flaresmith.kit.actor import Actor
from flaresmith.kit.tx import begin
from flaresmith.ui.layout import Shell
from flaresmith.ui.product import product_shell


async def opened(request: Request, actor: Actor, project: str) -> tuple[ProjectView, Shell]:
    """The project and the shell around its pages; NotFound where it is not theirs."""
    async with begin(actor, read_only=True) as tx:
        found = await projects.get_project(tx, project)
        known = (await projects.list_projects(tx, limit=50)).items
    return found, product_shell(request, actor, [(p.slug, p.name) for p in known], current=found.slug)
