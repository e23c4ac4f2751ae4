"""A small site that serves the gallery and a live run under our policy, and a real Chromium to look at it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles as Modules

from flaresmith.ui import forms, gallery, layout, run, static
from flaresmith.ui.theme import Theme, narrow_rail, theme_cookie, theme_from_cookies


@dataclass
class Feed:
    """A run's event log that a test writes to, and the connections that read it."""

    events: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    posted: list[dict[str, str]] = field(default_factory=list)
    line: int = 0
    refuse: bool = False

    def tell(self, type: str, **fields: Any) -> None:
        at = f"2026-11-20T12:00:{len(self.events) % 60:02d}.000+00:00"
        self.events.append({"seq": len(self.events) + 1, "at": at, "type": type, **fields})

    def cut(self) -> None:
        """Ends every open connection."""
        self.line += 1

    async def first(self) -> None:
        """Waits for the first event."""
        async for _ in self.stream(0):
            return

    async def stream(self, after: int) -> AsyncIterator[bytes]:
        line = self.line
        while self.line == line:
            for event in self.events[after:]:
                yield f"id: {event['seq']}\ndata: {json.dumps(event)}\n\n".encode()
                after = event["seq"]
                if event["type"] == "run.finished":
                    return
            await asyncio.sleep(0.02)


@dataclass
class Site:
    url: str
    feed: Feed


@pytest.fixture(scope="module")
def running_site() -> Iterator[Site]:
    feed = Feed()
    config = uvicorn.Config(_app(feed), port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Site(f"http://127.0.0.1:{port}", feed)
    feed.cut()
    server.should_exit = True
    thread.join()


@pytest.fixture
def site(running_site: Site) -> Iterator[Site]:
    running_site.feed.__init__(line=running_site.feed.line)  # type: ignore[misc]
    yield running_site
    running_site.feed.cut()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium for one module: while it runs, its event loop occupies the thread of the tests."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if not found:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium; or set CHROMIUM to its path)")
    with sync_playwright() as playwright:
        args = ["--no-sandbox"] if os.geteuid() == 0 else []
        chromium = playwright.chromium.launch(executable_path=found, args=args)
        yield chromium
        chromium.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[OpenPage]:
    """Opens pages; any script error or violation of the content security policy fails the test."""
    contexts, wrong = [], []

    def opened(path: str, *, width: int = 1280, theme: str = "auto", **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        context.add_cookies([{"name": "fs_theme", "value": theme, "url": site.url}])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None)
        page.goto(site.url + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def _app(feed: Feed) -> Starlette:
    def html(content: object) -> HTMLResponse:
        return HTMLResponse(str(content), headers={"content-security-policy": layout.CONTENT_SECURITY_POLICY})

    def shell(request: Request, path: str = "/projects/bookshop") -> layout.Shell:
        cookies = request.headers.get("cookie")
        made = gallery.shell(theme_from_cookies(cookies), path=path)
        return replace(made, narrow_rail=narrow_rail(cookies))

    def show_gallery(request: Request) -> Response:
        return html(gallery.gallery(theme_from_cookies(request.headers.get("cookie"))))

    def show_overview(request: Request) -> Response:
        region = layout.live_region("/fragment", gallery.environment_matrix(), every_s=1)
        return html(layout.page("bookshop", region, shell=shell(request), live=True))

    def show_sign_in(request: Request) -> Response:
        content = forms.sign_in(action="/slow", csrf="t", error="That is not right.")
        return html(layout.plain_page("Sign in", content, shell=shell(request)))

    def show_run(request: Request) -> Response:
        seen = run.fold(feed.events[: int(request.query_params.get("seen", "0"))])
        view = run.run_view(seen, label="Steps", events_href="/events", retry_href="/posted", csrf="t")
        return html(layout.page("Provision bookshop", view, shell=shell(request), live=True, refresh_s=5))

    def events(request: Request) -> Response:
        if feed.refuse:
            return Response(status_code=503)
        after = request.headers.get("last-event-id", "")
        feed.asked.append(after)
        return StreamingResponse(feed.stream(int(after or 0)), media_type="text/event-stream")

    async def posted(request: Request) -> Response:
        feed.posted.append({key: str(value) for key, value in (await request.form()).items()})
        return html(layout.plain_page("Done", shell=shell(request)))

    async def set_theme(request: Request) -> Response:
        chosen = Theme(str((await request.form())["theme"]))
        headers = {"set-cookie": theme_cookie(chosen, secure=False)}
        return RedirectResponse(request.headers["referer"], 303, headers=headers)

    async def slow(request: Request) -> Response:
        feed.posted.append({key: str(value) for key, value in (await request.form()).items()})
        await feed.first()
        return html(layout.plain_page("Signed in", shell=shell(request)))

    def page_of(heading: str) -> Callable[[Request], Response]:
        return lambda request: html(layout.page(heading, shell=shell(request, request.url.path)))

    return Starlette(
        routes=[
            Route("/gallery", show_gallery), Route("/overview", show_overview), Route("/sign-in", show_sign_in),
            Route("/run", show_run), Route("/events", events), Route("/theme", set_theme, methods=["POST"]),
            Route("/posted", posted, methods=["POST"]), Route("/slow", slow, methods=["POST"]),
            Route("/apply", posted, methods=["POST"]), Route("/destroy", posted, methods=["POST"]),
            Route("/fragment", lambda _: HTMLResponse('<p id="fresh">' + str(len(feed.events)) + "</p>")),
            Route("/projects", page_of("Projects")), Route("/projects/1", page_of("bookshop")),
            Route("/search", page_of("Search")), Mount("/static", static.StaticFiles()),
            Mount("/modules", Modules(directory=Path(static.__file__).parent / "browser")),
        ]
    )  # fmt: skip
