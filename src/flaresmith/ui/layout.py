"""The page around everything: landmarks, left rail, top bar, theme, and the policy that lets nothing inline run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from htpy import (
    Element,
    Node,
    Renderable,
    a,
    body,
    button,
    details,
    div,
    footer,
    form,
    fragment,
    fs_refresh,
    h1,
    h2,
    head,
    header,
    html,
    input,
    kbd,
    label,
    li,
    link,
    main,
    meta,
    nav,
    noscript,
    ol,
    p,
    script,
    span,
    summary,
    title,
    ul,
)

from flaresmith.ui import static
from flaresmith.ui.icons import ember, icon
from flaresmith.ui.keys import Command, key_sheet, palette
from flaresmith.ui.notices import Flash, flashes
from flaresmith.ui.states import offline
from flaresmith.ui.text import name, safe_href, visible
from flaresmith.ui.theme import Theme, theme_form

PRODUCT = "Flaresmith"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
_HTMX = json.dumps({"includeIndicatorCSS": False, "mode": "same-origin", "history": False})


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the left rail; `keys` is its shortcut (`g p`)."""

    label: str
    href: str
    icon: str
    keys: str = ""
    count: int | None = None


@dataclass(frozen=True, slots=True)
class NavGroup:
    """Entries of the rail under a heading; the first group needs none. On a phone only the first group shows."""

    items: tuple[NavItem, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in: a name, a line about them (e-mail, role), and where the sign-out form posts."""

    name: str
    detail: str = ""
    sign_out_href: str = "/sign-out"
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One project of the switcher."""

    name: str
    href: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Shell:
    """What stands around every page of one request."""

    nav: tuple[NavGroup, ...] = ()
    user: Person | None = None
    theme: Theme = Theme.AUTO
    csrf: str = ""
    path: str = ""
    projects: tuple[Choice, ...] = ()
    commands: tuple[Command, ...] = ()
    flash: tuple[Flash, ...] = ()
    narrow_rail: bool = False
    search_href: str = "/search"
    theme_href: str = "/theme"
    query: str = ""


def page(
    heading: str, *content: Node, shell: Shell, within: str = "", lede: Node = None,
    crumbs: Sequence[tuple[str, str]] = (), actions: Node = None, live: bool = False, wide: bool = False,
    refresh_s: int | None = None,
) -> Element:  # fmt: skip
    """A whole page of the signed-in product.

    `heading` is the one h1; `within` (the project) joins it in the title. `live` shows the live indicator, which
    `fs-run` and `fs-refresh` drive. `refresh_s` reloads the page where there is no JavaScript.
    """
    return _document(heading, within, shell, refresh_s)[
        a(".skip", href="#main")["Skip to content"],
        _top(shell, live),
        div(".shell")[
            _rail(shell),
            main(id="main", tabindex="-1", class_="wide" if wide else None)[
                offline(), flashes(shell.flash), _head(heading, lede, crumbs, actions), content
            ],
        ],
        div("#toasts", role="status", aria_live="polite"),
        palette(_commands(shell)),
        key_sheet(_commands(shell)),
    ]


def plain_page(heading: str, *content: Node, shell: Shell, lede: Node = None) -> Element:
    """A page without rail and top bar: sign-in, errors before anyone is known."""
    return _document(heading, "", shell, None)[
        a(".skip", href="#main")["Skip to content"],
        div(".plain")[
            main(id="main", tabindex="-1")[
                _brand(),
                offline(),
                flashes(shell.flash),
                div(".stack")[h1[heading], lede is not None and p(".muted")[lede], content],
            ],
            footer[theme_form(shell.theme, action=shell.theme_href, csrf=shell.csrf)],
        ],
        div("#toasts", role="status", aria_live="polite"),
    ]


def live_region(href: str, *content: Node, every_s: int = 10) -> Element:
    """A part of the page that is fetched again from `href` (an HTML fragment) while the page is in sight."""
    return fs_refresh(src=safe_href(href), every=str(every_s))[content]


class _Document:
    """An html element whose body is still to come."""

    def __init__(self, heading: str, within: str, shell: Shell, refresh_s: int | None) -> None:
        self.parts = (heading, within, shell, refresh_s)

    def __getitem__(self, content: Node) -> Element:
        heading, within, shell, refresh_s = self.parts
        return html(lang="en", data_theme=_set_theme(shell), data_rail="narrow" if shell.narrow_rail else None)[
            _meta(heading, within, shell, refresh_s), body[content]
        ]


def _document(heading: str, within: str, shell: Shell, refresh_s: int | None) -> _Document:
    return _Document(heading, within, shell, refresh_s)


def _set_theme(shell: Shell) -> str | None:
    return None if shell.theme is Theme.AUTO else shell.theme.value


def _meta(heading: str, within: str, shell: Shell, refresh_s: int | None) -> Element:
    return head[
        meta(charset="utf-8"),
        meta(name="viewport", content="width=device-width, initial-scale=1"),
        title[" · ".join(visible(part) for part in (heading, within, PRODUCT) if part)],
        meta(name="color-scheme", content="light dark"),
        meta(name="referrer", content="same-origin"),
        meta(name="csrf-token", content=shell.csrf),
        meta(name="htmx-config", content=_HTMX),
        refresh_s and noscript[meta(http_equiv="refresh", content=str(refresh_s))],
        link(rel="icon", href=static.url("logo.svg"), type="image/svg+xml"),
        link(rel="stylesheet", href=static.url("app.css")),
        (script(type="module", src=src) for src in static.scripts()),
    ]


def _top(shell: Shell, live: bool) -> Element:
    return header(".top")[
        _brand(),
        bool(shell.projects) and _switcher(shell.projects),
        span(".grow"),
        live and span("#live.live.status.js", role="status", data_tone="idle")[
            span(".glyph", aria_hidden="true")["○"], span(".word")["Connecting"]
        ],
        form(".search", action=safe_href(shell.search_href), role="search")[
            icon("search"),
            label(".sr", for_="search")["Search"],
            input("#search.input", type="search", name="q", value=shell.query, placeholder="Search", maxlength="200"),
            kbd(".js", aria_hidden="true")["/"],
        ],
        shell.user is not None and _person(shell.user, shell),
    ]  # fmt: skip


def _brand() -> Element:
    return a(".brand", href="/")[ember(), span[PRODUCT]]


def _switcher(projects: Sequence[Choice]) -> Element:
    current = next((each.name for each in projects if each.current), "All projects")
    return details(".menu", data_menu=True)[
        summary(aria_label=f"Project: {visible(current)}")[name(current), icon("chevron")],
        div[(_choice(each) for each in projects)],
    ]


def _choice(each: Choice) -> Element:
    return a(href=safe_href(each.href), aria_current="true" if each.current else None)[name(each.name)]


def _person(person: Person, shell: Shell) -> Element:
    return details(".menu.end.person", data_menu=True)[
        summary(aria_label=f"Account: {visible(person.name)}")[icon("people"), name(person.name), icon("chevron")],
        div[
            person.detail and p[name(person.detail)],
            (a(href=safe_href(href))[words] for words, href in person.links),
            theme_form(shell.theme, action=shell.theme_href, csrf=shell.csrf),
            button(".js", type="button", data_open="keys")[icon("keyboard"), "Keyboard"],
            form(method="post", action=safe_href(person.sign_out_href))[
                input(type="hidden", name="csrf_token", value=shell.csrf), button[icon("sign-out"), "Sign out"]
            ],
        ],
    ]


def _rail(shell: Shell) -> Element:
    here = _here(shell)
    return nav(".rail", aria_label="Main")[
        (_group(group, shell.path, here) for group in shell.nav),
        button(".js", type="button", data_rail_toggle=True, aria_pressed="true" if shell.narrow_rail else "false")[
            icon("collapse"), span(".label")["Fold"]
        ],
    ]


def _group(group: NavGroup, path: str, here: str) -> Renderable:
    return fragment[group.title and h2[group.title], ul[(_entry(item, path, here) for item in group.items)]]


def _entry(item: NavItem, path: str, here: str) -> Element:
    current = ("page" if path == here else "true") if item.href == here else None
    keys = item.keys or None
    return li[
        a(href=safe_href(item.href), aria_current=current, title=item.label, data_keys=keys)[
            icon(item.icon), span(".label")[item.label], item.count is not None and span(".count")[f"{item.count:,}"]
        ]
    ]


def _here(shell: Shell) -> str:
    """The entry that a path belongs to: the longest that the path is, or is below of; the root only for itself."""
    hrefs = (item.href for group in shell.nav for item in group.items)
    below = (href for href in hrefs if href == shell.path or (href != "/" and shell.path.startswith(href + "/")))
    return max(below, key=len, default="")


def _head(heading: str, lede: Node, crumbs: Sequence[tuple[str, str]], actions: Node) -> Renderable:
    trail = (li[a(href=safe_href(href))[name(words)]] for words, href in crumbs)
    return fragment[
        bool(crumbs) and nav(".crumbs", aria_label="Breadcrumb")[ol[trail]],
        div(".head")[
            div[h1[name(heading)], lede is not None and p[lede]],
            actions is not None and div(".row")[actions],
        ],
    ]


def _commands(shell: Shell) -> tuple[Command, ...]:
    places = tuple(Command(item.label, item.href, item.keys) for group in shell.nav for item in group.items)
    projects = tuple(Command(each.name, each.href, note="project") for each in shell.projects)
    return places + shell.commands + projects
