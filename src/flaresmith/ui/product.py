"""The shell of our own pages: what the rail, the switcher and the palette offer, and a problem as a page."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import Request
from fastapi.responses import HTMLResponse
from htpy import Element, a, p

from flaresmith.kit.actor import Actor
from flaresmith.kit.errors import Problem
from flaresmith.ui import states
from flaresmith.ui.keys import Command
from flaresmith.ui.layout import Choice, NavGroup, NavItem, Person, Shell, plain_page
from flaresmith.ui.notices import Flash
from flaresmith.ui.status import Tone
from flaresmith.ui.theme import narrow_rail, theme_from_cookies


def product_shell(
    request: Request, actor: Actor, projects: Iterable[tuple[str, str]] = (), *, current: str = "", flash: str = ""
) -> Shell:
    """The shell for a request; `projects` are (slug, name), `current` is the slug of the one that is looked at; `flash`
    says what did not happen."""
    cookies = request.headers.get("cookie")
    everywhere = NavGroup((NavItem("Projects", "/projects", "projects", "g p"),), "Everywhere" if current else "")
    here = (_of_project(current),) if current else ()
    return Shell(
        nav=(*here, everywhere),
        user=None if actor.anonymous else Person(actor.email or "Signed in", actor.role),
        theme=theme_from_cookies(cookies),
        path=request.url.path,
        projects=tuple(Choice(name, f"/projects/{slug}", slug == current) for slug, name in projects),
        commands=(Command("New project", "/projects/new", "g n", "create"),),
        flash=(Flash(flash, Tone.WARN),) if flash else (),
        narrow_rail=narrow_rail(cookies),
        search_href="/projects",
    )


def html(element: Element, status: int = 200) -> HTMLResponse:
    """An element as the reply."""
    return HTMLResponse(str(element), status)


def problem_page(request: Request, actor: Actor, problem: Problem, request_id: str) -> HTMLResponse:
    """A problem for a person: what failed, the id to quote, how to go on."""
    shell = product_shell(request, actor)
    if problem.status == 403:
        content = states.forbidden(problem.message, role=str(problem.context.get("needs", "another role")))
    else:
        content = states.failed(
            _TITLES.get(problem.status, "This did not work"),
            problem.message,
            correlation_id=request_id,
            hint=problem.hint,
            retry_href=str(request.url.path) if problem.retry != "none" and request.method == "GET" else "",
        )
    title = "Not found" if problem.status == 404 else "Not allowed" if problem.status == 403 else "Something failed"
    way_on = p[a(href="/projects")["Your projects"]] if shell.user else None
    return html(plain_page(title, content, way_on, shell=shell), problem.status)


def _of_project(slug: str) -> NavGroup:
    base = f"/projects/{slug}"
    return NavGroup(
        (
            NavItem("Environments", base, "environments", "g e"),
            NavItem("Specs", f"{base}/specs", "specs", "g s"),
            NavItem("Plan", f"{base}/plan", "plan", "g l"),
            NavItem("Runs", f"{base}/runs", "runs", "g r"),
        )
    )


_TITLES = {
    404: "There is nothing here",
    409: "The state has changed",
    422: "This cannot be accepted",
    503: "A needed part is down",
}
